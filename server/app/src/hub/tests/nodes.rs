//! Several nodes that share one store, in one process.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::read::GzDecoder;
use futures_util::FutureExt;
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use vitrine_core::access::{Privilege, PrivilegeSet, Rights, Sites};
use vitrine_core::ids::SessionId;
use vitrine_core::session::{AgentProfile, CloseCode, EndReason};

use super::PATIENCE;
use crate::assets::{Assets, SystemNames};
use crate::audit::{Actor, Audit};
use crate::auth::join_code::JoinCodes;
use crate::auth::login::{Login, SignedIn};
use crate::auth::secret::Digest;
use crate::auth::socket::read_customer_token;
use crate::auth::subject::Subject;
use crate::config;
use crate::hub::{FromCustomer, Hub, Mail, Present, Running, Shared, Viewer};
use crate::live::Live;
use crate::net::outbox::{Outbox, Work};
use crate::ops::clock::Time;
use crate::store::sessions::limits::Spans;
use crate::store::sessions::{self, Sessions};
use crate::store::{Memory, Store};

/// Nodes on one store.
struct Cluster {
    store: Arc<Store>,
    sessions: Sessions,
}

impl Cluster {
    fn new(spans: Spans) -> Self {
        let sessions = Sessions::Memory(sessions::Memory::new(spans));
        Self { store: Arc::new(Store::Memory(Memory::default())), sessions }
    }

    fn node(&self) -> Hub {
        let text = "[session]\nreconnect-timeout = \"3s\"\n[sites.shop]\n[[keys.assets]]\nid = 1\nsecret = \""
            .to_owned()
            + &"ab".repeat(32)
            + "\"\n[[keys.signing]]\nid = \"1\"\nsecret = \""
            + &"cd".repeat(32)
            + "\"\n";
        let config = config::parse("test.toml", &text, &[]).config.unwrap();
        let assets = Arc::new(Assets::new(&config, Arc::new(SystemNames)).unwrap());
        let audit = Arc::new(Audit::start(&config.audit).unwrap());
        let live = Arc::new(Live::new(config).unwrap());
        let codes = Arc::new(JoinCodes::new(Arc::clone(&live), 9));
        let shared = Some(Shared::new(self.sessions.clone()).unwrap());
        Hub::new(live, Arc::clone(&self.store), codes, assets, audit, shared).unwrap()
    }
}

/// One side's socket, as its peer would have it.
struct Peer {
    outbox: Arc<Outbox>,
    heard: Vec<Value>,
}

impl Peer {
    fn new() -> Self {
        Self { outbox: Arc::new(Outbox::new(1 << 20)), heard: Vec::new() }
    }

    /// Reads until something of that kind comes that is wanted.
    async fn hears(&mut self, t: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let reading = async {
            loop {
                if let Some(at) = self.heard.iter().position(|message| message["t"] == t && wanted(message)) {
                    return self.heard.remove(at);
                }
                match self.outbox.next(&mut None).await {
                    Work::Send(messages) => self.heard.extend(messages.iter().map(parse)),
                    other => panic!("{other:?} while waiting for {t}; heard {:?}", self.heard),
                }
            }
        };
        timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("no {t}; heard {:?}", self.heard))
    }

    async fn is_closed(&mut self) -> CloseCode {
        let reading = async {
            loop {
                match self.outbox.next(&mut None).await {
                    Work::Send(messages) => self.heard.extend(messages.iter().map(parse)),
                    Work::Close(code) => return code,
                    other => panic!("{other:?}"),
                }
            }
        };
        timeout(PATIENCE, reading).await.expect("closed in time")
    }
}

