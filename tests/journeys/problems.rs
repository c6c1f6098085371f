//! Whatever is wrong with a request, the answer is a problem of the protocol's table: never the words of a library.

use reqwest::Method;
use serde_json::Value;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::server::{SHOP, Server};

const JSON: Option<&str> = Some("application/json");
const LOGIN: &str = "/api/v1/agent/login";
const JOIN: &str = "/api/v1/sessions/join";
const TICKET: &str = "/api/v1/sessions/ID/ticket";
const AUDIT: &str = "/api/v1/sessions/ID/audit";

/// Method, path (`ID` is a session), type and body; status and name.
type Row = (Method, &'static str, Option<&'static str>, &'static str, u16, &'static str);

const ROWS: &[Row] = &[
    (Method::GET, "/nothing", None, "", 404, "not-found"),
    (Method::GET, "/api/v1/", None, "", 404, "not-found"),
    (Method::PATCH, LOGIN, None, "", 405, "method-not-allowed"),
    (Method::TRACE, LOGIN, None, "", 405, "method-not-allowed"),
    (Method::POST, "/openapi.json", None, "", 405, "method-not-allowed"),
    (Method::POST, LOGIN, None, "{}", 415, "not-json"),
    (Method::POST, LOGIN, Some("text/plain"), "{}", 415, "not-json"),
    (Method::POST, LOGIN, Some("application/jsonp"), "{}", 415, "not-json"),
    (Method::POST, LOGIN, JSON, "", 422, "malformed"),
    (Method::POST, LOGIN, JSON, "{", 422, "malformed"),
    (Method::POST, LOGIN, JSON, "[]", 422, "malformed"),
    (Method::POST, LOGIN, JSON, "null", 422, "malformed"),
    (Method::POST, LOGIN, JSON, "{\"name\":\"ann\"}", 422, "malformed"),
    (Method::POST, LOGIN, JSON, "{\"name\":1,\"password\":\"\"}", 422, "malformed"),
    (Method::POST, LOGIN, JSON, "{\"name\":\"ann\",\"name\":\"ann\",\"password\":\"\"}", 422, "malformed"),
    (Method::POST, LOGIN, JSON, "{\"name\":\"ann\",\"password\":\"\",\"more\":1}", 422, "malformed"),
    (Method::POST, LOGIN, JSON, "{\"name\":\"ann\",\"password\":\"\\ud800\"}", 422, "malformed"),
    (Method::POST, JOIN, JSON, "{\"joinCode\":123456789}", 422, "malformed"),
    (Method::POST, JOIN, JSON, "{\"join-code\":\"1\"}", 422, "malformed"),
    (Method::POST, TICKET, JSON, "{\"more\":1}", 422, "malformed"),
    (Method::POST, "/api/v1/sessions/%FF/ticket", None, "", 404, "not-found"),
    (Method::POST, "/api/v1/sessions/nobody/ticket", None, "", 404, "no-such-session"),
    (Method::GET, "/api/v1/sessions/%00", None, "", 404, "no-such-session"),
    (Method::GET, AUDIT, None, "", 403, "not-allowed"),
    (Method::GET, "/api/v1/sessions/ID/audit?limit=-1", None, "", 422, "malformed"),
    (Method::GET, "/api/v1/sessions/ID/audit?limit=1&limit=2", None, "", 422, "malformed"),
    (Method::GET, "/api/v1/sessions/ID/audit?more=1", None, "", 422, "malformed"),
    (Method::GET, "/api/v1/agent/me?optional=maybe", None, "", 422, "malformed"),
    (Method::GET, "/api/v1/agent/me?more=1", None, "", 422, "malformed"),
    (Method::GET, "/api/v1/sessions/ID/socket", None, "", 400, "not-our-socket"),
    (Method::GET, "/api/v1/customer/socket", None, "", 400, "not-our-socket"),
    (Method::POST, "/api/v1/customer/assets/1", None, "x", 403, "origin-not-allowed"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_a_problem() {
    let server = Server::start("").await;
    let shopper = Customer::begin(&server).await;
    let (ann, sue) = (Agent::sign_in(&server, "ann").await, Agent::sign_in(&server, "sue").await);
    for (method, path, kind, body, status, name) in ROWS {
        let path = path.replace("ID", &shopper.session);
        // Only who may do it is told what is wrong with the request.
        let agent = if path.contains("audit?") || path.ends_with("ticket") { &sue } else { &ann };
        let request = server.request(method.clone(), &path).header("cookie", &agent.login_cookie);
        let mut request = request.header("origin", &server.origin).body(*body);
        if let Some(kind) = kind {
            request = request.header("content-type", *kind);
        }
        assert_problem(request.send().await.unwrap(), *status, name, &format!("{method} {path} {body}")).await;
    }
    let large = server.request(Method::POST, "/api/v1/sessions").header("origin", SHOP);
    let large = large.header("content-type", "application/json").body(" ".repeat(70_000));
    assert_problem(large.send().await.unwrap(), 413, "too-large", "a large body").await;
}

async fn assert_problem(response: reqwest::Response, status: u16, name: &str, what: &str) {
    assert_eq!(response.status(), status, "{what}");
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{what}");
    assert_eq!(response.headers()["cache-control"], "no-store", "{what}");
    let problem: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(problem["type"], format!("urn:vitrine:problem:{name}"), "{what}");
    assert_eq!(problem["status"], status, "{what}");
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_served_beneath_the_base_path() {
    let server = Server::start("base-path = \"/help\"\n").await;
    let response = server.request(Method::GET, "/help/openapi.json").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    let document: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!((document["openapi"].as_str(), document["servers"][0]["url"].as_str()), (Some("3.1.0"), Some("/help")));
    assert!(document["paths"]["/api/v1/sessions"]["post"]["responses"]["201"].is_object());
}
