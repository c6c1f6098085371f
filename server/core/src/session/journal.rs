//! What the owner of a session on a shared store writes there, and what of it may be shown.
//!
//! News is written first and shown when the store has answered: whoever is no longer the owner learns it from that answer
//! and shows nothing more. One append is unanswered at a time; what comes meanwhile is the next one. While the store is
//! away the owner's own agents go on without it: nothing is kept for later, for the page itself is what a keyframe is made of
//! when the store is back.
//!
//! ```text
//! Sure ⇄ Away      the store does not answer: what is new is shown here only
//!   ⇅    ⇅
//!   Doubt          it may have lost something, or we did not run for a while: nothing is shown until it answers
//! any → Fenced     another node owns the session: final
//! ```

use std::collections::VecDeque;

use super::{News, Now};
use crate::ids::{Epoch, Seq};

/// What the owner keeps of what the store has not answered, beside one piece of news that may be larger.
pub const PENDING_BYTES_MAX: usize = 1 << 20;
/// The same in pieces of news.
pub const PENDING_NEWS_MAX: usize = 480;
/// A store that has not answered for so long is away.
pub const ANSWER_WITHIN_MS: u64 = 1_000;
/// How long a lease lasts in the store.
pub const LEASE_MS: u64 = 6_000;
/// How often it is renewed, and how often when the answer is waited for.
const LEASE_EVERY_MS: u64 = 2_000;
const LEASE_AGAIN_MS: u64 = 500;
/// A log that has grown by so much since its last keyframe, and by twice that keyframe, gets another.
const KEYFRAME_AFTER_BYTES: usize = 512 << 10;
/// What one piece of news costs beside its frame.
const NEWS_BYTES: usize = 256;

/// What the store knows of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The fence: whoever holds a lower one is no longer the owner.
    pub epoch: Epoch,
    /// How many appends it took since the claim.
    pub appends: u64,
}

/// News for the log, in one piece.
#[derive(Debug, Clone)]
pub struct Append<F> {
    /// Names it to [`Journal::answered`].
    pub turn: u64,
    /// Its number since the claim. A number that the store has is taken for done, one too high tells that it lost something.
    /// One that `starts_over` is taken whatever its number.
    pub number: u64,
    /// It brings a keyframe for all, under a new epoch: nothing before it is needed.
    pub starts_over: bool,
    /// The epoch held.
    pub held: Epoch,
    /// The epoch from now on.
    pub epoch: Epoch,
    /// The last event's number, if there is one.
    pub seq: Option<Seq>,
    /// In order.
    pub news: Vec<News<F>>,
    /// What must outlive the owner, and stands in the store before `stored` moves.
    pub kept: Vec<Vec<u8>>,
    /// Where in `news` a keyframe stands: the log before it can be cut.
    pub cut: Option<usize>,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is in the log.
    Done,
    /// Another node is the owner.
    Fenced,
    /// The log lacks something before it, and did not take it.
    Lost,
    /// Nobody knows.
    Failed,
}

/// What became of a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// The lease lasts on.
    Done(Held),
    /// Another node is the owner.
    Fenced,
    /// Nobody knows.
    Failed,
}

/// One thing to do, in order.
#[derive(Debug, Clone)]
pub enum Move<F> {
    /// Append, and hand the answer to [`Journal::answered`].
    Append(Append<F>),
    /// Renew the lease, and hand the answer and this turn to [`Journal::renewed`].
    Lease(u64),
    /// Show this to the owner's own agents.
    Show(News<F>),
    /// The customer's frames up to this mark are in the log.
    Stored(u64),
    /// Publish a keyframe, for the log is long.
    Keyframe,
    /// Begin a new epoch, at least this one, with a keyframe for all: the log lacks something.
    Restart(Epoch),
    /// Another node owns the session: drop it.
    Fenced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Sure,
    Away,
    Doubt,
    Fenced,
}

/// News that goes, or went, to the store in one piece.
#[derive(Debug)]
struct Batch<F> {
    news: Vec<News<F>>,
    bytes: usize,
    kept: Vec<Vec<u8>>,
    mark: Option<u64>,
}

