//! Sessions that several nodes share: one suite for memory and for every set-up of Redis.

use std::future::Future;
use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzEncoder;
use tokio_tungstenite::tungstenite::Message;
use vitrine::auth::secret::Digest;
use vitrine::live::Live;
use vitrine::store::StoreError;
use vitrine::store::redis::Link;
use vitrine::store::sessions::limits::{
    APPEND_ENTRIES_MAX, ASKS_MAX, LOG_ENTRIES_MAX, SEEN_AHEAD_MAX, STICKY_PIECES_MAX, Spans,
};
use vitrine::store::sessions::{
    Append, AskId, LogEntry, LogId, Memory, NewSession, Node, Redis as OnRedis, Refused, Seat, Sessions, Sticky,
};
use vitrine_core::ids::{AgentKey, Epoch, Seq, SessionId};
use vitrine_core::session::{Ask, CustomerFacts, EndReason, Facts, News, Now};
use vitrine_tests::dump::{all_keys, faults};
use vitrine_tests::redis::{Redis, SHAPES, Shape};
use vitrine_tests::server::parse;

use crate::ends::an_end_outlives_the_owner_that_was_asked_for_it;
use crate::links::settings;
use crate::uploads::{an_upload_goes_to_the_node_that_asked, uploads_have_bounds};

pub(crate) const ANN: Node = Node(u64::MAX);
pub(crate) const BOB: Node = Node(2);
/// What tests wait for things to run out.
pub(crate) const SHORT: Duration = Duration::from_millis(600);

pub(crate) fn spans() -> Spans {
    Spans {
        lease: SHORT * 2,
        seat: SHORT,
        holder: SHORT,
        upload: SHORT * 2,
        ended: SHORT,
        margin: Duration::from_secs(5),
    }
}

pub(crate) async fn on(redis: &Redis, spans: Spans) -> Sessions {
    let link = Arc::new(Link::connect(&settings(redis)).await.unwrap());
    Sessions::Redis(OnRedis::new(link, keys(redis), spans))
}

/// The keys that all nodes have.
pub(crate) fn keys(redis: &Redis) -> Arc<Live> {
    Arc::new(Live::new(parse(&format!("{}[sites.shop]\n", redis.section()))).unwrap())
}

pub(crate) fn new(session: &SessionId) -> NewSession {
    NewSession {
        session: session.clone(),
        site: "shop".into(),
        token: Digest::of("secret"),
        lasts: Duration::from_secs(600),
        stays: Duration::from_secs(60),
        facts: Facts::new(Now(1), CustomerFacts::default()),
        kept: Bytes::from_static(b"kept\0\xff"),
    }
}

pub(crate) async fn begin(store: &Sessions, name: &str) -> SessionId {
    let session = SessionId::new(name).unwrap();
    store.create(new(&session)).await.unwrap();
    session
}

pub(crate) fn events(seq: u64) -> LogEntry {
    let frame = Message::Text(format!("{{\"event\":{seq}}}").into());
    LogEntry::News(News::Events { epoch: Epoch(1), first: Seq(seq), last: Seq(seq), frame })
}

fn keyframe(seq: u64, for_all: bool) -> LogEntry {
    let frame = Message::Binary(Bytes::from_static(b"\x1f\x8b\0\n\xff"));
    LogEntry::News(News::Keyframe { epoch: Epoch(1), seq: Seq(seq), for_all, frame })
}

fn result(agent: u64) -> LogEntry {
    LogEntry::News(News::Result { agent: AgentKey(agent), frame: Message::Text("{}".into()) })
}

pub(crate) fn append(node: Node, held: Epoch, n: u64, entries: Vec<LogEntry>) -> Append {
    Append { node, held, epoch: held, n, seq: Seq(n), entries, kept: None, sticky: Sticky::Same }
}

async fn entries(store: &Sessions, session: &SessionId, after: LogId) -> Vec<LogEntry> {
    let read = store.read(session, after).await.unwrap();
    read.entries.into_iter().map(|(_, entry)| entry).filter(|entry| !matches!(entry, LogEntry::Owner { .. })).collect()
}

