//! A page with assets, somebody who watches it, and what became of each asset.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use http::HeaderMap;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::page::Page;
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::site::Site;

pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

/// The counters are the process's: one test after the other changes them.
pub(crate) async fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}

/// `[http-proxy]` for these hosts, by http and https; 127.0.0.1 alone may be connected to besides public addresses.
pub(crate) fn proxy(hosts: &[impl std::fmt::Debug], timeout: &str, more: &str) -> String {
    format!(
        "[http-proxy]\nallowed-external-domains = {hosts:?}\nallowed-schemes = [\"http\", \"https\"]\n\
         allow-private-addresses = [\"127.0.0.1\"]\nmax-size = \"64KiB\"\ntimeout = \"{timeout}\"\n{more}"
    )
}

/// A name at the port of a website.
pub(crate) fn at(name: &str, address: SocketAddr) -> String {
    format!("{name}:{}", address.port())
}

/// A website at ::1, which nobody may reach; port 0 is any. Without such an address `tests/run` says what is not watched.
pub(crate) struct Six(Option<Site>);

impl Six {
    pub(crate) async fn listen(port: u16, answers: &[(&str, Vec<u8>)]) -> Self {
        if std::net::TcpListener::bind("[::1]:0").is_err() {
            return Self(None);
        }
        Self(Some(Site::listen(&format!("[::1]:{port}"), answers).await))
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.as_ref().map_or(1, |site| site.address.port())
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.0.as_ref().map(Site::requests).unwrap_or_default()
    }
}

/// What became of an asset.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The word in the metrics; `no-token`: the page has no address for it at all.
    pub(crate) outcome: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Somebody watches a page of these elements, and asks for each asset in turn.
pub(crate) async fn ask_for(server: &Server, elements: &[(&str, String)]) -> Vec<Told> {
    let watching = Box::pin(Watching::begin(server, elements)).await;
    let mut told = Vec::new();
    for path in &watching.paths {
        if path.is_empty() {
            told.push(Told { outcome: "no-token".to_owned(), ..Told::default() });
            continue;
        }
        let before = outcomes(server).await;
        let response = watching.agent.asset(path).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.expect("a body").to_vec();
        let outcome = difference(&before, &outcomes(server).await);
        assert_eq!(status == 200, outcome == "served", "{status} {outcome}");
        told.push(Told { outcome, headers, body });
    }
    told
}

/// The same for pictures, and only the words.
pub(crate) async fn outcomes_of(server: &Server, urls: &[String]) -> Vec<String> {
    let images: Vec<(&str, String)> = urls.iter().map(|url| ("img", url.clone())).collect();
    ask_for(server, &images).await.into_iter().map(|told| told.outcome).collect()
}

/// Somebody who watches a page.
#[derive(Debug)]
pub(crate) struct Watching<'s> {
    pub(crate) agent: Agent<'s>,
    /// Of each element; empty where there is none.
    pub(crate) paths: Vec<String>,
    _people: (Customer, vitrine_tests::socket::Socket),
}

impl<'s> Watching<'s> {
    pub(crate) async fn begin(server: &'s Server, elements: &[(&str, String)]) -> Self {
        let mut customer = Customer::begin(server).await;
        let page = Page::new(&format!("{SHOP}/"));
        let page = elements.iter().fold(page, |page, (tag, url)| match *tag {
            "link" => page.with("link", &json!({ "rel": "stylesheet", "href": url }), ""),
            tag => page.with(tag, &json!({ "src": url }), ""),
        });
        customer.shows(&page).await;
        let mut agent = Agent::sign_in(server, "ann").await;
        assert_eq!(agent.join(&customer.code).await, 200);
        let mut view = agent.open(&customer.session).await;
        let mut paths = Vec::new();
        collect(&view.until("keyframe").await, &mut paths);
        assert_eq!(paths.len(), elements.len(), "each element is there");
        Self { agent, paths, _people: (customer, view) }
    }
}

/// The sealed path of each element that can have one.
fn collect(value: &Value, paths: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, paths)),
        Value::Object(fields) => {
            let attributes = |name: &str| value["attributes"][name].as_str().unwrap_or_default().to_owned();
            match value["tagName"].as_str() {
                Some("img" | "audio" | "video") => paths.push(attributes("src")),
                Some("link") => paths.push(attributes("href")),
                _ => {}
            }
            fields.values().for_each(|inner| collect(inner, paths));
        }
        _ => {}
    }
}

async fn outcomes(server: &Server) -> BTreeMap<String, u64> {
    let (_, metrics) = server.operators("/metrics").await;
    let counts = metrics.lines().filter_map(|line| line.strip_prefix("vitrine_assets_total{outcome=\""));
    let counts = counts.filter_map(|rest| rest.split_once("\"} "));
    counts.map(|(outcome, count)| (outcome.to_owned(), count.parse().expect("a number"))).collect()
}

fn difference(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> String {
    let more = after.iter().filter(|(outcome, count)| before.get(*outcome).copied().unwrap_or_default() < **count);
    more.map(|(outcome, _)| outcome.as_str()).collect::<Vec<_>>().join(" ")
}
