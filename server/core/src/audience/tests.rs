//! The agents' side of a node that hears the owner's news late, twice, not at all, or in another order.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::feed::IN_VAIN_MAX;
use super::{Audience, Position, Turn};
use crate::access::{Privilege, PrivilegeSet, Rights, Sites};
use crate::ids::{AgentKey, Epoch, Seq, SessionId};
use crate::limits::Limits;
use crate::session::{AgentProfile, CloseCode, CustomerFacts, EndReason, Facts, News, Now, Person, State};

/// What a frame of the owner's tells, without its events.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Frame {
    Events { epoch: Epoch, first: Seq, last: Seq },
    Keyframe(Position),
}

/// What one agent's page knows, and that it never knew more before.
#[derive(Debug, Default)]
struct Viewer {
    at: Option<Position>,
    has_left: bool,
}

impl Viewer {
    fn hear(&mut self, frame: Frame) {
        match frame {
            Frame::Keyframe(at) => {
                assert!(self.at <= Some(at), "from {:?} back to {at:?}", self.at);
                self.at = Some(at);
            }
            Frame::Events { epoch, first, last } => {
                let (known, seq) = self.at.expect("a page before its events");
                assert_eq!((known, seq.0 + 1), (epoch, first.0), "an event is missing, or comes twice");
                self.at = Some((epoch, last));
            }
        }
    }
}

/// One node with agents, and all that the owner has told so far.
struct Node {
    audience: Audience<Frame>,
    viewers: BTreeMap<AgentKey, Viewer>,
    log: Vec<News<Frame>>,
    /// The world was asked for the page and has not answered yet.
    owes_page: bool,
}

fn audience() -> Audience<Frame> {
    let limits = Arc::new(Limits { agents: 3, ..Limits::default() });
    let facts = Arc::new(Facts::new(Now(5), CustomerFacts::default()));
    Audience::new(SessionId::new("s1").unwrap(), "shop".into(), limits, facts, |_| 20_000)
}

fn agent(key: u64, joined: bool) -> AgentProfile {
    let privilege = if joined { Privilege::SessionJoin } else { Privilege::SessionMonitor };
    let rights = Rights { privileges: PrivilegeSet::default().with(privilege), sites: Sites::All, session: None };
    AgentProfile { key: AgentKey(key), name: format!("agent {key}"), rights, joined }
}

impl Node {
    fn new() -> Self {
        Self { audience: audience(), viewers: BTreeMap::new(), log: Vec::new(), owes_page: false }
    }

    fn take_turns(&mut self, turns: Vec<Turn<Frame>>) {
        for turn in turns {
            match turn {
                Turn::Pass(keys, frame) => keys.iter().for_each(|key| {
                    let viewer = self.viewers.get_mut(key).expect("handed to nobody");
                    assert!(!viewer.has_left, "handed to who has left");
                    viewer.hear(frame);
                }),
                Turn::WantPage => {
                    assert!(!self.owes_page, "asked twice");
                    self.owes_page = true;
                }
                Turn::Tell(..) | Turn::PeopleChanged => {}
                Turn::Close(..) | Turn::Ask(_) => panic!("{turn:?}"),
            }
        }
    }

    fn hear(&mut self, news: News<Frame>) {
        let turns = self.audience.take(news);
        self.take_turns(turns);
    }

    /// The last keyframe of the log up to an entry, and all that follows it up to another.
    fn answer(&mut self, up_to: usize) {
        let log = &self.log[..up_to];
        let start = log.iter().rposition(|news| matches!(news, News::Keyframe { .. }));
        let page = start.map_or(Vec::new(), |start| log[start..].to_vec());
        self.owes_page = false;
        let turns = self.audience.page(page);
        self.take_turns(turns);
    }

    fn comes(&mut self, key: u64, resumes: bool) {
        let key = AgentKey(key % 3);
        let had = self.viewers.get(&key).and_then(|viewer| viewer.at).filter(|_| resumes);
        let turns = self.audience.left(key);
        self.take_turns(turns);
        self.viewers.insert(key, Viewer { at: had, has_left: false });
        let turns = self.audience.joined(agent(key.0, true));
        self.take_turns(turns);
        let resume = had.map(|(epoch, seq)| json!({ "epoch": epoch, "seq": seq }));
        let turns = self.audience.frame(Now(9), key, json!({ "t": "hello", "resume": resume }).to_string().as_bytes());
        self.take_turns(turns);
    }

