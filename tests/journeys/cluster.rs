//! The files for several nodes: they name the same things, and a session goes through the balancer as it is configured.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::timeout;
use vitrine::assets::SystemNames;
use vitrine::config::{self, Config};
use vitrine::start::{self, Listeners};
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::{Customer, wish};
use vitrine_tests::page::Page;
use vitrine_tests::server::{self, SHOP, Server, pem};
use vitrine_tests::socket::PATIENCE;
use yaml_rust2::{Yaml, YamlLoader};

const NODES: [&str; 3] = ["node1", "node2", "node3"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn file(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect(name)
}

fn compose() -> Yaml {
    YamlLoader::load_from_str(&file("compose.yaml")).unwrap().remove(0)
}

/// What the composed service is started with, as an operator's `.env` fills it in.
fn environment(service: &Yaml) -> Vec<(String, String)> {
    let filled = |value: &str| match value {
        "${SIGNING}" => format!("[{{ id = \"1\", secret = \"{}\" }}]", "a".repeat(64)),
        "${ASSETS}" => format!("[{{ id = 1, secret = \"{}\" }}]", "b".repeat(64)),
        "${REDIS_PASSWORD}" => "c".repeat(64),
        other => other.to_owned(),
    };
    let pairs = service["environment"].as_hash().unwrap();
    pairs.iter().map(|(name, value)| (name.as_str().unwrap().to_owned(), filled(value.as_str().unwrap()))).collect()
}

fn node_config(environment: &[(String, String)]) -> Config {
    let loaded = config::parse("config/cluster.toml", &file("config/cluster.toml"), environment);
    let problems: Vec<String> = loaded.problems.iter().map(|problem| problem.line("config/cluster.toml")).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    loaded.config.unwrap()
}

/// The second, in `from:to:how`.
fn mounted(service: &Yaml) -> Vec<(String, String)> {
    let volumes = service["volumes"].as_vec().map(Vec::as_slice).unwrap_or_default();
    let parts = volumes.iter().map(|volume| volume.as_str().unwrap().split(':').map(str::to_owned).collect::<Vec<_>>());
    parts.map(|parts| (parts[0].clone(), parts[1].clone())).collect()
}

#[test]
fn nodes_have_the_configuration_of_the_file_and_the_secrets_of_the_environment() {
    let compose = compose();
    for name in NODES {
        let node = &compose["services"][name];
        let config = node_config(&environment(node));
        let redis = config.redis.as_ref().unwrap();
        assert!(!compose["services"][redis.addresses[0].host.as_str()].is_badvalue(), "a service");
        assert_eq!((config.signing_keys.len(), config.asset_keys.len(), redis.login.is_some()), (1, 1, true));
        let subnet = compose["networks"]["inside"]["ipam"]["config"][0]["subnet"].as_str().unwrap();
        assert_eq!(config.server.trusted_proxies, [subnet.parse().unwrap()]);
        let (grace, at_most) = (node["stop_grace_period"].as_str().unwrap(), config.server.shutdown_timeout);
        let grace = Duration::from_secs(grace.trim_end_matches('s').parse().unwrap());
        assert!(grace > 2 * at_most, "it is not killed while it says goodbye");
        let health = node["healthcheck"]["test"].clone().into_vec().unwrap();
        let asked = format!("/dev/tcp/127.0.0.1/{} ", config.management.listen.port());
        assert!(health.iter().any(|word| word.as_str().unwrap().contains(&asked)));
    }
    // Without them each node would make its own.
    let bare = config::parse("config/cluster.toml", &file("config/cluster.toml"), &[]);
    assert!(bare.config.is_none());
}

#[test]
fn the_composed_services_name_files_and_images_that_there_are() {
    let (compose, dockerfile) = (compose(), file("Dockerfile"));
    for (name, service) in compose["services"].as_hash().unwrap() {
        for (from, _) in mounted(service) {
            // The operator brings the certificate.
            let is_there = from == "./certificate.pem" || root().join(&from).is_file();
            assert!(is_there, "{name:?}: {from}");
        }
        for needed in service["depends_on"].as_vec().into_iter().flatten() {
            assert!(!compose["services"][needed.as_str().unwrap()].is_badvalue(), "{needed:?}");
        }
    }
    for name in NODES {
        let node = &compose["services"][name];
        assert_eq!((node["build"].as_str(), node["image"].as_str()), (Some("."), Some("vitrine")));
        let (_, read) = mounted(node).remove(0);
        assert!(dockerfile.contains(&format!("CMD [\"serve\", \"--config\", \"{read}\"]")), "the file that it reads");
    }
    let config = node_config(&environment(&compose["services"]["node1"]));
    let exposed = format!("EXPOSE {} {}\n", config.server.listen.port(), config.management.listen.port());
    assert!(dockerfile.contains(&exposed));
    let toolchain = file("Cargo.toml");
    let rust = toolchain.split("rust-version = \"").nth(1).unwrap().split('"').next().unwrap();
    assert!(dockerfile.contains(&format!("FROM rust:{rust}-")), "the compiler that the workspace asks for");
}

#[test]
fn redis_is_set_up_as_the_nodes_use_it() {
    let compose = compose();
    let command: Vec<&str> =
        compose["services"]["redis"]["command"].as_vec().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert!(command.windows(2).any(|pair| pair == ["--maxmemory-policy", "noeviction"]));
    // The rights are those of docs/OPERATE.md, word for word.
    let operate = file("docs/OPERATE.md");
    let rights = operate.split("ACL SETUSER vitrine on >PASSWORD ").nth(1).unwrap().lines().next().unwrap();
    let user = command.iter().find_map(|word| word.strip_prefix("vitrine on >${REDIS_PASSWORD} ")).unwrap();
    assert_eq!(user, rights);
}

/// The balancer, until the test is over.
struct Balancer {
    child: Child,
    _folder: TempDir,
}

impl Drop for Balancer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `config/haproxy.cfg` with the addresses of this computer in place of the containers'.
fn balance(public: SocketAddr, nodes: [(SocketAddr, SocketAddr); 3]) -> Balancer {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = pem();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("certificate.pem"), format!("{certificate}{key}")).unwrap();
    let mut text = file("config/haproxy.cfg");
    let mut put = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    };
    // As many files as the tests' own limit allows.
    put("maxconn 60000", "maxconn 200");
    put("bind :443", &format!("bind {public}"));
    put("/etc/haproxy/certificate.pem", path("certificate.pem").to_str().unwrap());
    for (name, (address, management)) in NODES.iter().zip(nodes) {
        put(&format!("{name}:8443 check port 9464"), &format!("{address} check port {}", management.port()));
        put(&format!("{name}:8443 backup"), &format!("{address} backup"));
    }
    fs::write(path("haproxy.cfg"), text).unwrap();
    let child = Command::new("haproxy").arg("-f").arg(path("haproxy.cfg")).arg("-db").spawn().expect("haproxy");
    Balancer { child, _folder: folder }
}

