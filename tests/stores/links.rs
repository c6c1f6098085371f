//! The link to Redis: what every set-up must do, and what it does when servers go.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use redis::cmd;
use tokio::sync::watch;
use tokio::time::timeout;
use vitrine::config::Redis as Settings;
use vitrine::store::redis::{Heard, Link, LinkError, Script, Subscription};
use vitrine_tests::redis::{PASSWORD, Redis, SHAPES, Shape, TLS_SHAPES, acl_line};
use vitrine_tests::server::parse;

/// For a link to come back, and for a message to be heard.
const SOON: Duration = Duration::from_secs(15);

pub(crate) fn settings(redis: &Redis) -> Settings {
    parse(&redis.section()).redis.unwrap()
}

async fn until(link: &Link, is_up: bool) -> Duration {
    let begun = Instant::now();
    timeout(SOON, link.is_up().wait_for(|up| *up == is_up)).await.expect("in time").unwrap();
    begun.elapsed()
}

/// Waits until a message is heard that is said again and again.
async fn hears(link: &Link, subscription: &mut Subscription, channel: &str) {
    let begun = Instant::now();
    let said = Bytes::from(format!("{begun:?}"));
    loop {
        assert!(begun.elapsed() < SOON, "{channel} hears nothing");
        let _ = link.publish(channel, &said).await;
        let heard = timeout(Duration::from_millis(100), subscription.next()).await;
        match heard {
            Ok(Heard::Message(message)) if message == said => return,
            _ => {}
        }
    }
}

