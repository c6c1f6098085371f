//! Limits per time, and limits at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use vitrine_core::ids::SessionId;

use super::Problem;
use super::address::Client;
use crate::auth::subject::Subject;
use crate::config::Limits;

/// Who may try what how often.
#[derive(Debug)]
pub struct Rates {
    sessions: DefaultKeyedRateLimiter<IpAddr>,
    logins: DefaultKeyedRateLimiter<IpAddr>,
    logins_by_name: DefaultKeyedRateLimiter<String>,
    tokens: DefaultKeyedRateLimiter<IpAddr>,
    tokens_by_app: DefaultKeyedRateLimiter<String>,
    joins: DefaultKeyedRateLimiter<IpAddr>,
    joins_by_agent: DefaultKeyedRateLimiter<Subject>,
    joins_in_all: DefaultDirectRateLimiter,
    contacts: DefaultKeyedRateLimiter<SessionId>,
}

/// Contact tokens that one session may hand over: one for each page, and each again before its time is over.
const CONTACTS_PER_MINUTE: u32 = 30;

impl Rates {
    /// Counters at zero.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            sessions: RateLimiter::keyed(per_minute(limits.sessions_per_minute)),
            logins: RateLimiter::keyed(per_minute(limits.logins_per_minute)),
            logins_by_name: RateLimiter::keyed(per_minute(limits.logins_per_minute)),
            tokens: RateLimiter::keyed(per_minute(limits.tokens_per_minute)),
            tokens_by_app: RateLimiter::keyed(per_minute(limits.tokens_per_minute)),
            joins: RateLimiter::keyed(per_minute(limits.joins_per_minute)),
            joins_by_agent: RateLimiter::keyed(per_minute(limits.joins_per_minute)),
            joins_in_all: RateLimiter::direct(per_minute(limits.joins_per_minute_total)),
            contacts: RateLimiter::keyed(per_minute(CONTACTS_PER_MINUTE)),
        }
    }

    /// A customer begins a session.
    ///
    /// # Errors
    /// Here and below [`Problem::TooMany`].
    pub fn session(&self, client: Client) -> Result<(), Problem> {
        self.sessions.check_key(&client.0).map_err(|wait| too_many(&wait))
    }

    /// Somebody tries to sign in.
    pub fn login(&self, client: Client, name: &str) -> Result<(), Problem> {
        self.logins.check_key(&client.0).map_err(|wait| too_many(&wait))?;
        self.logins_by_name.check_key(&name.to_owned()).map_err(|wait| too_many(&wait))
    }

    /// Somebody begins to sign in at the provider.
    pub fn sign_in(&self, client: Client) -> Result<(), Problem> {
        self.logins.check_key(&client.0).map_err(|wait| too_many(&wait))
    }

    /// Somebody asks for an agent token, with whatever key.
    pub fn token(&self, client: Client) -> Result<(), Problem> {
        self.tokens.check_key(&client.0).map_err(|wait| too_many(&wait))
    }

    /// An app does, with the right one.
    pub fn token_of_app(&self, app: &str) -> Result<(), Problem> {
        self.tokens_by_app.check_key(&app.to_owned()).map_err(|wait| too_many(&wait))
    }

    /// An agent tries a join code, right or wrong.
    pub fn join(&self, client: Client, agent: &Subject) -> Result<(), Problem> {
        self.joins_by_agent.check_key(agent).map_err(|wait| too_many(&wait))?;
        self.joins.check_key(&client.0).map_err(|wait| too_many(&wait))?;
        self.joins_in_all.check().map_err(|wait| too_many(&wait))
    }

    /// A page hands over a contact token, right or wrong.
    pub fn contact(&self, session: &SessionId) -> Result<(), Problem> {
        self.contacts.check_key(session).map_err(|wait| too_many(&wait))
    }

    /// Forgets who did not come again. Call it once a minute.
    pub fn forget_idle(&self) {
        for limiter in [&self.sessions, &self.logins, &self.tokens, &self.joins] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        for limiter in [&self.logins_by_name, &self.tokens_by_app] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        self.joins_by_agent.retain_recent();
        self.joins_by_agent.shrink_to_fit();
        self.contacts.retain_recent();
        self.contacts.shrink_to_fit();
    }
}

/// So many a minute, and as many at once.
pub(crate) fn per_minute(count: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN))
}

fn too_many(wait: &governor::NotUntil<governor::clock::QuantaInstant>) -> Problem {
    let wait = wait.wait_time_from(DefaultClock::default().now());
    Problem::TooMany { retry_after_s: wait.as_secs() + 1 }
}

/// Sockets open at once, by address.
#[derive(Debug, Clone)]
pub struct Sockets {
    open: Arc<Mutex<HashMap<Client, usize>>>,
    most: Arc<AtomicUsize>,
}

impl Sockets {
    /// At most `most` for one address.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { open: Arc::default(), most: Arc::new(AtomicUsize::new(most)) }
    }

    /// At most so many from now on; those that are open stay.
    pub fn set_most(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// Counts one more socket for as long as the answer lives.
    ///
    /// # Errors
    /// [`Problem::TooMany`].
    pub fn enter(&self, client: Client) -> Result<SocketHeld, Problem> {
        let mut open = lock(&self.open);
        let count = open.entry(client).or_insert(0);
        if *count >= self.most.load(Ordering::Relaxed) {
            return Err(Problem::TooMany { retry_after_s: 10 });
        }
        *count += 1;
        drop(open);
        Ok(SocketHeld { open: Arc::clone(&self.open), client })
    }
}

/// One socket's place in the count.
#[derive(Debug)]
pub struct SocketHeld {
    open: Arc<Mutex<HashMap<Client, usize>>>,
    client: Client,
}

impl Drop for SocketHeld {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        if let Some(count) = open.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.client);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Client, Sockets};

    #[test]
    fn sockets_are_counted_while_they_live() {
        let sockets = Sockets::new(2);
        let client = Client("203.0.113.1".parse().unwrap());
        let first = sockets.enter(client).unwrap();
        let _second = sockets.enter(client).unwrap();
        assert!(sockets.enter(client).is_err());
        assert!(sockets.enter(Client("203.0.113.2".parse().unwrap())).is_ok());
        drop(first);
        assert!(sockets.enter(client).is_ok());
    }
}
