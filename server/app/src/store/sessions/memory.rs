//! Sessions in this process. Several hubs can share them, as several nodes share a Redis: the same rules hold.

mod owner;
mod people;
mod reader;
mod state;
mod uploads;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::broadcast;
use vitrine_core::ids::{Epoch, SessionId};

use super::limits::{SESSIONS_MAX, Spans};
use super::ops::Refused;
use super::record::{Listed, NewSession, Node, Record};
use super::watch::Told;
use crate::ops::clock::{Time, millis};
use crate::store::StoreError;
use state::State;

/// Told nodes that may be behind; a node that misses some looks for itself.
const BROADCASTS_KEPT: usize = 1_024;
/// Below this many sessions nothing is swept.
const SWEEP_FROM: usize = 1_024;

/// All sessions. Clones share them.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    spans: Spans,
    sessions: Mutex<Sessions>,
    told: broadcast::Sender<Bytes>,
}

#[derive(Debug)]
struct Sessions {
    states: HashMap<SessionId, State>,
    sweep_at: usize,
}

impl Memory {
    /// An empty one.
    #[must_use]
    pub fn new(spans: Spans) -> Self {
        let sessions = Mutex::new(Sessions { states: HashMap::new(), sweep_at: SWEEP_FROM });
        Self(Arc::new(Shared { spans, sessions, told: broadcast::Sender::new(BROADCASTS_KEPT) }))
    }

    pub(super) fn create(&self, new: NewSession) -> Result<(), Refused> {
        let mut sessions = self.lock();
        let now = Time::now();
        if sessions.states.len() >= sessions.sweep_at {
            sessions.states.retain(|_, state| !state.is_gone(now));
            sessions.sweep_at = (sessions.states.len() * 2).clamp(SWEEP_FROM, SESSIONS_MAX);
        }
        if sessions.states.len() >= SESSIONS_MAX {
            return Err(StoreError::Full.into());
        }
        if sessions.states.get(&new.session).is_some_and(|state| !state.is_gone(now)) {
            return Err(Refused::Taken);
        }
        sessions.states.insert(new.session.clone(), State::new(new, now, self.0.spans));
        Ok(())
    }

    pub(super) fn record(&self, session: &SessionId) -> Result<Record, Refused> {
        self.read(session, |state, now| state.record(now))
    }

    pub(super) fn list(&self, subject: Option<&str>, most: usize) -> Vec<Listed> {
        let (sessions, now) = (self.lock(), Time::now());
        let running = sessions.states.values().filter(|state| !state.is_gone(now) && state.ended.is_none());
        let mut listed: Vec<Listed> = running
            .map(|state| Listed {
                record: state.record(now),
                is_remembered: subject.is_some_and(|subject| state.seats.contains_key(subject)),
            })
            .collect();
        listed.sort_by_key(|listed| std::cmp::Reverse(listed.record.ends));
        listed.truncate(most);
        listed
    }

    pub(super) fn broadcast(&self, word: Bytes) {
        // Nobody listens: nobody has to know.
        let _ = self.0.told.send(word);
    }

    pub(super) fn told(&self) -> Told {
        Told::counted(self.0.told.subscribe())
    }

    /// Looks at a session that has not run out; it may have ended.
    fn read<T>(&self, session: &SessionId, look: impl FnOnce(&State, Time) -> T) -> Result<T, Refused> {
        let (sessions, now) = (self.lock(), Time::now());
        let state = sessions.states.get(session).filter(|state| !state.is_gone(now)).ok_or(Refused::Gone)?;
        Ok(look(state, now))
    }

    /// Changes a session that goes on.
    fn change<T>(
        &self,
        session: &SessionId,
        change: impl FnOnce(&mut State, Time) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let (mut sessions, now) = (self.lock(), Time::now());
        let state = sessions.states.get_mut(session).filter(|state| !state.is_gone(now)).ok_or(Refused::Gone)?;
        if let Some(reason) = state.ended {
            return Err(Refused::Ended(reason));
        }
        change(state, now)
    }

    /// Changes a session for its owner, who is heard of by that.
    fn change_owned<T>(
        &self,
        session: &SessionId,
        (node, term): (Node, Epoch),
        change: impl FnOnce(&mut State, Time) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        self.change(session, |state, now| {
            state.is_of(node, term)?;
            state.heard(now);
            change(state, now)
        })
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(Spans::default())
    }
}

fn after(now: Time, span: std::time::Duration) -> Time {
    Time(now.0.saturating_add(millis(span)))
}
