//! Agent tokens as attackers make them, shown to a running server.

use reqwest::Method;
use serde_json::{Value, json};
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::forge::{Secrets, forge};
use vitrine_tests::server::{PASSWORD, SHOP, Server, app_token, pem};
use vitrine_tests::socket::Socket;

use super::public::{rows, text};

const RIGHT: &str = "the key that signs agent tokens now";
const OTHER: &str = "the key that signed them before that";
const KEY: &str = "0123456789abcdef0123456789abcdef";

fn settings() -> String {
    format!(
        "[agents.apps.shop]\nkeys = [\"{KEY}\"]\n[limits]\ntokens-per-minute = 20\n\
         [[keys.signing]]\nid = \"2026-11\"\nsecret = \"{RIGHT}\"\n[[keys.signing]]\nid = \"2026-10\"\nsecret = \"{OTHER}\"\n"
    )
}

/// Rows of the public list that the server answers otherwise than the list says, with the reason. There are none.
const OTHERWISE: [(&str, u16, &str); 0] = [];

async fn shown(server: &Server, tokens: &[String]) -> u16 {
    let mut request = server.request(Method::GET, "/api/v1/agent/me");
    for token in tokens {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.send().await.unwrap().status().as_u16()
}

async fn run(rows: &[Value]) {
    let server = Server::start(&settings()).await;
    let secrets = Secrets { right: RIGHT.as_bytes(), other: OTHER.as_bytes(), public: pem().0.as_bytes() };
    for row in rows {
        let name = format!("{} {}", text(row, "id"), text(row, "name"));
        let status = if text(row, "sign_with") == "token-in-Sec-WebSocket-Protocol-and-cookie-differ" {
            token_in_place_of_a_ticket(&server, &forge(&rows[0], None, secrets)[0]).await
        } else {
            shown(&server, &forge(row, None, secrets)).await
        };
        let otherwise = OTHERWISE.iter().find(|(id, ..)| *id == text(row, "id"));
        match otherwise {
            Some((_, wanted, reason)) => assert_eq!(status, *wanted, "{name}: {reason}"),
            None if text(row, "expect") == "accept" => assert_eq!(status, 200, "{name}"),
            None => assert!([400, 401].contains(&status), "{name}: {status}"),
        }
    }
}

/// A good token where a ticket is wanted opens no socket. What cookie stands beside it makes no difference: nothing reads one
/// there.
async fn token_in_place_of_a_ticket(server: &Server, token: &str) -> u16 {
    let customer = Customer::begin(server).await;
    let sue = Agent::sign_in(server, "sue").await;
    let refused = sue.socket(&customer.session, Some(&server.origin), token).await.err();
    assert_eq!(refused, Some(401), "as a ticket");
    let path = format!("/api/v1/sessions/{}/socket", customer.session);
    let bearer = format!("vitrine.v1, bearer.{token}");
    Socket::open(server, &path, Some(&server.origin), &bearer).await.err().unwrap_or(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_agent_tokens_of_the_public_list_open_nothing() {
    let Some(rows) = rows("jwt_attacks.json") else { return };
    run(&rows).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_agent_tokens_of_our_own_open_nothing() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("../corpus/jwt_attacks.json")).unwrap();
    assert_eq!(rows[0]["expect"], "accept", "the first row shows that the others are refused for what they are");
    run(&rows).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_gets_tokens_by_its_key_and_its_agents_work_with_them() {
    let server = Server::start(&settings()).await;
    let ann = json!({ "sub": "7", "name": "Ann of the shop", "role": "agent" });
    for (app, key, body, status) in [
        ("shop", "wrong", &ann, 401),
        ("nobody", KEY, &ann, 401),
        ("shop", KEY, &json!({ "sub": "7", "name": "Ann", "role": "supervisor" }), 422),
        ("shop", KEY, &json!({ "sub": "7", "name": "Ann", "role": "agent", "admin": true }), 422),
        ("shop", KEY, &json!({ "sub": "7", "name": "a\nb", "role": "agent" }), 422),
        ("shop", KEY, &json!({ "sub": "", "name": "Ann", "role": "agent" }), 422),
    ] {
        assert_eq!(app_token(&server, app, key, body).await.err(), Some(status), "{app} {body}");
    }
    let mut customer = Customer::begin(&server).await;
    let token = app_token(&server, "shop", KEY, &ann).await.unwrap();
    let mut agent = Agent::with_token(&server, &token);
    let me = agent.get("/api/v1/agent/me").await;
    assert_eq!((&me["name"], &me["roles"]), (&json!("Ann of the shop"), &json!(["agent"])));
    assert_eq!(agent.join(&customer.code).await, 200);
    let mut view = agent.open(&customer.session).await;
    view.until("welcome").await;
    let people = loop {
        let people = customer.socket.until("participants").await;
        if people["agents"] != json!([]) {
            break people["agents"].clone();
        }
    };
    assert_eq!(people, json!([{ "name": "Ann of the shop", "role": "agent", "mode": "view" }]));
    // The same agent by another token: the same place, the same asset cookie.
    let mut again = Agent::with_token(&server, &app_token(&server, "shop", KEY, &ann).await.unwrap());
    again.ticket(&customer.session).await.unwrap();
    assert_eq!(again.asset_cookie, agent.asset_cookie);
    // A local agent of the same name is somebody else.
    let mut bob = Agent::sign_in(&server, "bob").await;
    assert_eq!(bob.ticket(&customer.session).await, Err(403));
    let mut last = 200;
    for _ in 0..20 {
        last = app_token(&server, "shop", KEY, &ann).await.err().unwrap_or(200);
    }
    assert_eq!(last, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_counts_from_anywhere_and_a_cookie_from_our_own_page() {
    let server = Server::start(&settings()).await;
    let wish = json!({ "sub": "7", "name": "Ann", "role": "agent" });
    let token = app_token(&server, "shop", KEY, &wish).await.unwrap();
    let sue = vitrine_tests::agent::sign_in(&server, "sue", PASSWORD).await;
    let cookie = sue.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let ask = async |headers: &[(&str, &str)]| {
        let mut request = server.request(Method::POST, "/api/v1/sessions/join");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", "application/json").body(r#"{"joinCode":"000000000"}"#);
        request.send().await.unwrap().status().as_u16()
    };
    let bearer = format!("Bearer {token}");
    let bearer = ("authorization", bearer.as_str());
    let cookie = ("cookie", cookie.as_str());
    for (headers, status) in [
        (&[bearer][..], 404),
        (&[bearer, ("origin", SHOP), ("sec-fetch-site", "cross-site")], 404),
        (&[cookie, ("origin", SHOP), ("sec-fetch-site", "cross-site")], 403),
        // In a frame of the same site the browser adds the cookie by itself: the token, shown on purpose, is what counts.
        (&[cookie, bearer, ("origin", SHOP), ("sec-fetch-site", "cross-site")], 404),
        (&[cookie, bearer, bearer], 400),
        (&[cookie, ("authorization", "Basic c2hvcDp4"), ("origin", &server.origin)], 400),
        (&[cookie, ("authorization", "Bearer a.b.c"), ("origin", &server.origin)], 401),
        (&[bearer, bearer], 400),
        (&[("authorization", "Basic c2hvcDp4"), ("origin", &server.origin)], 401),
    ] {
        assert_eq!(ask(headers).await, status, "{headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_one_session_opens_no_other() {
    let server = Server::start(&settings()).await;
    let (hers, other) = (Customer::begin(&server).await, Customer::begin(&server).await);
    let wish = json!({ "sub": "7", "name": "Ann", "role": "agent", "sid": hers.session });
    let mut ann = Agent::with_token(&server, &app_token(&server, "shop", KEY, &wish).await.unwrap());
    assert_eq!(ann.ticket(&hers.session).await, Err(403), "it is no join code");
    assert_eq!(ann.join(&other.code).await, 404);
    assert_eq!(ann.ticket(&other.session).await, Err(404));
    assert_eq!(ann.join(&hers.code).await, 200);
    assert!(ann.ticket(&hers.session).await.is_ok());
    let list = ann.get("/api/v1/sessions").await;
    assert_eq!(list["sessions"].as_array().unwrap().len(), 1, "{list}");
}
