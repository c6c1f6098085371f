//! A configuration that changes under a running server: what a change reaches, and what it leaves alone.

use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, Response};
use serde_json::json;
use tokio::time::timeout;
use vitrine::config::{Reaches, SECTIONS};
use vitrine::reload::Outcome;
use vitrine_tests::agent::{Agent, sign_in};
use vitrine_tests::customer::Customer;
use vitrine_tests::files::Files;
use vitrine_tests::page::Page;
use vitrine_tests::server::{PASSWORD, SHOP, Server, pem};
use vitrine_tests::site::{Site, typed};
use vitrine_tests::socket::PATIENCE;

use super::assets::{PNG, paths_of};

/// What tells whether a key's value is in force.
type Probe = fn(&Scene, &str) -> String;

/// What was seen of a server and of one of its sessions.
struct Scene {
    preflight: Response,
    stranger: Response,
    page: Response,
    login: Response,
    large: Response,
    keyframe: String,
    code: String,
}

impl Scene {
    /// As Sue sees the session.
    async fn see(server: &Server, session: &str, code: &str) -> Self {
        let preflight = async |origin: &str| {
            let request = server.request(Method::OPTIONS, "/api/v1/sessions").header("origin", origin);
            request.header("access-control-request-method", "POST").send().await.unwrap()
        };
        let mut sue = Agent::sign_in(server, "sue").await;
        let keyframe = sue.open(session).await.until("keyframe").await.to_string();
        Self {
            preflight: preflight(SHOP).await,
            stranger: preflight(OTHER_SHOP).await,
            page: server.request(Method::GET, "/agent/").send().await.unwrap(),
            login: sign_in(server, "ann", PASSWORD).await,
            large: sign_in(server, &"a".repeat(5_000), PASSWORD).await,
            keyframe,
            code: code.to_owned(),
        }
    }
}

const OTHER_SHOP: &str = "https://other.example";

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
}

/// Keys with a value before and after, and how it shows. What each reaches stands in the table of keys.
const ROWS: &[(&str, &str, &str, &str, Probe)] = &[
    ("cross-origin", "max-age", "\"10m\"", "\"5m\"", |scene, _| header(&scene.preflight, "access-control-max-age")),
    (
        "cross-origin",
        "allowed-origins",
        "[\"https://shop.example\"]",
        "[\"https://shop.example\", \"https://other.example\"]",
        |scene, _| scene.stranger.status().to_string(),
    ),
    ("http-security", "frame-ancestors", "[]", "[\"https://crm.example\"]", |scene, _| {
        header(&scene.page, "content-security-policy")
    }),
    ("http-security", "strict-transport-security", "\"max-age=60\"", "\"\"", |scene, _| {
        header(&scene.page, "strict-transport-security")
    }),
    ("agents", "login-duration", "\"12h\"", "\"1h\"", |scene, _| {
        header(&scene.login, "set-cookie").split("Max-Age=").nth(1).unwrap()[..5].to_owned()
    }),
    ("dom-restrictions", "private-by-default", "false", "true", |scene, _| {
        scene.keyframe.contains("a few words").to_string()
    }),
    ("sanitizer", "page-url", "\"origin-path\"", "\"hidden\"", |scene, _| {
        scene.keyframe.contains("/basket").to_string()
    }),
    ("limits", "request-size", "\"4KiB\"", "\"64KiB\"", |scene, _| scene.large.status().to_string()),
    ("session", "join-code-length", "9", "6", |scene, _| scene.code.len().to_string()),
];

fn settings(value: impl Fn(&(&str, &str, &'static str, &'static str, Probe)) -> &'static str) -> String {
    let mut text = String::from("[log]\nlevel = \"info\"\n");
    for name in ["cross-origin", "http-security", "agents", "dom-restrictions", "sanitizer", "limits", "session"] {
        text += &format!("[{name}]\n");
        text += if name == "limits" { "logins-per-minute = 1000\n" } else { "" };
        for row in ROWS.iter().filter(|row| row.0 == name) {
            text += &format!("{} = {}\n", row.1, value(row));
        }
    }
    text
}

async fn begin(server: &Server) -> Customer {
    let mut customer = Customer::begin(server).await;
    customer.shows(&Page::new(&format!("{SHOP}/basket")).with("p", &json!({}), "a few words")).await;
    customer
}

