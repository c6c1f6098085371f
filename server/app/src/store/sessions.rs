//! Sessions as several nodes share them: records, ownership, logs of safe events, inboxes, and who is in them.
//!
//! A session has one owner at a time. To become it a node *claims* the session, which raises the epoch: who holds a lower
//! one is *fenced* and writes nothing any more. The lease only tells others whether the owner is there. All times are the
//! store's own, never a node's.

mod asked;
pub mod entry;
pub mod limits;
mod memory;
mod ops;
mod record;
mod redis;
mod watch;

use std::sync::Arc;

use bytes::Bytes;
use vitrine_core::ids::{Epoch, SessionId};
use vitrine_core::session::{Ask, EndReason, Facts, News};

use crate::auth::secret::Digest;
use limits::{APPEND_ENTRIES_MAX, ASK_BYTES_MAX, ENTRY_BYTES_MAX, KEPT_BYTES_MAX, SUBJECT_BYTES_MAX};

pub use entry::{LogEntry, LogId};
pub use memory::Memory;
pub use ops::{Append, Appended, AskId, Page, Read, Refused, Renewed, Seat, Sticky};
pub use record::{Claimed, Listed, NewSession, Node, Record};
pub use redis::Redis;
pub use watch::{Told, Watch};

/// Where sessions are kept. Cheap to clone; clones share them.
#[derive(Debug, Clone)]
pub enum Sessions {
    /// In this process.
    Memory(Memory),
    /// On Redis.
    Redis(Redis),
}

/// Every operation is atomic, and fails with [`Refused`]. `Gone` and `Ended` are possible everywhere; the rest is named.
///
/// After [`Refused::Store`] with [`crate::store::StoreError::Away`] it is not known whether the operation was carried out.
impl Sessions {
    /// Writes a session down that begins now. It stays for [`NewSession::stays`], and longer each time its owner is heard of.
    pub async fn create(&self, new: NewSession) -> Result<(), Refused> {
        within("site", new.site.len(), SUBJECT_BYTES_MAX)?;
        match self {
            Self::Memory(memory) => memory.create(new),
            Self::Redis(redis) => redis.create(new).await,
        }
    }

    /// The session as it stands; for a while also after its end.
    pub async fn record(&self, session: &SessionId) -> Result<Record, Refused> {
        match self {
            Self::Memory(memory) => memory.record(session),
            Self::Redis(redis) => redis.record(session).await,
        }
    }

    /// The sessions that last longest first, at most so many; with it, whether `subject` was ever let into each by code.
    pub async fn list(&self, subject: Option<&str>, most: usize) -> Result<Vec<Listed>, Refused> {
        match self {
            Self::Memory(memory) => Ok(memory.list(subject, most)),
            Self::Redis(redis) => redis.list(subject, most).await,
        }
    }

    /// Makes a node the owner, whoever was it before: the customer's socket is there, her token was checked. The epoch rises
    /// above the stored one and the one that her page has `seen`, the numbers of events move on, what the owner before was
    /// asked is dropped, and readers are told.
    pub async fn claim(&self, session: &SessionId, node: Node, seen: Epoch) -> Result<Claimed, Refused> {
        match self {
            Self::Memory(memory) => memory.claim(session, node, seen),
            Self::Redis(redis) => redis.claim(session, node, seen).await,
        }
    }

    /// Says that the owner since `term` is there; due every 2 s. [`Refused::Fenced`], [`Refused::Lost`].
    pub async fn renew(&self, session: &SessionId, node: Node, term: Epoch) -> Result<Renewed, Refused> {
        match self {
            Self::Memory(memory) => memory.renew(session, node, term),
            Self::Redis(redis) => redis.renew(session, node, term).await,
        }
    }

    /// Writes to the log and the record, and wakes readers; renews the lease too. A keyframe for all cuts off everything
    /// before; any other keyframe what is before the keyframe before it.
    ///
    /// [`Refused::Fenced`], [`Refused::Lost`], [`Refused::Full`], [`Refused::TooLarge`].
    pub async fn append(&self, session: &SessionId, append: Append) -> Result<Appended, Refused> {
        append.check()?;
        match self {
            Self::Memory(memory) => memory.append(session, append),
            Self::Redis(redis) => redis.append(session, append).await,
        }
    }

