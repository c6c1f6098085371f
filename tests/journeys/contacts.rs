//! Who the customer is: what her website vouches for, what her page says, and what agents are told of it.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_tests::agent::Agent;
use vitrine_tests::corpora;
use vitrine_tests::customer::{Customer, ask, wish};
use vitrine_tests::forge::{Secrets, forge};
use vitrine_tests::server::{SHOP, Server, pem};
use vitrine_tests::tokens::{now_s, part, token};

const NEW: &[u8] = b"the new secret of the shop, 32 bytes";
const OLD: &[u8] = b"the old secret of the shop, 32 bytes";
/// How far a website's clock may be off, in seconds.
const SKEW_S: u64 = 10;

fn sites(more: &str) -> String {
    let text = |secret: &[u8]| String::from_utf8_lossy(secret).into_owned();
    format!(
        "[sites.shop]\nname = \"Tidewell\"\nattributes = [\"name\", \"plan\", \"since\"]\n\
         contact-keys = [{{ id = \"new\", secret = {:?} }}, {{ id = \"old\", secret = {:?} }}]\n{more}\n[sites.bare]\n",
        text(NEW),
        text(OLD)
    )
}

/// What a rightful token of the shop's says.
fn claims() -> Value {
    let now = now_s();
    json!({ "sub": "shop", "iat": now, "exp": now + 500, "attributes": { "name": "Jane Doe", "since": 2019, "iban": "DE00" } })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn carrying(token: &str) -> Value {
    let mut body = wish();
    body["contactToken"] = json!(token);
    body
}

/// 201, or the name of the problem.
async fn outcome(response: Response) -> String {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    let name = answer["type"].as_str().and_then(|name| name.strip_prefix("urn:vitrine:problem:"));
    name.map_or_else(|| status.to_string(), str::to_owned)
}

async fn begun(server: &Server, token: &str) -> String {
    outcome(ask(server, SHOP, &carrying(token)).await).await
}

/// Hands a token over while the session runs.
async fn hand_over(server: &Server, customer: &Customer, token: Option<&str>) -> String {
    let request = server.request(Method::POST, "/api/v1/customer/contact").header("origin", SHOP);
    let request = request.header("authorization", format!("Bearer {}", customer.token));
    let body = json!({ "contactToken": token }).to_string();
    outcome(request.header("content-type", "application/json").body(body).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_know_a_customer_for_whom_her_website_vouches() {
    let server = Server::start(&sites("")).await;
    let mut customer = Customer::begin_by(&server, &carrying(&token(&claims(), "", NEW))).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert!(ann.get("/api/v1/sessions").await["sessions"][0].get("customer").is_none(), "not before she joined");
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut view = ann.open(&customer.session).await;
    let verified = json!({ "verified": true, "by": "Tidewell", "attributes": { "name": "Jane Doe", "since": 2019 } });
    assert_eq!(view.until("welcome").await["customer"], verified);
    assert_eq!(ann.get("/api/v1/sessions").await["sessions"][0]["customer"], verified);

    // Her page may say more of her, and nothing else of what is vouched for.
    let says = json!({ "name": "The Queen", "plan": "Gold", "iban": "DE00" });
    customer.socket.send(&json!({ "t": "attributes", "attributes": says })).await;
    let mut both = verified;
    both["claimed"] = json!({ "plan": "Gold" });
    assert_eq!(view.until("customer").await["customer"], both);
    assert!(server.operators("/metrics").await.1.contains("vitrine_attributes_dropped_total"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_hold_begin_sessions_and_others_do_not() {
    let server = Server::start(&sites("")).await;
    let now = now_s();
    let once = with("jti", json!("once"));
    for (what, token, expected) in [
        ("by the new key", token(&claims(), "new", NEW), "201"),
        ("by the old key", token(&claims(), "old", OLD), "201"),
        ("by the old key, unnamed", token(&claims(), "", OLD), "201"),
        ("without attributes", token(&with("attributes", json!({})), "", NEW), "201"),
        ("with claims of the site's own", token(&with("iss", json!("bank")), "", NEW), "201"),
        ("over before it began", token(&with("exp", json!(now - 1)), "", NEW), "contact-token-refused"),
        ("used for the first time", token(&once, "new", NEW), "201"),
        ("used again", token(&once, "new", NEW), "contact-token-refused"),
        ("used again by another key", token(&once, "old", OLD), "contact-token-refused"),
        ("by a key of another name", token(&claims(), "new", OLD), "contact-token-refused"),
        ("by a key that nobody knows", token(&claims(), "newer", NEW), "contact-token-refused"),
        ("of another site", token(&with("sub", json!("bare")), "", NEW), "contact-token-refused"),
        ("of no site", token(&with("sub", Value::Null), "", NEW), "contact-token-refused"),
        ("for too long", token(&with("exp", json!(now + 600)), "", NEW), "contact-token-refused"),
        ("from the future", token(&with("iat", json!(now + 60)), "", NEW), "contact-token-refused"),
        ("with a list of attributes", token(&with("attributes", json!(["name"])), "", NEW), "contact-token-refused"),
        ("with a number as its own", token(&with("jti", json!(7)), "", NEW), "contact-token-refused"),
        ("that is none", "nonsense".to_owned(), "contact-token-refused"),
        ("that is empty", String::new(), "contact-token-refused"),
    ] {
        assert_eq!(begun(&server, &token).await, expected, "{what}");
    }
    let aged = |exp: u64| json!({ "sub": "shop", "iat": exp - 400, "exp": exp });
    assert_eq!(begun(&server, &token(&aged(now - SKEW_S / 2), "", NEW)).await, "201", "a clock that is behind");
    assert_eq!(begun(&server, &token(&aged(now - SKEW_S - 1), "", NEW)).await, "contact-token-refused", "run out");
    let mut other = carrying(&token(&with("sub", json!("bare")), "", NEW));
    other["site"] = json!("bare");
    assert_eq!(outcome(ask(&server, SHOP, &other).await).await, "contact-token-refused", "a site without keys");
}

/// Rows about claims are about other tokens than these.
const CLAIMS: &str = "claim ";

#[tokio::test(flavor = "multi_thread")]
async fn public_attacks_on_headers_and_signatures_fail() {
    let server = Server::start(&sites("")).await;
    let secrets = Secrets { right: NEW, other: OLD, public: pem().0.as_bytes() };
    // One and the same token in two places that must agree: a contact token has one place.
    let of_sockets = |row: &Value| row["sign_with"].as_str().is_some_and(|way| way.starts_with("token-in-"));
    let rows = corpora::rows("attacks/jwt_attacks.json");
    let rows = rows.iter().filter(|row| !row["note"].as_str().unwrap().starts_with(CLAIMS) && !of_sockets(row));
    for row in rows {
        let attack = forge(row, Some(&claims()), secrets).join(",");
        let expected = if row["expect"] == "accept" { "201" } else { "contact-token-refused" };
        assert_eq!(begun(&server, &attack).await, expected, "{} {}", row["id"], row["name"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_wants_its_customers_known_refuses_the_others() {
    let server = Server::start(&sites("contact-required = true")).await;
    let response = ask(&server, SHOP, &wish()).await;
    assert_eq!(response.status(), 403);
    assert_eq!(response.headers()["access-control-allow-origin"], SHOP, "the page can read why");
    assert_eq!(outcome(response).await, "contact-required");
    let mut nobody = wish();
    nobody["contactToken"] = Value::Null;
    assert_eq!(outcome(ask(&server, SHOP, &nobody).await).await, "contact-required");
    assert_eq!(begun(&server, &token(&claims(), "", NEW)).await, "201");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_can_sign_by_keys_of_which_the_server_has_the_public_half() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": "ec", "x": part(x), "y": part(y) });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    std::fs::write(&path, json!({ "keys": [jwk] }).to_string()).unwrap();
    let server = Server::start(&format!("[sites.shop]\ncontact-jwks = {:?}\n", path.display().to_string())).await;
    let header = part(r#"{"alg":"ES256","kid":"ec"}"#);
    let signed = format!("{header}.{}", part(claims().to_string()));
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    assert_eq!(begun(&server, &format!("{signed}.{}", part(signature.as_ref()))).await, "201");
    let confused = token(&claims(), "ec", pair.public_key().as_ref());
    assert_eq!(begun(&server, &confused).await, "contact-token-refused", "the public key is no secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_vouches_again_and_again_and_agents_hear_when_it_does_not() {
    let server = Server::start(&sites("")).await;
    // Good for two more seconds.
    let short = |jti: &str| {
        let exp = now_s() + 2 - SKEW_S;
        token(
            &json!({ "sub": "shop", "iat": exp - 9, "exp": exp, "jti": jti, "attributes": { "name": "Jane" } }),
            "",
            NEW,
        )
    };
    let mut customer = Customer::begin_by(&server, &carrying(&short("first"))).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    ann.join(&customer.code).await;
    let mut view = ann.open(&customer.session).await;
    assert_eq!(view.until("welcome").await["customer"]["verified"], true);
    customer.socket.until("contact-request").await;
    let unknown = json!({ "verified": false, "attributes": {} });
    // The answer to the request says Joan, so that an agent hears of it.
    let joan = with("attributes", json!({ "name": "Joan" }));
    let told = async |view: &mut vitrine_tests::socket::Socket| view.until("customer").await["customer"].clone();
    assert_eq!(hand_over(&server, &customer, Some(&token(&joan, "", NEW))).await, "204");
    let verified = json!({ "verified": true, "by": "Tidewell", "attributes": { "name": "Joan" } });
    assert_eq!(told(&mut view).await, verified);

    for (what, handed, answer) in [
        ("nobody is signed in", None, "204"),
        ("used before", Some(short("first")), "contact-token-refused"),
        ("no token", Some("a.b.c".to_owned()), "contact-token-refused"),
    ] {
        assert_eq!(hand_over(&server, &customer, handed.as_deref()).await, answer, "{what}");
        assert_eq!(told(&mut view).await, unknown, "{what}");
        assert_eq!(hand_over(&server, &customer, Some(&token(&joan, "", NEW))).await, "204", "{what}");
        assert_eq!(told(&mut view).await, verified, "{what}");
    }

    assert_eq!(hand_over(&server, &customer, Some(&short("last"))).await, "204");
    assert_eq!(told(&mut view).await["attributes"]["name"], "Jane");
    assert_eq!(told(&mut view).await, unknown, "the time is over and no page has answered");

    customer.token = "nobody.0123456789".into();
    assert_eq!(hand_over(&server, &customer, None).await, "not-signed-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_signs_in_while_sharing_becomes_known() {
    let server = Server::start(&sites("")).await;
    let mut customer = Customer::begin(&server).await;
    customer.socket.until("contact-request").await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    ann.join(&customer.code).await;
    let mut view = ann.open(&customer.session).await;
    assert_eq!(view.until("welcome").await["customer"], json!({ "verified": false, "attributes": {} }));
    assert_eq!(hand_over(&server, &customer, Some(&token(&claims(), "", NEW))).await, "204");
    assert_eq!(view.until("customer").await["customer"]["attributes"]["name"], "Jane Doe");
}
