//! A join code is claimed once; a token that was revoked stays so.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use vitrine::auth::secret::{Digest, Secret};
use vitrine::live::Live;
use vitrine::ops::clock::Time;
use vitrine::store::{CodeRecord, Memory, Store};
use vitrine_core::ids::SessionId;
use vitrine_tests::history::{Done, Model, is_explained};
use vitrine_tests::redis::{Redis, Shape};
use vitrine_tests::server::parse;

use super::History;
use crate::linear::ownership::KILLED_AFTER;

/// One code, or one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    /// Whether there was none.
    Put(Option<bool>),
    /// Whether there was one.
    Take(Option<bool>),
    /// A token is revoked.
    Revoke,
    /// Whether it was.
    IsRevoked(bool),
    /// A master died: the last change may be forgotten.
    Forget,
}

/// Whether it is there; and before each change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct There {
    now: bool,
    before: Vec<bool>,
}

impl There {
    fn set(&self, now: bool) -> Self {
        let mut before = self.before.clone();
        before.push(self.now);
        Self { now, before }
    }
}

struct Name;

impl Model for Name {
    type State = There;
    type Operation = On;

    fn after(&self, state: &There, on: &On) -> Vec<There> {
        let fits = |seen: &Option<bool>, is: bool| seen.is_none_or(|seen| seen == is);
        match on {
            On::Put(seen) if fits(seen, !state.now) => vec![state.set(true)],
            On::Take(seen) if fits(seen, state.now) => vec![state.set(false)],
            On::Revoke => vec![state.set(true)],
            On::IsRevoked(seen) if *seen == state.now => vec![state.clone()],
            On::Forget => state.before.iter().map(|now| state.set(*now)).collect(),
            On::Put(_) | On::Take(_) | On::IsRevoked(_) => Vec::new(),
        }
    }
}

/// Clients of one code and one token.
const CLIENTS: usize = 8;
const ROUNDS: usize = 6;

async fn names(store: &Store, pause: Duration, histories: &[(Digest, History<On>)]) {
    let ends = || Time::now().plus(Duration::from_secs(600));
    let session = SessionId::new("a-session").unwrap();
    join_all((0..CLIENTS).map(async |client| {
        for round in 0..ROUNDS {
            for (name, history) in histories {
                let is_first = client == 0 && round % 2 == 0;
                if is_first {
                    let put = async {
                        store.put_code(*name, CodeRecord { session: session.clone(), ends: ends() }).await.ok()
                    };
                    history.note(put, |seen| On::Put(seen.copied())).await;
                } else {
                    let take = async { store.take_code(name).await.ok().map(|record| record.is_some()) };
                    history.note(take, |seen| On::Take(seen.copied())).await;
                }
            }
            tokio::time::sleep(pause).await;
        }
    }))
    .await;
}

async fn tokens(store: &Store, pause: Duration, histories: &[(Digest, History<On>)]) {
    join_all((0..CLIENTS).map(async |client| {
        for round in 0..ROUNDS {
            for (name, history) in histories {
                if client == 0 && round == ROUNDS / 2 {
                    let ends = Time::now().plus(Duration::from_secs(600));
                    let revoke = async { store.revoke_token(*name, ends).await.ok() };
                    history.note(revoke, |_| On::Revoke).await;
                    continue;
                }
                // What was not answered was not seen.
                let begun = Instant::now();
                if let Ok(is_revoked) = store.is_revoked(name).await {
                    let done = Done { operation: On::IsRevoked(is_revoked), begun, ended: Some(Instant::now()) };
                    history.0.lock().unwrap().push(done);
                }
            }
            tokio::time::sleep(pause).await;
        }
    }))
    .await;
}

async fn open(redis: &Redis) -> Store {
    Store::open(&Arc::new(Live::new(parse(&redis.section())).unwrap())).await.unwrap()
}

fn fresh(count: usize) -> Vec<(Digest, History<On>)> {
    (0..count).map(|_| (Secret::random().unwrap().digest(), History::new())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_lets_one_in_and_a_revoked_token_stays_revoked() {
    let redis = Redis::start(Shape::Single).await;
    let on_redis = open(&redis).await;
    for store in [Store::Memory(Memory::default()), on_redis] {
        let (codes, revoked) = (fresh(20), fresh(20));
        tokio::join!(names(&store, Duration::ZERO, &codes), tokens(&store, Duration::ZERO, &revoked));
        for (_, history) in codes.iter().chain(&revoked) {
            history.check(&Name, There::default(), "no fault");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masters_death_forgets_last_changes_at_most() {
    let mut redis = Redis::start(Shape::Cluster).await;
    let store = open(&redis).await;
    let (codes, revoked) = (fresh(12), fresh(12));
    let kill = async {
        tokio::time::sleep(KILLED_AFTER).await;
        let killed = Instant::now();
        redis.kill(0);
        killed
    };
    let pause = Duration::from_millis(400);
    let (_, _, killed) = tokio::join!(names(&store, pause, &codes), tokens(&store, pause, &revoked), kill);
    for (_, history) in codes.iter().chain(&revoked) {
        history.note_since(killed, On::Forget);
        history.check(&Name, There::default(), "a master died");
    }
}

#[test]
fn a_code_that_two_took_and_a_token_that_was_good_again_have_no_explanation() {
    let at = Instant::now();
    let answered = |operation, n: u64| {
        let begun = at + Duration::from_millis(n * 2);
        Done { operation, begun, ended: Some(begun + Duration::from_millis(1)) }
    };
    let explained = |all: &[On]| {
        let history: Vec<_> = (0..).zip(all).map(|(n, on)| answered(*on, n)).collect();
        is_explained(&Name, There::default(), &history)
    };
    let (put, took) = (On::Put(Some(true)), On::Take(Some(true)));
    assert!(explained(&[put, took, On::Take(Some(false))]));
    assert!(!explained(&[put, took, took]));
    assert!(explained(&[put, took, On::Forget, took]), "a death brought the code back");
    assert!(explained(&[On::IsRevoked(false), On::Revoke, On::IsRevoked(true)]));
    assert!(!explained(&[On::Revoke, On::IsRevoked(false)]));
}