impl<F> Default for Batch<F> {
    fn default() -> Self {
        Self { news: Vec::new(), bytes: 0, kept: Vec::new(), mark: None }
    }
}

#[derive(Debug)]
struct Flight<F> {
    batch: Batch<F>,
    sent_ms: u64,
    turn: u64,
    then: Held,
}

#[derive(Debug)]
struct Lease {
    turn: u64,
    asked_ms: Option<u64>,
    due_ms: u64,
    /// Since it was asked for, nothing was on its way to the log that the answer may or may not know of.
    is_alone: bool,
}

/// The journal of one session, for as long as this node owns it.
///
/// Hand it what happens, and then do what [`Journal::advance`] answers.
#[derive(Debug)]
pub struct Journal<F> {
    state: State,
    held: Held,
    flight: Option<Flight<F>>,
    last_turn: u64,
    next: Batch<F>,
    /// In the log, or past it; to be shown unless in doubt.
    ready: VecDeque<News<F>>,
    seen_mark: Option<u64>,
    stored: Option<u64>,
    /// Something was shown that the log lacks, or was dropped.
    is_torn: bool,
    restart: bool,
    is_told: bool,
    lease: Lease,
    seen_ms: u64,
    log_bytes: usize,
    keyframe_bytes: usize,
}

impl<F: Clone> Journal<F> {
    /// Of a session that was just claimed.
    #[must_use]
    pub fn new(now: Now, held: Held) -> Self {
        Self {
            state: State::Sure,
            held,
            flight: None,
            last_turn: 0,
            next: Batch::default(),
            ready: VecDeque::new(),
            seen_mark: None,
            stored: None,
            is_torn: false,
            restart: false,
            is_told: false,
            lease: Lease { turn: 0, asked_ms: None, due_ms: now.0 + LEASE_EVERY_MS, is_alone: false },
            seen_ms: now.0,
            log_bytes: 0,
            keyframe_bytes: 0,
        }
    }

    /// News of the session, with the size of its frame.
    pub fn publish(&mut self, news: News<F>, bytes: usize) {
        if self.state == State::Fenced {
            return;
        }
        match &news {
            News::Keyframe { for_all, .. } => {
                self.keyframe_bytes = bytes;
                self.log_bytes = 0;
                if *for_all {
                    // Whatever of the page stands before it is in it.
                    self.next.news.retain(|news| !matches!(news, News::Events { .. } | News::Keyframe { .. }));
                    self.next.bytes = self.next.news.len() * NEWS_BYTES;
                }
            }
            News::Facts(_) => self.next.news.retain(|news| !matches!(news, News::Facts(_))),
            _ => self.log_bytes = self.log_bytes.saturating_add(bytes + NEWS_BYTES),
        }
        self.next.news.push(news);
        self.next.bytes = self.next.bytes.saturating_add(bytes + NEWS_BYTES);
    }

    /// What must outlive the owner from now on.
    pub fn keep(&mut self, kept: Vec<u8>) {
        if self.state != State::Fenced {
            self.next.kept.push(kept);
        }
    }

    /// All that came of the customer's frames up to this mark is published and kept.
    pub fn mark(&mut self, applied: u64) {
        if self.seen_mark.replace(applied) != Some(applied) {
            self.next.mark = Some(applied);
        }
    }

