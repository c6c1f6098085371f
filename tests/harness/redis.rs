//! Redis as operators run it, on spare ports in a temporary folder: one server, with TLS, a Cluster, or under Sentinels; and
//! what happens to it: killed, stopped, started again. Everything ends with the value that started it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{Client, FromRedisValue, cmd};
use tempfile::TempDir;

use crate::server::pem;

/// What is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One server, for anybody.
    Single,
    /// One server by TLS, for the user of docs/OPERATE.md.
    Tls,
    /// A Cluster of three masters with a replica each, for that user.
    Cluster,
    /// A master and a replica under three Sentinels, for that user.
    Sentinel,
    /// The Cluster with TLS on every way.
    TlsCluster,
    /// The Sentinels and their servers with TLS on every way.
    TlsSentinel,
}

/// What whole suites run on.
pub const SHAPES: [Shape; 4] = [Shape::Single, Shape::Tls, Shape::Cluster, Shape::Sentinel];
/// What the link is shown to work on besides.
pub const TLS_SHAPES: [Shape; 2] = [Shape::TlsCluster, Shape::TlsSentinel];

impl Shape {
    fn has_tls(self) -> bool {
        matches!(self, Self::Tls | Self::TlsCluster | Self::TlsSentinel)
    }

    /// As a configuration names it.
    fn mode(self) -> &'static str {
        match self {
            Self::Single | Self::Tls => "single",
            Self::Cluster | Self::TlsCluster => "cluster",
            Self::Sentinel | Self::TlsSentinel => "sentinel",
        }
    }
}

/// The password of the user `vitrine`.
pub const PASSWORD: &str = "a password of Redis";
/// What the Sentinels call the master.
const MASTER: &str = "vitrine";
/// For a server to answer, or a set-up to be whole.
const PATIENCE: Duration = Duration::from_secs(15);

/// A running set-up.
#[derive(Debug)]
pub struct Redis {
    /// What it is.
    pub shape: Shape,
    servers: Vec<Process>,
    sentinels: Vec<Process>,
    folder: TempDir,
}

#[derive(Debug)]
struct Process {
    port: u16,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl Redis {
    /// Starts it, and waits until it takes commands.
    ///
    /// # Panics
    /// There is no `redis-server`, or it does not start.
    pub async fn start(shape: Shape) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut redis = Self { shape, servers: Vec::new(), sentinels: Vec::new(), folder };
        redis.write_identity();
        match shape.mode() {
            "cluster" => (0..6).for_each(|_| redis.add_of_cluster()),
            "sentinel" => {
                redis.add(&[]);
                let port = redis.servers[0].port.to_string();
                redis.add(&["--replicaof", "127.0.0.1", &port]);
            }
            _ => redis.add(&[]),
        }
        for n in 0..redis.servers.len() {
            redis.answer::<String>(n, &["PING"]).await;
            if shape != Shape::Single {
                redis.let_in(n).await;
            }
        }
        match shape.mode() {
            "cluster" => redis.form_cluster().await,
            "sentinel" => redis.add_sentinels().await,
            _ => {}
        }
        redis
    }

    /// `[redis]` and the keys that it needs, as a configuration has them.
    #[must_use]
    pub fn section(&self) -> String {
        let mode = self.shape.mode();
        let named = if mode == "sentinel" { &self.sentinels } else { &self.servers };
        let urls: Vec<String> = named.iter().map(|one| format!("\"{}\"", self.url(one))).collect();
        let mut text = format!("[redis]\nurls = [{}]\nmode = \"{mode}\"\n", urls.join(", "));
        text += &format!("sentinel-master = \"{MASTER}\"\n");
        if self.shape != Shape::Single {
            text += &format!("username = \"vitrine\"\npassword = \"{PASSWORD}\"\n");
        }
        if self.shape.has_tls() {
            text += &format!("ca-file = \"{}\"\n", self.path("certificate.pem").display());
        }
        let key = "5e".repeat(32);
        text + &format!(
            "[[keys.assets]]\nid = 1\nsecret = \"{key}\"\n[[keys.signing]]\nid = \"1\"\nsecret = \"{key}\"\n"
        )
    }

    /// A connection to a server, as its operator.
    ///
    /// # Panics
    /// There is no such server, or it is not there.
    pub async fn connection(&self, n: usize) -> MultiplexedConnection {
        self.client(&self.servers[n]).get_multiplexed_async_connection().await.expect("a connection")
    }

    /// Servers, without Sentinels.
    #[must_use]
    pub fn servers(&self) -> usize {
        self.servers.len()
    }

    /// Ends a server at once, as a power cut does.
    pub fn kill(&mut self, n: usize) {
        self.servers[n].kill();
    }

