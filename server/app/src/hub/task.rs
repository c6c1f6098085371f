//! The task of one session on this node: it alone calls the core, and carries out what the core answers with.
//!
//! Every node with agents' sockets of a session has an [`Audience`]. One node has the customer's socket as well, and owns the
//! session: see `owner`. Where nodes share a store it is between the two: see `written` for the owner's way there, and
//! `follow` for the way back. No task waits for the store: what it asked for comes as a [`Done`] among its other messages.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use vitrine_core::audience::{Audience, Turn};
use vitrine_core::ids::AgentKey;
use vitrine_core::session::{AgentFrame, CloseCode, EndReason, News};

use super::ending::Ending;
use super::follow::Following;
use super::home::Home;
use super::owner::{Code, Owner};
use super::running::{FromCustomer, Mail, Running};
use super::work::Done;
use crate::audit::{Action, Actor, Event, Outcome};
use crate::net::frame::to_agents;
use crate::net::outbox::{Outbox, Put};
use crate::ops::metrics::{self, Side};

/// How often a session without a join code looks whether it has room again.
pub(super) const ROOM_EVERY: Duration = Duration::from_secs(5);
/// For the goodbyes of an ended session.
const GOODBYES_MAX: Duration = Duration::from_secs(5);
/// An alarm stays as it is set when it would go off too early, or too late by no more than this: to set it costs more than
/// to look what is due.
const ALARM_LATE: Duration = Duration::from_millis(1);
/// A session that is owned elsewhere is followed so long after the last agent left.
const FOLLOWED_FOR: Duration = Duration::from_secs(30);

/// Everything that one session's task owns.
pub(super) struct Task {
    pub(super) home: Arc<Home>,
    pub(super) running: Arc<Running>,
    pub(super) audience: Audience<Message>,
    pub(super) agents: HashMap<AgentKey, Arc<Outbox>>,
    pub(super) customer: Option<Arc<Outbox>>,
    /// While this node owns the session.
    pub(super) owner: Option<Owner>,
    /// Where nodes share a store.
    pub(super) following: Option<Following>,
    pub(super) code: Code,
    /// What the store was asked for.
    pub(super) works: FuturesUnordered<BoxFuture<'static, Done>>,
    pub(super) ended: Option<EndReason>,
    /// Who wants it to end, until it has.
    pub(super) ending: Option<Ending>,
    /// Who asked for the end, as far as somebody did.
    pub(super) ended_by: Actor,
    /// The session goes on, but not here.
    pub(super) is_parting: bool,
    /// Since when there has been nobody here.
    pub(super) alone_since: Instant,
    #[cfg(test)]
    pub(super) frozen: Option<tokio::sync::oneshot::Receiver<()>>,
}

impl Task {
    /// Runs until the session is over, or no longer of this node, and everybody was told.
    pub(super) async fn run(
        self: Box<Self>,
        mut customer: mpsc::Receiver<Box<FromCustomer>>,
        mut mail: mpsc::Receiver<Box<Mail>>,
    ) {
        // Declared last and so dropped first: whoever finds the mailbox closed finds the reason noted.
        let mut task = self;
        task.begin();
        let alarm = sleep(Duration::ZERO);
        tokio::pin!(alarm);
        while task.ended.is_none() && !task.is_parting {
            let (takes_customer, due) = (task.takes_customer(), Instant::now() + task.until_due());
            if alarm.is_elapsed() || due + ALARM_LATE < alarm.deadline() {
                alarm.as_mut().reset(due);
            }
            let watches = task.following.as_mut().map(Following::woken);
            tokio::select! {
                Some(message) = customer.recv(), if takes_customer => task.take_customer(*message),
                Some(message) = mail.recv() => task.take_mail(*message),
                Some(done) = task.works.next(), if !task.works.is_empty() => task.take_done(done),
                Some(()) = woken(watches) => task.wake(),
                () = &mut alarm => {}
            }
            #[cfg(test)]
            if let Some(frozen) = task.frozen.take() {
                let _ = frozen.await;
            }
            task.do_due();
        }
        task.finish_end();
        task.part().await;
        let _ = timeout(GOODBYES_MAX, task.wait_for_goodbyes(&mut customer, &mut mail)).await;
    }

