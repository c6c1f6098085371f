//! Which node of Redis has a key: one for all of them, or as the Cluster says, which is asked again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use redis::cluster_routing::Slot;
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::cluster::{self, Range, Seen};
use super::dial::{Dial, DialError, RESPONSE};
use super::node::{Node, Whereabouts};
use crate::config::{Redis, RedisAddress, RedisMode};
use crate::ops::metrics;

/// How often a Cluster is asked who has what: while all is well, and while it is not.
const ASK: (Duration, Duration) = (Duration::from_secs(2), Duration::from_millis(200));

/// All servers that are in use.
pub(super) struct Servers {
    dial: Arc<Dial>,
    /// `None`: keys have one place, which is `only`.
    cluster: Option<Cluster>,
    only: Option<Kept>,
    up: watch::Sender<bool>,
}

struct Cluster {
    seeds: Vec<RedisAddress>,
    nodes: Mutex<HashMap<RedisAddress, Kept>>,
    slots: ArcSwap<Slots>,
    /// Something is not where it was.
    doubt: Notify,
}

/// Who has which slot.
#[derive(Default)]
struct Slots {
    ranges: Vec<Range>,
    owners: HashMap<Slot, (RedisAddress, Arc<Node>)>,
}

/// A node for as long as it is kept connected.
struct Kept {
    node: Arc<Node>,
    _task: AbortOnDropHandle<()>,
}

impl Servers {
    pub(super) fn new(config: &Redis, dial: Arc<Dial>) -> Result<Arc<Self>, DialError> {
        let only = match config.mode {
            RedisMode::Cluster => None,
            RedisMode::Single => config.addresses.first().map(|address| Whereabouts::At(address.clone())),
            RedisMode::Sentinel => {
                let sentinels = dial.sentinels().map_err(|error| DialError::Settings(error.to_string()))?;
                Some(Whereabouts::Master(Box::new(sentinels.into())))
            }
        };
        let only = only.map(|whereabouts| kept(&dial, whereabouts));
        let cluster = only.is_none().then(|| Cluster {
            seeds: config.addresses.clone(),
            nodes: Mutex::default(),
            slots: ArcSwap::default(),
            doubt: Notify::new(),
        });
        Ok(Arc::new(Self { dial, cluster, only, up: watch::Sender::new(false) }))
    }

    /// Whether commands can be expected to be answered.
    pub(super) fn is_up(&self) -> watch::Receiver<bool> {
        self.up.subscribe()
    }

    /// The server of a key, and where that is.
    pub(super) fn of(&self, key: &[u8]) -> Option<(RedisAddress, Arc<Node>)> {
        match (&self.cluster, &self.only) {
            (Some(cluster), _) => cluster.slots.load().owners.get(&Slot::for_key(key)).cloned(),
            (None, Some(only)) => Some((only.node.at().borrow().clone()?, Arc::clone(&only.node))),
            (None, None) => None,
        }
    }

    /// The server at an address that another one named, connected if that takes no longer than an answer.
    pub(super) async fn at(&self, address: &RedisAddress) -> Option<Arc<Node>> {
        let cluster = self.cluster.as_ref()?;
        cluster.doubt.notify_one();
        let node = self.node(cluster, address);
        let mut at = node.at();
        let is_there = timeout(RESPONSE, at.wait_for(Option::is_some)).await.is_ok_and(|there| there.is_ok());
        is_there.then_some(node)
    }

    /// Somebody met a server that is not what it was.
    pub(super) fn doubt(&self) {
        if let Some(cluster) = &self.cluster {
            cluster.doubt.notify_one();
        }
    }

    /// Follows what is where, for as long as this is polled.
    pub(super) async fn follow(&self) {
        match (&self.cluster, &self.only) {
            (Some(cluster), _) => self.follow_cluster(cluster).await,
            (None, Some(only)) => {
                let mut at = only.node.at();
                loop {
                    let is_there = at.borrow_and_update().is_some();
                    self.set_up(is_there);
                    if at.changed().await.is_err() {
                        return;
                    }
                }
            }
            (None, None) => {}
        }
    }

    async fn follow_cluster(&self, cluster: &Cluster) {
        for address in &cluster.seeds {
            self.node(cluster, address);
        }
        loop {
            let seen = self.ask_any(cluster).await;
            let is_well = match seen {
                Some(seen) => {
                    self.take(cluster, seen.ranges);
                    seen.is_ok
                }
                None => false,
            };
            self.set_up(is_well);
            let is_whole =
                is_well && cluster.slots.load().owners.values().all(|(_, node)| node.at().borrow().is_some());
            tokio::select! {
                () = sleep(if is_whole { ASK.0 } else { ASK.1 }) => {}
                () = cluster.doubt.notified() => sleep(ASK.1 / 4).await,
            }
        }
    }

    /// What the first server says that answers.
    async fn ask_any(&self, cluster: &Cluster) -> Option<Seen> {
        let nodes: Vec<Arc<Node>> = lock(&cluster.nodes).values().map(|kept| Arc::clone(&kept.node)).collect();
        let asked = nodes.into_iter().filter_map(|node| {
            let address = node.at().borrow().clone()?;
            Some(Box::pin(async move { cluster::ask(&node, &address).await }))
        });
        let asked: Vec<_> = asked.collect();
        if asked.is_empty() {
            return None;
        }
        futures_util::future::select_ok(asked).await.ok().map(|(seen, _)| seen)
    }

    /// Puts other owners into force. Servers that have nothing any more are forgotten, except the ones of the configuration.
    fn take(&self, cluster: &Cluster, ranges: Vec<Range>) {
        if cluster.slots.load().ranges == ranges {
            return;
        }
        let mut owners = HashMap::new();
        for range in &ranges {
            let node = self.node(cluster, &range.master);
            let slots = (range.first..=range.last).filter_map(Slot::new);
            owners.extend(slots.map(|slot| (slot, (range.master.clone(), Arc::clone(&node)))));
        }
        lock(&cluster.nodes).retain(|address, _| {
            cluster.seeds.contains(address) || ranges.iter().any(|range| range.master == *address)
        });
        cluster.slots.store(Arc::new(Slots { ranges, owners }));
    }

    fn node(&self, cluster: &Cluster, address: &RedisAddress) -> Arc<Node> {
        let mut nodes = lock(&cluster.nodes);
        let kept = nodes.entry(address.clone()).or_insert_with(|| kept(&self.dial, Whereabouts::At(address.clone())));
        Arc::clone(&kept.node)
    }

    fn set_up(&self, is_up: bool) {
        metrics::set_redis_up(is_up);
        self.up.send_if_modified(|was| std::mem::replace(was, is_up) != is_up);
    }
}

fn kept(dial: &Arc<Dial>, whereabouts: Whereabouts) -> Kept {
    let (node, dial) = (Node::new(whereabouts), Arc::clone(dial));
    let keeping = Arc::clone(&node);
    let task = AbortOnDropHandle::new(tokio::spawn(async move { keeping.keep(&dial).await }));
    Kept { node, _task: task }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