fn parse(message: &Message) -> Value {
    match message {
        Message::Text(text) => serde_json::from_str(text).unwrap(),
        Message::Binary(bytes) => serde_json::from_reader(GzDecoder::new(&bytes[..])).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A customer's page with a text that she changes.
struct Customer {
    running: Arc<Running>,
    peer: Peer,
    seq: u64,
}

impl Customer {
    /// Opens a socket on a node, by her token.
    async fn comes(hub: &Hub, token: &str, resume: Value) -> Self {
        let (id, secret) = read_customer_token(token).unwrap();
        let running = hub.reach(&id).await.unwrap().expect("there is such a session");
        assert!(running.token == secret);
        let peer = Peer::new();
        running.from_customer(FromCustomer::Attached(Arc::clone(&peer.outbox))).await.unwrap();
        let customer = Self { running, peer, seq: resume["seq"].as_u64().unwrap_or_default() };
        customer
            .says(json!({"t": "hello", "page": {"url": "https://shop.example/", "title": "Shop", "tab": "t", "instance": "i1"},
                "snippet": "1", "features": [], "resume": resume}))
            .await;
        customer
    }

    async fn says(&self, message: Value) {
        let frame = Bytes::from(message.to_string());
        self.running.from_customer(FromCustomer::Frame(Arc::clone(&self.peer.outbox), frame)).await.unwrap();
    }

    async fn sends(&mut self, events: Value) {
        self.seq += 1;
        self.says(json!({"t": "events", "seq": self.seq, "events": events})).await;
    }

    async fn shows(&mut self, text: &str) {
        let node = json!({"type": 0, "id": 1, "childNodes": [{"type": 2, "id": 2, "tagName": "html", "attributes": {}, "childNodes": [
            {"type": 2, "id": 3, "tagName": "body", "attributes": {}, "childNodes": [{"type": 3, "id": 4, "textContent": text}]}]}]});
        let meta =
            json!({"type": 4, "timestamp": 1, "data": {"href": "https://shop.example/", "width": 800, "height": 600}});
        let snapshot =
            json!({"type": 2, "timestamp": 2, "data": {"node": node, "initialOffset": {"top": 0, "left": 0}}});
        self.sends(json!([meta, snapshot])).await;
    }

    async fn writes(&mut self, text: &str) {
        let texts = json!([{"id": 4, "value": text}]);
        let data = json!({"source": 0, "texts": texts, "attributes": [], "removes": [], "adds": []});
        self.sends(json!([{"type": 3, "timestamp": 3, "data": data}])).await;
    }

    /// All that she sent so far is written down.
    async fn is_stored(&mut self) {
        let seq = self.seq;
        self.peer.hears("ack", |ack| ack["stored"] == seq).await;
    }

    async fn leaves(self) {
        self.running.from_customer(FromCustomer::Detached(self.peer.outbox)).await.unwrap();
    }
}

/// An agent who watches.
struct Agent {
    running: Arc<Running>,
    peer: Peer,
    profile: AgentProfile,
    at: (u64, u64),
    text: String,
    _present: Present,
}

impl Agent {
    async fn comes(hub: &Hub, session: &SessionId, name: &str) -> Self {
        let running = hub.reach(session).await.unwrap().expect("there is such a session");
        let privileges = PrivilegeSet::default().with(Privilege::SessionJoin).with(Privilege::SessionEnd);
        let rights = Rights { privileges, sites: Sites::All, session: None };
        let key = hub.next_agent_key();
        let profile = AgentProfile { key, name: name.into(), rights, joined: true };
        let peer = Peer::new();
        let viewer = Viewer {
            signed_in: signed_in(name),
            actor: Actor::System,
            admitted: true,
            outbox: Arc::clone(&peer.outbox),
        };
        let present = running.enter(key, viewer);
        running.mail(Mail::AgentJoined(profile.clone(), Arc::clone(&peer.outbox))).await.unwrap();
        let agent = Self { running, peer, profile, at: (0, 0), text: String::new(), _present: present };
        agent.says(json!({"t": "hello", "features": []})).await;
        agent
    }

    async fn says(&self, message: Value) {
        let mail = Mail::AgentFrame(self.profile.key, Bytes::from(message.to_string()));
        self.running.mail(mail).await.unwrap();
    }

    /// Plays what comes until the text is that, and looks that nothing comes twice, out of order or with a gap.
    async fn sees(&mut self, text: &str) {
        while self.text != text {
            let page = |message: &Value| message["t"] == "keyframe" || message["t"] == "events";
            let reading = async {
                loop {
                    if let Some(at) = self.peer.heard.iter().position(page) {
                        return self.peer.heard.remove(at);
                    }
                    match self.peer.outbox.next(&mut None).await {
                        Work::Send(messages) => self.peer.heard.extend(messages.iter().map(parse)),
                        other => panic!("{other:?} while waiting for {text:?}"),
                    }
                }
            };
            let message =
                timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("still {:?}, not {text:?}", self.text));
            self.plays(&message);
        }
    }

    fn plays(&mut self, message: &Value) {
        let (epoch, seq) = (message["epoch"].as_u64().unwrap(), message["seq"].as_u64().unwrap());
        let events = message["events"].as_array().unwrap();
        if message["t"] == "keyframe" {
            assert!((epoch, seq) > self.at, "{epoch}/{seq} after {:?}", self.at);
            self.at = (epoch, seq);
        } else {
            assert_eq!((epoch, seq), (self.at.0, self.at.1 + 1));
            self.at.1 += events.len() as u64;
        }
        for event in events {
            if event["type"] == 2 {
                let body = &event["data"]["node"]["childNodes"][0]["childNodes"][0];
                self.text = body["childNodes"][0]["textContent"].as_str().unwrap().to_owned();
            } else if let Some(text) = event["data"]["texts"][0]["value"].as_str() {
                self.text = text.to_owned();
            }
        }
    }
}

fn signed_in(name: &str) -> SignedIn {
    let login = Login {
        subject: Subject::Local(name.into()),
        name: name.into(),
        roles: Vec::new(),
        sites: Sites::All,
        session: None,
        ends: Time(u64::MAX),
        holder: Digest::of(&format!("cookie of {name}")),
        provider: None,
        password: None,
    };
    SignedIn { id: Digest::of(&format!("login of {name}")), login, asset_cookie: "cookie".into() }
}

async fn begin(hub: &Hub) -> (SessionId, String) {
    let begun = hub.begin(&hub.home.live.config().sites["shop"], None).await.unwrap();
    (begun.id, begun.token)
}

fn short() -> Spans {
    Spans { lease: Duration::from_millis(2_500), ..Spans::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_and_her_agents_meet_whichever_node_they_reach() {
    let cluster = Cluster::new(Spans::default());
    let (a, b, c) = (cluster.node(), cluster.node(), cluster.node());
    let (id, token) = begin(&a).await;
    let mut early = Agent::comes(&b, &id, "ann").await;
    let mut customer = Customer::comes(&c, &token, Value::Null).await;
    let welcome = customer.peer.hears("welcome", |_| true).await;
    assert!(welcome["joinCode"].is_string(), "{welcome}");
    customer.shows("first").await;
    early.sees("first").await;
    customer.writes("second").await;
    early.sees("second").await;
    customer.is_stored().await;
    // Late, and on the owner itself.
    let mut late = Agent::comes(&a, &id, "ben").await;
    let mut beside = Agent::comes(&c, &id, "cid").await;
    late.sees("second").await;
    beside.sees("second").await;
    customer.writes("third").await;
    for agent in [&mut early, &mut late, &mut beside] {
        agent.sees("third").await;
    }
    let names = |message: &Value| message["agents"].as_array().map(Vec::len) == Some(3);
    customer.peer.hears("participants", names).await;
    late.peer.hears("participants", |message| message["participants"].as_array().map(Vec::len) == Some(3)).await;
    // One of them ends it, for all.
    early.says(json!({"t": "end"})).await;
    for agent in [&mut early, &mut late, &mut beside] {
        assert_eq!(agent.peer.is_closed().await, CloseCode::Ended);
    }
    assert_eq!(customer.peer.is_closed().await, CloseCode::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_comes_to_another_node_takes_her_session_along() {
    let cluster = Cluster::new(Spans::default());
    let (a, b) = (cluster.node(), cluster.node());
    let (id, token) = begin(&a).await;
    let mut customer = Customer::comes(&a, &token, Value::Null).await;
    customer.shows("one").await;
    let mut ann = Agent::comes(&a, &id, "ann").await;
    ann.sees("one").await;
    let mut moved = Customer::comes(&b, &token, Value::Null).await;
    moved.peer.hears("welcome", |_| true).await;
    moved.shows("two").await;
    ann.sees("two").await;
    moved.writes("three").await;
    ann.sees("three").await;
    assert_eq!(customer.peer.is_closed().await, CloseCode::TakenOver);
    // And back, where it was.
    moved.leaves().await;
    let mut back = Customer::comes(&a, &token, Value::Null).await;
    back.peer.hears("welcome", |_| true).await;
    back.shows("four").await;
    ann.sees("four").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_survives_its_owner() {
    let cluster = Cluster::new(short());
    let (a, b, c) = (cluster.node(), cluster.node(), cluster.node());
    let (id, token) = begin(&a).await;
    let mut customer = Customer::comes(&a, &token, Value::Null).await;
    customer.shows("before").await;
    let mut ann = Agent::comes(&b, &id, "ann").await;
    ann.sees("before").await;
    a.die().await;
    ann.peer.hears("participants", |message| message["state"] == "stalled").await;
    let mut customer = Customer::comes(&c, &token, json!({"epoch": ann.at.0, "seq": customer.seq})).await;
    customer.peer.hears("welcome", |_| true).await;
    customer.shows("after").await;
    ann.sees("after").await;
    ann.peer.hears("participants", |message| message["state"] == "live").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_without_an_owner_ends_when_nobody_comes_back() {
    let cluster = Cluster::new(short());
    let (a, b) = (cluster.node(), cluster.node());
    let (id, token) = begin(&a).await;
    let mut customer = Customer::comes(&a, &token, Value::Null).await;
    customer.shows("page").await;
    let mut ann = Agent::comes(&b, &id, "ann").await;
    ann.sees("page").await;
    a.die().await;
    let ended = ann.peer.hears("ended", |_| true).await;
    assert_eq!(ended["reason"], "customer-lost");
    assert_eq!(ann.peer.is_closed().await, CloseCode::Ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_after_the_log_was_cut_learns_what_it_held() {
    let cluster = Cluster::new(Spans::default());
    let (a, b) = (cluster.node(), cluster.node());
    let (id, token) = begin(&a).await;
    let mut customer = Customer::comes(&a, &token, Value::Null).await;
    customer.shows("one").await;
    let mut ann = Agent::comes(&b, &id, "ann").await;
    ann.sees("one").await;
    let (go_on, until) = tokio::sync::oneshot::channel();
    ann.running.mail(Mail::Freeze(until)).await.unwrap();
    let mut ben = Agent::comes(&a, &id, "ben").await;
    let both = |message: &Value| message["participants"].as_array().map(Vec::len) == Some(2);
    ben.peer.hears("participants", both).await;
    ben.sees("one").await;
    // Of two keyframes after it the second one cuts it off.
    for _ in 0..2 {
        ben.running.mail(Mail::AgentCaughtUp(ben.profile.key)).await.unwrap();
        ben.peer.hears("keyframe", |_| true).await;
    }
    go_on.send(()).unwrap();
    ann.peer.hears("participants", both).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_sure_once_it_is_answered() {
    let cluster = Cluster::new(Spans::default());
    let (a, b, c) = (cluster.node(), cluster.node(), cluster.node());
    let by_agent = || (EndReason::Agent, Actor::System);
    // The owner is asked, and dies before it hears.
    let (id, token) = begin(&a).await;
    let mut customer = Customer::comes(&a, &token, Value::Null).await;
    customer.shows("page").await;
    let mut ann = Agent::comes(&b, &id, "ann").await;
    ann.sees("page").await;
    a.die().await;
    assert_eq!(ann.running.end(by_agent().0, by_agent().1).await, Ok(()));
    let (elsewhere, mut back) = (c.reach(&id).await.unwrap().unwrap(), Peer::new());
    elsewhere.from_customer(FromCustomer::Attached(Arc::clone(&back.outbox))).await.unwrap();
    assert_eq!(back.is_closed().await, CloseCode::Ended);
    assert_eq!(ann.peer.is_closed().await, CloseCode::Ended);
    // Nobody owns it.
    let (id, _) = begin(&b).await;
    let unowned = b.reach(&id).await.unwrap().unwrap();
    assert_eq!(unowned.end(by_agent().0, by_agent().1).await, Ok(()));
    assert!(matches!(cluster.sessions.record(&id).await, Ok(record) if record.ended == Some(EndReason::Agent)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stops_hands_its_sessions_over() {
    let cluster = Cluster::new(Spans::default());
    let (a, b) = (cluster.node(), cluster.node());
    let (id, token) = begin(&a).await;
    let mut customer = Customer::comes(&a, &token, Value::Null).await;
    customer.shows("before").await;
    let mut ann = Agent::comes(&b, &id, "ann").await;
    let mut ben = Agent::comes(&a, &id, "ben").await;
    ann.sees("before").await;
    ben.sees("before").await;
    let closing = async {
        assert_eq!(customer.peer.is_closed().await, CloseCode::Draining);
        assert_eq!(ben.peer.is_closed().await, CloseCode::Draining);
        customer.leaves().await;
        ben.running.mail(Mail::AgentLeft(ben.profile.key)).await.ok();
    };
    let (drained, ()) = tokio::join!(timeout(PATIENCE, a.drain(PATIENCE)), closing);
    drained.expect("it waits for nobody");
    let mut customer = Customer::comes(&b, &token, Value::Null).await;
    customer.shows("after").await;
    ann.sees("after").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_out_is_so_on_every_node() {
    let cluster = Cluster::new(Spans::default());
    let (a, b) = (cluster.node(), Arc::new(cluster.node()));
    let (id, token) = begin(&a).await;
    // Without her the session would end while a slow machine comes to the point.
    let _customer = Customer::comes(&a, &token, Value::Null).await;
    let mut listens = Box::pin({
        let b = Arc::clone(&b);
        async move { b.listen().await }
    });
    // It hears from its first step on.
    assert_eq!(listens.as_mut().now_or_never(), None);
    let listening = tokio::spawn(listens);
    let mut ann = Agent::comes(&b, &id, "ann").await;
    ann.peer.hears("welcome", |_| true).await;
    let SignedIn { id: login, login: Login { holder, .. }, .. } = signed_in("ann");
    a.revoke(&login, &holder).await;
    assert_eq!(ann.peer.is_closed().await, CloseCode::NotAuthenticated);
    let (here, there) = (a.reach(&id).await.unwrap().unwrap(), Arc::clone(&ann.running));
    timeout(PATIENCE, async {
        while here.serves(&holder).await || there.serves(&holder).await {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("no node serves her assets");
    listening.abort();
}
