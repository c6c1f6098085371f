//! The sessions of this server: each is one task that owns one [`vitrine_core::session::Session`].

mod admission;
mod presence;
mod recheck;
mod running;
mod task;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use vitrine_core::asset::{Opener, Sealer};
use vitrine_core::audience::Audience;
use vitrine_core::ids::{AgentKey, SessionId};
use vitrine_core::limits::Limits;
use vitrine_core::session::{EndReason, Identity, JoinCode, Session, Setup, Timing};

use crate::assets::Assets;
use crate::audit::{Actor, Audit};
use crate::auth::join_code::JoinCodes;
use crate::auth::secret::{Digest, Secret, random_bytes};
use crate::auth::socket::customer_token;
use crate::config::{Config, Site};
use crate::http::Problem;
use crate::live::Live;
use crate::net::outbox::length;
use crate::ops::clock::{Time, millis};
use crate::ops::metrics;
use crate::store::{CodeRecord, Store};

pub use admission::Admission;
pub use presence::Presences;
pub use recheck::place;
use running::Terms;
pub use running::{FromCustomer, Mail, Over, Present, Running, Viewer};
use task::Task;

/// All running sessions, and what new ones are made of.
#[derive(Debug)]
pub struct Hub {
    live: Arc<Live>,
    store: Arc<Store>,
    codes: Arc<JoinCodes>,
    assets: Arc<Assets>,
    audit: Arc<Audit>,
    sessions: Arc<RwLock<HashMap<SessionId, Arc<Running>>>>,
    tasks: TaskTracker,
    last_key: AtomicU64,
    is_draining: AtomicBool,
}

/// What the customer's page gets when its session begins.
#[derive(Debug)]
pub struct Begun {
    /// The session.
    pub id: SessionId,
    /// Opens its socket, for as long as the session lasts.
    pub token: String,
    /// What to read to the agent.
    pub code: String,
    /// Until when.
    pub code_ends: Time,
}

/// Tries to find a code that no other session has at the moment.
const CODE_TRIES: usize = 8;

impl Hub {
    /// An empty one. A session keeps what is in force when it begins.
    #[must_use]
    pub fn new(
        live: Arc<Live>,
        store: Arc<Store>,
        codes: Arc<JoinCodes>,
        assets: Arc<Assets>,
        audit: Arc<Audit>,
    ) -> Self {
        Self {
            live,
            store,
            codes,
            assets,
            audit,
            sessions: Arc::default(),
            tasks: TaskTracker::new(),
            last_key: AtomicU64::new(0),
            is_draining: AtomicBool::new(false),
        }
    }

    /// Begins a session for a page of `site`, and of the customer whom it vouches for, if it does.
    ///
    /// # Errors
    /// [`Problem::Draining`], [`Problem::Full`], or no randomness.
    pub async fn begin(&self, site: &Site, identity: Option<Identity>) -> Result<Begun, Problem> {
        if self.is_draining() {
            return Err(Problem::Draining);
        }
        let config = self.live.config();
        if self.read().len() >= config.limits.sessions {
            return Err(Problem::Full);
        }
        let id = SessionId::new(&Secret::random()?.text()[..22]).ok_or(Problem::Internal)?;
        let secret = Secret::random()?;
        let (code, code_ends) = issue(&self.codes, &self.store, &config, &id).await?;
        let now = Time::now();
        let sealer = Sealer::new(&self.live.now().sealing, id.clone(), &config.server.base_path);
        let join_code = JoinCode { code: code.clone(), expires_at: code_ends.core() };
        let terms = Terms { id: id.clone(), site: site.id.clone(), token: secret.digest(), config, sealer };
        let setup = setup(&terms, site, &self.live.now().opener, join_code, identity)?;
        self.spawn(Session::new(setup, now.core()), terms, (&code, code_ends));
        Ok(Begun { token: customer_token(&id, &secret), id, code, code_ends })
    }

