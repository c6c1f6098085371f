//! A store that fails, delays, forgets and fences, against what agents were shown and customers were promised.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Answer, Append, Held, Journal, Move, PENDING_BYTES_MAX, Renewal, State};
use crate::ids::{Epoch, Seq};
use crate::session::{CustomerFacts, Facts, News, Now};

type Position = (u64, u64);

fn facts() -> Arc<Facts> {
    Arc::new(Facts::new(Now(0), CustomerFacts::default()))
}

/// What happens to the journal, or to the store behind it.
#[derive(Debug, Clone)]
enum Event {
    /// The customer's page sends so many events, of so many bytes each.
    Events(u64, usize),
    /// It sends a full snapshot.
    Page,
    /// An agent wants a keyframe.
    Late,
    Facts,
    /// So many milliseconds pass.
    Wait(u64),
    /// The store works on the n-th open request, and answers.
    Answer(usize),
    /// It works on it, and the answer is lost.
    Mute(usize),
    /// It never hears of it, and that is noticed.
    Drop(usize),
    /// A failover: the last appends are forgotten.
    Forget(usize),
    /// Another node claims the session.
    Steal,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (1..4_u64, prop_oneof![Just(100_usize), Just(300_000)]).prop_map(|(count, bytes)| Event::Events(count, bytes)),
        1 => Just(Event::Page),
        1 => Just(Event::Late),
        1 => Just(Event::Facts),
        3 => (0..1_500_u64).prop_map(Event::Wait),
        1 => (6_001..20_000_u64).prop_map(Event::Wait),
        8 => (0..3_usize).prop_map(Event::Answer),
        1 => (0..3_usize).prop_map(Event::Mute),
        1 => (0..3_usize).prop_map(Event::Drop),
        1 => (1..3_usize).prop_map(Event::Forget),
    ]
}

/// What a reader of news has, and that it never gets anything twice, out of order, or with a gap.
#[derive(Debug, Default)]
struct Reader(Position);

impl Reader {
    fn take(&mut self, news: &News<()>) {
        match *news {
            News::Events { epoch, first, last, .. } => {
                assert_eq!((epoch.0, first.0), (self.0.0, self.0.1 + 1), "after {:?}", self.0);
                self.0.1 = last.0;
            }
            News::Keyframe { epoch, seq, for_all, .. } => {
                let at = (epoch.0, seq.0);
                assert!(at > self.0 || (!for_all && at == self.0), "{at:?} after {:?}", self.0);
                self.0 = at;
            }
            _ => {}
        }
    }
}

#[derive(Debug)]
enum Request {
    Append(Append<()>),
    Lease(u64),
}

/// The store, as its scripts are to behave.
#[derive(Debug)]
struct Store {
    held: Held,
    is_stolen: bool,
    /// With what was held before each.
    log: Vec<(Held, Append<()>)>,
    /// All positions that the log ever had, and all that was ever kept.
    reached: Vec<Position>,
    kept: Vec<Vec<u8>>,
}

impl Store {
    fn append(&mut self, append: &Append<()>) -> Answer {
        if self.is_stolen || append.held < self.held.epoch {
            return Answer::Fenced;
        }
        if append.held > self.held.epoch {
            return Answer::Lost;
        }
        if !append.starts_over && append.number != self.held.appends + 1 {
            return if append.number == self.held.appends { Answer::Done } else { Answer::Lost };
        }
        let held = std::mem::replace(&mut self.held, Held { epoch: append.epoch, appends: append.number });
        self.kept.extend(append.kept.iter().cloned());
        self.log.push((held, append.clone()));
        self.check();
        Answer::Done
    }

    fn forget(&mut self, count: usize) {
        for _ in 0..count {
            // The first one stands for what was replicated long ago.
            if self.log.len() > 1
                && let Some((held, _)) = self.log.pop()
            {
                self.held = held;
            }
        }
    }

    /// Whoever reads the log gets it in order.
    fn check(&mut self) {
        let mut reader = Reader::default();
        self.log.iter().flat_map(|(_, append)| &append.news).for_each(|news| reader.take(news));
        self.reached.push(reader.0);
    }
}

struct World {
    journal: Journal<()>,
    store: Store,
    open: Vec<Request>,
    now_ms: u64,
    at: Position,
    applied: u64,
    /// Where the page was at each mark.
    marks: BTreeMap<u64, Position>,
    stored: u64,
    shown: Reader,
    is_over: bool,
}

impl World {
    fn new() -> Self {
        let held = Held { epoch: Epoch(2), appends: 0 };
        let store = Store { held, is_stolen: false, log: Vec::new(), reached: Vec::new(), kept: Vec::new() };
        let mut world = Self {
            journal: Journal::new(Now(0), held),
            store,
            open: Vec::new(),
            now_ms: 0,
            at: (2, 65_536),
            applied: 0,
            marks: BTreeMap::new(),
            stored: 0,
            shown: Reader::default(),
            is_over: false,
        };
        world.happen(&Event::Page);
        world.happen(&Event::Answer(0));
        world
    }

    fn keyframe(&mut self, for_all: bool, at_least: u64) {
        if for_all {
            self.at = ((self.at.0 + 1).max(at_least), self.at.1 + 1);
        }
        self.journal
            .publish(News::Keyframe { epoch: Epoch(self.at.0), seq: Seq(self.at.1), for_all, frame: () }, 100_000);
    }

