//! What nodes with agents do.

use vitrine_core::ids::{Epoch, SessionId};
use vitrine_core::session::{Ask, EndReason};

use super::Memory;
use crate::store::sessions::entry::{LogEntry, LogId};
use crate::store::sessions::limits::{ASKS_MAX, READ_ENTRIES_MAX};
use crate::store::sessions::ops::{AskId, Page, Read, Refused};
use crate::store::sessions::watch::Watch;

impl Memory {
    pub(in super::super) fn read_log(&self, session: &SessionId, after: LogId) -> Result<Read, Refused> {
        self.read(session, |state, now| {
            let mut rest = state.log.after(after);
            let entries: Vec<_> = rest.by_ref().take(READ_ENTRIES_MAX).map(plain).collect();
            Read {
                has_more: rest.next().is_some(),
                has_missed: state.log.cut > after,
                entries,
                is_owned: state.is_owned(now),
                term: state.term,
            }
        })
    }

    pub(in super::super) fn page(&self, session: &SessionId) -> Result<Page, Refused> {
        self.read(session, |state, now| {
            let from = state.log.keyframe;
            let of_it = state.log.entries.iter().filter(|(id, ..)| from.is_some_and(|from| *id >= from));
            Page { record: state.record(now), entries: of_it.map(plain).collect() }
        })
    }

    pub(in super::super) fn ask(
        &self,
        session: &SessionId,
        term: Epoch,
        ask: Ask,
        end: Option<EndReason>,
    ) -> Result<AskId, Refused> {
        self.change(session, |state, now| {
            if state.term != term {
                return Err(Refused::OtherTerm(state.term));
            }
            if !state.is_owned(now) {
                return Err(Refused::Unowned);
            }
            if state.asks.len() >= ASKS_MAX {
                return Err(Refused::Full);
            }
            let last = state.last_ask;
            let id = if now.0 > last.ms { AskId { ms: now.0, n: 0 } } else { AskId { n: last.n + 1, ..last } };
            state.ending = end.or(state.ending);
            state.last_ask = id;
            state.asks.push_back((id, ask));
            state.wake_asks.send_modify(|wakes| *wakes = wakes.wrapping_add(1));
            Ok(id)
        })
    }

    pub(in super::super) fn watch_log(&self, session: &SessionId) -> Result<Watch, Refused> {
        self.read(session, |state, _| Watch::counted(state.wake_log.subscribe()))
    }

    pub(in super::super) fn watch_asks(&self, session: &SessionId) -> Result<Watch, Refused> {
        self.read(session, |state, _| Watch::counted(state.wake_asks.subscribe()))
    }
}

fn plain((id, entry, _): &(LogId, LogEntry, u64)) -> (LogId, LogEntry) {
    (*id, entry.clone())
}