    /// Whether the log holds nothing back from agents: neither here nor on other nodes do they wait for the store.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.state == State::Sure && !self.is_torn
    }

    /// Whether agents of this node see nothing new until the store answers.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.state == State::Doubt
    }

    /// What waits for the store.
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        self.next.bytes + self.flight.as_ref().map_or(0, |flight| flight.batch.bytes)
    }

    /// What became of an append. Later than [`ANSWER_WITHIN_MS`] it counts no more.
    pub fn answered(&mut self, turn: u64, answer: Answer) {
        let flight = self.flight.take_if(|flight| flight.turn == turn);
        match (answer, flight) {
            (Answer::Done, Some(flight)) => {
                self.held = flight.then;
                self.ready.extend(flight.batch.news);
                self.stored = flight.batch.mark.or(self.stored);
            }
            // One of ours that was given up may have come through late and raised the fence: the lease tells whose it is.
            (Answer::Fenced | Answer::Lost, flight) => {
                self.doubt();
                flight.into_iter().for_each(|flight| self.away(flight));
            }
            (Answer::Failed, Some(flight)) => self.away(flight),
            (Answer::Done | Answer::Failed, None) => {}
        }
    }

    /// What became of a renewal.
    pub fn renewed(&mut self, now: Now, turn: u64, renewal: Renewal) {
        if self.state == State::Fenced || self.lease.turn != turn || self.lease.asked_ms.take().is_none() {
            return;
        }
        match renewal {
            Renewal::Fenced => self.fence(),
            Renewal::Failed => self.renewal_failed(now),
            Renewal::Done(held) if self.lease.is_alone => {
                self.lease.due_ms = now.0 + LEASE_EVERY_MS;
                // A store that knows of fewer appends lost some; of more, took one whose answer got lost.
                self.is_torn |= held != self.held;
                self.held = held;
                self.restart |= std::mem::take(&mut self.is_torn);
                self.state = State::Sure;
            }
            Renewal::Done(_) if self.state == State::Sure => self.lease.due_ms = now.0 + LEASE_EVERY_MS,
            Renewal::Done(_) => self.lease.due_ms = now.0,
        }
    }

    fn renewal_failed(&mut self, now: Now) {
        self.lease.due_ms = now.0 + LEASE_AGAIN_MS;
        if self.state == State::Sure {
            self.state = State::Away;
            if let Some(flight) = self.flight.take() {
                self.away(flight);
            }
        }
    }

    /// When [`Journal::advance`] wants to be called next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Now> {
        let waits = [self.lease.asked_ms, self.flight.as_ref().map(|flight| flight.sent_ms)];
        let answers = waits.into_iter().flatten().map(|sent| sent + ANSWER_WITHIN_MS);
        let lease = self.lease.asked_ms.is_none().then_some(self.lease.due_ms);
        answers.chain(lease).min().map(Now).filter(|_| self.state != State::Fenced)
    }

    /// What is to be done now.
    pub fn advance(&mut self, now: Now) -> Vec<Move<F>> {
        let mut moves = Vec::new();
        self.look_at_clock(now);
        if self.state == State::Fenced {
            if !std::mem::replace(&mut self.is_told, true) {
                moves.push(Move::Fenced);
            }
            return moves;
        }
        self.bound();
        if self.state == State::Away {
            self.show_pending();
        }
        if self.state != State::Doubt {
            moves.extend(self.ready.drain(..).map(Move::Show));
        }
        let is_waiting = self.state != State::Sure && self.flight.is_some();
        if self.lease.asked_ms.is_none() && self.lease.due_ms <= now.0 && !is_waiting {
            self.last_turn += 1;
            self.lease.turn = self.last_turn;
            self.lease.asked_ms = Some(now.0);
            self.lease.is_alone = self.flight.is_none();
            moves.push(Move::Lease(self.last_turn));
        }
        if self.state == State::Sure {
            self.write(now, &mut moves);
        }
        moves.extend(self.stored.take().map(Move::Stored));
        moves
    }

    fn write(&mut self, now: Now, moves: &mut Vec<Move<F>>) {
        if std::mem::take(&mut self.restart) {
            // The keyframe comes by `publish` before the next append.
            moves.push(Move::Restart(Epoch(self.held.epoch.0 + 1)));
            return;
        }
        if self.flight.is_some() {
            return;
        }
        if self.next.news.is_empty() && self.next.kept.is_empty() {
            self.stored = self.next.mark.take().or(self.stored);
        } else {
            moves.push(Move::Append(self.send(now)));
        }
        if self.log_bytes > KEYFRAME_AFTER_BYTES.max(2 * self.keyframe_bytes) {
            self.log_bytes = 0;
            moves.push(Move::Keyframe);
        }
    }

    fn send(&mut self, now: Now) -> Append<F> {
        let batch = std::mem::take(&mut self.next);
        let last = batch.news.iter().rev().find_map(position);
        let epoch = last.map_or(self.held.epoch, |(epoch, _)| epoch.max(self.held.epoch));
        let then = Held { epoch, appends: self.held.appends + 1 };
        self.last_turn += 1;
        self.lease.is_alone = false;
        let append = Append {
            turn: self.last_turn,
            number: then.appends,
            starts_over: epoch > self.held.epoch,
            held: self.held.epoch,
            epoch,
            seq: last.map(|(_, seq)| seq),
            news: batch.news.clone(),
            kept: batch.kept.clone(),
            cut: batch.news.iter().rposition(|news| matches!(news, News::Keyframe { .. })),
        };
        self.flight = Some(Flight { batch, sent_ms: now.0, turn: self.last_turn, then });
        append
    }

    /// A process that did not run for longer than its lease may have lost the session without noticing. So may one whose
    /// append is not answered, but then its store is away from it, and its customer is still here.
    fn look_at_clock(&mut self, now: Now) {
        let has_slept = now.0.saturating_sub(self.seen_ms) > LEASE_MS;
        self.seen_ms = self.seen_ms.max(now.0);
        if has_slept {
            self.doubt();
        }
        let is_late = |sent_ms: u64| now.0.saturating_sub(sent_ms) >= ANSWER_WITHIN_MS;
        if let Some(flight) = self.flight.take_if(|flight| is_late(flight.sent_ms)) {
            self.away(flight);
        }
        if self.lease.asked_ms.take_if(|sent_ms| is_late(*sent_ms)).is_some() {
            self.renewal_failed(now);
        }
    }

    fn bound(&mut self) {
        let is_over = self.next.bytes > PENDING_BYTES_MAX && self.next.news.len() > 1;
        if !is_over && self.next.news.len() <= PENDING_NEWS_MAX {
            return;
        }
        if self.state == State::Doubt {
            self.drop_page();
        } else if let Some(flight) = self.flight.take() {
            self.away(flight);
        }
    }

    /// An append that nobody answered: what must outlive us is written again, the page by a keyframe. What waits no longer
    /// waits: it is shown here, unless that is in doubt.
    fn away(&mut self, flight: Flight<F>) {
        let Batch { mut news, bytes, mut kept, mark } = flight.batch;
        news.append(&mut self.next.news);
        kept.append(&mut self.next.kept);
        self.next = Batch { news, bytes: bytes + self.next.bytes, kept, mark: self.next.mark.or(mark) };
        self.is_torn = true;
        self.lease.due_ms = self.seen_ms;
        if self.state == State::Doubt {
            self.drop_page();
        } else {
            self.state = State::Away;
            self.show_pending();
        }
    }

    fn show_pending(&mut self) {
        self.is_torn |= !self.next.news.is_empty();
        self.ready.extend(std::mem::take(&mut self.next.news));
        self.next.bytes = 0;
    }

    fn doubt(&mut self) {
        if self.state == State::Fenced {
            return;
        }
        self.state = State::Doubt;
        // An answer that was on its way tells nothing of now.
        self.lease = Lease { asked_ms: None, due_ms: self.seen_ms, ..self.lease };
    }

    fn fence(&mut self) {
        self.state = State::Fenced;
        self.flight = None;
        self.next = Batch::default();
        self.ready.clear();
        self.stored = None;
    }

    /// Forgets what a keyframe will tell.
    fn drop_page(&mut self) {
        self.is_torn = true;
        self.next.news.retain(|news| matches!(news, News::Facts(_) | News::Ended(_)));
        self.next.bytes = self.next.news.len() * NEWS_BYTES;
    }
}

fn position<F>(news: &News<F>) -> Option<(Epoch, Seq)> {
    match news {
        News::Events { epoch, last, .. } => Some((*epoch, *last)),
        News::Keyframe { epoch, seq, .. } => Some((*epoch, *seq)),
        News::Skipped { epoch, seq } => Some((*epoch, *seq)),
        News::Facts(_) | News::Result { .. } | News::Early(_) | News::Ended(_) => None,
    }
}

#[cfg(test)]
mod tests;