/// Waits until something is so, a little longer than things take to run out.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < SHORT * 10, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn a_claim_fences_who_was_owner_before(store: &Sessions) {
    let session = begin(store, "claims").await;
    let record = store.record(&session).await.unwrap();
    assert_eq!((record.epoch, record.term, record.owner, record.is_owned), (Epoch(1), Epoch(0), None, false));
    assert_eq!((record.site.as_str(), record.token, record.seq), ("shop", Digest::of("secret"), Seq(0)));
    assert_eq!((&record.kept[..], record.ends.0 - record.started.0), (&b"kept\0\xff"[..], 600_000));
    assert_eq!(store.create(new(&session)).await, Err(Refused::Taken));

    let ann = store.claim(&session, ANN, Epoch(0)).await.unwrap().record;
    assert_eq!((ann.epoch, ann.term, ann.owner, ann.is_owned), (Epoch(17), Epoch(17), Some(ANN), true));
    assert_eq!(ann.seq, Seq(1 << 16));
    store.append(&session, append(ANN, ann.epoch, 1, vec![events(1)])).await.unwrap();
    let bob = store.claim(&session, BOB, Epoch(100)).await.unwrap().record;
    assert_eq!((bob.epoch, bob.seq), (Epoch(116), Seq(2 << 16)));
    assert_eq!(store.append(&session, append(ANN, ann.epoch, 2, vec![])).await, Err(Refused::Fenced));
    assert_eq!(store.renew(&session, ANN, ann.term).await, Err(Refused::Fenced));
    assert_eq!(store.release(&session, ANN, ann.term).await, Err(Refused::Fenced));
    assert_eq!(store.end(&session, ANN, ann.term, EndReason::Idle).await, Err(Refused::Fenced));
    assert_eq!(store.asks(&session, (ANN, ann.term), AskId::default(), 1).await, Err(Refused::Fenced));
    store.append(&session, append(BOB, bob.epoch, 1, vec![])).await.unwrap();
    // Its own claim fences a node as well: the customer came back to it.
    let again = store.claim(&session, BOB, Epoch(0)).await.unwrap().record;
    assert_eq!(store.append(&session, append(BOB, bob.epoch, 2, vec![])).await, Err(Refused::Fenced));
    let far = store.claim(&session, BOB, Epoch(u64::MAX)).await.unwrap().record;
    assert_eq!(far.epoch.0, again.epoch.0 + SEEN_AHEAD_MAX + 16);
    assert_eq!(store.claim(&SessionId::new("nobody").unwrap(), ANN, Epoch(0)).await, Err(Refused::Gone));
}

async fn an_append_is_written_once_and_in_order(store: &Sessions) {
    let session = begin(store, "appends").await;
    let held = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.epoch;
    let first = append(ANN, held, 1, vec![events(1), events(2)]);
    let appended = store.append(&session, first.clone()).await.unwrap();
    assert_eq!(store.append(&session, first).await, Ok(appended), "the answer got lost");
    assert_eq!(entries(store, &session, LogId::START).await, [events(1), events(2)]);
    assert_eq!(store.append(&session, append(ANN, held, 3, vec![events(9)])).await, Err(Refused::Lost));

    let raised = Epoch(held.0 + 1);
    let raise = |n, held| Append { epoch: raised, ..append(ANN, held, n, vec![keyframe(3, true)]) };
    store.append(&session, raise(7, held)).await.unwrap();
    assert_eq!(store.append(&session, raise(8, held)).await, Err(Refused::Lost), "the epoch is taken");
    let renewed = store.renew(&session, ANN, held).await.unwrap();
    assert_eq!((renewed.epoch, renewed.n, renewed.has_asks), (raised, 7, false));
    let higher = Append { epoch: Epoch(held.0 + 2), ..raise(8, held) };
    store.append(&session, higher).await.unwrap();
    let ahead = append(ANN, Epoch(held.0 + 3), 9, vec![]);
    assert_eq!(store.append(&session, ahead).await, Err(Refused::Lost), "more is held than is known");
    let page = store.page(&session).await.unwrap();
    assert_eq!(page.record.seq, Seq(1 << 16));
    assert!(page.entries.windows(2).all(|pair| pair[0].0 < pair[1].0));
}