    fn spawn(&self, session: Session, terms: Terms, (code, code_ends): (&str, Time)) {
        let (customer, from_customer) = mpsc::channel(1);
        let (mailbox, mail) = mpsc::channel(64);
        let running = Arc::new(Running::new(terms, session.facts(), (customer, mailbox)));
        self.write().insert(running.id.clone(), Arc::clone(&running));
        let limits = core_limits(&running.config);
        let (id, site) = (running.id.clone(), running.site.clone());
        let audience = Audience::new(id, site, limits, session.facts(), length);
        let task = Task {
            session,
            audience,
            running,
            sessions: Arc::clone(&self.sessions),
            store: Arc::clone(&self.store),
            codes: Arc::clone(&self.codes),
            assets: Arc::clone(&self.assets),
            audit: Arc::clone(&self.audit),
            customer: None,
            agents: HashMap::new(),
            code_ends: Some(code_ends),
            code: self.codes.digest(code),
            ended: None,
            ended_by: Actor::System,
        };
        metrics::gauge_add(metrics::SESSIONS, 1.0);
        self.tasks.spawn(task.run(from_customer, mail));
    }

    /// A running session.
    #[must_use]
    pub fn find(&self, id: &SessionId) -> Option<Arc<Running>> {
        self.read().get(id).cloned()
    }

    /// All running sessions, in no order.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Running>> {
        self.read().values().cloned().collect()
    }

    /// A name for one more agent's connection.
    pub fn next_agent_key(&self) -> AgentKey {
        AgentKey(self.last_key.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Closes every socket that a login opened, and the asset door to its `holder`: it was signed out.
    pub fn revoke(&self, login: &Digest, holder: &Digest) {
        for running in self.all() {
            running.revoke(login, holder);
        }
    }

    /// Whether the server is stopping.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Relaxed)
    }

    /// Ends every session and waits for its goodbyes, at most so long. New sessions are refused from now on.
    pub async fn drain(&self, at_most: Duration) {
        self.is_draining.store(true, Ordering::Relaxed);
        self.tasks.close();
        let sessions = self.all();
        let told = join_all(sessions.iter().map(|running| running.mail(Mail::End(EndReason::Shutdown, Actor::System))));
        // A session that cannot take the message is ended by being dropped at the end of the process.
        let _ = tokio::time::timeout(at_most, async { (told.await, self.tasks.wait().await) }).await;
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<SessionId, Arc<Running>>> {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<SessionId, Arc<Running>>> {
        self.sessions.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the core makes a session of.
fn setup(
    terms: &Terms,
    site: &Site,
    opener: &Arc<Opener>,
    join_code: JoinCode,
    identity: Option<Identity>,
) -> Result<Setup, Problem> {
    let (config, session) = (&terms.config, &terms.config.session);
    Ok(Setup {
        id: terms.id.clone(),
        site: terms.site.clone(),
        policy: Arc::clone(&config.policy),
        limits: core_limits(config),
        timing: Timing {
            idle_timeout_ms: millis(session.idle_timeout),
            max_duration_ms: millis(session.max_duration),
            reconnect_timeout_ms: millis(session.reconnect_timeout),
        },
        sealer: terms.sealer.clone(),
        opener: Arc::clone(opener),
        seed: u64::from_le_bytes(random_bytes::<8>()?),
        join_code: Some(join_code),
        show_supervisors: config.show_supervisors,
        contact: Arc::clone(&site.contacts.rules),
        identity,
        has_log: false,
    })
}

/// The core's bounds for one session. Besides those who help there are those who watch, and the same agent in two tabs.
fn core_limits(config: &Config) -> Arc<Limits> {
    Arc::new(Limits { agents: config.session.max_agents * 4, ..config.limits.core.clone() })
}

/// A code that nobody else has, kept in the store by its digest.
async fn issue(
    codes: &JoinCodes,
    store: &Store,
    config: &Config,
    session: &SessionId,
) -> Result<(String, Time), Problem> {
    let ends = Time::now().plus(config.session.join_code_ttl);
    for _ in 0..CODE_TRIES {
        let code = codes.random()?;
        let digest = codes.digest(&code).ok_or(Problem::Internal)?;
        if store.put_code(digest, CodeRecord { session: session.clone(), ends }).await? {
            return Ok((code, ends));
        }
    }
    Err(Problem::Full)
}

#[cfg(test)]
mod tests;
