//! A session's end that somebody asked for: done here, or by the owner wherever it is. Who asked by a request is told when it is
//! sure; what an agent asked for by her socket is tried again until it is.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};
use vitrine_core::ids::{AgentKey, Epoch, SessionId};
use vitrine_core::session::EndReason;

use super::home::Shared;
use super::running::{Mail, Running};
use super::task::Task;
use super::work;
use crate::audit::Actor;
use crate::http::Problem;
use crate::store::sessions::Refused;

/// A store that did not take the end is asked again after so long.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// An end that the store took is asked for again after so long: a Redis that took over may have forgotten it.
const AGAIN_IF_FORGOTTEN: Duration = Duration::from_secs(5);
/// Who asked by a request waits no longer.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

/// Hears whether the session's end is sure.
pub type Told = oneshot::Sender<Result<(), Problem>>;

/// An end that was asked for here.
#[derive(Debug)]
pub(super) struct Ending {
    reason: EndReason,
    by: Actor,
    /// Whose socket it came by.
    agent: Option<AgentKey>,
    told: Vec<Told>,
    /// It is tried again until it is done.
    is_kept: bool,
    is_asking: bool,
    again_at: Instant,
}

impl Ending {
    fn tell(&mut self, answer: &Result<(), Problem>) {
        for told in self.told.drain(..) {
            // Whoever asked may have gone.
            let _ = told.send(answer.clone());
        }
    }

    pub(super) fn due(&self) -> Duration {
        self.again_at.saturating_duration_since(Instant::now())
    }
}

impl Running {
    /// Ends the session, whichever node owns it.
    ///
    /// # Errors
    /// [`Problem::StoreAway`]: it is not sure that it ends, and can be asked for again; of a session that this node owns the
    /// sharing is over all the same. [`Problem::NoSuchSession`]: it is over already.
    pub async fn end(&self, reason: EndReason, by: Actor) -> Result<(), Problem> {
        let (told, is_told) = oneshot::channel();
        self.mail(Mail::End(reason, by, Some(told))).await.map_err(|_| Problem::NoSuchSession)?;
        match timeout(TOLD_WITHIN, is_told).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) if self.has_ended() => Err(Problem::NoSuchSession),
            Ok(Err(_)) | Err(_) => Err(Problem::StoreAway),
        }
    }
}

impl Task {
    /// Ends the session here, or asks its owner to. Without somebody to be `told` it is tried until it is done.
    pub(super) fn end(&mut self, reason: EndReason, by: Actor, agent: Option<AgentKey>, told: Option<Told>) {
        let again_at = Instant::now();
        let ending = self.ending.get_or_insert_with(|| Ending {
            reason,
            by,
            agent,
            told: Vec::new(),
            is_kept: false,
            is_asking: false,
            again_at,
        });
        ending.is_kept |= told.is_none();
        ending.told.extend(told);
        self.push_end();
    }

    /// Does what was asked for, if something was, by the part that this node has in the session now.
    pub(super) fn push_end(&mut self) {
        let Some(ending) = &mut self.ending else { return };
        let reason = ending.reason;
        if self.owner.is_some() {
            self.ended_by = ending.by.clone();
            self.step(|session, now| session.end(now, reason));
            return;
        }
        let Some(following) = &self.following else { return };
        ending.again_at = Instant::now() + AGAIN_IF_FORGOTTEN;
        if !std::mem::replace(&mut ending.is_asking, true) {
            let (shared, id) = (following.shared.clone(), self.running.id.clone());
            self.works.push(work::end_wherever(shared, id, reason, ending.agent));
        }
    }

    /// The store has, or has not, taken the end.
    pub(super) fn end_asked(&mut self, answer: &Result<(), Refused>) {
        let Some(ending) = &mut self.ending else { return };
        ending.is_asking = false;
        if answer.is_ok() {
            ending.is_kept = true;
            ending.tell(&Ok(()));
            return self.read();
        }
        ending.tell(&Err(Problem::StoreAway));
        ending.again_at = Instant::now() + AGAIN_AFTER;
        if !ending.is_kept {
            self.ending = None;
        }
    }

    /// An owner's news of an end that somebody wanted: should it turn out that another node owns the session, that one ends it.
    pub(super) fn note_wanted_end(&mut self, reason: EndReason) {
        if self.ending.is_none() && is_wanted(reason) && self.following.is_some() {
            let (by, again_at) = (self.ended_by.clone(), Instant::now());
            let ending =
                Ending { reason, by, agent: None, told: Vec::new(), is_kept: true, is_asking: false, again_at };
            self.ending = Some(ending);
        }
    }

    pub(super) fn end_due(&mut self) {
        if self.owner.is_none() && self.ending.as_ref().is_some_and(|ending| ending.due().is_zero()) {
            self.push_end();
        }
    }

    /// The session is over here. Where the store does not know it yet, it is told for as long as it would keep the session.
    pub(super) fn finish_end(&mut self) {
        let told = self.ending.take().map(|ending| ending.told).unwrap_or_default();
        let Some(reason) = self.ended else { return };
        let shared = self.following.as_ref().map(|following| following.shared.clone());
        match (shared, self.unwritten_term()) {
            (Some(shared), Some(term)) => {
                let most = self.running.config.session.reconnect_timeout + super::home::STAYS_LONGER;
                tokio::spawn(write_end(shared, self.running.id.clone(), term, reason, told, most));
            }
            _ => told.into_iter().for_each(|told| drop(told.send(Ok(())))),
        }
    }
}

/// Somebody decided it, rather than a clock.
fn is_wanted(reason: EndReason) -> bool {
    matches!(reason, EndReason::Customer | EndReason::Agent)
}

/// Writes down that the session is over, and tells who asked for it whether that was so at once.
async fn write_end(
    shared: Shared,
    id: SessionId,
    term: Epoch,
    reason: EndReason,
    mut told: Vec<Told>,
    at_most: Duration,
) {
    let begun = Instant::now();
    loop {
        let ended = match shared.sessions.end(&id, shared.node, term, reason).await {
            Err(Refused::Gone | Refused::Ended(_)) => Ok(()),
            Err(Refused::Fenced) if is_wanted(reason) => work::try_end_wherever(&shared, &id, reason, None).await,
            // It is not this node's any more.
            Err(Refused::Fenced) => Ok(()),
            ended => ended,
        };
        let answer = ended.map_err(|_| Problem::StoreAway);
        told.drain(..).for_each(|told| drop(told.send(answer.clone())));
        if answer.is_ok() || begun.elapsed() >= at_most {
            return;
        }
        sleep(AGAIN_AFTER).await;
    }
}