async fn what_is_written_is_read(store: &Sessions) {
    let session = begin(store, "entries").await;
    let term = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.term;
    let facts = Facts { page: Some(("https://shop.example".into(), "Shop \u{1f6d2}".into())), ..new(&session).facts };
    let all = vec![
        keyframe(4, false),
        events(5),
        LogEntry::News(News::Skipped { epoch: Epoch(2), seq: Seq(9) }),
        LogEntry::News(News::Facts(Arc::new(facts.clone()))),
        result(u64::MAX),
        LogEntry::News(News::Early(vec!["token".into()])),
        LogEntry::News(News::Ended(EndReason::CustomerLost)),
    ];
    let written = Append { kept: Some(Bytes::from_static(b"k2")), ..append(ANN, term, 1, all.clone()) };
    store.append(&session, written).await.unwrap();
    let read = store.read(&session, LogId::START).await.unwrap();
    assert_eq!(read.entries.first().map(|(_, entry)| entry), Some(&LogEntry::Owner { node: ANN, term }));
    assert_eq!((read.is_owned, read.term, read.has_more, read.has_missed), (true, term, false, false));
    assert_eq!(entries(store, &session, LogId::START).await, all);
    let record = store.record(&session).await.unwrap();
    assert_eq!(
        (&*record.facts, &record.kept[..], Some(record.last)),
        (&facts, &b"k2"[..], read.entries.last().map(|e| e.0))
    );
    assert_eq!(entries(store, &session, record.last).await, []);
}

async fn a_keyframe_cuts_the_log(store: &Sessions) {
    let session = begin(store, "cuts").await;
    let held = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.epoch;
    let put = async |n, entries| store.append(&session, append(ANN, held, n, entries)).await.unwrap();
    put(1, vec![events(1), keyframe(1, false), events(2)]).await;
    let behind = store.read(&session, LogId::START).await.unwrap().entries[1].0;
    let appended = put(2, vec![events(3), keyframe(3, false), events(4)]).await;
    assert_eq!(appended.entries, 2);
    // The keyframe before stays for those who are a moment behind.
    assert_eq!(entries(store, &session, behind).await.len(), 5);
    assert!(!store.read(&session, behind).await.unwrap().has_missed);
    assert!(store.read(&session, LogId::START).await.unwrap().has_missed);
    let page: Vec<_> = store.page(&session).await.unwrap().entries.into_iter().map(|(_, entry)| entry).collect();
    assert_eq!(page, [keyframe(3, false), events(4)]);
    // Of one for all nothing stays that was shown before; answers do.
    let last = store.record(&session).await.unwrap().last;
    put(3, vec![events(5), result(1), keyframe(6, true), events(7)]).await;
    assert_eq!(entries(store, &session, LogId::START).await, [result(1), keyframe(6, true), events(7)]);
    assert!(store.read(&session, behind).await.unwrap().has_missed);
    assert!(!store.read(&session, last).await.unwrap().has_missed);
}

