//! The asset door's tokens and its cookie: what neither of them opens, and what both together do.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::{StreamExt, stream};
use reqwest::Method;
use serde_json::json;
use vitrine::auth::secret::random_bytes;
use vitrine_core::asset::{AssetKey, AssetKind, Sealer};
use vitrine_core::ids::SessionId;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::page::Page;
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::site::{Site, typed};

use super::assets::{PNG, server_for, watch};

/// Requests at once.
const AT_ONCE: usize = 16;
/// Tokens of chance; a long run asks for all of them here, another test always does in the process.
const RANDOM: usize = 1_000;
const RANDOM_LONG: usize = 100_000;
/// Bytes of a token of the smallest class.
const SMALLEST: usize = 146;
const OLD: AssetKey = AssetKey { id: 1, secret: [0x11; 32] };
const NEW: AssetKey = AssetKey { id: 2, secret: [0x22; 32] };
/// It was in use once.
const REMOVED: AssetKey = AssetKey { id: 1, secret: [0x33; 32] };

fn listed(keys: &[AssetKey]) -> String {
    let row = |key: &AssetKey| {
        let secret: String = key.secret.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("[[keys.assets]]\nid = {}\nsecret = \"{secret}\"\n", key.id)
    };
    keys.iter().map(row).collect()
}

fn sealed(key: &AssetKey, session: &str, url: &str) -> String {
    Sealer::new(key, SessionId::new(session).unwrap(), "").seal(url, AssetKind::Image)
}

async fn picture() -> (Site, String) {
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let host = format!("localhost:{}", site.address.port());
    (site, host)
}

fn page(host: &str) -> Page {
    Page::new(&format!("{SHOP}/")).with("img", &json!({ "src": format!("http://{host}/a.png") }), "")
}

/// Every token of these is refused like any other address that nobody has.
async fn refused(server: &Server, agent: &Agent<'_>, tokens: impl Iterator<Item = (String, String)>) -> usize {
    let ask = async |(name, token): (String, String)| {
        let path = format!("{}/asset/{token}", server.origin);
        let response = server.http.get(path).header("cookie", &agent.asset_cookie).send().await.unwrap();
        assert_eq!(response.status(), 404, "{name}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{name}");
        assert!(!response.headers().contains_key("etag"), "{name}");
    };
    stream::iter(tokens).map(ask).buffer_unordered(AT_ONCE).count().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_the_very_one_opens_nothing() {
    let (_site, host) = picture().await;
    let config = format!("{}[limits]\nrequests-per-second = 100000\n", listed(&[NEW, OLD]));
    let server = server_for(std::slice::from_ref(&host), &config).await;
    let (_customer, ann, _view, paths) = watch(&server, &page(&host)).await;
    let token = paths[0].strip_prefix("/asset/").unwrap();
    let bytes = decode(token);
    let flipped = (0..bytes.len() * 8).map(|bit| {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        (format!("bit {bit}"), encode(&bytes))
    });
    let cut = (1..token.len()).map(|length| (format!("cut at {length}"), token[..length].to_owned()));
    let swapped = (0..token.len()).map(|at| {
        let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        (format!("character {at}"), format!("{}{other}{}", &token[..at], &token[at + 1..]))
    });
    let longer = ["A", "=", "%00", "%2F"].map(|more| (format!("with {more}"), format!("{token}{more}")));
    let count = if std::env::var_os("VITRINE_LONG").is_some() { RANDOM_LONG } else { RANDOM };
    let random = (0..count).map(|number| {
        let mut made = random_bytes::<SMALLEST>().unwrap();
        if number % 2 == 0 {
            // Version and key are right.
            made[..2].copy_from_slice(&bytes[..2]);
        }
        (format!("chance {number}"), encode(&made))
    });
    assert_eq!(bytes.len(), SMALLEST);
    let wanted = bytes.len() * 8 + 2 * token.len() - 1 + 4 + count;
    let all = flipped.chain(cut).chain(swapped).chain(longer).chain(random);
    assert_eq!(refused(&server, &ann, all).await, wanted);
    assert_eq!(ann.asset(&paths[0]).await.status(), 200, "and the very one does");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_and_one_that_was_removed_opens_nothing() {
    let (_site, host) = picture().await;
    let server = server_for(std::slice::from_ref(&host), &listed(&[NEW, OLD])).await;
    let (mut customer, ann, _view, paths) = watch(&server, &page(&host)).await;
    let other = Customer::begin(&server).await;
    let url = format!("http://{host}/a.png");
    assert_eq!(paths[0], sealed(&NEW, &customer.session, &url), "the first key seals");
    for (name, key, session, status) in [
        ("the first key", &NEW, &customer.session, 200),
        ("the one before it", &OLD, &customer.session, 200),
        ("one that was removed", &REMOVED, &customer.session, 404),
        ("another session", &NEW, &other.session, 404),
        ("no session", &NEW, &"0123456789012345678901".to_owned(), 404),
    ] {
        assert_eq!(ann.asset(&sealed(key, session, &url)).await.status(), status, "{name}");
    }
    customer.socket.send(&json!({ "t": "end" })).await;
    customer.socket.until("ended").await;
    while ann.asset(&paths[0]).await.status() != 404 {}
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cookie_opens_what_an_agent_watches_in_all_her_tabs_and_nothing_else() {
    let (_site, host) = picture().await;
    let server = server_for(std::slice::from_ref(&host), "").await;
    let (_first, mut ann, view, first_paths) = watch(&server, &page(&host)).await;
    let cookie = ann.asset_cookie.clone();
    let mut second = Customer::begin(&server).await;
    second.shows(&page(&host)).await;
    assert_eq!(ann.join(&second.code).await, 200);
    let mut other_tab = ann.open(&second.session).await;
    assert_eq!(ann.asset_cookie, cookie, "the same in every tab");
    let keyframe = other_tab.until("keyframe").await.to_string();
    let at = keyframe.find("/asset/").expect("an address");
    let second_path = keyframe[at..].split('"').next().unwrap().to_owned();
    assert_ne!(first_paths[0], second_path, "another session, another address");
    for path in [&first_paths[0], &second_path] {
        assert_eq!(ann.asset(path).await.status(), 200);
    }
    // Her connection breaks; the page is still on her screen.
    drop(view);
    assert_eq!(ann.asset(&first_paths[0]).await.status(), 200);

    // Who sees the same session is told the same addresses.
    let code = second.next_code().await;
    let mut bob = Agent::sign_in(&server, "bob").await;
    assert_eq!(bob.join(&code).await, 200);
    let mut his = bob.open(&second.session).await;
    assert!(his.until("keyframe").await.to_string().contains(&second_path));
    assert_ne!(bob.asset_cookie, cookie);
    assert_eq!(bob.asset(&second_path).await.status(), 200);
    assert_eq!(bob.asset(&first_paths[0]).await.status(), 404, "he does not watch it");

    // The cookie is for the asset door.
    for path in ["/api/v1/agent/me", "/api/v1/sessions"] {
        let as_login = cookie.replace("vitrine-asset=", "vitrine-login=");
        for sent in [&cookie, &as_login] {
            let response = server.request(Method::GET, path).header("cookie", sent).send().await.unwrap();
            assert_eq!(response.status(), 401, "{path}: {sent}");
        }
    }
    let ticket = format!("/api/v1/sessions/{}/ticket", second.session);
    let request = server.request(Method::POST, &ticket).header("cookie", &cookie).header("origin", &server.origin);
    assert_eq!(request.send().await.unwrap().status(), 401);
}

fn decode(token: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token).expect("a token")
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
