//! Assets that only the customer's browser can get: asked of her page once, judged as if fetched, for her session alone.

use reqwest::Method;
use serde_json::{Value, json};
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::page::Page;
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::site::{Site, redirect, respond, typed};
use vitrine_tests::socket::Socket;

use super::assets::{PNG, images, server_for, watch, watch_as};

const ON: &str = "customer-upload = true\n";

/// A website that gives strangers nothing.
async fn members_only() -> (Site, String) {
    let login = b"<html><form action=login></form></html>";
    let answers = [
        ("/401.png", respond("401 Unauthorized", &[], b"")),
        ("/403.png", respond("403 Forbidden", &[], b"")),
        ("/page.png", typed("text/html", login)),
        ("/login.png", redirect("/page.png")),
        ("/away.png", redirect("https://login.example/")),
    ];
    let site = Site::listen("127.0.0.1", &answers).await;
    let host = format!("localhost:{}", site.address.port());
    (site, host)
}

/// The customer's page sends this for a request, with this token, from this origin; how the server answers.
async fn send(server: &Server, request: &str, token: &str, origin: &str, asset: (&str, &[u8])) -> u16 {
    let posted = server.request(Method::POST, &format!("/api/v1/customer/assets/{request}"));
    let posted = posted.header("origin", origin).header("authorization", format!("Bearer {token}"));
    posted.header("content-type", asset.0).body(asset.1.to_vec()).send().await.expect("an answer").status().as_u16()
}

/// Her page answers the next request; gives the request, and how the server took the answer.
async fn answer(server: &Server, customer: &mut Customer, asset: (&str, &[u8])) -> (Value, u16) {
    let request = customer.socket.until("asset-request").await;
    let status = send(server, &request["request"].to_string(), &customer.token, SHOP, asset).await;
    (request, status)
}

