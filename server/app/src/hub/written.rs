//! The owner's way to the store that nodes share: becoming the owner, writing, being asked, and ceasing to be it.

use std::sync::Arc;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Message;
use vitrine_core::ids::{Epoch, Seq};
use vitrine_core::session::journal::{self, Answer, Held, Journal, Move};
use vitrine_core::session::{Ask, CloseCode, EndReason, News, Restored, Session};

use super::home;
use super::owner::{Code, Owner};
use super::task::Task;
use super::work::{self, Leased};
use crate::audit::Actor;
use crate::net::outbox::Outbox;
use crate::ops::clock::Time;
use crate::ops::metrics::{self, PendingBytes};
use crate::store::sessions::{Append, Appended, AskId, Claimed, LogEntry, Refused, Renewed, Sticky};

/// Pieces of sticky sets that are put together into one.
const PIECES_MAX: u64 = 256;

/// What the owner knows of the store.
pub(super) struct Written {
    pub(super) journal: Journal<Message>,
    /// The epoch that the claim began with.
    pub(super) term: Epoch,
    /// The next sticky sets are written as a whole.
    wants_whole: bool,
    /// The append that ends the session, and whether the store has taken it.
    end_turn: Option<u64>,
    has_end: bool,
    /// What waits for the store.
    pending: PendingBytes,
    /// The last ask that was taken, and whether there may be more.
    asked: AskId,
    is_taking: bool,
    takes_again: bool,
}

impl Written {
    fn new(held: Held, term: Epoch) -> Self {
        Self {
            journal: Journal::new(Task::now(), held),
            term,
            wants_whole: false,
            end_turn: None,
            has_end: false,
            pending: PendingBytes::default(),
            asked: AskId::default(),
            is_taking: false,
            takes_again: false,
        }
    }
}

impl Task {
    fn written(&mut self) -> Option<&mut Written> {
        self.owner.as_mut()?.written.as_mut()
    }

    /// A customer's socket has come: this node is to be the owner, unless it still is. Until that is answered nothing of hers
    /// is taken.
    pub(super) fn claim(&mut self, outbox: Arc<Outbox>) {
        let term = self.written().map(|written| written.term);
        let Some(following) = &mut self.following else { return };
        following.coming = Some(outbox);
        let shared = following.shared.clone();
        match term {
            Some(term) => self.works.push(work::confirm(shared, self.running.id.clone(), term)),
            None => self.claim_now(),
        }
    }

    fn claim_now(&mut self) {
        let Some(following) = &self.following else { return };
        let needs_code = self.code.ends.is_none_or(Time::is_past);
        let (home, shared, running) = (Arc::clone(&self.home), following.shared.clone(), Arc::clone(&self.running));
        self.works.push(work::claim(home, shared, running, needs_code));
    }

    /// Whether the customer's messages can be taken.
    pub(super) fn takes_customer(&self) -> bool {
        self.following.as_ref().is_none_or(|following| following.coming.is_none())
    }

    pub(super) fn confirmed(&mut self, answer: Result<Renewed, Refused>) {
        match answer {
            // A store that is away does not part a customer from a node that was the owner.
            Ok(_) | Err(Refused::Store(_)) => {
                if let Some(outbox) = self.following.as_mut().and_then(|following| following.coming.take()) {
                    self.attach(outbox);
                }
            }
            Err(Refused::Ended(reason)) => self.show(News::Ended(reason)),
            Err(_) => {
                self.drop_session();
                self.claim_now();
            }
        }
    }

    pub(super) fn claimed(&mut self, claimed: Result<Box<Claimed>, Refused>, code: Option<(String, Time)>) {
        let Some(outbox) = self.following.as_mut().and_then(|following| following.coming.take()) else { return };
        match claimed {
            Ok(claimed) => {
                if let Some(code) = code {
                    self.set_code(Some(code));
                }
                self.own(&claimed, outbox);
            }
            Err(Refused::Ended(reason)) => {
                outbox.close(reason.close_code());
                self.show(News::Ended(reason));
            }
            Err(Refused::Gone) => outbox.close(CloseCode::NoSuchSession),
            Err(refused) => {
                tracing::warn!(session = self.running.id.as_str(), %refused, "a customer was sent elsewhere");
                outbox.close(CloseCode::Draining);
            }
        }
    }

