//! The customer's side of a session.

use super::messages::{self, CustomerHello, FromCustomer};
use super::{AgentProfile, AssetRequest, CloseCode, EndReason, JoinCode, Now, Session, Step};
use crate::ids::{AgentKey, Epoch, Seq};
use crate::trust::Untrusted;
use crate::view::{Applied, Refusal, SafeEvent};
use crate::wire::event::{Event, Stamped};
use crate::wire::json::Reader;
use crate::wire::{Decoded, EventRefusal, events, find_field};

/// A snapshot is asked for at most this often, and twice as seldom each time in vain.
const SNAPSHOT_EVERY_MS: u64 = 5_000;
const SNAPSHOT_SELDOM_MS: u64 = 60_000;
/// An acknowledgement waits this long for more to acknowledge.
pub(super) const ACK_WITHIN_MS: u64 = 250;
/// An idle page hears from us this often; it reconnects after 6 s of silence.
pub(super) const ACK_EVERY_MS: u64 = 2_000;
/// The recorder's spacing within a batch is believed up to this.
const SPACING_MAX_MS: f64 = 1_000.0;
/// A page instance's name is the snippet's own random word.
const INSTANCE_BYTES_MAX: usize = 64;

/// How far the customer's side has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// No socket, since then.
    Away(Now),
    /// A socket that has not said `hello`.
    Hello,
    /// A socket that sends a page.
    Page,
    /// As `Page`, but she paused: nothing is taken until her next full snapshot.
    Paused,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Customer {
    link: Link,
    instance: String,
    /// The last `events` frame applied, of this instance.
    pub(super) applied: u64,
    /// Applied and not yet acknowledged.
    pub(super) owes_ack: bool,
    pub(super) acked_at_ms: u64,
    /// When the next request for a snapshot may go out, and how long the one after waits.
    pub(super) snapshot_at_ms: Option<u64>,
    snapshot_wait_ms: u64,
    last_snapshot_ms: Option<u64>,
    /// Her page fetches assets that it is asked for.
    gives_assets: bool,
    /// Her page asks its website to vouch for her.
    gives_contact: bool,
    /// What came while she paused.
    paused: Paused,
}

/// What a customer's page sent while she paused: none of it reaches agents.
#[derive(Debug, Default)]
struct Paused {
    /// The last word on the page's address, for the snapshot that ends the pause.
    page: Option<Stamped<'static>>,
    /// Events were dropped: the mirror is no longer what the page is.
    missed: bool,
}

impl Customer {
    pub(super) fn away(now: Now) -> Self {
        Self {
            link: Link::Away(now),
            instance: String::new(),
            applied: 0,
            owes_ack: false,
            acked_at_ms: now.0,
            snapshot_at_ms: None,
            snapshot_wait_ms: SNAPSHOT_EVERY_MS,
            last_snapshot_ms: None,
            gives_assets: false,
            gives_contact: false,
            paused: Paused::default(),
        }
    }

    pub(super) fn is_attached(&self) -> bool {
        !matches!(self.link, Link::Away(_))
    }

    pub(super) fn has_said_hello(&self) -> bool {
        matches!(self.link, Link::Page | Link::Paused)
    }

    /// Whether her page can be asked for a contact token now.
    pub(super) fn gives_contact(&self) -> bool {
        self.has_said_hello() && self.gives_contact
    }

    pub(super) fn away_since(&self) -> Option<Now> {
        match self.link {
            Link::Away(since) => Some(since),
            Link::Hello | Link::Page | Link::Paused => None,
        }
    }

    pub(super) fn state(&self, is_live: bool) -> &'static str {
        match self.link {
            Link::Away(_) => "away",
            Link::Paused => "paused",
            Link::Hello | Link::Page if is_live => "live",
            Link::Hello | Link::Page => "waiting",
        }
    }
}

impl Session {
    /// The customer's socket is open; an earlier one gets [`Step::CloseCustomer`] before (4409, taken over).
    /// Her first frame must be `hello`.
    pub fn customer_attached(&mut self, _now: Now) -> Vec<Step> {
        if self.is_ended {
            return Vec::new();
        }
        let mut steps = Vec::new();
        if self.customer.is_attached() {
            steps.push(Step::CloseCustomer(CloseCode::TakenOver));
        }
        self.customer.link = Link::Hello;
        steps
    }

