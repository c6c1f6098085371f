//! `tests/bench assets`: pictures from the cache over TLS, each request fully authorized, beside nginx `proxy_cache`; and
//! pictures that are not in the cache, beside a bare reqwest proxy.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use bytes::Bytes;
use tempfile::TempDir;
use vitrine_core::asset::{AssetKey, AssetKind, Sealer};
use vitrine_core::ids::SessionId;
use vitrine_load::process::{Server, beside, free_address, this};
use vitrine_load::{is_quick, median, nginx, p99, wrk};
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::server;
use vitrine_tests::socket::{Socket, connect};

/// Rounds, seconds of each, and pictures that are not in the cache.
const WHOLE: (usize, u32, usize) = (7, 4, 2_000);
const QUICK: (usize, u32, usize) = (1, 1, 50);
/// Pictures that are asked for before it counts.
const WARM: usize = 100;
/// The pictures: path, bytes, wanted ratio.
const PICTURES: [(&str, usize, f64); 2] = [("/10k.png", 10 << 10, 1.2), ("/200k.png", 200 << 10, 1.5)];
/// Wanted of a picture that is not in the cache.
const MISS_AT_MOST: f64 = 1.3;
const KEY: [u8; 32] = [7; 32];

pub(crate) async fn run() {
    let folder = TempDir::new().expect("a folder");
    let (certificate, key) = server::pem();
    std::fs::write(folder.path().join("certificate.pem"), certificate).expect("a file");
    std::fs::write(folder.path().join("key.pem"), key).expect("a file");
    let site = serve_pictures().await;
    let ours = Ours::start(folder.path(), site).await;
    let peer_address = free_address();
    let peer = nginx::start(folder.path(), peer_address, site);
    compare_suites(&ours.server, peer_address).await;
    misses(&ours, folder.path(), site).await;
    hits(&ours, &peer, peer_address);
}

/// Our server, a session in it, and an agent who watches.
struct Ours {
    process: Server,
    server: server::Server,
    cookie: String,
    sealer: Sealer,
    site: SocketAddr,
}

impl Ours {
    async fn start(folder: &Path, site: SocketAddr) -> Self {
        let (address, management) = (free_address(), free_address());
        let here = folder.display();
        let secret: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
        let more = format!(
            "listen = \"{address}\"\n\
             [tls]\ncertificate = \"{here}/certificate.pem\"\nkey = \"{here}/key.pem\"\nmin-version = \"1.3\"\n\
             [management]\nlisten = \"{management}\"\n[log]\nlevel = \"warn\"\n\
             [[keys.assets]]\nid = 1\nsecret = \"{secret}\"\n\
             [http-proxy]\nallowed-external-domains = [\"{site}\"]\nallowed-schemes = [\"http\"]\n\
             allow-private-addresses = [\"127.0.0.1\"]\n[limits]\nrequests-per-second = 1000000\n"
        );
        let file = folder.join("vitrine.toml");
        std::fs::write(&file, server::config(address, &more)).expect("a file");
        let process = Server::start(beside("vitrine").args(["serve", "--config"]).arg(&file), address);
        let server = server::Server::elsewhere(address, management);
        let customer = Customer::begin(&server).await;
        let mut agent = Agent::sign_in(&server, "ann").await;
        assert_eq!(agent.join(&customer.code).await, 200, "the agent joins");
        let watching = agent.open(&customer.session).await;
        let cookie = agent.asset_cookie.clone();
        let key = AssetKey { id: 1, secret: KEY };
        let sealer = Sealer::new(&key, SessionId::new(&customer.session).expect("an id"), "");
        tokio::spawn(listen(customer.socket));
        tokio::spawn(listen(watching));
        Self { process, server, cookie, sealer, site }
    }

    fn path(&self, path: &str) -> String {
        self.sealer.seal(&format!("http://{}{path}", self.site), AssetKind::Image)
    }
}

/// Answers pings for as long as the socket lives.
async fn listen(mut socket: Socket) {
    while !matches!(tokio::time::timeout(Duration::from_secs(1), socket.next()).await, Ok(Err(_))) {}
}

