//! The customer's side of a session.

use super::marks::Marks;
use super::messages::{self, CustomerHello, FromCustomer};
use super::page::{malformed, over_limit};
use super::{AssetRequest, CloseCode, EndReason, JoinCode, Now, Session, State, Step};
use crate::ids::Epoch;
use crate::wire::event::Stamped;
use crate::wire::find_field;
use crate::wire::json::Reader;

/// A snapshot is asked for at most this often, and twice as seldom each time in vain.
const SNAPSHOT_EVERY_MS: u64 = 5_000;
const SNAPSHOT_SELDOM_MS: u64 = 60_000;
/// An acknowledgement waits this long for more to acknowledge.
pub(super) const ACK_WITHIN_MS: u64 = 250;
/// An idle page hears from us this often; it reconnects after 6 s of silence.
pub(super) const ACK_EVERY_MS: u64 = 2_000;
/// A page instance's name is the snippet's own random word.
pub(super) const INSTANCE_BYTES_MAX: usize = 64;

/// How far the customer's side has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
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
    pub(super) link: Link,
    pub(super) instance: String,
    /// Another page instance than [`Session::kept`] last told.
    pub(super) has_other_page: bool,
    /// How far her `events` frames have come.
    pub(super) marks: Marks,
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
    /// Her page wants to know which epoch it is, to tell it a server that takes over without having heard of it.
    notes_epochs: bool,
    /// What came while she paused.
    pub(super) paused: Paused,
    /// The session was taken over from another node, and what her page is like is not known yet.
    is_restored: bool,
}

/// What a customer's page sent while she paused: none of it reaches agents.
#[derive(Debug, Default)]
pub(super) struct Paused {
    /// The last word on the page's address, for the snapshot that ends the pause.
    pub(super) page: Option<Stamped<'static>>,
    /// Events were dropped: the mirror is no longer what the page is.
    pub(super) missed: bool,
}

impl Customer {
    pub(super) fn away(now: Now) -> Self {
        Self {
            link: Link::Away(now),
            instance: String::new(),
            has_other_page: false,
            marks: Marks::default(),
            owes_ack: false,
            acked_at_ms: now.0,
            snapshot_at_ms: None,
            snapshot_wait_ms: SNAPSHOT_EVERY_MS,
            last_snapshot_ms: None,
            gives_assets: false,
            gives_contact: false,
            notes_epochs: false,
            paused: Paused::default(),
            is_restored: false,
        }
    }

    /// Of a session that another node had, with the page instance that was open there.
    pub(super) fn restored(now: Now, instance: String) -> Self {
        Self { instance, is_restored: true, ..Self::away(now) }
    }

    /// Her full snapshot came.
    pub(super) fn has_new_page(&mut self) {
        self.is_restored = false;
        self.snapshot_at_ms = None;
        self.snapshot_wait_ms = SNAPSHOT_EVERY_MS;
    }

    /// Another connection: what was asked for on the one before is not coming, and need not be waited for.
    fn asks_anew(&mut self) {
        self.last_snapshot_ms = None;
        self.snapshot_at_ms = None;
        self.snapshot_wait_ms = SNAPSHOT_EVERY_MS;
    }

    /// What acknowledgements tell of it.
    pub(super) fn noted(&self, epoch: Epoch) -> Option<Epoch> {
        self.notes_epochs.then_some(epoch)
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

    pub(super) fn state(&self, is_live: bool) -> State {
        match self.link {
            Link::Away(_) => State::Away,
            Link::Paused => State::Paused,
            Link::Hello | Link::Page if is_live => State::Live,
            Link::Hello | Link::Page => State::Waiting,
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
        if *instance != self.customer.instance || self.customer.is_restored {
            self.customer.has_other_page |= *instance != self.customer.instance;
            self.customer.instance.clone_from(instance);
            // What another node applied of this page is not resent, only told anew as a whole.
            let seq = hello.resume.filter(|_| self.customer.is_restored).map_or(0, |resume| resume.seq);
            self.customer.marks.begin(seq);
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
        self.customer.notes_epochs = has("epochs");
        self.customer.asks_anew();
        self.active_at = now;
        let url = url::Url::parse(&hello.page.url).ok();
        let rules = self.setup.policy.rules.for_page(url.as_ref());
        self.customer.acked_at_ms = now.0;
        let mut steps = vec![Step::ToCustomer(messages::customer_welcome(
            self.setup.id.as_str(),
            self.setup.join_code.as_ref(),
            self.epoch,
            self.customer.marks.seq(),
            &rules,
            &self.setup.limits,
        ))];
        steps.extend(self.tell_customer());
        steps.extend(self.greet_contact(now, is_next_page));
        if !self.view.is_live() && self.customer.marks.seq() > 0 {
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
}

/// A page cannot push the generation so far that it could not rise any more.
const EPOCH_MAX: u64 = 1 << 40;