    fn applied(&mut self) {
        self.applied += 1;
        self.marks.insert(self.applied, self.at);
        self.journal.keep(self.applied.to_le_bytes().to_vec());
        self.journal.mark(self.applied);
    }

    fn happen(&mut self, event: &Event) {
        match *event {
            Event::Events(count, bytes) => {
                let first = Seq(self.at.1 + 1);
                self.at.1 += count;
                let (epoch, last) = (Epoch(self.at.0), Seq(self.at.1));
                self.journal.publish(News::Events { epoch, first, last, frame: () }, bytes);
                self.applied();
            }
            Event::Page => {
                self.keyframe(true, 0);
                self.applied();
            }
            Event::Late => self.keyframe(false, 0),
            Event::Facts => self.journal.publish(News::Facts(facts()), 100),
            Event::Wait(ms) => self.now_ms += ms,
            Event::Answer(at) => self.work(at, true),
            Event::Mute(at) => self.work(at, false),
            Event::Drop(at) => self.drop_request(at),
            Event::Forget(count) => self.store.forget(count),
            Event::Steal => self.store.is_stolen = true,
        }
        self.advance();
        assert!(self.journal.pending_bytes() <= 2 * (PENDING_BYTES_MAX + 400_000));
    }

    fn work(&mut self, at: usize, is_heard: bool) {
        if at >= self.open.len() {
            return;
        }
        match self.open.remove(at) {
            Request::Append(append) => {
                let answer = self.store.append(&append);
                if is_heard {
                    self.journal.answered(append.turn, answer);
                }
            }
            Request::Lease(turn) if is_heard => {
                let renewal = if self.store.is_stolen { Renewal::Fenced } else { Renewal::Done(self.store.held) };
                self.journal.renewed(Now(self.now_ms), turn, renewal);
            }
            Request::Lease(_) => {}
        }
    }

    fn drop_request(&mut self, at: usize) {
        if at >= self.open.len() {
            return;
        }
        match self.open.remove(at) {
            Request::Append(append) => self.journal.answered(append.turn, Answer::Failed),
            Request::Lease(turn) => self.journal.renewed(Now(self.now_ms), turn, Renewal::Failed),
        }
    }

    fn advance(&mut self) {
        loop {
            let moves = self.journal.advance(Now(self.now_ms));
            if moves.is_empty() {
                return;
            }
            for step in moves {
                assert!(!self.is_over, "{step:?} of one who is fenced");
                self.carry_out(step);
            }
        }
    }

    fn carry_out(&mut self, step: Move<()>) {
        match step {
            Move::Append(append) => {
                self.open.push(Request::Append(append));
            }
            Move::Lease(turn) => self.open.push(Request::Lease(turn)),
            Move::Show(news) => {
                self.shown.take(&news);
                let is_of_page = matches!(news, News::Events { .. } | News::Keyframe { .. });
                let is_written = self.store.reached.iter().any(|reached| *reached >= self.shown.0);
                assert!(!is_of_page || is_written || self.journal.state == State::Away, "shown before it was written");
            }
            Move::Stored(mark) => {
                assert!(mark > self.stored, "{mark} after {}", self.stored);
                self.stored = mark;
                let wanted = self.marks[&mark];
                assert!(self.store.reached.iter().any(|reached| *reached >= wanted), "{wanted:?} is not in the log");
                let is_kept = |number: u64| self.store.kept.contains(&number.to_le_bytes().to_vec());
                assert!((1..=mark).all(is_kept), "not all up to {mark} is kept");
            }
            Move::Keyframe => self.keyframe(false, 0),
            Move::Restart(epoch) => {
                self.keyframe(true, epoch.0);
            }
            Move::Fenced => {
                assert!(self.store.is_stolen, "fenced, and nobody else is the owner");
                self.is_over = true;
            }
        }
    }

    /// The store answers everything from now on.
    fn heal(&mut self) {
        for _ in 0..40 {
            while !self.open.is_empty() {
                self.happen(&Event::Answer(0));
            }
            self.happen(&Event::Wait(300));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_shown_out_of_order_and_nothing_acknowledged_is_lost(events in vec(event(), 1..60)) {
        let mut world = World::new();
        events.iter().for_each(|event| world.happen(event));
        world.heal();
        let log = world.store.log.iter().flat_map(|(_, append)| &append.news);
        let mut reader = Reader::default();
        log.for_each(|news| reader.take(news));
        prop_assert_eq!(reader.0, world.at, "the log is whole again");
        prop_assert_eq!(world.shown.0, world.at, "and so is what agents here see");
        prop_assert_eq!(world.stored, world.applied);
        prop_assert!(world.journal.is_sure());
    }

    #[test]
    fn who_is_fenced_shows_nothing_more(before in vec(event(), 1..30), after in vec(event(), 1..30)) {
        let mut world = World::new();
        before.iter().for_each(|event| world.happen(event));
        world.happen(&Event::Steal);
        after.iter().for_each(|event| world.happen(event));
        world.heal();
        prop_assert!(world.is_over);
        prop_assert_eq!(world.journal.pending_bytes(), 0);
    }
}
