//! Addresses, methods, headers: what a request meets before anything else.

use reqwest::Method;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use vitrine_tests::server::Server;
use vitrine_tests::socket::{PATIENCE, connect};

#[tokio::test(flavor = "multi_thread")]
async fn the_agents_page_has_a_strict_policy() {
    let server = Server::start("").await;
    let response = server.request(Method::GET, "/agent/").send().await.unwrap();
    assert_eq!(response.status(), 200);
    let here = &server.origin;
    let socket = here.replacen("https", "wss", 1);
    let policy = format!(
        "default-src 'none'; script-src {here}/agent/; style-src {here}/agent/ {here}/asset/ 'unsafe-inline'; \
         img-src {here}/asset/ {here}/agent/ data:; font-src {here}/asset/ data:; media-src {here}/asset/; \
         connect-src {here}/api/ {socket}/api/; frame-src 'none'; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    for (name, value) in [
        ("content-security-policy", policy.as_str()),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=63072000"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(response.headers()[name], value, "{name}");
    }
    assert!(response.headers().contains_key("permissions-policy"));
}

#[tokio::test(flavor = "multi_thread")]
async fn listed_pages_may_frame_the_agents_page_and_no_other() {
    let listed = "https://crm.example https://*.desk.example";
    let server =
        Server::start("[http-security]\nframe-ancestors = [\"https://crm.example\", \"https://*.desk.example\"]\n")
            .await;
    let page = server.request(Method::GET, "/agent/").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.ends_with(&format!("frame-ancestors {listed}")), "{policy}");
    // It knows no lists, and would say the opposite.
    assert!(!page.headers().contains_key("x-frame-options"));
    let told = server.request(Method::GET, "/api/v1/agent/frame-ancestors").send().await.unwrap();
    assert_eq!(told.headers()["cross-origin-resource-policy"], "same-origin");
    assert!(!told.headers().contains_key("access-control-allow-origin"));
    let told: Value = serde_json::from_str(&told.text().await.unwrap()).unwrap();
    assert_eq!(told["frameAncestors"], serde_json::json!(listed.split(' ').collect::<Vec<_>>()));
    for path in ["/vitrine.js", "/api/v1/agent/me", "/no/such"] {
        let other = server.request(Method::GET, path).send().await.unwrap();
        let policy = other.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_snippet_is_for_every_website() {
    let server = Server::start("").await;
    let response = server.request(Method::GET, "/vitrine.js").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cross-origin-resource-policy"], "cross-origin");
    assert_eq!(response.headers()["content-type"], "text/javascript; charset=utf-8");
    let etag = response.headers()["etag"].clone();
    let again = server.request(Method::GET, "/vitrine.js").header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_files_named_by_their_content_are_kept_for_ever() {
    let server = Server::start("").await;
    let kept = async |path: &str| {
        let response = server.request(Method::GET, path).send().await.unwrap();
        let is_there = response.status() == 200;
        is_there.then(|| response.headers()["cache-control"].to_str().unwrap().contains("immutable"))
    };
    let page = server.request(Method::GET, "/agent/").send().await.unwrap().text().await.unwrap();
    let script = page.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(kept(&format!("/agent/{script}")).await, Some(true), "{script}");
    for path in ["/agent/", "/agent/licences.txt", "/vitrine.js", "/snippet/vitrine.js"] {
        assert_eq!(kept(path).await, Some(false), "{path}");
    }
    assert_eq!(kept("/agent/manifest.json").await, None, "what the build leaves for itself is not served");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_and_wrong_methods_are_problems() {
    let server = Server::start("").await;
    for (method, path, status, name) in [
        (Method::GET, "/nothing", 404, "not-found"),
        (Method::GET, "/snippet/nothing.js", 404, "not-found"),
        (Method::GET, "/agent/nothing.js", 404, "not-found"),
        (Method::PUT, "/api/v1/sessions", 405, "method-not-allowed"),
        (Method::DELETE, "/vitrine.js", 405, "method-not-allowed"),
        (Method::GET, "/api/v1/agent/me", 401, "not-signed-in"),
        (Method::GET, "/api/v1/sessions", 401, "not-signed-in"),
        (Method::GET, "/api/v1/customer/socket", 400, "not-our-socket"),
        (Method::GET, "/asset/nothing", 404, "not-found"),
        (Method::GET, "/asset/%FF", 404, "not-found"),
        (Method::GET, "/asset/", 404, "not-found"),
        (Method::GET, "/asset/a/b", 404, "not-found"),
        (Method::POST, "/asset/nothing", 405, "method-not-allowed"),
        (Method::GET, "/agent/%FF", 404, "not-found"),
        (Method::GET, "/snippet/%FF", 404, "not-found"),
    ] {
        let response = server.request(method.clone(), path).send().await.unwrap();
        assert_eq!(response.status(), status, "{method} {path}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{method} {path}");
        assert_eq!(response.headers().contains_key("allow"), status == 405, "{method} {path}");
        let problem: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(problem["type"], format!("urn:vitrine:problem:{name}"), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_routes_are_at_the_agents_address_only() {
    let server = Server::start("agent-url = \"https://agents.example\"\n").await;
    for (path, host, status) in [
        ("/agent/", None, 421),
        ("/api/v1/agent/me", None, 421),
        ("/api/v1/sessions", None, 421),
        ("/asset/x", None, 421),
        ("/agent/", Some("agents.example"), 200),
        ("/api/v1/agent/me", Some("agents.example"), 401),
        ("/agent/", Some("agents.example.evil.example"), 421),
        ("/vitrine.js", None, 200),
    ] {
        let mut request = server.http1.get(format!("{}{path}", server.origin));
        if let Some(host) = host {
            request = request.header("host", host);
        }
        assert_eq!(request.send().await.unwrap().status(), status, "{path} {host:?}");
        if host.is_none() {
            // By HTTP/2 the address is the request's authority.
            assert_eq!(server.request(Method::GET, path).send().await.unwrap().status(), status, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_lives_beneath_the_base_path() {
    let server = Server::start("base-path = \"/help/desk\"\n").await;
    for (path, status) in [
        ("/help/desk/agent/", 200),
        ("/help/desk/vitrine.js", 200),
        ("/agent/", 404),
        ("/vitrine.js", 404),
        ("/help/desk/x", 404),
    ] {
        let response = server.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
    }
    // The asset door tells a wrong address from no door at all.
    for (path, status) in [("/help/desk/asset/x", 421), ("/asset/x", 404), ("/help/deskasset/x", 404)] {
        let request = server.http1.get(format!("{}{path}", server.origin)).header("host", "other.example");
        assert_eq!(request.send().await.unwrap().status(), status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_refused() {
    let server = Server::start("").await;
    let body = format!("{{\"name\":\"{}\",\"password\":\"\"}}", "x".repeat(70_000));
    let request = server.request(Method::POST, "/api/v1/agent/login").header("origin", &server.origin);
    let response = request.header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(response.status(), 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_have_a_listener_of_their_own() {
    let server = Server::start("").await;
    assert_eq!(server.operators("/healthz").await, (200, "alive\n".into()));
    assert_eq!(server.operators("/readyz").await, (200, "ready\n".into()));
    assert_eq!(server.operators("/metrics").await.0, 200);
    for path in ["/metrics", "/healthz", "/readyz"] {
        assert_eq!(server.request(Method::GET, path).send().await.unwrap().status(), 404, "{path} is not public");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_does_not_take_every_connection() {
    let server = Server::start("[limits]\nsockets-per-address = 1\n").await;
    let held = [TcpStream::connect(server.address).await.unwrap(), TcpStream::connect(server.address).await.unwrap()];
    let ask = || server.http1.get(format!("{}/vitrine.js", server.origin)).header("connection", "close").send();
    // A connection that the system made is not at once one that the server counts.
    while ask().await.is_ok() {}
    drop(held);
    while ask().await.is_err() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_nothing_or_half_a_head_is_cut() {
    let server = Server::start("header-timeout = \"300ms\"\n").await;
    for begun in ["", "GET /vitrine.js HTTP/1.1\r\nhost: localhost\r\nx-slow: "] {
        let mut connection = connect(&server).await;
        connection.write_all(begun.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = timeout(PATIENCE, connection.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "the server waits for {begun:?}");
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{begun:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_takes_nothing_is_cut() {
    let server = Server::start("write-timeout = \"300ms\"\n").await;
    let mut connection = connect(&server).await;
    // More answers than the system keeps between the two, asked for and never read.
    let request = b"GET /agent/ HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(REQUESTS_UNREAD);
    let cut = async { while connection.write_all(&request).await.is_ok() {} };
    timeout(PATIENCE, cut).await.expect("cut in time");
}

/// Of pages of a few kilobytes.
const REQUESTS_UNREAD: usize = 100;
