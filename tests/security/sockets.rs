//! The rows of [`super::frames`] against both kinds of sockets, and the public list of attacks on sockets.

use futures_util::{StreamExt, stream};
use serde_json::Value;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::{Customer, ask, wish};
use vitrine_tests::server::{SHOP, Server};

use super::frames::{Row, Wants, rows};
use super::wire::{FIN, PING, Wire, frame};
use super::{handshakes, public};

/// Sockets at once.
const AT_ONCE: usize = 8;
/// As `[limits]` of these tests has it for both sides.
const MESSAGE_BYTES: usize = 128 << 10;
pub(crate) const LIMITS: &str = "[limits]\nframe-size = \"128KiB\"\nagent-frame-size = \"128KiB\"\n\
                                 sessions-per-minute = 1000000\nlogins-per-minute = 1000\njoins-per-minute = 1000\n";

/// A customer's socket that has said nothing yet.
pub(crate) async fn customers(server: &Server) -> Wire {
    let token = customers_token(server).await;
    Wire::open(server, "/api/v1/customer/socket", SHOP, &format!("vitrine.v1, bearer.{token}")).await
}

/// What opens a customer's socket to a session of its own.
pub(crate) async fn customers_token(server: &Server) -> String {
    let answer = ask(server, SHOP, &wish()).await.text().await.expect("text");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    answer["token"].as_str().expect("a token").to_owned()
}

/// An agent's socket that has said nothing yet.
pub(crate) async fn agents(server: &Server, agent: &mut Agent<'_>, session: &str) -> Wire {
    let ticket = agent.ticket(session).await.expect("a ticket");
    let path = format!("/api/v1/sessions/{session}/socket");
    Wire::open(server, &path, &server.origin, &format!("vitrine.v1, ticket.{ticket}")).await
}

