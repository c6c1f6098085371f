//! Small records: one suite over memory and every set-up of Redis.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use vitrine::auth::login::{AtProvider, Login, SignedIn};
use vitrine::auth::oidc::Attempt;
use vitrine::auth::secret::{Digest, Secret};
use vitrine::auth::socket::Ticket;
use vitrine::auth::subject::Subject;
use vitrine::live::Live;
use vitrine::ops::clock::Time;
use vitrine::store::{CodeRecord, Memory, Store};
use vitrine_core::access::Sites;
use vitrine_core::ids::SessionId;
use vitrine_tests::redis::{Redis, Shape};
use vitrine_tests::server::parse;

const SOON: Duration = Duration::from_millis(700);

fn later() -> Time {
    Time::now().plus(Duration::from_secs(60))
}

/// A name that no other test has.
fn fresh() -> Digest {
    Secret::random().unwrap().digest()
}

fn session() -> SessionId {
    SessionId::new("a-session").unwrap()
}

fn login(subject: Subject, sid: Option<&str>, ends: Time) -> Login {
    let provider = sid.map(|sid| AtProvider {
        sid: Some(sid.to_owned()),
        id_token: "header.claims.signature".to_owned(),
        met: Vec::new(),
    });
    Login {
        subject,
        name: "Ann".to_owned(),
        roles: vec!["agent".to_owned()],
        sites: ["shop".to_owned()].into_iter().collect::<Sites>(),
        session: Some(session()),
        ends,
        holder: fresh(),
        provider,
        password: Some(fresh()),
    }
}

async fn codes(store: &Store) {
    let (code, record) = (fresh(), |ends| CodeRecord { session: session(), ends });
    assert!(store.put_code(code, record(later())).await.unwrap());
    assert!(!store.put_code(code, record(later())).await.unwrap(), "two sessions have one code");
    assert_eq!(store.take_code(&code).await.unwrap().unwrap().session, session());
    assert!(store.take_code(&code).await.unwrap().is_none(), "a code lets two in");
    assert!(store.put_code(code, record(later())).await.unwrap(), "a code that was taken is free again");
    let short = fresh();
    assert!(store.put_code(short, record(Time::now().plus(SOON))).await.unwrap());
    tokio::time::sleep(SOON * 2).await;
    assert!(store.take_code(&short).await.unwrap().is_none(), "a code outlives its time");
}

/// Of many who take at once one gets it; of many who put at once one keeps it.
async fn one_of_many(store: &Store) {
    for _ in 0..5 {
        let code = fresh();
        let put = (0..8).map(|_| store.put_code(code, CodeRecord { session: session(), ends: later() }));
        let put = join_all(put).await.into_iter().filter(|kept| *kept.as_ref().unwrap()).count();
        let taken = join_all((0..8).map(|_| store.take_code(&code))).await;
        let taken = taken.into_iter().filter(|taken| taken.as_ref().unwrap().is_some()).count();
        assert_eq!((put, taken), (1, 1));
        let used = join_all((0..8).map(|_| store.use_once(code, later()))).await;
        assert_eq!(used.into_iter().filter(|first| *first.as_ref().unwrap()).count(), 1);
    }
}

async fn tickets_and_sign_ins(store: &Store) {
    let signed_in = SignedIn {
        id: fresh(),
        login: login(Subject::App { app: "crm".into(), sub: "1".into() }, None, later()),
        asset_cookie: "cookie".into(),
    };
    let ticket = Ticket {
        session: session(),
        signed_in,
        admitted: true,
        origin: "https://agents.example".into(),
        ends: later(),
    };
    let id = fresh();
    store.put_ticket(id, ticket.clone()).await.unwrap();
    let taken = store.take_ticket(&id).await.unwrap().unwrap();
    assert_eq!(format!("{taken:?}"), format!("{ticket:?}"));
    assert_eq!(taken.signed_in.login.holder, ticket.signed_in.login.holder);
    assert!(store.take_ticket(&id).await.unwrap().is_none(), "a ticket opens two sockets");
    let attempt = Attempt::random().unwrap();
    let kept = attempt.record();
    store.put_sign_in(attempt.state.digest(), kept.clone()).await.unwrap();
    let taken = store.take_sign_in(&attempt.state.digest()).await.unwrap().unwrap();
    assert_eq!((taken.browser, taken.ends), (kept.browser, kept.ends));
    assert!(store.take_sign_in(&attempt.state.digest()).await.unwrap().is_none());
}