async fn everything_has_a_bound(store: &Sessions) {
    let session = begin(store, "bounds").await;
    let claimed = store.claim(&session, ANN, Epoch(0)).await.unwrap().record;
    let put = |n, entries| store.append(&session, append(ANN, claimed.epoch, n, entries));
    let most = usize::try_from(LOG_ENTRIES_MAX).unwrap() / APPEND_ENTRIES_MAX;
    let many = vec![result(1); APPEND_ENTRIES_MAX];
    for n in 1..most {
        put(n as u64, many.clone()).await.unwrap();
    }
    let n = most as u64;
    assert_eq!(put(n, many.clone()).await, Err(Refused::Full), "the claim is an entry too");
    let mut anew = append(ANN, claimed.epoch, n, vec![keyframe(1, true)]);
    anew.epoch = Epoch(claimed.epoch.0 + 1);
    store.append(&session, anew).await.unwrap();
    assert_eq!(put(1, vec![result(1); APPEND_ENTRIES_MAX + 1]).await, Err(Refused::TooLarge("append")));
    let large = LogEntry::News(News::Early(vec!["x".repeat(33 << 20)]));
    assert_eq!(put(1, vec![large]).await, Err(Refused::TooLarge("entry")));

    for asked in 0..ASKS_MAX {
        // All of them take longer than a lease of this test.
        if asked % 8 == 0 {
            store.renew(&session, ANN, claimed.term).await.unwrap();
        }
        store.ask(&session, claimed.term, Ask::CodeUsed).await.unwrap();
    }
    assert_eq!(store.ask(&session, claimed.term, Ask::CodeUsed).await, Err(Refused::Full));
    let long = Ask::Command { agent: AgentKey(1), frame: "x".repeat(129 << 10) };
    assert_eq!(store.ask(&session, claimed.term, long).await, Err(Refused::TooLarge("ask")));
    assert_eq!(store.seat(&session, &"x".repeat(2_000), 1).await, Err(Refused::TooLarge("subject")));

    let held = Epoch(claimed.epoch.0 + 1);
    let piece = |n, sticky| Append { sticky, ..append(ANN, held, n, vec![]) };
    for at in 1..=STICKY_PIECES_MAX as u64 {
        store.append(&session, piece(n + at, Sticky::More(Bytes::from_static(b"p")))).await.unwrap();
    }
    let next = n + STICKY_PIECES_MAX as u64 + 1;
    let one_more = piece(next, Sticky::More(Bytes::from_static(b"p")));
    assert_eq!(store.append(&session, one_more).await, Err(Refused::Full));
    let whole = store.append(&session, piece(next, Sticky::All(Bytes::from_static(b"all")))).await.unwrap();
    assert_eq!(whole.pieces, 1);
    store.append(&session, piece(next + 1, Sticky::More(Bytes::from_static(b"more")))).await.unwrap();
    assert_eq!(store.claim(&session, BOB, Epoch(0)).await.unwrap().sticky, ["all", "more"]);
}

async fn an_ask_is_taken_once_by_the_owner_that_it_was_for(store: &Sessions) {
    let session = begin(store, "asks").await;
    let ask = |n| Ask::Command { agent: AgentKey(n), frame: format!("{{\"n\":{n}}}") };
    assert_eq!(store.ask(&session, Epoch(0), ask(0)).await, Err(Refused::Unowned));
    let term = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.term;
    let mut watch = store.watch_asks(&session).await.unwrap();
    assert_eq!(store.ask(&session, Epoch(0), ask(0)).await, Err(Refused::OtherTerm(term)));
    for n in 1..=3 {
        store.ask(&session, term, ask(n)).await.unwrap();
    }
    tokio::time::timeout(SHORT * 10, watch.woken()).await.expect("a wake");
    assert!(store.renew(&session, ANN, term).await.unwrap().has_asks);
    let asks = async |after, most| store.asks(&session, (ANN, term), after, most).await.unwrap();
    let two = asks(AskId::default(), 2).await;
    assert_eq!(two.iter().map(|(_, ask)| ask.clone()).collect::<Vec<_>>(), [ask(1), ask(2)]);
    assert_eq!(asks(AskId::default(), 2).await, two, "the answer got lost");
    let rest = asks(two[1].0, 9).await;
    assert_eq!(rest.iter().map(|(_, ask)| ask.clone()).collect::<Vec<_>>(), [ask(3)]);
    assert_eq!(asks(rest[0].0, 9).await, []);
    assert!(!store.renew(&session, ANN, term).await.unwrap().has_asks);
    // What the owner before was asked is not done by the next.
    store.ask(&session, term, ask(4)).await.unwrap();
    let next = store.claim(&session, BOB, Epoch(0)).await.unwrap().record.term;
    assert_eq!(store.asks(&session, (BOB, next), AskId::default(), 9).await, Ok(Vec::new()));
    assert_eq!(store.ask(&session, term, ask(5)).await, Err(Refused::OtherTerm(next)));
    store.release(&session, BOB, next).await.unwrap();
    assert_eq!(store.ask(&session, next, ask(6)).await, Err(Refused::Unowned));
}