    fn leaves(&mut self, key: u64) {
        let key = AgentKey(key % 3);
        let turns = self.audience.left(key);
        self.take_turns(turns);
        if let Some(viewer) = self.viewers.get_mut(&key) {
            viewer.has_left = true;
        }
    }

    fn lags(&mut self, key: u64) {
        let key = AgentKey(key % 3);
        if let Some(viewer) = self.viewers.get_mut(&key) {
            // Nobody knows how much of it she got: she begins anew.
            viewer.at = None;
        }
        let turns = self.audience.lagging(key);
        self.take_turns(turns);
    }
}

/// What the owner does.
#[derive(Debug, Clone)]
enum Deed {
    Events(u64),
    NewPage,
    Keyframe,
    /// Another owner, which leaves numbers out.
    Claim(u64),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => (1..4u64).prop_map(Deed::Events),
        1 => Just(Deed::NewPage),
        1 => Just(Deed::Keyframe),
        1 => (0..100u64).prop_map(Deed::Claim),
    ]
}

/// All that the owner tells by these deeds, in order.
fn told(deeds: &[Deed]) -> Vec<News<Frame>> {
    let (mut epoch, mut seq) = (Epoch(1), Seq(0));
    let mut log = Vec::new();
    let keyframe = |epoch, seq, for_all| News::Keyframe { epoch, seq, for_all, frame: Frame::Keyframe((epoch, seq)) };
    for deed in [Deed::NewPage].iter().chain(deeds) {
        log.push(match deed {
            Deed::Events(count) => {
                let (first, last) = (Seq(seq.0 + 1), Seq(seq.0 + count));
                seq = last;
                News::Events { epoch, first, last, frame: Frame::Events { epoch, first, last } }
            }
            Deed::Keyframe => keyframe(epoch, seq, false),
            Deed::NewPage | Deed::Claim(_) => {
                let gap = if let Deed::Claim(gap) = deed { *gap } else { 0 };
                (epoch, seq) = (Epoch(epoch.0 + 1), Seq(seq.0 + 1 + gap));
                keyframe(epoch, seq, true)
            }
        });
    }
    log
}