async fn logins(store: &Store) {
    let (ann, bob) = (Subject::Oidc(format!("{:?}", Time::now())), Subject::Oidc("bob".into()));
    // Another run of this suite has other sessions.
    let sids = [fresh(), fresh()].map(|_| Secret::random().unwrap().text().to_owned());
    let ids: Vec<Digest> = (0..5).map(|_| fresh()).collect();
    let kept = [
        login(ann.clone(), Some(&sids[0]), later()),
        login(ann.clone(), Some(&sids[1]), later()),
        login(bob.clone(), Some(&sids[0]), later()),
        login(Subject::Local("ann".into()), None, later()),
        login(ann.clone(), Some(&sids[1]), Time::now().plus(SOON)),
    ];
    for (id, login) in ids.iter().zip(&kept) {
        store.put_login(*id, login.clone()).await.unwrap();
        assert_eq!(format!("{:?}", store.login(id).await.unwrap().unwrap()), format!("{login:?}"));
    }
    tokio::time::sleep(SOON * 2).await;
    assert!(store.login(&ids[4]).await.unwrap().is_none(), "a login outlives its time");
    let ended = store.remove_logins_at_provider(Some(&ann), Some(&sids[0])).await.unwrap();
    assert_eq!(ended.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ids[0]]);
    assert_eq!(store.remove_logins_at_provider(Some(&ann), Some(&sids[0])).await.unwrap().len(), 0);
    let ended = store.remove_logins_at_provider(None, Some(&sids[0])).await.unwrap();
    assert_eq!(ended.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ids[2]]);
    let ended = store.remove_logins_at_provider(Some(&ann), None).await.unwrap();
    assert_eq!(ended.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ids[1]]);
    assert!(store.login(&ids[3]).await.unwrap().is_some(), "another's login is ended");
    store.remove_login(&ids[3]).await.unwrap();
    assert!(store.login(&ids[3]).await.unwrap().is_none());
}

async fn tokens_and_counts(store: &Store) {
    let (used, revoked) = (fresh(), fresh());
    assert_eq!([store.use_once(used, later()).await, store.use_once(used, later()).await], [Ok(true), Ok(false)]);
    assert_eq!(store.use_once(fresh(), Time(1)).await, Ok(true));
    assert_eq!(store.is_revoked(&revoked).await, Ok(false));
    store.revoke_token(revoked, later()).await.unwrap();
    assert_eq!(store.is_revoked(&revoked).await, Ok(true));
    let (name, minute) = (fresh(), Duration::from_secs(60));
    assert_eq!(store.count(name, 0, minute).await.unwrap().count, 0);
    let counts = join_all((0..10).map(|_| store.count(name, 1, minute))).await;
    let mut counts: Vec<u32> = counts.into_iter().map(|counted| counted.unwrap().count).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=10).collect::<Vec<_>>());
    let left = store.count(name, 0, minute).await.unwrap().left;
    assert!(left <= minute && left > minute / 2, "{left:?}");
    let short = fresh();
    assert_eq!(store.count(short, 2, SOON).await.unwrap().count, 2);
    tokio::time::sleep(SOON * 2).await;
    assert_eq!(store.count(short, 1, SOON).await.unwrap().count, 1, "a count outlives its span");
}

async fn all(store: &Store) {
    codes(store).await;
    one_of_many(store).await;
    tickets_and_sign_ins(store).await;
    logins(store).await;
    tokens_and_counts(store).await;
}

/// What is there has an end, and says nothing of what was kept.
async fn every_key_ends(redis: &Redis) {
    let mut found = 0;
    for n in redis.masters().await {
        let keys: Vec<String> = redis.answer(n, &["KEYS", "*"]).await;
        for key in keys {
            let ttl: i64 = redis.answer(n, &["PTTL", &key]).await;
            assert!(ttl != -1 && key.starts_with("v:"), "{key} stays for ever");
            let dump: Vec<u8> = redis.ask(n, &["GET", &key]).await.unwrap_or_default();
            let words = ["Ann", "a-session", "agent", "shop", "claims", "crm"];
            let held = words.iter().find(|word| dump.windows(word.len()).any(|part| part == word.as_bytes()));
            assert_eq!(held, None, "{key}");
            found += 1;
        }
    }
    assert!(found > 10, "{found} keys");
}

async fn on(shape: Shape) {
    let redis = Redis::start(shape).await;
    let live = Arc::new(Live::new(parse(&redis.section())).unwrap());
    all(&Store::open(&live).await.unwrap()).await;
    every_key_ends(&redis).await;
}

#[tokio::test]
async fn in_memory() {
    all(&Store::Memory(Memory::default())).await;
}

#[tokio::test]
async fn on_one_server() {
    on(Shape::Single).await;
}

#[tokio::test]
async fn by_tls() {
    on(Shape::Tls).await;
}

#[tokio::test]
async fn on_a_cluster() {
    on(Shape::Cluster).await;
}

#[tokio::test]
async fn under_sentinels() {
    on(Shape::Sentinel).await;
}
