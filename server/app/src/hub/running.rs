//! A running session as the rest of the server sees it: its mailbox, its facts, and who is in it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc;
use vitrine_core::access::Rights;
use vitrine_core::asset::Sealer;
use vitrine_core::ids::{AgentKey, SessionId};
use vitrine_core::session::{AgentProfile, AssetRequest, CloseCode, EndReason, Facts, Identity};

use super::admission::Admission;
use super::presence::Presences;
use crate::assets::{Early, Turns, Uploads};
use crate::audit::Actor;
use crate::auth::login::SignedIn;
use crate::auth::secret::Digest;
use crate::auth::subject::Subject;
use crate::config::Config;
use crate::net::outbox::Outbox;

/// What comes from the customer's socket. Its channel holds one message: a customer who sends faster than the
/// session works is held back by her own socket.
#[derive(Debug)]
pub enum FromCustomer {
    /// A socket is open; the outbox names it from now on.
    Attached(Arc<Outbox>),
    /// A message of hers, decompressed.
    Frame(Arc<Outbox>, Bytes),
    /// The socket is gone.
    Detached(Arc<Outbox>),
}

/// What comes from everybody else.
#[derive(Debug)]
pub enum Mail {
    /// An agent's socket is open.
    AgentJoined(AgentProfile, Arc<Outbox>),
    /// A message of hers.
    AgentFrame(AgentKey, Bytes),
    /// What she may do is another now.
    AgentRights(AgentKey, Rights),
    /// She has caught up after her outbox overflowed.
    AgentCaughtUp(AgentKey),
    /// Her socket is gone.
    AgentLeft(AgentKey),
    /// The join code was used.
    CodeUsed,
    /// The website was asked who its customer is: it vouches for her, or what it said is not believed.
    Identified(Option<Identity>),
    /// An asset that only the customer's browser can get.
    WantAsset(AssetRequest),
    /// The session ends, because somebody says so.
    End(EndReason, Actor),
    /// The session's task fails, to see what becomes of it and of others.
    #[cfg(test)]
    Panic,
}

/// The handle of a running session.
#[derive(Debug)]
pub struct Running {
    /// Its name.
    pub id: SessionId,
    /// Its website.
    pub site: String,
    /// Proves that somebody is its customer.
    pub token: Digest,
    /// What was in force when it began, and stays so for it.
    pub config: Arc<Config>,
    /// Seals the addresses of its assets.
    pub sealer: Sealer,
    /// Assets that are fetched for it at once: a page full of slow ones holds up no other session.
    pub asset_turns: Turns,
    /// Who may ask for its assets.
    pub presences: Presences,
    /// Assets that it fetches before anybody asks.
    pub early: Early,
    /// Assets that its customer's browser was asked for.
    pub uploads: Uploads,
    customer: mpsc::Sender<FromCustomer>,
    mailbox: mpsc::Sender<Mail>,
    facts: Mutex<Arc<Facts>>,
    people: Mutex<People>,
    ended: OnceLock<EndReason>,
}

/// What a session is, from its beginning to its end.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) id: SessionId,
    pub(super) site: String,
    pub(super) token: Digest,
    pub(super) config: Arc<Config>,
    pub(super) sealer: Sealer,
}

/// The session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over;

impl Running {
    pub(super) fn new(
        Terms { id, site, token, config, sealer }: Terms,
        facts: Arc<Facts>,
        (customer, mailbox): (mpsc::Sender<FromCustomer>, mpsc::Sender<Mail>),
    ) -> Self {
        let admission = Admission::new(config.session.max_agents);
        Self {
            asset_turns: Turns::of_session(),
            presences: Presences::default(),
            early: Early::new(config.limits.core.early_urls),
            uploads: Uploads::new(),
            facts: Mutex::new(facts),
            people: Mutex::new(People { admission, viewers: HashMap::new() }),
            ended: OnceLock::new(),
            id,
            site,
            token,
            config,
            sealer,
            customer,
            mailbox,
        }
    }

    /// Hands over something of the customer's; waits while the session is busy.
    ///
    /// # Errors
    /// The session is over.
    pub async fn from_customer(&self, message: FromCustomer) -> Result<(), Over> {
        self.customer.send(message).await.map_err(|_| Over)
    }

    /// Hands over something of anybody else's; waits while the session is busy.
    ///
    /// # Errors
    /// The session is over.
    pub async fn mail(&self, mail: Mail) -> Result<(), Over> {
        self.mailbox.send(mail).await.map_err(|_| Over)
    }

    /// What the list of sessions tells.
    #[must_use]
    pub fn facts(&self) -> Arc<Facts> {
        Arc::clone(&lock(&self.facts))
    }

    pub(super) fn set_facts(&self, facts: Arc<Facts>) {
        *lock(&self.facts) = facts;
    }

