//! Names that lead elsewhere.

use std::sync::Arc;

use vitrine_tests::names::Book;
use vitrine_tests::server::Server;
use vitrine_tests::site::{Site, typed};

use super::scene::{PNG, Six, alone, at, outcomes_of, proxy};

/// A resolver that answers with an address that may be connected to and then with ones that may not: each connection
/// goes to an address that was judged for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_changes_its_mind_leads_nowhere() {
    let _alone = alone().await;
    let paths = ["/0.png", "/1.png", "/2.png", "/3.png", "/4.png", "/5.png"];
    let answers = paths.map(|path| (path, typed("image/png", PNG)));
    let site = Site::listen("127.0.0.1", &answers).await;
    let host = at("rebinding.example", site.address);
    let trap = Site::listen(&format!("127.0.0.2:{}", site.address.port()), &answers).await;
    let six = Six::listen(site.address.port(), &answers).await;
    let turns: &[&str] =
        &["127.0.0.1", "127.0.0.2", "::1 127.0.0.2", "::ffff:127.0.0.2", "127.0.0.2 127.0.0.1", "169.254.169.254"];
    let names = Book::of(&[("rebinding.example", turns)]);
    let server = Server::start_resolving(&proxy(&[&host], "5s", ""), Arc::clone(&names) as _).await;
    let urls = paths.map(|path| format!("http://{host}{path}"));
    let refused = "address-not-allowed";
    assert_eq!(outcomes_of(&server, &urls).await, ["served", refused, refused, refused, "served", refused]);
    assert_eq!((site.requests().len(), names.asked().len()), (2, 6));
    assert_eq!((trap.requests(), six.requests()), (Vec::new(), Vec::new()), "nobody connected");
}

/// One trailing dot, the case and the spelling of a name make no difference; anything else does.
#[tokio::test(flavor = "multi_thread")]
async fn names_are_listed_whole() {
    let _alone = alone().await;
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let port = site.address.port();
    let listed = [format!("ok.example:{port}"), format!("*.img.example:{port}"), format!("bücher.example:{port}")];
    let names = Book::all_are("127.0.0.1".parse().unwrap());
    let server = Server::start_resolving(&proxy(&listed, "5s", ""), Arc::clone(&names) as _).await;
    let rows = [
        ("ok.example", "served"),
        ("OK.eXample", "served"),
        ("ok.example.", "served"),
        ("ok.example..", "no-token"),
        ("a.img.example", "served"),
        ("img.example", "no-token"),
        ("a.b.img.example", "no-token"),
        ("notok.example", "no-token"),
        ("ok.example.evil.example", "no-token"),
        ("ok-example", "no-token"),
        ("BÜCHER.example", "served"),
        ("xn--bcher-kva.example", "served"),
        ("user@ok.example", "no-token"),
    ];
    let urls = rows.map(|(host, _)| format!("http://{host}:{port}/a.png"));
    let outcomes = outcomes_of(&server, &urls).await;
    let found: Vec<(&str, &str)> = rows.iter().zip(&outcomes).map(|(row, outcome)| (row.0, &**outcome)).collect();
    assert_eq!(found, rows);
    let asked = ["ok.example", "ok.example.", "a.img.example", "xn--bcher-kva.example"];
    assert!(names.asked().iter().all(|name| asked.contains(&&**name)), "{:?}", names.asked());
}
