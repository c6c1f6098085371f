//! A session with its agents, as the world runs them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{helper, page};
use crate::asset::{AllowedDomains, AssetKey, EarlyFetch, Opener, Sealer};
use crate::audience::{Audience, Turn};
use crate::ids::{AgentKey, SessionId};
use crate::limits::Limits;
use crate::policy::{PageUrl, Policy};
use crate::restrict::RuleBook;
use crate::session::{
    AgentFrame, AgentProfile, AssetRequest, CloseCode, ContactRules, EndReason, Identity, JoinCode, Now, Session,
    Setup, Step, Timing,
};

/// A session and the agents' side of the node that owns it, as the world runs them.
pub(super) struct Scene {
    pub(super) session: Session,
    pub(super) audience: Audience<AgentFrame>,
    pub(super) now: Now,
}

/// What became of something, for whoever looks on from outside.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Seen {
    FetchEarly(Vec<EarlyFetch>),
    ToCustomer(String),
    ToAgents(Vec<AgentKey>, AgentFrame),
    AttributesDropped(usize),
    NewJoinCode,
    CloseCustomer(CloseCode),
    CloseAgent(AgentKey, CloseCode),
    Ended(EndReason),
}

pub(super) fn setup(rules: RuleBook, limits: &Limits) -> Setup {
    let policy = Policy {
        domains: AllowedDomains::parse(&["cdn.example".into()], &[443], &["https".into()]).unwrap(),
        rules,
        page_url: PageUrl::OriginPath,
        allow_data_images: true,
        allow_media: false,
        keeps_assets: true,
        customer_uploads: false,
        base_path: String::new(),
    };
    let id = SessionId::new("s1").unwrap();
    let key = AssetKey { id: 1, secret: [1; 32] };
    Setup {
        sealer: Sealer::new(&key, id.clone(), ""),
        opener: Arc::new(Opener::new(&[key])),
        id,
        site: "shop".into(),
        policy: Arc::new(policy),
        limits: Arc::new(Limits { agents: 2, ..limits.clone() }),
        timing: Timing { idle_timeout_ms: 600_000, max_duration_ms: 3_600_000, reconnect_timeout_ms: 60_000 },
        seed: 9,
        join_code: Some(JoinCode { code: "123456789".into(), expires_at: Now(1_600_000) }),
        show_supervisors: true,
        contact: Arc::new(ContactRules {
            site_name: "Tidewell".into(),
            attributes: vec!["name".into(), "plan".into()],
            takes_tokens: true,
        }),
        identity: None,
        has_log: false,
    }
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with_rules(RuleBook::default())
    }

    pub(super) fn with_rules(rules: RuleBook) -> Self {
        Self::with_limits(rules, &Limits::default())
    }

    pub(super) fn with_limits(rules: RuleBook, limits: &Limits) -> Self {
        Self::of(setup(rules, limits))
    }

    pub(super) fn of(setup: Setup) -> Self {
        let now = Now(1_000_000);
        Self::on(Session::new(setup, now), now)
    }

    pub(super) fn on(session: Session, now: Now) -> Self {
        let Setup { id, site, limits, .. } = session.setup.clone();
        let audience = Audience::new(id, site, limits, session.facts(), |frame: &AgentFrame| frame.get().len());
        Self { session, audience, now }
    }

    /// A session whose customer shares a page with one text (id 5).
    pub(super) fn live() -> Self {
        let mut scene = Self::new();
        scene.attach("i1");
        scene.customer(&page(1, "hello"));
        scene
    }

    /// Lets the session do one thing, and does what it asks for.
    pub(super) fn act(&mut self, thing: impl FnOnce(&mut Session, Now) -> Vec<Step>) -> Vec<Seen> {
        let steps = thing(&mut self.session, self.now);
        steps.into_iter().flat_map(|step| self.carry_out(step)).collect()
    }

    pub(super) fn carry_out(&mut self, step: Step) -> Vec<Seen> {
        vec![match step {
            Step::Publish(news) => return self.hear(|audience, _| audience.take(news)),
            Step::FetchEarly(early) => Seen::FetchEarly(early),
            Step::ToCustomer(text) => Seen::ToCustomer(text),
            Step::NewJoinCode => Seen::NewJoinCode,
            Step::AttributesDropped(count) => Seen::AttributesDropped(count),
            Step::CloseCustomer(code) => Seen::CloseCustomer(code),
            Step::Ended(reason) => Seen::Ended(reason),
        }]
    }

    /// Lets the agents' side do one thing, and does what it asks for.
    pub(super) fn hear(
        &mut self,
        thing: impl FnOnce(&mut Audience<AgentFrame>, Now) -> Vec<Turn<AgentFrame>>,
    ) -> Vec<Seen> {
        let turns = thing(&mut self.audience, self.now);
        turns.into_iter().flat_map(|turn| self.take_turn(turn)).collect()
    }

    pub(super) fn take_turn(&mut self, turn: Turn<AgentFrame>) -> Vec<Seen> {
        match turn {
            Turn::Tell(keys, frame) | Turn::Pass(keys, frame) => vec![Seen::ToAgents(keys.to_vec(), frame)],
            Turn::Close(key, code) => vec![Seen::CloseAgent(key, code)],
            Turn::Ask(ask) => self.act(|session, now| session.ask(now, ask)),
            Turn::PeopleChanged => {
                let people = self.audience.people();
                self.act(|session, now| session.people(now, 1, people))
            }
            Turn::WantPage => {
                let (mut seen, mut page) = (Vec::new(), Vec::new());
                for step in self.session.keyframe(self.now) {
                    match step {
                        Step::Publish(news) => page.push(news),
                        before => seen.extend(self.carry_out(before)),
                    }
                }
                seen.extend(self.hear(|audience, _| audience.page(page)));
                seen
            }
        }
    }

    pub(super) fn attach(&mut self, instance: &str) -> Vec<Seen> {
        self.say_hello(&json!({"t": "hello", "page": {"url": "https://shop.example/", "title": "", "tab": "t", "instance": instance}, "snippet": "1", "features": []}))
    }

    pub(super) fn say_hello(&mut self, hello: &Value) -> Vec<Seen> {
        self.act(Session::customer_attached);
        self.customer(hello)
    }

    pub(super) fn detach(&mut self) -> Vec<Seen> {
        self.act(Session::customer_detached)
    }

    pub(super) fn customer(&mut self, frame: &Value) -> Vec<Seen> {
        self.act(|session, now| session.customer_frame(now, frame.to_string().as_bytes()))
    }

    pub(super) fn join(&mut self, key: AgentKey) -> Vec<Seen> {
        let mut seen = self.come_in(helper(key, &[]));
        seen.extend(self.agent(key, &json!({"t": "hello", "features": []})));
        seen
    }

    pub(super) fn come_in(&mut self, profile: AgentProfile) -> Vec<Seen> {
        self.hear(|audience, _| audience.joined(profile))
    }

    pub(super) fn leave(&mut self, key: AgentKey) -> Vec<Seen> {
        self.hear(|audience, _| audience.left(key))
    }

    pub(super) fn agent(&mut self, key: AgentKey, frame: &Value) -> Vec<Seen> {
        self.hear(|audience, now| audience.frame(now, key, frame.to_string().as_bytes()))
    }

    pub(super) fn want_asset(&mut self, wanted: &AssetRequest) -> Vec<Seen> {
        self.act(|session, _| session.want_asset(wanted))
    }

    pub(super) fn identify(&mut self, identity: Option<Identity>) -> Vec<Seen> {
        self.act(|session, now| session.identify(now, identity))
    }

    pub(super) fn wait(&mut self, ms: u64) -> Vec<Seen> {
        self.now.0 += ms;
        self.act(Session::handle_timeout)
    }
}
