//! What the task of every session reaches.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use vitrine_core::asset::Sealer;
use vitrine_core::ids::SessionId;
use vitrine_core::limits::Limits;
use vitrine_core::session::{Facts, Identity, JoinCode, Setup, Timing};

use super::running::{Running, Terms};
use crate::assets::Assets;
use crate::audit::Audit;
use crate::auth::join_code::JoinCodes;
use crate::auth::secret::{Digest, random_bytes};
use crate::config::Config;
use crate::http::Problem;
use crate::live::Live;
use crate::ops::clock::{Time, millis};
use crate::store::sessions::{NewSession, Node, Sessions};
use crate::store::{CodeRecord, Store};

/// See the module.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) live: Arc<Live>,
    pub(super) store: Arc<Store>,
    pub(super) codes: Arc<JoinCodes>,
    pub(super) assets: Arc<Assets>,
    pub(super) audit: Arc<Audit>,
    pub(super) shared: Option<Shared>,
    pub(super) sessions: RwLock<HashMap<SessionId, Arc<Running>>>,
}

/// Where sessions are that several nodes share.
#[derive(Debug, Clone)]
pub struct Shared {
    /// The store.
    pub sessions: Sessions,
    /// This process.
    pub node: Node,
}

impl Shared {
    /// A node of its own on a store that others share.
    ///
    /// # Errors
    /// No randomness.
    pub fn new(sessions: Sessions) -> Result<Self, getrandom::Error> {
        Ok(Self { sessions, node: Node(u64::from_le_bytes(random_bytes::<8>()?)) })
    }
}

/// A session stays in the store so much longer than a lost customer is waited for: its nodes end it themselves.
pub(super) const STAYS_LONGER: std::time::Duration = std::time::Duration::from_secs(60);
/// Tries to find a code that no other session has at the moment.
const CODE_TRIES: usize = 8;

impl Home {
    pub(super) fn read(&self) -> RwLockReadGuard<'_, HashMap<SessionId, Arc<Running>>> {
        self.sessions.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, HashMap<SessionId, Arc<Running>>> {
        self.sessions.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a session out of the list, unless another of its name has taken its place.
    pub(super) fn forget(&self, running: &Arc<Running>) {
        let mut sessions = self.write();
        if sessions.get(&running.id).is_some_and(|known| Arc::ptr_eq(known, running)) {
            sessions.remove(&running.id);
        }
    }

    /// A session under what is in force now.
    pub(super) fn terms(&self, id: SessionId, site: String, token: Digest) -> Terms {
        let in_force = self.live.now();
        let config = Arc::clone(&in_force.config);
        let sealer = Sealer::new(&in_force.sealing, id.clone(), &config.server.base_path);
        Terms { id, site, token, config, sealer }
    }

    /// What the core makes a session of.
    pub(super) fn setup(
        &self,
        running: &Running,
        join_code: Option<JoinCode>,
        identity: Option<Identity>,
    ) -> Result<Setup, Problem> {
        let (config, session) = (&running.config, &running.config.session);
        let site = config.sites.get(&running.site).ok_or(Problem::UnknownSite)?;
        Ok(Setup {
            id: running.id.clone(),
            site: running.site.clone(),
            policy: Arc::clone(&config.policy),
            limits: core_limits(config),
            timing: Timing {
                idle_timeout_ms: millis(session.idle_timeout),
                max_duration_ms: millis(session.max_duration),
                reconnect_timeout_ms: millis(session.reconnect_timeout),
            },
            sealer: running.sealer.clone(),
            opener: Arc::clone(&self.live.now().opener),
            seed: u64::from_le_bytes(random_bytes::<8>()?),
            join_code,
            show_supervisors: config.show_supervisors,
            contact: Arc::clone(&site.contacts.rules),
            identity,
            has_log: self.shared.is_some(),
        })
    }
}

/// What a shared store writes down of a session that begins.
pub(super) fn record(running: &Running, facts: Facts, kept: Vec<u8>) -> NewSession {
    let session = &running.config.session;
    NewSession {
        session: running.id.clone(),
        site: running.site.clone(),
        token: running.token,
        lasts: session.max_duration,
        stays: session.reconnect_timeout + STAYS_LONGER,
        facts,
        kept: kept.into(),
    }
}

/// The core's bounds for one session. Besides those who help there are those who watch, and the same agent in two tabs.
pub(super) fn core_limits(config: &Config) -> Arc<Limits> {
    Arc::new(Limits { agents: config.session.max_agents * 4, ..config.limits.core.clone() })
}

/// A code that nobody else has, kept in the store by its digest.
pub(super) async fn issue(
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
