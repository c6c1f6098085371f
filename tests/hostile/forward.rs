//! Assets through a forward proxy, and what the guard still judges then.

use std::net::TcpListener;
use std::sync::Arc;

use vitrine_tests::forward::ForwardProxy;
use vitrine_tests::names::Book;
use vitrine_tests::server::Server;
use vitrine_tests::site::{Site, redirect, typed};

use super::scene::{PNG, alone, at, outcomes_of, proxy};

/// `ann:secret`.
const LOGIN: &str = "Basic YW5uOnNlY3JldA==";

/// The names of these tests. The proxy itself finds every name at 127.0.0.1.
fn names() -> Arc<Book> {
    Book::of(&[
        ("site.example", &["203.0.113.1"]),
        ("public.example", &["1.1.1.1"]),
        ("mixed.example", &["1.1.1.1 10.0.0.1"]),
        ("private.example", &["10.0.0.1"]),
        ("direct.example", &["127.0.0.1"]),
        ("direct-private.example", &["127.0.0.2"]),
        ("proxy.example", &["127.0.0.3"]),
    ])
}

fn forward(url: &str, more: &str) -> String {
    format!("[forward-proxy]\nurl = \"{url}\"\n{more}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forward_proxy_is_told_names_and_its_password_and_nobody_else_is() {
    let _alone = alone().await;
    let gate = ForwardProxy::listen("127.0.0.3", LOGIN).await;
    let (secure, pem) = Site::secure("127.0.0.1", "public.example", &[("/a.png", typed("image/png", PNG))]).await;
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, pem).unwrap();
    let hosts =
        [at("public.example", secure.address), at("public.example", site.address), at("direct.example", site.address)];
    let login = "username = \"ann\"\npassword = \"secret\"\nno-proxy = [\"direct.example\"]\n";
    let more =
        format!("ca-file = {ca_file:?}\n{}", forward(&format!("http://{}", at("proxy.example", gate.address)), login));
    let server = Server::start_resolving(&proxy(&hosts, "5s", &more), names()).await;
    let urls = [
        format!("https://{}/a.png", hosts[0]),
        format!("http://{}/a.png", hosts[1]),
        format!("http://{}/a.png", hosts[2]),
    ];
    assert_eq!(outcomes_of(&server, &urls).await, ["served"; 3]);
    let heads = gate.heads();
    let [tunnel, plain] = &*heads else { panic!("one request by each way: {heads:?}") };
    let lines: Vec<&str> = tunnel.trim_end().split("\r\n").collect();
    let (connect, host) = (format!("CONNECT {} HTTP/1.1", hosts[0]), format!("Host: {}", hosts[0]));
    assert_eq!((lines[0], lines[1], lines.len()), (&*connect, &*host, 4), "{tunnel}");
    assert!(plain.starts_with(&format!("GET http://{}/a.png HTTP/1.1\r\n", hosts[1])), "{plain}");
    for head in [tunnel, plain] {
        assert!(
            head.to_ascii_lowercase().contains(&format!("\r\nproxy-authorization: {}\r\n", LOGIN.to_ascii_lowercase())),
            "{head}"
        );
    }
    let inside = [secure.requests(), site.requests()].concat();
    assert_eq!(inside.len(), 3);
    for head in inside {
        assert!(!head.to_ascii_lowercase().contains("proxy-authorization"), "{head}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_or_is_not_there_serves_nothing_and_is_not_gone_round() {
    let _alone = alone().await;
    let gate = ForwardProxy::listen("127.0.0.1", LOGIN).await;
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let host = at("public.example", site.address);
    for (address, login) in [
        (gate.address, ""),
        (gate.address, "username = \"ann\"\npassword = \"wrong\"\n"),
        (free, "username = \"ann\"\npassword = \"secret\"\n"),
    ] {
        let more = forward(&format!("http://{address}"), login);
        let server = Server::start_resolving(&proxy(&[&host], "5s", &more), names()).await;
        let urls = [format!("http://{host}/a.png"), format!("https://{host}/a.png")];
        assert_eq!(outcomes_of(&server, &urls).await, ["forward-proxy"; 2], "{login}");
        server.stop().await;
    }
    assert_eq!(site.requests(), Vec::<String>::new());
    assert_eq!(gate.heads().len(), 4);
}

/// URL, outcome where names are judged here, and where the proxy is left to judge them.
const JUDGED: [(&str, &str, &str); 10] = [
    ("http://public.example:{port}/a.png", "served", "served"),
    ("http://public.example:{port}/to-private.png", "address-not-allowed", "served"),
    ("http://public.example:{port}/to-literal.png", "address-not-allowed", "address-not-allowed"),
    ("http://private.example:{port}/a.png", "address-not-allowed", "served"),
    ("http://mixed.example:{port}/a.png", "address-not-allowed", "served"),
    ("http://site.example:{port}/a.png", "address-not-allowed", "served"),
    ("http://unknown.example:{port}/a.png", "unreachable", "served"),
    ("http://127.0.0.2:{port}/a.png", "address-not-allowed", "address-not-allowed"),
    ("http://direct-private.example:{port}/a.png", "address-not-allowed", "address-not-allowed"),
    ("http://direct.example:{port}/a.png", "served", "served"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_guard_holds_before_the_proxy_is_asked() {
    let _alone = alone().await;
    let gate = ForwardProxy::listen("127.0.0.1", "").await;
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let fill = |text: &str| text.replace("{port}", &port.to_string());
    let answers = [
        ("/a.png", typed("image/png", PNG)),
        ("/to-private.png", redirect(&fill("//private.example:{port}/a.png"))),
        ("/to-literal.png", redirect(&fill("//127.0.0.2:{port}/a.png"))),
    ];
    let _site = Site::listen(&format!("127.0.0.1:{port}"), &answers).await;
    let trap = Site::listen(&format!("127.0.0.2:{port}"), &answers).await;
    let hosts: Vec<String> = JUDGED.iter().filter_map(|(url, ..)| Some(fill(url.split('/').nth(2)?))).collect();
    for (resolve, is_here) in [("here", true), ("proxy", false)] {
        let more = format!("no-proxy = [\"direct.example\", \"direct-private.example\"]\nresolve = \"{resolve}\"\n");
        let more = forward(&format!("http://{}", gate.address), &more);
        let server = Server::start_resolving(&proxy(&hosts, "5s", &more), names()).await;
        let urls: Vec<String> = JUDGED.iter().map(|(url, ..)| fill(url)).collect();
        let wanted: Vec<&str> = JUDGED.iter().map(|row| if is_here { row.1 } else { row.2 }).collect();
        assert_eq!(outcomes_of(&server, &urls).await, wanted, "{resolve}");
        server.stop().await;
    }
    assert_eq!(trap.requests(), Vec::<String>::new(), "nobody connected");
    let told = gate.heads().iter().filter(|head| head.contains("127.0.0.2")).count();
    assert_eq!(told, 0, "an address is judged before the proxy hears of it");
}