    /// Gives the lease back, for another node to claim; readers are told that nobody owns it. [`Refused::Fenced`].
    pub async fn release(&self, session: &SessionId, node: Node, term: Epoch) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => memory.release(session, node, term),
            Self::Redis(redis) => redis.release(session, node, term).await,
        }
    }

    /// Ends the session as its owner: the log's last entry says why. [`Refused::Fenced`], [`Refused::Lost`].
    pub async fn end(&self, session: &SessionId, node: Node, term: Epoch, reason: EndReason) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => memory.end(session, node, term, reason),
            Self::Redis(redis) => redis.end(session, (node, term), reason).await,
        }
    }

    /// Ends a session that nobody owns at the moment. [`Refused::Owned`]: ask its owner; [`Refused::OtherTerm`].
    pub async fn end_unowned(&self, session: &SessionId, term: Epoch, reason: EndReason) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => memory.end_unowned(session, term, reason),
            Self::Redis(redis) => redis.end_unowned(session, term, reason).await,
        }
    }

    /// What the log holds after an entry. Also answers for an ended session.
    pub async fn read(&self, session: &SessionId, after: LogId) -> Result<Read, Refused> {
        match self {
            Self::Memory(memory) => memory.read_log(session, after),
            Self::Redis(redis) => redis.read_log(session, after).await,
        }
    }

    /// The record, the last keyframe and all after it. Also answers for an ended session.
    pub async fn page(&self, session: &SessionId) -> Result<Page, Refused> {
        match self {
            Self::Memory(memory) => memory.page(session),
            Self::Redis(redis) => redis.page(session).await,
        }
    }

    /// Asks something of the owner of this term. An end stands in the record as well: if the owner dies before it takes it, the
    /// next claim ends the session. [`Refused::OtherTerm`], [`Refused::Unowned`], [`Refused::Full`],
    /// [`Refused::TooLarge`].
    pub async fn ask(&self, session: &SessionId, term: Epoch, ask: Ask) -> Result<AskId, Refused> {
        let written = asked::write(&ask);
        within("ask", written.len(), ASK_BYTES_MAX)?;
        let end = if let Ask::End { reason, .. } = ask { Some(reason) } else { None };
        match self {
            Self::Memory(memory) => memory.ask(session, term, ask, end),
            Self::Redis(redis) => redis.ask(session, term, written, end).await,
        }
    }

    /// What the owner is asked, after the last one that it took; those up to it are dropped. So an answer that got lost can
    /// be asked for again, and nothing is taken twice. [`Refused::Fenced`], [`Refused::Lost`].
    pub async fn asks(
        &self,
        session: &SessionId,
        owner: (Node, Epoch),
        after: AskId,
        most: usize,
    ) -> Result<Vec<(AskId, Ask)>, Refused> {
        match self {
            Self::Memory(memory) => memory.asks(session, owner, after, most),
            Self::Redis(redis) => redis.asks(session, owner, after, most).await,
        }
    }

    /// Lets an agent in who showed a join code, if a place is free or hers; `most` can be in at once.
    pub async fn seat(&self, session: &SessionId, subject: &str, most: usize) -> Result<bool, Refused> {
        within("subject", subject.len(), SUBJECT_BYTES_MAX)?;
        match self {
            Self::Memory(memory) => memory.seat(session, subject, most),
            Self::Redis(redis) => redis.seat(session, subject, most).await,
        }
    }

    /// Lets an agent in again who was let in before, while there is room. Her place is hers as if she had just been seen.
    pub async fn reseat(&self, session: &SessionId, subject: &str, most: usize) -> Result<bool, Refused> {
        match self {
            Self::Memory(memory) => memory.reseat(session, subject, most),
            Self::Redis(redis) => redis.reseat(session, subject, most).await,
        }
    }

    /// Takes back what [`Sessions::seat`] gave, unless she had a socket.
    pub async fn unseat(&self, session: &SessionId, subject: &str) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => memory.unseat(session, subject),
            Self::Redis(redis) => redis.unseat(session, subject).await,
        }
    }

    /// Keeps the places of agents with a socket here, and of one whose socket just closed; due every 10 s.
    pub async fn keep_seats(&self, session: &SessionId, subjects: &[String]) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => memory.keep_seats(session, subjects),
            Self::Redis(redis) => redis.keep_seats(session, subjects).await,
        }
    }

    /// Whether an agent was let in, and whether one more could be.
    pub async fn seated(&self, session: &SessionId, subject: &str, most: usize) -> Result<Seat, Refused> {
        match self {
            Self::Memory(memory) => memory.seated(session, subject, most),
            Self::Redis(redis) => redis.seated(session, subject, most).await,
        }
    }

    /// Opens the asset door to holders with a socket here, or that just closed; due every 10 s.
    pub async fn hold(&self, session: &SessionId, holders: &[Digest]) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => memory.hold(session, holders),
            Self::Redis(redis) => redis.hold(session, holders).await,
        }
    }

    /// Closes it to one, at once.
    pub async fn let_go(&self, session: &SessionId, holder: &Digest) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => memory.let_go(session, holder),
            Self::Redis(redis) => redis.let_go(session, holder).await,
        }
    }

    /// Whether it is open to a holder.
    pub async fn holds(&self, session: &SessionId, holder: &Digest) -> Result<bool, Refused> {
        match self {
            Self::Memory(memory) => memory.holds(session, holder),
            Self::Redis(redis) => redis.holds(session, holder).await,
        }
    }

    /// Notes that the customer's page is asked for something, by a number that no other node gives: for 15 s its answer may
    /// come to any node. [`Refused::Full`].
    pub async fn expect_upload(&self, session: &SessionId, request: u64) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => memory.expect_upload(session, request),
            Self::Redis(redis) => redis.expect_upload(session, request).await,
        }
    }

    /// Whether an answer is waited for that now comes. Of two that come only the first one is.
    pub async fn begin_upload(&self, session: &SessionId, request: u64) -> Result<bool, Refused> {
        match self {
            Self::Memory(memory) => memory.begin_upload(session, request),
            Self::Redis(redis) => redis.begin_upload(session, request).await,
        }
    }

    /// Hands over what came after [`Sessions::begin_upload`], and wakes who waits for it. [`Refused::Gone`]: it took too long;
    /// [`Refused::Full`].
    pub async fn put_upload(&self, session: &SessionId, request: u64, sent: Vec<u8>) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => memory.put_upload(session, request, sent.into()),
            Self::Redis(redis) => redis.put_upload(session, request, sent).await,
        }
    }

    /// Takes what came out of the store, if something did; the last time, what may still come is waited for no more.
    pub async fn take_upload(
        &self,
        session: &SessionId,
        request: u64,
        is_last: bool,
    ) -> Result<Option<Bytes>, Refused> {
        match self {
            Self::Memory(memory) => memory.take_upload(session, request, is_last),
            Self::Redis(redis) => redis.take_upload(session, request, is_last).await,
        }
    }

    /// Wakes when something was handed over. Lossy: also look each second.
    pub async fn watch_uploads(&self, session: &SessionId) -> Result<Watch, Refused> {
        match self {
            Self::Memory(memory) => memory.watch_uploads(session),
            Self::Redis(redis) => Ok(redis.watch_uploads(session)),
        }
    }

    /// Wakes when the log may have grown, or the owner changed. Lossy: also look each second.
    pub async fn watch_log(&self, session: &SessionId) -> Result<Watch, Refused> {
        match self {
            Self::Memory(memory) => memory.watch_log(session),
            Self::Redis(redis) => Ok(redis.watch_log(session)),
        }
    }

    /// Wakes the owner when it may have been asked something. Lossy: [`Renewed::has_asks`] tells too.
    pub async fn watch_asks(&self, session: &SessionId) -> Result<Watch, Refused> {
        match self {
            Self::Memory(memory) => memory.watch_asks(session),
            Self::Redis(redis) => Ok(redis.watch_asks(session)),
        }
    }

    /// Tells all nodes, this one too, a few bytes. Lossy: what matters is in the store, where nodes look every 10 s.
    pub async fn broadcast(&self, word: Bytes) -> Result<(), Refused> {
        match self {
            Self::Memory(memory) => {
                memory.broadcast(word);
                Ok(())
            }
            Self::Redis(redis) => redis.broadcast(&word).await,
        }
    }

    /// What nodes are told from now on.
    pub async fn told(&self) -> Result<Told, Refused> {
        match self {
            Self::Memory(memory) => Ok(memory.told()),
            Self::Redis(redis) => Ok(redis.told()),
        }
    }
}

