//! What is asked of a session's store, and what it answers.

use bytes::Bytes;
use vitrine_core::ids::{Epoch, Seq};
use vitrine_core::session::EndReason;

use super::entry::{LogEntry, LogId};
use super::record::{Node, Record};
use crate::store::StoreError;

/// An owner's next entries. All of it is written, or nothing.
#[derive(Debug, Clone)]
pub struct Append {
    /// Who writes.
    pub node: Node,
    /// The highest epoch that it was answered: of its claim, an append or a renewal.
    pub held: Epoch,
    /// The epoch from now on. Higher than `held`: the entries begin a new one with a keyframe for all, and depend on
    /// nothing before.
    pub epoch: Epoch,
    /// Counts the appends of one claim, from 1. The same one again, after an answer that never came, is safe.
    pub n: u64,
    /// The last event's number.
    pub seq: Seq,
    /// In their order; may be empty. The last facts among them become the record's.
    pub entries: Vec<LogEntry>,
    /// What must outlive the node, if it changed.
    pub kept: Option<Bytes>,
    /// What became sticky.
    pub sticky: Sticky,
}

/// A change of a session's sticky sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sticky {
    /// None.
    #[default]
    Same,
    /// One more piece.
    More(Bytes),
    /// One piece that takes the place of all.
    All(Bytes),
}

/// An append was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The newest entry.
    pub last: LogId,
    /// Entries since the last keyframe, it included: the owner writes a new one when they become many.
    pub entries: u64,
    /// The same in bytes.
    pub bytes: u64,
    /// Pieces of sticky sets: the owner puts them together when they become many.
    pub pieces: u64,
}

/// The lease was renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewed {
    /// Whether asks wait for the owner.
    pub has_asks: bool,
    /// The present epoch, and the number of the last append: an owner whose answers got lost learns what came through.
    pub epoch: Epoch,
    /// See `epoch`.
    pub n: u64,
}

/// What a follower reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// In the log's order.
    pub entries: Vec<(LogId, LogEntry)>,
    /// Whether there are more entries at once.
    pub has_more: bool,
    /// Entries after the one that was asked from are gone: the log was cut at a keyframe.
    pub has_missed: bool,
    /// Whether the owner was heard of within the lease.
    pub is_owned: bool,
    /// The present time of ownership; asks name it.
    pub term: Epoch,
}

/// Where a follower begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The session as it stands.
    pub record: Record,
    /// The last keyframe, if there is one, and all entries after it.
    pub entries: Vec<(LogId, LogEntry)>,
}

/// An ask's place in the inbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct AskId {
    /// Milliseconds by the store's clock.
    pub ms: u64,
    /// Among those of one millisecond.
    pub n: u64,
}

/// Whether an agent has a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// She was let in by code at some time.
    pub is_remembered: bool,
    /// One more agent could be let in.
    pub has_room: bool,
}

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such session, or no longer.
    #[error("no such session")]
    Gone,
    /// There is one of this name already.
    #[error("there is such a session already")]
    Taken,
    /// It ended, for this reason.
    #[error("the session has ended")]
    Ended(EndReason),
    /// Another node owns it now.
    #[error("another node owns the session")]
    Fenced,
    /// The store forgot something that it had answered: the owner begins a new epoch.
    #[error("the store lost what it had kept")]
    Lost,
    /// Nobody owns it at the moment.
    #[error("the session has no owner now")]
    Unowned,
    /// Somebody owns it, and must be asked.
    #[error("the session has an owner")]
    Owned,
    /// Its owner changed; the present term.
    #[error("the session's owner changed")]
    OtherTerm(Epoch),
    /// A bound of the session was reached: its log, its inbox, its people.
    #[error("the session's store is full")]
    Full,
    /// What was handed in is over a bound of its kind.
    #[error("{0} is too large")]
    TooLarge(&'static str),
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}
