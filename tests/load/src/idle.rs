//! `tests/bench idle`: what a socket costs in memory on which nothing happens: TLS, half of them customers past `welcome`,
//! half agents who joined, beside sockets of a bare axum over rustls.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tempfile::TempDir;
use vitrine_load::ours::Ours;
use vitrine_load::peers::Peer;
use vitrine_load::process::Server;
use vitrine_load::socket::Socket;
use vitrine_load::{is_quick, median};
use vitrine_tests::server;

/// Sockets of each server, and rounds. Each round has servers of its own: memory that was given back may stay resident.
const WHOLE: (usize, usize) = (5_000, 3);
const QUICK: (usize, usize) = (40, 1);
/// Sockets before it counts: what a server makes once it makes for these.
const FIRST: usize = 20;
const AT_ONCE: usize = 8;
/// Until what belongs to opening is over.
const REST: Duration = Duration::from_secs(5);
const WANTED: f64 = 1.5;

pub(crate) async fn run() {
    let (sockets, rounds) = if is_quick() { QUICK } else { WHOLE };
    let folder = TempDir::new().expect("a folder");
    let (certificate, key) = server::pem();
    std::fs::write(folder.path().join("certificate.pem"), certificate).expect("a file");
    std::fs::write(folder.path().join("key.pem"), key).expect("a file");
    let (mut x, mut y) = (Vec::new(), Vec::new());
    println!("{sockets} sockets, KB of memory each: ours, bare axum over rustls");
    for _ in 0..rounds {
        x.push(ours(&Ours::start(folder.path(), true), sockets).await);
        y.push(bare(&Peer::bare_with_tls(folder.path()), sockets).await);
        println!("{:>8.2} {:>8.2}", x.last().expect("one"), y.last().expect("one"));
    }
    let ratio = median(x.iter().zip(&y).map(|(x, y)| x / y).collect());
    let [x, y] = [x, y].map(median);
    println!("wanted: <= {WANTED}");
    println!("idle: ours {x:.2} KB/socket, peer {y:.2} KB/socket, ratio {ratio:.2}");
}

/// Two sockets a session: a customer's and an agent's.
async fn ours(ours: &Ours, sockets: usize) -> f64 {
    let session = |_| async {
        let (session, code, customer) = ours.customer("").await;
        ours.join(&code).await;
        [customer, ours.agent(&session, "welcome").await]
    };
    let open = |count: usize| stream::iter(0..count / 2).map(session).buffer_unordered(AT_ONCE).collect::<Vec<_>>();
    growth(&ours.process, sockets, open(FIRST), open(sockets)).await
}

async fn bare(peer: &Peer, sockets: usize) -> f64 {
    let pair = |_| async {
        let (sender, mut viewers) = peer.room("idle", 1).await;
        [sender, viewers.remove(0)]
    };
    let open = |count: usize| stream::iter(0..count / 2).map(pair).buffer_unordered(AT_ONCE).collect::<Vec<_>>();
    growth(&peer.process, sockets, open(FIRST), open(sockets)).await
}

/// By how many KB the process's memory has grown for each socket.
async fn growth(
    process: &Server,
    sockets: usize,
    first: impl Future<Output = Vec<[Socket; 2]>>,
    all: impl Future<Output = Vec<[Socket; 2]>>,
) -> f64 {
    let _first = listening(first.await);
    tokio::time::sleep(REST / if is_quick() { 10 } else { 1 }).await;
    let before = process.memory_bytes();
    let _all = listening(all.await);
    tokio::time::sleep(REST / if is_quick() { 10 } else { 1 }).await;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let each = (process.memory_bytes() - before) / sockets as f64;
    each / 1e3
}

/// Sockets that answer the pings they get, until this is dropped.
fn listening(sockets: Vec<[Socket; 2]>) -> tokio::task::JoinSet<()> {
    let mut listening = tokio::task::JoinSet::new();
    for mut socket in sockets.into_iter().flatten() {
        listening.spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
    }
    listening
}
