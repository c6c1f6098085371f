//! Requests for a socket, as data: what differs from a proper one, and the status that answers it.

use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::server::{SHOP, Server};

use super::sockets::{LIMITS, customers_token};
use super::wire::{ask, proper, status};

/// One request.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// The method and what stands behind the path.
    line: (&'static str, &'static str),
    /// Headers that are set (`name: value`), added (`+name: value`) or not there (`name`).
    edits: &'static [&'static str],
    pub(crate) status: u16,
}

const GET: (&str, &str) = ("GET", "HTTP/1.1");

const fn row(name: &'static str, edits: &'static [&'static str], status: u16) -> Row {
    Row { name, line: GET, edits, status }
}

const fn line(name: &'static str, method: &'static str, version: &'static str, status: u16) -> Row {
    Row { name, line: (method, version), edits: &[], status }
}

pub(crate) const ROWS: [Row; 38] = [
    row("a proper one", &[], 101),
    row("words in any case", &["connection: keep-alive, uPGRADE", "upgrade: WebSocket"], 101),
    row("another upgrade beside it", &["upgrade: h2c, websocket"], 101),
    row("a deflate extension", &["sec-websocket-extensions: permessage-deflate"], 101),
    row("window of 7 bits", &["sec-websocket-extensions: permessage-deflate; client_max_window_bits=7"], 101),
    row("window of 16 bits", &["sec-websocket-extensions: permessage-deflate; client_max_window_bits=16"], 101),
    row("window of x bits", &["sec-websocket-extensions: permessage-deflate; client_max_window_bits=\"x\""], 101),
    row(
        "window said twice",
        &["sec-websocket-extensions: permessage-deflate; client_max_window_bits; client_max_window_bits"],
        101,
    ),
    row("version 8", &["sec-websocket-version: 8"], 426),
    row("version 0", &["sec-websocket-version: 0"], 426),
    row("version 13 and 8", &["sec-websocket-version: 13, 8"], 426),
    row("two versions", &["+sec-websocket-version: 13"], 426),
    row("no version", &["sec-websocket-version"], 426),
    row("no key", &["sec-websocket-key"], 400),
    row("a short key", &["sec-websocket-key: AAAA"], 400),
    row("two keys", &["+sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="], 400),
    row("no upgrade", &["upgrade"], 400),
    row("h2c", &["upgrade: h2c", "+http2-settings: AAMAAABkAAQAAP__"], 400),
    row("no connection", &["connection"], 400),
    row("a word that only contains it", &["connection: no-upgrade"], 400),
    row("another word", &["connection: keep-alive"], 400),
    row("a body", &["+content-length: 5"], 400),
    row("chunks", &["+transfer-encoding: chunked"], 400),
    row("two lengths", &["+content-length: 5", "+transfer-encoding: chunked"], 400),
    row("two different lengths", &["+content-length: 5", "+content-length: 6"], 400),
    row("a length that is none", &["+content-length: +5"], 400),
    row("no origin", &["origin"], 403),
    row("an empty origin", &["origin: "], 403),
    row("no site's origin", &["origin: null"], 403),
    row("another site's origin", &["origin: https://evil.example"], 403),
    row("two origins", &["+origin: https://evil.example"], 403),
    row("no origin and a cookie", &["origin", "+cookie: vitrine-login=x; vitrine-asset=x"], 403),
    row("no credential", &["sec-websocket-protocol: vitrine.v1"], 401),
    row("no protocol", &["sec-websocket-protocol"], 401),
    line("HTTP/1.0", "GET", "HTTP/1.0", 400),
    line("another method", "POST", "HTTP/1.1", 405),
    row("a header of 1 MiB", &[], 431),
    row("10,000 headers", &[], 431),
];

/// What is too long to be written down.
fn long(name: &str) -> Vec<(String, String)> {
    match name {
        "a header of 1 MiB" => vec![("x-long".to_owned(), "x".repeat(1 << 20))],
        "10,000 headers" => (0..10_000).map(|n| (format!("x-{n}"), "x".to_owned())).collect(),
        _ => Vec::new(),
    }
}

fn edited(mut headers: Vec<(String, String)>, row: &Row) -> Vec<(String, String)> {
    for edit in row.edits {
        let (name, value) = edit.split_once(": ").map_or((*edit, None), |(name, value)| (name, Some(value)));
        let added = name.strip_prefix('+');
        if added.is_none() {
            headers.retain(|(present, _)| present != name);
        }
        headers.extend(value.map(|value| (added.unwrap_or(name).to_owned(), value.to_owned())));
    }
    headers.extend(long(row.name));
    headers
}

async fn judge(server: &Server, path: &str, headers: Vec<(String, String)>, row: &Row, side: &str) {
    let (method, version) = row.line;
    let (_wire, answer) = ask(server, &format!("{method} {path} {version}"), &edited(headers, row)).await;
    let lower = answer.to_ascii_lowercase();
    assert_eq!(status(&answer), row.status, "{side}, {}: {answer}", row.name);
    assert!(!lower.contains("sec-websocket-extensions"), "{side}, {}: {answer}", row.name);
    assert!(!lower.contains("bearer.") && !lower.contains("ticket."), "{side}, {}: {answer}", row.name);
    assert_eq!(lower.contains("sec-websocket-version: 13\r\n"), row.status == 426, "{side}, {}", row.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_a_socket_is_proper_or_refused() {
    let server = Server::start(LIMITS).await;
    let customer = Customer::begin(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    for row in &ROWS {
        let offered = format!("vitrine.v1, bearer.{}", customers_token(&server).await);
        let headers = proper(&server, SHOP, &offered);
        judge(&server, "/api/v1/customer/socket", headers, row, "customer").await;

        let offered = format!("vitrine.v1, ticket.{}", ann.ticket(&customer.session).await.unwrap());
        let headers = proper(&server, &server.origin, &offered);
        judge(&server, &format!("/api/v1/sessions/{}/socket", customer.session), headers, row, "agent").await;
    }
}

/// Tokens and tickets count in one place alone, and each for its own session.
#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn what_stands_in_the_query_opens_nothing() {
    let server = Server::start(LIMITS).await;
    let (one, other) = (Customer::begin(&server).await, Customer::begin(&server).await);
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&one.code).await, 200);
    let ticket = ann.ticket(&one.session).await.unwrap();
    let queries = [
        (format!("/api/v1/customer/socket?bearer={0}&token={0}", other.token), SHOP, String::new()),
        (format!("/api/v1/customer/socket?token={}", other.token), SHOP, "vitrine.v1".to_owned()),
        (format!("/api/v1/sessions/{}/socket?ticket={ticket}", one.session), &server.origin, "vitrine.v1".to_owned()),
        (format!("/api/v1/sessions/{}/socket", other.session), &server.origin, format!("vitrine.v1, ticket.{ticket}")),
    ];
    for (path, origin, offered) in &queries {
        let (_wire, answer) = ask(&server, &format!("GET {path} HTTP/1.1"), &proper(&server, origin, offered)).await;
        assert_eq!(status(&answer), 401, "{path}: {answer}");
    }
}
