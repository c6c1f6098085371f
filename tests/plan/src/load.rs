//! What the sessions cost each second, by resource.

use crate::figures::Figures;

/// A service: machines, and sessions of one customer and one agent each.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Sessions at once.
    pub sessions: f64,
    /// Nodes.
    pub nodes: usize,
    /// Cores of each.
    pub cores: usize,
    /// Memory of each, in bytes.
    pub node_bytes: f64,
    /// What each can send, in bits a second; receiving is less.
    pub node_bits: f64,
    /// Redis masters; each has a core of its own, and a replica elsewhere.
    pub shards: usize,
    /// Memory of each.
    pub shard_bytes: f64,
    /// What each can send.
    pub shard_bits: f64,
}

/// A resource, and what part of it is used. Above 1 there is too little of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Used {
    /// What.
    pub what: &'static str,
    /// How much of it.
    pub part: f64,
}

/// Owners renew, nodes keep places and holders, followers look without being woken: so often a second.
const RENEWALS: f64 = 0.5;
const KEEPINGS: f64 = 0.2;
const LOOKS: f64 = 1.0;

impl Service {
    /// Sessions of one node.
    #[must_use]
    pub fn sessions_of_node(&self) -> f64 {
        self.sessions / count(self.nodes)
    }

    /// Sessions of one shard.
    #[must_use]
    pub fn sessions_of_shard(&self) -> f64 {
        self.sessions / count(self.shards)
    }

    /// The part of the agents who are not on their customer's node: no stickiness brings the two together.
    #[must_use]
    pub fn apart(&self) -> f64 {
        1.0 - 1.0 / count(self.nodes)
    }

    /// Core seconds that a session costs nodes each second.
    #[must_use]
    pub fn node_cpu(&self, figures: &Figures) -> f64 {
        let store = figures.node_append_us + self.apart() * figures.node_read_us;
        figures.events_per_s * (figures.delivery_us + store) / 1e6
    }

    /// Core seconds that a session costs Redis each second.
    #[must_use]
    pub fn redis_cpu(&self, figures: &Figures) -> f64 {
        let of_events = figures.append_us + self.apart() * figures.read_us;
        let of_time =
            RENEWALS * figures.renew_us + KEEPINGS * figures.seats_us + self.apart() * LOOKS * figures.read_us;
        (figures.events_per_s * of_events + of_time) / 1e6
    }

    /// Every resource, the scarcest first.
    #[must_use]
    pub fn used(&self, figures: &Figures) -> Vec<Used> {
        let (node, shard) = (self.sessions_of_node(), self.sessions_of_shard());
        let stream_bits = figures.events_per_s * figures.event_bytes * 8.0;
        // Out of a node go what agents see and what Redis gets; out of a shard what followers and the replica read.
        let node_bits = stream_bits * 2.0;
        let shard_bits = stream_bits * (self.apart() + 1.0);
        let mut used = vec![
            Used { what: "nodes' CPU", part: node * self.node_cpu(figures) / count(self.cores) },
            Used { what: "nodes' memory", part: node * figures.session_bytes / self.node_bytes },
            Used { what: "nodes' network", part: node * node_bits / self.node_bits },
            Used { what: "Redis' CPU", part: shard * self.redis_cpu(figures) },
            Used { what: "Redis' memory", part: shard * figures.redis_session_bytes / self.shard_bytes },
            Used { what: "Redis' network", part: shard * shard_bits / self.shard_bits },
        ];
        used.sort_by(|a, b| b.part.total_cmp(&a.part));
        used
    }

    /// What part of this resource is used.
    #[must_use]
    pub fn part(&self, figures: &Figures, what: &str) -> f64 {
        self.used(figures).iter().find(|used| used.what == what).map_or(0.0, |used| used.part)
    }
}

/// A number of machines, to reckon with.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "machines are few")]
pub fn count(machines: usize) -> f64 {
    machines.max(1) as f64
}
