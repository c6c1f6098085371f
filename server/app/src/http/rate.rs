//! Limits per time, and limits at once.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use vitrine_core::ids::SessionId;

use super::Problem;
use super::address::Client;
use super::together::{Limit, Together};
use crate::auth::subject::Subject;
use crate::config::Limits;
use crate::ops::metrics;
use crate::store::Store;

/// Who may try what how often.
#[derive(Debug)]
pub struct Rates {
    sessions: DefaultKeyedRateLimiter<IpAddr>,
    logins: DefaultKeyedRateLimiter<IpAddr>,
    logins_in_all: DefaultDirectRateLimiter,
    requests: DefaultKeyedRateLimiter<IpAddr>,
    requests_by_agent: DefaultKeyedRateLimiter<Subject>,
    logins_by_name: DefaultKeyedRateLimiter<String>,
    tokens: DefaultKeyedRateLimiter<IpAddr>,
    tokens_by_app: DefaultKeyedRateLimiter<String>,
    joins: DefaultKeyedRateLimiter<IpAddr>,
    joins_by_agent: DefaultKeyedRateLimiter<Subject>,
    joins_in_all: DefaultDirectRateLimiter,
    contacts: DefaultKeyedRateLimiter<SessionId>,
    together: Together,
    limits: Minutely,
}

/// The limits by the minute that all servers count together.
#[derive(Debug)]
struct Minutely {
    sessions: Limit,
    logins: Limit,
    logins_in_all: Limit,
    tokens: Limit,
    joins: Limit,
    joins_in_all: Limit,
}

impl Minutely {
    fn new(limits: &Limits) -> Self {
        Self {
            sessions: Limit { key: "sessions-per-minute", most: limits.sessions_per_minute },
            logins: Limit { key: "logins-per-minute", most: limits.logins_per_minute },
            logins_in_all: Limit { key: "logins-per-minute-total", most: limits.logins_per_minute_total },
            tokens: Limit { key: "tokens-per-minute", most: limits.tokens_per_minute },
            joins: Limit { key: "joins-per-minute", most: limits.joins_per_minute },
            joins_in_all: Limit { key: "joins-per-minute-total", most: limits.joins_per_minute_total },
        }
    }
}

/// What a count is of.
const ADDRESS: &str = "address";
const NAME: &str = "name";
const ALL: &str = "all";

/// Contact tokens that one session may hand over: one for each page, and each again before its time is over.
const CONTACTS_PER_MINUTE: u32 = 30;

impl Rates {
    /// Counters at zero; what servers that share a store count together is in it.
    #[must_use]
    pub fn new(limits: &Limits, store: &Arc<Store>) -> Self {
        Self {
            sessions: RateLimiter::keyed(per_minute(limits.sessions_per_minute)),
            logins: RateLimiter::keyed(per_minute(limits.logins_per_minute)),
            logins_in_all: RateLimiter::direct(per_minute(limits.logins_per_minute_total)),
            requests: RateLimiter::keyed(per_second(limits.requests_per_second)),
            requests_by_agent: RateLimiter::keyed(per_second(limits.requests_per_second)),
            logins_by_name: RateLimiter::keyed(per_minute(limits.logins_per_minute)),
            tokens: RateLimiter::keyed(per_minute(limits.tokens_per_minute)),
            tokens_by_app: RateLimiter::keyed(per_minute(limits.tokens_per_minute)),
            joins: RateLimiter::keyed(per_minute(limits.joins_per_minute)),
            joins_by_agent: RateLimiter::keyed(per_minute(limits.joins_per_minute)),
            joins_in_all: RateLimiter::direct(per_minute(limits.joins_per_minute_total)),
            contacts: RateLimiter::keyed(per_minute(CONTACTS_PER_MINUTE)),
            together: Together::new(store),
            limits: Minutely::new(limits),
        }
    }

    /// Anybody asks for anything.
    ///
    /// # Errors
    /// Here and below [`Problem::TooMany`].
    pub fn request(&self, client: Client) -> Result<(), Problem> {
        self.requests.check_key(&client.0).map_err(|wait| too_many("requests-per-second", &wait))
    }

