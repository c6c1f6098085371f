//! What agents can do, and what they cannot.

use reqwest::Method;
use serde_json::{Value, json};
use vitrine_tests::agent::{Agent, sign_in};
use vitrine_tests::customer::Customer;
use vitrine_tests::page::{Page, new_text};
use vitrine_tests::server::{PASSWORD, SHOP, Server};
use vitrine_tests::socket::Socket;

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_wants_name_and_password_and_tells_not_which_was_wrong() {
    let server = Server::start("").await;
    let mut refusals = Vec::new();
    for (name, password) in [("ann", "wrong"), ("nobody", PASSWORD)] {
        let response = sign_in(&server, name, password).await;
        assert_eq!(response.status(), 401);
        assert!(!response.headers().contains_key("set-cookie"));
        refusals.push(response.text().await.unwrap());
    }
    assert_eq!(refusals[0], refusals[1]);
    let response = sign_in(&server, "ann", PASSWORD).await;
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    for part in ["Path=/api/;", "HttpOnly", "Secure", "SameSite=Strict"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let ann = Agent::sign_in(&server, "ann").await;
    let me = ann.get("/api/v1/agent/me").await;
    assert_eq!((me["name"].as_str(), &me["roles"]), (Some("ann"), &json!(["agent"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_be_nobody_is_asked_without_an_error() {
    let server = Server::start("").await;
    for (query, status) in [("", 401), ("?optional=true", 204), ("?optional=false", 401)] {
        let response = server.request(Method::GET, &format!("/api/v1/agent/me{query}")).send().await.unwrap();
        assert_eq!(response.status(), status, "{query}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{query}");
    }
    let me = Agent::sign_in(&server, "ann").await.get("/api/v1/agent/me?optional=true").await;
    assert_eq!(me["name"], "ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down() {
    let server = Server::start("[limits]\nlogins-per-minute = 3\njoins-per-minute = 3\n").await;
    let ann = Agent::sign_in(&server, "ann").await;
    for (attempt, status) in [404, 404, 404, 429].into_iter().enumerate() {
        assert_eq!(ann.join("000000000").await, status, "try {attempt}");
    }
    let mut last = sign_in(&server, "ann", "wrong").await;
    while last.status() == 401 {
        last = sign_in(&server, "ann", "wrong").await;
    }
    assert_eq!(last.status(), 429);
    let seconds: u64 = last.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_admits_one_agent_and_is_replaced() {
    let server = Server::start("").await;
    let mut customer = Customer::begin(&server).await;
    let (ann, mut bob) = (Agent::sign_in(&server, "ann").await, Agent::sign_in(&server, "bob").await);
    assert_eq!(ann.join(&customer.code).await, 200);
    assert_eq!(bob.join(&customer.code).await, 404, "used");
    assert_eq!(bob.ticket(&customer.session).await, Err(403), "not admitted");
    let code = customer.next_code().await;
    let spoken = format!("{} {} {}", &code[..3], &code[3..6], &code[6..]);
    assert_eq!(bob.join(&spoken).await, 200);
    assert!(bob.ticket(&customer.session).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_runs_out_and_is_replaced() {
    let server = Server::start("[session]\njoin-code-ttl = \"300ms\"\n").await;
    let mut customer = Customer::begin(&server).await;
    let second = customer.next_code().await;
    let ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 404);
    assert_ne!(second, customer.code);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_session_shows_no_code() {
    let server = Server::start("[session]\nmax-agents = 1\n").await;
    let mut customer = Customer::begin(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let _view = ann.open(&customer.session).await;
    loop {
        let frame = customer.socket.until("participants").await;
        let names: Vec<&str> = frame["agents"].as_array().unwrap().iter().filter_map(|a| a["name"].as_str()).collect();
        if names == ["ann"] {
            assert_eq!(frame["joinCode"], Value::Null, "{frame}");
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opens_one_socket_of_one_session_from_our_own_page() {
    let server = Server::start("").await;
    let customer = Customer::begin(&server).await;
    let other = Customer::begin(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    ann.join(&customer.code).await;
    let own = Some(server.origin.as_str());
    for (origin, refusal) in [(None, 403), (Some(SHOP), 403), (Some("null"), 403)] {
        let ticket = ann.ticket(&customer.session).await.unwrap();
        assert_eq!(ann.socket(&customer.session, origin, &ticket).await.err(), Some(refusal), "{origin:?}");
    }
    let ticket = ann.ticket(&customer.session).await.unwrap();
    assert_eq!(ann.socket(&other.session, own, &ticket).await.err(), Some(401), "another session's");
    let ticket = ann.ticket(&customer.session).await.unwrap();
    assert!(ann.socket(&customer.session, own, &ticket).await.is_ok());
    assert_eq!(ann.socket(&customer.session, own, &ticket).await.err(), Some(401), "used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_alone_opens_no_socket() {
    let server = Server::start("").await;
    let customer = Customer::begin(&server).await;
    let ann = Agent::sign_in(&server, "ann").await;
    ann.join(&customer.code).await;
    let path = format!("/api/v1/sessions/{}/socket", customer.session);
    let request = server.http1.get(format!("{}{path}", server.origin)).header("cookie", &ann.login_cookie);
    let request =
        request.header("origin", &server.origin).header("connection", "upgrade").header("upgrade", "websocket");
    let request = request.header("sec-websocket-version", "13").header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    assert_eq!(request.send().await.unwrap().status(), 401);
    assert_eq!(Socket::open(&server, &path, Some(&server.origin), "vitrine.v1").await.err(), Some(401));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_websites_page_changes_nothing_with_a_login() {
    let server = Server::start("").await;
    let customer = Customer::begin(&server).await;
    let sue = Agent::sign_in(&server, "sue").await;
    let path = format!("/api/v1/sessions/{}", customer.session);
    for (name, value) in [("origin", SHOP), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("x-none", "")] {
        let request = server.request(Method::DELETE, &path).header("cookie", &sue.login_cookie).header(name, value);
        assert_eq!(request.send().await.unwrap().status(), 403, "{name}: {value}");
    }
    assert_eq!(sue.request(Method::DELETE, &path).await.status(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_tells_pages_only_of_joined_sessions() {
    let server = Server::start("").await;
    let mut customer = Customer::begin(&server).await;
    customer.shows(&Page::new(&format!("{SHOP}/basket?id=1")).with("h1", &json!({}), "Basket")).await;
    let (mut ann, bob) = (Agent::sign_in(&server, "ann").await, Agent::sign_in(&server, "bob").await);
    ann.join(&customer.code).await;
    ann.open(&customer.session).await.until("keyframe").await;
    loop {
        let joined = ann.get("/api/v1/sessions").await["sessions"][0].clone();
        if joined["state"] == "live" {
            assert_eq!(joined["page"]["url"], format!("{SHOP}/basket"), "without the query: {joined}");
            assert_eq!(joined["joined"], true);
            break;
        }
    }
    let strange = bob.get("/api/v1/sessions").await["sessions"][0].clone();
    assert_eq!((&strange["state"], &strange["joined"]), (&json!("live"), &json!(false)));
    assert!(strange.get("page").is_none() && strange["agents"] == json!([]), "{strange}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_watches_without_a_code_and_only_watches() {
    let server = Server::start("").await;
    let customer = Customer::begin(&server).await;
    let mut sue = Agent::sign_in(&server, "sue").await;
    assert_eq!(sue.join(&customer.code).await, 403);
    let welcome = sue.open(&customer.session).await.until("welcome").await;
    let privileges = welcome["privileges"].as_array().unwrap();
    assert!(privileges.contains(&json!("session.monitor")) && !privileges.contains(&json!("session.control")));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_closes_the_sockets_of_that_login() {
    let server = Server::start("").await;
    let customer = Customer::begin(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    ann.join(&customer.code).await;
    let mut view = ann.open(&customer.session).await;
    view.until("welcome").await;
    assert_eq!(ann.request(Method::POST, "/api/v1/agent/logout").await.status(), 204);
    assert_eq!(view.closed().await, 4401);
    assert_eq!(ann.request(Method::GET, "/api/v1/agent/me").await.status(), 401);
    assert_eq!(ann.ticket(&customer.session).await, Err(401));
}

/// Text that does not compress well, another for each seed.
fn noise(seed: u64, length: usize) -> String {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"abcdefghijklmnopqrstuvwxyz.,;!?-"[usize::from(state.to_be_bytes()[0] % 32)])
    };
    (0..length).map(|_| next()).collect()
}

/// One agent of three reads nothing: the others get every event, once and in order, and no keyframe.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_reads_too_slowly_gets_the_page_anew_and_the_others_notice_nothing() {
    const LAGGED: &str = "vitrine_agents_lagged_total ";
    let server = Server::start("[limits]\nagent-queue-size = \"256KiB\"\n").await;
    let mut customer = Customer::begin(&server).await;
    customer.shows(&Page::new(&format!("{SHOP}/")).with("p", &json!({}), "first")).await;
    let (mut ann, mut bob) = (Agent::sign_in(&server, "ann").await, Agent::sign_in(&server, "bob").await);
    assert_eq!(ann.join(&customer.code).await, 200);
    let code = customer.next_code().await;
    assert_eq!(bob.join(&code).await, 200);
    let mut slow = ann.open(&customer.session).await;
    let mut seen = slow.until("keyframe").await["seq"].as_u64();
    let mut others =
        [bob.open(&customer.session).await, Agent::sign_in(&server, "sue").await.open(&customer.session).await];
    let mut last = 0;
    for other in &mut others {
        last = other.until("keyframe").await["seq"].as_u64().unwrap();
    }
    let before = counted(&server, LAGGED).await;
    let mut words = String::new();
    // The system's buffers hold a few megabytes of what Ann does not read.
    while words != "the last words" {
        words = match counted(&server, LAGGED).await {
            count if count > before => "the last words".to_owned(),
            // Small ones are written at once, large ones wait for the writer.
            _ => noise(last, if last % 2 == 0 { 8 << 10 } else { 64 << 10 }),
        };
        customer.sends(&json!([new_text(6, &words)])).await;
        last += 1;
        for other in &mut others {
            let frame = next_of_page(other).await;
            assert_eq!((&frame["t"], frame["seq"].as_u64()), (&json!("events"), Some(last)));
        }
    }
    let mut was_anew = false;
    while seen != Some(last) {
        let frame = next_of_page(&mut slow).await;
        let (is_next, seq) = (frame["t"] == "events", frame["seq"].as_u64());
        assert!(if is_next { seq == seen.map(|seen| seen + 1) } else { seq > seen }, "no gap without a keyframe");
        (seen, was_anew) = (seq, was_anew || !is_next);
    }
    assert!(was_anew);
}

/// The next frame that tells of the customer's page.
async fn next_of_page(view: &mut Socket) -> Value {
    loop {
        let frame = view.next().await.unwrap();
        if frame["t"] == "events" || frame["t"] == "keyframe" {
            return frame;
        }
    }
}

/// The value of a counter; nought if it was never counted.
async fn counted(server: &Server, name: &str) -> u64 {
    let (_, metrics) = server.operators("/metrics").await;
    metrics.lines().find_map(|line| line.strip_prefix(name)).and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// The sign-out comes before, while and after the socket opens: whoever is first, nothing stays open.
#[tokio::test(flavor = "multi_thread")]
async fn signing_out_wins_against_a_socket_that_is_being_opened() {
    let server = Server::start("[limits]\nlogins-per-minute = 1000\njoins-per-minute = 1000\n").await;
    for round in 0..12 {
        let customer = Customer::begin(&server).await;
        let mut ann = Agent::sign_in(&server, "ann").await;
        assert_eq!(ann.join(&customer.code).await, 200);
        let ticket = ann.ticket(&customer.session).await.unwrap();
        let opening = ann.socket(&customer.session, Some(&server.origin), &ticket);
        let leaving = ann.request(Method::POST, "/api/v1/agent/logout");
        let (opened, left) = tokio::join!(opening, leaving);
        assert_eq!(left.status(), 204);
        match opened {
            Ok(mut view) => assert_eq!(view.closed().await, 4401, "round {round}"),
            Err(status) => assert_eq!(status, 401, "round {round}"),
        }
    }
}
