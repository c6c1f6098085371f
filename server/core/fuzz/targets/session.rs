//! A customer and some agents, whatever they say and in whatever order: numbers rise, bounds hold, nobody gets what is
//! not hers.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use url::Url;
use vitrine_core::access::{Privilege, PrivilegeSet, Rights, Sites};
use vitrine_core::asset::{EarlyFetch, Opener};
use vitrine_core::audience::{Audience, Turn};
use vitrine_core::ids::{AgentKey, Epoch, Seq};
use vitrine_core::mirror::Mirror;
use vitrine_core::session::{
    AgentFrame, AgentProfile, EndReason, JoinCode, News, Now, Restored, Session, Setup, Step, Timing,
};
use vitrine_core_fuzz::bytes::Bytes;
use vitrine_core_fuzz::judge::require_safe_events;
use vitrine_core_fuzz::page;
use vitrine_core_fuzz::world::{domains, key, limits, sealer, session, shared_limits, shared_policy};

const STEPS_MAX: usize = 40;
/// One more than may come in.
const AGENTS: u32 = 4;
/// A snapshot is asked for at most this often.
const SNAPSHOT_EVERY_MS: u64 = 5_000;

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes::new(data);
    let mut run = Run::new(bytes.once_in(2));
    for _ in 0..STEPS_MAX {
        if bytes.is_empty() {
            break;
        }
        run.step(&mut bytes);
        run.require_end_for_all();
    }
    run.act(|session, now| session.end(now, EndReason::Shutdown));
    run.require_end_for_all();
});

/// What one agent knows.
#[derive(Default)]
struct Agent {
    epoch: u64,
    /// The number of the last event that she has; none before her first keyframe.
    seq: Option<u64>,
    at_ms: u64,
    /// All that she got since her last keyframe, that included.
    events: Vec<String>,
}

struct Run {
    session: Session,
    audience: Audience<AgentFrame>,
    /// What the session's log has of it for its next owner; `None`: there is no log.
    kept: Option<Vec<Vec<u8>>>,
    now: Now,
    is_attached: bool,
    /// Of the present instance.
    frames: u64,
    asked_at_ms: Option<u64>,
    /// The highest generation that was sent to anybody, and the highest number.
    epoch: u64,
    seq: u64,
    agents: BTreeMap<u64, Agent>,
    is_ended: bool,
    /// The events are made against no page: ids fit now and then, which is what an untrue customer would do.
    nothing: Mirror,
}

impl Run {
    fn new(has_log: bool) -> Self {
        let now = Now(1_000_000);
        let session = Session::new(setup(has_log), now);
        let bytes = |frame: &AgentFrame| frame.get().len();
        Self {
            audience: Audience::new(
                vitrine_core_fuzz::world::session(),
                "shop".into(),
                shared_limits(),
                session.facts(),
                bytes,
            ),
            session,
            kept: has_log.then(Vec::new),
            now,
            is_attached: false,
            frames: 0,
            asked_at_ms: None,
            epoch: 0,
            seq: 0,
            agents: BTreeMap::new(),
            is_ended: false,
            nothing: Mirror::new(&limits(), 0),
        }
    }

