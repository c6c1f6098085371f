//! A running session as the rest of the server sees it: its mailbox, its facts, and who is in it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc;
use vitrine_core::access::Rights;
use vitrine_core::asset::Sealer;
use vitrine_core::ids::{AgentKey, SessionId};
use vitrine_core::session::{AgentProfile, Ask, AssetRequest, CloseCode, EndReason, Facts};

use super::admission::Admission;
use super::ending::Told;
use super::home::Shared;
use super::presence::Presences;
use crate::assets::{Early, Turns, Uploads};
use crate::audit::Actor;
use crate::auth::login::SignedIn;
use crate::auth::secret::Digest;
use crate::auth::subject::Subject;
use crate::config::Config;
use crate::http::Problem;
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
    /// Something for the session's owner.
    Ask(Ask),
    /// An asset that only the customer's browser can get.
    WantAsset(AssetRequest),
    /// The session ends, because somebody says so, who may want to hear when that is sure.
    End(EndReason, Actor, Option<Told>),
    /// The server stops.
    Drain,
    /// The session's task fails, to see what becomes of it and of others.
    #[cfg(test)]
    Panic,
    /// It stands still until it is told to go on, as its process would if it were stopped.
    #[cfg(test)]
    Freeze(tokio::sync::oneshot::Receiver<()>),
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
    /// Channels keep room for 32 messages, however few they are made for: so these are boxed.
    customer: mpsc::Sender<Box<FromCustomer>>,
    mailbox: mpsc::Sender<Box<Mail>>,
    facts: Mutex<Arc<Facts>>,
    people: Mutex<People>,
    /// Where other nodes count places and doors too.
    shared: Option<Shared>,
    closed: OnceLock<CloseCode>,
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
        shared: Option<Shared>,
        (customer, mailbox): (mpsc::Sender<Box<FromCustomer>>, mpsc::Sender<Box<Mail>>),
    ) -> Self {
        let admission = Admission::new(config.session.max_agents);
        Self {
            asset_turns: Turns::of_session(),
            presences: Presences::default(),
            early: Early::new(config.limits.core.early_urls),
            uploads: Uploads::new(),
            facts: Mutex::new(facts),
            people: Mutex::new(People { admission, viewers: HashMap::new() }),
            shared,
            closed: OnceLock::new(),
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
        self.customer.send(Box::new(message)).await.map_err(|_| Over)
    }

    /// Hands over something of anybody else's; waits while the session is busy.
    ///
    /// # Errors
    /// The session is over.
    pub async fn mail(&self, mail: Mail) -> Result<(), Over> {
        self.mailbox.send(Box::new(mail)).await.map_err(|_| Over)
    }

    /// Where other nodes know of it too.
    pub(crate) fn shared(&self) -> Option<&Shared> {
        self.shared.as_ref()
    }

    /// What the list of sessions tells.
    #[must_use]
    pub fn facts(&self) -> Arc<Facts> {
        Arc::clone(&lock(&self.facts))
    }

    pub(super) fn set_facts(&self, facts: Arc<Facts>) {
        *lock(&self.facts) = facts;
    }

    /// Lets an agent in who showed a join code, if there is a place.
    ///
    /// # Errors
    /// Here and below: the store cannot tell, or knows no such session.
    pub async fn admit(&self, agent: &Subject) -> Result<bool, Problem> {
        match &self.shared {
            None => Ok(lock(&self.people).admission.admit(agent, Instant::now())),
            Some(shared) => Ok(shared.sessions.seat(&self.id, &agent.to_string(), self.places()).await?),
        }
    }

    /// Takes back what [`Running::admit`] gave, unless she is here already.
    pub async fn withdraw(&self, agent: &Subject) -> Result<(), Problem> {
        match &self.shared {
            None => lock(&self.people).admission.withdraw(agent),
            Some(shared) => shared.sessions.unseat(&self.id, &agent.to_string()).await?,
        }
        Ok(())
    }

    /// Lets an agent in who was let in by code before, while there is room. Her place is hers as if she had just been
    /// seen, so that two who come back at once do not get the same one.
    pub async fn readmit(&self, agent: &Subject) -> Result<bool, Problem> {
        match &self.shared {
            None => Ok(lock(&self.people).admission.readmit(agent, Instant::now())),
            Some(shared) => Ok(shared.sessions.reseat(&self.id, &agent.to_string(), self.places()).await?),
        }
    }

    /// Whether the agent was ever let in by code.
    pub async fn has_joined(&self, agent: &Subject) -> Result<bool, Problem> {
        let Some(shared) = &self.shared else { return Ok(lock(&self.people).admission.remembers(agent)) };
        Ok(shared.sessions.seated(&self.id, &agent.to_string(), self.places()).await?.is_remembered)
    }

    /// Whether one more agent could be let in. A store that cannot tell says no.
    pub(super) async fn has_room(&self) -> bool {
        let Some(shared) = &self.shared else { return lock(&self.people).admission.has_room(Instant::now()) };
        shared.sessions.seated(&self.id, "", self.places()).await.is_ok_and(|seat| seat.has_room)
    }

    fn places(&self) -> usize {
        self.config.session.max_agents
    }

    /// Whether assets are served to this holder: she has, or had a moment ago, a viewer in the session on some node.
    pub async fn serves(&self, holder: &Digest) -> bool {
        self.presences.holds(holder)
            || match &self.shared {
                None => false,
                Some(shared) => shared.sessions.holds(&self.id, holder).await.unwrap_or(false),
            }
    }

    /// Opens the asset door to her on all nodes.
    pub async fn open_door(&self, holder: Digest) {
        if let Some(shared) = &self.shared {
            // A store that is away keeps it closed elsewhere; here it is open.
            let _ = shared.sessions.hold(&self.id, &[holder]).await;
        }
    }

    /// The agents with a socket here: whose places are kept, and whose doors.
    pub(super) fn who_is_here(&self) -> (Vec<String>, Vec<Digest>) {
        let people = lock(&self.people);
        let admitted = people.viewers.values().filter(|viewer| viewer.admitted);
        let seats = admitted.map(|viewer| viewer.signed_in.login.subject.to_string()).collect();
        (seats, people.viewers.values().map(|viewer| viewer.signed_in.login.holder).collect())
    }

    /// Counts a viewer for as long as the answer lives.
    #[must_use]
    pub fn enter(self: &Arc<Self>, key: AgentKey, viewer: Viewer) -> Present {
        let mut people = lock(&self.people);
        if viewer.admitted {
            people.admission.entered(&viewer.signed_in.login.subject);
        }
        self.presences.enter(viewer.signed_in.login.holder);
        people.viewers.insert(key, Box::new(viewer));
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
        self.closed.get().copied().unwrap_or(CloseCode::Internal)
    }

    /// Whether its end is known here.
    pub(super) fn has_ended(&self) -> bool {
        self.closed.get().is_some_and(|code| *code != CloseCode::Draining)
    }

    /// Notes by which code sockets are closed from now on; the first one stays.
    pub(super) fn set_closed(&self, code: CloseCode) {
        let _ = self.closed.set(code);
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
        let is_hers = |viewer: &Viewer| viewer.signed_in.login.holder == *holder && !viewer.outbox.is_closing();
        if !people.viewers.values().any(|viewer| is_hers(viewer)) {
            self.presences.revoke(holder);
            self.close_elsewhere(*holder);
        }
    }

    /// The other nodes serve her nothing either. Whoever revokes her does not wait for it.
    fn close_elsewhere(&self, holder: Digest) {
        if let Some(Shared { sessions, .. }) = self.shared.clone() {
            let id = self.id.clone();
            // A store that is away forgets her within half a minute.
            tokio::spawn(async move { sessions.let_go(&id, &holder).await });
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
        self.mailbox.try_send(Box::new(mail)).is_ok()
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
    /// Each by itself, because the map keeps room for others.
    viewers: HashMap<AgentKey, Box<Viewer>>,
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
