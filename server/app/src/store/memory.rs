//! The store in this process: bounded maps that forget what ran out.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{CodeRecord, Counted, StoreError};
use crate::auth::login::Login;
use crate::auth::oidc::SignIn;
use crate::auth::secret::Digest;
use crate::auth::socket::Ticket;
use crate::auth::subject::Subject;
use crate::ops::clock::Time;

/// Records of each kind at most.
const RECORDS_MAX: usize = 1_000_000;
/// Of sign-ins on their way, which cost nothing to begin.
const SIGN_INS_MAX: usize = 50_000;
/// Below this size a map is not swept.
const SWEEP_FROM: usize = 1_024;

/// All of it.
#[derive(Debug, Default)]
pub struct Memory {
    codes: Mutex<Expiring<CodeRecord>>,
    logins: Mutex<Expiring<Login>>,
    tickets: Mutex<Expiring<Ticket>>,
    used: Mutex<Expiring<Used>>,
    sign_ins: Mutex<Expiring<SignIn>>,
    revoked: Mutex<Expiring<Time>>,
    counters: Mutex<Expiring<Counter>>,
}

impl Memory {
    pub(super) fn count(&self, name: Digest, by: u32, span: Duration) -> Result<Counted, StoreError> {
        let (now, mut counters) = (Time::now(), lock(&self.counters));
        let found = counters.get(&name).copied();
        let Counter { count, ends } = found.unwrap_or(Counter { count: 0, ends: now.plus(span) });
        let count = count.saturating_add(by);
        if by > 0 {
            counters.put(name, Counter { count, ends })?;
        }
        Ok(Counted { count, left: Duration::from_millis(ends.0.saturating_sub(now.0)) })
    }

    pub(super) fn put_code(&self, code: Digest, record: CodeRecord) -> Result<bool, StoreError> {
        let mut codes = lock(&self.codes);
        if codes.get(&code).is_some() {
            return Ok(false);
        }
        codes.put(code, record).map(|()| true)
    }

    pub(super) fn take_code(&self, code: &Digest) -> Option<CodeRecord> {
        lock(&self.codes).take(code)
    }

    pub(super) fn put_login(&self, id: Digest, login: Login) -> Result<(), StoreError> {
        lock(&self.logins).put(id, login)
    }

    pub(super) fn login(&self, id: &Digest) -> Option<Login> {
        lock(&self.logins).get(id).cloned()
    }

    pub(super) fn remove_login(&self, id: &Digest) {
        lock(&self.logins).take(id);
    }

    pub(super) fn use_once(&self, id: Digest, ends: Time) -> Result<bool, StoreError> {
        let mut used = lock(&self.used);
        if used.get(&id).is_some() {
            return Ok(false);
        }
        used.put(id, Used { ends }).map(|()| true)
    }

    /// Looks at every login. They are few beside how seldom this is asked, and only the provider's signature gets here.
    pub(super) fn remove_logins_at_provider(
        &self,
        subject: Option<&Subject>,
        sid: Option<&str>,
    ) -> Vec<(Digest, Login)> {
        let is_meant = |login: &Login| login.is_at_provider(subject, sid);
        let mut logins = lock(&self.logins);
        let ids: Vec<Digest> = logins.records.iter().filter(|(_, login)| is_meant(login)).map(|(id, _)| *id).collect();
        ids.into_iter().filter_map(|id| Some((id, logins.take(&id)?))).collect()
    }

    pub(super) fn put_sign_in(&self, state: Digest, sign_in: SignIn) -> Result<(), StoreError> {
        let mut sign_ins = lock(&self.sign_ins);
        if sign_ins.records.len() >= SIGN_INS_MAX {
            sign_ins.sweep();
        }
        if sign_ins.records.len() >= SIGN_INS_MAX { Err(StoreError::Full) } else { sign_ins.put(state, sign_in) }
    }

    pub(super) fn take_sign_in(&self, state: &Digest) -> Option<SignIn> {
        lock(&self.sign_ins).take(state)
    }

    pub(super) fn revoke_token(&self, id: Digest, ends: Time) -> Result<(), StoreError> {
        lock(&self.revoked).put(id, ends)
    }

    pub(super) fn is_revoked(&self, id: &Digest) -> bool {
        lock(&self.revoked).get(id).is_some()
    }

    pub(super) fn put_ticket(&self, id: Digest, ticket: Ticket) -> Result<(), StoreError> {
        lock(&self.tickets).put(id, ticket)
    }

    pub(super) fn take_ticket(&self, id: &Digest) -> Option<Ticket> {
        lock(&self.tickets).take(id)
    }
}