async fn a_lease_runs_out_and_is_taken_up_again(store: &Sessions) {
    let session = begin(store, "leases").await;
    let term = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.term;
    let is_owned = async || store.record(&session).await.unwrap().is_owned;
    assert!(is_owned().await);
    assert_eq!(store.end_unowned(&session, term, EndReason::Agent).await, Err(Refused::Owned));
    until("the lease does not run out", async || !is_owned().await).await;
    store.append(&session, append(ANN, term, 1, vec![])).await.unwrap();
    assert!(is_owned().await, "nobody claimed it meanwhile");
    store.release(&session, ANN, term).await.unwrap();
    assert!(!is_owned().await);
    store.renew(&session, ANN, term).await.unwrap();
    assert!(is_owned().await);
    store.release(&session, ANN, term).await.unwrap();
    assert_eq!(store.end_unowned(&session, Epoch(3), EndReason::Agent).await, Err(Refused::OtherTerm(term)));
    store.end_unowned(&session, term, EndReason::Agent).await.unwrap();
    assert_eq!(store.record(&session).await.unwrap().ended, Some(EndReason::Agent));
}

async fn places_are_kept_for_a_while(store: &Sessions) {
    let session = begin(store, "seats").await;
    let seat = async |who| store.seat(&session, who, 1).await.unwrap();
    let reseat = async |who| store.reseat(&session, who, 1).await.unwrap();
    assert!(seat("local:ann").await && seat("local:ann").await);
    assert!(!seat("local:bob").await);
    assert_eq!(store.seated(&session, "local:bob", 1).await, Ok(Seat { is_remembered: false, has_room: false }));
    store.unseat(&session, "local:ann").await.unwrap();
    assert!(seat("local:bob").await, "ann never came");
    store.keep_seats(&session, &["local:bob".into(), "local:eve".into()]).await.unwrap();
    store.unseat(&session, "local:bob").await.unwrap();
    assert_eq!(store.seated(&session, "local:bob", 2).await, Ok(Seat { is_remembered: true, has_room: true }));
    assert!(!reseat("local:eve").await, "eve never showed a code");
    until("bob's place is not free", async || seat("local:ann").await).await;
    assert!(!reseat("local:bob").await, "ann has the place");
    until("ann's place is not free", async || reseat("local:bob").await).await;
}

async fn holders_are_served_for_a_while(store: &Sessions) {
    let session = begin(store, "holders").await;
    let (ann, bob) = (Digest::of("ann"), Digest::of("bob"));
    let holds = async |who: Digest| store.holds(&session, &who).await.unwrap();
    store.hold(&session, &[ann, bob]).await.unwrap();
    assert!(holds(ann).await && holds(bob).await && !holds(Digest::of("eve")).await);
    store.let_go(&session, &bob).await.unwrap();
    assert!(holds(ann).await && !holds(bob).await);
    until("ann is served for ever", async || !holds(ann).await).await;
}

async fn an_end_is_told_for_a_while(store: &Sessions) {
    let session = begin(store, "ends").await;
    let term = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.term;
    let last = store.record(&session).await.unwrap().last;
    store.end(&session, ANN, term, EndReason::Customer).await.unwrap();
    assert_eq!(entries(store, &session, last).await, [LogEntry::News(News::Ended(EndReason::Customer))]);
    let ended = Refused::Ended(EndReason::Customer);
    assert_eq!(store.claim(&session, BOB, Epoch(0)).await, Err(ended));
    assert_eq!(store.append(&session, append(ANN, term, 1, vec![])).await, Err(ended));
    assert_eq!(store.seat(&session, "local:ann", 1).await, Err(ended));
    until("an ended session is told for ever", async || store.record(&session).await == Err(Refused::Gone)).await;
}