    fn take_mail(&mut self, mail: Mail) {
        match mail {
            Mail::AgentJoined(profile, outbox) => {
                self.agents.insert(profile.key, outbox);
                let turns = self.audience.joined(profile);
                self.take_turns(turns);
                self.keep();
            }
            Mail::AgentFrame(key, frame) if self.agents.get(&key).is_some_and(|agent| !agent.is_closing()) => {
                let turns = self.audience.frame(Self::now(), key, &frame);
                self.take_turns(turns);
            }
            Mail::AgentFrame(..) => {}
            Mail::AgentRights(key, rights) => {
                let turns = self.audience.rights(key, rights);
                self.take_turns(turns);
            }
            Mail::AgentCaughtUp(key) => {
                if let Some(outbox) = self.agents.get(&key) {
                    outbox.resume();
                    let turns = self.audience.lagging(key);
                    self.take_turns(turns);
                }
            }
            Mail::AgentLeft(key) => {
                if self.agents.remove(&key).is_some() {
                    let turns = self.audience.left(key);
                    self.take_turns(turns);
                    self.keep();
                    self.alone_since = Instant::now();
                }
            }
            Mail::Ask(ask) => self.ask(ask),
            Mail::WantAsset(wanted) => self.want_asset(&wanted),
            Mail::End(reason, actor, told) => self.end(reason, actor, None, told),
            Mail::Drain => self.drain(),
            #[cfg(test)]
            Mail::Panic => panic!("as a test asked"),
            #[cfg(test)]
            Mail::Freeze(until) => self.frozen = Some(until),
        }
        self.settle();
    }

    fn until_due(&self) -> Duration {
        let mut due = self.owner_due().min(ROOM_EVERY);
        if let Some(following) = &self.following {
            due = due.min(following.until_due(self.owner.is_some(), !self.agents.is_empty()));
        }
        match &self.ending {
            Some(ending) if self.owner.is_none() => due.min(ending.due()),
            _ => due,
        }
    }

    fn do_due(&mut self) {
        self.do_owner_due();
        self.follow_due();
        self.end_due();
        let has_nobody = self.customer.is_none() && self.agents.is_empty() && self.ending.is_none();
        let is_idle = self.owner.is_none() && has_nobody && self.works.is_empty();
        if is_idle && self.following.is_some() && self.alone_since.elapsed() >= FOLLOWED_FOR {
            self.is_parting = true;
        }
    }

    /// What agents here are shown.
    pub(super) fn show(&mut self, news: News<Message>) {
        match &news {
            News::Facts(facts) => self.running.set_facts(Arc::clone(facts)),
            News::Ended(reason) => self.is_over(*reason),
            _ => {}
        }
        // Nobody else waits for one that is not for all, and who waited need not ask again.
        let turns = match news {
            News::Keyframe { for_all: false, .. } => self.audience.page(vec![news]),
            news => self.audience.take(news),
        };
        self.take_turns(turns);
    }

    fn is_over(&mut self, reason: EndReason) {
        self.ended = Some(reason);
        let by = std::mem::replace(&mut self.ended_by, Actor::System);
        if self.owner.is_some() || self.following.is_none() {
            self.note_end(reason, if reason == EndReason::Customer { Actor::Customer } else { by });
        }
    }

    /// What the agents' side wants. Nothing that it does leads back to the same: news that it takes make it ask for a page at
    /// most, and a page makes it ask for nothing.
    pub(super) fn take_turns(&mut self, turns: Vec<Turn<Message>>) {
        for turn in turns {
            match turn {
                Turn::Tell(keys, frame) => self.send_agents(&keys, &self.message(&frame)),
                Turn::Pass(keys, message) => self.send_agents(&keys, &message),
                Turn::Close(key, code) => {
                    if let Some(agent) = self.agents.get(&key) {
                        agent.close(code);
                    }
                }
                Turn::Ask(ask) => self.ask(ask),
                Turn::PeopleChanged => self.tell_people(),
                Turn::WantPage => self.want_page(),
            }
        }
    }