    /// Goes on with the session as the store has it.
    fn own(&mut self, Claimed { record, sticky }: &Claimed, outbox: Arc<Outbox>) {
        let kept = std::iter::once(&record.kept).chain(sticky).map(|piece| &piece[..]);
        let kept: Vec<&[u8]> = kept.filter(|piece| !piece.is_empty()).collect();
        let restored = Restored {
            people: &record.facts.people,
            epoch: record.epoch,
            seq: record.seq,
            started_at: record.started.core(),
            kept: &kept,
        };
        let setup = self.home.setup(&self.running, self.code.shown(), None).ok();
        let Some(session) = setup.and_then(|setup| Session::restore(setup, restored, Self::now()).ok()) else {
            tracing::error!(session = %self.running.id, "what the store kept of the session cannot be read");
            outbox.close(CloseCode::Internal);
            if let Some(following) = &self.following {
                let (shared, id) = (following.shared.clone(), self.running.id.clone());
                self.works.push(work::end(shared, id, record.term, EndReason::Failed));
            }
            return;
        };
        let held = Held { epoch: record.epoch, appends: 0 };
        self.owner = Some(Owner::new(session, Some(Written::new(held, record.term))));
        if let Some(following) = &mut self.following {
            following.own(record.term, record.last);
        }
        metrics::count(metrics::SESSIONS_CLAIMED, 1);
        self.watch();
        self.tell_people();
        self.attach(outbox);
        self.push_end();
    }

    /// Hands what is new to the journal and does what it answers, until there is nothing left to do.
    pub(super) fn settle(&mut self) {
        loop {
            let Some(owner) = &mut self.owner else { return };
            let Some(written) = &mut owner.written else { return };
            let kept = owner.session.kept();
            if !kept.is_empty() {
                written.journal.keep(kept);
            }
            written.journal.mark(owner.session.applied());
            let moves = written.journal.advance(Self::now());
            if moves.is_empty() {
                break;
            }
            for step in moves {
                self.make(step);
            }
        }
        let is_stalled = self.written().is_some_and(|written| {
            written.pending.set(written.journal.pending_bytes());
            written.journal.is_in_doubt()
        });
        let turns = self.audience.stalled(is_stalled);
        self.take_turns(turns);
    }

    fn make(&mut self, step: Move<Message>) {
        match step {
            Move::Append(append) => self.append(append),
            Move::Lease(turn) => self.lease(turn),
            Move::Show(news) => self.show(news),
            Move::Stored(mark) => {
                if let Some(owner) = &mut self.owner {
                    owner.session.stored(mark);
                }
            }
            Move::Keyframe => {
                self.step(Session::keyframe);
            }
            Move::Restart(epoch) => {
                metrics::count(metrics::SESSIONS_RESTARTED, 1);
                self.step(|session, now| session.renew(now, epoch));
            }
            Move::Fenced => {
                metrics::count(metrics::SESSIONS_FENCED, 1);
                if let Some(customer) = self.customer.take() {
                    customer.close(CloseCode::TakenOver);
                }
                self.drop_session();
            }
        }
    }

    /// Another node owns the session: what it tells is read from now on.
    fn drop_session(&mut self) {
        self.owner = None;
        self.code = Code::none();
        self.watch();
        self.read();
        self.push_end();
    }

    /// The term of an owner whose end the store has not taken yet.
    pub(super) fn unwritten_term(&self) -> Option<Epoch> {
        let written = self.owner.as_ref()?.written.as_ref()?;
        (!written.has_end).then_some(written.term)
    }

    fn append(&mut self, append: journal::Append<Message>) {
        let Some(following) = &self.following else { return };
        let (shared, id) = (following.shared.clone(), self.running.id.clone());
        let Some(owner) = &mut self.owner else { return };
        let Some(written) = &mut owner.written else { return };
        let is_whole = written.wants_whole || append.kept.len() > 1;
        let sticky = match append.kept.into_iter().next() {
            None => Sticky::Same,
            Some(_) if is_whole => Sticky::All(Bytes::from(owner.session.kept_whole())),
            Some(piece) => Sticky::More(Bytes::from(piece)),
        };
        written.wants_whole &= sticky == Sticky::Same;
        let mut ended = None;
        let entries = append.news.into_iter().filter_map(|news| match news {
            // The store writes that itself, when it ends the session.
            News::Ended(reason) => {
                ended = Some(reason);
                None
            }
            news => Some(LogEntry::News(news)),
        });
        let entries: Vec<LogEntry> = entries.collect();
        if ended.is_some() {
            written.end_turn = Some(append.turn);
        }
        let wanted = Append {
            node: shared.node,
            held: append.held,
            epoch: append.epoch,
            n: append.number,
            seq: append.seq.unwrap_or(Seq(0)),
            entries,
            kept: None,
            sticky,
        };
        self.works.push(work::append(shared, id, (append.turn, written.term), wanted, ended));
    }

