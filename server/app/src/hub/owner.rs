//! The owner's half of a session's task: the customer's socket, and the steps that the core answers with.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use vitrine_core::session::{Ask, AssetRequest, CloseCode, JoinCode, News, Now, Session, Step};

use super::running::FromCustomer;
use super::task::{ROOM_EVERY, Task};
use super::work;
use super::written::Written;
use crate::assets::Answer;
use crate::audit::Actor;
use crate::auth::secret::Digest;
use crate::net::frame::heavy;
use crate::net::outbox::{Outbox, Put, length};
use crate::ops::clock::Time;
use crate::ops::metrics::{self, Side};

/// The number of this node among those that have agents of a session, where there is no other.
const ONLY_NODE: u64 = 0;
/// Nodes with agents tell them every 5 s; who is silent for so long has none any more.
const HEARD_WITHIN: Duration = Duration::from_secs(12);
/// What news cost that have no frame.
const FACTS_BYTES: usize = 512;

/// What only the owner of a session has.
pub(super) struct Owner {
    pub(super) session: Session,
    /// Where nodes share a store: what was written there.
    pub(super) written: Option<Written>,
    /// When other nodes last told who is there.
    heard: HashMap<u64, Instant>,
}

impl Owner {
    pub(super) fn new(session: Session, written: Option<Written>) -> Self {
        Self { session, written, heard: HashMap::new() }
    }

    pub(super) fn hear(&mut self, node: u64) {
        self.heard.insert(node, Instant::now());
    }
}

/// The join code that the customer sees.
pub(super) struct Code {
    /// When it runs out; `None`: she sees none.
    pub(super) ends: Option<Time>,
    /// As the customer reads it.
    shown: Option<JoinCode>,
    /// What the store keeps it by.
    pub(super) digest: Option<Digest>,
    /// When to look whether another is wanted, unless one is being made.
    look_at: Option<Instant>,
}

impl Code {
    /// None yet.
    pub(super) fn none() -> Self {
        Self { ends: None, shown: None, digest: None, look_at: Some(Instant::now()) }
    }

    pub(super) fn new(shown: JoinCode, digest: Option<Digest>) -> Self {
        Self { ends: Some(shown.expires_at.into()), shown: Some(shown), digest, look_at: Some(Instant::now()) }
    }

    pub(super) fn shown(&self) -> Option<JoinCode> {
        self.shown.clone()
    }

    /// It is no longer good.
    fn expire(&mut self) {
        self.ends = Some(Time(0));
        self.look_at = Some(Instant::now());
    }

    fn due(&self) -> Duration {
        let Some(look_at) = self.look_at else { return ROOM_EVERY };
        self.ends.map_or(Duration::ZERO, Time::from_now).max(look_at.saturating_duration_since(Instant::now()))
    }
}

impl Task {
    pub(super) fn now() -> Now {
        Time::now().core()
    }

    pub(super) fn node(&self) -> u64 {
        self.home.shared.as_ref().map_or(ONLY_NODE, |shared| shared.node.0)
    }

    pub(super) fn take_customer(&mut self, message: FromCustomer) {
        match message {
            FromCustomer::Attached(outbox) if self.following.is_some() => self.claim(outbox),
            FromCustomer::Attached(outbox) => self.attach(outbox),
            FromCustomer::Frame(outbox, frame) => {
                if self.is_present(&outbox) && !outbox.is_closing() {
                    self.step(|session, now| heavy(frame.len(), || session.customer_frame(now, &frame)));
                }
            }
            FromCustomer::Detached(outbox) => {
                if self.is_present(&outbox) {
                    self.customer = None;
                    self.step(Session::customer_detached);
                }
            }
        }
        self.settle();
    }

    /// The socket is the customer's from now on.
    pub(super) fn attach(&mut self, outbox: Arc<Outbox>) {
        self.step(Session::customer_attached);
        if let Some(earlier) = self.customer.replace(outbox) {
            earlier.close(CloseCode::TakenOver);
        }
    }

    /// Whether a message comes from the present socket, not from one that another tab took over.
    pub(super) fn is_present(&self, outbox: &Arc<Outbox>) -> bool {
        self.customer.as_ref().is_some_and(|present| Arc::ptr_eq(present, outbox))
    }

    /// Lets the session do something, if it is owned here, and carries out what follows.
    pub(super) fn step(&mut self, act: impl FnOnce(&mut Session, Now) -> Vec<Step>) -> bool {
        let Some(owner) = &mut self.owner else { return false };
        let steps = act(&mut owner.session, Self::now());
        let has_any = !steps.is_empty();
        self.carry_out(steps);
        has_any
    }

