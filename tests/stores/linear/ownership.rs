//! A session has one owner: nodes claim it from each other, write, renew and read at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use vitrine::store::redis::Link;
use vitrine::store::sessions::limits::{EPOCHS_SKIPPED, Spans};
use vitrine::store::sessions::{Append, LogEntry, LogId, Memory, Node, Redis as OnRedis, Refused, Sessions};
use vitrine_core::ids::{Epoch, SessionId};
use vitrine_core::session::News;
use vitrine_tests::history::{Done, Model, is_explained};
use vitrine_tests::redis::{Redis, Shape};

use super::History;
use crate::links::settings;
use crate::sessions::{append, begin, events, keys};

/// A master dies so long after the beginning.
pub(super) const KILLED_AFTER: Duration = Duration::from_millis(700);
/// Writes that a death can forget, at most.
const FORGOTTEN_MAX: usize = 16;

/// An operation with what was seen; `None`: no answer.
#[derive(Debug, Clone, PartialEq)]
enum On {
    Claim {
        node: u64,
        seen: u64,
        term: Option<u64>,
    },
    Append {
        node: u64,
        held: u64,
        epoch: u64,
        n: u64,
        value: u64,
        seen: Option<Seen>,
    },
    Renew {
        node: u64,
        term: u64,
        seen: Option<Renewed>,
    },
    Read(Vec<u64>),
    /// A master died: the last writes may be forgotten.
    Forget,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Seen {
    Written,
    Fenced,
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Renewed {
    Held { epoch: u64, n: u64 },
    Fenced,
    Lost,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Session {
    epoch: u64,
    term: u64,
    owner: u64,
    n: u64,
    log: Vec<u64>,
}

/// The session, and what it was before each write.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    now: Session,
    before: Vec<Session>,
}

impl State {
    fn new() -> Self {
        Self { now: Session { epoch: 1, term: 0, owner: 0, n: 0, log: Vec::new() }, before: Vec::new() }
    }

    fn set(&self, now: Session) -> Self {
        let mut before = self.before.clone();
        before.push(self.now.clone());
        if before.len() > FORGOTTEN_MAX {
            before.remove(0);
        }
        Self { now, before }
    }
}

/// The rules of ownership, written down once more.
struct Rules;

impl Model for Rules {
    type State = State;
    type Operation = On;

    fn after(&self, state: &State, on: &On) -> Vec<State> {
        let now = &state.now;
        match on {
            On::Claim { node, seen, term } => {
                let epoch = now.epoch.max(*seen) + EPOCHS_SKIPPED;
                let next = Session { epoch, term: epoch, owner: *node, n: 0, log: now.log.clone() };
                if term.is_none_or(|term| term == epoch) { vec![state.set(next)] } else { Vec::new() }
            }
            On::Append { node, held, epoch, n, value, seen } => {
                let (is, next) = append_to(now, (*node, *held, *epoch, *n), *value);
                let fits = seen.is_none_or(|seen| seen == is);
                if fits { vec![if next == *now { state.clone() } else { state.set(next) }] } else { Vec::new() }
            }
            On::Renew { node, term, seen } => {
                let (is, next) = renew(now, *node, *term);
                let fits = seen.is_none_or(|seen| seen == is);
                if fits { vec![if next == *now { state.clone() } else { state.set(next) }] } else { Vec::new() }
            }
            On::Read(log) => {
                if *log == now.log {
                    vec![state.clone()]
                } else {
                    Vec::new()
                }
            }
            On::Forget => state.before.iter().map(|before| state.set(before.clone())).collect(),
        }
    }
}

fn append_to(now: &Session, (node, held, epoch, n): (u64, u64, u64, u64), value: u64) -> (Seen, Session) {
    if (now.owner, now.epoch, now.n) == (node, epoch, n) {
        return (Seen::Written, now.clone());
    }
    if held > now.epoch {
        return (Seen::Lost, Session { epoch: held, owner: node, n: 0, ..now.clone() });
    }
    if held < now.term || now.owner != node {
        return (Seen::Fenced, now.clone());
    }
    if epoch == held && n != now.n + 1 || held < now.epoch && epoch <= now.epoch {
        return (Seen::Lost, now.clone());
    }
    let mut log = now.log.clone();
    log.push(value);
    (Seen::Written, Session { epoch, n, log, ..*now })
}

fn renew(now: &Session, node: u64, term: u64) -> (Renewed, Session) {
    if term > now.term {
        return (Renewed::Lost, Session { term, epoch: now.epoch.max(term), owner: node, ..now.clone() });
    }
    if term < now.term || now.owner != node {
        return (Renewed::Fenced, now.clone());
    }
    (Renewed::Held { epoch: now.epoch, n: now.n }, now.clone())
}

/// A node that claims, writes, renews, and begins anew as a real one does.
struct Client<'a> {
    store: &'a Sessions,
    link: Option<&'a Link>,
    session: &'a SessionId,
    history: &'a History<On>,
    values: &'a AtomicU64,
    node: u64,
    pause: Duration,
}

impl Client<'_> {
    async fn run(&self, claims: usize, writes: usize) {
        for _ in 0..claims {
            let claim = self.store.claim(self.session, Node(self.node), Epoch(0));
            let seen = |term: Option<&u64>| On::Claim { node: self.node, seen: 0, term: term.copied() };
            let Some(term) =
                self.history.note(async { claim.await.ok().map(|claimed| claimed.record.term.0) }, seen).await
            else {
                self.wait_for_link().await;
                continue;
            };
            self.own(term, writes).await;
        }
    }