    /// Halts a server: it keeps its connections and says nothing.
    pub fn freeze(&self, n: usize) {
        self.servers[n].signal("STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self, n: usize) {
        self.servers[n].signal("CONT");
    }

    /// Starts a server that was killed; empty, but where it was in a Cluster.
    pub async fn restart(&mut self, n: usize) {
        self.servers[n].start();
        self.answer::<String>(n, &["PING"]).await;
        if self.shape != Shape::Single {
            self.let_in(n).await;
        }
    }

    /// Sends a key from one server to another.
    pub async fn moves(&self, key: &str, from: usize, to: usize) {
        let port = self.servers[to].port.to_string();
        self.answer::<String>(from, &["MIGRATE", "127.0.0.1", &port, key, "0", "1000"]).await;
    }

    /// Which servers are masters now, of those that answer.
    pub async fn masters(&self) -> Vec<usize> {
        let mut masters = Vec::new();
        for n in 0..self.servers.len() {
            let role: Option<Vec<redis::Value>> = self.ask(n, &["ROLE"]).await;
            if role
                .is_some_and(|role| matches!(role.first(), Some(redis::Value::BulkString(word)) if word == b"master"))
            {
                masters.push(n);
            }
        }
        masters
    }

    /// Asks a server, as its operator; `None`: it did not answer so.
    pub async fn ask<T: FromRedisValue>(&self, n: usize, words: &[&str]) -> Option<T> {
        ask(&self.client(self.servers.get(n)?), words).await
    }

    /// Asks until there is an answer.
    ///
    /// # Panics
    /// There is none in time.
    pub async fn answer<T: FromRedisValue>(&self, n: usize, words: &[&str]) -> T {
        let begun = Instant::now();
        loop {
            if let Some(answer) = self.ask(n, words).await {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "redis-server {n} does not answer {words:?}: {}", self.log(n));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a server's answer holds a text.
    async fn until(&self, n: usize, words: &[&str], text: &str) {
        let begun = Instant::now();
        while !self.answer::<String>(n, words).await.contains(text) {
            assert!(begun.elapsed() < PATIENCE, "redis-server {n} does not come to {text}: {}", self.log(n));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn client(&self, process: &Process) -> Client {
        let url = self.url(process);
        if self.shape.has_tls() {
            let root = redis::TlsCertificates { client_tls: None, root_cert: Some(pem().0.as_bytes().to_vec()) };
            Client::build_with_tls(url, root).expect("a client")
        } else {
            Client::open(url).expect("a client")
        }
    }

    fn url(&self, process: &Process) -> String {
        let scheme = if self.shape.has_tls() { "rediss" } else { "redis" };
        format!("{scheme}://127.0.0.1:{}", process.port)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn log(&self, n: usize) -> String {
        std::fs::read_to_string(self.path(&format!("{}.log", self.servers[n].port))).unwrap_or_default()
    }

    fn add(&mut self, more: &[&str]) {
        let port = spare_port();
        let folder = self.path(&port.to_string());
        std::fs::create_dir(&folder).expect("a folder");
        let (folder, log) = (text(&folder), text(&self.path(&format!("{port}.log"))));
        let common = [
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            &folder,
            "--logfile",
            &log,
            "--repl-diskless-sync-delay",
            "0",
            "--enable-debug-command",
            "local",
        ];
        let listens = self.listens(port).into_iter().flat_map(|(name, value)| [format!("--{name}"), value]);
        let arguments = listens.chain(common.iter().chain(more).map(ToString::to_string)).collect();
        let mut process = Process { port, arguments, child: None };
        process.start();
        self.servers.push(process);
    }

    /// The settings by which a server listens here, and speaks to its own kind.
    fn listens(&self, port: u16) -> Vec<(&'static str, String)> {
        if !self.shape.has_tls() {
            return vec![("port", port.to_string())];
        }
        let (certificate, key) = (text(&self.path("certificate.pem")), text(&self.path("key.pem")));
        vec![
            ("port", "0".into()),
            ("tls-port", port.to_string()),
            ("tls-auth-clients", "no".into()),
            ("tls-cert-file", certificate.clone()),
            ("tls-key-file", key),
            ("tls-ca-cert-file", certificate),
            ("tls-replication", "yes".into()),
            ("tls-cluster", "yes".into()),
        ]
    }

    /// For those who speak TLS.
    fn write_identity(&self) {
        let (certificate, key) = pem();
        for (name, text) in [("certificate.pem", certificate), ("key.pem", key)] {
            std::fs::write(self.path(name), text).expect("a file");
        }
    }

    fn add_of_cluster(&mut self) {
        let bus = spare_port().to_string();
        let cluster = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port", &bus];
        self.add(&[&cluster[..], &["--cluster-replica-validity-factor", "0"]].concat());
    }

    /// Makes the user `vitrine`, with the rights that the manual gives her.
    async fn let_in(&self, n: usize) {
        let line = acl_line();
        let words: Vec<&str> = ["ACL", "SETUSER"].into_iter().chain(line.split(' ')).collect();
        let password = format!(">{PASSWORD}");
        let words: Vec<&str> =
            words.into_iter().map(|word| if word == ">PASSWORD" { &password } else { word }).collect();
        self.answer::<String>(n, &words).await;
    }

    async fn form_cluster(&self) {
        let bus = |n: usize| self.servers[n].argument("--cluster-port");
        for (n, slots) in [("0", "5460"), ("5461", "10922"), ("10923", "16383")].into_iter().enumerate() {
            self.answer::<String>(n, &["CLUSTER", "ADDSLOTSRANGE", slots.0, slots.1]).await;
            self.answer::<String>(n, &["CLUSTER", "SET-CONFIG-EPOCH", &(n + 1).to_string()]).await;
        }
        let first = self.servers[0].port.to_string();
        for n in 1..self.servers.len() {
            self.answer::<String>(n, &["CLUSTER", "MEET", "127.0.0.1", &first, &bus(0)]).await;
        }
        for n in 0..self.servers.len() {
            self.until(n, &["CLUSTER", "INFO"], "cluster_known_nodes:6").await;
        }
        for n in 3..6 {
            let master: String = self.answer(n - 3, &["CLUSTER", "MYID"]).await;
            self.until(n, &["CLUSTER", "NODES"], &master).await;
            self.answer::<String>(n, &["CLUSTER", "REPLICATE", &master]).await;
        }
        for n in 0..self.servers.len() {
            self.until(n, &["CLUSTER", "INFO"], "cluster_state:ok").await;
            if n >= 3 {
                self.until(n, &["INFO", "replication"], "master_link_status:up").await;
            }
        }
    }

    async fn add_sentinels(&mut self) {
        self.until(1, &["INFO", "replication"], "master_link_status:up").await;
        let master = self.servers[0].port;
        for _ in 0..3 {
            let port = spare_port();
            let file = self.path(&format!("sentinel-{port}.conf"));
            let listens = self.listens(port).into_iter().map(|(name, value)| format!("{name} {value}\n"));
            let words = format!(
                "{}bind 127.0.0.1\nsentinel monitor {MASTER} 127.0.0.1 {master} 2\nsentinel \
                 down-after-milliseconds {MASTER} 1000\nsentinel failover-timeout {MASTER} 3000\nlogfile {}\n",
                listens.collect::<String>(),
                text(&self.path(&format!("{port}.log")))
            );
            std::fs::write(&file, words).expect("a file");
            let mut process = Process { port, arguments: vec![text(&file), "--sentinel".into()], child: None };
            process.start();
            self.sentinels.push(process);
        }
        for process in &self.sentinels {
            let (client, begun) = (self.client(process), Instant::now());
            // Who the others are it learns from the master.
            while ask::<String>(&client, &["SENTINEL", "CKQUORUM", MASTER])
                .await
                .is_none_or(|answer| !answer.contains("OK 3"))
            {
                assert!(begun.elapsed() < PATIENCE, "the Sentinels do not find each other");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

/// The line of the manual that makes a user with the least rights that the server can do with.
///
/// # Panics
/// The manual has none.
#[must_use]
pub fn acl_line() -> &'static str {
    let manual = include_str!("../../docs/OPERATE.md");
    let line = manual.lines().find_map(|line| line.trim().strip_prefix("ACL SETUSER "));
    line.expect("a line ACL SETUSER in docs/OPERATE.md")
}

async fn ask<T: FromRedisValue>(client: &Client, words: &[&str]) -> Option<T> {
    let mut connection: MultiplexedConnection = client.get_multiplexed_async_connection().await.ok()?;
    cmd(words[0]).arg(&words[1..]).query_async(&mut connection).await.ok()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// A port that nobody listens on, below those that the system gives to connections. Two of one process differ.
pub(crate) fn spare_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = u16::try_from(std::process::id() % 1_000).unwrap_or(0) * 16;
    for _ in 0..16_000 {
        let port = 16_000 + begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 16_000;
        if TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_ok() {
            return port;
        }
    }
    panic!("no spare port");
}

impl Process {
    fn start(&mut self) {
        // It ends with the test, however that ends.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "redis-server"]).args(&self.arguments);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        self.child = Some(child.expect("redis-server: apt-get install redis-server"));
    }

    fn argument(&self, name: &str) -> String {
        let at = self.arguments.iter().position(|argument| argument == name).expect("the argument");
        self.arguments[at + 1].clone()
    }

    fn signal(&self, name: &str) {
        let Some(child) = &self.child else { return };
        let status = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{name}");
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
