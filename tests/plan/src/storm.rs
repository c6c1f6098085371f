//! What happens after a death, event by event.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::chance::Chance;
use crate::figures::Figures;
use crate::load::{Service, count};
use crate::queue::Queue;

/// What dies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Death {
    /// A node's process: its sockets close at once.
    NodesProcess,
    /// A node's machine: nobody says anything any more.
    NodesMachine,
    /// A Redis master; a replica takes over.
    Master,
    /// All of Redis; it is back now.
    Redis,
}

/// How long agents did not see what their customers did, in seconds from the death (of all of Redis: from its return), of
/// the sessions that it touched.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Sessions that were touched.
    pub touched: usize,
    /// Of half of them less.
    pub half: f64,
    /// Of 99 in 100 less.
    pub most: f64,
    /// Of the last one.
    pub last: f64,
}

/// A replica takes over: as long as `cluster-node-timeout` and the vote take with the timeout of 2 s that the manual asks for.
const FAILOVER_S: f64 = 4.0;
/// A browser and a node, there and back. Within one continent.
const ROUND_TRIP_S: f64 = 0.050;
/// A node and Redis, there and back. Within one data centre.
const STORE_TRIP_S: f64 = 0.001;
/// What a customer's connection sends, in bits a second.
const UPLINK_BITS: f64 = 5e6;
/// A page that is sent is compressed to a fifth or less.
const COMPRESSED: f64 = 0.2;
/// An owner asks again so often whether Redis is back; a page hears of its node's death so fast.
const ASKS_AGAIN_S: f64 = 0.2;

/// What a session does next after it was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Its customer's socket is at another node.
    Attach,
    /// That node becomes its owner.
    Claim,
    /// The page is read as she sent it, or written from what the owner has of it.
    TakeIn,
    /// The keyframe is written to Redis.
    Write,
    /// The agent's node, or the agent who is at another node now, reads it.
    Read,
    /// It is on its way to the agent.
    Deliver,
}

#[derive(Debug, Clone, Copy)]
struct Due {
    at: f64,
    session: usize,
    step: Step,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The earliest is the greatest.
impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        other.at.total_cmp(&self.at).then_with(|| other.session.cmp(&self.session))
    }
}

struct Touched {
    shard: usize,
    owner: usize,
    agents_node: usize,
    /// The agent lost his socket too.
    agent_comes_back: bool,
}

struct World<'f> {
    figures: &'f Figures,
    nodes: Vec<Queue>,
    shards: Vec<Queue>,
    sessions: Vec<Touched>,
    due: BinaryHeap<Due>,
    whole: Vec<f64>,
}

/// Plays a death in a service under its usual load.
#[must_use]
pub fn play(service: &Service, figures: &Figures, death: Death, seed: u64) -> Outcome {
    let mut chance = Chance::new(seed);
    let mut world = World::new(service, figures, death);
    world.touch(service, death, &mut chance);
    while let Some(due) = world.due.pop() {
        world.take(due);
    }
    world.outcome()
}

impl<'f> World<'f> {
    fn new(service: &Service, figures: &'f Figures, death: Death) -> Self {
        let loses_node = matches!(death, Death::NodesProcess | Death::NodesMachine);
        let nodes = if loses_node { service.nodes.saturating_sub(1).max(1) } else { service.nodes };
        // What is left carries what the dead one carried.
        let cpu = service.part(figures, "nodes' CPU") * count(service.nodes) / count(nodes);
        let redis = service.part(figures, "Redis' CPU");
        let mut shards = vec![Queue::new(1, redis); service.shards];
        if death == Death::Master
            && let Some(first) = shards.first_mut()
        {
            first.hold_until(FAILOVER_S);
        }
        let nodes = vec![Queue::new(service.cores, cpu); nodes];
        Self { figures, nodes, shards, sessions: Vec::new(), due: BinaryHeap::new(), whole: Vec::new() }
    }