/// The website: a picture of each size, and as many small ones as anybody wants.
async fn serve_pictures() -> SocketAddr {
    let picture = |length: usize| {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.resize(length, 7);
        Bytes::from(bytes)
    };
    let answer = |State(body): State<Bytes>| async move {
        ([("content-type", "image/png"), ("cache-control", "max-age=3600")], body)
    };
    let mut router = Router::new();
    for (path, length, _) in PICTURES {
        router = router.route(path, get(answer).with_state(picture(length)));
    }
    let router: Router = router.route("/other/{name}", get(answer).with_state(picture(10 << 10)));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Both must speak the same to the same client.
async fn compare_suites(ours: &server::Server, peer: SocketAddr) {
    let mut spoken = Vec::new();
    for server in [ours, &server::Server::elsewhere(peer, peer)] {
        let stream = connect(server).await;
        let (_, session) = stream.get_ref();
        spoken.push((session.protocol_version(), session.negotiated_cipher_suite().map(|suite| suite.suite())));
    }
    assert_eq!(spoken[0], spoken[1], "TLS of ours and of nginx");
    println!("TLS of both: {:?} {:?}", spoken[0].0.expect("a version"), spoken[0].1.expect("a suite"));
}

/// Requests for each CPU second of the server alone, in rounds that alternate.
fn hits(ours: &Ours, peer: &Server, peer_address: SocketAddr) {
    let (rounds, seconds, _) = if is_quick() { QUICK } else { WHOLE };
    let origin = |address: SocketAddr| format!("https://localhost:{}", address.port());
    let host = format!("Host: localhost:{}", ours.server.address.port());
    let headers = [host, format!("Cookie: {}", ours.cookie)];
    println!("{:<12} {:>14} {:>14} {:>8} {:>8}", "from cache", "ours req/CPU-s", "nginx", "ratio", "wanted");
    let mut worst: Option<(f64, f64, f64, f64)> = None;
    for (path, _, wanted) in PICTURES {
        let (our_url, peer_url) =
            (format!("{}{}", origin(ours.server.address), ours.path(path)), format!("{}{path}", origin(peer_address)));
        let rate = |process: &Server, url: &str, seconds: u32| {
            let before = process.cpu_seconds();
            let requests = wrk::requests(url, &headers, seconds);
            requests / (process.cpu_seconds() - before)
        };
        let turns = [(&ours.process, &our_url), (peer, &peer_url)];
        for (process, url) in turns {
            // Into both caches.
            rate(process, url, 1);
        }
        let mut rates = [Vec::new(), Vec::new()];
        for round in 0..rounds {
            for turn in [round % 2, (round + 1) % 2] {
                rates[turn].push(rate(turns[turn].0, turns[turn].1, seconds));
            }
        }
        let ratio = median(rates[0].iter().zip(&rates[1]).map(|(ours, peer)| ours / peer).collect());
        let [x, y] = rates.map(median);
        println!("{path:<12} {x:>14.0} {y:>14.0} {ratio:>8.2} {wanted:>8.2}");
        if worst.is_none_or(|(_, _, most, bar)| ratio / wanted < most / bar) {
            worst = Some((x, y, ratio, wanted));
        }
    }
    let (x, y, ratio, _) = worst.expect("there are pictures");
    println!("assets: ours {x:.0} req/CPU-s, peer {y:.0} req/CPU-s, ratio {ratio:.2}");
}

/// How long it takes until a picture is there that is not in the cache: one from each, in turn.
async fn misses(ours: &Ours, folder: &Path, site: SocketAddr) {
    let (_, _, count) = if is_quick() { QUICK } else { WHOLE };
    let address = free_address();
    let mut proxy = this("bare-proxy");
    proxy.args([address, site].map(|address| address.to_string()));
    let _proxy = Server::start(proxy.arg(folder.join("certificate.pem")).arg(folder.join("key.pem")), address);
    let bare = server::Server::elsewhere(address, address);
    let mut took = [Vec::new(), Vec::new()];
    for number in 0..WARM + count {
        let path = format!("/other/{number}.png");
        let sealed = ours.path(&path);
        for turn in [number % 2, (number + 1) % 2] {
            let (server, path) = if turn == 0 { (&ours.server, &sealed) } else { (&bare, &path) };
            let request = server.http1.get(format!("{}{path}", server.origin)).header("cookie", &ours.cookie);
            let begun = Instant::now();
            let response = request.send().await.expect("an answer");
            assert_eq!(response.status(), 200, "{path}");
            response.bytes().await.expect("a body");
            if number >= WARM {
                took[turn].push(begun.elapsed().as_secs_f64() * 1e6);
            }
        }
    }
    let [x, y] = took.clone().map(median);
    let [x99, y99] = took.map(p99);
    println!("{:<12} {:>14} {:>14} {:>8} {:>8}", "not in cache", "ours us", "bare proxy", "ratio", "at most");
    println!("{:<12} {x:>14.0} {y:>14.0} {:>8.2} {MISS_AT_MOST:>8.2}", "median", x / y);
    println!("{:<12} {x99:>14.0} {y99:>14.0} {:>8.2}", "p99", x99 / y99);
}