/// Ends the session; how many requests her page has still got.
async fn unanswered(customer: &mut Customer) -> usize {
    customer.socket.send(&json!({ "t": "end" })).await;
    let mut count = 0;
    loop {
        match customer.socket.next().await.expect("a frame")["t"].as_str() {
            Some("asset-request") => count += 1,
            Some("ended") => return count,
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_her_browser_can_get_is_asked_of_it_once() {
    let (_site, host) = members_only().await;
    let closed = format!("localhost:{}", super::assets::closed_port().await);
    let private = "127.0.0.2:8080".to_owned();
    let server = server_for(&[host.clone(), closed.clone(), private.clone()], ON).await;
    let mut urls: Vec<String> = ["401", "403", "missing", "page", "login", "away"]
        .iter()
        .map(|name| format!("http://{host}/{name}.png"))
        .collect();
    urls.extend([format!("http://{closed}/a.png"), format!("http://{private}/a.png")]);
    urls.push(format!("blob:http://{host}/0b54a4b2-4f3c-4f0e-8a53-0e9f8b3d6f11"));
    let (mut customer, ann, _view, paths) = watch(&server, &images(&urls)).await;
    let code = customer.next_code().await;
    for (url, path) in urls.iter().zip(&paths) {
        assert!(path.starts_with("/asset/"), "{url}");
        let (response, (request, status)) =
            tokio::join!(ann.asset(path), answer(&server, &mut customer, ("image/png", PNG)));
        assert_eq!((request["url"].as_str(), request["kind"].as_str()), (Some(url.as_str()), Some("image")));
        assert_eq!(request["bytes_max"], 64 << 10);
        assert_eq!((status, response.status().as_u16()), (204, 200), "{url}");
        assert_eq!(response.headers()["cache-control"], "no-store", "it stays in no other browser");
        assert_eq!(response.headers()["content-type"], "image/png");
        assert_eq!(response.bytes().await.unwrap(), PNG);
        assert_eq!(ann.asset(path).await.bytes().await.unwrap(), PNG, "kept for the session");
    }
    let mut bob = Agent::sign_in(&server, "bob").await;
    assert_eq!(bob.join(&code).await, 200);
    let mut his = bob.open(&customer.session).await;
    his.until("welcome").await;
    assert_eq!(bob.asset(&paths[0]).await.status(), 200, "for all who watch");
    assert_eq!(unanswered(&mut customer).await, 0);
    while ann.asset(&paths[0]).await.status() != 404 {}
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_ask_at_once_ask_her_page_once() {
    let (_site, host) = members_only().await;
    let server = server_for(std::slice::from_ref(&host), ON).await;
    let (mut customer, ann, _view, paths) = watch(&server, &images(&[format!("http://{host}/401.png")])).await;
    let asking = futures_util::future::join_all((0..8).map(|_| ann.asset(&paths[0])));
    let (responses, _) = tokio::join!(asking, answer(&server, &mut customer, ("image/png", PNG)));
    assert!(responses.iter().all(|response| response.status() == 200));
    assert_eq!(unanswered(&mut customer).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_of_her_browser_unless_it_is_switched_on() {
    let (_site, host) = members_only().await;
    let server = server_for(std::slice::from_ref(&host), "").await;
    let urls = [format!("http://{host}/401.png"), format!("blob:http://{host}/1")];
    let (mut customer, ann, _view, paths) = watch(&server, &images(&urls)).await;
    assert_eq!(paths[1], "", "what a page made itself has no address");
    assert_eq!(ann.asset(&paths[0]).await.status(), 404);
    assert_eq!(unanswered(&mut customer).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_listed_is_asked_of_nobody() {
    let (_site, host) = members_only().await;
    let server = server_for(std::slice::from_ref(&host), ON).await;
    let urls = [
        "blob:https://evil.example/1",
        "https://evil.example/a.png",
        "blob:null/1",
        "blob:file:///etc/passwd",
        "blob:x",
    ];
    let (_customer, _ann, _view, paths) = watch(&server, &images(&urls.map(str::to_owned))).await;
    assert_eq!(paths, vec![String::new(); urls.len()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_she_sends_is_judged_as_if_it_had_been_fetched() {
    let html = b"<html><script>alert(1)</script></html>";
    let large = [PNG, &vec![0; 64 << 10]].concat();
    let rows: [(&str, &[u8], u16); 6] = [
        ("image/png", &large, 413),
        ("image/png", html, 204),
        ("text/html", html, 204),
        ("text/html", PNG, 204),
        ("image/svg+xml", html, 204),
        ("image/png", b"", 204),
    ];
    let (_site, host) = members_only().await;
    let server = server_for(std::slice::from_ref(&host), ON).await;
    let urls: Vec<String> = (0..=rows.len()).map(|n| format!("http://{host}/{n}.png")).collect();
    let (mut customer, ann, _view, paths) = watch(&server, &images(&urls)).await;
    for ((kind, body, taken), path) in rows.iter().zip(&paths) {
        let (response, (_, status)) = tokio::join!(ann.asset(path), answer(&server, &mut customer, (kind, body)));
        assert_eq!((status, response.status().as_u16()), (*taken, 404), "{kind} {}", body.len());
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(ann.asset(path).await.status(), 404, "a refusal stays, too");
    }
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(2)</script><image href='https://evil.example/'/><rect width='1'/></svg>";
    let (response, _) =
        tokio::join!(ann.asset(&paths[rows.len()]), answer(&server, &mut customer, ("image/svg+xml", svg)));
    let text = response.text().await.unwrap();
    assert!(text.contains("<rect") && !text.contains("alert") && !text.contains("evil"), "{text}");
    assert_eq!(unanswered(&mut customer).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_style_sheet_of_hers_leads_to_sealed_addresses_only() {
    let (_site, host) = members_only().await;
    let server = server_for(std::slice::from_ref(&host), ON).await;
    let link = json!({ "rel": "stylesheet", "href": format!("http://{host}/css/mine.css") });
    let page = Page::new(&format!("{SHOP}/")).with("link", &link, "");
    let (mut customer, ann, _view, paths) = watch(&server, &page).await;
    let css = b".a { background: url(../401.png) } .b { background: url(https://evil.example/b.png) }";
    let (response, (request, _)) =
        tokio::join!(ann.asset(&paths[0]), answer(&server, &mut customer, ("text/css", css)));
    assert_eq!(request["kind"], "style");
    let text = response.text().await.unwrap();
    assert!(text.matches("/asset/").count() == 1 && !text.contains("evil") && !text.contains(&host), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_she_can_answer_and_only_what_was_asked() {
    let (_site, host) = members_only().await;
    let server = server_for(std::slice::from_ref(&host), ON).await;
    let (mut customer, ann, _view, paths) = watch(&server, &images(&[format!("http://{host}/401.png")])).await;
    let (other, bob, _his, _) = watch_as("bob", &server, &Page::new(&format!("{SHOP}/"))).await;
    let png = ("image/png", PNG);
    let asked_for = async {
        let request = customer.socket.until("asset-request").await["request"].to_string();
        for (what, number, token, origin, status) in [
            ("another session's customer", request.as_str(), other.token.as_str(), SHOP, 404),
            ("a wrong token", &request, &format!("{}x", customer.token), SHOP, 401),
            ("no token", &request, "", SHOP, 401),
            ("another website", &request, &customer.token, "https://evil.example", 403),
            ("what nobody asked for", "99", &customer.token, SHOP, 404),
            ("a number that is none", "-1", &customer.token, SHOP, 404),
            ("herself", &request, &customer.token, SHOP, 204),
            ("herself again", &request, &customer.token, SHOP, 404),
        ] {
            assert_eq!(send(&server, number, token, origin, png).await, status, "{what}");
        }
    };
    let (response, ()) = tokio::join!(ann.asset(&paths[0]), asked_for);
    assert_eq!(response.status(), 200);
    assert_eq!(bob.asset(&paths[0]).await.status(), 404, "another session's agent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_never_answers_holds_nobody_for_long() {
    let (_site, host) = members_only().await;
    let server = server_for(std::slice::from_ref(&host), ON).await;
    let (mut customer, ann, _view, paths) = watch(&server, &images(&[format!("http://{host}/401.png")])).await;
    let (response, request) = tokio::join!(ann.asset(&paths[0]), customer.socket.until("asset-request"));
    assert_eq!(response.status(), 404);
    let late = send(&server, &request["request"].to_string(), &customer.token, SHOP, ("image/png", PNG)).await;
    assert_eq!(late, 404, "nobody waits any more");
    assert_eq!(ann.asset(&paths[0]).await.status(), 404);
    assert_eq!(unanswered(&mut customer).await, 0, "and it is not asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_asked_now_is_asked_later() {
    let (_site, host) = members_only().await;
    let server = server_for(std::slice::from_ref(&host), ON).await;
    let page = images(&[format!("http://{host}/401.png")]);
    let (mut customer, ann, mut view, paths) = watch(&server, &page).await;
    customer.socket.send(&json!({ "t": "pause" })).await;
    until_state(&mut view, "paused").await;
    assert_eq!(ann.asset(&paths[0]).await.status(), 404);
    customer.shows(&page).await;
    until_state(&mut view, "live").await;
    let (response, _) = tokio::join!(ann.asset(&paths[0]), answer(&server, &mut customer, ("image/png", PNG)));
    assert_eq!(response.status(), 200);
}

async fn until_state(view: &mut Socket, state: &str) {
    while view.until("participants").await["state"] != state {}
}

#[tokio::test(flavor = "multi_thread")]
async fn her_page_may_send_from_where_it_may_be_shared() {
    let server = server_for(&[], ON).await;
    for (origin, status) in [(SHOP, 204), ("https://evil.example", 403)] {
        let asked = server.request(Method::OPTIONS, "/api/v1/customer/assets/1").header("origin", origin);
        let response = asked.header("access-control-request-method", "POST").send().await.unwrap();
        assert_eq!(response.status(), status);
        let allowed = response.headers().get("access-control-allow-headers").map(|value| value.to_str().unwrap());
        assert_eq!(allowed, (status == 204).then_some("authorization, content-type"));
    }
}