async fn a_session_without_an_owner_goes(store: &Sessions) {
    let (left, kept) = (SessionId::new("left").unwrap(), SessionId::new("kept").unwrap());
    for session in [&left, &kept] {
        store.create(NewSession { stays: SHORT, ..new(session) }).await.unwrap();
    }
    let term = store.claim(&kept, ANN, Epoch(0)).await.unwrap().record.term;
    until("it stays", async || {
        store.renew(&kept, ANN, term).await.unwrap();
        store.record(&left).await == Err(Refused::Gone)
    })
    .await;
    until("it stays", async || store.record(&kept).await == Err(Refused::Gone)).await;
}

async fn sessions_are_listed(store: &Sessions) {
    let (short, long) = (SessionId::new("list-short").unwrap(), SessionId::new("list-long").unwrap());
    store.create(NewSession { lasts: Duration::from_secs(6_000), ..new(&short) }).await.unwrap();
    store.create(NewSession { lasts: Duration::from_secs(9_000), ..new(&long) }).await.unwrap();
    assert!(store.seat(&long, "local:ann", 1).await.unwrap());
    let names = async |most| -> Vec<(String, bool)> {
        let listed = store.list(Some("local:ann"), most).await.unwrap();
        listed.into_iter().map(|listed| (listed.record.session.to_string(), listed.is_remembered)).collect()
    };
    assert_eq!(names(2).await, [("list-long".to_owned(), true), ("list-short".to_owned(), false)]);
    assert_eq!(names(1).await.len(), 1);
    store.end_unowned(&long, Epoch(0), EndReason::Agent).await.unwrap();
    assert_eq!(names(1).await, [("list-short".to_owned(), false)]);
}

async fn readers_are_woken(store: &Sessions) {
    let session = begin(store, "wakes").await;
    let term = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.term;
    let (mut watch, mut asks) = (store.watch_log(&session).await.unwrap(), store.watch_asks(&session).await.unwrap());
    let mut told = store.told().await.unwrap();
    // Where a wake can be missed, the first one is "look".
    let _ = tokio::time::timeout(SHORT, async { (watch.woken().await, asks.woken().await, told.next().await) }).await;
    let begun = Instant::now();
    for n in 1.. {
        store.append(&session, append(ANN, term, n, vec![events(n)])).await.unwrap();
        if tokio::time::timeout(SHORT, watch.woken()).await.is_ok() {
            break;
        }
        assert!(begun.elapsed() < SHORT * 10, "no wake");
    }
    store.broadcast(Bytes::from_static(b"word")).await.unwrap();
    let word = tokio::time::timeout(SHORT * 10, async {
        loop {
            if let Some(word) = told.next().await {
                return word;
            }
        }
    });
    assert_eq!(word.await.expect("a word"), "word");
}

