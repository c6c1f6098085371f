//! Processes that are measured: each on a core, and gone with its handle.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{CpuSet, sched_setaffinity};

/// The core of servers.
const SERVERS: usize = 0;
/// The core of all else.
const LOAD: usize = 1;
/// For a server to listen, and for one to stop.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server.
#[derive(Debug)]
pub struct Server(Child);

impl Server {
    /// Starts a program on the servers' core and waits until it listens.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start(program: &mut Command, address: SocketAddr) -> Self {
        // Arguments and environment are the program's own; `taskset` becomes the program.
        let mut pinned = Command::new("taskset");
        pinned.args(["-c", &SERVERS.to_string()]).arg(program.get_program()).args(program.get_args());
        let child = pinned.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("taskset, of util-linux");
        let mut server = Self(child);
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let status = server.0.try_wait().expect("a child's status");
            assert!(status.is_none() && begun.elapsed() < PATIENCE, "{program:?} does not listen on {address}");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// CPU seconds so far, of the process and its children.
    #[must_use]
    pub fn cpu_seconds(&self) -> f64 {
        let own = self.0.id();
        let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
        let ticks: u64 = children.chain([own]).map(ticks).sum();
        #[expect(clippy::cast_precision_loss, reason = "ticks of one run are few")]
        let seconds = ticks as f64 / rustix::param::clock_ticks_per_second() as f64;
        seconds
    }
}

/// User and system time of one process.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name, in parentheses, may hold spaces; state is the first field after it.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|field| field.parse::<u64>().ok()).sum()
}

impl Drop for Server {
    fn drop(&mut self) {
        let begun = Instant::now();
        if let Some(pid) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        while matches!(self.0.try_wait(), Ok(None)) {
            if begun.elapsed() > PATIENCE {
                let _ = self.0.kill();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Puts this process, and what it starts from now on, on the load's core. `false`: there is only one.
#[must_use]
pub fn leave_the_servers_core() -> bool {
    let mut cores = CpuSet::new();
    cores.set(LOAD);
    sched_setaffinity(None, &cores).is_ok()
}

/// An address on loopback that nobody listens on.
///
/// # Panics
/// There is none.
#[must_use]
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address")
}

/// A program that was built beside this one.
///
/// # Panics
/// This one has no place.
#[must_use]
pub fn beside(name: &str) -> Command {
    Command::new(std::env::current_exe().expect("this program's place").with_file_name(name))
}
