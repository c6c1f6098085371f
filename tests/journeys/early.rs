//! Assets whose fetch would tell what stands on the page: fetched when their rule arrives, and never again.

use std::time::Duration;

use serde_json::{Value, json};
use vitrine_tests::page::Page;
use vitrine_tests::server::SHOP;
use vitrine_tests::site::{Site, respond, typed};
use vitrine_tests::socket::Socket;

use super::assets::{PNG, server_for, watch, watch_as};
use vitrine_tests::agent::Agent;

/// The page's field, with a digit in it.
const FIELD: u64 = 5;

/// A picture that no cache may keep: so what is not asked for again was kept for the session.
fn fleeting() -> Vec<u8> {
    respond("200 OK", &[("content-type", "image/png"), ("cache-control", "no-store")], PNG)
}

/// The sealed paths in a text, in order.
fn sealed(text: &str) -> Vec<String> {
    let paths = text.split("/asset/").skip(1);
    paths.map(|rest| format!("/asset/{}", rest.split(['"', '\\']).next().unwrap_or_default())).collect()
}

/// Waits until the website was asked for so many.
async fn asked(site: &Site, count: usize) -> Vec<String> {
    let paths = || site.requests().iter().map(|head| head.split(' ').nth(1).unwrap_or_default().to_owned()).collect();
    let wait = async {
        loop {
            let paths: Vec<String> = paths();
            if paths.len() >= count {
                return paths;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect("the website is asked")
}

fn field(rules: &str) -> Page {
    let page = Page::new(&format!("{SHOP}/"));
    page.with("input", &json!({ "type": "text", "value": "4" }), "").with("style", &json!({ "_cssText": rules }), "")
}

fn typed_in(value: &str) -> Value {
    json!([
        { "type": 3, "data": { "source": 5, "id": FIELD, "text": value, "isChecked": false }, "timestamp": 2000 },
        { "type": 3, "data": { "source": 0, "texts": [], "removes": [], "adds": [],
            "attributes": [{ "id": FIELD, "attributes": { "value": value } }] }, "timestamp": 2001 },
    ])
}

async fn asks(agent: &Agent<'_>, path: &str) {
    assert_eq!(agent.asset(path).await.bytes().await.expect("a body"), PNG, "{path}");
}

/// Waits until an agent has seen what the customer typed.
async fn sees(view: &mut Socket, value: &str) {
    while !view.until("events").await.to_string().contains(&format!("\"text\":\"{value}\"")) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_reads_data_is_fetched_once_when_it_arrives() {
    let site =
        Site::listen("127.0.0.1", &[("/4.png", fleeting()), ("/5.png", fleeting()), ("/all.png", fleeting())]).await;
    let host = format!("localhost:{}", site.address.port());
    let server = server_for(std::slice::from_ref(&host), "").await;
    let rules = format!(
        "input[value^=\"4\"] {{ background: url(\"http://{host}/4.png\") }} input {{ background: url(\"http://{host}/all.png\") }}"
    );
    let (mut customer, ann, mut view, _) = watch(&server, &field(&rules)).await;
    assert_eq!(asked(&site, 1).await, ["/4.png"], "nobody's browser has asked");

    // A rule that arrives later, for what is not typed yet.
    let rule = format!("input[value^=\"5\"] {{ background: url(http://{host}/5.png) }}");
    customer.sends(&json!([{ "type": 3, "data": { "source": 8, "id": 7, "adds": [{ "rule": rule, "index": 0 }] }, "timestamp": 1500 }])).await;
    let inserted = sealed(&view.until("events").await.to_string());
    assert_eq!(asked(&site, 2).await, ["/4.png", "/5.png"]);

    let code = customer.next_code().await;
    let mut bob = Agent::sign_in(&server, "bob").await;
    assert_eq!(bob.join(&code).await, 200);
    let mut his = bob.open(&customer.session).await;
    let paths = sealed(&his.until("keyframe").await.to_string());
    assert_eq!((paths.len(), &paths[0]), (3, &inserted[0]), "the rule at its place, and the two of the page");
    for value in ["5", "4", "55", "4"] {
        customer.sends(&typed_in(value)).await;
        sees(&mut view, value).await;
        // What the agents' browsers do now, one after the other and again.
        for path in &paths[..2] {
            asks(&ann, path).await;
            asks(&bob, path).await;
        }
    }
    assert_eq!(site.requests().len(), 2, "none more");
    asks(&ann, &paths[2]).await;
    assert_eq!(asked(&site, 3).await[2], "/all.png", "what reads no data is left to the browser");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_style_sheet_of_the_proxy_keeps_to_it_too() {
    let css = b"@font-face { font-family: f; src: url(f.woff2) } b { background: url(free.png) } input:checked { background: url(a.png) }";
    let site = Site::listen("127.0.0.1", &[("/a.css", typed("text/css", css)), ("/a.png", fleeting())]).await;
    let host = format!("localhost:{}", site.address.port());
    let server = server_for(std::slice::from_ref(&host), "").await;
    let link = json!({ "rel": "stylesheet", "href": format!("http://{host}/a.css") });
    let page = Page::new(&format!("{SHOP}/")).with("link", &link, "");
    let (_customer, ann, _view, paths) = watch(&server, &page).await;
    let sheet = sealed(&ann.asset(&paths[0]).await.text().await.expect("text"));
    let mut fetched = asked(&site, 3).await;
    fetched.sort_unstable();
    assert_eq!(fetched, ["/a.css", "/a.png", "/f.woff2"]);
    for _ in 0..3 {
        asks(&ann, &sheet[2]).await;
        assert_eq!(ann.asset(&sheet[0]).await.status(), 404, "the font is missing, and is not looked for again");
    }
    assert_eq!(site.requests().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_kept_such_a_rule_loses_its_picture() {
    let site = Site::listen("127.0.0.1", &[("/4.png", fleeting()), ("/all.png", fleeting())]).await;
    let host = format!("localhost:{}", site.address.port());
    let server = server_for(std::slice::from_ref(&host), "[http-security]\ndisable-caching = true\n").await;
    let rules = format!(
        "input[value^=\"4\"] {{ background: url(\"http://{host}/4.png\") }} input {{ background: url(\"http://{host}/all.png\") }}"
    );
    let (mut customer, ann, _view, _) = watch_as("ann", &server, &field(&rules)).await;
    let code = customer.next_code().await;
    let mut bob = Agent::sign_in(&server, "bob").await;
    assert_eq!(bob.join(&code).await, 200);
    let mut his = bob.open(&customer.session).await;
    let keyframe = his.until("keyframe").await.to_string();
    let paths = sealed(&keyframe);
    assert_eq!(paths.len(), 1, "{keyframe}");
    asks(&ann, &paths[0]).await;
    assert_eq!(asked(&site, 1).await, ["/all.png"]);
}
