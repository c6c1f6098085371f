//! The page's events on their way from the customer to the agents' side: applied, numbered, and encoded once.

use super::customer::Link;
use super::{AgentFrame, CloseCode, News, Now, Session, Step, frames, messages};
use crate::asset::EarlyFetch;
use crate::ids::{Epoch, Seq};
use crate::trust::Untrusted;
use crate::view::{Applied, Refusal, SafeEvent};
use crate::wire::event::{Event, Stamped};
use crate::wire::json::Reader;
use crate::wire::{Decoded, EventRefusal, events, find_field, pass_fields};

/// The recorder's spacing within a batch is believed up to this.
const SPACING_MAX_MS: f64 = 1_000.0;

/// What comes of one frame.
struct Outcome {
    /// Somebody gets events: they are encoded.
    is_heard: bool,
    first: Option<Seq>,
    events: Vec<SafeEvent>,
    steps: Vec<Step>,
}

impl Session {
    pub(super) fn events_frame(&mut self, now: Now, reader: &Reader<'_>) -> Vec<Step> {
        let seq = find_field(reader, "seq").ok().flatten().and_then(|mut at| at.integer().ok());
        let list = find_field(reader, "events").ok().flatten();
        let (Some(Ok(seq)), Some(mut list)) = (seq.map(u64::try_from), list) else { return malformed() };
        if seq <= self.customer.marks.seq() {
            if reader.clone().skip().is_err() {
                return malformed();
            }
            self.customer.owes_ack = true;
            return Vec::new();
        }
        // Nothing is applied before the frame was read to its end.
        let mut decoded: Vec<Decoded<'_>> = Vec::new();
        let read = events(&mut list, &self.setup.limits, |event| decoded.push(event));
        match read.and_then(|()| Ok(pass_fields(&mut list)?)) {
            Ok(()) => {}
            Err(EventRefusal::Limit(_)) if reader.clone().skip().is_ok() => return over_limit(),
            Err(_) => return malformed(),
        }
        self.active_at = now;
        let is_gap = seq - self.customer.marks.seq() > 1;
        self.customer.marks.apply(seq);
        self.customer.owes_ack = true;
        if is_gap {
            self.view.refuse();
        }
        self.view.begin_frame();
        let mut steps = self.apply_all(now, decoded);
        if !self.view.is_live() && self.customer.link == Link::Page {
            steps.extend(self.want_snapshot(now));
        }
        self.after_early(steps)
    }

    fn apply_all(&mut self, now: Now, decoded: Vec<Decoded<'_>>) -> Vec<Step> {
        let last_ms = decoded.iter().rev().find_map(|event| event.as_ref().ok()).map(|event| event.get().timestamp_ms);
        let is_heard = self.setup.has_log || self.people.listen(now);
        let mut out = Outcome { is_heard, first: None, events: Vec::new(), steps: Vec::new() };
        for event in decoded {
            match event {
                Ok(event) => {
                    let at_ms = self.stamp(now, event.get(), last_ms);
                    self.apply_one(event, at_ms, &mut out);
                }
                Err(refusal) => self.refused(refusal.into(), &mut out),
            }
        }
        self.send_batch(&mut out);
        if !out.steps.is_empty() {
            self.owe_facts(now);
        }
        out.steps
    }

