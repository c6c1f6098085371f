//! Every row of a hostile website, and what passes of an honest one.

use std::sync::Arc;

use vitrine_tests::names::Book;
use vitrine_tests::server::Server;
use vitrine_tests::site::{Act, Site, redirect, respond, typed};

use super::rows::{self, Row};
use super::scene::{PNG, Six, Watching, alone, ask_for, at, outcomes_of, proxy};

/// The server's answer to each row.
async fn check(rows: Vec<Row>) {
    let answers = rows.iter().map(|(path, _, act, _)| ((*path).to_owned(), act.clone()));
    let site = Site::acting("127.0.0.1", answers).await;
    let here = at("site.example", site.address);
    let names = Book::of(&[("site.example", &["127.0.0.1"])]);
    let server = Server::start_resolving(&proxy(&[&here], "5s", "media = true\n"), names).await;
    let elements: Vec<(&str, String)> =
        rows.iter().map(|(path, tag, ..)| (*tag, format!("http://{here}{path}"))).collect();
    let told = ask_for(&server, &elements).await;
    let found: Vec<(&str, &str)> = rows.iter().zip(&told).map(|(row, told)| (row.0, &*told.outcome)).collect();
    let wanted: Vec<(&str, &str)> = rows.iter().map(|row| (row.0, row.3)).collect();
    assert_eq!(found, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_packed_is_counted_unpacked() {
    let _alone = alone().await;
    check(rows::packings()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_or_cut_is_refused() {
    let _alone = alone().await;
    check(rows::sizes()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn header_and_content_must_agree() {
    let _alone = alone().await;
    check(rows::types()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_plain_answers_are_taken() {
    let _alone = alone().await;
    check(rows::statuses()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_judged_anew() {
    let _alone = alone().await;
    let private = Site::listen("127.0.0.2", &[("/a.png", typed("image/png", PNG))]).await;
    let six = Six::listen(0, &[("/a.png", typed("image/png", PNG))]).await;
    let hidden = at("private.example", private.address);
    let names = Book::of(&[("site.example", &["127.0.0.1"]), ("private.example", &["127.0.0.2 ::1"])]);
    // The website must know its own address before it answers, so it stands behind a name and a port of its own.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let here = format!("site.example:{port}");
    let rows = rows::redirects(&here, &hidden, private.address.port(), six.port());
    let answers = rows.iter().map(|(path, _, act, _)| ((*path).to_owned(), act.clone()));
    let site = Site::acting(&format!("127.0.0.1:{port}"), answers).await;
    let listed = [here.clone(), hidden, at("127.0.0.2", private.address), format!("[::1]:{}", six.port())];
    let server = Server::start_resolving(&proxy(&listed, "5s", ""), Arc::clone(&names) as _).await;
    let urls: Vec<String> = rows.iter().map(|(path, ..)| format!("http://{here}{path}")).collect();
    let outcomes = outcomes_of(&server, &urls).await;
    let found: Vec<(&str, &str)> = rows.iter().zip(&outcomes).map(|(row, outcome)| (row.0, &**outcome)).collect();
    let wanted: Vec<(&str, &str)> = rows.iter().map(|row| (row.0, row.3)).collect();
    assert_eq!(found, wanted);
    assert_eq!((private.requests(), six.requests()), (Vec::new(), Vec::new()), "nobody connected");
    assert!(
        names.asked().iter().all(|name| ["site.example", "private.example"].contains(&&**name)),
        "{:?}",
        names.asked()
    );
    for head in site.requests() {
        assert!(!head.to_ascii_lowercase().contains("\nset-cookie"), "{head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_website_gets_these_headers_and_no_others() {
    let _alone = alone().await;
    let cookie = respond("302 Found", &[("location", "/a.png"), ("set-cookie", "a=b; Path=/")], b"");
    let answers = [("/first.png?a=b", cookie), ("/a.png", typed("image/png", PNG))];
    let site = Site::listen("127.0.0.1", &answers).await;
    let here = at("site.example", site.address);
    let names = Book::of(&[("site.example", &["127.0.0.1"])]);
    let server = Server::start_resolving(&proxy(&[&here], "5s", ""), names).await;
    assert_eq!(outcomes_of(&server, &[format!("http://{here}/first.png?a=b#part")]).await, ["served"]);
    let version = env!("CARGO_PKG_VERSION");
    let mut wanted = [
        "accept: image/avif,image/webp,image/png,image/jpeg,image/gif,image/svg+xml".to_owned(),
        "accept-encoding: gzip,br".to_owned(),
        format!("host: {here}"),
        format!("user-agent: Vitrine/{version} (asset proxy)"),
    ];
    wanted.sort();
    let requests = site.requests();
    for (head, line) in requests.iter().zip(["GET /first.png?a=b HTTP/1.1", "GET /a.png HTTP/1.1"]) {
        let mut lines: Vec<&str> = head.trim_end().split("\r\n").collect();
        assert_eq!(lines.remove(0), line);
        lines.sort_unstable();
        assert_eq!(lines, wanted);
    }
    assert_eq!(requests.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_believed_that_stands_behind_an_answer() {
    let _alone = alone().await;
    let plain = |body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    let (first, second, evil) = (b"\x89PNG\r\n\x1a\n one", b"\x89PNG\r\n\x1a\n two", b"\x89PNG\r\n\x1a\n evil");
    let answers = [
        ("/smuggles.png", Act::Stay([plain(first), plain(evil)].concat())),
        ("/long.png", Act::Stay([plain(first), evil.to_vec()].concat())),
        ("/honest.png", Act::Stay(plain(second))),
    ];
    let answers: Vec<(String, Act)> = answers.map(|(path, act)| (path.to_owned(), act)).to_vec();
    let site = Site::acting("127.0.0.1", answers).await;
    let here = at("site.example", site.address);
    let names = Book::of(&[("site.example", &["127.0.0.1"])]);
    let more = "[http-security]\ndisable-caching = true\n";
    let server = Server::start_resolving(&proxy(&[&here], "5s", more), names).await;
    let paths = ["/smuggles.png", "/honest.png", "/long.png", "/honest.png", "/honest.png"];
    let elements: Vec<(&str, String)> = paths.iter().map(|path| ("img", format!("http://{here}{path}"))).collect();
    let bodies: Vec<Vec<u8>> = ask_for(&server, &elements).await.into_iter().map(|told| told.body).collect();
    assert_eq!(bodies, [first, second, first, second, second].map(|body| body.to_vec()));
}

#[tokio::test(flavor = "multi_thread")]
async fn drawings_and_style_sheets_come_clean_and_closed() {
    let _alone = alone().await;
    let svg = b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a 'evil'><!ENTITY b '&a;&a;&a;&a;'>]>\
                <svg xmlns='http://www.w3.org/2000/svg' onload='evil()'><script>evil()</script>\
                <style>@import 'http://evil.example/a.css'; rect { fill: url(http://evil.example/) }</style>\
                <foreignObject><iframe src='http://evil.example/'></iframe></foreignObject><text>&b;&b;</text>\
                <a href='javascript:evil()'><rect width='8' height='8'/></a><use href='http://evil.example/#a'/></svg>";
    let css = b"@import 'more.css'; @import url(http://evil.example/x.css); @import 'javascript:evil()'; \
                a { background: url(../a.png) } b { background: u\\72l(//evil.example/a.png) } \
                c { behavior: url(evil.htc); -moz-binding: url(http://evil.example/x.xml#a) } </style><script>evil()</script>";
    let many = format!("a {{ background: {} }}", ["url(x)"; 5_000].join(",")).into_bytes();
    let rows = [
        ("/a.svg", "img", typed("image/svg+xml", svg)),
        ("/css/a.css", "link", typed("text/css", css)),
        ("/css/latin.css", "link", typed("text/css; charset=iso-8859-1", b"a::after { content: '\xe9' }")),
        ("/css/many.css", "link", typed("text/css", &many)),
    ];
    let site = Site::listen("127.0.0.1", &rows.clone().map(|(path, _, answer)| (path, answer))).await;
    let here = at("site.example", site.address);
    let names = Book::of(&[("site.example", &["127.0.0.1"])]);
    let server = Server::start_resolving(&proxy(&[&here], "5s", ""), names).await;
    let told = ask_for(&server, &rows.map(|(path, tag, _)| (tag, format!("http://{here}{path}")))).await;
    for answer in &told {
        assert_eq!(answer.outcome, "served");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            (
                "content-security-policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
            ),
            ("content-disposition", "inline; filename=\"asset\""),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.headers[name], value, "{name}");
        }
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains("evil(") && !text.contains("evil.") && !text.contains(&here), "{text}");
        assert!(!text.contains("http:") || text.contains("http://www.w3.org/2000/svg"), "{text}");
    }
    let texts: Vec<String> = told.iter().map(|told| String::from_utf8_lossy(&told.body).into_owned()).collect();
    assert!(texts[0].contains("<rect") && !texts[0].contains("<script"), "{}", texts[0]);
    assert_eq!(texts[1].matches("/asset/").count(), 2, "{}", texts[1]);
    assert!(texts[2].contains('é'), "{}", texts[2]);
    assert_eq!(texts[3].matches("/asset/").count(), 4_096, "as many as one sheet may have");
}

#[tokio::test(flavor = "multi_thread")]
async fn relative_addresses_are_of_where_a_style_sheet_was_found() {
    let _alone = alone().await;
    let css = typed("text/css", b"a { background: url(a.png) }");
    let answers =
        [("/old/a.css", redirect("/new/a.css")), ("/new/a.css", css), ("/new/a.png", typed("image/png", PNG))];
    let site = Site::listen("127.0.0.1", &answers).await;
    let here = at("site.example", site.address);
    let names = Book::of(&[("site.example", &["127.0.0.1"])]);
    let server = Server::start_resolving(&proxy(&[&here], "5s", ""), names).await;
    let sheet = ("link", format!("http://{here}/old/a.css"));
    let watching = Box::pin(Watching::begin(&server, &[sheet])).await;
    let text = watching.agent.asset(&watching.paths[0]).await.text().await.unwrap();
    let picture = text.split('"').find(|part| part.starts_with("/asset/")).expect("a sealed address");
    assert_eq!(watching.agent.asset(picture).await.bytes().await.unwrap(), PNG);
    let asked: Vec<String> =
        site.requests().iter().filter_map(|head| Some(head.split(' ').nth(1)?.to_owned())).collect();
    assert_eq!(asked, ["/old/a.css", "/new/a.css", "/new/a.png"]);
}