    pub(super) fn appended(&mut self, turn: u64, answer: Result<Appended, Refused>) {
        if let (Ok(appended), Some(following)) = (&answer, &mut self.following) {
            following.cursor = following.cursor.max(appended.last);
        }
        if let Err(Refused::Ended(reason)) = answer
            && self.owner.is_some()
        {
            return self.show(News::Ended(reason));
        }
        let Some(written) = self.written() else { return };
        let answer = match answer {
            Ok(appended) => {
                written.wants_whole |= appended.pieces > PIECES_MAX;
                written.has_end |= written.end_turn == Some(turn);
                Answer::Done
            }
            Err(Refused::Fenced) => Answer::Fenced,
            Err(Refused::Store(_)) => Answer::Failed,
            Err(Refused::Full) => {
                written.wants_whole = true;
                Answer::Lost
            }
            Err(_) => Answer::Lost,
        };
        written.journal.answered(turn, answer);
    }

    fn lease(&mut self, turn: u64) {
        let Some(following) = &self.following else { return };
        let (shared, id) = (following.shared.clone(), self.running.id.clone());
        let Some(owner) = &mut self.owner else { return };
        let Some(written) = &owner.written else { return };
        let held = owner.session.facts().epoch.max(written.term);
        let running = Arc::clone(&self.running);
        let record = move || home::record(&running, running.facts().as_ref().clone(), Vec::new());
        self.works.push(work::lease(shared, id, turn, (written.term, held), record));
    }

    pub(super) fn leased(&mut self, turn: u64, leased: &Leased) {
        if let (Some(reason), Some(_)) = (leased.ended, &self.owner) {
            return self.show(News::Ended(reason));
        }
        let Some(written) = self.written() else { return };
        if let Some(term) = leased.term {
            written.term = term;
            written.asked = AskId::default();
            written.wants_whole = true;
            // So that all of it is written again with the next append.
            written.journal.keep(Vec::new());
        }
        written.journal.renewed(Self::now(), turn, leased.renewal);
        if leased.has_asks {
            self.take_asks();
        }
    }

    pub(super) fn take_asks(&mut self) {
        let Some(shared) = self.following.as_ref().map(|following| following.shared.clone()) else { return };
        let id = self.running.id.clone();
        let Some(written) = self.written() else { return };
        if std::mem::replace(&mut written.is_taking, true) {
            written.takes_again = true;
            return;
        }
        let work = work::asks(shared, id, written.term, written.asked);
        self.works.push(work);
    }

    pub(super) fn asked(&mut self, asks: Result<Vec<(AskId, Ask)>, Refused>) {
        let Some(written) = self.written() else { return };
        written.is_taking = false;
        let asks = asks.unwrap_or_default();
        let takes_again = std::mem::take(&mut written.takes_again) || !asks.is_empty();
        if let Some((last, _)) = asks.last() {
            written.asked = written.asked.max(*last);
        }
        for (_, ask) in asks {
            if let (Ask::People { node, .. }, Some(owner)) = (&ask, &mut self.owner) {
                owner.hear(*node);
            }
            let asset = if let Ask::WantAsset { request, .. } = ask { Some(request) } else { None };
            let is_done = self.step(|session, now| session.ask(now, ask));
            if let Some(request) = asset.filter(|_| !is_done) {
                self.works.push(work::not_now(Arc::clone(&self.running), request));
            }
        }
        if takes_again {
            self.take_asks();
        }
    }

    /// The node stops: the session goes on elsewhere, where it can.
    pub(super) fn drain(&mut self) {
        let Some(shared) = self.following.as_ref().map(|following| following.shared.clone()) else {
            return self.end(EndReason::Shutdown, Actor::System, None, None);
        };
        if let Some(customer) = &self.customer {
            customer.close(CloseCode::Draining);
        }
        self.settle();
        let term = self.written().map(|written| written.term);
        // What is said as the sockets close is no longer of this node.
        self.owner = None;
        match term {
            // Behind what was just written: one link keeps the order.
            Some(term) => self.works.push(work::release(shared, self.running.id.clone(), term)),
            None => self.is_parting = true,
        }
    }
}
