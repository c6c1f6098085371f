//! What Redis keeps of a session that only the nodes may read: sealed by a key of `[[keys.signing]]`, and bound to the session
//! and to what it is.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use vitrine_core::ids::SessionId;

use crate::live::Live;
use crate::store::StoreError;
use crate::store::sessions::ops::Refused;

/// The keys in force.
#[derive(Clone)]
pub(super) struct Seals(Arc<Live>);

/// What is sealed. One does not open as another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// What the session is: page, customer, people.
    Facts,
    /// What outlives a node.
    Kept,
    /// A piece of what became sticky, and of what else outlives a node.
    Piece,
    /// What the owner is asked.
    Ask,
    /// What a customer's page sent, by the number of what it was asked for.
    Upload(u64),
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Facts => out.write_str("facts"),
            Self::Kept => out.write_str("kept"),
            Self::Piece => out.write_str("piece"),
            Self::Ask => out.write_str("ask"),
            Self::Upload(request) => write!(out, "upload {request}"),
        }
    }
}

impl fmt::Debug for Seals {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Seals")
    }
}

impl Seals {
    pub(super) fn new(live: Arc<Live>) -> Self {
        Self(live)
    }

    /// Nothing stays nothing.
    pub(super) fn seal(&self, session: &SessionId, part: Part, bytes: Vec<u8>) -> Result<Vec<u8>, Refused> {
        if bytes.is_empty() {
            return Ok(bytes);
        }
        let sealed = self.0.now().shared.seal(&name(session, part), bytes);
        // No randomness.
        sealed.map_err(|_| Refused::Store(StoreError::Away))
    }

    /// `None`: no key in force sealed it, or not as this part of this session.
    pub(super) fn open(&self, session: &SessionId, part: Part, sealed: &[u8]) -> Option<Bytes> {
        if sealed.is_empty() {
            return Some(Bytes::new());
        }
        self.0.now().shared.open(&name(session, part), sealed).map(Bytes::from)
    }

    /// What scripts know an agent by: her digests under every key, with commas between. Nobody is nothing.
    pub(super) fn subject(&self, session: &SessionId, subject: &str) -> Vec<u8> {
        if subject.is_empty() {
            return Vec::new();
        }
        let digests: Vec<String> =
            self.0.now().shared.subject(session.as_str(), subject).map(|digest| digest.key()).collect();
        digests.join(",").into_bytes()
    }
}

/// No other record is bound to such a name: theirs have no space.
fn name(session: &SessionId, part: Part) -> String {
    format!("session {session} {part}")
}
