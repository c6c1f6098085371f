//! Processes that are measured: each on a core, and gone with its handle.

use std::collections::HashMap;
use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
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
pub struct Server {
    child: Child,
    /// What each thread had run when it was last looked at: a thread that ends takes its count with it.
    run_ns: Mutex<HashMap<OsString, u64>>,
}

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
        let mut server = Self { child, run_ns: Mutex::default() };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let status = server.child.try_wait().expect("a child's status");
            assert!(status.is_none() && begun.elapsed() < PATIENCE, "{program:?} does not listen on {address}");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// CPU seconds so far, of the process and its children.
    #[must_use]
    pub fn cpu_seconds(&self) -> f64 {
        let own = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
        let mut run_ns = self.run_ns.lock().expect("nobody panics here");
        children.chain([own]).for_each(|pid| look(pid, &mut run_ns));
        let nanoseconds: u64 = run_ns.values().sum();
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds of one run are few")]
        let seconds = nanoseconds as f64 / 1e9;
        seconds
    }

    /// The memory that is its own: resident, without files.
    #[must_use]
    pub fn memory_bytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
        let kibibytes = line.trim().trim_end_matches(" kB").parse::<f64>();
        kibibytes.expect("a process's memory") * 1024.0
    }
}

/// Notes what each thread of a process has run: its user and system times are told by the hundredth of a second only.
fn look(pid: u32, run_ns: &mut HashMap<OsString, u64>) {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    for thread in threads {
        let stat = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        if let Some(Ok(time)) = stat.split_whitespace().next().map(str::parse) {
            run_ns.insert(thread.file_name(), time);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let begun = Instant::now();
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::TERM);
        }
        while matches!(self.child.try_wait(), Ok(None)) {
            if begun.elapsed() > PATIENCE {
                let _ = self.child.kill();
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
