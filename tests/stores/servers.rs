//! Servers on Redis: what one of them knows the others know, and what they say while it is away.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use vitrine_tests::agent::{Agent, sign_in};
use vitrine_tests::customer::Customer;
use vitrine_tests::page::Page;
use vitrine_tests::redis::{Redis, Shape};
use vitrine_tests::server::{PASSWORD, Server};

const ME: &str = "/api/v1/agent/me";

/// Waits until the operators' listener says so.
async fn ready(server: &Server, expected: (u16, &str)) {
    let begun = Instant::now();
    loop {
        let (status, text) = server.operators("/readyz").await;
        if (status, text.as_str()) == expected {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{status} {text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_login_is_good_everywhere_and_ends_everywhere() {
    let redis = Redis::start(Shape::Cluster).await;
    let (one, two) = (Server::start(&redis.section()).await, Server::start(&redis.section()).await);
    let agent = Agent::sign_in(&one, "ann").await;
    let elsewhere = Agent::with_cookie(&two, &agent.login_cookie);
    assert_eq!(elsewhere.request(Method::GET, ME).await.status(), 200);
    elsewhere.request(Method::POST, "/api/v1/agent/logout").await;
    assert_eq!(agent.request(Method::GET, ME).await.status(), 401);
}

#[tokio::test]
async fn while_redis_is_away_what_needs_it_is_refused_at_once() {
    let mut redis = Redis::start(Shape::Single).await;
    let server = Server::start(&redis.section()).await;
    let agent = Agent::sign_in(&server, "ann").await;
    ready(&server, (200, "ready\n")).await;
    redis.freeze(0);
    let begun = Instant::now();
    assert_eq!(agent.request(Method::GET, ME).await.status(), 503);
    assert!(begun.elapsed() < Duration::from_millis(2_500), "{:?}", begun.elapsed());
    ready(&server, (503, "redis: away\n")).await;
    let begun = Instant::now();
    let answer = agent.request(Method::GET, ME).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    assert!(answer.text().await.unwrap().contains("urn:vitrine:problem:store-away"));
    assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
    // What does not need it goes on.
    assert_eq!(server.request(Method::GET, "/vitrine.js").send().await.unwrap().status(), 200);
    assert_eq!(server.operators("/healthz").await.0, 200);
    let metrics = server.operators("/metrics").await.1;
    assert!(metrics.contains("vitrine_redis_up ") && metrics.contains("vitrine_redis_seconds_bucket"), "{metrics}");
    redis.thaw(0);
    ready(&server, (200, "ready\n")).await;
    assert_eq!(agent.request(Method::GET, ME).await.status(), 200);
    // What Redis forgets is a login that ends, and nothing worse.
    redis.kill(0);
    ready(&server, (503, "redis: away\n")).await;
    redis.restart(0).await;
    ready(&server, (200, "ready\n")).await;
    assert_eq!(agent.request(Method::GET, ME).await.status(), 401);
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status(), 200);
}

/// Neither the look that comes every few seconds nor one that a changed configuration asks for closes a socket because the
/// store is silent; what the configuration takes away is gone all the same, and a sign-out is heard of afterwards.
#[tokio::test]
async fn an_agent_who_was_let_in_stays_while_redis_is_away() {
    let redis = Redis::start(Shape::Single).await;
    let (one, two) = (Server::start(&redis.section()).await, Server::start(&redis.section()).await);
    let mut customer = Customer::begin(&one).await;
    customer.shows(&Page::new("https://shop.example/basket")).await;
    let mut ann = Agent::sign_in(&one, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut socket = ann.open(&customer.session).await;
    socket.until("keyframe").await;
    redis.freeze(0);
    ready(&one, (503, "redis: away\n")).await;
    one.reload(&redis.section()).await;
    socket.send(&json!({ "t": "ping", "sent": 1 })).await;
    socket.until("pong").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    socket.send(&json!({ "t": "ping", "sent": 2 })).await;
    socket.until("pong").await;
    redis.thaw(0);
    ready(&two, (200, "ready\n")).await;
    let elsewhere = Agent::with_cookie(&two, &ann.login_cookie);
    elsewhere.request(Method::POST, "/api/v1/agent/logout").await;
    assert_eq!(socket.closed().await, 4401);
}