    /// Lets an agent in who showed a join code.
    #[must_use]
    pub fn admit(&self, agent: &Subject) -> bool {
        lock(&self.people).admission.admit(agent, Instant::now())
    }

    /// Takes back what [`Running::admit`] gave, unless she is here already.
    pub fn withdraw(&self, agent: &Subject) {
        lock(&self.people).admission.withdraw(agent);
    }

    /// Lets an agent in who was let in by code before, while there is room. Her place is hers as if she had just been
    /// seen, so that two who come back at once do not get the same one.
    #[must_use]
    pub fn readmit(&self, agent: &Subject) -> bool {
        lock(&self.people).admission.readmit(agent, Instant::now())
    }

    /// Whether the agent was ever let in by code.
    #[must_use]
    pub fn has_joined(&self, agent: &Subject) -> bool {
        lock(&self.people).admission.remembers(agent)
    }

    pub(super) fn has_room(&self) -> bool {
        lock(&self.people).admission.has_room(Instant::now())
    }

    /// Counts a viewer for as long as the answer lives.
    #[must_use]
    pub fn enter(self: &Arc<Self>, key: AgentKey, viewer: Viewer) -> Present {
        let mut people = lock(&self.people);
        if viewer.admitted {
            people.admission.entered(&viewer.signed_in.login.subject);
        }
        self.presences.enter(viewer.signed_in.login.holder);
        people.viewers.insert(key, viewer);
        drop(people);
        Present { running: Arc::clone(self), key }
    }

    /// Who is behind a socket.
    #[must_use]
    pub fn actor(&self, key: AgentKey) -> Option<Actor> {
        lock(&self.people).viewers.get(&key).map(|viewer| viewer.actor.clone())
    }

    /// Waits until the session's task is gone, and tells by which code what is still open is closed.
    pub async fn over(&self) -> CloseCode {
        self.mailbox.closed().await;
        self.ended.get().copied().unwrap_or(EndReason::Failed).close_code()
    }

    /// Notes how it ended; the first reason stays.
    pub(super) fn set_ended(&self, reason: EndReason) {
        let _ = self.ended.set(reason);
    }

    /// Closes what the login opened here, and takes the asset door from its holder, at once and without a grace.
    pub fn revoke(&self, login: &Digest, holder: &Digest) {
        let people = lock(&self.people);
        for viewer in people.viewers.values().filter(|viewer| viewer.signed_in.id == *login) {
            viewer.outbox.close(CloseCode::NotAuthenticated);
        }
        self.close_door(&people, holder);
    }

    /// Closes one agent's socket, and takes the asset door from her.
    pub(super) fn turn_out(&self, key: AgentKey, code: CloseCode) {
        let people = lock(&self.people);
        let Some(viewer) = people.viewers.get(&key) else { return };
        viewer.outbox.close(code);
        self.close_door(&people, &viewer.signed_in.login.holder);
    }

    /// Unless the same agent is here by another login that is still good.
    fn close_door(&self, people: &People, holder: &Digest) {
        let is_hers = |viewer: &&Viewer| viewer.signed_in.login.holder == *holder && !viewer.outbox.is_closing();
        if !people.viewers.values().any(|viewer| is_hers(&viewer)) {
            self.presences.revoke(holder);
        }
    }

    pub(super) fn viewer_keys(&self) -> Vec<AgentKey> {
        lock(&self.people).viewers.keys().copied().collect()
    }

    /// Who has a socket here, and whether she was let in by code.
    pub(super) fn viewer(&self, key: AgentKey) -> Option<(SignedIn, bool)> {
        lock(&self.people).viewers.get(&key).map(|viewer| (viewer.signed_in.clone(), viewer.admitted))
    }

    /// Hands over something without waiting: `false` if the session is too busy, or over.
    pub(super) fn try_mail(&self, mail: Mail) -> bool {
        self.mailbox.try_send(mail).is_ok()
    }

    fn leave(&self, key: AgentKey) {
        let mut people = lock(&self.people);
        let Some(viewer) = people.viewers.remove(&key) else { return };
        if viewer.admitted {
            people.admission.left(&viewer.signed_in.login.subject, Instant::now());
        }
        self.presences.leave(&viewer.signed_in.login.holder);
    }
}

#[derive(Debug)]
struct People {
    admission: Admission,
    viewers: HashMap<AgentKey, Viewer>,
}

/// One agent's socket.
#[derive(Debug)]
pub struct Viewer {
    /// Who she is.
    pub signed_in: SignedIn,
    /// The same for the audit log.
    pub actor: Actor,
    /// Whether she was let in by code.
    pub admitted: bool,
    /// Her queue.
    pub outbox: Arc<Outbox>,
}

/// A viewer's place; dropped when her socket is gone.
#[derive(Debug)]
pub struct Present {
    running: Arc<Running>,
    key: AgentKey,
}

impl Drop for Present {
    fn drop(&mut self) {
        self.running.leave(self.key);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
