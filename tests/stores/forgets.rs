//! A Redis that forgot what it had answered, as a replica does that becomes master: put back by hand to what it was.

use redis::aio::MultiplexedConnection;
use redis::cmd;
use vitrine::store::sessions::limits::Spans;
use vitrine::store::sessions::{Append, LogEntry, Refused, Sessions};
use vitrine_core::ids::{Epoch, SessionId};
use vitrine_tests::redis::{Redis, Shape};

use crate::sessions::{ANN, BOB, append, begin, events, on};

/// What stands under a session's keys.
struct Remembered(Vec<(String, Vec<u8>)>);

impl Remembered {
    async fn of(session: &SessionId, server: &mut MultiplexedConnection) -> Self {
        let mut all = Vec::new();
        for name in ["s", "log"] {
            let key = format!("v:{{{session}}}:{name}");
            let bytes: Option<Vec<u8>> = cmd("DUMP").arg(&key).query_async(server).await.unwrap();
            all.extend(bytes.map(|bytes| (key, bytes)));
        }
        Self(all)
    }

    async fn put_back(&self, server: &mut MultiplexedConnection) {
        for (key, bytes) in &self.0 {
            cmd("RESTORE").arg(key).arg(60_000).arg(bytes).arg("REPLACE").exec_async(server).await.unwrap();
        }
    }
}

/// What a reader who has seen all up to now is told next.
async fn next(store: &Sessions, session: &SessionId, seen: &[LogEntry]) -> Vec<LogEntry> {
    let read = store.read(session, vitrine::store::sessions::LogId::START).await.unwrap();
    read.entries.into_iter().map(|(_, entry)| entry).filter(|entry| !seen.contains(entry)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_hears_that_its_writes_are_lost_and_begins_anew_after_all_that_was_read() {
    let redis = Redis::start(Shape::Single).await;
    let (store, mut server) = (on(&redis, Spans::default()).await, redis.connection(0).await);
    let session = begin(&store, "writes").await;
    let term = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.term;
    store.append(&session, append(ANN, term, 1, vec![events(1)])).await.unwrap();
    let then = Remembered::of(&session, &mut server).await;
    store.append(&session, append(ANN, term, 2, vec![events(2)])).await.unwrap();
    let raise = |n, held: Epoch, seq| Append { epoch: Epoch(held.0 + 1), ..append(ANN, held, n, vec![events(seq)]) };
    let seen = store.append(&session, raise(3, term, 3)).await.unwrap().last;

    // It forgot writes of one epoch only: the next number tells, and renewing does.
    let held = Epoch(term.0 + 1);
    let later = Remembered::of(&session, &mut server).await;
    store.append(&session, append(ANN, held, 4, vec![events(4)])).await.unwrap();
    later.put_back(&mut server).await;
    assert_eq!(store.renew(&session, ANN, term).await.unwrap().n, 3);
    assert_eq!(store.append(&session, append(ANN, held, 5, vec![events(5)])).await, Err(Refused::Lost));

    // It forgot an epoch: the owner has a higher one, and goes on from there.
    then.put_back(&mut server).await;
    assert_eq!(store.append(&session, append(ANN, held, 4, vec![events(4)])).await, Err(Refused::Lost));
    let anew = store.append(&session, raise(5, held, 6)).await.unwrap();
    assert!(anew.last > seen, "a reader has seen {seen}, and would not see {}", anew.last);
    assert_eq!(next(&store, &session, &[events(1)]).await.last(), Some(&events(6)));
    store.append(&session, append(ANN, Epoch(held.0 + 1), 6, vec![])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_was_forgotten_still_fences() {
    let redis = Redis::start(Shape::Single).await;
    let (store, mut server) = (on(&redis, Spans::default()).await, redis.connection(0).await);
    let session = begin(&store, "claims").await;
    let ann = store.claim(&session, ANN, Epoch(0)).await.unwrap().record;
    store.append(&session, append(ANN, ann.term, 1, vec![events(1)])).await.unwrap();
    let then = Remembered::of(&session, &mut server).await;
    let bob = store.claim(&session, BOB, Epoch(0)).await.unwrap().record;
    then.put_back(&mut server).await;
    // The owner before may write until the new one is heard of, and no longer.
    store.append(&session, append(ANN, ann.term, 2, vec![])).await.unwrap();
    assert_eq!(store.renew(&session, BOB, bob.term).await, Err(Refused::Lost));
    assert_eq!(store.append(&session, append(ANN, ann.term, 3, vec![])).await, Err(Refused::Fenced));
    let anew = Append { epoch: Epoch(bob.term.0 + 1), ..append(BOB, bob.term, 1, vec![events(2)]) };
    store.append(&session, anew).await.unwrap();
    assert_eq!(store.renew(&session, ANN, ann.term).await, Err(Refused::Fenced));

    // By its first write just the same, and by a third who claims: the customer's page says what it has seen.
    then.put_back(&mut server).await;
    let again = store.append(&session, append(BOB, bob.term, 1, vec![])).await;
    assert_eq!(again, Err(Refused::Lost));
    assert_eq!(store.append(&session, append(ANN, ann.term, 3, vec![])).await, Err(Refused::Fenced));
    then.put_back(&mut server).await;
    let third = store.claim(&session, ANN, bob.term).await.unwrap().record;
    assert!(third.term > bob.term);
    assert_eq!(store.renew(&session, BOB, bob.term).await, Err(Refused::Fenced));
}