/// What happens at a node with agents.
#[derive(Debug, Clone)]
enum Event {
    /// The next news come.
    Next,
    /// The next news are lost.
    Lost,
    /// News from before come again, or those that were lost come late.
    Again(usize),
    /// The page comes that was asked for, as it was so many entries ago.
    Page(usize),
    Comes(u64, bool),
    Leaves(u64),
    Lags(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => Just(Event::Next),
        2 => Just(Event::Lost),
        2 => (0..8usize).prop_map(Event::Again),
        3 => (0..4usize).prop_map(Event::Page),
        3 => (0..3u64, any::<bool>()).prop_map(|(key, resumes)| Event::Comes(key, resumes)),
        1 => (0..3u64).prop_map(Event::Leaves),
        1 => (0..3u64).prop_map(Event::Lags),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever is lost, repeated, reordered or late: no agent gets a number twice or out of order, and all end with the
    /// owner's last state.
    #[test]
    fn agents_see_the_owners_order_or_the_whole_page(
        deeds in prop::collection::vec(deed(), 1..30),
        events in prop::collection::vec(event(), 1..80),
    ) {
        let all = told(&deeds);
        let mut node = Node::new();
        let mut coming = all.iter().cloned();
        for event in events {
            match event {
                Event::Next | Event::Lost => {
                    let Some(news) = coming.next() else { continue };
                    node.log.push(news.clone());
                    if matches!(event, Event::Next) {
                        node.hear(news);
                    }
                }
                Event::Again(back) => {
                    if let Some(news) = node.log.iter().rev().nth(back).cloned() {
                        node.hear(news);
                    }
                }
                Event::Page(back) if node.owes_page => node.answer(node.log.len().saturating_sub(back)),
                Event::Page(_) => {}
                Event::Comes(key, resumes) => node.comes(key, resumes),
                Event::Leaves(key) => node.leaves(key),
                Event::Lags(key) => node.lags(key),
            }
        }
        for news in coming {
            node.log.push(news.clone());
            node.hear(news);
        }
        // A node reads the log to its end: it may have missed what came before, but not that it did.
        node.hear(node.log.last().cloned().expect("a page at least"));
        if node.owes_page || node.audience.wants_page() {
            node.answer(node.log.len());
        }
        let last = match all.last() {
            Some(News::Events { epoch, last, .. }) => Some((*epoch, *last)),
            Some(News::Keyframe { epoch, seq, .. }) => Some((*epoch, *seq)),
            other => panic!("{other:?}"),
        };
        prop_assert!(!node.audience.wants_page() && !node.owes_page);
        for viewer in node.viewers.values().filter(|viewer| !viewer.has_left) {
            prop_assert_eq!(viewer.at, last);
        }
    }
}

fn news(epoch: u64, first: u64, last: u64) -> News<Frame> {
    let (epoch, first, last) = (Epoch(epoch), Seq(first), Seq(last));
    News::Events { epoch, first, last, frame: Frame::Events { epoch, first, last } }
}

fn keyframe(epoch: u64, seq: u64) -> News<Frame> {
    let at = (Epoch(epoch), Seq(seq));
    News::Keyframe { epoch: at.0, seq: at.1, for_all: true, frame: Frame::Keyframe(at) }
}

fn passed(turns: &[Turn<Frame>]) -> Vec<Frame> {
    let frame = |turn: &Turn<Frame>| if let Turn::Pass(_, frame) = turn { Some(*frame) } else { None };
    turns.iter().filter_map(frame).collect()
}

#[test]
fn an_agent_who_comes_back_gets_what_she_missed_by_the_same_frames() {
    let mut node = Node::new();
    node.hear(keyframe(2, 1));
    for at in 1..=20 {
        node.hear(news(2, at + 1, at + 1));
    }
    for (had, frames) in [((2, 21), 0), ((2, 18), 3), ((2, 10), 11)] {
        node.viewers.insert(AgentKey(1), Viewer { at: Some((Epoch(had.0), Seq(had.1))), has_left: false });
        let turns = node.audience.joined(agent(1, true));
        node.take_turns(turns);
        let hello = json!({ "t": "hello", "resume": { "epoch": had.0, "seq": had.1 } });
        let turns = node.audience.frame(Now(9), AgentKey(1), hello.to_string().as_bytes());
        assert_eq!(passed(&turns).len(), frames, "{had:?}");
        node.take_turns(turns);
        assert!(!node.owes_page, "{had:?}");
        node.leaves(1);
    }
    // Too old for what is kept; of an earlier epoch.
    for had in [(2, 5), (2, 0), (1, 20)] {
        let mut node = Node::new();
        node.hear(keyframe(2, 1));
        (1..=20).for_each(|at| node.hear(news(2, at + 1, at + 1)));
        node.viewers.insert(AgentKey(1), Viewer::default());
        let turns = node.audience.joined(agent(1, true));
        node.take_turns(turns);
        let hello = json!({ "t": "hello", "resume": { "epoch": had.0, "seq": had.1 } });
        let turns = node.audience.frame(Now(9), AgentKey(1), hello.to_string().as_bytes());
        assert_eq!(turns.last(), Some(&Turn::WantPage), "{had:?}");
        let turns = node.audience.page(vec![keyframe(2, 21)]);
        assert_eq!(passed(&turns), [Frame::Keyframe((Epoch(2), Seq(21)))], "{had:?}");
    }
}

#[test]
fn nothing_goes_back_for_an_agent_who_has_seen_more_than_this_node() {
    let hello = |node: &mut Node, epoch: u64, seq: u64| {
        node.viewers.insert(AgentKey(1), Viewer { at: Some((Epoch(epoch), Seq(seq))), has_left: false });
        let turns = node.audience.joined(agent(1, true));
        node.take_turns(turns);
        let hello = json!({ "t": "hello", "resume": { "epoch": epoch, "seq": seq } });
        node.audience.frame(Now(9), AgentKey(1), hello.to_string().as_bytes())
    };
    for (epoch, seq) in [(2, 22), (2, 23), (3, 21), (u64::MAX, u64::MAX)] {
        let mut node = Node::new();
        node.hear(keyframe(2, 1));
        (1..=20).for_each(|at| node.hear(news(2, at + 1, at + 1)));
        let turns = hello(&mut node, epoch, seq);
        assert_eq!((passed(&turns), turns.last()), (Vec::new(), Some(&Turn::WantPage)), "{epoch}, {seq}");
        for _ in 0..IN_VAIN_MAX {
            assert_eq!(passed(&node.audience.page(Vec::new())), [], "a store that has nothing to say");
            assert_eq!(passed(&node.audience.page(vec![keyframe(2, 21)])), [], "{epoch}, {seq}");
            assert!(node.audience.wants_page(), "{epoch}, {seq}");
        }
        // What she saw is lost, or was never there.
        let turns = node.audience.page(vec![keyframe(2, 21)]);
        assert_eq!(passed(&turns), [Frame::Keyframe((Epoch(2), Seq(21)))], "{epoch}, {seq}");
    }
    // The node hears of what she has: she goes on from there.
    let mut node = Node::new();
    node.hear(keyframe(2, 1));
    let turns = hello(&mut node, 2, 3);
    node.take_turns(turns);
    node.log = vec![keyframe(2, 1), news(2, 2, 2), news(2, 3, 3)];
    (2..=3).for_each(|at| node.hear(news(2, at, at)));
    assert!(node.owes_page);
    node.answer(3);
    node.hear(news(2, 4, 4));
    assert_eq!(node.viewers[&AgentKey(1)].at, Some((Epoch(2), Seq(4))));
    // Or of a new epoch.
    let mut node = Node::new();
    node.hear(keyframe(2, 1));
    let turns = hello(&mut node, 2, 3);
    node.take_turns(turns);
    node.hear(keyframe(3, 9));
    assert_eq!(node.viewers[&AgentKey(1)].at, Some((Epoch(3), Seq(9))));
}

/// The first message of a kind, and to whom.
fn told_first(turns: &[Turn<Frame>], kind: &str) -> Option<(Vec<AgentKey>, Value)> {
    turns.iter().find_map(|turn| match turn {
        Turn::Tell(keys, frame) => {
            let message: Value = serde_json::from_str(frame.get()).unwrap();
            (message["t"] == kind).then(|| (keys.to_vec(), message))
        }
        _ => None,
    })
}

#[test]
fn agents_are_told_what_is_another_than_before_and_nothing_else() {
    let mut audience = audience();
    audience.joined(agent(1, true));
    let facts = Facts {
        state: State::Live,
        people: vec![Person { key: AgentKey(7), name: "Ben".into(), joined: false }],
        ..Facts::clone(audience.facts())
    };
    let turns = audience.take(News::Facts(Arc::new(facts.clone())));
    let (to, message) = told_first(&turns, "participants").unwrap();
    assert_eq!((to, turns.len()), (vec![AgentKey(1)], 1));
    assert_eq!(message["participants"], json!([{ "name": "Ben", "role": "supervisor" }]));
    assert_eq!(message["state"], "live");
    assert_eq!(audience.take(News::Facts(Arc::new(facts))), []);
    let turns = audience.stalled(true);
    assert_eq!(told_first(&turns, "participants").unwrap().1["state"], "stalled");
    assert_eq!(audience.stalled(true), []);
    let turns = audience.joined(agent(2, true));
    assert_eq!(told_first(&turns, "welcome").unwrap().1["state"], "stalled");
}

#[test]
fn places_are_counted_over_all_nodes() {
    let mut audience = audience();
    let elsewhere = [(11, true), (12, true), (13, false)];
    let people = elsewhere.map(|(key, joined)| Person { key: AgentKey(key), name: "Eve".into(), joined }).to_vec();
    audience.take(News::Facts(Arc::new(Facts { people, ..Facts::clone(audience.facts()) })));
    assert_eq!(told_first(&audience.joined(agent(1, true)), "welcome").map(|(to, _)| to), Some(vec![AgentKey(1)]));
    assert_eq!(audience.joined(agent(2, true)), [Turn::Close(AgentKey(2), CloseCode::OverLimit)]);
    for key in [3, 4] {
        assert!(told_first(&audience.joined(agent(key, false)), "welcome").is_some(), "who watches takes no place");
    }
    assert_eq!(audience.joined(agent(5, false)), [Turn::Close(AgentKey(5), CloseCode::OverLimit)]);
}

#[test]
fn an_end_is_told_and_final() {
    let mut audience = audience();
    audience.joined(agent(1, true));
    let turns = audience.take(News::Ended(EndReason::Customer));
    assert_eq!(told_first(&turns, "ended").unwrap().1["reason"], "customer");
    assert_eq!(turns.last(), Some(&Turn::Close(AgentKey(1), CloseCode::Ended)));
    assert_eq!(audience.take(keyframe(2, 1)), []);
    assert_eq!(audience.joined(agent(2, true)), [Turn::Close(AgentKey(2), CloseCode::Ended)]);
    assert!(audience.people().is_empty());
}
