//! The task of one session: it alone calls the core, and carries out the steps that the core answers with.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use vitrine_core::audience::{Audience, Turn};
use vitrine_core::ids::{AgentKey, SessionId};
use vitrine_core::session::{Ask, CloseCode, EndReason, JoinCode, News, Session, Step};

use super::issue;
use super::running::{FromCustomer, Mail, Running};
use crate::assets::{Answer, Assets};
use crate::audit::{Action, Actor, Audit, Event, Outcome};
use crate::auth::join_code::JoinCodes;
use crate::auth::secret::Digest;
use crate::net::frame::{heavy, to_agents};
use crate::net::outbox::{Outbox, Put};
use crate::ops::clock::Time;
use crate::ops::metrics;
use crate::store::Store;

/// The number of this node among those that have agents of a session: there is no other.
const NODE: u64 = 0;
/// How often a session without a join code looks whether it has room again.
const ROOM_EVERY: Duration = Duration::from_secs(5);
/// For the goodbyes of an ended session.
const GOODBYES_MAX: Duration = Duration::from_secs(5);

/// Everything that one session's task owns.
pub(super) struct Task {
    pub(super) session: Session,
    pub(super) audience: Audience<Message>,
    pub(super) running: Arc<Running>,
    pub(super) sessions: Arc<RwLock<HashMap<SessionId, Arc<Running>>>>,
    pub(super) store: Arc<Store>,
    pub(super) codes: Arc<JoinCodes>,
    pub(super) assets: Arc<Assets>,
    pub(super) audit: Arc<Audit>,
    pub(super) customer: Option<Arc<Outbox>>,
    pub(super) agents: HashMap<AgentKey, Arc<Outbox>>,
    /// When the join code that the customer sees runs out; `None`: she sees none.
    pub(super) code_ends: Option<Time>,
    /// What the store keeps that code by.
    pub(super) code: Option<Digest>,
    pub(super) ended: Option<EndReason>,
    /// Who asked for the end, as far as somebody did.
    pub(super) ended_by: Actor,
}

impl Task {
    /// Runs until the session is over and everybody was told.
    pub(super) async fn run(self, mut customer: mpsc::Receiver<FromCustomer>, mut mail: mpsc::Receiver<Mail>) {
        // Declared last and so dropped first: whoever finds the mailbox closed finds the reason noted.
        let mut task = self;
        while task.ended.is_none() {
            tokio::select! {
                Some(message) = customer.recv() => task.take_customer(message),
                Some(message) = mail.recv() => task.take_mail(message),
                () = sleep(task.until_due()) => {}
            }
            task.do_due().await;
        }
        task.forget();
        if let Some(code) = task.code.take() {
            // A store that fails here forgets the code when its time is up.
            let _ = task.store.take_code(&code).await;
        }
        let _ = timeout(GOODBYES_MAX, task.wait_for_goodbyes(&mut customer, &mut mail)).await;
    }

    fn take_customer(&mut self, message: FromCustomer) {
        let now = Time::now().core();
        match message {
            FromCustomer::Attached(outbox) => {
                let steps = self.session.customer_attached(now);
                self.carry_out(steps);
                if let Some(earlier) = self.customer.replace(outbox) {
                    earlier.close(CloseCode::TakenOver);
                }
            }
            FromCustomer::Frame(outbox, frame) => {
                if self.is_present(&outbox) && !outbox.is_closing() {
                    let steps = heavy(frame.len(), || self.session.customer_frame(now, &frame));
                    self.carry_out(steps);
                }
            }
            FromCustomer::Detached(outbox) => {
                if self.is_present(&outbox) {
                    self.customer = None;
                    let steps = self.session.customer_detached(now);
                    self.carry_out(steps);
                }
            }
        }
    }

    /// Whether a message comes from the present socket, not from one that another tab took over.
    fn is_present(&self, outbox: &Arc<Outbox>) -> bool {
        self.customer.as_ref().is_some_and(|present| Arc::ptr_eq(present, outbox))
    }

