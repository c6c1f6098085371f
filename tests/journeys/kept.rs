//! What the asset door keeps: as its websites say, for whom they say, and what browsers keep of it.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use vitrine_tests::agent::Agent;
use vitrine_tests::page::Page;
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::site::{AGAIN, Site, redirect, respond};

use super::assets::{PNG, server_for, watch, watch_as};

const TAG: (&str, &str) = ("etag", "\"1\"");
const DATE: (&str, &str) = ("last-modified", "Sun, 22 Nov 2026 08:00:00 GMT");

/// One picture's answer, and how often its website is asked by one session that wants it twice, then by another.
type Row = (&'static str, Vec<(&'static str, &'static str)>, usize, usize);

fn rows() -> Vec<Row> {
    let control = |value| ("cache-control", value);
    vec![
        ("/silent", vec![], 1, 1),
        ("/fresh", vec![control("max-age=60")], 1, 1),
        ("/shared", vec![control("max-age=0, s-maxage=60")], 1, 1),
        ("/aged", vec![control("max-age=60"), ("age", "60")], 2, 3),
        ("/past", vec![("expires", "Sun, 22 Nov 1998 08:00:00 GMT")], 2, 3),
        ("/no-cache", vec![control("no-cache")], 2, 3),
        ("/no-store", vec![control("No-Store, max-age=60")], 2, 3),
        ("/private", vec![control("private, max-age=60")], 1, 2),
        ("/cookie", vec![("set-cookie", "a=b")], 1, 2),
        ("/varies", vec![("vary", "origin")], 1, 2),
        ("/varies-much", vec![("vary", "*")], 2, 3),
        ("/encoding", vec![("vary", "Accept-Encoding")], 1, 1),
    ]
}

fn picture(headers: &[(&str, &str)]) -> Vec<u8> {
    respond("200 OK", &[&[("content-type", "image/png")], headers].concat(), PNG)
}

fn pictures(site: &Site, paths: &[&str]) -> Page {
    let page = Page::new(&format!("{SHOP}/"));
    let url = |path: &str| format!("http://{}{path}", host(site));
    paths.iter().fold(page, |page, path| page.with("img", &json!({ "src": url(path) }), ""))
}

fn host(site: &Site) -> String {
    format!("localhost:{}", site.address.port())
}

async fn server(site: &Site) -> Server {
    server_for(&[host(site)], "").await
}

/// How often the path was asked for.
fn asked(site: &Site, path: &str) -> usize {
    site.requests().iter().filter(|head| head.starts_with(&format!("GET {path} "))).count()
}

async fn sees(agent: &Agent<'_>, path: &str, name: &str) {
    let response = agent.asset(path).await;
    assert_eq!(response.status(), 200, "{name}");
    assert_eq!(response.bytes().await.expect("a body"), PNG, "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_is_kept_as_long_and_for_whom_its_website_says() {
    let rows = rows();
    let answers: Vec<_> = rows.iter().map(|(path, headers, ..)| (*path, picture(headers))).collect();
    let site = Site::listen("127.0.0.1", &answers).await;
    let server = server(&site).await;
    let paths: Vec<&str> = rows.iter().map(|(path, ..)| *path).collect();
    let (_hers, ann, _view, ann_paths) = watch(&server, &pictures(&site, &paths)).await;
    let (_his, bob, _other_view, bob_paths) = watch_as("bob", &server, &pictures(&site, &paths)).await;
    for ((path, headers, one, two), (of_ann, of_bob)) in rows.iter().zip(ann_paths.iter().zip(&bob_paths)) {
        sees(&ann, of_ann, path).await;
        sees(&ann, of_ann, path).await;
        assert_eq!(asked(&site, path), *one, "one session: {headers:?}");
        sees(&bob, of_bob, path).await;
        assert_eq!(asked(&site, path), *two, "another session: {headers:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again() {
    let rows = [("/tag", vec![TAG]), ("/date", vec![DATE]), ("/both", vec![TAG, DATE])];
    let stale = ("cache-control", "no-cache");
    let mut answers = Vec::new();
    for (path, version) in &rows {
        let headers = [version.as_slice(), &[stale]].concat();
        answers.push(((*path).to_owned(), picture(&headers)));
        answers.push((format!("{AGAIN}{path}"), respond("304 Not Modified", &headers, b"")));
    }
    // The website says that it has not changed what it never sent.
    answers.push(("/liar".to_owned(), picture(&[TAG, stale])));
    answers.push((format!("{AGAIN}/liar"), respond("304 Not Modified", &[("etag", "\"2\"")], b"")));
    let answers: Vec<_> = answers.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect();
    let site = Site::listen("127.0.0.1", &answers).await;
    let server = server(&site).await;
    let (_customer, ann, _view, paths) = watch(&server, &pictures(&site, &["/tag", "/date", "/both", "/liar"])).await;
    for (path, (name, version)) in paths.iter().zip(&rows) {
        for _ in 0..3 {
            sees(&ann, path, name).await;
        }
        let heads: Vec<String> =
            site.requests().iter().filter(|head| head.contains(name)).map(|head| head.to_ascii_lowercase()).collect();
        assert_eq!(heads.len(), 3, "{name}");
        for (header, asks) in [(TAG, "if-none-match"), (DATE, "if-modified-since")] {
            let line = format!("\n{asks}: {}\r", header.1.to_ascii_lowercase());
            let asking = heads.iter().filter(|head| head.contains(&line)).count();
            assert_eq!(asking, if version.contains(&header) { 2 } else { 0 }, "{name}: {asks}");
        }
    }
    sees(&ann, &paths[3], "liar").await;
    sees(&ann, &paths[3], "liar").await;
    assert_eq!(asked(&site, "/liar"), 3, "asked whether, then for all of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_fetch_is_for_all_who_ask_at_once() {
    let site = Site::listen("127.0.0.1", &[("/a.png", picture(&[]))]).await;
    let server = server(&site).await;
    let (_hers, ann, _view, of_ann) = watch(&server, &pictures(&site, &["/a.png"])).await;
    let (_his, bob, _other_view, of_bob) = watch_as("bob", &server, &pictures(&site, &["/a.png"])).await;
    let all = (0..20).map(|turn| if turn % 2 == 0 { ann.asset(&of_ann[0]) } else { bob.asset(&of_bob[0]) });
    for response in join_all(all).await {
        assert_eq!(response.status(), 200);
    }
    assert_eq!(asked(&site, "/a.png"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_remembered_and_by_no_browser() {
    let rows = [("/missing", 1), ("/error", 1), ("/loop", 4), ("/html", 1)];
    let site = Site::listen(
        "127.0.0.1",
        &[
            ("/error", respond("500 Oops", &[("cache-control", "max-age=60")], b"")),
            ("/loop", redirect("/loop")),
            ("/html", respond("200 OK", &[("content-type", "text/html")], b"<p>")),
        ],
    )
    .await;
    let server = server(&site).await;
    let (_customer, ann, _view, paths) = watch(&server, &pictures(&site, &rows.map(|(path, _)| path))).await;
    for (path, (name, requests)) in paths.iter().zip(rows) {
        for _ in 0..3 {
            let response = ann.asset(path).await;
            assert_eq!(
                (response.status().as_u16(), &response.headers()["cache-control"]),
                (404, &"no-store".parse().unwrap())
            );
        }
        assert_eq!(asked(&site, name), requests, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_kept_as_it_says_itself() {
    let moved = |status, headers: &[(&str, &str)]| respond(status, &[&[("location", "/a.png")], headers].concat(), b"");
    let rows = [("/for-good", 1), ("/for-now", 2), ("/for-a-while", 1)];
    let site = Site::listen(
        "127.0.0.1",
        &[
            ("/a.png", picture(&[])),
            ("/for-good", moved("301 Moved Permanently", &[])),
            ("/for-now", moved("302 Found", &[])),
            ("/for-a-while", moved("302 Found", &[("cache-control", "max-age=60")])),
        ],
    )
    .await;
    let server = server(&site).await;
    let (_customer, ann, _view, paths) = watch(&server, &pictures(&site, &rows.map(|(path, _)| path))).await;
    for (path, (name, requests)) in paths.iter().zip(rows) {
        sees(&ann, path, name).await;
        sees(&ann, path, name).await;
        assert_eq!(asked(&site, name), requests, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_asks_whether_it_is_still_so_and_for_parts() {
    let site = Site::listen("127.0.0.1", &[("/a.png", picture(&[("cache-control", "max-age=60")]))]).await;
    let server = server(&site).await;
    let (_customer, ann, _view, paths) = watch(&server, &pictures(&site, &["/a.png"])).await;
    let tag = ann.asset(&paths[0]).await.headers()["etag"].clone();
    let ask = async |cookie: &str, name: &'static str, value: &str| {
        let request = server.request(Method::GET, &paths[0]).header("cookie", cookie).header(name, value);
        request.send().await.expect("an answer")
    };
    let tag = tag.to_str().expect("text");
    for (cookie, name, value, status) in [
        (ann.asset_cookie.as_str(), "if-none-match", tag, 304),
        (&ann.asset_cookie, "if-none-match", "\"other\"", 200),
        ("", "if-none-match", tag, 404),
        ("", "if-none-match", "*", 404),
        (&ann.asset_cookie, "range", "bytes=1-3", 206),
        (&ann.asset_cookie, "range", "bytes=1-3,5-6", 200),
        (&ann.asset_cookie, "range", "bytes=9999-", 416),
        ("", "range", "bytes=1-3", 404),
    ] {
        let response = ask(cookie, name, value).await;
        assert_eq!(response.status(), status, "{cookie} {name}: {value}");
        if status == 206 {
            assert_eq!(response.headers()["content-range"], format!("bytes 1-3/{}", PNG.len()));
            assert_eq!(response.bytes().await.unwrap(), PNG[1..4]);
        }
    }
    assert_eq!(asked(&site, "/a.png"), 1);
    let (_, metrics) = server.operators("/metrics").await;
    for result in ["hit", "miss"] {
        assert!(metrics.contains(&format!("vitrine_asset_cache_total{{result=\"{result}\"}}")), "{result}");
    }
}
