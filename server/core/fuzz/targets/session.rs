//! A customer and some agents, whatever they say and in whatever order: numbers rise, bounds hold, nobody gets what is
//! not hers.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use url::Url;
use vitrine_core::access::{Privilege, PrivilegeSet, Rights, Sites};
use vitrine_core::asset::EarlyFetch;
use vitrine_core::ids::AgentKey;
use vitrine_core::mirror::Mirror;
use vitrine_core::session::{AgentProfile, EndReason, JoinCode, Now, Session, Setup, Step, Timing};
use vitrine_core_fuzz::bytes::Bytes;
use vitrine_core_fuzz::judge::require_safe_events;
use vitrine_core_fuzz::page;
use vitrine_core_fuzz::world::{domains, limits, sealer, session, shared_limits, shared_policy};

const STEPS_MAX: usize = 40;
/// One more than may come in.
const AGENTS: u32 = 4;
/// A snapshot is asked for at most this often.
const SNAPSHOT_EVERY_MS: u64 = 5_000;

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes::new(data);
    let mut run = Run::new();
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
    now: Now,
    is_attached: bool,
    /// Of the present instance.
    frames: u64,
    asked_at_ms: Option<u64>,
    /// The highest generation that was sent to anybody.
    epoch: u64,
    agents: BTreeMap<u64, Agent>,
    is_ended: bool,
    /// The events are made against no page: ids fit now and then, which is what an untrue customer would do.
    nothing: Mirror,
}

impl Run {
    fn new() -> Self {
        let setup = Setup {
            id: session(),
            site: "shop".into(),
            policy: shared_policy(false),
            limits: shared_limits(),
            timing: Timing { idle_timeout_ms: 600_000, max_duration_ms: 3_600_000, reconnect_timeout_ms: 60_000 },
            sealer: sealer(),
            seed: 9,
            join_code: None,
            show_supervisors: true,
            contact: std::sync::Arc::default(),
            identity: None,
        };
        let now = Now(1_000_000);
        Self {
            session: Session::new(setup, now),
            now,
            is_attached: false,
            frames: 0,
            asked_at_ms: None,
            epoch: 0,
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
                self.act(|session, now| session.agent_lagging(now, key));
            }
            _ => self.seldom(bytes),
        }
    }

    fn seldom(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.below(4) {
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
        self.act(|session, now| {
            session.agent_joined(now, AgentProfile { key: AgentKey(key), name: "Ann".into(), rights, joined: true })
        });
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
        self.act(|session, now| session.agent_frame(now, AgentKey(key), frame));
    }

    fn leave(&mut self, key: u64) {
        if self.agents.remove(&key).is_some() {
            self.act(|session, now| session.agent_left(now, AgentKey(key)));
        }
    }

    fn wait(&mut self, ms: u64) {
        self.now.0 += ms;
        self.act(|session, now| session.handle_timeout(now));
        let due = self.session.poll_timeout();
        assert!(due.is_none_or(|due| due > self.now), "it would be called again at once, for ever");
    }

    /// Lets the session do one thing, and does what it asks for as the world would.
    fn act(&mut self, thing: impl FnOnce(&mut Session, Now) -> Vec<Step>) {
        let steps = thing(&mut self.session, self.now);
        let is_quiet = steps.is_empty() || matches!(steps[..], [Step::CloseAgent(..)]);
        assert!(is_quiet || !self.is_ended, "after the end: {steps:?}");
        let mut gone = Vec::new();
        let mut is_closed = false;
        for step in steps {
            match step {
                Step::ToCustomer(text) => self.hear_customer(&text),
                Step::ToAgent(key, frame) => self.hear_agent(key, frame.get()),
                Step::ToAgents(keys, frame) => keys.iter().for_each(|key| self.hear_agent(*key, frame.get())),
                Step::CloseCustomer(_) => is_closed = true,
                Step::CloseAgent(key, _) => gone.push(key.0),
                Step::Ended(_) => self.is_ended = true,
                Step::FetchEarly(assets) => require_listed(&assets),
                Step::AttributesDropped(count) => assert!(count > 0, "nothing is no news"),
            }
        }
        if is_closed && self.is_attached {
            self.detach();
        }
        gone.into_iter().for_each(|key| self.leave(key));
    }

    fn require_end_for_all(&self) {
        if self.is_ended {
            assert_eq!(self.session.poll_timeout(), None, "an ended session waits for nothing");
            assert!(self.session.summary().agents.is_empty() && self.agents.is_empty(), "nobody is left in it");
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
            Some("ack") => assert!(message["applied"].as_u64() <= Some(self.frames), "more applied than sent"),
            Some("participants" | "ended") => {}
            other => panic!("a message of no kind: {other:?}"),
        }
    }

    fn hear_agent(&mut self, key: AgentKey, text: &str) {
        let message: Value = serde_json::from_str(text).expect("our own JSON");
        let agent = self.agents.get_mut(&key.0).unwrap_or_else(|| panic!("said to nobody: {text}"));
        let kind = message["t"].as_str().expect("a kind");
        if !matches!(kind, "keyframe" | "events") {
            let kinds = ["welcome", "participants", "report", "pong", "result", "ended"];
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

/// What is fetched early comes from listed hosts too.
fn require_listed(assets: &[EarlyFetch]) {
    for asset in assets {
        let url = Url::parse(&asset.url).expect("an address");
        assert!(domains().allows(&url), "{url}");
    }
}
