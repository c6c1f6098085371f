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
        let nanoseconds: u64 = children.chain([own]).map(run_ns).sum();
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds of one run are few")]
        let seconds = nanoseconds as f64 / 1e9;
        seconds
    }

    /// The memory that is its own: resident, without files.
    #[must_use]
    pub fn memory_bytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
        let kibibytes = line.trim().trim_end_matches(" kB").parse::<f64>();
        kibibytes.expect("a process's memory") * 1024.0
    }
}

/// What all threads of one process ran, in nanoseconds: its user and system times are told by the hundredth of a second.
fn run_ns(pid: u32) -> u64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let run = |stat: String| stat.split_whitespace().next().and_then(|time| time.parse::<u64>().ok());
    threads.filter_map(|thread| run(std::fs::read_to_string(thread.path().join("schedstat")).ok()?)).sum()
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

/// This program, to be another of its parts.
///
/// # Panics
/// This one has no place.
#[must_use]
pub fn this(part: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program's place"));
    command.arg(part);
    command
}
