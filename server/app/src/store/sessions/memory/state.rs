//! One session in memory.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::watch;
use vitrine_core::ids::{Epoch, Seq};
use vitrine_core::session::{Ask, EndReason, Facts};

use super::after;
use crate::auth::secret::Digest;
use crate::ops::clock::Time;
use crate::store::sessions::entry::{LogEntry, LogId};
use crate::store::sessions::limits::Spans;
use crate::store::sessions::ops::{Append, AskId, Refused};
use crate::store::sessions::record::{NewSession, Node, Record};

/// What Redis keeps under the session's keys.
#[derive(Debug)]
pub(super) struct State {
    pub(super) new: NewSession,
    pub(super) spans: Spans,
    pub(super) started: Time,
    pub(super) ends: Time,
    /// It is forgotten then, unless its owner is heard of.
    pub(super) gone: Time,
    pub(super) epoch: Epoch,
    pub(super) term: Epoch,
    pub(super) seq: Seq,
    /// Of the last append of this term.
    pub(super) n: u64,
    pub(super) owner: Option<Node>,
    /// Until when the owner counts as there.
    pub(super) lease: Option<Time>,
    pub(super) facts: Arc<Facts>,
    pub(super) sticky: Vec<Bytes>,
    /// Its owner was asked to end it.
    pub(super) ending: Option<EndReason>,
    pub(super) ended: Option<EndReason>,
    pub(super) log: Log,
    pub(super) asks: VecDeque<(AskId, Ask)>,
    pub(super) last_ask: AskId,
    pub(super) seats: HashMap<String, Seated>,
    /// Until when holders of asset cookies are served.
    pub(super) holders: HashMap<Digest, Time>,
    /// What the customer's page is asked for, by number.
    pub(super) uploads: HashMap<u64, Asked>,
    pub(super) wake_log: watch::Sender<u64>,
    pub(super) wake_asks: watch::Sender<u64>,
    pub(super) wake_uploads: watch::Sender<u64>,
}

/// An asset that the customer's page is asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) until: Time,
    pub(super) upload: Upload,
}

/// How far it is.
#[derive(Debug)]
pub(super) enum Upload {
    /// Nothing came yet.
    Asked,
    /// A node reads what comes.
    Coming,
    /// It came.
    Here(Bytes),
}

/// An agent's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seated {
    pub(super) until: Time,
    /// She had a socket.
    pub(super) was_here: bool,
}

/// The entries since a keyframe, and a little before.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// With their sizes.
    pub(super) entries: VecDeque<(LogId, LogEntry, u64)>,
    pub(super) last: LogId,
    pub(super) bytes: u64,
    pub(super) keyframe: Option<LogId>,
    /// The newest entry that was cut off.
    pub(super) cut: LogId,
}

impl State {
    pub(super) fn new(new: NewSession, now: Time, spans: Spans) -> Self {
        let ends = after(now, new.lasts);
        Self {
            started: now,
            ends,
            gone: after(now, new.stays).min(after(ends, spans.margin)),
            epoch: Epoch(1),
            term: Epoch(0),
            seq: Seq(0),
            n: 0,
            owner: None,
            lease: None,
            facts: Arc::new(new.facts.clone()),
            sticky: Vec::new(),
            ending: None,
            ended: None,
            log: Log::default(),
            asks: VecDeque::new(),
            last_ask: AskId::default(),
            seats: HashMap::new(),
            holders: HashMap::new(),
            uploads: HashMap::new(),
            wake_log: watch::Sender::new(0),
            wake_asks: watch::Sender::new(0),
            wake_uploads: watch::Sender::new(0),
            new,
            spans,
        }
    }

    pub(super) fn is_gone(&self, now: Time) -> bool {
        self.gone <= now
    }

    pub(super) fn is_owned(&self, now: Time) -> bool {
        self.lease.is_some_and(|until| until > now)
    }

    /// Whether an append is of the owner, and of all that it was answered. A held epoch above the stored one is something
    /// that this store cannot have forgotten; it answers as one that did.
    pub(super) fn fence(&self, append: &Append) -> Result<(), Refused> {
        if append.held > self.epoch {
            return Err(Refused::Lost);
        }
        if append.held < self.term || self.owner != Some(append.node) {
            return Err(Refused::Fenced);
        }
        // Its own append raised the epoch, and it did not hear of that.
        let is_behind = append.held < self.epoch && append.epoch <= self.epoch;
        if is_behind { Err(Refused::Lost) } else { Ok(()) }
    }

    /// Whether the node owns the session since that term began.
    pub(super) fn is_of(&self, node: Node, term: Epoch) -> Result<(), Refused> {
        if term > self.term {
            return Err(Refused::Lost);
        }
        if term < self.term || self.owner != Some(node) { Err(Refused::Fenced) } else { Ok(()) }
    }

    /// The owner is there.
    pub(super) fn heard(&mut self, now: Time) {
        self.lease = Some(after(now, self.spans.lease));
        self.gone = after(now, self.new.stays).min(after(self.ends, self.spans.margin));
    }

    pub(super) fn wake_log(&self) {
        self.wake_log.send_modify(|wakes| *wakes = wakes.wrapping_add(1));
    }

    pub(super) fn record(&self, now: Time) -> Record {
        Record {
            session: self.new.session.clone(),
            site: self.new.site.clone(),
            token: self.new.token,
            started: self.started,
            ends: self.ends,
            epoch: self.epoch,
            term: self.term,
            seq: self.seq,
            owner: self.owner,
            is_owned: self.is_owned(now),
            last: self.log.last,
            facts: Arc::clone(&self.facts),
            kept: self.new.kept.clone(),
            ended: self.ended,
        }
    }
}

impl Log {
    /// Adds an entry under the epoch.
    pub(super) fn push(&mut self, epoch: Epoch, entry: LogEntry) {
        let (id, bytes) = (self.next(epoch), entry.bytes());
        if entry.is_keyframe() {
            self.keyframe = Some(id);
        }
        self.last = id;
        self.bytes += bytes;
        self.entries.push_back((id, entry, bytes));
    }

    /// The id of the next entry.
    pub(super) fn next(&self, epoch: Epoch) -> LogId {
        let n = if self.last.epoch == epoch.0 { self.last.n + 1 } else { 1 };
        LogId { epoch: epoch.0, n }
    }

    /// Drops what comes before `first`.
    pub(super) fn cut_before(&mut self, first: LogId) {
        while let Some((id, _, bytes)) = self.entries.pop_front_if(|(id, ..)| *id < first) {
            self.cut = id;
            self.bytes -= bytes;
        }
    }

    /// What comes after `id`.
    pub(super) fn after(&self, id: LogId) -> impl Iterator<Item = &(LogId, LogEntry, u64)> {
        let from = self.entries.partition_point(|(other, ..)| *other <= id);
        self.entries.range(from..)
    }

    /// Entries and bytes.
    pub(super) fn all(&self) -> (u64, u64) {
        (u64::try_from(self.entries.len()).unwrap_or(u64::MAX), self.bytes)
    }

    /// Entries and bytes from the last keyframe on; of all, if there is none.
    pub(super) fn since_keyframe(&self) -> (u64, u64) {
        let from = self.keyframe.unwrap_or_default();
        let of_it = self.entries.iter().rev().take_while(|(id, ..)| *id >= from);
        of_it.fold((0, 0), |(entries, bytes), (.., size)| (entries + 1, bytes + size))
    }
}
