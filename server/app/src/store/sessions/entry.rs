//! One entry of a session's log, and how it is written: a line of JSON that says what it is, then the message's bytes.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use vitrine_core::ids::{AgentKey, Epoch, Seq};
use vitrine_core::session::{EndReason, Facts, News};

use super::record::Node;
use crate::store::StoreError;

/// The version that entries are written in. A node reads no newer one: fields may be added within a version, and are
/// ignored by those who do not know them; what must be understood raises it.
pub const ENTRY_VERSION: u32 = 1;
/// What an entry counts for besides its frame, and facts, which are not measured each time.
const ENTRY_BYTES: usize = 64;
const FACTS_BYTES: usize = 512;
/// The line before the bytes is never longer.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// An entry's place in the log; they rise.
///
/// The epoch comes first, not the time: an entry written after a Redis master died is after all that its readers have
/// seen, however much the master forgot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogId {
    /// The epoch in which it was written.
    pub epoch: u64,
    /// Counts within it, from 1.
    pub n: u64,
}

impl LogId {
    /// Before every entry.
    pub const START: Self = Self { epoch: 0, n: 0 };

    /// As Redis writes it: `<epoch>-<n>`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, n) = text.split_once('-')?;
        Some(Self { epoch: epoch.parse().ok()?, n: n.parse().ok()? })
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.epoch, self.n)
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub enum LogEntry {
    /// What the owner told agents' side.
    News(News<Message>),
    /// A node became the owner: what the one before was asked and did not answer is not done.
    Owner {
        /// The node.
        node: Node,
        /// The epoch that it began with: the term.
        term: Epoch,
    },
    /// Something that this node does not know of, from a newer one.
    Unknown,
}

/// The line before the bytes.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Head<'a> {
    v: u32,
    /// What it is.
    k: &'a str,
    #[serde(default, skip_serializing_if = "is_zero")]
    epoch: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    first: u64,
    /// The last event's number.
    #[serde(default, skip_serializing_if = "is_zero")]
    seq: u64,
    #[serde(default, skip_serializing_if = "is_false")]
    for_all: bool,
    /// The bytes are compressed: on a socket, a binary message.
    #[serde(default, skip_serializing_if = "is_false")]
    binary: bool,
    /// A connection of an agent's, or a node.
    #[serde(default, skip_serializing_if = "is_zero")]
    key: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl LogEntry {
    /// Whether a reader can begin with it.
    #[must_use]
    pub fn is_keyframe(&self) -> bool {
        matches!(self, Self::News(News::Keyframe { .. }))
    }

    /// Whether nothing before it may stay in the log: what it shows may be less than what was shown before.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        matches!(self, Self::News(News::Keyframe { for_all: true, .. }))
    }

    /// Whether it shows the page, or a part.
    #[must_use]
    pub fn is_page(&self) -> bool {
        matches!(self, Self::News(News::Keyframe { .. } | News::Events { .. }))
    }

    /// How much it counts for in the bounds of a log.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let bytes = match self {
            Self::News(News::Events { frame, .. } | News::Keyframe { frame, .. } | News::Result { frame, .. }) => {
                frame.len()
            }
            Self::News(News::Early(tokens)) => tokens.iter().map(String::len).sum(),
            Self::News(News::Facts(_)) => FACTS_BYTES,
            Self::News(News::Skipped { .. } | News::Ended(_)) | Self::Owner { .. } | Self::Unknown => 0,
        };
        u64::try_from(bytes + ENTRY_BYTES).unwrap_or(u64::MAX)
    }

    /// As the store keeps it. Facts, which tell who the customer and the agents are, are sealed.
    ///
    /// # Errors
    /// They cannot be.
    pub fn encode<E>(&self, seal: impl FnOnce(Vec<u8>) -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
        let v = ENTRY_VERSION;
        Ok(match self {
            Self::News(News::Facts(facts)) => {
                let facts = seal(serde_json::to_vec(&**facts).unwrap_or_default())?;
                write(&Head { v, k: "facts", ..Head::default() }, &facts)
            }
            Self::News(news) => encode_news(news),
            Self::Owner { node, term } => {
                write(&Head { v, k: "owner", epoch: term.0, key: node.0, ..Head::default() }, &[])
            }
            Self::Unknown => write(&Head { v, k: "unknown", ..Head::default() }, &[]),
        })
    }

    /// What the store kept; `open` opens what is sealed.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer node wrote it, [`StoreError::Broken`] if nobody of ours did.
    pub fn decode(bytes: &[u8], open: impl FnOnce(&[u8]) -> Option<Bytes>) -> Result<Self, StoreError> {
        const BROKEN: StoreError = StoreError::Broken("entry of a log");
        let end = bytes.iter().take(HEAD_BYTES_MAX).position(|byte| *byte == b'\n').ok_or(BROKEN)?;
        let (line, body) = bytes.split_at(end);
        let body = body.get(1..).unwrap_or_default();
        let version: Version = serde_json::from_slice(line).map_err(|_| BROKEN)?;
        if version.v > ENTRY_VERSION {
            return Err(StoreError::Newer { what: "entry of a log", version: version.v });
        }
        let head: Head<'_> = serde_json::from_slice(line).map_err(|_| BROKEN)?;
        let (epoch, seq) = (Epoch(head.epoch), Seq(head.seq));
        let frame = || message(head.binary, body).ok_or(BROKEN);
        let news = match head.k {
            "events" => News::Events { epoch, first: Seq(head.first), last: seq, frame: frame()? },
            "keyframe" => News::Keyframe { epoch, seq, for_all: head.for_all, frame: frame()? },
            "skipped" => News::Skipped { epoch, seq },
            "facts" => {
                let facts = open(body).and_then(|facts| serde_json::from_slice::<Facts>(&facts).ok());
                News::Facts(Arc::new(facts.ok_or(BROKEN)?))
            }
            "result" => News::Result { agent: AgentKey(head.key), frame: frame()? },
            "early" => News::Early(serde_json::from_slice(body).map_err(|_| BROKEN)?),
            "ended" => News::Ended(std::str::from_utf8(body).ok().and_then(end_reason).ok_or(BROKEN)?),
            "owner" => return Ok(Self::Owner { node: Node(head.key), term: epoch }),
            _ => return Ok(Self::Unknown),
        };
        Ok(Self::News(news))
    }
}