    /// An agent does, from wherever.
    pub fn agents_request(&self, agent: &Subject) -> Result<(), Problem> {
        self.requests_by_agent.check_key(agent).map_err(|wait| too_many("requests-per-second", &wait))
    }

    /// A customer begins a session.
    ///
    /// # Errors
    /// Here and below [`Problem::TooMany`], and [`Problem::StoreAway`] where servers count together and cannot.
    pub async fn session(&self, client: Client) -> Result<(), Problem> {
        self.sessions.check_key(&client.0).map_err(|wait| too_many("sessions-per-minute", &wait))?;
        self.together.count(self.limits.sessions, ADDRESS, client.0).await
    }

    /// Somebody tries to sign in.
    pub async fn login(&self, client: Client, name: &str) -> Result<(), Problem> {
        self.logins.check_key(&client.0).map_err(|wait| too_many("logins-per-minute", &wait))?;
        self.logins_by_name.check_key(&name.to_owned()).map_err(|wait| too_many("logins-per-minute", &wait))?;
        self.logins_in_all.check().map_err(|wait| too_many("logins-per-minute-total", &wait))?;
        self.together.count(self.limits.logins, ADDRESS, client.0).await?;
        self.together.count(self.limits.logins, NAME, name).await?;
        self.together.count(self.limits.logins_in_all, ALL, "").await
    }

    /// Somebody begins to sign in at the provider.
    pub async fn sign_in(&self, client: Client) -> Result<(), Problem> {
        self.logins.check_key(&client.0).map_err(|wait| too_many("logins-per-minute", &wait))?;
        self.together.count(self.limits.logins, ADDRESS, client.0).await
    }

    /// Somebody asks for an agent token, with whatever key.
    pub async fn token(&self, client: Client) -> Result<(), Problem> {
        self.tokens.check_key(&client.0).map_err(|wait| too_many("tokens-per-minute", &wait))?;
        self.together.count(self.limits.tokens, ADDRESS, client.0).await
    }

    /// An app does, with the right one.
    pub async fn token_of_app(&self, app: &str) -> Result<(), Problem> {
        self.tokens_by_app.check_key(&app.to_owned()).map_err(|wait| too_many("tokens-per-minute", &wait))?;
        self.together.count(self.limits.tokens, NAME, app).await
    }

    /// An agent tries a join code, right or wrong.
    pub async fn join(&self, client: Client, agent: &Subject) -> Result<(), Problem> {
        self.joins_by_agent.check_key(agent).map_err(|wait| too_many("joins-per-minute", &wait))?;
        self.joins.check_key(&client.0).map_err(|wait| too_many("joins-per-minute", &wait))?;
        self.joins_in_all.check().map_err(|wait| too_many("joins-per-minute-total", &wait))?;
        self.together.count(self.limits.joins, NAME, agent).await?;
        self.together.count(self.limits.joins, ADDRESS, client.0).await?;
        self.together.count(self.limits.joins_in_all, ALL, "").await
    }

    /// A page hands over a contact token, right or wrong.
    pub fn contact(&self, session: &SessionId) -> Result<(), Problem> {
        self.contacts.check_key(session).map_err(|wait| too_many("contacts-per-minute", &wait))
    }

    /// Forgets who did not come again. Call it once a minute.
    pub fn forget_idle(&self) {
        for limiter in [&self.sessions, &self.logins, &self.tokens, &self.joins, &self.requests] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        for limiter in [&self.logins_by_name, &self.tokens_by_app] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        for limiter in [&self.joins_by_agent, &self.requests_by_agent] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        self.contacts.retain_recent();
        self.contacts.shrink_to_fit();
    }
}

/// So many a second, and as many at once as in ten.
fn per_second(count: u32) -> Quota {
    let burst = NonZeroU32::new(count.saturating_mul(10)).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)).allow_burst(burst)
}

