//! Which pages may talk to the server: every row of the lists of origins, on every route that a page of another origin can
//! reach, over HTTP and for sockets.

use http::HeaderMap;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use vitrine_tests::agent::{Agent, sign_in};
use vitrine_tests::customer::open;
use vitrine_tests::server::{PASSWORD, SHOP, Server};

use super::public::{rows, text};
use super::sockets::customers_token;
use super::wire::{ask, proper, status};

const OWN: &str = include_str!("../corpus/origins.json");
const FOREIGN: &str = "https://foreign.example";
/// The longest that a browser may be told to remember an answer to a preflight.
const MAX_AGE_S: u64 = 7_200;
const CONFIG: &str = "[cross-origin]\nallowed-origins = [\"https://shop.example\", \"https://*.shops.example\"]\n\
                      [limits]\nsessions-per-minute = 1000000\nlogins-per-minute = 1000\n";

/// Rows of the public list that are no origins: which check shows them.
const CHECKS: [(&str, &str); 9] = [
    ("cors-027", "vary"),
    ("cors-029", "max-age"),
    ("cors-031", "unlisted-header"),
    ("cors-033", "private-network"),
    ("cors-035", "socket-with-cookie"),
    ("cors-037", "errors"),
    ("cors-039", "cached"),
    ("cors-041", "cross-site"),
    ("cors-043", "no-listener"),
];

/// What a page of `origin` may ask for: sessions, and to hand over an asset.
fn asks(server: &Server, origin: &str) -> [RequestBuilder; 4] {
    let request = |method: Method, path: &str| server.request(method, path).header("origin", origin);
    let json = |body: &Value| {
        request(Method::POST, "/api/v1/sessions").header("content-type", "application/json").body(body.to_string())
    };
    [
        json(&page_of(origin)),
        json(&json!({ "site": "nobody's" })),
        request(Method::POST, "/api/v1/customer/assets/1"),
        request(Method::OPTIONS, "/api/v1/sessions").header("access-control-request-method", "POST"),
    ]
}

fn page_of(origin: &str) -> Value {
    json!({ "site": "shop", "page": { "url": format!("{origin}/"), "title": "" } })
}

/// What the answers tell a browser of other origins.
fn told(headers: &HeaderMap) -> Vec<(String, String)> {
    let named = headers.iter().filter(|(name, _)| name.as_str().starts_with("access-control-"));
    named.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

fn varies(response: &Response) -> bool {
    let lines = response.headers().get_all("vary").iter().map(|line| line.to_str().unwrap().to_ascii_lowercase());
    lines
        .flat_map(|line| line.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>())
        .any(|name| name == "origin")
}

async fn judge_origin(server: &Server, agent: &Agent<'_>, id: &str, origin: &str, is_listed: bool) {
    for request in asks(server, origin) {
        let response = request.send().await.unwrap();
        let named = response.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap());
        assert_eq!(named, is_listed.then_some(origin), "{id}");
        assert!(varies(&response), "{id}");
        assert!(is_listed || told(response.headers()).is_empty(), "{id}: {:?}", told(response.headers()));
        assert!(is_listed || response.status() == 403, "{id}: {}", response.status());
        assert!(!response.headers().contains_key("access-control-allow-credentials"), "{id}");
        let words = response.text().await.unwrap();
        assert!(is_listed || origin.len() < 2 || !words.contains(origin), "{id} is not echoed: {words}");
    }
    let token = customers_token(server).await;
    let headers = proper(server, origin, &format!("vitrine.v1, bearer.{token}"));
    let (_wire, answer) = ask(server, "GET /api/v1/customer/socket HTTP/1.1", &headers).await;
    assert_eq!(status(&answer), if is_listed { 101 } else { 403 }, "{id}: {answer}");
    // No website's page has a say on the agents' side, listed or not.
    for (method, path) in [(Method::GET, "/api/v1/sessions"), (Method::POST, "/api/v1/agent/logout")] {
        let request = server.request(method, path).header("origin", origin).header("cookie", &agent.login_cookie);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 403, "{id}: {path}");
        assert!(told(response.headers()).is_empty(), "{id}: {path}");
    }
}

