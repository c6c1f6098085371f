//! Sockets that say too much, or nothing at all.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::page::{Page, new_text};
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::socket::zip;

use super::sockets::customers;
use super::wire::{BINARY, CONTINUATION, FIN, PING, PONG, Said, TEXT, Wire, frame};

const TOO_FAST: u16 = 4429;
/// How long another session may wait for an answer meanwhile, 99 times of 100. A machine that also does other things
/// keeps to it in a long run only.
const OTHERS_WAIT: Duration = Duration::from_millis(250);

#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn a_flood_of_pings_is_cut_and_nobody_else_notices() {
    let server = Server::start("[limits]\nframes-per-second = 100\n").await;
    let other = Customer::begin(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&other.code).await, 200);
    let mut view = ann.open(&other.session).await;
    view.until("welcome").await;
    let mut wire = customers(&server).await;
    let flood = async {
        wire.send(&frame(FIN | PING, b"").repeat(10_000)).await;
        wire.closed().await
    };
    let watching = async {
        let mut waits = Vec::new();
        for sent in 0..100 {
            let begun = Instant::now();
            view.send(&json!({ "t": "ping", "sent": sent })).await;
            view.until("pong").await;
            waits.push(begun.elapsed());
        }
        waits.sort();
        waits[98]
    };
    let (code, wait) = tokio::join!(flood, watching);
    assert_eq!(code, TOO_FAST);
    assert!(wait < OTHERS_WAIT || std::env::var_os("VITRINE_LONG").is_none(), "{wait:?}");
}

/// What makes no message is counted too: by its bytes.
#[tokio::test(flavor = "multi_thread")]
async fn empty_fragments_without_end_are_cut() {
    let server = Server::start("[limits]\nframe-size = \"64KiB\"\nbytes-per-second = \"64KiB\"\n").await;
    let mut wire = customers(&server).await;
    wire.send(&frame(TEXT, b"x")).await;
    let fragments = frame(CONTINUATION, b"").repeat(1_000);
    while wire.try_send(&fragments).await {
        if wire.is_readable().await {
            break;
        }
    }
    assert_eq!(wire.closed().await, TOO_FAST);
}

/// Small on the wire, and large for us: counted as it is unpacked.
#[tokio::test(flavor = "multi_thread")]
async fn packed_messages_count_as_they_are_unpacked() {
    let server = Server::start("[limits]\nframe-size = \"1MiB\"\nbytes-per-second = \"64KiB\"\n").await;
    let mut wire = customers(&server).await;
    let page = json!({ "url": format!("{SHOP}/"), "title": "", "tab": "a", "instance": "a" });
    let hello = json!({ "t": "hello", "page": page, "snippet": "test", "features": [] }).to_string();
    wire.send(&frame(FIN | TEXT, hello.as_bytes())).await;
    for seq in 1..=3 {
        let message = format!("{{\"t\":\"events\",\"seq\":{seq},\"events\":[{}]}}", " ".repeat(1_000_000));
        wire.send(&frame(FIN | BINARY, &zip(message.as_bytes()))).await;
    }
    assert_eq!(wire.closed().await, TOO_FAST);
}

/// Somebody who sends whatever is acknowledged: read more slowly, and closed when she does not let up.
#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_ignores_the_window_is_slowed_then_cut_and_nobody_else_notices() {
    let server = Server::start("[limits]\nframe-size = \"64KiB\"\nbytes-per-second = \"128KiB\"\n").await;
    let hostile = Customer::begin(&server).await;
    let mut other = Customer::begin(&server).await;
    other.shows(&Page::new(&format!("{SHOP}/")).with("p", &json!({}), "first")).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&other.code).await, 200);
    let mut view = ann.open(&other.session).await;
    view.until("keyframe").await;
    let words = "x".repeat(48 << 10);
    let flood = async {
        let begun = Instant::now();
        let message = |sent| {
            let events = json!([{ "type": 5, "data": { "tag": "noise", "payload": words }, "timestamp": 1 }]);
            Message::text(json!({ "t": "events", "seq": sent + 1, "events": events }).to_string())
        };
        let (code, _) = hostile.socket.floods(message).await;
        (code, begun.elapsed())
    };
    let watching = async {
        let mut waits = Vec::new();
        for count in 0..50 {
            let begun = Instant::now();
            other.sends(&json!([new_text(6, &format!("{count}"))])).await;
            view.until("events").await;
            waits.push(begun.elapsed());
        }
        waits.sort();
        waits[48]
    };
    let ((code, lasted), wait) = tokio::join!(flood, watching);
    assert_eq!(code, TOO_FAST);
    assert!(lasted > Duration::from_secs(4), "held to the rate before: {lasted:?}");
    assert!(wait < OTHERS_WAIT || std::env::var_os("VITRINE_LONG").is_none(), "{wait:?}");
    let (_, metrics) = server.operators("/metrics").await;
    assert!(metrics.contains("vitrine_sockets_held_total"));
    assert!(metrics.contains("vitrine_limited_total{limit=\"bytes-per-second\"}"));
}

#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn a_peer_that_is_silent_is_gone_after_two_questions() {
    let server = Server::start("ping-interval = \"150ms\"\n").await;
    let mut wire = customers(&server).await;
    // A machine that also does other things may be late with one of them.
    assert!((1..=3).contains(&end(&mut wire, 0).await), "asked twice, and then no more");
    let mut wire = customers(&server).await;
    assert!(end(&mut wire, 6).await > 6, "who answers is asked again");
}

/// Answers the first so many questions. How many were asked before the connection ended.
async fn end(wire: &mut Wire, answers: usize) -> usize {
    let mut asked = 0;
    loop {
        match wire.next().await {
            Said::Ping => asked += 1,
            Said::End | Said::Cut => return asked,
            other => panic!("{other:?}"),
        }
        if asked <= answers {
            wire.send(&frame(FIN | PONG, b"")).await;
        }
    }
}
