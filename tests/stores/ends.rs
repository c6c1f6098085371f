//! Sessions that somebody ends while Redis is away: who asked is told that it is not sure, and what is wanted happens later.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};
use vitrine::assets::SystemNames;
use vitrine::audit::Actor;
use vitrine::http::Problem;
use vitrine::hub::{FromCustomer, Hub, Mail, Running};
use vitrine::net::outbox::{Outbox, Work};
use vitrine::start::App;
use vitrine::store::Store;
use vitrine::store::sessions::limits::Spans;
use vitrine::store::sessions::{Refused, Sessions};
use vitrine_core::ids::{Epoch, SessionId};
use vitrine_core::session::{Ask, CloseCode, EndReason};
use vitrine_tests::redis::{Redis, Shape};

use crate::sessions::{ANN, BOB, begin, keys, on};

const SOON: Duration = Duration::from_secs(10);
const BY_AGENT: (EndReason, Actor) = (EndReason::Agent, Actor::System);

async fn node(redis: &Redis) -> App {
    let live = keys(redis);
    let store = Store::open(&live).await.unwrap();
    App::new(live, store, Arc::new(SystemNames)).unwrap()
}

/// A session that a node owns; and the socket of its customer.
async fn owned(node: &App, store: &Sessions) -> (Arc<Running>, Arc<Outbox>) {
    let id = node.hub.begin(&node.config().sites["shop"], None).await.unwrap().id;
    let (running, socket) = (node.hub.find(&id).unwrap(), Arc::new(Outbox::new(1 << 20)));
    running.from_customer(FromCustomer::Attached(Arc::clone(&socket))).await.unwrap();
    until("nobody owns it", async || store.record(&id).await.is_ok_and(|record| record.is_owned)).await;
    (running, socket)
}

async fn followed(hub: &Hub, id: &SessionId) -> Arc<Running> {
    hub.reach(id).await.unwrap().expect("there is such a session")
}

async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < SOON, "{what}");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn is_closed(socket: &Outbox) -> CloseCode {
    let closed = async {
        loop {
            if let Work::Close(code) = socket.next(&mut None).await {
                return code;
            }
        }
    };
    timeout(SOON, closed).await.expect("it is closed")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_answered_when_it_is_sure_and_happens_later_where_it_was_wanted() {
    let redis = Redis::start(Shape::Single).await;
    let (a, b, store) = (node(&redis).await, node(&redis).await, on(&redis, Spans::default()).await);
    let (owners, her_socket) = owned(&a, &store).await;
    let (asked, other_socket) = owned(&a, &store).await;
    let (wanted, third_socket) = owned(&a, &store).await;
    let (asked_at_b, wanted_at_b) = (followed(&b.hub, &asked.id).await, followed(&b.hub, &wanted.id).await);
    let (reason, by) = BY_AGENT;

    redis.freeze(0);
    // As an agent's socket does, which waits for no answer.
    wanted_at_b.mail(Mail::End(reason, by.clone(), None)).await.unwrap();
    let begun = Instant::now();
    let (at_owner, elsewhere) = tokio::join!(owners.end(reason, by.clone()), asked_at_b.end(reason, by.clone()));
    assert_eq!((at_owner, elsewhere), (Err(Problem::StoreAway), Err(Problem::StoreAway)));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(is_closed(&her_socket).await, CloseCode::Ended, "what her node can end is over at once");
    redis.thaw(0);

    let ended = async |id: &SessionId| store.record(id).await.is_ok_and(|record| record.ended == Some(reason));
    until("the owner's end is lost", async || ended(&owners.id).await).await;
    until("an agent's end is lost", async || ended(&wanted.id).await).await;
    assert_eq!(is_closed(&third_socket).await, CloseCode::Ended);
    assert_eq!(store.record(&asked.id).await.unwrap().ended, None, "it was refused, and may be asked again");
    assert_eq!(asked_at_b.end(reason, by.clone()).await, Ok(()));
    assert_eq!(is_closed(&other_socket).await, CloseCode::Ended);
    until("an end that was sure is lost", async || ended(&asked.id).await).await;
    // Also where nothing is in the way, at the owner itself.
    let (last, last_socket) = owned(&a, &store).await;
    assert_eq!(last.end(reason, by.clone()).await, Ok(()));
    assert!(ended(&last.id).await);
    assert_eq!(is_closed(&last_socket).await, CloseCode::Ended);
    assert_eq!(last.end(reason, by).await, Err(Problem::NoSuchSession));
}

/// Part of the suite of `sessions`.
pub(crate) async fn an_end_outlives_the_owner_that_was_asked_for_it(store: &Sessions) {
    let session = begin(store, "end-asked").await;
    let term = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.term;
    store.ask(&session, term, Ask::End { reason: EndReason::Agent, agent: None }).await.unwrap();
    assert_eq!(store.record(&session).await.unwrap().ended, None, "its owner is to do it");
    let ended = Refused::Ended(EndReason::Agent);
    assert_eq!(store.claim(&session, BOB, Epoch(0)).await.map(drop), Err(ended));
    assert_eq!(store.record(&session).await.unwrap().ended, Some(EndReason::Agent));
    assert_eq!(store.renew(&session, ANN, term).await, Err(ended));
}