impl Append {
    /// Whether nothing that was shown before may stay.
    fn is_for_all(&self) -> bool {
        self.entries.iter().any(LogEntry::is_for_all)
    }

    /// The entries that go to the log: of the page, nothing before the last keyframe for all.
    fn written(&self) -> impl Iterator<Item = &LogEntry> {
        let from = self.entries.iter().rposition(LogEntry::is_for_all).unwrap_or(0);
        let entries = self.entries.iter().enumerate();
        entries.filter(move |(at, entry)| *at >= from || !entry.is_page()).map(|(_, entry)| entry)
    }

    fn facts(&self) -> Option<&Arc<Facts>> {
        self.entries.iter().rev().find_map(|entry| match entry {
            LogEntry::News(News::Facts(facts)) => Some(facts),
            _ => None,
        })
    }

    fn check(&self) -> Result<(), Refused> {
        within("append", self.entries.len(), APPEND_ENTRIES_MAX)?;
        for entry in &self.entries {
            within("entry", usize::try_from(entry.bytes()).unwrap_or(usize::MAX), ENTRY_BYTES_MAX)?;
        }
        within("kept", self.kept.as_ref().map_or(0, Bytes::len), KEPT_BYTES_MAX)
    }
}

fn within(what: &'static str, size: usize, most: usize) -> Result<(), Refused> {
    if size <= most { Ok(()) } else { Err(Refused::TooLarge(what)) }
}
