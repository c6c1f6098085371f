//! The public list of addresses that servers are tricked into asking (`VITRINE_CORPORA`): as pictures of a page, as
//! targets of redirects, and where their hosts are listed. With `VITRINE_CORPORA_REQUIRED=1` its absence is a failure.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use url::{Host, Url};
use vitrine_core::asset::HostList;
use vitrine_tests::names::Book;
use vitrine_tests::server::Server;
use vitrine_tests::site::{Act, Site, redirect};

use super::scene::{alone, at, outcomes_of, proxy};

const FILE: &str = "attacks/patt_ssrf_redirect_urls.json";

/// The addresses, or a line that says that they did not run.
fn urls() -> Option<Vec<String>> {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora"));
    let path = std::env::var_os("VITRINE_CORPORA").map_or_else(default, PathBuf::from).join(FILE);
    let Ok(text) = std::fs::read_to_string(&path) else {
        let line =
            format!("hostile: {} is not there; it did not run (VITRINE_CORPORA names the folder)", path.display());
        assert!(std::env::var("VITRINE_CORPORA_REQUIRED").as_deref() != Ok("1"), "{line}");
        let _ = writeln!(std::io::stderr(), "{line}");
        return None;
    };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list");
    let urls: Vec<String> = rows.iter().filter_map(|row| row["url"].as_str()).map(str::to_owned).collect();
    assert!(urls.len() > 100, "the list is not read as it is");
    Some(urls)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_not_listed_is_asked_whoever_names_it() {
    let _alone = alone().await;
    let Some(urls) = urls() else { return };
    let sent = |url: &String| !url.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | b'\0'));
    let redirects = urls.iter().filter(|url| sent(url)).enumerate();
    let redirects: Vec<(String, Act)> = redirects.map(|(n, url)| (format!("/{n}"), Act::Say(redirect(url)))).collect();
    let site = Site::acting("127.0.0.1", redirects.clone()).await;
    let here = at("site.example", site.address);
    let names = Book::of(&[("site.example", &["127.0.0.1"])]);
    let server = Server::start_resolving(&proxy(&[&here], "5s", ""), Arc::clone(&names) as _).await;
    for (url, outcome) in urls.iter().zip(outcomes_of(&server, &urls).await) {
        assert_eq!(outcome, "no-token", "{url}");
    }
    let pictures: Vec<String> = redirects.iter().map(|(path, _)| format!("http://{here}{path}")).collect();
    // A relative one stays with the website, which has no such thing.
    for (picture, outcome) in pictures.iter().zip(outcomes_of(&server, &pictures).await) {
        assert!(
            ["host-not-allowed", "upstream-status", "upstream-missing"].contains(&&*outcome),
            "{picture} {outcome}"
        );
    }
    let asked: BTreeSet<String> = names.asked().into_iter().collect();
    assert_eq!(asked, BTreeSet::from(["site.example".to_owned()]), "no other name is even resolved");
    assert!(site.requests().len() >= redirects.len());
}

/// As if the operator had listed every host of them, and every name were one of this computer's.
#[tokio::test(flavor = "multi_thread")]
async fn a_listed_host_with_a_private_address_is_not_connected_to() {
    let _alone = alone().await;
    let Some(urls) = urls() else { return };
    let parsed: Vec<Url> = urls.iter().filter_map(|url| Url::parse(url).ok()).collect();
    let place = |url: &Url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?));
    let hosts: BTreeSet<String> = parsed.iter().filter_map(place).collect();
    let hosts: Vec<String> =
        hosts.into_iter().filter(|host| HostList::parse(std::slice::from_ref(host)).is_ok()).collect();
    let names = Book::all_are("127.0.0.2".parse().unwrap());
    let config = proxy(&hosts, "5s", "").replace("[\"127.0.0.1\"]", "[]");
    let server = Server::start_resolving(&config, names).await;
    // What is written as a public address would be asked, and no test asks the internet.
    let listed: Vec<&Url> = parsed.iter().filter(|url| !is_elsewhere(url)).collect();
    let urls: Vec<String> = listed.iter().map(ToString::to_string).collect();
    let mut judged = 0;
    for (url, outcome) in listed.iter().zip(outcomes_of(&server, &urls).await) {
        assert!(["no-token", "address-not-allowed"].contains(&&*outcome), "{url} {outcome}");
        judged += usize::from(outcome == "address-not-allowed");
    }
    assert!(judged > 50, "most of them are listed: {judged}");
}

fn is_elsewhere(url: &Url) -> bool {
    let address = match url.host() {
        Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
        Some(Host::Ipv6(v6)) => IpAddr::V6(v6).to_canonical(),
        Some(Host::Domain(_)) | None => return false,
    };
    match address {
        IpAddr::V4(v4) => {
            !(v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified() || v4.octets()[0] == 100)
        }
        IpAddr::V6(v6) => v6.segments()[0] & 0xe000 == 0x2000,
    }
}
