//! What owners do.

use std::sync::Arc;

use bytes::Bytes;
use vitrine_core::ids::{Epoch, Seq, SessionId};
use vitrine_core::session::{Ask, EndReason, News};

use super::state::State;
use super::{Memory, after};
use crate::ops::clock::Time;
use crate::store::sessions::entry::LogEntry;
use crate::store::sessions::limits::{
    EPOCHS_SKIPPED, LOG_BYTES_MAX, LOG_ENTRIES_MAX, SEEN_AHEAD_MAX, SEQS_SKIPPED, STICKY_BYTES_MAX, STICKY_PIECES_MAX,
};
use crate::store::sessions::ops::{Append, Appended, AskId, Refused, Renewed, Sticky};
use crate::store::sessions::record::{Claimed, Node};

impl Memory {
    pub(in super::super) fn claim(&self, session: &SessionId, node: Node, seen: Epoch) -> Result<Claimed, Refused> {
        self.change(session, |state, now| {
            // The owner before was asked to end it, and died.
            if let Some(reason) = state.ending {
                state.end(reason, now);
                return Err(Refused::Ended(reason));
            }
            let seen = seen.0.min(state.epoch.0 + SEEN_AHEAD_MAX);
            let term = Epoch(state.epoch.0.max(seen) + EPOCHS_SKIPPED);
            (state.epoch, state.term, state.n, state.owner) = (term, term, 0, Some(node));
            state.seq = Seq(state.seq.0 + SEQS_SKIPPED);
            state.asks.clear();
            state.heard(now);
            state.log.push(term, LogEntry::Owner { node, term });
            state.wake_log();
            Ok(Claimed { record: state.record(now), sticky: state.sticky.clone() })
        })
    }

    pub(in super::super) fn renew(&self, session: &SessionId, node: Node, term: Epoch) -> Result<Renewed, Refused> {
        self.change_owned(session, (node, term), |state, _| {
            Ok(Renewed { has_asks: !state.asks.is_empty(), epoch: state.epoch, n: state.n })
        })
    }

    pub(in super::super) fn append(&self, session: &SessionId, append: Append) -> Result<Appended, Refused> {
        self.change(session, |state, now| {
            if state.is_repeated(&append) {
                return Ok(state.appended());
            }
            state.fence(&append)?;
            state.heard(now);
            if append.epoch == append.held && append.n != state.n + 1 {
                return Err(Refused::Lost);
            }
            state.check_room(&append)?;
            state.take(append);
            Ok(state.appended())
        })
    }

    pub(in super::super) fn release(&self, session: &SessionId, node: Node, term: Epoch) -> Result<(), Refused> {
        self.change_owned(session, (node, term), |state, _| {
            state.lease = None;
            state.wake_log();
            Ok(())
        })
    }

    pub(in super::super) fn end(
        &self,
        session: &SessionId,
        node: Node,
        term: Epoch,
        reason: EndReason,
    ) -> Result<(), Refused> {
        self.change_owned(session, (node, term), |state, now| {
            state.end(reason, now);
            Ok(())
        })
    }

    pub(in super::super) fn end_unowned(
        &self,
        session: &SessionId,
        term: Epoch,
        reason: EndReason,
    ) -> Result<(), Refused> {
        self.change(session, |state, now| {
            if state.term != term {
                return Err(Refused::OtherTerm(state.term));
            }
            if state.is_owned(now) {
                return Err(Refused::Owned);
            }
            state.end(reason, now);
            Ok(())
        })
    }

    pub(in super::super) fn asks(
        &self,
        session: &SessionId,
        (node, term): (Node, Epoch),
        after: AskId,
        most: usize,
    ) -> Result<Vec<(AskId, Ask)>, Refused> {
        self.change_owned(session, (node, term), |state, _| {
            state.asks.retain(|(id, _)| *id > after);
            Ok(state.asks.iter().take(most).cloned().collect())
        })
    }
}

impl State {
    /// Whether this append was answered before, and the answer got lost.
    fn is_repeated(&self, append: &Append) -> bool {
        self.owner == Some(append.node) && self.epoch == append.epoch && self.n == append.n
    }

    fn check_room(&self, append: &Append) -> Result<(), Refused> {
        let begins = append.entries.iter().any(LogEntry::is_keyframe);
        let (entries, bytes) = if begins { self.log.since_keyframe() } else { self.log.all() };
        let more: u64 = append.entries.iter().map(LogEntry::bytes).sum();
        let entries = entries + u64::try_from(append.entries.len()).unwrap_or(u64::MAX);
        let pieces: usize = self.sticky.iter().map(Bytes::len).sum();
        let has_room = match &append.sticky {
            Sticky::Same => true,
            Sticky::More(piece) => self.sticky.len() < STICKY_PIECES_MAX && pieces + piece.len() <= STICKY_BYTES_MAX,
            Sticky::All(_) => true,
        };
        let fits = append.is_for_all() || entries <= LOG_ENTRIES_MAX && bytes + more <= LOG_BYTES_MAX;
        if fits && has_room { Ok(()) } else { Err(Refused::Full) }
    }

    fn take(&mut self, append: Append) {
        let (first, earlier) = (self.log.next(append.epoch), self.log.keyframe);
        (self.epoch, self.n, self.seq) = (append.epoch, append.n, self.seq.max(append.seq));
        for entry in append.written() {
            self.log.push(append.epoch, entry.clone());
        }
        if append.is_for_all() {
            self.log.cut_before(first);
        } else if let Some(earlier) = earlier.filter(|earlier| Some(*earlier) != self.log.keyframe) {
            self.log.cut_before(earlier);
        }
        if let Some(facts) = append.facts() {
            self.facts = Arc::clone(facts);
        }
        if let Some(kept) = append.kept {
            self.new.kept = kept;
        }
        match append.sticky {
            Sticky::Same => {}
            Sticky::More(piece) => self.sticky.push(piece),
            Sticky::All(piece) => self.sticky = vec![piece],
        }
        self.wake_log();
    }

    fn appended(&self) -> Appended {
        let (entries, bytes) = self.log.since_keyframe();
        let pieces = u64::try_from(self.sticky.len()).unwrap_or(u64::MAX);
        Appended { last: self.log.last, entries, bytes, pieces }
    }

    fn end(&mut self, reason: EndReason, now: Time) {
        self.ended = Some(reason);
        self.log.push(self.epoch, LogEntry::News(News::Ended(reason)));
        self.lease = None;
        self.gone = after(now, self.spans.ended);
        self.asks.clear();
        self.sticky.clear();
        self.seats.clear();
        self.holders.clear();
        self.uploads.clear();
        self.wake_log();
    }
}