    fn step(&mut self, bytes: &mut Bytes<'_>) {
        self.now.0 += bytes.one(&[0, 1, 20, 300, 5_000]);
        match bytes.below(16) {
            0 if !self.is_attached => self.attach(bytes),
            0 => self.detach(),
            1..=6 => {
                let frame = self.events_frame(bytes);
                self.customer(&frame);
            }
            7 => {
                let words =
                    bytes.one(&[r#"{"t":"pause"}"#, r#"{"t":"consent"}"#, r#"{"t":"result"}"#, r#"{"t":"hello"}"#]);
                self.customer(words.as_bytes());
            }
            8 => {
                let words = bytes.text();
                self.customer(words.as_bytes());
            }
            9 | 10 => self.join(bytes),
            11 | 12 => self.agent_speaks(bytes),
            13 => self.wait(bytes.one(&[250, 2_000, 5_000, 60_000])),
            14 => {
                let key = AgentKey(u64::from(bytes.below(AGENTS)));
                if let Some(agent) = self.agents.get_mut(&key.0) {
                    agent.seq = None;
                }
                self.hear(|audience, _| audience.lagging(key));
            }
            _ => self.seldom(bytes),
        }
    }

    fn seldom(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.below(6) {
            4 => self.act(|session, now| session.renew(now, Epoch(0))),
            5 => self.move_on(),
            0 => self.leave(u64::from(bytes.below(AGENTS))),
            1 => {
                let code = JoinCode { code: "123456789".into(), expires_at: Now(self.now.0 + 5) };
                self.act(|session, now| session.set_join_code(now, Some(code)));
            }
            2 => self.wait(700_000),
            _ => self.customer(br#"{"t":"end"}"#),
        }
    }

    fn attach(&mut self, bytes: &mut Bytes<'_>) {
        self.act(|session, now| session.customer_attached(now));
        self.is_attached = true;
        // What was asked for on another connection is not coming.
        self.asked_at_ms = None;
        let instance = bytes.one(&["one", "two", "three", ""]);
        let resume = bytes
            .one(&[json!(null), json!({"seq": 3, "epoch": 7}), json!({"seq": 0, "epoch": u64::MAX})].each_ref())
            .clone();
        let hello = json!({"t": "hello", "page": {"url": "https://shop.example/", "title": "", "tab": "t", "instance": instance},
            "snippet": "1", "features": [], "resume": resume});
        self.customer(hello.to_string().as_bytes());
    }

    fn detach(&mut self) {
        self.is_attached = false;
        self.act(|session, now| session.customer_detached(now));
    }

    fn events_frame(&mut self, bytes: &mut Bytes<'_>) -> Vec<u8> {
        let step = bytes.one(&[1, 1, 1, 1, 1, 1, 0, 2]);
        self.frames += step;
        let events: Vec<Value> = match bytes.below(4) {
            0 => page::load(bytes).to_vec(),
            _ => (0..=bytes.below(3)).map(|_| page::event(bytes, &self.nothing)).collect(),
        };
        json!({"t": "events", "seq": self.frames, "events": events}).to_string().into_bytes()
    }

    fn customer(&mut self, frame: &[u8]) {
        if self.is_attached {
            self.act(|session, now| session.customer_frame(now, frame));
        }
    }

    fn join(&mut self, bytes: &mut Bytes<'_>) {
        let key = u64::from(bytes.below(AGENTS));
        if self.agents.contains_key(&key) || self.is_ended {
            return;
        }
        let joins = PrivilegeSet::default().with(Privilege::SessionJoin);
        let privileges = if bytes.once_in(4) { joins.with(Privilege::SessionEnd) } else { joins };
        let rights = Rights { privileges, sites: Sites::All, session: None };
        self.agents.insert(key, Agent::default());
        let profile = AgentProfile { key: AgentKey(key), name: "Ann".into(), rights, joined: true };
        self.hear(|audience, _| audience.joined(profile));
        assert!(self.agents.len() <= limits().agents, "more agents than may be");
        let hello = json!({"t": "hello", "features": []});
        if !bytes.once_in(6) {
            self.agent(key, hello.to_string().as_bytes());
        }
    }

    fn agent_speaks(&mut self, bytes: &mut Bytes<'_>) {
        let key = u64::from(bytes.below(AGENTS));
        let known = self.agents.get(&key).map_or((0, 0), |agent| (agent.epoch, agent.seq.unwrap_or(0)));
        let message = match bytes.below(7) {
            0 => json!({"t": "hello", "resume": {"epoch": known.0, "seq": known.1}}),
            1 => json!({"t": "hello", "resume": {"epoch": bytes.any(), "seq": bytes.any()}}),
            2 => json!({"t": "ping", "sent": 5.25}),
            3 => json!({"t": "command", "id": bytes.any(), "kind": "click"}),
            4 => json!({"t": "request-mode"}),
            5 => json!({"t": "end"}),
            _ => json!(bytes.text()),
        };
        if message["resume"]["epoch"] != json!(known.0) || message["resume"]["seq"] != json!(known.1) {
            // She said that she has another state than she has: what comes next is for that one.
            if let Some(agent) = self.agents.get_mut(&key).filter(|_| message["t"] == "hello") {
                agent.seq = None;
            }
        }
        self.agent(key, message.to_string().as_bytes());
    }

    fn agent(&mut self, key: u64, frame: &[u8]) {
        self.hear(|audience, now| audience.frame(now, AgentKey(key), frame));
    }

    fn leave(&mut self, key: u64) {
        if self.agents.remove(&key).is_some() {
            self.hear(|audience, _| audience.left(AgentKey(key)));
        }
    }

    fn wait(&mut self, ms: u64) {
        self.now.0 += ms;
        self.act(|session, now| session.handle_timeout(now));
        let due = self.session.poll_timeout();
        assert!(due.is_none_or(|due| due > self.now), "it would be called again at once, for ever");
    }

    /// The session goes on at another node, with what its log has, and its customer comes there.
    fn move_on(&mut self) {
        let Some(kept) = self.kept.as_ref().filter(|_| !self.is_ended) else { return };
        let kept: Vec<&[u8]> = kept.iter().map(Vec::as_slice).collect();
        let facts = self.session.facts();
        let restored = Restored {
            people: &facts.people,
            epoch: Epoch(facts.epoch.0.max(self.epoch) + 1),
            seq: Seq(self.seq + 65_536),
            started_at: Now(1_000_000),
            kept: &kept,
        };
        self.session = Session::restore(setup(true), restored, self.now).expect("our own bytes");
        self.is_attached = false;
        self.asked_at_ms = None;
        let people = self.audience.people();
        self.act(|session, now| session.people(now, 1, people));
    }

    /// Lets the session do one thing, and does what it asks for as the world would.
    fn act(&mut self, thing: impl FnOnce(&mut Session, Now) -> Vec<Step>) {
        let steps = thing(&mut self.session, self.now);
        self.carry_out(steps);
    }

    fn carry_out(&mut self, steps: Vec<Step>) {
        assert!(steps.is_empty() || !self.is_ended, "after the end: {steps:?}");
        if let Some(kept) = &mut self.kept {
            kept.push(self.session.kept());
            kept.retain(|text| !text.is_empty());
            self.session.stored(self.session.applied());
        }
        let mut is_closed = false;
        for step in steps {
            match step {
                Step::ToCustomer(text) => self.hear_customer(&text),
                Step::Publish(News::Early(tokens)) => assert!(self.kept.is_some() && !tokens.is_empty()),
                Step::Publish(news) => self.hear(|audience, _| audience.take(news)),
                Step::CloseCustomer(_) => is_closed = true,
                Step::Ended(_) => self.is_ended = true,
                Step::FetchEarly(assets) => require_listed(&assets),
                Step::AttributesDropped(count) => assert!(count > 0, "nothing is no news"),
                Step::NewJoinCode => panic!("nobody used one"),
            }
        }
        if is_closed && self.is_attached {
            self.detach();
        }
    }

    /// Lets the agents' side do one thing, and does what it asks for.
    fn hear(&mut self, thing: impl FnOnce(&mut Audience<AgentFrame>, Now) -> Vec<Turn<AgentFrame>>) {
        let turns = thing(&mut self.audience, self.now);
        self.take_turns(turns);
    }

    fn take_turns(&mut self, turns: Vec<Turn<AgentFrame>>) {
        let mut gone = Vec::new();
        for turn in turns {
            match turn {
                Turn::Tell(keys, frame) | Turn::Pass(keys, frame) => {
                    keys.iter().for_each(|key| self.hear_agent(*key, frame.get()));
                }
                Turn::Close(key, _) => gone.push(key.0),
                Turn::Ask(ask) => self.act(|session, now| session.ask(now, ask)),
                Turn::PeopleChanged => {
                    let people = self.audience.people();
                    self.act(|session, now| session.people(now, 1, people));
                }
                Turn::WantPage => self.show_page(),
            }
        }
        gone.into_iter().for_each(|key| self.leave(key));
    }

    fn show_page(&mut self) {
        let mut page = Vec::new();
        for step in self.session.keyframe(self.now) {
            match step {
                Step::Publish(news @ News::Keyframe { .. }) => page.push(news),
                before => self.carry_out(vec![before]),
            }
        }
        self.hear(|audience, _| audience.page(page));
    }

    fn require_end_for_all(&self) {
        if self.is_ended {
            assert_eq!(self.session.poll_timeout(), None, "an ended session waits for nothing");
            assert!(self.audience.people().is_empty() && self.agents.is_empty(), "nobody is left in it");
        }
    }

    fn hear_customer(&mut self, text: &str) {
        assert!(self.is_attached, "said to nobody: {text}");
        let message: Value = serde_json::from_str(text).expect("our own JSON");
        match message["t"].as_str() {
            Some("welcome") => self.frames = message["applied"].as_u64().expect("a number"),
            Some("snapshot") => {
                let since = self.asked_at_ms.map_or(u64::MAX, |asked| self.now.0 - asked);
                assert!(since >= SNAPSHOT_EVERY_MS, "asked for a page again after {since} ms");
                self.asked_at_ms = Some(self.now.0);
            }
            Some("ack") => {
                assert!(message["applied"].as_u64() <= Some(self.frames), "more applied than sent");
                assert!(message["stored"].as_u64() <= message["applied"].as_u64(), "more stored than applied");
            }
            Some("participants" | "ended") => {}
            other => panic!("a message of no kind: {other:?}"),
        }
    }

    fn hear_agent(&mut self, key: AgentKey, text: &str) {
        let message: Value = serde_json::from_str(text).expect("our own JSON");
        let agent = self.agents.get_mut(&key.0).unwrap_or_else(|| panic!("said to nobody: {text}"));
        let kind = message["t"].as_str().expect("a kind");
        if !matches!(kind, "keyframe" | "events") {
            let kinds = ["welcome", "customer", "participants", "report", "pong", "result", "ended"];
            return assert!(kinds.contains(&kind), "a message of no kind: {text}");
        }
        let (epoch, seq) = (message["epoch"].as_u64().expect("a number"), message["seq"].as_u64().expect("a number"));
        let events = message["events"].as_array().expect("a list");
        assert!(epoch >= self.epoch, "a generation falls");
        self.epoch = epoch;
        if kind == "keyframe" {
            assert!(agent.seq.is_none_or(|known| seq >= known), "numbers fall");
            agent.events.clear();
            agent.at_ms = 0;
            agent.seq = Some(seq);
        } else {
            match agent.seq {
                Some(known) => assert_eq!((seq, epoch), (known + 1, agent.epoch), "an event is missing or comes twice"),
                None => agent.events.clear(),
            }
            agent.seq = Some(seq + events.len() as u64 - 1);
        }
        self.seq = self.seq.max(agent.seq.unwrap_or_default());
        agent.epoch = epoch;
        for event in events {
            let at_ms = event["timestamp"].as_u64().expect("a time");
            assert!(at_ms >= agent.at_ms && at_ms <= self.now.0, "time falls, or is to come");
            agent.at_ms = at_ms;
            agent.events.push(event.to_string());
        }
        if agent.events.first().is_some_and(|event| event.contains("\"type\":4")) {
            require_safe_events(&agent.events);
        }
    }
}

fn setup(has_log: bool) -> Setup {
    Setup {
        id: session(),
        site: "shop".into(),
        policy: shared_policy(false),
        limits: shared_limits(),
        timing: Timing { idle_timeout_ms: 600_000, max_duration_ms: 3_600_000, reconnect_timeout_ms: 60_000 },
        sealer: sealer(),
        opener: std::sync::Arc::new(Opener::new(&[key()])),
        seed: 9,
        join_code: None,
        show_supervisors: true,
        contact: std::sync::Arc::default(),
        identity: None,
        has_log,
    }
}

/// What is fetched early comes from listed hosts too.
fn require_listed(assets: &[EarlyFetch]) {
    for asset in assets {
        let url = Url::parse(&asset.url).expect("an address");
        assert!(domains().allows(&url), "{url}");
    }
}