/// Tries a command until it is done.
async fn set(link: &Link, key: &str, value: &str) -> Duration {
    let begun = Instant::now();
    let command = cmd("SET").arg(key).arg(value).arg("PX").arg(60_000).to_owned();
    while let Err(error) = link.run::<()>(key, &command).await {
        assert!(begun.elapsed() < SOON, "{key}: {error}");
        assert!(!matches!(error, LinkError::Refused(_)), "{error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begun.elapsed()
}

async fn get(link: &Link, key: &str) -> Option<String> {
    link.run(key, cmd("GET").arg(key)).await.unwrap()
}

async fn works(link: &Link, shape: Shape) {
    until(link, true).await;
    let script = Script::new("return {redis.call('GET', KEYS[1]), ARGV[1]}");
    let mut subscription = link.subscribe("v:{1}:w");
    assert_eq!(subscription.next().await, Heard::Gap, "{shape:?}");
    for n in 0..40 {
        let key = format!("v:{{{n}}}:test");
        set(link, &key, "a").await;
        // The second time Redis knows it.
        for argument in ["b", "c"] {
            let answer: (String, String) = link.script(&script, &[&key], argument).await.unwrap();
            assert_eq!(answer, ("a".to_owned(), argument.to_owned()), "{shape:?}");
        }
    }
    hears(link, &mut subscription, "v:{1}:w").await;
    let here = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert!(link.time().await.unwrap().abs_diff(here) < Duration::from_secs(1), "{shape:?}");
    assert_eq!(link.run::<()>("x", cmd("SET").arg("x").arg("y")).await.is_err(), shape != Shape::Single, "{shape:?}");
}

#[tokio::test]
async fn every_set_up_takes_commands_scripts_and_messages() {
    for shape in SHAPES.into_iter().chain(TLS_SHAPES) {
        let redis = Redis::start(shape).await;
        works(&Link::connect(&settings(&redis)).await.unwrap(), shape).await;
    }
}

#[tokio::test]
async fn a_link_comes_back_by_itself_and_hears_again() {
    let mut redis = Redis::start(Shape::Tls).await;
    let link = Link::connect(&settings(&redis)).await.unwrap();
    let mut subscription = link.subscribe("v:{1}:w");
    hears(&link, &mut subscription, "v:{1}:w").await;
    redis.kill(0);
    until(&link, false).await;
    let begun = Instant::now();
    assert_eq!(link.run::<()>("v:a", cmd("GET").arg("v:a")).await, Err(LinkError::Away));
    assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
    redis.restart(0).await;
    until(&link, true).await;
    hears(&link, &mut subscription, "v:{1}:w").await;
    // A server that stands still is one that is away.
    redis.freeze(0);
    let begun = Instant::now();
    assert_eq!(link.run::<()>("v:a", cmd("GET").arg("v:a")).await, Err(LinkError::Unanswered));
    assert!(begun.elapsed() < Duration::from_millis(1_500), "{:?}", begun.elapsed());
    until(&link, false).await;
    redis.thaw(0);
    until(&link, true).await;
    set(&link, "v:a", "b").await;
    hears(&link, &mut subscription, "v:{1}:w").await;
}

/// What was not answered is done once at most, however often the connection is made again.
#[tokio::test]
async fn a_command_is_never_sent_twice() {
    let redis = Redis::start(Shape::Single).await;
    let link = Link::connect(&settings(&redis)).await.unwrap();
    redis.freeze(0);
    let increment = cmd("INCR").arg("v:n").to_owned();
    let asked = (0..20).map(|_| link.run::<u64>("v:n", &increment));
    let results = futures_util::future::join_all(asked).await;
    assert!(results.iter().all(|result| matches!(result, Err(LinkError::Unanswered | LinkError::Away))), "{results:?}");
    redis.thaw(0);
    until(&link, true).await;
    let n: u64 = link.run("v:n", &increment).await.unwrap();
    assert!(n <= 21, "{n}");
}

#[tokio::test]
async fn a_master_of_a_cluster_dies_and_the_others_do_not_wait() {
    let mut redis = Redis::start(Shape::Cluster).await;
    let link = Link::connect(&settings(&redis)).await.unwrap();
    let mut subscriptions: Vec<_> = (0..12).map(|n| (n, link.subscribe(&format!("v:{{{n}}}:w")))).collect();
    for (n, subscription) in &mut subscriptions {
        set(&link, &format!("v:{{{n}}}:test"), "a").await;
        hears(&link, subscription, &format!("v:{{{n}}}:w")).await;
    }
    redis.kill(0);
    let took = futures_util::future::join_all((0..12).map(|n| {
        let link = &link;
        async move { set(link, &format!("v:{{{n}}}:test"), "b").await }
    }));
    let took = took.await;
    assert!(took.iter().any(|took| *took < Duration::from_millis(500)), "{took:?}");
    assert!(took.iter().all(|took| *took < Duration::from_secs(10)), "{took:?}");
    for (n, subscription) in &mut subscriptions {
        hears(&link, subscription, &format!("v:{{{n}}}:w")).await;
        assert_eq!(get(&link, &format!("v:{{{n}}}:test")).await.as_deref(), Some("b"));
    }
    assert_eq!(redis.masters().await.len(), 3);
}

/// A slot moves to another master: what has moved is done there at once, once and in order. A script that needs keys of both
/// sides is refused unrun until all is there.
#[tokio::test]
async fn a_slot_moves_while_scripts_run() {
    let redis = Redis::start(Shape::Cluster).await;
    let link = Arc::new(Link::connect(&settings(&redis)).await.unwrap());
    let [one, two] = ["v:{1}:one", "v:{1}:two"];
    set(&link, one, "0").await;
    let (counted, count) = watch::channel(0);
    let counting = tokio::spawn(counts(Arc::clone(&link), one, counted));
    let at_least = async |more: i64| {
        let mut count = count.clone();
        let wanted = *count.borrow() + more;
        timeout(SOON, count.wait_for(|count| *count >= wanted)).await.expect("in time").expect("the same each time");
    };
    at_least(20).await;

    let slot: u16 = redis.answer(0, &["CLUSTER", "KEYSLOT", one]).await;
    let from = holder(&redis, one).await;
    let to = (from + 1) % 3;
    let slot = slot.to_string();
    let (from_id, to_id): (String, String) = (redis.answer(from, MY_ID).await, redis.answer(to, MY_ID).await);
    let state = async |server, words: [&str; 2]| {
        redis.answer::<String>(server, &["CLUSTER", "SETSLOT", &slot, words[0], words[1]]).await;
    };
    state(to, ["IMPORTING", &from_id]).await;
    state(from, ["MIGRATING", &to_id]).await;
    at_least(20).await;
    redis.moves(one, from, to).await;
    at_least(20).await;
    let asked: String = redis.answer(to, &["INFO", "commandstats"]).await;
    assert!(asked.contains("cmdstat_asking:"), "{asked}");
    let both = Script::new("return {redis.call('INCRBY', KEYS[1], 0), redis.call('INCRBY', KEYS[2], 5)}");
    assert_eq!(link.script::<(i64, i64)>(&both, &[one, two], "").await, Err(LinkError::Away));

    for server in [to, from, 3 - from - to] {
        state(server, ["NODE", &to_id]).await;
    }
    at_least(20).await;
    counting.abort();
    let begun = Instant::now();
    while link.script::<(i64, i64)>(&both, &[one, two], "").await.map(|both| both.1) != Ok(5) {
        assert!(begun.elapsed() < SOON, "the script stays refused");
    }
    assert_eq!(holder(&redis, one).await, to);
}

const MY_ID: &[&str] = &["CLUSTER", "MYID"];

/// Counts under a key without a pause: each answer is one more than the last, whatever was refused in between.
async fn counts(link: Arc<Link>, key: &'static str, counted: watch::Sender<i64>) {
    let script = Script::new("return redis.call('INCRBY', KEYS[1], 1)");
    for next in 1.. {
        let answer = loop {
            match link.script::<i64>(&script, &[key], "").await {
                Err(LinkError::Away) => {}
                answer => break answer,
            }
        };
        assert_eq!(answer, Ok(next));
        counted.send_replace(next);
    }
}

/// The master that has a key.
async fn holder(redis: &Redis, key: &str) -> usize {
    let mut holders = Vec::new();
    for server in 0..3 {
        if redis.ask::<i64>(server, &["EXISTS", key]).await == Some(1) {
            holders.push(server);
        }
    }
    assert_eq!(holders.len(), 1, "{key} is at {holders:?}");
    holders[0]
}

#[tokio::test]
async fn sentinels_name_another_master_and_the_link_follows() {
    let mut redis = Redis::start(Shape::Sentinel).await;
    let link = Link::connect(&settings(&redis)).await.unwrap();
    let mut subscription = link.subscribe("v:{1}:w");
    set(&link, "v:{1}:test", "a").await;
    hears(&link, &mut subscription, "v:{1}:w").await;
    redis.kill(0);
    let took = set(&link, "v:{1}:test", "b").await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    hears(&link, &mut subscription, "v:{1}:w").await;
    // The old one comes back as a replica, and nothing is written to it.
    redis.restart(0).await;
    set(&link, "v:{1}:test", "c").await;
    assert_eq!(get(&link, "v:{1}:test").await.as_deref(), Some("c"));
}

#[tokio::test]
async fn a_wrong_password_is_told_at_the_start_and_redis_that_is_not_there_is_waited_for() {
    for shape in [Shape::Tls, Shape::Cluster, Shape::Sentinel] {
        let redis = Redis::start(shape).await;
        let wrong = redis.section().replace(PASSWORD, "another");
        let refused = Link::connect(&parse(&wrong).redis.unwrap()).await.unwrap_err().to_string();
        assert!(refused.contains("refuses this server: ") && !refused.contains("another"), "{refused}");
    }
    let mut redis = Redis::start(Shape::Single).await;
    redis.kill(0);
    let link = Link::connect(&settings(&redis)).await.unwrap();
    assert!(!*link.is_up().borrow());
    redis.restart(0).await;
    until(&link, true).await;
}

/// The suites of all set-ups but one run as this user, so she has what is needed; here, that she has nothing else.
#[test]
fn the_user_of_the_manual_may_do_what_the_server_does_and_no_more() {
    let mut used: BTreeSet<String> = ["role", "eval", "evalsha", "asking"].map(str::to_owned).into();
    let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../server/app/src/store"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for before in ["redis.call('", "redis.pcall('", "cmd(\""] {
                let calls = text.split(before).skip(1).filter_map(|rest| rest.split(['\'', '"']).next());
                used.extend(calls.map(str::to_lowercase));
            }
        }
    }
    let rights = acl_line().split(' ').filter_map(|word| word.strip_prefix('+'));
    let rights: BTreeSet<String> = rights.map(|right| right.split('|').next().unwrap().to_owned()).collect();
    assert!(used.len() > 20, "{used:?}");
    assert_eq!(rights, used);
}