    /// The customer's socket is gone. Agents are told; the session waits for `reconnect_timeout_ms`.
    pub fn customer_detached(&mut self, now: Now) -> Vec<Step> {
        if self.is_ended {
            return Vec::new();
        }
        self.customer.link = Link::Away(now);
        self.customer.snapshot_at_ms = None;
        self.tell_agents()
    }

    /// Asks the customer's page for an asset that only her browser can get. No step: it cannot be asked now, because it is
    /// away, paused, or knows no such request.
    #[must_use]
    pub fn want_asset(&self, wanted: &AssetRequest) -> Vec<Step> {
        let can_be_asked = self.customer.link == Link::Page && self.customer.gives_assets && self.view.is_live();
        if self.is_ended || !can_be_asked {
            return Vec::new();
        }
        vec![Step::ToCustomer(messages::asset_request(wanted))]
    }

    /// A new join code, after the old one was used or ran out. Told to the customer.
    pub fn set_join_code(&mut self, _now: Now, code: Option<JoinCode>) -> Vec<Step> {
        self.setup.join_code = code;
        self.tell_customer()
    }

    /// One message of the customer's, decompressed.
    ///
    /// # Errors
    /// None as a value: a frame that is not ours answers with [`Step::CloseCustomer`] (4400), one over a limit with 4413;
    /// neither changes the page. A single bad event is refused by itself, and a snapshot is asked for.
    pub fn customer_frame(&mut self, now: Now, frame: &[u8]) -> Vec<Step> {
        if self.is_ended {
            return Vec::new();
        }
        let steps = self.take_customer_frame(now, frame);
        self.after_early(steps)
    }

    fn take_customer_frame(&mut self, now: Now, frame: &[u8]) -> Vec<Step> {
        let Ok(text) = std::str::from_utf8(frame) else { return malformed() };
        let reader = Reader::new(text);
        let kind = find_field(&reader, "t").ok().flatten().and_then(|mut at| at.text().ok());
        match kind.as_deref() {
            Some("events") if self.customer.has_said_hello() => self.events_frame(now, &reader),
            Some("hello") if self.customer.link == Link::Hello => match serde_json::from_str(text) {
                Ok(FromCustomer::Hello(hello)) => self.hello(now, &hello),
                _ => malformed(),
            },
            Some("attributes") if text.len() > self.setup.limits.attributes_bytes => over_limit(),
            Some("attributes" | "pause" | "end" | "consent" | "result") if self.customer.has_said_hello() => {
                match serde_json::from_str(text) {
                    Ok(FromCustomer::Attributes { attributes }) => self.take_attributes(attributes),
                    Ok(FromCustomer::Pause {}) => self.pause(),
                    Ok(FromCustomer::End {}) => self.end(now, EndReason::Customer),
                    // Nothing was asked for that these could answer.
                    Ok(FromCustomer::Consent {} | FromCustomer::Result {}) => Vec::new(),
                    Ok(FromCustomer::Hello(_)) | Err(_) => malformed(),
                }
            }
            _ => malformed(),
        }
    }

    fn hello(&mut self, now: Now, hello: &CustomerHello) -> Vec<Step> {
        let instance = &hello.page.instance;
        if instance.is_empty()
            || instance.len() > INSTANCE_BYTES_MAX
            || hello.page.url.len() > self.setup.limits.url_bytes
        {
            return malformed();
        }
        let is_next_page = !self.customer.instance.is_empty() && *instance != self.customer.instance;
        if *instance != self.customer.instance {
            self.customer.instance.clone_from(instance);
            self.customer.applied = 0;
            self.view.begin_instance(instance);
        }
        let paused = std::mem::take(&mut self.customer.paused);
        if paused.missed || paused.page.is_some() {
            self.view.await_snapshot();
        }
        // A page that has seen a later generation comes from a server that we have not heard of: ours goes on above it.
        // What agents have is of the old one: the new one begins with a snapshot.
        if let Some(epoch) = hello.resume.map(|resume| Epoch(resume.epoch.min(EPOCH_MAX))).filter(|at| *at > self.epoch)
        {
            self.epoch = epoch;
            self.view.await_snapshot();
        }
        self.customer.link = Link::Page;
        let has = |name: &str| hello.features.iter().any(|feature| feature == name);
        (self.customer.gives_assets, self.customer.gives_contact) = (has("assets"), has("contact"));
        self.active_at = now;
        let url = url::Url::parse(&hello.page.url).ok();
        let rules = self.setup.policy.rules.for_page(url.as_ref());
        self.customer.acked_at_ms = now.0;
        let mut steps = vec![Step::ToCustomer(messages::customer_welcome(
            self.setup.id.as_str(),
            self.setup.join_code.as_ref(),
            self.epoch,
            self.customer.applied,
            &rules,
            &self.setup.limits,
        ))];
        steps.extend(self.tell_customer());
        steps.extend(self.greet_contact(now, is_next_page));
        if !self.view.is_live() && self.customer.applied > 0 {
            steps.extend(self.want_snapshot(now));
        }
        steps.extend(self.tell_agents());
        steps
    }

