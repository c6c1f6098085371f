//! Headers of every answer, by the kind of answer.

use reqwest::{Method, Response};
use serde_json::json;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::{ask, wish};
use vitrine_tests::page::Page;
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::site::{Site, typed};

use super::assets::{PNG, server_for, watch};

/// Whether browsers may keep it.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Kept {
    Never,
    AskedAgain,
    ForEver,
    Privately,
}

impl Kept {
    fn is_said_by(self, value: &str) -> bool {
        match self {
            Self::Never => value == "no-store",
            Self::AskedAgain => value == "no-cache",
            Self::ForEver => value == "public, max-age=31536000, immutable",
            Self::Privately => value.starts_with("private, ") && !value.contains("immutable"),
        }
    }
}

/// What every answer of the server says, whatever it is.
fn check(name: &str, response: &Response, (status, kept, is_for_other_sites): (u16, Kept, bool)) {
    let said = |header: &str| {
        let all: Vec<_> = response.headers().get_all(header).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(all.len(), 1, "{name}: {header} once: {all:?}");
        all[0].to_owned()
    };
    assert_eq!(response.status(), status, "{name}");
    assert_eq!(said("x-content-type-options"), "nosniff", "{name}");
    assert_eq!(said("referrer-policy"), "no-referrer", "{name}");
    assert_eq!(said("cross-origin-opener-policy"), "same-origin", "{name}");
    assert_eq!(said("strict-transport-security"), "max-age=63072000", "{name}");
    let resource = if is_for_other_sites { "cross-origin" } else { "same-origin" };
    assert_eq!(said("cross-origin-resource-policy"), resource, "{name}");
    assert!(said("permissions-policy").contains("camera=()"), "{name}");
    let cache = said("cache-control");
    assert!(kept.is_said_by(&cache), "{name}: {cache}");
    let policy = said("content-security-policy");
    assert!(policy.starts_with("default-src 'none';"), "{name}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{name}: {policy}");
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap_or_default();
    for word in ["unsafe", "eval", "*", "'self'", "data:", "http:"] {
        assert!(!scripts.contains(word), "{name}: {policy}");
    }
    let is_problem = status >= 400;
    let content_type = response.headers().get("content-type").map_or("", |value| value.to_str().unwrap());
    assert_eq!(content_type == "application/problem+json", is_problem, "{name}: {content_type}");
    assert!(!response.headers().contains_key("server"), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_answer_has_its_headers() {
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let server = server_for(&[format!("localhost:{}", site.address.port())], "").await;
    let url = format!("http://localhost:{}/a.png", site.address.port());
    let page = Page::new(&format!("{SHOP}/")).with("img", &json!({ "src": url }), "");
    let (_customer, ann, _view, paths) = watch(&server, &page).await;
    let html = server.request(Method::GET, "/agent/").send().await.unwrap().text().await.unwrap();
    let script = html.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert!(!html.contains("<script>") && !html.contains(" style="), "nothing inline");
    use Kept::{AskedAgain, ForEver, Never, Privately};
    let script = format!("/agent/{script}");
    for (path, wanted) in [
        ("/agent/", (200, AskedAgain, false)),
        ("/agent", (308, Never, false)),
        (script.as_str(), (200, ForEver, false)),
        ("/agent/none.js", (404, Never, false)),
        ("/vitrine.js", (200, AskedAgain, true)),
        ("/snippet/none.js", (404, Never, false)),
        ("/", (404, Never, false)),
        ("/api/v1/sessions", (200, Never, false)),
        ("/api/v1/agent/me", (200, Never, false)),
        ("/api/v1/agent/login", (405, Never, false)),
        ("/api/v1/customer/socket", (400, Never, false)),
        ("/api/v1/sessions/none", (404, Never, false)),
        ("/asset/none", (404, Never, false)),
    ] {
        check(path, &ann.request(Method::GET, path).await, wanted);
    }
    check("a stranger", &server.request(Method::GET, "/api/v1/sessions").send().await.unwrap(), (401, Never, false));
    let elsewhere = server.http1.get(format!("{}/agent/", server.origin)).header("host", "other.example");
    check("another host", &elsewhere.send().await.unwrap(), (421, Never, false));
    check("a session", &ask(&server, SHOP, &wish()).await, (201, Never, false));
    check("no session", &ask(&server, "https://evil.example", &wish()).await, (403, Never, false));
    check("a picture", &ann.asset(&paths[0]).await, (200, Privately, false));
    sockets(&server, &ann).await;
}

/// Upgrades that are refused are answers like others.
async fn sockets(server: &Server, ann: &Agent<'_>) {
    let upgrade = async |path: &str, origin: &str| {
        let request = server.http1.get(format!("{}{path}", server.origin)).header("origin", origin);
        let request = request.header("connection", "upgrade").header("upgrade", "websocket");
        let request =
            request.header("sec-websocket-version", "13").header("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA==");
        let request = request.header("sec-websocket-protocol", "vitrine.v1, ticket.x");
        request.header("cookie", &ann.login_cookie).send().await.unwrap()
    };
    for (path, origin, status) in [
        ("/api/v1/customer/socket", "https://evil.example", 403),
        ("/api/v1/customer/socket", SHOP, 401),
        ("/api/v1/sessions/none/socket", SHOP, 403),
        ("/api/v1/sessions/none/socket", &server.origin, 401),
    ] {
        check(&format!("{path} for {origin}"), &upgrade(path, origin).await, (status, Kept::Never, false));
    }
}
