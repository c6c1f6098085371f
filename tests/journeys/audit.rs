//! Who did what: every step of a session is a line, nothing secret is in any, and who may reads them.

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Value, json};
use vitrine::audit::{Answer, Verify, verify};
use vitrine_tests::agent::{Agent, sign_in};
use vitrine_tests::customer::{self, Customer};
use vitrine_tests::page::Page;
use vitrine_tests::server::{PASSWORD, SHOP, Server};

struct Log(tempfile::TempDir);

impl Log {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("audit.jsonl")
    }

    fn config(&self) -> String {
        format!("[audit]\nfile = {:?}\n", self.path().display().to_string())
    }

    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// `kind action result reason`, with the agent's name for `agent`.
fn told(line: &Value) -> String {
    let actor = &line["actor"];
    let who = actor["name"].as_str().or_else(|| actor["kind"].as_str()).unwrap();
    let word = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
    format!("{who} {} {} {}", word("action"), word("result"), word("reason"))
}

/// Words that must be in no line, in any form.
const SECRETS: [&str; 5] = ["basket", "Basket", PASSWORD, "a secret of the page", "correct%20horse"];

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_noted_and_nothing_secret() {
    let log = Log::new();
    let server = Server::start(&log.config()).await;
    assert_eq!(sign_in(&server, "ann", "wrong").await.status(), 401);
    assert_eq!(sign_in(&server, PASSWORD, PASSWORD).await.status(), 401);
    assert_eq!(customer::ask(&server, "https://evil.example", &customer::wish()).await.status(), 403);
    let mut shopper = Customer::begin(&server).await;
    shopper.shows(&Page::new(&format!("{SHOP}/basket")).with("p", &json!({}), "a secret of the page")).await;
    let (mut ann, mut sue) = (Agent::sign_in(&server, "ann").await, Agent::sign_in(&server, "sue").await);
    assert_eq!(ann.ticket(&shopper.session).await, Err(403));
    assert_eq!(ann.join("000000000").await, 404);
    assert_eq!(sue.join(&shopper.code).await, 403);
    assert_eq!(ann.join(&shopper.code).await, 200);
    let ticket = ann.ticket(&shopper.session).await.unwrap();
    let mut view = ann.socket(&shopper.session, Some(&server.origin), &ticket).await.unwrap();
    assert_eq!(ann.socket(&shopper.session, Some(&server.origin), &ticket).await.err(), Some(401));
    let mut watching = sue.open(&shopper.session).await;
    let path = format!("/api/v1/sessions/{}", shopper.session);
    assert_eq!(ann.request(Method::DELETE, &path).await.status(), 403);
    assert_eq!(ann.request(Method::GET, &format!("{path}/audit")).await.status(), 403);
    assert_eq!(ann.request(Method::POST, "/api/v1/agent/logout").await.status(), 204);
    assert_eq!(view.closed().await, 4401);
    drop(view);
    assert_eq!(sue.request(Method::DELETE, &path).await.status(), 204);
    watching.closed().await;
    drop(watching);
    shopper.socket.closed().await;
    assert!(customer::open(&server, Some(SHOP), &shopper.token).await.is_ok(), "only to be told that it is over");

    let answered = lines_until_all_left(&sue, &path).await;
    let cookies = [ann.login_cookie, ann.asset_cookie];
    server.stop().await;
    let lines = log.lines();
    let of_session: Vec<&Value> = lines.iter().filter(|line| line["session"] == *shopper.session).collect();
    let in_order: Vec<String> = of_session.iter().map(|line| told(line)).collect();
    for wanted in [
        "customer session.begin done -",
        "customer customer.connect done -",
        "ann session.ticket refused not-allowed",
        "ann session.join done -",
        "ann session.ticket done -",
        "ann session.open done -",
        "stranger session.open refused not-signed-in",
        "sue session.watch done -",
        "ann session.end refused not-allowed",
        "ann audit.read refused not-allowed",
        "ann session.leave done not-authenticated",
        "sue session.end done agent",
        "sue session.leave done ended",
        "customer customer.leave done ended",
    ] {
        assert_eq!(in_order.iter().filter(|line| *line == wanted).count(), 1, "{wanted}: {in_order:#?}");
    }
    let all: Vec<String> = lines.iter().map(told).collect();
    for wanted in [
        "stranger agent.sign-in refused wrong-login",
        "stranger session.begin refused origin-not-allowed",
        "ann agent.sign-in done -",
        "ann session.join refused wrong-code",
        "sue session.join refused not-allowed",
        "ann agent.sign-out done -",
        "stranger customer.connect refused no-such-session",
    ] {
        assert!(all.iter().any(|line| line == wanted), "{wanted}: {all:#?}");
    }
    assert_eq!(
        (all.first().unwrap().as_str(), all.last().unwrap().as_str()),
        ("system server.start done -", "system server.stop done -")
    );
    let not_readings = of_session.iter().filter(|line| line["action"] != "audit.read" || line["result"] != "done");
    assert_eq!(answered, not_readings.map(|line| (*line).clone()).collect::<Vec<_>>(), "the interface tells the same");
    let text = fs::read_to_string(log.path()).unwrap();
    let secrets = [&shopper.code, &shopper.token, &ticket, &cookies[0], &cookies[1]];
    for secret in SECRETS.into_iter().chain(secrets.into_iter().map(|secret| secret.split('=').next_back().unwrap())) {
        assert!(!text.contains(secret), "{secret}");
    }
    let accounts: Vec<&Value> =
        lines.iter().map(|line| &line["actor"]["account"]).filter(|name| !name.is_null()).collect();
    assert_eq!(accounts, [&json!("ann")], "a name that nobody has may be a password");
    assert!(lines.iter().all(|line| line["address"].is_null()));
    assert_good(&log.path());
}