    async fn own(&self, term: u64, writes: usize) {
        let (mut held, mut n, mut raises) = (term, 0, false);
        for turn in 0..writes {
            tokio::time::sleep(self.pause).await;
            if turn % 3 == 2 {
                match self.renew(term).await {
                    Some(Renewed::Held { epoch, .. }) => held = held.max(epoch),
                    Some(Renewed::Fenced) => return,
                    Some(Renewed::Lost) | None => raises = true,
                }
                continue;
            }
            n += 1;
            let epoch = if raises { held + 1 } else { held };
            match self.append(held, epoch, n).await {
                Some(Seen::Written) => (held, raises) = (epoch, false),
                Some(Seen::Fenced) => return,
                Some(Seen::Lost) => raises = true,
                None => {
                    self.wait_for_link().await;
                    raises = true;
                }
            }
        }
    }

    async fn append(&self, held: u64, epoch: u64, n: u64) -> Option<Seen> {
        let (node, value) = (self.node, self.values.fetch_add(1, Ordering::Relaxed));
        let it = Append { epoch: Epoch(epoch), ..append(Node(node), Epoch(held), n, vec![events(value)]) };
        let did = async {
            match self.store.append(self.session, it).await {
                Ok(_) => Some(Seen::Written),
                Err(Refused::Fenced) => Some(Seen::Fenced),
                Err(Refused::Lost) => Some(Seen::Lost),
                Err(_) => None,
            }
        };
        self.history.note(did, |seen| On::Append { node, held, epoch, n, value, seen: seen.copied() }).await
    }

    async fn renew(&self, term: u64) -> Option<Renewed> {
        let did = async {
            match self.store.renew(self.session, Node(self.node), Epoch(term)).await {
                Ok(renewed) => Some(Renewed::Held { epoch: renewed.epoch.0, n: renewed.n }),
                Err(Refused::Fenced) => Some(Renewed::Fenced),
                Err(Refused::Lost) => Some(Renewed::Lost),
                Err(_) => None,
            }
        };
        self.history.note(did, |seen| On::Renew { node: self.node, term, seen: seen.copied() }).await
    }

    async fn read(&self, times: usize) {
        for _ in 0..times {
            tokio::time::sleep(self.pause * 2).await;
            let begun = Instant::now();
            // What was not answered was not seen.
            if let Ok(read) = self.store.read(self.session, LogId::START).await {
                let values = read.entries.into_iter().filter_map(|(_, entry)| match entry {
                    LogEntry::News(News::Events { last, .. }) => Some(last.0),
                    _ => None,
                });
                let operation = On::Read(values.collect());
                self.history.0.lock().unwrap().push(Done { operation, begun, ended: Some(Instant::now()) });
            }
        }
    }