    fn pause(&mut self) -> Vec<Step> {
        self.customer.link = Link::Paused;
        // A snapshot that is still wanted would end her pause; she sends one when she goes on.
        self.customer.snapshot_at_ms = None;
        self.tell_agents()
    }

    fn events_frame(&mut self, now: Now, reader: &Reader<'_>) -> Vec<Step> {
        let seq = find_field(reader, "seq").ok().flatten().and_then(|mut at| at.integer().ok());
        let list = find_field(reader, "events").ok().flatten();
        let (Some(Ok(seq)), Some(mut list)) = (seq.map(u64::try_from), list) else { return malformed() };
        if reader.clone().skip().is_err() {
            return malformed();
        }
        if seq <= self.customer.applied {
            self.customer.owes_ack = true;
            return Vec::new();
        }
        let mut decoded: Vec<Decoded<'_>> = Vec::new();
        match events(&mut list, &self.setup.limits, |event| decoded.push(event)) {
            Ok(()) => {}
            Err(EventRefusal::Limit(_)) => return over_limit(),
            Err(EventRefusal::Syntax | EventRefusal::Malformed) => return malformed(),
        }
        self.active_at = now;
        let is_gap = seq > self.customer.applied + 1;
        self.customer.applied = seq;
        self.customer.owes_ack = true;
        if is_gap {
            self.view.refuse();
        }
        self.view.begin_frame();
        let mut steps = self.apply_all(now, decoded);
        if !self.view.is_live() && self.customer.link == Link::Page {
            steps.extend(self.want_snapshot(now));
        }
        steps
    }

    fn apply_all(&mut self, now: Now, decoded: Vec<Decoded<'_>>) -> Vec<Step> {
        let last_ms = decoded.iter().rev().find_map(|event| event.as_ref().ok()).map(|event| event.get().timestamp_ms);
        let mut steps = Vec::new();
        let mut batch = Batch::default();
        for event in decoded {
            match event {
                Ok(event) => {
                    let at_ms = self.stamp(now, event.get(), last_ms);
                    self.apply_one(event, at_ms, &mut batch, &mut steps);
                }
                Err(refusal) => self.refused(refusal.into(), &mut batch, &mut steps),
            }
        }
        self.send_batch(&mut batch, &mut steps);
        if !steps.is_empty() {
            self.report_due_ms.get_or_insert(now.0 + super::timer::REPORT_EVERY_MS);
        }
        steps
    }

    fn apply_one(&mut self, event: Untrusted<Stamped<'_>>, at_ms: u64, batch: &mut Batch, steps: &mut Vec<Step>) {
        if self.customer.link == Link::Paused && !self.resumes(&event, at_ms) {
            return;
        }
        match self.view.apply(event, at_ms) {
            Ok(Applied::Events(events)) => {
                for event in events {
                    self.seq.0 += 1;
                    self.stamped_ms = at_ms;
                    self.log.push(self.seq, &event);
                    batch.first.get_or_insert(self.seq);
                    batch.events.push(event);
                }
            }
            Ok(Applied::Keyframe) => {
                self.send_batch(batch, steps);
                steps.extend(self.new_page(at_ms));
            }
            Err(refusal) => self.refused(refusal, batch, steps),
        }
        if self.view.take_rule_change() {
            steps.push(Step::ToCustomer(messages::rules(self.view.rules())));
        }
    }

    /// While paused only a page as a whole is taken: it ends the pause. Its address comes before it, and waits for it.
    fn resumes(&mut self, event: &Untrusted<Stamped<'_>>, at_ms: u64) -> bool {
        let timestamp_ms = event.get().timestamp_ms;
        match &event.get().event {
            Event::Meta { href, width, height } => {
                let event = Event::Meta { href: href.to_string().into(), width: *width, height: *height };
                self.customer.paused.page = Some(Stamped { event, timestamp_ms });
                false
            }
            Event::Snapshot { .. } => {
                self.customer.link = Link::Page;
                if let Some(page) = std::mem::take(&mut self.customer.paused).page {
                    // What agents would be told of it alone is in the keyframe that the snapshot makes.
                    let _ = self.view.apply(Untrusted::new(page), at_ms);
                }
                true
            }
            _ => {
                self.customer.paused.missed = true;
                false
            }
        }
    }

