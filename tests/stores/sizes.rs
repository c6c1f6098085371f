//! What a session takes of Redis is what operators are told.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use redis::aio::MultiplexedConnection;
use redis::cmd;
use tokio_tungstenite::tungstenite::Message;
use vitrine::auth::secret::Digest;
use vitrine::net::frame::to_agents;
use vitrine::store::sessions::limits::Spans;
use vitrine::store::sessions::{Append, LogEntry, LogId, Sessions, Sticky};
use vitrine_core::ids::{Epoch, Seq, SessionId};
use vitrine_core::session::News;
use vitrine_tests::redis::{Redis, Shape};

use crate::sessions::{ANN, append, begin, on};

const SESSIONS: usize = 25;
const EVENTS: u64 = 200;
const PAGE_BYTES: usize = 100_000;
const EVENT_BYTES: usize = 250;

/// A page as a keyframe: the manual's text, in JSON.
fn page() -> Message {
    let text = [include_str!("../../docs/OPERATE.md"), include_str!("../../docs/PROTOCOL.md")].concat();
    let json: Arc<str> = serde_json::to_string(&text.repeat(3)).unwrap()[..PAGE_BYTES].into();
    to_agents(&json, true)
}

fn keyframe() -> LogEntry {
    LogEntry::News(News::Keyframe { epoch: Epoch(17), seq: Seq(1), for_all: true, frame: page() })
}

fn event(seq: u64) -> LogEntry {
    let frame = Message::Text(format!("{seq:0EVENT_BYTES$}").into());
    LogEntry::News(News::Events { epoch: Epoch(17), first: Seq(seq), last: Seq(seq), frame })
}

async fn typical(store: &Sessions, name: &str) -> (SessionId, Epoch) {
    let session = begin(store, name).await;
    let term = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.term;
    let sticky = Sticky::More(Bytes::from(vec![7; 1_000]));
    store.append(&session, Append { sticky, ..append(ANN, term, 1, vec![keyframe()]) }).await.unwrap();
    for n in 0..EVENTS / 10 {
        let ten = (n * 10..n * 10 + 10).map(event).collect();
        store.append(&session, append(ANN, term, n + 2, ten)).await.unwrap();
    }
    assert!(store.seat(&session, "oidc:0f2c9c1e-3b7a-4a55", 5).await.unwrap());
    store.hold(&session, &[Digest::of("ann")]).await.unwrap();
    (session, term)
}

async fn number(server: &mut MultiplexedConnection, section: &str, field: &str) -> f64 {
    let text: String = cmd("INFO").arg(section).query_async(server).await.unwrap();
    let (_, rest) = text.split_once(field).expect(field);
    rest.split([',', '\r']).next().unwrap().parse().unwrap()
}

/// Tells the processor time of Redis for each call, with all that belongs to it; and how long a call takes.
async fn cost(server: &mut MultiplexedConnection, what: &str, calls: u32, does: impl Future<Output = ()>) {
    let mut used =
        async || number(server, "cpu", "used_cpu_user:").await + number(server, "cpu", "used_cpu_sys:").await;
    let (before, begun) = (used().await, Instant::now());
    does.await;
    let (took, micros) = (begun.elapsed() / calls, (used().await - before) * 1e6 / f64::from(calls));
    println!("{what}: {micros:.0} us of Redis, {took:?} there and back");
}

/// The number before a text in the manual.
fn told(before: &str) -> f64 {
    let manual = include_str!("../../docs/OPERATE.md");
    let (rest, _) = manual.split_once(before).expect(before);
    rest.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_takes_no_more_memory_than_operators_are_told() {
    let redis = Redis::start(Shape::Single).await;
    let (store, mut server) = (on(&redis, Spans::default()).await, redis.connection(0).await);
    typical(&store, "first").await;
    let before = number(&mut server, "memory", "used_memory:").await;
    for n in 0..SESSIONS {
        typical(&store, &format!("s-{n}")).await;
    }
    let after = number(&mut server, "memory", "used_memory:").await;
    let kilobytes = (after - before) / SESSIONS as f64 / 1_000.0;
    println!("{kilobytes:.1} KB a session, of which {} are the page", page().len());
    let told = told(" KB of Redis' memory");
    assert!(kilobytes < told && told < kilobytes * 1.5, "{kilobytes} KB, and operators are told {told}");

    let (session, term) = typical(&store, "last").await;
    let last = store.record(&session).await.unwrap().last;
    cost(&mut server, "append", 200, async {
        for n in 0..200 {
            store.append(&session, append(ANN, term, EVENTS / 10 + 2 + n, vec![event(n)])).await.unwrap();
        }
    })
    .await;
    cost(&mut server, "read", 200, async {
        for _ in 0..200 {
            store.read(&session, LogId { n: last.n + 199, ..last }).await.unwrap();
        }
    })
    .await;
    cost(&mut server, "renew", 200, async {
        for _ in 0..200 {
            store.renew(&session, ANN, term).await.unwrap();
        }
    })
    .await;
    cost(&mut server, "page", 50, async {
        for _ in 0..50 {
            store.page(&session).await.unwrap();
        }
    })
    .await;
    cost(&mut server, "claim", 200, async {
        for _ in 0..200 {
            store.claim(&session, ANN, Epoch(0)).await.unwrap();
        }
    })
    .await;
}