    fn apply_one(&mut self, event: Untrusted<Stamped<'_>>, at_ms: u64, out: &mut Outcome) {
        if self.customer.link == Link::Paused && !self.resumes(&event, at_ms) {
            return;
        }
        match self.view.apply(event, at_ms) {
            Ok(Applied::Events(events)) => {
                for event in events {
                    self.seq.0 += 1;
                    self.stamped_ms = at_ms;
                    out.first.get_or_insert(self.seq);
                    if out.is_heard {
                        out.events.push(event);
                    }
                }
            }
            Ok(Applied::Keyframe) => {
                self.send_batch(out);
                self.new_page(at_ms, out);
            }
            Err(refusal) => self.refused(refusal, out),
        }
        if self.view.take_rule_change() {
            out.steps.push(Step::ToCustomer(messages::rules(self.view.rules())));
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

    fn refused(&mut self, refusal: Refusal, out: &mut Outcome) {
        self.view.refuse();
        self.send_batch(out);
        if is_limit(refusal) {
            out.steps.push(Step::CloseCustomer(CloseCode::OverLimit));
        }
    }

    /// The customer's full snapshot: a new epoch, and a keyframe for all.
    fn new_page(&mut self, at_ms: u64, out: &mut Outcome) {
        self.epoch.0 += 1;
        self.stamped_ms = at_ms;
        self.customer.has_new_page();
        out.steps.extend(self.keyframe_for_all(out.is_heard));
    }

    /// Begins an epoch: what agents have had up to now is done with.
    fn keyframe_for_all(&mut self, is_heard: bool) -> Vec<Step> {
        self.seq.0 += 1;
        let mut steps = self.tell_agents();
        let (epoch, seq) = (self.epoch, self.seq);
        steps.push(Step::Publish(if is_heard {
            News::Keyframe { epoch, seq, for_all: true, frame: self.keyframe_message() }
        } else {
            News::Skipped { epoch, seq }
        }));
        steps
    }

    fn send_batch(&mut self, out: &mut Outcome) {
        let Some(first) = out.first.take() else { return };
        let events = std::mem::take(&mut out.events);
        let (epoch, last) = (self.epoch, self.seq);
        out.steps.push(Step::Publish(if out.is_heard {
            let frame = frames::page_frame("events", epoch, first, &events);
            News::Events { epoch, first, last, frame }
        } else {
            News::Skipped { epoch, seq: last }
        }));
    }

    /// The whole page as it is after the last event published, for those agents who wait for it: its news, and before them what
    /// is to be fetched early. No step: there is no page yet.
    pub fn keyframe(&mut self, now: Now) -> Vec<Step> {
        if self.is_ended || !self.has_page() {
            return Vec::new();
        }
        let frame = self.keyframe_message();
        let steps = vec![Step::Publish(News::Keyframe { epoch: self.epoch, seq: self.seq, for_all: false, frame })];
        // What it counts, agents are told at once.
        self.facts_due_ms = Some(now.0);
        self.after_early(steps)
    }

    /// Begins a new epoch with a keyframe for all: what other nodes have is not known any more. The store is back, or its log
    /// lost something. `epoch`: the new one is at least this.
    pub fn renew(&mut self, now: Now, epoch: Epoch) -> Vec<Step> {
        if self.is_ended {
            return Vec::new();
        }
        self.epoch = Epoch(self.epoch.0 + 1).max(epoch);
        let steps = if self.has_page() {
            let is_heard = self.setup.has_log || self.people.listen(now);
            self.keyframe_for_all(is_heard)
        } else {
            self.tell_agents()
        };
        self.after_early(steps)
    }

    /// Whether there is a page to show: the present one, or the last one while the next is awaited.
    fn has_page(&self) -> bool {
        self.view.nodes() > 0
    }

    fn keyframe_message(&mut self) -> AgentFrame {
        let events = self.view.keyframe(self.stamped_ms);
        frames::page_frame("keyframe", self.epoch, self.seq, &events)
    }

    /// The steps, and before them the fetches of what they name that no browser may be left to fetch.
    fn after_early(&mut self, mut steps: Vec<Step>) -> Vec<Step> {
        let early = self.view.take_early();
        if early.is_empty() {
            return steps;
        }
        if self.setup.has_log {
            let seal = |fetch: &EarlyFetch| self.setup.sealer.token(&fetch.url, fetch.kind);
            let tokens = early.iter().filter_map(seal).collect();
            steps.insert(0, Step::Publish(News::Early(tokens)));
        }
        steps.insert(0, Step::FetchEarly(early));
        steps
    }

    /// The server's time for an event: its batch's last one has `now`, the others keep the batch's own spacing.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 … 1,000")]
    fn stamp(&self, now: Now, event: &Stamped<'_>, last_ms: Option<f64>) -> u64 {
        let before = last_ms.map_or(0.0, |last| last - event.timestamp_ms);
        let before = if before.is_finite() { before.clamp(0.0, SPACING_MAX_MS) as u64 } else { 0 };
        now.0.saturating_sub(before).max(self.stamped_ms)
    }
}

/// Whether a refusal closes the socket. A frame that costs too much is made good by a snapshot, which costs once.
fn is_limit(refusal: Refusal) -> bool {
    use crate::mirror::MirrorError::{TooDeep, TooManyNodes, TooMuchText};
    matches!(refusal, Refusal::Event(EventRefusal::Limit(limit)) if limit != "work_bytes")
        || matches!(refusal, Refusal::Mirror(TooDeep | TooManyNodes | TooMuchText))
}

pub(super) fn malformed() -> Vec<Step> {
    vec![Step::CloseCustomer(CloseCode::Malformed)]
}

pub(super) fn over_limit() -> Vec<Step> {
    vec![Step::CloseCustomer(CloseCode::OverLimit)]
}