/// What the supervisor reads once every socket is gone, two lines at a time.
async fn lines_until_all_left(sue: &Agent<'_>, path: &str) -> Vec<Value> {
    loop {
        let (mut lines, mut after) = (Vec::new(), json!(0));
        while after.is_u64() {
            let mut page = sue.get(&format!("{path}/audit?limit=2&after={after}")).await;
            lines.append(page["lines"].as_array_mut().unwrap());
            assert_eq!(page["forgotten"], 0);
            after = page["next"].take();
        }
        if lines.iter().filter(|line| line["action"].as_str().unwrap().ends_with(".leave")).count() == 3 {
            return lines;
        }
    }
}

fn assert_good(path: &Path) {
    let answer = verify(&Verify { files: vec![path.to_owned()], expect_last: None, restarts: false }).unwrap();
    assert!(matches!(answer, Answer::Good(_)), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_noted_is_not_done() {
    let log = Log::new();
    let server = Server::start(&(log.config() + "addresses = true\n")).await;
    let mut shopper = Customer::begin(&server).await;
    let (mut ann, sue) = (Agent::sign_in(&server, "ann").await, Agent::sign_in(&server, "sue").await);
    // Where the file was, there is a folder: the next line cannot be written.
    fs::rename(log.path(), log.0.path().join("old")).unwrap();
    fs::create_dir(log.path()).unwrap();
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status(), 503);
    assert_eq!(ann.join(&shopper.code).await, 503);
    assert_eq!(ann.ticket(&shopper.session).await, Err(403), "she is not in it");
    let response = customer::ask(&server, SHOP, &customer::wish()).await;
    assert_eq!(response.status(), 503);
    assert!(response.text().await.unwrap().contains("urn:vitrine:problem:not-noted"));
    let path = format!("/api/v1/sessions/{}", shopper.session);
    assert_eq!(sue.request(Method::GET, &format!("{path}/audit")).await.status(), 503);
    assert_eq!(sue.request(Method::DELETE, &path).await.status(), 204, "ending it is never refused");
    shopper.socket.closed().await;
    fs::remove_dir(log.path()).unwrap();
    assert_eq!(sign_in(&server, "ann", PASSWORD).await.status(), 200);
    server.stop().await;
    let lines = log.lines();
    assert_eq!((lines[0]["action"].as_str(), lines[1]["action"].as_str()), (Some("audit.rotate"), Some("audit.omit")));
    assert!(lines.iter().any(|line| line["address"] == "127.0.0.1"), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_reads_what_was_noted() {
    let server = Server::start("").await;
    let shopper = Customer::begin(&server).await;
    let sue = Agent::sign_in(&server, "sue").await;
    let path = format!("/api/v1/sessions/{}/audit", shopper.session);
    let page = sue.get(&path).await;
    let told: Vec<String> = page["lines"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(told, ["customer session.begin done -", "customer customer.connect done -"]);
    for (path, status, name) in [
        (path.clone() + "?limit=many", 422, "malformed"),
        (path.clone() + "?from=1", 422, "malformed"),
        ("/api/v1/sessions/nobody/audit".into(), 404, "no-such-session"),
    ] {
        let response = sue.request(Method::GET, &path).await;
        assert_eq!(response.status(), status, "{path}");
        assert!(response.text().await.unwrap().contains(name), "{path}");
    }
    assert_eq!(server.request(Method::GET, &path).send().await.unwrap().status(), 401);
}
