//! A session as the store knows it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use vitrine_core::ids::{Epoch, Seq, SessionId};
use vitrine_core::session::{EndReason, Facts};

use super::entry::LogId;
use crate::auth::secret::Digest;
use crate::ops::clock::Time;

/// One process of the server, by a random number that it takes when it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node(pub u64);

/// What a session begins with.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its public name.
    pub session: SessionId,
    /// The website's id in `[sites]`.
    pub site: String,
    /// Of the customer's token.
    pub token: Digest,
    /// From now to its end, whatever happens.
    pub lasts: Duration,
    /// How long it stays without an owner being heard of: the time in which a customer may come back, and a little more.
    pub stays: Duration,
    /// What it is at first.
    pub facts: Facts,
    /// What must outlive a node besides sticky sets, as the core wrote it.
    pub kept: Bytes,
}

/// A session as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its public name.
    pub session: SessionId,
    /// The website's id in `[sites]`.
    pub site: String,
    /// Of the customer's token.
    pub token: Digest,
    /// When it began, by the store's clock.
    pub started: Time,
    /// When it is over at the latest.
    pub ends: Time,
    /// The fence: who holds a lower one writes nothing.
    pub epoch: Epoch,
    /// The epoch with which the present owner began; it names this time of ownership. 0: nobody ever owned it.
    pub term: Epoch,
    /// The last event's number.
    pub seq: Seq,
    /// Who owns it, or did last.
    pub owner: Option<Node>,
    /// Whether the owner was heard of within the lease.
    pub is_owned: bool,
    /// The newest entry of its log.
    pub last: LogId,
    /// What it is, as its owner said last.
    pub facts: Arc<Facts>,
    /// What must outlive a node, besides sticky sets.
    pub kept: Bytes,
    /// Why it ended, for the minute in which that is still told.
    pub ended: Option<EndReason>,
}

/// What a new owner gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// As it stands now: under the new epoch, with the numbers moved on.
    pub record: Record,
    /// All pieces of its sticky sets, in the order in which they were written.
    pub sticky: Vec<Bytes>,
}

/// What stands in the list of sessions.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The session.
    pub record: Record,
    /// Whether the agent who asks was ever let in by code.
    pub is_remembered: bool,
}
