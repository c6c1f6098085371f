//! The asset door: what it serves, to whom, and what it never fetches.

use futures_util::future::select_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::page::Page;
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::site::{Site, respond, typed};
use vitrine_tests::socket::Socket;

pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

/// A server that may fetch from these sites, on 127.0.0.1 and nowhere else in this computer.
pub(crate) async fn server_for(hosts: &[String], more: &str) -> Server {
    let proxy = format!(
        "[http-proxy]\nallowed-external-domains = {hosts:?}\nallowed-schemes = [\"http\"]\n\
         allow-private-addresses = [\"127.0.0.1\"]\nmax-size = \"64KiB\"\ntimeout = \"2s\"\n{more}"
    );
    Server::start(&proxy).await
}

/// The customer shows a page, Ann watches; the sealed path of each element's URL, in order.
pub(crate) async fn watch<'s>(server: &'s Server, page: &Page) -> (Customer, Agent<'s>, Socket, Vec<String>) {
    watch_as("ann", server, page).await
}

/// The same with another agent.
pub(crate) async fn watch_as<'s>(
    name: &str,
    server: &'s Server,
    page: &Page,
) -> (Customer, Agent<'s>, Socket, Vec<String>) {
    let mut customer = Customer::begin(server).await;
    customer.shows(page).await;
    let mut agent = Agent::sign_in(server, name).await;
    assert_eq!(agent.join(&customer.code).await, 200);
    let mut view = agent.open(&customer.session).await;
    let paths = paths_of(&view.until("keyframe").await);
    (customer, agent, view, paths)
}

/// The sealed paths in a frame, in order.
pub(crate) fn paths_of(frame: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    collect(frame, &mut paths);
    paths
}

/// The values of `src` and `href` of every element.
fn collect(value: &Value, paths: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, paths)),
        Value::Object(fields) => {
            let is_element = fields.contains_key("tagName");
            if let Some(attributes) = fields.get("attributes").filter(|_| is_element) {
                paths.extend(["src", "href"].iter().filter_map(|name| attributes[name].as_str()).map(str::to_owned));
            }
            fields.values().for_each(|inner| collect(inner, paths));
        }
        _ => {}
    }
}

/// A port that nobody listens at.
pub(crate) async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