    async fn wait_for_link(&self) {
        if let Some(link) = self.link {
            // Nobody drops it.
            let _ = link.is_up().wait_for(|up| *up).await;
        }
        tokio::time::sleep(self.pause).await;
    }
}

async fn contend(store: &Sessions, link: Option<&Link>, name: &str, pause: Duration) -> History<On> {
    let (session, history, values) = (begin(store, name).await, History::new(), AtomicU64::new(1));
    let client = |node| Client { store, link, session: &session, history: &history, values: &values, node, pause };
    let nodes = join_all((1..=3).map(async |node| {
        tokio::time::sleep(pause * u32::try_from(node).unwrap()).await;
        client(node).run(3, 8).await;
    }));
    tokio::join!(nodes, async { client(9).read(6).await });
    history
}

async fn linked(redis: &Redis) -> Arc<Link> {
    Arc::new(Link::connect(&settings(redis)).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_contend_for_a_session_see_one_order() {
    let memory = Sessions::Memory(Memory::default());
    let redis = Redis::start(Shape::Single).await;
    let on_redis = Sessions::Redis(OnRedis::new(linked(&redis).await, keys(&redis), Spans::default()));
    for store in [memory, on_redis] {
        let names: Vec<String> = (0..12).map(|n| format!("s-{n}")).collect();
        let histories = join_all(names.iter().map(|name| contend(&store, None, name, Duration::from_millis(2)))).await;
        for history in histories {
            assert!(history.len() > 20);
            history.check(&Rules, State::new(), "no fault");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masters_death_forgets_last_writes_at_most_and_no_fence() {
    for shape in [Shape::Cluster, Shape::Sentinel] {
        let mut redis = Redis::start(shape).await;
        let link = linked(&redis).await;
        let store = Sessions::Redis(OnRedis::new(Arc::clone(&link), keys(&redis), Spans::default()));
        let names: Vec<String> = (0..12).map(|n| format!("s-{n}")).collect();
        let kill = async {
            tokio::time::sleep(KILLED_AFTER).await;
            let killed = Instant::now();
            redis.kill(0);
            killed
        };
        let pause = Duration::from_millis(60);
        let contending = join_all(names.iter().map(|name| contend(&store, Some(&link), name, pause)));
        let (histories, killed) = tokio::join!(contending, kill);
        for history in histories {
            history.note_since(killed, On::Forget);
            history.check(&Rules, State::new(), "a master died");
        }
    }
}

#[test]
fn two_owners_of_one_term_and_a_lost_write_have_no_explanation() {
    let at = Instant::now();
    let explained = |all: &[On]| {
        let history: Vec<_> = (0..)
            .zip(all)
            .map(|(n, operation)| {
                let begun = at + Duration::from_millis(n * 2);
                Done { operation: operation.clone(), begun, ended: Some(begun + Duration::from_millis(1)) }
            })
            .collect();
        is_explained(&Rules, State::new(), &history)
    };
    let claim = |node, term| On::Claim { node, seen: 0, term: Some(term) };
    let write = |node, held, n, value, seen| On::Append { node, held, epoch: held, n, value, seen: Some(seen) };
    assert!(explained(&[claim(1, 17), claim(2, 33), write(1, 17, 1, 5, Seen::Fenced), On::Read(vec![])]));
    assert!(!explained(&[claim(1, 17), claim(2, 17)]), "two owners");
    assert!(!explained(&[claim(1, 17), claim(2, 33), write(1, 17, 1, 5, Seen::Written)]), "a fenced one writes");
    let written = write(1, 17, 1, 5, Seen::Written);
    assert!(explained(&[claim(1, 17), written.clone(), written.clone(), On::Read(vec![5])]), "the same once more");
    assert!(!explained(&[claim(1, 17), written.clone(), On::Read(vec![])]), "a write is lost");
    assert!(!explained(&[claim(1, 17), written.clone(), On::Read(vec![5, 5])]), "a write is doubled");
    assert!(explained(&[claim(1, 17), written.clone(), On::Forget, On::Read(vec![])]), "a death forgot it");
    let next = write(1, 17, 2, 6, Seen::Written);
    assert!(!explained(&[claim(1, 17), written, On::Forget, next, On::Read(vec![6])]), "a gap went unseen");
}