async fn judge(mut wire: Wire, row: Row, side: &str) {
    for piece in &row.pieces {
        wire.send(piece).await;
    }
    match row.wants {
        Wants::Closes(code) => assert_eq!(wire.closed().await, code, "{side}: {}", row.name),
        Wants::Pongs(payloads) => {
            wire.send(&frame(FIN | PING, b"alive")).await;
            for payload in payloads.into_iter().chain([b"alive".to_vec()]) {
                assert_eq!(wire.pong().await, Some(payload), "{side}: {}", row.name);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_sockets_keep_to_the_letter() {
    let server = Server::start(LIMITS).await;
    let judged =
        stream::iter(rows(MESSAGE_BYTES)).map(async |row| judge(customers(&server).await, row, "customer").await);
    assert!(judged.buffer_unordered(AT_ONCE).count().await > 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_sockets_keep_to_the_letter() {
    let server = Server::start(LIMITS).await;
    let customer = Customer::begin(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut tasks = Vec::new();
    for row in rows(MESSAGE_BYTES) {
        let wire = agents(&server, &mut ann, &customer.session).await;
        tasks.push(judge(wire, row, "agent"));
        if tasks.len() == AT_ONCE {
            futures_util::future::join_all(tasks.drain(..)).await;
        }
    }
    futures_util::future::join_all(tasks).await;
}

/// How a row of the public list is shown.
enum Shown {
    /// By these rows of [`super::frames`].
    Frames(&'static [&'static str]),
    /// By these rows of [`handshakes`].
    Handshakes(&'static [&'static str]),
    /// By a test, which is there.
    By(fn()),
    /// Elsewhere, or not yet, or otherwise than the list has it: why.
    Because(&'static str),
}

use Shown::{Because, By, Frames, Handshakes};

const PUBLIC: [(&str, Shown); 31] = [
    ("ws-001", Frames(&["text with bits 0x40", "ping with bits 0x10", "goodbye with bits 0x70"])),
    ("ws-003", Frames(&["unmasked frame", "unmasked ping"])),
    ("ws-005", Frames(&["control frame over 125 bytes", "pong over 125 bytes", "goodbye over 125 bytes"])),
    ("ws-007", Frames(&["text within a message", "binary within a message"])),
    ("ws-009", Frames(&["length with the top bit set", "all bits of the length set"])),
    ("ws-011", Frames(&["no text 0", "no text 10 within text", "no text 16 in fragments"])),
    ("ws-013", Frames(&["goodbye of one byte"])),
    ("ws-015", Frames(&["reason that is no text"])),
    ("ws-017", By(super::floods::a_flood_of_pings_is_cut_and_nobody_else_notices)),
    ("ws-019", Frames(&["text one byte over the limit"])),
    ("ws-021", Frames(&["endless fragments"])),
    ("ws-023", Because("no extension is agreed on, so its bit is an error of protocol: 1002 (`compressed fragments`)")),
    ("ws-025", Frames(&["compressed fragments"])),
    ("ws-027", Handshakes(&["window of 7 bits", "window of 16 bits", "window of x bits", "window said twice"])),
    ("ws-029", Handshakes(&["a header of 1 MiB", "10,000 headers"])),
    ("ws-031", By(super::floods::a_peer_that_is_silent_is_gone_after_two_questions)),
    ("ws-033", By(super::limits::one_address_does_not_take_every_socket)),
    ("ws-035", Handshakes(&["HTTP/1.0"])),
    ("ws-037", Handshakes(&["version 8"])),
    ("ws-039", Handshakes(&["two lengths", "chunks", "a body"])),
    ("ws-041", Handshakes(&["h2c"])),
    ("ws-043", Handshakes(&["no site's origin"])),
    ("ws-045", By(handshakes::what_stands_in_the_query_opens_nothing)),
    (
        "ws-047",
        Because(
            "by contract a socket outlives the token that opened it, until revocation, the session's end or max-duration",
        ),
    ),
    ("ws-049", By(super::tls::nothing_is_sent_before_the_handshake_is_done)),
    ("ws-051", By(super::http2::a_socket_over_http2_is_refused)),
    ("ws-053", By(super::http2::headers_without_end_end_the_connection)),
    ("ws-055", Frames(&["valid JSON of 10 MiB"])),
    ("ws-057", Frames(&["binary of 1 bytes"])),
    ("ws-059", Because("sessions are kept in this process: there is no Redis yet that could be gone")),
    (
        "ws-061",
        Because(
            "times are counted by the steady clock from one look at the other (`ops/clock.rs`); no test sets the machine's clock",
        ),
    ),
];

#[test]
fn every_public_attack_on_sockets_is_shown() {
    let Some(public) = public::rows("ws_attacks.json") else { return };
    let frames = rows(MESSAGE_BYTES);
    for attack in &public {
        let id = public::text(attack, "id");
        let shown = PUBLIC.iter().find(|(name, _)| id.starts_with(name));
        let (_, shown) = shown.unwrap_or_else(|| panic!("{id} is new: {attack}"));
        let wanted = public::text(attack, "expect");
        match shown {
            Frames(names) => {
                for name in *names {
                    let row = frames.iter().find(|row| row.name == *name).unwrap_or_else(|| panic!("{id}: {name}"));
                    let Wants::Closes(code) = row.wants else { panic!("{id}: {name} closes nothing") };
                    let is_told = wanted.contains("close 1");
                    assert!(!is_told || wanted.contains(&code.to_string()), "{id}: {wanted} is not {code}");
                }
            }
            Handshakes(names) => {
                for name in *names {
                    let status = handshakes::ROWS.iter().find(|row| row.name == *name).map(|row| row.status);
                    let status = status.unwrap_or_else(|| panic!("{id}: {name}"));
                    let is_told = wanted.contains("40") || wanted.contains("42") || wanted.contains("43");
                    let is_fallback = status == 101 && wanted.contains("no extension");
                    assert!(!is_told || is_fallback || wanted.contains(&status.to_string()), "{id}: {wanted}");
                }
            }
            By(test) => assert_ne!(*test as usize, 0),
            Because(why) => assert!(why.len() > 20, "{id} wants a reason"),
        }
    }
}