pub(crate) fn images(urls: &[String]) -> Page {
    let page = Page::new(&format!("{SHOP}/"));
    urls.iter().fold(page, |page, url| page.with("img", &json!({ "src": url }), ""))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_picture_is_served_to_who_watches() {
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let host = format!("localhost:{}", site.address.port());
    let server = server_for(std::slice::from_ref(&host), "").await;
    let url = format!("http://{host}/a.png");
    let foreign = format!("http://127.0.0.1:{}/a.png", site.address.port());
    let (_customer, ann, _view, paths) = watch(&server, &images(&[url, foreign])).await;
    assert!(paths[0].starts_with("/asset/") && !paths[0].contains("a.png"), "{paths:?}");
    assert_eq!(paths.get(1).map_or("", String::as_str), "", "a host that is not allowed: {paths:?}");

    for _ in 0..2 {
        let response = ann.asset(&paths[0]).await;
        assert_eq!(response.status(), 200);
        for (name, value) in [
            ("content-type", "image/png"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            (
                "content-security-policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
            ),
            ("cache-control", "private, max-age=300"),
        ] {
            assert_eq!(response.headers()[name], value, "{name}");
        }
        assert_eq!(response.bytes().await.unwrap(), PNG);
    }
    let requests = site.requests();
    assert_eq!(requests.len(), 1, "the second came from the cache: {requests:?}");
    let head = requests[0].to_ascii_lowercase();
    for name in ["cookie:", "referer:", "authorization:", "x-forwarded-for:", "origin:"] {
        assert!(!head.contains(name), "{head}");
    }
    assert!(head.contains("user-agent: vitrine/"), "{head}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_alone_opens_nothing() {
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let host = format!("localhost:{}", site.address.port());
    let server = server_for(std::slice::from_ref(&host), "").await;
    let (mut customer, ann, _view, paths) = watch(&server, &images(&[format!("http://{host}/a.png")])).await;
    let path = paths[0].as_str();
    // Bob has an asset cookie of his own, from another session.
    let other = Customer::begin(&server).await;
    let mut bob = Agent::sign_in(&server, "bob").await;
    bob.join(&other.code).await;
    let _his = bob.open(&other.session).await;
    let mut flipped = path.to_owned();
    flipped
        .replace_range(path.len() - 9..path.len() - 8, if path.as_bytes()[path.len() - 9] == b'A' { "B" } else { "A" });
    for (who, cookie, path) in [
        ("no cookie", "", path),
        ("another agent", bob.asset_cookie.as_str(), path),
        ("the login instead", ann.login_cookie.as_str(), path),
        ("a forged token", ann.asset_cookie.as_str(), flipped.as_str()),
        ("a cut token", ann.asset_cookie.as_str(), &path[..path.len() - 1]),
    ] {
        let response = server.request(Method::GET, path).header("cookie", cookie).send().await.unwrap();
        assert_eq!(response.status(), 404, "{who}");
        assert_eq!(response.headers()["cache-control"], "no-store", "{who}");
    }
    assert_eq!(ann.asset(path).await.status(), 200);
    customer.socket.send(&json!({ "t": "end" })).await;
    customer.socket.until("ended").await;
    while ann.asset(path).await.status() != 404 {}
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_closes_the_asset_door_at_once() {
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let host = format!("localhost:{}", site.address.port());
    let server = server_for(std::slice::from_ref(&host), "").await;
    let (_customer, ann, view, paths) = watch(&server, &images(&[format!("http://{host}/a.png")])).await;
    drop(view);
    assert_eq!(ann.asset(&paths[0]).await.status(), 200, "a reconnection takes a moment");
    assert_eq!(ann.request(Method::POST, "/api/v1/agent/logout").await.status(), 204);
    assert_eq!(ann.asset(&paths[0]).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_silent_pictures_holds_up_no_other_session() {
    // Connections are made by the system, and nobody ever answers on them.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let hosts = [silent.local_addr().unwrap(), site.address].map(|address| format!("localhost:{}", address.port()));
    let server = server_for(&hosts, "").await;
    let silent_urls: Vec<String> = (0..SILENT).map(|n| format!("http://{}/{n}.png", hosts[0])).collect();
    let (_hers, ann, _view, silent_paths) = watch(&server, &images(&silent_urls)).await;
    let (_his, bob, _other_view, paths) =
        watch_as("bob", &server, &images(&[format!("http://{}/a.png", hosts[1])])).await;
    let first_given_up = select_all(silent_paths.iter().map(|path| Box::pin(ann.asset(path))));
    let served = async {
        while waiting_assets(&server).await < SILENT - TURNS {}
        bob.asset(&paths[0]).await
    };
    tokio::select! {
        served = served => assert_eq!(served.status(), 200),
        _ = first_given_up => panic!("he waited until one of hers was given up"),
    }
}

/// Pictures of the page that nobody answers for, and how many of them one session asks for at once.
const SILENT: usize = 80;
const TURNS: usize = 8;

/// How many requests wait for a turn of their session.
async fn waiting_assets(server: &Server) -> usize {
    let (_, metrics) = server.operators("/metrics").await;
    let value = metrics.lines().find_map(|line| line.strip_prefix("vitrine_assets_waiting "));
    value.map_or(0, |value| value.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_the_website_do_not_pass() {
    let headers = [
        ("content-type", "image/png; charset=<script>"),
        ("set-cookie", "a=b"),
        ("refresh", "0; url=https://evil.example"),
        ("access-control-allow-origin", "*"),
        ("content-disposition", "attachment; filename=evil.exe"),
        ("link", "<https://evil.example>; rel=preload"),
        ("x-evil", "1"),
    ];
    let site = Site::listen("127.0.0.1", &[("/a.png", respond("200 OK", &headers, PNG))]).await;
    let host = format!("localhost:{}", site.address.port());
    let server = server_for(std::slice::from_ref(&host), "[http-security]\ndisable-caching = true\n").await;
    let (_customer, ann, _view, paths) = watch(&server, &images(&[format!("http://{host}/a.png")])).await;
    for _ in 0..2 {
        let response = ann.asset(&paths[0]).await;
        assert_eq!(response.status(), 200);
        let text = format!("{:?}", response.headers());
        assert!(!text.contains("evil") && !text.contains("script") && !text.contains("set-cookie"), "{text}");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(!response.headers().contains_key("access-control-allow-origin"));
    }
    assert_eq!(site.requests().len(), 2, "caching is off");
}

#[tokio::test(flavor = "multi_thread")]
async fn style_sheets_lead_to_sealed_addresses_only() {
    let css = b"@import 'more.css'; @import 'https://evil.example/x.css'; \
                .a { background: url(../a.png) } .b { background: url(https://evil.example/b.png) } \
                @font-face { font-family: f; src: url(f.woff2) }";
    let site =
        Site::listen("127.0.0.1", &[("/css/a.css", typed("text/css", css)), ("/a.png", typed("image/png", PNG))]).await;
    let host = format!("localhost:{}", site.address.port());
    let server = server_for(std::slice::from_ref(&host), "").await;
    let link = json!({ "rel": "stylesheet", "href": format!("http://{host}/css/a.css") });
    let page = Page::new(&format!("{SHOP}/")).with("link", &link, "");
    let (_customer, ann, _view, paths) = watch(&server, &page).await;
    let response = ann.asset(&paths[0]).await;
    assert_eq!(response.headers()["content-type"], "text/css; charset=utf-8");
    let text = response.text().await.unwrap();
    assert!(!text.contains("evil") && !text.contains(&host), "{text}");
    assert_eq!(text.matches("/asset/").count(), 3, "import, picture and font: {text}");
    let picture = text.split("background").nth(1).and_then(|rest| rest.split('"').nth(1)).unwrap();
    assert_eq!(ann.asset(picture).await.bytes().await.unwrap(), PNG);

    // The same sheet in another session: fetched once, and written anew with addresses of that session alone.
    let (_other, bob, _other_view, other_paths) = watch_as("bob", &server, &page).await;
    let other_text = bob.asset(&other_paths[0]).await.text().await.unwrap();
    assert_eq!(other_text.matches("/asset/").count(), 3, "{other_text}");
    assert!(!other_text.contains(picture), "{other_text}");
    assert_eq!(bob.asset(picture).await.status(), 404, "another session's");
    let fetched = site.requests().iter().filter(|head| head.starts_with("GET /css/a.css ")).count();
    assert_eq!(fetched, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn drawings_are_cleaned() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script>\
                <rect width='8' height='8' fill='red'/><image href='https://evil.example/a.png'/></svg>";
    let site = Site::listen("127.0.0.1", &[("/a.svg", typed("image/svg+xml", svg))]).await;
    let host = format!("localhost:{}", site.address.port());
    let server = server_for(std::slice::from_ref(&host), "").await;
    let (_customer, ann, _view, paths) = watch(&server, &images(&[format!("http://{host}/a.svg")])).await;
    let response = ann.asset(&paths[0]).await;
    assert_eq!(response.headers()["content-type"], "image/svg+xml");
    let text = response.text().await.unwrap();
    assert!(text.contains("<rect") && !text.contains("alert") && !text.contains("evil"), "{text}");
}