/// Read first, so that a newer version may be anything else.
#[derive(Deserialize)]
struct Version {
    v: u32,
}

fn encode_news(news: &News<Message>) -> Vec<u8> {
    let head = |k, epoch: Epoch, seq: Seq| Head { v: ENTRY_VERSION, k, epoch: epoch.0, seq: seq.0, ..Head::default() };
    let plain = |k| head(k, Epoch(0), Seq(0));
    match news {
        News::Events { epoch, first, last, frame } => {
            let binary = frame.is_binary();
            write(&Head { first: first.0, binary, ..head("events", *epoch, *last) }, &body(frame))
        }
        News::Keyframe { epoch, seq, for_all, frame } => {
            let binary = frame.is_binary();
            write(&Head { for_all: *for_all, binary, ..head("keyframe", *epoch, *seq) }, &body(frame))
        }
        News::Skipped { epoch, seq } => write(&head("skipped", *epoch, *seq), &[]),
        News::Facts(_) => Vec::new(),
        News::Result { agent, frame } => {
            write(&Head { key: agent.0, binary: frame.is_binary(), ..plain("result") }, &body(frame))
        }
        News::Early(tokens) => write(&plain("early"), &serde_json::to_vec(tokens).unwrap_or_default()),
        News::Ended(reason) => write(&plain("ended"), reason.word().as_bytes()),
    }
}

fn write(head: &Head<'_>, body: &[u8]) -> Vec<u8> {
    // A struct of numbers and fixed words has no way to fail.
    let mut bytes = serde_json::to_vec(head).unwrap_or_default();
    bytes.reserve_exact(body.len() + 1);
    bytes.push(b'\n');
    bytes.extend_from_slice(body);
    bytes
}

fn body(frame: &Message) -> Bytes {
    match frame {
        Message::Text(text) => Bytes::from(text.clone()),
        Message::Binary(bytes) => bytes.clone(),
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => Bytes::new(),
    }
}

fn message(is_binary: bool, body: &[u8]) -> Option<Message> {
    let bytes = Bytes::copy_from_slice(body);
    if is_binary { Some(Message::Binary(bytes)) } else { Some(Message::Text(Utf8Bytes::try_from(bytes).ok()?)) }
}

/// The reason by its word.
#[must_use]
pub fn end_reason(word: &str) -> Option<EndReason> {
    const ALL: [EndReason; 7] = [
        EndReason::Customer,
        EndReason::Agent,
        EndReason::Idle,
        EndReason::Duration,
        EndReason::CustomerLost,
        EndReason::Shutdown,
        EndReason::Failed,
    ];
    ALL.into_iter().find(|reason| reason.word() == word)
}
