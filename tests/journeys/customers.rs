//! What a customer's page can do, and what it cannot.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::{Customer, ask, open, wish};
use vitrine_tests::page::{Page, new_text};
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::socket::{Socket, zip};

fn basket() -> Page {
    Page::new(&format!("{SHOP}/basket")).with("h1", &json!({}), "Your basket")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_sees_the_page_and_what_happens_on_it() {
    let server = Server::start("").await;
    let mut customer = Customer::begin(&server).await;
    customer.shows(&basket()).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut view = ann.open(&customer.session).await;
    assert_eq!(view.protocol, "vitrine.v1", "the ticket is not echoed");
    assert_eq!(view.until("welcome").await["session"], customer.session.as_str());
    let keyframe = view.until("keyframe").await;
    assert!(keyframe.to_string().contains("Your basket"), "{keyframe}");

    customer.sends(&json!([new_text(6, "Three coffees")])).await;
    let events = view.until("events").await;
    assert!(events.to_string().contains("Three coffees"), "{events}");
    assert_eq!(events["seq"].as_u64(), keyframe["seq"].as_u64().map(|seq| seq + 1));
    let ack = customer.socket.until("ack").await;
    assert!(ack["applied"].as_u64().is_some_and(|applied| applied >= 1), "{ack}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_agent_sees_the_present_page_without_asking_the_customer() {
    let server = Server::start("").await;
    let mut customer = Customer::begin(&server).await;
    customer.shows(&basket()).await;
    customer.sends(&json!([new_text(6, "Two coffees")])).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut first = ann.open(&customer.session).await;
    let seen = first.until("keyframe").await;
    let code = customer.next_code().await;
    let mut bob = Agent::sign_in(&server, "bob").await;
    assert_eq!(bob.join(&code).await, 200);
    let mut second = bob.open(&customer.session).await;
    let late = second.until("keyframe").await;
    assert!(late.to_string().contains("Two coffees"), "{late}");
    assert_eq!(late["seq"], seen["seq"]);
    assert_eq!(late["events"], seen["events"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_masked_does_not_leave() {
    let rules = "[[dom-restrictions.rule-set]]\nmask = [\".secret\"]\nhide = [\"#internal\"]\n";
    let server = Server::start(rules).await;
    let mut customer = Customer::begin_silently(&server).await;
    customer.hello("first").await;
    let welcome = customer.socket.until("welcome").await;
    assert!(welcome["rules"]["mask"].to_string().contains(".secret"), "{welcome}");
    assert!(welcome["limits"]["window_bytes"].is_u64(), "{welcome}");
    let page = basket().with("p", &json!({ "class": "secret" }), "Balance 4711").with(
        "p",
        &json!({ "id": "internal" }),
        "Margin 0815",
    );
    customer.shows(&page).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    ann.join(&customer.code).await;
    let keyframe = ann.open(&customer.session).await.until("keyframe").await.to_string();
    for (text, leaves) in [("Your basket", true), ("••••••", true), ("4711", false), ("0815", false)] {
        assert_eq!(keyframe.contains(text), leaves, "{text}: {keyframe}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_of_listed_origins_begin_sessions() {
    let sites = "[cross-origin]\nallowed-origins = [\"https://shop.example\", \"https://*.shop.example\", \
                 \"https://other.example\"]\n[sites.shop]\norigins = [\"https://shop.example\", \"https://*.shop.example\"]\n";
    let server = Server::start(sites).await;
    for (origin, status) in [
        ("https://shop.example", 201),
        ("https://a.shop.example", 201),
        ("https://other.example", 403),
        ("https://a.b.shop.example", 403),
        ("https://shop.example:8443", 403),
        ("https://evilshop.example", 403),
        ("https://shop.example.evil.example", 403),
        ("HTTPS://SHOP.EXAMPLE", 403),
        ("http://shop.example", 403),
        ("null", 403),
        ("", 403),
    ] {
        let mut body = wish();
        body["page"]["url"] = json!(format!("{origin}/"));
        let response = ask(&server, origin, &body).await;
        assert_eq!(response.status(), status, "{origin}");
        let named = response.headers().get("access-control-allow-origin").and_then(|value| value.to_str().ok());
        let is_listed = status == 201 || origin == "https://other.example";
        assert_eq!(named, is_listed.then_some(origin), "{origin}");
        assert!(response.headers().get_all("vary").iter().any(|value| value == "origin"), "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_is_answered_for_listed_origins_only() {
    let server = Server::start("").await;
    for (origin, status) in [(SHOP, 204), ("https://evil.example", 403)] {
        let request = server.request(reqwest::Method::OPTIONS, "/api/v1/sessions").header("origin", origin);
        let response = request.header("access-control-request-method", "POST").send().await.unwrap();
        assert_eq!(response.status(), status, "{origin}");
        let headers = response.headers();
        assert_eq!(headers.contains_key("access-control-allow-origin"), status == 204);
        assert_eq!(headers.contains_key("access-control-allow-methods"), status == 204);
        assert!(!headers.contains_key("access-control-allow-credentials"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_is_not_as_it_should_be_is_refused() {
    let server = Server::start("").await;
    let with = |field: &str, value: Value| {
        let mut body = wish();
        body[field] = value;
        body
    };
    for (body, name) in [
        (with("site", json!("other")), "unknown-site"),
        (with("colour", json!("red")), "malformed"),
        (with("page", json!({ "url": "https://evil.example/", "title": "" })), "malformed"),
        (with("page", json!({ "url": "nonsense", "title": "" })), "malformed"),
        (with("page", json!({ "url": SHOP })), "malformed"),
        (with("contactToken", json!("a.b.c")), "contact-token-refused"),
        (json!([]), "malformed"),
    ] {
        let response = ask(&server, SHOP, &body).await;
        assert_eq!(response.status(), 422, "{body}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let problem: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(problem["type"], format!("urn:vitrine:problem:{name}"), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_socket_wants_a_listed_origin_and_her_token() {
    let server = Server::start("").await;
    let customer = Customer::begin(&server).await;
    let token = customer.token.as_str();
    for origin in [None, Some("https://evil.example"), Some("null")] {
        assert_eq!(open(&server, origin, token).await.err(), Some(403), "{origin:?}");
    }
    let path = "/api/v1/customer/socket";
    for protocols in ["", "vitrine.v1", "vitrine.v1, bearer.nonsense"] {
        assert_eq!(Socket::open(&server, path, Some(SHOP), protocols).await.err(), Some(401), "{protocols}");
    }
    let (session, _) = token.split_once('.').unwrap();
    for (wrong, code) in [(format!("{session}.wrong"), 4401), (format!("nobody.{}", customer.code), 4404)] {
        let mut socket = open(&server, Some(SHOP), &wrong).await.expect("a socket that tells why");
        assert_eq!(socket.closed().await, code, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_are_not_ours_close_the_socket() {
    let server = Server::start("[limits]\nframe-size = \"64KiB\"\n").await;
    let bomb = zip(&vec![b' '; 1 << 20]);
    for (message, code) in [
        (Message::text("nonsense"), 4400),
        (Message::text("{\"t\":\"unheard-of\"}"), 4400),
        (Message::binary(b"{\"t\":\"end\"}".to_vec()), 1003),
        (Message::binary(bomb), 1009),
        (Message::text(" ".repeat((64 << 10) + 1)), 1009),
    ] {
        let mut customer = Customer::begin(&server).await;
        let shown: String = message.to_string().chars().take(40).collect();
        customer.socket.send_message(message).await;
        assert_eq!(customer.socket.closed().await, code, "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_tab_takes_the_session_over() {
    let server = Server::start("").await;
    let mut customer = Customer::begin(&server).await;
    let mut second = open(&server, Some(SHOP), &customer.token).await.unwrap();
    let page = json!({ "url": format!("{SHOP}/"), "title": "", "tab": "other", "instance": "other" });
    second.send(&json!({ "t": "hello", "page": page, "snippet": "test", "features": [] })).await;
    assert_eq!(customer.socket.closed().await, 4409);
    second.until("welcome").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_cut_off() {
    let server = Server::start("[limits]\nframes-per-second = 10\n").await;
    let mut customer = Customer::begin(&server).await;
    for _ in 0..200 {
        customer.socket.send_message(Message::Ping(Vec::new().into())).await;
    }
    assert_eq!(customer.socket.closed().await, 4429);
}

/// As when a page gave a connection up that a server took its time to answer: it is another one's by then.
#[tokio::test(flavor = "multi_thread")]
async fn a_socket_takes_the_session_over_when_its_page_speaks_and_not_before() {
    let server = Server::start("").await;
    let mut customer = Customer::begin(&server).await;
    let silent = open(&server, Some(SHOP), &customer.token).await.unwrap();
    customer.shows(&basket()).await;
    while customer.socket.until("ack").await["applied"] != 1 {}
    let mut earlier = std::mem::replace(&mut customer.socket, silent);
    customer.hello("first").await;
    customer.socket.until("welcome").await;
    assert_eq!(earlier.closed().await, 4409);
}
