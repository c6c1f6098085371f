//! Who was let in, and who may ask for assets.

use vitrine_core::ids::SessionId;

use super::state::{Seated, State};
use super::{Memory, after};
use crate::auth::secret::Digest;
use crate::ops::clock::Time;
use crate::store::sessions::limits::{HOLDERS_MAX, SEATS_MAX};
use crate::store::sessions::ops::{Refused, Seat};

impl Memory {
    pub(in super::super) fn seat(&self, session: &SessionId, subject: &str, most: usize) -> Result<bool, Refused> {
        self.change(session, |state, now| Ok(state.seat(subject, most, now)))
    }

    pub(in super::super) fn reseat(&self, session: &SessionId, subject: &str, most: usize) -> Result<bool, Refused> {
        self.change(session, |state, now| Ok(state.seats.contains_key(subject) && state.seat(subject, most, now)))
    }

    pub(in super::super) fn unseat(&self, session: &SessionId, subject: &str) -> Result<(), Refused> {
        self.change(session, |state, _| {
            state.seats.retain(|other, seat| other != subject || seat.was_here);
            Ok(())
        })
    }

    pub(in super::super) fn keep_seats(&self, session: &SessionId, subjects: &[String]) -> Result<(), Refused> {
        self.change(session, |state, now| {
            let until = after(now, state.spans.seat);
            for subject in subjects {
                if let Some(seat) = state.seats.get_mut(subject) {
                    *seat = Seated { until, was_here: true };
                }
            }
            Ok(())
        })
    }

    pub(in super::super) fn seated(&self, session: &SessionId, subject: &str, most: usize) -> Result<Seat, Refused> {
        self.change(session, |state, now| {
            let is_remembered = state.seats.contains_key(subject);
            Ok(Seat { is_remembered, has_room: state.has_room(most, now) })
        })
    }

    pub(in super::super) fn hold(&self, session: &SessionId, holders: &[Digest]) -> Result<(), Refused> {
        self.change(session, |state, now| {
            let until = after(now, state.spans.holder);
            state.holders.retain(|_, until| *until > now);
            for holder in holders {
                if state.holders.len() < HOLDERS_MAX || state.holders.contains_key(holder) {
                    state.holders.insert(*holder, until);
                }
            }
            Ok(())
        })
    }

    pub(in super::super) fn let_go(&self, session: &SessionId, holder: &Digest) -> Result<(), Refused> {
        self.change(session, |state, _| {
            state.holders.remove(holder);
            Ok(())
        })
    }

    pub(in super::super) fn holds(&self, session: &SessionId, holder: &Digest) -> Result<bool, Refused> {
        self.change(session, |state, now| Ok(state.holders.get(holder).is_some_and(|until| *until > now)))
    }
}

impl State {
    fn seat(&mut self, subject: &str, most: usize, now: Time) -> bool {
        let holds_one = self.seats.get(subject).is_some_and(|seat| seat.until > now);
        if !holds_one && !self.has_room(most, now) {
            return false;
        }
        let until = after(now, self.spans.seat);
        self.seats.entry(subject.to_owned()).or_insert(Seated { until, was_here: false }).until = until;
        true
    }

    fn has_room(&self, most: usize, now: Time) -> bool {
        let taken = self.seats.values().filter(|seat| seat.until > now).count();
        taken < most && self.seats.len() < SEATS_MAX
    }
}
