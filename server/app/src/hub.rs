//! The sessions of this server. Each has one task on every node that has a socket of it, see `task`; the node with the
//! customer's socket owns it.

mod admission;
mod ending;
mod follow;
mod home;
mod owner;
mod presence;
mod recheck;
mod running;
mod task;
mod work;
mod written;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use vitrine_core::audience::Audience;
use vitrine_core::ids::{AgentKey, Epoch, SessionId};
use vitrine_core::session::{CustomerFacts, Facts, Identity, JoinCode, Session, first_kept};

use crate::assets::Assets;
use crate::audit::{Actor, Audit};
use crate::auth::join_code::JoinCodes;
use crate::auth::secret::{Digest, Secret, random_bytes};
use crate::auth::socket::customer_token;
use crate::config::Site;
use crate::http::Problem;
use crate::live::Live;
use crate::net::outbox::length;
use crate::ops::clock::Time;
use crate::ops::metrics;
use crate::store::Store;
use crate::store::sessions::{LogId, Record, Refused};

pub use admission::Admission;
pub use ending::Told;
use follow::Following;
use home::Home;
pub use home::Shared;
use owner::{Code, Owner};
pub use presence::Presences;
pub use recheck::place;
use running::Terms;
pub use running::{FromCustomer, Mail, Over, Present, Running, Viewer};
use task::Task;

/// The sessions of this node, and what new ones are made of.
#[derive(Debug)]
pub struct Hub {
    home: Arc<Home>,
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

/// What a session's task begins with.
struct Start {
    owner: Option<Session>,
    following: Option<Following>,
    code: Code,
}

impl Hub {
    /// An empty one. A session keeps what is in force when it begins.
    ///
    /// # Errors
    /// No randomness.
    pub fn new(
        live: Arc<Live>,
        store: Arc<Store>,
        codes: Arc<JoinCodes>,
        assets: Arc<Assets>,
        audit: Arc<Audit>,
        shared: Option<Shared>,
    ) -> Result<Self, getrandom::Error> {
        let home = Home { live, store, codes, assets, audit, shared, sessions: RwLock::new(HashMap::new()) };
        Ok(Self {
            home: Arc::new(home),
            tasks: TaskTracker::new(),
            // No two nodes name connections alike.
            last_key: AtomicU64::new(u64::from_le_bytes(random_bytes::<8>()?)),
            is_draining: AtomicBool::new(false),
        })
    }

    /// Begins a session for a page of `site`, and of the customer whom it vouches for, if it does.
    ///
    /// # Errors
    /// [`Problem::Draining`], [`Problem::Full`], [`Problem::StoreAway`], or no randomness.
    pub async fn begin(&self, site: &Site, identity: Option<Identity>) -> Result<Begun, Problem> {
        if self.is_draining() {
            return Err(Problem::Draining);
        }
        let id = SessionId::new(&Secret::random()?.text()[..22]).ok_or(Problem::Internal)?;
        let secret = Secret::random()?;
        let terms = self.home.terms(id.clone(), site.id.clone(), secret.digest());
        if self.home.read().len() >= terms.config.limits.sessions {
            return Err(Problem::Full);
        }
        let (code, code_ends) = home::issue(&self.home.codes, &self.home.store, &terms.config, &id).await?;
        let shown = JoinCode { code: code.clone(), expires_at: code_ends.core() };
        let digest = self.home.codes.digest(&code);
        let facts = Facts::new(Time::now().core(), CustomerFacts::default());
        self.spawn(terms, facts, async |running| {
            let code = Code::new(shown.clone(), digest);
            let Some(shared) = self.home.shared.clone() else {
                let session = Session::new(self.home.setup(running, Some(shown), identity)?, Time::now().core());
                return Ok(Start { owner: Some(session), following: None, code });
            };
            let record = home::record(running, running.facts().as_ref().clone(), first_kept(identity));
            shared.sessions.create(record).await?;
            Ok(Start { owner: None, following: Some(Following::new(shared, Epoch(0), LogId::START)), code })
        })
        .await?;
        Ok(Begun { token: customer_token(&id, &secret), id, code, code_ends })
    }

    /// A session that runs here, or that from now on is followed here because it runs elsewhere. `None`: there is no such one,
    /// or no longer.
    ///
    /// # Errors
    /// [`Problem::StoreAway`], [`Problem::Full`], [`Problem::Draining`].
    pub async fn reach(&self, id: &SessionId) -> Result<Option<Arc<Running>>, Problem> {
        if let Some(running) = self.find(id) {
            return Ok(Some(running));
        }
        let Some(shared) = self.home.shared.clone() else { return Ok(None) };
        let record = match shared.sessions.record(id).await {
            Ok(record) if record.ended.is_none() => record,
            Ok(_) | Err(Refused::Gone | Refused::Ended(_)) => return Ok(None),
            Err(refused) => return Err(refused.into()),
        };
        if self.is_draining() {
            return Err(Problem::Draining);
        }
        if self.home.read().len() >= self.home.live.config().limits.sessions {
            return Err(Problem::Full);
        }
        let Record { site, token, facts, term, last, .. } = record;
        let terms = self.home.terms(id.clone(), site, token);
        let start = Start { owner: None, following: Some(Following::new(shared, term, last)), code: Code::none() };
        self.spawn(terms, Facts::clone(&facts), async |_| Ok(start)).await.map(Some)
    }