/// All of it, side by side: each check has a session of its own.
async fn suite(store: &Sessions) {
    tokio::join!(
        a_claim_fences_who_was_owner_before(store),
        an_append_is_written_once_and_in_order(store),
        what_is_written_is_read(store),
        a_keyframe_cuts_the_log(store),
        everything_has_a_bound(store),
        an_ask_is_taken_once_by_the_owner_that_it_was_for(store),
        a_lease_runs_out_and_is_taken_up_again(store),
        places_are_kept_for_a_while(store),
        holders_are_served_for_a_while(store),
        an_end_outlives_the_owner_that_was_asked_for_it(store),
        an_upload_goes_to_the_node_that_asked(store),
        an_end_is_told_for_a_while(store),
        a_session_without_an_owner_goes(store),
        sessions_are_listed(store),
        readers_are_woken(store),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_sessions() {
    Box::pin(suite(&Sessions::Memory(Memory::new(spans())))).await;
    uploads_have_bounds(&Sessions::Memory(Memory::default())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_set_up_of_redis_keeps_sessions() {
    for shape in SHAPES {
        let redis = Redis::start(shape).await;
        Box::pin(suite(&on(&redis, spans()).await)).await;
        let patient = on(&redis, Spans::default()).await;
        uploads_have_bounds(&patient).await;
        fill(&patient).await;
        let keys = all_keys(&redis).await;
        for name in OF_SESSION {
            assert!(keys.iter().any(|key| *key == format!("v:{{full}}:{name}")), "{shape:?} has no {name}");
        }
        assert_eq!(faults(&redis, "v:", &SECRETS).await, Vec::<String>::new(), "{shape:?}");
    }
}

const OF_SESSION: [&str; 8] = ["s", "lease", "log", "in", "sticky", "seats", "here", "up"];
/// What only nodes may read.
const SECRETS: [&str; 7] = [
    "canary-in-an-upload",
    "canary-in-a-name",
    "canary-in-a-new-name",
    "canary-in-what-is-kept",
    "canary-in-a-piece",
    "canary-in-an-ask",
    "canary-in-a-subject",
];

/// Of a customer who is called so.
fn called(name: &str) -> Facts {
    Facts {
        customer: CustomerFacts { by: Some(name.into()), ..CustomerFacts::default() },
        ..Facts::new(Now(1), CustomerFacts::default())
    }
}

/// A session with something under each of its keys.
async fn fill(store: &Sessions) {
    let [in_upload, in_name, in_new_name, in_kept, in_piece, in_ask, in_subject] = SECRETS;
    let session = SessionId::new("full").unwrap();
    store.create(NewSession { facts: called(in_name), kept: in_kept.into(), ..new(&session) }).await.unwrap();
    let claimed = store.claim(&session, ANN, Epoch(0)).await.unwrap().record;
    let facts = LogEntry::News(News::Facts(Arc::new(called(in_new_name))));
    let all = Append {
        sticky: Sticky::More(in_piece.into()),
        ..append(ANN, claimed.epoch, 1, vec![keyframe(1, true), facts])
    };
    store.append(&session, all).await.unwrap();
    store.ask(&session, claimed.term, Ask::Command { agent: AgentKey(1), frame: in_ask.into() }).await.unwrap();
    assert!(store.seat(&session, in_subject, 1).await.unwrap());
    store.hold(&session, &[Digest::of("ann")]).await.unwrap();
    store.expect_upload(&session, 1).await.unwrap();
    assert!(store.begin_upload(&session, 1).await.unwrap());
    store.put_upload(&session, 1, in_upload.into()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_version_is_left_alone_and_its_additions_are_ignored() {
    let redis = Redis::start(Shape::Single).await;
    let store = on(&redis, Spans::default()).await;
    let session = begin(&store, "newer").await;
    let term = store.claim(&session, ANN, Epoch(0)).await.unwrap().record.term;
    let does = async |words: &[&str]| redis.answer::<redis::Value>(0, words).await;
    let shared = keys(&redis);
    let ask = async |text: &str| {
        let sealed = shared.now().shared.seal("session newer ask", text.into()).unwrap();
        let mut add = redis::cmd("XADD");
        add.arg("v:{newer}:in").arg("*").arg("a").arg(sealed);
        add.exec_async(&mut redis.connection(0).await).await.unwrap();
    };
    // Within a version there can be more.
    does(&["HSET", "v:{newer}:s", "mood", "good"]).await;
    let last = store.record(&session).await.unwrap().last;
    let more = "{\"v\":1,\"k\":\"skipped\",\"epoch\":3,\"seq\":4,\"mood\":\"good\"}\n";
    does(&["XADD", "v:{newer}:log", "17-2", "e", more]).await;
    does(&["XADD", "v:{newer}:log", "17-3", "e", "{\"v\":1,\"k\":\"song\",\"tune\":\"C\"}\nla la"]).await;
    ask("{\"v\":1,\"ask\":\"code-used\",\"mood\":\"good\"}").await;
    let skipped = LogEntry::News(News::Skipped { epoch: Epoch(3), seq: Seq(4) });
    assert_eq!(entries(&store, &session, last).await, [skipped, LogEntry::Unknown]);
    let asks = store.asks(&session, (ANN, term), AskId::default(), 9).await.unwrap();
    assert_eq!(asks.into_iter().map(|(_, ask)| ask).collect::<Vec<_>>(), [Ask::CodeUsed]);

    let newer = |what| Refused::Store(StoreError::Newer { what, version: 2 });
    does(&["XADD", "v:{newer}:log", "17-4", "e", "{\"v\":2,\"k\":7}\n"]).await;
    assert_eq!(store.read(&session, last).await, Err(newer("entry of a log")));
    ask("{\"v\":2,\"ask\":7}").await;
    assert_eq!(store.asks(&session, (ANN, term), AskId::default(), 9).await, Err(newer("ask of an agent's node")));
    does(&["HSET", "v:{newer}:s", "v", "2"]).await;
    let before = does(&["HGETALL", "v:{newer}:s"]).await;
    assert_eq!(store.record(&session).await, Err(newer("session's record")));
    assert_eq!(store.claim(&session, BOB, Epoch(0)).await, Err(newer("session's record")));
    assert_eq!(store.append(&session, append(ANN, term, 1, vec![])).await, Err(newer("session's record")));
    assert_eq!(does(&["HGETALL", "v:{newer}:s"]).await, before);
    assert_eq!(store.list(None, 9).await, Ok(Vec::new()), "it hides no other");
    does(&["HSET", "v:{newer}:s", "v", "1", "epoch", "seven"]).await;
    assert_eq!(store.record(&session).await, Err(Refused::Store(StoreError::Broken("session's record"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_is_found_however_it_is_written() {
    let redis = Redis::start(Shape::Single).await;
    let canary = "canary-\u{e9}-0451-2270";
    let gzip = |bytes: &[u8]| {
        let mut zipped = Vec::new();
        GzEncoder::new(bytes, Compression::fast()).read_to_end(&mut zipped).unwrap();
        zipped
    };
    let base64 = |before: &str| STANDARD.encode(format!("{before}{canary} and more"));
    let frame = |bytes: Vec<u8>| [b"{\"v\":1}\n".to_vec(), bytes].concat();
    let mut connection = redis.connection(0).await;
    for (n, value) in [
        canary.as_bytes().to_vec(),
        frame(gzip(canary.as_bytes())),
        frame(gzip(base64("x").as_bytes())),
        base64("").into_bytes(),
        base64("xy").into_bytes(),
        canary.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>().into_bytes(),
        canary.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes(),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("v:{{s-{n}}}:log");
        let mut add = redis::cmd("XADD");
        add.arg(&key).arg("1-1").arg("e").arg(value).exec_async(&mut connection).await.unwrap();
        redis::cmd("PEXPIRE").arg(&key).arg(60_000).exec_async(&mut connection).await.unwrap();
    }
    for words in [["SET", "v:{a}:s", "1"], ["SET", "other", "1"]] {
        redis::cmd(words[0]).arg(&words[1..]).exec_async(&mut connection).await.unwrap();
    }
    let mut found = faults(&redis, "v:", &[canary]).await;
    found.sort();
    let mut expected: Vec<String> = (0..7).map(|n| format!("v:{{s-{n}}}:log holds {canary}")).collect();
    expected.extend(["other is not in the table", "other never ends"].map(str::to_owned));
    expected.extend(["v:{a}:s is a string, not a hash", "v:{a}:s never ends"].map(str::to_owned));
    expected.sort();
    assert_eq!(found, expected);
}