async fn judge_all(list: Vec<Value>) {
    let server = Server::start(CONFIG).await;
    let ann = Agent::sign_in(&server, "ann").await;
    for row in &list {
        let id = text(row, "id");
        if let Some(origin) = row["origin"].as_str() {
            judge_origin(&server, &ann, id, origin, text(row, "expect") == "allow").await;
            continue;
        }
        let listed = CHECKS.iter().find(|(name, _)| *name == id).map(|(_, check)| *check);
        match listed.unwrap_or_else(|| text(row, "expect")) {
            "vary" | "cached" => each_origin_has_an_answer_of_its_own(&server).await,
            "max-age" => preflights_are_remembered_for_a_while(&server).await,
            "unlisted-header" => what_is_not_listed_is_not_allowed(&server).await,
            "private-network" => no_private_network_is_opened(&server).await,
            "socket-with-cookie" => a_cookie_opens_no_socket(&server, &ann).await,
            "errors" => every_refusal_keeps_to_the_rule(&server).await,
            "cross-site" => other_sites_get_nothing_of_an_agent(&server, &ann).await,
            "no-listener" => the_snippet_hears_no_other_window(&server).await,
            other => panic!("{id} is new: {other}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_our_own() {
    judge_all(serde_json::from_str(OWN).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_public_list() {
    if let Some(list) = rows("cors_origins.json") {
        judge_all(list).await;
    }
}

async fn each_origin_has_an_answer_of_its_own(server: &Server) {
    for origin in [SHOP, "https://a.shops.example", FOREIGN] {
        for request in asks(server, origin) {
            let response = request.send().await.unwrap();
            assert!(varies(&response), "{origin}");
            assert_eq!(response.headers()["cache-control"], "no-store", "{origin}");
        }
    }
}

fn preflight(server: &Server, header: &str, method: &str) -> RequestBuilder {
    let request = server.request(Method::OPTIONS, "/api/v1/sessions").header("origin", SHOP);
    request.header("access-control-request-method", method).header("access-control-request-headers", header)
}

async fn preflights_are_remembered_for_a_while(server: &Server) {
    let response = preflight(server, "content-type", "POST").send().await.unwrap();
    let max_age: u64 = response.headers()["access-control-max-age"].to_str().unwrap().parse().unwrap();
    assert!((1..=MAX_AGE_S).contains(&max_age), "{max_age}");
}

#[tokio::test]
async fn no_configuration_has_them_remembered_for_longer() {
    for (max_age, is_valid) in [("2h", true), ("7201s", false), ("1d", false)] {
        let text = format!("[cross-origin]\nmax-age = \"{max_age}\"\n");
        let problems = vitrine::config::parse("test.toml", &text, &[]).problems;
        assert_eq!(problems.is_empty(), is_valid, "{max_age}: {problems:?}");
    }
}

async fn what_is_not_listed_is_not_allowed(server: &Server) {
    for (header, method, is_allowed) in [
        ("content-type", "POST", true),
        ("Content-Type", "POST", true),
        ("authorization", "POST", false),
        ("content-type, x-other", "POST", false),
        ("content-type", "DELETE", false),
        ("content-type", "GET", false),
    ] {
        let response = preflight(server, header, method).send().await.unwrap();
        assert_eq!(
            !told(response.headers()).is_empty(),
            is_allowed,
            "{header} {method}: {:?}",
            told(response.headers())
        );
        assert!(varies(&response));
    }
}

async fn no_private_network_is_opened(server: &Server) {
    for origin in [SHOP, FOREIGN] {
        let request = server.request(Method::OPTIONS, "/api/v1/sessions").header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        let response = request.header("access-control-request-private-network", "true").send().await.unwrap();
        assert!(!response.headers().contains_key("access-control-allow-private-network"), "{origin}");
    }
}

async fn a_cookie_opens_no_socket(server: &Server, agent: &Agent<'_>) {
    let token = customers_token(server).await;
    assert_eq!(open(server, None, &token).await.err(), Some(403));
    let headers: Vec<(String, String)> = proper(server, "", "vitrine.v1, ticket.x")
        .into_iter()
        .filter(|(name, _)| name != "origin")
        .chain([("cookie".to_owned(), agent.login_cookie.clone())])
        .collect();
    let path = format!("/api/v1/sessions/{}/socket", token.split('.').next().unwrap());
    let (_wire, answer) = ask(server, &format!("GET {path} HTTP/1.1"), &headers).await;
    assert_eq!(status(&answer), 403, "{answer}");
}

/// Refusals of every kind: who may read an answer may read these, and nobody else.
async fn every_refusal_keeps_to_the_rule(server: &Server) {
    for (origin, is_listed) in [(SHOP, true), (FOREIGN, false)] {
        let request = |method: Method, path: &str| server.request(method, path).header("origin", origin);
        let json = |body: String| {
            request(Method::POST, "/api/v1/sessions").header("content-type", "application/json").body(body)
        };
        for (status, request) in [
            (422, json("{".into())),
            (422, json("{\"more\":1}".into())),
            (422, json(json!({ "site": "other", "page": { "url": "", "title": "" } }).to_string())),
            (413, json("x".repeat(100_000))),
            (415, request(Method::POST, "/api/v1/sessions").body("{}")),
            (401, request(Method::POST, "/api/v1/customer/assets/1")),
            (405, request(Method::PUT, "/api/v1/sessions")),
            (405, request(Method::DELETE, "/api/v1/customer/assets/1")),
            (404, request(Method::POST, "/api/v1/customer/nothing")),
        ] {
            let response = request.send().await.unwrap();
            // Whose page may not read it learns no more than that.
            let is_judged_first = matches!(status, 413 | 415 | 422 | 401);
            let status = if is_judged_first && !is_listed { 403 } else { status };
            assert_eq!(response.status(), status, "{origin}");
            let named = response.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap());
            assert_eq!(named, is_listed.then_some(origin), "{origin}: {status}");
            assert!(varies(&response), "{origin}: {status}");
        }
    }
}

async fn other_sites_get_nothing_of_an_agent(server: &Server, agent: &Agent<'_>) {
    for site in ["cross-site", "same-site"] {
        for (method, path) in [
            (Method::GET, "/api/v1/agent/me"),
            (Method::GET, "/api/v1/sessions"),
            (Method::GET, "/api/v1/sessions/x"),
            (Method::DELETE, "/api/v1/sessions/x"),
            (Method::POST, "/api/v1/sessions/join"),
            (Method::POST, "/api/v1/sessions/x/ticket"),
            (Method::POST, "/api/v1/agent/logout"),
        ] {
            let request =
                server.request(method, path).header("sec-fetch-site", site).header("cookie", &agent.login_cookie);
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 403, "{site}: {path}");
            assert!(response.text().await.unwrap().contains("cross-site"), "{site}: {path}");
        }
    }
    assert_eq!(sign_in(server, "ann", PASSWORD).await.status(), 200, "and her own page does");
    assert_eq!(
        server
            .request(Method::GET, "/api/v1/agent/me")
            .header("cookie", &agent.login_cookie)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

/// A page that frames the shop, or is framed by it, can post what it likes: nothing of ours listens.
async fn the_snippet_hears_no_other_window(server: &Server) {
    let read = async |path: &str| server.request(Method::GET, path).send().await.unwrap().text().await.unwrap();
    let loader = read("/vitrine.js").await;
    let at = loader.find("snippet/recorder-").expect("the recorder's name");
    let name = loader[at + "snippet/".len()..].split('`').next().unwrap().to_owned();
    let recorder = read(&format!("/snippet/{name}")).await;
    for (script, least) in [(loader, 1_000), (recorder, 50_000)] {
        assert!(script.len() > least && !script.contains("window.onmessage"));
        for (at, _) in script.match_indices("addEventListener(\"message\"") {
            // The library's own, for frames of other origins; which is switched off.
            assert!(script[at.saturating_sub(80)..at].contains("recordCrossOriginIframes&&"), "{name}");
            assert!(script.contains("recordCrossOriginIframes:!1") && !script.contains("recordCrossOriginIframes:!0"));
        }
    }
}