    fn touch(&mut self, service: &Service, death: Death, chance: &mut Chance) {
        let silence = self.figures.silence_ms / 1e3;
        match death {
            Death::NodesProcess => self.node_died(service, ROUND_TRIP_S / 2.0, chance),
            Death::NodesMachine => self.node_died(service, silence, chance),
            Death::Master => {
                let back = FAILOVER_S;
                self.redis_is_back(whole(service.sessions_of_shard()), Some(0), back, chance);
            }
            // All shards fare alike: a few stand for all, each with the nodes' cores that are its part.
            Death::Redis => {
                let played = service.shards.min(SHARDS_PLAYED);
                let part = count(played) / count(service.shards);
                self.nodes.truncate(whole(count(service.nodes) * part).max(1));
                self.shards.truncate(played);
                self.redis_is_back(whole(service.sessions * part), None, 0.0, chance);
            }
        }
    }

    /// Its customers come back elsewhere, and so do its agents.
    fn node_died(&mut self, service: &Service, noticed: f64, chance: &mut Chance) {
        let of_node = whole(service.sessions_of_node());
        let soon = self.figures.soon_ms / 1e3;
        for n in 0..2 * of_node {
            let first = if n < of_node { Step::Attach } else { Step::Read };
            let at = noticed + chance.share() * soon + ROUND_TRIP_S * 2.0;
            self.begin(first, at, None, chance);
        }
    }

    /// Each owner writes its page anew as soon as it sees that Redis answers.
    fn redis_is_back(&mut self, sessions: usize, shard: Option<usize>, back: f64, chance: &mut Chance) {
        for _ in 0..sessions {
            let at = back + chance.share() * ASKS_AGAIN_S;
            self.begin(Step::TakeIn, at, shard, chance);
        }
    }

    fn begin(&mut self, step: Step, at: f64, shard: Option<usize>, chance: &mut Chance) {
        let session = self.sessions.len();
        let shard = shard.unwrap_or_else(|| chance.below(self.shards.len()));
        let (owner, agents_node) = (chance.below(self.nodes.len()), chance.below(self.nodes.len()));
        self.sessions.push(Touched { shard, owner, agents_node, agent_comes_back: step == Step::Read });
        self.due.push(Due { at, session, step });
    }

    fn take(&mut self, Due { at, session, step }: Due) {
        let (figures, touched) = (self.figures, &self.sessions[session]);
        let (owner, agents_node, shard) = (touched.owner, touched.agents_node, touched.shard);
        let opening = figures.opening_ms / 1e3;
        let uplink = figures.snapshot_bytes * COMPRESSED * 8.0 / UPLINK_BITS;
        // An opening is a customer's socket, her page read, an agent's socket and the page to him: a quarter each.
        let (done, next) = match step {
            Step::Attach => (self.nodes[owner].serve(at, opening / 4.0) + STORE_TRIP_S, Step::Claim),
            Step::Claim => {
                let done = self.shards[shard].serve(at, figures.claim_us / 1e6);
                (done + ROUND_TRIP_S + uplink, Step::TakeIn)
            }
            Step::TakeIn => (self.nodes[owner].serve(at, opening / 4.0) + STORE_TRIP_S, Step::Write),
            Step::Write => (self.shards[shard].serve(at, figures.keyframe_us / 1e6) + STORE_TRIP_S, Step::Read),
            Step::Read => {
                let cost = if touched.agent_comes_back { figures.page_us } else { figures.read_us };
                (self.shards[shard].serve(at, cost / 1e6) + STORE_TRIP_S, Step::Deliver)
            }
            Step::Deliver => {
                let cost = if touched.agent_comes_back { opening / 2.0 } else { opening / 4.0 };
                let done = self.nodes[agents_node].serve(at, cost);
                self.whole.push(done + ROUND_TRIP_S / 2.0);
                return;
            }
        };
        self.due.push(Due { at: done, session, step: next });
    }

    fn outcome(mut self) -> Outcome {
        self.whole.sort_by(f64::total_cmp);
        let at = |part: usize| self.whole.get(self.whole.len().saturating_sub(1) * part / 100).copied().unwrap_or(0.0);
        Outcome { touched: self.whole.len(), half: at(50), most: at(99), last: at(100) }
    }
}

/// Of a Redis that is away as a whole, so many shards are played.
const SHARDS_PLAYED: usize = 4;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a million sessions")]
fn whole(sessions: f64) -> usize {
    sessions.round() as usize
}
