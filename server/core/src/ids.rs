//! Identifiers as types of their own, so that one kind is never taken for another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number that the recorder gave to a node: unique within one page instance, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// The id, if the recorder's number can be one.
    ///
    /// Stock recorders also write -1 (not in the mirror), -2 (ignored) and 0; none of them names a node.
    #[must_use]
    pub fn new(raw: i64) -> Option<Self> {
        match u32::try_from(raw) {
            Ok(id) if id > 0 => Some(Self(id)),
            _ => None,
        }
    }

    /// The number as it stands on the wire.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

/// A session's public name: 1 to 64 characters of `[A-Za-z0-9_-]`, made by the server.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(Box<str>);

impl SessionId {
    /// The id, if `text` has the shape of one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        is_plain_id(text).then(|| Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SessionId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text).ok_or("no session's name")
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> Self {
        id.0.into()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// One agent's connection to one session. The server numbers them; the same agent in two tabs is two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AgentKey(pub u64);

/// The generation of a session's log: rises with every snapshot of the customer and every change of owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Epoch(pub u64);

/// The number of an event sent to agents: each takes one, going on across epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seq(pub u64);

fn is_plain_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