    pub(super) fn carry_out(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::FetchEarly(wanted) => self.home.assets.fetch_early(&self.running, wanted),
                Step::ToCustomer(json) => self.send_customer(json),
                Step::Publish(news) => self.publish(news.map(|frame| self.message(&frame))),
                Step::NewJoinCode => self.code.expire(),
                Step::AttributesDropped(count) => metrics::count_attributes_dropped(count),
                Step::CloseCustomer(code) => {
                    // The core hears that the socket is gone when it is.
                    if let Some(customer) = &self.customer {
                        customer.close(code);
                    }
                }
                // It is over when its last news are shown.
                Step::Ended(_) => {}
            }
        }
    }

    /// Shows news here at once; where other nodes read them too, they are written first.
    fn publish(&mut self, news: News<Message>) {
        if let News::Ended(reason) = news {
            self.note_wanted_end(reason);
        }
        let written = self.owner.as_mut().and_then(|owner| owner.written.as_mut());
        let Some(written) = written else { return self.show(news) };
        let bytes = match &news {
            News::Events { frame, .. } | News::Keyframe { frame, .. } | News::Result { frame, .. } => length(frame),
            News::Early(tokens) => tokens.iter().map(String::len).sum(),
            News::Facts(_) | News::Skipped { .. } | News::Ended(_) => FACTS_BYTES,
        };
        written.journal.publish(news, bytes);
    }

    /// Something that the owner decides.
    pub(super) fn ask(&mut self, ask: Ask) {
        if let Ask::End { reason, agent } = ask {
            let by = agent.and_then(|key| self.running.actor(key)).unwrap_or(Actor::System);
            return self.end(reason, by, agent, None);
        }
        if self.owner.is_none() {
            return self.ask_owner(ask);
        }
        self.step(|session, now| session.ask(now, ask));
    }

    pub(super) fn want_asset(&mut self, wanted: &AssetRequest) {
        let AssetRequest { request, bytes_max, .. } = *wanted;
        if self.owner.is_none() {
            if let Some(token) = self.running.sealer.token(&wanted.url, wanted.kind) {
                self.ask_owner(Ask::WantAsset { request, token, bytes_max });
            }
            return;
        }
        let is_asked = self.step(|session, _| session.want_asset(wanted));
        if !is_asked && let Some(answer) = self.running.uploads.claim(request) {
            // Whoever asked may have gone.
            let _ = answer.send(Answer::NotNow);
        }
    }

    pub(super) fn tell_people(&mut self) {
        let (node, people) = (self.node(), self.audience.people());
        if self.owner.is_none() {
            return self.ask_owner(Ask::People { node, people });
        }
        self.step(|session, now| session.people(now, node, people));
    }

    /// Agents here have no page: the owner makes one, others read it.
    pub(super) fn want_page(&mut self) {
        if self.owner.is_none() {
            return self.read_page();
        }
        if !self.step(|session, now| heavy(usize::MAX, || session.keyframe(now))) {
            let turns = self.audience.page(Vec::new());
            self.take_turns(turns);
        }
    }

    fn send_customer(&self, json: String) {
        let Some(customer) = &self.customer else { return };
        metrics::count_frames_out(Side::Customer, 1);
        // Her messages are few and small; a page that leaves hundreds of them unread is stuck.
        if customer.put(Message::Text(Utf8Bytes::from(json))) == Put::Overflowed {
            customer.close(CloseCode::OverLimit);
        }
    }

    pub(super) fn owner_due(&self) -> Duration {
        let Some(owner) = &self.owner else { return Duration::MAX };
        let journal = owner.written.as_ref().and_then(|written| written.journal.poll_timeout());
        let due = [owner.session.poll_timeout(), journal].into_iter().flatten().min();
        due.map_or(Duration::MAX, |due| Time::from(due).from_now()).min(self.code.due())
    }

    /// Timers of the core, and a new join code where one is wanted.
    pub(super) fn do_owner_due(&mut self) {
        let Some(owner) = &mut self.owner else { return };
        let silent: Vec<u64> =
            owner.heard.extract_if(|_, heard| heard.elapsed() >= HEARD_WITHIN).map(|(node, _)| node).collect();
        let is_due = owner.session.poll_timeout().is_some_and(|due| Time::from(due).is_past());
        for node in silent {
            self.step(|session, now| session.people(now, node, Vec::new()));
        }
        if is_due {
            self.step(Session::handle_timeout);
        }
        if self.ended.is_none() && self.code.due().is_zero() && self.code.look_at.take().is_some() {
            self.works.push(work::new_code(Arc::clone(&self.home), Arc::clone(&self.running)));
        }
        self.settle();
    }

    /// A session that is full shows no code until somebody has left.
    pub(super) fn take_code(&mut self, code: Option<(String, Time)>) {
        self.code.look_at = Some(Instant::now() + if code.is_none() { ROOM_EVERY } else { Duration::ZERO });
        let had_code = self.code.ends.take().is_some();
        if code.is_none() && !had_code {
            return;
        }
        let code = self.set_code(code);
        self.step(|session, now| session.set_join_code(now, code));
    }

    pub(super) fn set_code(&mut self, code: Option<(String, Time)>) -> Option<JoinCode> {
        self.code.ends = code.as_ref().map(|(_, ends)| *ends);
        self.code.digest = code.as_ref().and_then(|(code, _)| self.home.codes.digest(code));
        self.code.shown = code.map(|(code, ends)| JoinCode { code, expires_at: ends.core() });
        self.code.shown()
    }
}
