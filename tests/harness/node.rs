//! A node: `vitrine serve` in a process of its own, which can be killed, frozen and started again.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use crate::redis::spare_port;

/// For a node to listen.
const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// A node, running or not. It is gone with its handle.
#[derive(Debug)]
pub struct Node {
    /// Where it listens.
    pub public: SocketAddr,
    /// Where operators ask.
    pub management: SocketAddr,
    config: PathBuf,
    /// What its clock is ahead, in seconds.
    skew_s: i32,
    child: Option<Child>,
}

impl Node {
    /// A node to be, with addresses of its own. Its configuration is to be written to [`Self::config`].
    #[must_use]
    pub fn new(folder: &Path, name: &str) -> Self {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let (public, management) = (at(spare_port()), at(spare_port()));
        Self { public, management, config: folder.join(format!("{name}.toml")), skew_s: 0, child: None }
    }

    /// Its configuration file.
    #[must_use]
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// From its next start on its clock is so many seconds ahead of the others'.
    pub fn skew(&mut self, seconds: i32) {
        self.skew_s = seconds;
    }

    /// Starts it and waits until it listens.
    ///
    /// # Panics
    /// It does not start.
    pub async fn start(&mut self) {
        let mut child = self.spawn();
        let begun = Instant::now();
        while TcpStream::connect(self.public).is_err() || TcpStream::connect(self.management).is_err() {
            let status = child.try_wait().expect("a child's status");
            assert!(status.is_none() && begun.elapsed() < STARTS_WITHIN, "the node does not start:\n{}", self.said());
            sleep(Duration::from_millis(20)).await;
        }
        self.child = Some(child);
    }

    fn spawn(&self) -> Child {
        let log = File::options().create(true).append(true).open(self.log()).expect("a log");
        let binary = binary();
        // It ends with the test, however that ends.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if self.skew_s != 0 {
            // The library itself: the program `faketime` starts another process, which would outlive a kill.
            command.env("LD_PRELOAD", faketime()).env("FAKETIME", format!("{:+}s", self.skew_s));
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
        }
        command.arg(binary).args(["serve", "--config"]).arg(&self.config);
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a log")).stderr(log);
        command.spawn().expect("vitrine, which `cargo build --bins` makes")
    }

    fn log(&self) -> PathBuf {
        self.config.with_extension("log")
    }

    /// All that it wrote so far.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.as_ref().and_then(|child| Pid::from_raw(i32::try_from(child.id()).ok()?));
        kill_process(pid.expect("a running node"), signal).expect("a running node");
    }

    /// As when its machine fails.
    ///
    /// # Panics
    /// Something still listens in its place.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.take().expect("a running node").wait();
        assert!(TcpStream::connect(self.public).is_err(), "the node outlives its death");
    }

    /// As when its machine is suspended.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// After [`Self::freeze`].
    pub fn wake(&self) {
        self.signal(Signal::CONT);
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Panics
    /// It does not within `patience`.
    pub async fn stop(&mut self, patience: Duration) -> ExitStatus {
        self.signal(Signal::TERM);
        let mut child = self.child.take().expect("a running node");
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("a child's status") {
                return status;
            }
            if begun.elapsed() > patience {
                let _ = child.kill();
                panic!("the node has not stopped within {patience:?}:\n{}", self.said());
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whether it has a process.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.child.is_some()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What gives a process another clock.
fn faketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("/usr/lib").flatten();
    let mut places = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    places.find(|path| path.is_file()).expect("libfaketime: apt-get install faketime")
}

/// The program that `VITRINE_PROGRAM` names, else as this build made it: beside a program's own file, or a folder above a
/// test's.
fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("VITRINE_PROGRAM") {
        return path.into();
    }
    let own = std::env::current_exe().expect("this program's place");
    let mut near = own.ancestors().skip(1).take(2).map(|folder| folder.join("vitrine"));
    near.find(|path| path.is_file()).expect("vitrine, which `cargo build --bins` makes")
}
