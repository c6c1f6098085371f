//! The stage of a journey: nodes in processes of their own behind a balancer, and what stands between them and Redis.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use vitrine::config::Config;

use crate::balancer::Balancer;
use crate::link::Link;
use crate::node::Node;
use crate::redis::{Redis, Shape};
use crate::server::{Server, config, parse, pem};

/// What all nodes have in common, but for addresses and Redis.
pub const COMMON: &str = r#"
[limits]
sockets-per-address = 100000
sockets-per-agent = 10000
requests-per-second = 100000
sessions-per-minute = 100000
joins-per-minute = 100000
joins-per-minute-total = 100000
logins-per-minute = 1000
[session]
max-agents = 50
[http-proxy]
allowed-external-domains = ["cdn.example"]
[[dom-restrictions.rule-set]]
mask = [".m"]
block = [".b"]
hide = [".h"]
"#;

/// What a node without Redis has in place of its section.
pub const KEYS: &str = r#"
[[keys.assets]]
id = 1
secret = "0707070707070707070707070707070707070707070707070707070707070707"
"#;

/// See the module.
#[derive(Debug)]
pub struct Stage {
    /// In their order.
    pub nodes: Vec<Node>,
    /// Before them.
    pub balancer: Balancer,
    /// How people reach it: through the balancer.
    pub server: Arc<Server>,
    /// What nodes keep in common; nothing for a node by itself.
    pub redis: Option<Redis>,
    /// Each node's way to the one server of [`Shape::Single`], unless it is straight.
    pub ways: Vec<Link>,
    /// What all nodes have in common.
    pub config: Config,
    _folder: TempDir,
}

impl Stage {
    /// One node that keeps all in memory.
    pub async fn alone() -> Self {
        Self::of(&[0], |_| KEYS.to_owned()).await
    }

    /// Three nodes on a Redis of this shape.
    pub async fn three(shape: Shape) -> Self {
        Self::with(shape, [0; 3], "").await
    }

    /// The same where nothing stands between the nodes and Redis. For so many people that this process, which plays them all,
    /// would be what Redis waits for.
    pub async fn three_straight(shape: Shape) -> Self {
        Self::on(shape, [0; 3], "", false).await
    }

    /// The same with clocks that are so many seconds ahead, and more in the configuration of each.
    pub async fn with(shape: Shape, seconds: [i32; 3], more: &str) -> Self {
        // Sentinels and a Cluster tell clients where the servers are, so that nothing can stand between.
        Self::on(shape, seconds, more, shape == Shape::Single).await
    }

    async fn on(shape: Shape, seconds: [i32; 3], more: &str, has_ways: bool) -> Self {
        let redis = Redis::start(shape).await;
        let section = format!("{}{more}", redis.section());
        let mut ways = Vec::new();
        if let Some(direct) = section.split('"').nth(1).filter(|_| has_ways) {
            let far: SocketAddr = direct.trim_start_matches("redis://").parse().expect("an address");
            for _ in seconds {
                ways.push((direct.to_owned(), Link::to(far).await));
            }
        }
        let more = |at: usize| match ways.get(at) {
            Some((direct, way)) => section.replace(direct, &format!("redis://{}", way.address)),
            None => section.clone(),
        };
        let mut stage = Self::of(&seconds, more).await;
        stage.ways = ways.into_iter().map(|(_, way)| way).collect();
        stage.redis = Some(redis);
        stage
    }

    /// Starts nodes with these clocks, each with what `more` gives for it in its configuration.
    async fn of(skews: &[i32], more: impl Fn(usize) -> String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut nodes: Vec<Node> = (0..skews.len()).map(|at| Node::new(folder.path(), &format!("node-{at}"))).collect();
        let addresses: Vec<_> = nodes.iter().map(|node| (node.public, node.management)).collect();
        let balancer = Balancer::over(&addresses).await;
        let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        for (path, text) in [(&certificate, pem().0), (&key, pem().1)] {
            std::fs::write(path, text).expect("a file");
        }
        for (at, node) in nodes.iter_mut().enumerate() {
            let own = format!(
                "listen = \"{}\"\n[management]\nlisten = \"{}\"\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n{COMMON}{}",
                node.public,
                node.management,
                certificate.display(),
                key.display(),
                more(at)
            );
            std::fs::write(node.config(), config(balancer.address, &own)).expect("a file");
            node.skew(skews[at]);
            node.start().await;
        }
        let config = parse(&std::fs::read_to_string(nodes[0].config()).expect("a file"));
        let server = Arc::new(Server::behind(balancer.address));
        Self { nodes, balancer, server, redis: None, ways: Vec::new(), config, _folder: folder }
    }

    /// The Redis of several nodes.
    ///
    /// # Panics
    /// There is one node alone.
    pub fn redis(&mut self) -> &mut Redis {
        self.redis.as_mut().expect("several nodes")
    }

    /// All that the nodes wrote, for who looks into a failure.
    #[must_use]
    pub fn said(&self) -> String {
        self.nodes.iter().map(Node::said).collect::<Vec<_>>().join("\n--- next node\n")
    }
}

/// For whatever has no bound of its own.
pub const PATIENCE: Duration = Duration::from_secs(20);