    pub(super) fn message(&self, frame: &AgentFrame) -> Message {
        to_agents(frame.get(), self.running.config.server.compression)
    }

    fn send_agents(&self, keys: &[AgentKey], message: &Message) {
        for agent in keys.iter().filter_map(|key| self.agents.get(key)) {
            // The answer comes when the writer reports that she has caught up.
            if agent.put(message.clone()) == Put::Overflowed {
                metrics::count(metrics::AGENTS_LAGGED, 1);
            }
        }
        metrics::count_frames_out(Side::Agent, keys.len());
    }

    pub(super) fn note_end(&self, reason: EndReason, by: Actor) {
        let outcome = if reason == EndReason::Failed { Outcome::Failed } else { Outcome::Done };
        let event = Event::done(Action::SessionEnd, by).to(&self.running.id, &self.running.site);
        self.home.audit.note(event.went(outcome).because(reason.word()));
    }

    /// Takes the session out of the list, and closes what it has not closed itself.
    fn forget(&self) {
        let code = self.close_code();
        self.running.set_closed(code);
        self.home.forget(&self.running);
        let has_failed = self.ended.is_none() && !self.is_parting;
        for outbox in self.customer.iter().chain(self.agents.values()) {
            if has_failed {
                outbox.put(Message::Text(Utf8Bytes::from(&**EndReason::Failed.farewell().get())));
            }
            outbox.close(code);
        }
    }

    fn close_code(&self) -> CloseCode {
        match self.ended {
            Some(reason) => reason.close_code(),
            None if self.is_parting => CloseCode::Draining,
            None => CloseCode::Internal,
        }
    }

    async fn part(&mut self) {
        self.forget();
        if self.ended.is_some()
            && let Some(code) = self.code.digest.take()
        {
            // A store that fails here forgets the code when its time is up.
            let _ = self.home.store.take_code(&code).await;
        }
    }

    /// Takes in what the sockets still say until the last of them is gone.
    async fn wait_for_goodbyes(
        &mut self,
        customer: &mut mpsc::Receiver<Box<FromCustomer>>,
        mail: &mut mpsc::Receiver<Box<Mail>>,
    ) {
        let code = self.close_code();
        while self.customer.is_some() || !self.agents.is_empty() {
            tokio::select! {
                Some(message) = customer.recv() => match *message {
                    FromCustomer::Attached(outbox) => outbox.close(code),
                    FromCustomer::Detached(outbox) if self.is_present(&outbox) => self.customer = None,
                    FromCustomer::Detached(_) | FromCustomer::Frame(..) => {}
                },
                Some(message) = mail.recv() => match *message {
                    Mail::AgentJoined(_, outbox) => outbox.close(code),
                    Mail::AgentLeft(key) => { self.agents.remove(&key); }
                    _ => {}
                },
                else => return,
            }
        }
    }
}

/// What woke, if there is something to be woken by.
async fn woken<W>(watches: Option<impl Future<Output = W>>) -> Option<W> {
    match watches {
        Some(watches) => Some(watches.await),
        None => None,
    }
}

/// Also when the core panicked: the session is gone, its sockets are closed, and no other session noticed.
impl Drop for Task {
    fn drop(&mut self) {
        self.forget();
        metrics::gauge_add(metrics::SESSIONS, -1.0);
        let reason = match self.ended {
            None if self.is_parting => return,
            None => {
                tracing::error!(session = %self.running.id, "the session failed");
                self.note_end(EndReason::Failed, Actor::System);
                EndReason::Failed
            }
            Some(reason) => reason,
        };
        metrics::session_ended(reason.word());
        tracing::info!(session = %self.running.id, site = %self.running.site, reason = reason.word(), "session ended");
    }
}