/// Something that runs out.
trait Ends {
    fn ends(&self) -> Time;
}

impl Ends for Time {
    fn ends(&self) -> Time {
        *self
    }
}

impl Ends for CodeRecord {
    fn ends(&self) -> Time {
        self.ends
    }
}

impl Ends for Login {
    fn ends(&self) -> Time {
        self.ends
    }
}

impl Ends for Ticket {
    fn ends(&self) -> Time {
        self.ends
    }
}

impl Ends for SignIn {
    fn ends(&self) -> Time {
        self.ends
    }
}

/// What was used, and until when that matters.
#[derive(Debug)]
struct Used {
    ends: Time,
}

impl Ends for Used {
    fn ends(&self) -> Time {
        self.ends
    }
}

/// So many, until it begins anew.
#[derive(Debug, Clone, Copy)]
struct Counter {
    count: u32,
    ends: Time,
}

impl Ends for Counter {
    fn ends(&self) -> Time {
        self.ends
    }
}

/// A map that answers as if what ran out were gone, and drops it each time the map has doubled.
#[derive(Debug)]
struct Expiring<T> {
    records: HashMap<Digest, T>,
    sweep_at: usize,
}

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        Self { records: HashMap::new(), sweep_at: SWEEP_FROM }
    }
}

impl<T: Ends> Expiring<T> {
    fn put(&mut self, id: Digest, record: T) -> Result<(), StoreError> {
        if self.records.len() >= self.sweep_at {
            self.sweep();
        }
        if self.records.len() >= RECORDS_MAX {
            return Err(StoreError::Full);
        }
        self.records.insert(id, record);
        Ok(())
    }

    fn sweep(&mut self) {
        self.records.retain(|_, record| !record.ends().is_past());
        self.sweep_at = (self.records.len() * 2).clamp(SWEEP_FROM, RECORDS_MAX);
    }

    fn get(&self, id: &Digest) -> Option<&T> {
        self.records.get(id).filter(|record| !record.ends().is_past())
    }

    fn take(&mut self, id: &Digest) -> Option<T> {
        self.records.remove(id).filter(|record| !record.ends().is_past())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use vitrine_core::ids::SessionId;

    use super::{CodeRecord, Memory};
    use crate::auth::secret::Digest;
    use crate::ops::clock::Time;

    fn record(ends: Time) -> CodeRecord {
        CodeRecord { session: SessionId::new("s").unwrap(), ends }
    }

    #[test]
    fn a_code_is_taken_once_and_never_after_its_time() {
        let memory = Memory::default();
        let later = Time(Time::now().0 + 60_000);
        assert_eq!(memory.put_code(Digest::of("1"), record(later)), Ok(true));
        assert_eq!(memory.put_code(Digest::of("1"), record(later)), Ok(false));
        assert!(memory.take_code(&Digest::of("1")).is_some());
        assert!(memory.take_code(&Digest::of("1")).is_none());
        memory.put_code(Digest::of("2"), record(Time(1))).unwrap();
        assert!(memory.take_code(&Digest::of("2")).is_none());
    }

    #[test]
    fn what_was_used_cannot_be_used_again_in_its_time() {
        let memory = Memory::default();
        let later = Time(Time::now().0 + 60_000);
        for (id, ends, is_first) in [("a", later, true), ("a", later, false), ("b", Time(1), true), ("b", later, true)]
        {
            assert_eq!(memory.use_once(Digest::of(id), ends), Ok(is_first), "{id}");
        }
    }

    #[test]
    fn a_count_begins_anew_when_its_span_is_over() {
        let (memory, minute) = (Memory::default(), Duration::from_secs(60));
        let [long, short] = ["long", "short"].map(Digest::of);
        for count in 1..=3 {
            let counted = memory.count(long, 1, minute).unwrap();
            assert_eq!(counted.count, count);
            assert!(counted.left <= minute && counted.left > minute / 2);
            assert_eq!(memory.count(short, 1, Duration::ZERO).unwrap().count, 1);
        }
        assert_eq!(memory.count(long, 0, minute).unwrap().count, 3);
        assert_eq!(memory.count(Digest::of("new"), 0, minute).unwrap().count, 0);
    }

    #[test]
    fn what_ran_out_makes_room() {
        let memory = Memory::default();
        for n in 0..10_000 {
            memory.put_code(Digest::of(&n.to_string()), record(Time(1))).unwrap();
        }
        assert!(super::lock(&memory.codes).records.len() <= 2 * super::SWEEP_FROM);
    }
}