    fn take_mail(&mut self, mail: Mail) {
        let now = Time::now().core();
        match mail {
            Mail::AgentJoined(profile, outbox) => {
                self.agents.insert(profile.key, outbox);
                let turns = self.audience.joined(profile);
                self.take_turns(turns);
            }
            Mail::AgentFrame(key, frame) if self.agents.get(&key).is_some_and(|agent| !agent.is_closing()) => {
                let turns = self.audience.frame(now, key, &frame);
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
                }
            }
            Mail::CodeUsed => {
                let steps = self.session.ask(now, Ask::CodeUsed);
                self.carry_out(steps);
            }
            Mail::Identified(identity) => {
                let steps = self.session.identify(now, identity);
                self.carry_out(steps);
            }
            Mail::WantAsset(wanted) => {
                let steps = self.session.want_asset(&wanted);
                if steps.is_empty()
                    && let Some(answer) = self.running.uploads.claim(wanted.request)
                {
                    // Whoever asked may have gone.
                    let _ = answer.send(Answer::NotNow);
                }
                self.carry_out(steps);
            }
            Mail::End(reason, actor) => {
                self.ended_by = actor;
                let steps = self.session.end(now, reason);
                self.carry_out(steps);
            }
            #[cfg(test)]
            Mail::Panic => panic!("as a test asked"),
        }
    }

    fn until_due(&self) -> Duration {
        let session = self.session.poll_timeout().map_or(ROOM_EVERY, |due| Time::from(due).from_now());
        session.min(self.code_ends.map_or(ROOM_EVERY, Time::from_now))
    }

    /// Timers of the core, and a new join code where one is wanted.
    async fn do_due(&mut self) {
        if self.session.poll_timeout().is_some_and(|due| Time::from(due).is_past()) {
            let steps = self.session.handle_timeout(Time::now().core());
            self.carry_out(steps);
        }
        if self.ended.is_none() && self.code_ends.is_none_or(Time::is_past) {
            self.renew_code().await;
        }
    }

    async fn renew_code(&mut self) {
        let had_code = self.code_ends.take().is_some();
        // A session that is full shows no code until somebody has left.
        let code = if self.running.has_room() {
            issue(&self.codes, &self.store, &self.running.config, &self.running.id).await.ok()
        } else {
            None
        };
        if code.is_none() && !had_code {
            return;
        }
        self.code_ends = code.as_ref().map(|(_, ends)| *ends);
        self.code = code.as_ref().and_then(|(code, _)| self.codes.digest(code));
        let code = code.map(|(code, ends)| JoinCode { code, expires_at: ends.core() });
        let steps = self.session.set_join_code(Time::now().core(), code);
        self.carry_out(steps);
    }

    fn carry_out(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::FetchEarly(wanted) => self.assets.fetch_early(&self.running, wanted),
                Step::ToCustomer(json) => self.send_customer(json),
                Step::Publish(news) => self.publish(news.map(|frame| to_agents(frame.get()))),
                Step::NewJoinCode => self.code_ends = Some(Time(0)),
                Step::AttributesDropped(count) => metrics::count_attributes_dropped(count),
                Step::CloseCustomer(code) => {
                    // The core hears that the socket is gone when it is.
                    if let Some(customer) = &self.customer {
                        customer.close(code);
                    }
                }
                Step::Ended(reason) => {
                    self.ended = Some(reason);
                    let by = std::mem::replace(&mut self.ended_by, Actor::System);
                    self.note_end(reason, if reason == EndReason::Customer { Actor::Customer } else { by });
                }
            }
        }
    }

    fn publish(&mut self, news: News<Message>) {
        if let News::Facts(facts) = &news {
            self.running.set_facts(Arc::clone(facts));
        }
        let turns = self.audience.take(news);
        self.take_turns(turns);
    }

    /// What the agents' side wants. Nothing that it does leads back to the same: news that it takes make it ask for a page at
    /// most, and a page makes it ask for nothing.
    fn take_turns(&mut self, turns: Vec<Turn<Message>>) {
        for turn in turns {
            match turn {
                Turn::Tell(keys, frame) => self.send_agents(&keys, &to_agents(frame.get())),
                Turn::Pass(keys, message) => self.send_agents(&keys, &message),
                Turn::Close(key, code) => {
                    if let Some(agent) = self.agents.get(&key) {
                        agent.close(code);
                    }
                }
                Turn::Ask(ask) => self.ask(ask),
                Turn::PeopleChanged => {
                    let steps = self.session.people(Time::now().core(), NODE, self.audience.people());
                    self.carry_out(steps);
                }
                Turn::WantPage => self.show_page(),
            }
        }
    }

    fn show_page(&mut self) {
        let mut page = Vec::new();
        for step in heavy(usize::MAX, || self.session.keyframe(Time::now().core())) {
            match step {
                Step::Publish(news @ News::Keyframe { .. }) => page.push(news.map(|frame| to_agents(frame.get()))),
                before => self.carry_out(vec![before]),
            }
        }
        let turns = self.audience.page(page);
        self.take_turns(turns);
    }

    fn ask(&mut self, ask: Ask) {
        if let Ask::End { agent: Some(key), .. } = ask {
            self.ended_by = self.running.actor(key).unwrap_or(Actor::System);
        }
        let steps = self.session.ask(Time::now().core(), ask);
        self.carry_out(steps);
    }

    fn note_end(&self, reason: EndReason, by: Actor) {
        let outcome = if reason == EndReason::Failed { Outcome::Failed } else { Outcome::Done };
        let event = Event::done(Action::SessionEnd, by).to(&self.running.id, &self.running.site);
        self.audit.note(event.went(outcome).because(reason.word()));
    }

    fn send_customer(&self, json: String) {
        let Some(customer) = &self.customer else { return };
        metrics::count_frame_out("customer", 1);
        // Her messages are few and small; a page that leaves hundreds of them unread is stuck.
        if customer.put(Message::Text(Utf8Bytes::from(json))) == Put::Overflowed {
            customer.close(CloseCode::OverLimit);
        }
    }

    fn send_agents(&self, keys: &[AgentKey], message: &Message) {
        for agent in keys.iter().filter_map(|key| self.agents.get(key)) {
            // The answer comes when the writer reports that she has caught up.
            if agent.put(message.clone()) == Put::Overflowed {
                metrics::count(metrics::AGENTS_LAGGED, 1);
            }
        }
        metrics::count_frame_out("agent", keys.len());
    }

    /// Takes the session out of the list, and closes what it has not closed itself.
    fn forget(&self) {
        let reason = self.ended.unwrap_or(EndReason::Failed);
        self.running.set_ended(reason);
        self.sessions.write().unwrap_or_else(PoisonError::into_inner).remove(&self.running.id);
        for outbox in self.customer.iter().chain(self.agents.values()) {
            if self.ended.is_none() {
                outbox.put(Message::Text(Utf8Bytes::from(&**reason.farewell().get())));
            }
            outbox.close(reason.close_code());
        }
    }

    /// Takes in what the sockets still say until the last of them is gone.
    async fn wait_for_goodbyes(
        &mut self,
        customer: &mut mpsc::Receiver<FromCustomer>,
        mail: &mut mpsc::Receiver<Mail>,
    ) {
        let code = self.ended.unwrap_or(EndReason::Failed).close_code();
        while self.customer.is_some() || !self.agents.is_empty() {
            tokio::select! {
                Some(message) = customer.recv() => match message {
                    FromCustomer::Attached(outbox) => outbox.close(code),
                    FromCustomer::Detached(outbox) if self.is_present(&outbox) => self.customer = None,
                    FromCustomer::Detached(_) | FromCustomer::Frame(..) => {}
                },
                Some(message) = mail.recv() => match message {
                    Mail::AgentJoined(_, outbox) => outbox.close(code),
                    Mail::AgentLeft(key) => { self.agents.remove(&key); }
                    _ => {}
                },
                else => return,
            }
        }
    }
}

/// Also when the core panicked: the session is gone, its sockets are closed, and no other session noticed.
impl Drop for Task {
    fn drop(&mut self) {
        self.forget();
        let reason = self.ended.unwrap_or(EndReason::Failed).word();
        if self.ended.is_none() {
            tracing::error!(session = %self.running.id, "the session failed");
            self.note_end(EndReason::Failed, Actor::System);
        }
        metrics::session_ended(reason);
        tracing::info!(session = %self.running.id, site = %self.running.site, reason, "session ended");
    }
}