/// Where nobody listens.
fn nowhere() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_through_the_balancer_past_nodes_that_are_dead() {
    let balanced = nowhere();
    let listen = || start::listen(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let listeners = Listeners { public: listen(), management: listen() };
    let of = |listener: &TcpListener| listener.local_addr().unwrap();
    let node = (of(&listeners.public), of(&listeners.management));
    let more = "tls = \"off\"\ntrusted-proxies = [\"127.0.0.1\"]\n[limits]\nsessions-per-minute = 3\n";
    let config = server::parse(&server::config(balanced, more));
    let running = start::start_with(config, None, listeners, Arc::new(SystemNames)).await.unwrap();
    let dead = || (nowhere(), nowhere());
    let balancer = balance(balanced, [dead(), node, dead()]);
    let server = Server::elsewhere(balanced, node.1);
    let is_up = async {
        while !server.request(Method::GET, "/vitrine.js").send().await.is_ok_and(|answer| answer.status() == 200) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, is_up).await.expect("the balancer has found the node");

    let mut customer = Customer::begin(&server).await;
    customer.shows(&Page::new(&format!("{SHOP}/"))).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut view = ann.open(&customer.session).await;
    view.until("keyframe").await;

    // Who says that she is somebody else counts as the one she is.
    let begin = |claimed: &'static str| {
        let request = server.request(Method::POST, "/api/v1/sessions").header("origin", SHOP);
        request.header("x-forwarded-for", claimed).header("content-type", "application/json").body(wish().to_string())
    };
    let mut answers = Vec::new();
    for claimed in ["203.0.113.1", "203.0.113.2", "203.0.113.3"] {
        answers.push(begin(claimed).send().await.unwrap().status().as_u16());
    }
    assert_eq!(answers, [201, 201, 429]);

    customer.socket.send(&json!({ "t": "end" })).await;
    view.until("ended").await;
    drop(balancer);
    running.stop().await;
}