/// So many a minute, and as many at once.
pub(crate) fn per_minute(count: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN))
}

fn too_many(limit: &'static str, wait: &governor::NotUntil<governor::clock::QuantaInstant>) -> Problem {
    metrics::count_limited(limit);
    let wait = wait.wait_time_from(DefaultClock::default().now());
    Problem::TooMany { retry_after_s: wait.as_secs() + 1 }
}

/// Counts what is open at once, by whose it is. Clones count together.
#[derive(Debug)]
pub struct AtOnce<K> {
    limit: &'static str,
    open: Arc<Mutex<HashMap<K, usize>>>,
    most: Arc<AtomicUsize>,
}

/// By address: sockets, connections, handshakes, requests.
pub type ByAddress = AtOnce<Client>;

impl<K> Clone for AtOnce<K> {
    fn clone(&self) -> Self {
        Self { limit: self.limit, open: Arc::clone(&self.open), most: Arc::clone(&self.most) }
    }
}

impl<K: Clone + Eq + Hash> AtOnce<K> {
    /// At most `most` of each; `limit` is what metrics call it.
    #[must_use]
    pub fn new(limit: &'static str, most: usize) -> Self {
        Self { limit, open: Arc::default(), most: Arc::new(AtomicUsize::new(most)) }
    }

    /// At most so many from now on; those that are open stay.
    pub fn set_most(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }

    /// Counts one more of `key`'s for as long as the answer lives.
    ///
    /// # Errors
    /// [`Problem::TooMany`].
    pub fn enter(&self, key: K) -> Result<Held<K>, Problem> {
        let mut open = lock(&self.open);
        let count = open.get(&key).copied().unwrap_or(0);
        if count >= self.most.load(Ordering::Relaxed) {
            metrics::count_limited(self.limit);
            return Err(Problem::TooMany { retry_after_s: 10 });
        }
        open.insert(key.clone(), count + 1);
        drop(open);
        Ok(Held { open: Arc::clone(&self.open), key })
    }
}

/// One place in a count.
#[derive(Debug)]
pub struct Held<K: Eq + Hash> {
    open: Arc<Mutex<HashMap<K, usize>>>,
    key: K,
}

impl<K: Eq + Hash> Drop for Held<K> {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        if let Some(count) = open.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.key);
            }
        }
    }
}

/// Agents' sockets, by whose they are and where they look.
#[derive(Debug, Clone)]
pub struct AgentSockets {
    by_agent: AtOnce<Subject>,
    by_session: AtOnce<SessionId>,
}

/// One agent's socket's places.
pub type AgentSocketHeld = (Held<Subject>, Held<SessionId>);

impl AgentSockets {
    /// By `[limits]`.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            by_agent: AtOnce::new("sockets-per-agent", limits.sockets_per_agent),
            by_session: AtOnce::new("sockets-per-session", limits.sockets_per_session),
        }
    }

    /// Goes by other limits from now on.
    pub fn follow(&self, limits: &Limits) {
        self.by_agent.set_most(limits.sockets_per_agent);
        self.by_session.set_most(limits.sockets_per_session);
    }

    /// Counts one more for as long as the answer lives.
    ///
    /// # Errors
    /// [`Problem::TooMany`].
    pub fn enter(&self, agent: &Subject, session: &SessionId) -> Result<AgentSocketHeld, Problem> {
        Ok((self.by_agent.enter(agent.clone())?, self.by_session.enter(session.clone())?))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{ByAddress, Client};

    #[test]
    fn sockets_are_counted_while_they_live() {
        let sockets = ByAddress::new("sockets-per-address", 2);
        let client = Client("203.0.113.1".parse().unwrap());
        let first = sockets.enter(client).unwrap();
        let _second = sockets.enter(client).unwrap();
        assert!(sockets.enter(client).is_err());
        assert!(sockets.enter(Client("203.0.113.2".parse().unwrap())).is_ok());
        drop(first);
        assert!(sockets.enter(client).is_ok());
    }
}