    /// Starts a session's task, unless another request just did.
    async fn spawn(
        &self,
        terms: Terms,
        facts: Facts,
        start: impl AsyncFnOnce(&Running) -> Result<Start, Problem>,
    ) -> Result<Arc<Running>, Problem> {
        let (customer, from_customer) = mpsc::channel(1);
        let (mailbox, mail) = mpsc::channel(64);
        let shared = self.home.shared.clone();
        let running = Arc::new(Running::new(terms, Arc::new(facts), shared, (customer, mailbox)));
        let Start { owner, following, code } = start(&running).await?;
        if let Some(session) = &owner {
            running.set_facts(session.facts());
        }
        match self.home.write().entry(running.id.clone()) {
            Entry::Occupied(known) => return Ok(Arc::clone(known.get())),
            Entry::Vacant(place) => place.insert(Arc::clone(&running)),
        };
        let (id, site, limits) = (running.id.clone(), running.site.clone(), home::core_limits(&running.config));
        let task = Task {
            home: Arc::clone(&self.home),
            audience: Audience::new(id, site, limits, running.facts(), length),
            running: Arc::clone(&running),
            agents: HashMap::new(),
            customer: None,
            owner: owner.map(|session| Owner::new(session, None)),
            following,
            code,
            works: FuturesUnordered::new(),
            ended: None,
            ending: None,
            ended_by: Actor::System,
            is_parting: false,
            alone_since: Instant::now(),
            #[cfg(test)]
            frozen: None,
        };
        metrics::gauge_add(metrics::SESSIONS, 1.0);
        self.tasks.spawn(Box::new(task).run(from_customer, mail));
        Ok(running)
    }

    /// A session that runs here.
    #[must_use]
    pub fn find(&self, id: &SessionId) -> Option<Arc<Running>> {
        self.home.read().get(id).cloned()
    }

    /// All sessions that run here, in no order.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Running>> {
        self.home.read().values().cloned().collect()
    }

    /// Where sessions are that other nodes run too.
    #[must_use]
    pub fn shared(&self) -> Option<&Shared> {
        self.home.shared.as_ref()
    }

    /// A name for one more agent's connection.
    pub fn next_agent_key(&self) -> AgentKey {
        AgentKey(self.last_key.fetch_add(1, Ordering::Relaxed).wrapping_add(1))
    }

    /// Closes every socket that a login opened, and the asset door to its `holder`, on all nodes: it was signed out. A node
    /// that does not hear of it looks itself, see [`Hub::recheck`].
    pub async fn revoke(&self, login: &Digest, holder: &Digest) {
        self.revoke_here(login, holder);
        if let Some(shared) = &self.home.shared {
            let word = Bytes::from(format!("{REVOKED}{} {}", login.key(), holder.key()));
            // See above.
            let _ = shared.sessions.broadcast(word).await;
        }
    }

    fn revoke_here(&self, login: &Digest, holder: &Digest) {
        for running in self.all() {
            running.revoke(login, holder);
        }
    }

    /// Hears what other nodes tell, for as long as the server runs.
    pub async fn listen(&self) {
        let Some(shared) = &self.home.shared else { return };
        let Ok(mut told) = shared.sessions.told().await else { return };
        let mut looked = Instant::now();
        loop {
            match tokio::time::timeout_at(looked + RECHECK_EVERY, told.next()).await {
                Ok(Some(word)) => self.hear(&word),
                // Something was missed, or may have been.
                Ok(None) | Err(_) => {
                    self.recheck().await;
                    looked = Instant::now();
                }
            }
        }
    }

    fn hear(&self, word: &[u8]) {
        let text = std::str::from_utf8(word).ok().and_then(|word| word.strip_prefix(REVOKED));
        let both = text.and_then(|text| text.split_once(' '));
        if let Some((Some(login), Some(holder))) =
            both.map(|(login, holder)| (Digest::from_key(login), Digest::from_key(holder)))
        {
            self.revoke_here(&login, &holder);
        }
    }

    /// Whether the server is stopping.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Relaxed)
    }

    /// Hands every session over to other nodes, or ends it where there are none, and waits until its sockets are gone, at most
    /// so long. New sessions are refused from now on.
    pub async fn drain(&self, at_most: Duration) {
        self.is_draining.store(true, Ordering::Relaxed);
        self.tasks.close();
        let sessions = self.all();
        let told = join_all(sessions.iter().map(|running| running.mail(Mail::Drain)));
        // A session that cannot take the message is ended by being dropped at the end of the process.
        let _ = tokio::time::timeout(at_most, async { (told.await, self.tasks.wait().await) }).await;
    }
}

#[cfg(test)]
impl Hub {
    /// Stops every session's task where it stands, as if the process were killed: nobody is told anything.
    async fn die(&self) {
        for running in self.all() {
            let (forever, until) = tokio::sync::oneshot::channel();
            running.mail(Mail::Freeze(until)).await.unwrap();
            std::mem::forget(forever);
        }
    }
}

/// The word that tells of a revoked login.
const REVOKED: &str = "revoked ";
/// What nodes are told may get lost: they look so often.
const RECHECK_EVERY: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