#[tokio::test(flavor = "multi_thread")]
async fn each_key_reaches_what_its_table_says() {
    let (server, files) = Files::start(&settings(|row| row.2)).await;
    assert_eq!(files.reload().await, Outcome::Applied(vec![]), "the first reading");
    files.put("log", "another file");
    assert_eq!(files.reload_if_changed().await, None);
    let old = begin(&server).await;
    let before = Scene::see(&server, &old.session, &old.code).await;
    files.change(&settings(|row| row.3));
    let waiting = ["limits.request-size", "session.join-code-length"].map(str::to_owned);
    let Outcome::Applied(mut told) = files.reload().await else { panic!("not applied") };
    told.sort();
    assert_eq!(told, waiting);
    let new = begin(&server).await;
    let running = Scene::see(&server, &old.session, &old.code).await;
    let begun = Scene::see(&server, &new.session, &new.code).await;
    for (section, name, _, after, probe) in ROWS {
        let key = SECTIONS.iter().find(|known| known.name == *section).unwrap().keys.iter();
        let key = key.clone().find(|key| key.name == *name).unwrap();
        let [before, running, begun] = [&before, &running, &begun].map(|scene| probe(scene, after));
        let (reaches_running, reaches_begun) = match key.reaches {
            Reaches::Now => (true, true),
            Reaches::NewSessions => (false, true),
            Reaches::Restart => (false, false),
        };
        assert_eq!(before != running, reaches_running, "{section}.{name}, running: {before} {running}");
        assert_eq!(before != begun, reaches_begun, "{section}.{name}, begun since: {before} {begun}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_changes_nothing_and_says_so_until_it_is_mended() {
    let age = |value: &str| format!("[cross-origin]\nallowed-origins = [\"{SHOP}\"]\nmax-age = \"{value}\"\n");
    let (server, files) = Files::start(&age("10m")).await;
    let _watch = files.watch();
    let seen = async || {
        let request = server.request(Method::OPTIONS, "/api/v1/sessions").header("origin", SHOP);
        header(&request.send().await.unwrap(), "access-control-max-age")
    };
    let until = async |what: &str, is_so: &(dyn Fn(&str, &str) -> bool + Sync)| {
        let waiting = async {
            while !is_so(&server.operators("/readyz").await.1, &seen().await) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{what}"));
    };
    assert_eq!(seen().await, "600");

    // Good at its beginning, so that a part of it could have been taken.
    files.change(&(age("5m") + "[session]\nmax-agnts = 3\n"));
    until("a wrong key is refused", &|ready, age| ready.contains("refused") && age == "600").await;
    assert_eq!(server.operators("/readyz").await.0, 200, "it serves on");
    files.change(&age("5m"));
    until("what was mended is in force", &|ready, age| !ready.contains("refused") && age == "300").await;
    files.change_to("");
    until("an empty file is none", &|ready, age| ready.contains("refused") && age == "300").await;
    files.change(&age("4m"));
    until("a link that was exchanged is followed", &|ready, age| !ready.contains("refused") && age == "240").await;
    let (_, metrics) = server.operators("/metrics").await;
    for result in ["applied", "refused"] {
        assert!(metrics.contains(&format!("vitrine_config_reloads_total{{result=\"{result}\"}}")), "{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_refused_is_told_once() {
    let (_server, files) = Files::start("").await;
    for text in ["[sesion]\n", "[session\n"] {
        files.change(text);
        assert!(matches!(files.reload_if_changed().await, Some(Outcome::Refused(_))), "{text}");
        assert_eq!(files.reload_if_changed().await, None, "{text}");
    }
    files.put("certificate.pem", "nothing of use");
    assert!(matches!(files.reload_if_changed().await, Some(Outcome::Refused(_))), "a file that the running one names");
    files.change("");
    assert!(matches!(files.reload_if_changed().await, Some(Outcome::Refused(_))), "the certificate");
    assert_eq!(files.reload_if_changed().await, None);
    files.put("certificate.pem", pem().0);
    assert_eq!(files.reload_if_changed().await, Some(Outcome::Applied(vec![])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_signal_reads_the_files_again() {
    let level = |value: &str| format!("[http-security]\nstrict-transport-security = \"max-age={value}\"\n");
    let (server, files) = Files::start(&level("1")).await;
    let _watch = files.watch();
    files.change(&level("2"));
    let status = Command::new("kill").args(["-HUP", &std::process::id().to_string()]).status().unwrap();
    assert!(status.success());
    let waiting = async {
        while header(&server.request(Method::GET, "/agent/").send().await.unwrap(), "strict-transport-security")
            != "max-age=2"
        {}
    };
    timeout(PATIENCE, waiting).await.expect("in force");
}

fn proxy(hosts: &[String], keys: &[(u8, &str)]) -> String {
    let mut text = format!(
        "[http-proxy]\nallowed-external-domains = {hosts:?}\nallowed-schemes = [\"http\"]\n\
         allow-private-addresses = [\"127.0.0.1\"]\n"
    );
    for (id, digit) in keys {
        text += &format!("[[keys.assets]]\nid = {id}\nsecret = \"{}\"\n", digit.repeat(64));
    }
    text
}

/// Sessions, their agent's view of a picture, and the key that sealed it.
async fn watch<'s>(server: &'s Server, host: &str) -> (Customer, Agent<'s>, vitrine_tests::socket::Socket, String) {
    let mut customer = Customer::begin(server).await;
    let picture = json!({ "src": format!("http://{host}/a.png") });
    customer.shows(&Page::new(&format!("{SHOP}/")).with("img", &picture, "")).await;
    let mut agent = Agent::sign_in(server, "ann").await;
    assert_eq!(agent.join(&customer.code).await, 200);
    let mut view = agent.open(&customer.session).await;
    let path = paths_of(&view.until("keyframe").await).remove(0);
    (customer, agent, view, path)
}

/// The id of the key that sealed a path: its second byte.
fn key_of(path: &str) -> u8 {
    URL_SAFE_NO_PAD.decode(&path["/asset/".len()..][..4]).unwrap()[1]
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_exchanged_while_pictures_are_watched() {
    let pictures = ["/a.png", "/b.png"].map(|path| (path, typed("image/png", PNG)));
    let site = Site::listen("127.0.0.1", &pictures).await;
    let host = format!("localhost:{}", site.address.port());
    let hosts = std::slice::from_ref(&host);
    let (server, files) = Files::start(&proxy(hosts, &[(1, "1")])).await;
    let (mut before, ann, mut view, old) = watch(&server, &host).await;

    files.change(&proxy(hosts, &[(2, "2"), (1, "1")]));
    assert_eq!(files.reload().await, Outcome::Applied(vec![]));
    assert_eq!(ann.asset(&old).await.status(), 200, "what was sealed before opens");
    let node = json!({ "type": 2, "tagName": "img", "id": 99, "childNodes": [],
        "attributes": { "src": format!("http://{host}/b.png") } });
    let add = json!({ "source": 0, "texts": [], "attributes": [], "removes": [],
        "adds": [{ "parentId": 4, "nextId": null, "node": node }] });
    before.sends(&json!([{ "type": 3, "data": add, "timestamp": 2000 }])).await;
    let added = paths_of(&view.until("events").await).remove(0);
    assert_eq!((key_of(&old), key_of(&added)), (1, 1), "a session keeps its key");
    assert_eq!(ann.asset(&added).await.status(), 200);
    let (_after, bob, _his, new) = watch(&server, &host).await;
    assert_eq!(key_of(&new), 2, "one that began since has the new key");
    assert_eq!(bob.asset(&new).await.status(), 200);

    files.change(&proxy(hosts, &[(2, "2")]));
    assert_eq!(files.reload().await, Outcome::Applied(vec![]));
    assert_eq!(ann.asset(&old).await.status(), 404, "a key that was removed opens nothing");
    assert_eq!(bob.asset(&new).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_taken_off_the_list_is_asked_no_more() {
    let site = Site::listen("127.0.0.1", &[("/a.png", typed("image/png", PNG))]).await;
    let host = format!("localhost:{}", site.address.port());
    let (server, files) = Files::start(&proxy(&[], &[])).await;
    files.change(&proxy(std::slice::from_ref(&host), &[]));
    assert_eq!(files.reload().await, Outcome::Applied(vec![]));
    let (_customer, ann, _view, path) = watch(&server, &host).await;
    assert_eq!(ann.asset(&path).await.status(), 200, "a host that was added");
    files.change(&proxy(&[], &[]));
    assert_eq!(files.reload().await, Outcome::Applied(vec![]));
    assert_eq!(ann.asset(&path).await.status(), 404, "not even from the cache");
}
