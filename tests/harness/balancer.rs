//! A load balancer as stands before several nodes: it passes connections on in turn, to nodes that say they are ready, and
//! knows nothing of what goes over them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::link::{Fault, carry, connect};

/// A node is asked this often whether it is ready, and has as long to answer.
const CHECK_EVERY: Duration = Duration::from_millis(500);
/// For a node to take a connection.
const CONNECT_WITHIN: Duration = Duration::from_millis(500);

/// A running balancer. It stops when it is dropped.
#[derive(Debug)]
pub struct Balancer {
    /// Where it listens.
    pub address: SocketAddr,
    board: Arc<Board>,
    tasks: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Board {
    ways: Vec<Way>,
    /// Whose turn it is.
    turn: AtomicUsize,
    /// Which node has the connection from this address.
    routes: Mutex<HashMap<SocketAddr, usize>>,
}

/// The way to one node.
#[derive(Debug)]
struct Way {
    public: SocketAddr,
    management: SocketAddr,
    fault: watch::Sender<Fault>,
    is_ready: AtomicBool,
}

impl Balancer {
    /// Listens for nodes that listen, or will, at these addresses: public and management.
    pub async fn over(nodes: &[(SocketAddr, SocketAddr)]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let way = |&(public, management)| Way {
            public,
            management,
            fault: watch::Sender::new(Fault::Nothing),
            is_ready: AtomicBool::new(true),
        };
        let ways = nodes.iter().map(way).collect();
        let board = Arc::new(Board { ways, turn: AtomicUsize::new(0), routes: Mutex::default() });
        let mut tasks = vec![tokio::spawn(serve(listener, Arc::clone(&board)))];
        tasks.extend((0..nodes.len()).map(|at| tokio::spawn(watch_over(Arc::clone(&board), at))));
        Self { address, board, tasks }
    }

    /// What is wrong with the way to this node from now on.
    pub fn set(&self, node: usize, fault: Fault) {
        self.board.ways[node].fault.send_replace(fault);
    }

    /// It is this node's turn, and then that of the ones after it.
    pub fn next_is(&self, node: usize) {
        self.board.turn.store(node, Ordering::Relaxed);
    }

    /// Which node has the connection that comes from this address.
    #[must_use]
    pub fn node_of(&self, near: SocketAddr) -> Option<usize> {
        self.board.routes().get(&near).copied()
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        for way in &self.board.ways {
            way.fault.send_replace(Fault::Cut);
        }
    }
}

impl Board {
    fn routes(&self) -> std::sync::MutexGuard<'_, HashMap<SocketAddr, usize>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where to try, in this order. Where none is ready, one that takes connections is better than none.
    fn order(&self) -> Vec<usize> {
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        let in_turn = (0..self.ways.len()).map(|at| (first + at) % self.ways.len());
        let (ready, others): (Vec<usize>, Vec<usize>) =
            in_turn.partition(|at| self.ways[*at].is_ready.load(Ordering::Relaxed));
        ready.into_iter().chain(others).collect()
    }

    async fn pass_on(&self, near: TcpStream, from: SocketAddr) {
        for at in self.order() {
            let way = &self.ways[at];
            let faults = way.fault.subscribe();
            if let Ok(Some(far)) = timeout(CONNECT_WITHIN, connect(way.public, &faults)).await {
                self.routes().insert(from, at);
                carry(near, far, faults).await;
                self.routes().remove(&from);
                return;
            }
            way.is_ready.store(false, Ordering::Relaxed);
        }
    }
}

async fn serve(listener: TcpListener, board: Arc<Board>) {
    while let Ok((near, from)) = listener.accept().await {
        let board = Arc::clone(&board);
        tokio::spawn(async move { board.pass_on(near, from).await });
    }
}

async fn watch_over(board: Arc<Board>, at: usize) {
    let way = &board.ways[at];
    loop {
        let is_passable = !matches!(*way.fault.borrow(), Fault::Cut | Fault::Frozen | Fault::Dead);
        let is_ready = is_passable && matches!(timeout(CHECK_EVERY, says_ready(way.management)).await, Ok(Some(true)));
        way.is_ready.store(is_ready, Ordering::Relaxed);
        sleep(CHECK_EVERY).await;
    }
}

async fn says_ready(management: SocketAddr) -> Option<bool> {
    let mut stream = TcpStream::connect(management).await.ok()?;
    let request = format!("GET /readyz HTTP/1.1\r\nhost: {management}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer.starts_with("HTTP/1.1 200"))
}