    fn refused(&mut self, refusal: Refusal, batch: &mut Batch, steps: &mut Vec<Step>) {
        self.view.refuse();
        self.send_batch(batch, steps);
        if is_limit(refusal) {
            steps.push(Step::CloseCustomer(CloseCode::OverLimit));
        }
    }

    /// The customer's full snapshot: a new epoch, and a keyframe for all.
    fn new_page(&mut self, at_ms: u64) -> Vec<Step> {
        self.epoch.0 += 1;
        self.seq.0 += 1;
        self.stamped_ms = at_ms;
        self.customer.snapshot_at_ms = None;
        self.customer.snapshot_wait_ms = SNAPSHOT_EVERY_MS;
        self.log.restart(self.epoch);
        let mut steps = self.tell_agents();
        let listeners: Vec<AgentKey> = self.listeners();
        if !listeners.is_empty() {
            let frame = self.keyframe_message();
            steps.push(Step::ToAgents(listeners.into(), frame));
        }
        steps
    }

    fn send_batch(&mut self, batch: &mut Batch, steps: &mut Vec<Step>) {
        let Some(first) = batch.first.take() else { return };
        let events = std::mem::take(&mut batch.events);
        let listeners = self.listeners();
        if !listeners.is_empty() {
            let frame = messages::page_frame("events", self.epoch, first, &events);
            steps.push(Step::ToAgents(listeners.into(), frame));
        }
    }

    /// The server's time for an event: its batch's last one has `now`, the others keep the batch's own spacing.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 … 1,000")]
    fn stamp(&self, now: Now, event: &Stamped<'_>, last_ms: Option<f64>) -> u64 {
        let before = last_ms.map_or(0.0, |last| last - event.timestamp_ms);
        let before = if before.is_finite() { before.clamp(0.0, SPACING_MAX_MS) as u64 } else { 0 };
        now.0.saturating_sub(before).max(self.stamped_ms)
    }

    /// Asks for a snapshot now, or as soon as that is due.
    pub(super) fn want_snapshot(&mut self, now: Now) -> Vec<Step> {
        let due = self.customer.last_snapshot_ms.map_or(now.0, |last| last + self.customer.snapshot_wait_ms);
        if due > now.0 {
            self.customer.snapshot_at_ms = Some(due);
            return Vec::new();
        }
        if self.customer.last_snapshot_ms.is_some() && self.customer.snapshot_at_ms.is_some() {
            self.customer.snapshot_wait_ms = (self.customer.snapshot_wait_ms * 2).min(SNAPSHOT_SELDOM_MS);
        }
        self.customer.last_snapshot_ms = Some(now.0);
        self.customer.snapshot_at_ms = Some(now.0 + self.customer.snapshot_wait_ms);
        vec![Step::ToCustomer(messages::snapshot())]
    }

    /// Tells the customer who is there and which code is good.
    pub(super) fn tell_customer(&self) -> Vec<Step> {
        if self.is_ended || !self.customer.has_said_hello() {
            return Vec::new();
        }
        let is_shown = |agent: &&AgentProfile| agent.joined || self.setup.show_supervisors;
        let people = self.agents.values().map(|agent| &agent.profile).filter(is_shown);
        vec![Step::ToCustomer(messages::customer_participants(people, self.setup.join_code.as_ref()))]
    }
}

/// A page cannot push the generation so far that it could not rise any more.
const EPOCH_MAX: u64 = 1 << 40;

#[derive(Default)]
struct Batch {
    first: Option<Seq>,
    events: Vec<SafeEvent>,
}

/// Whether a refusal closes the socket. A frame that costs too much is made good by a snapshot, which costs once.
fn is_limit(refusal: Refusal) -> bool {
    use crate::mirror::MirrorError::{TooDeep, TooManyNodes, TooMuchText};
    matches!(refusal, Refusal::Event(EventRefusal::Limit(limit)) if limit != "work_bytes")
        || matches!(refusal, Refusal::Mirror(TooDeep | TooManyNodes | TooMuchText))
}

fn malformed() -> Vec<Step> {
    vec![Step::CloseCustomer(CloseCode::Malformed)]
}

fn over_limit() -> Vec<Step> {
    vec![Step::CloseCustomer(CloseCode::OverLimit)]
}
