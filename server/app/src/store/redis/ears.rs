//! Sharded pub/sub. It is lossy by nature: who hears [`Heard::Gap`] has to look for herself.
//!
//! Subscriptions have connections of their own. A server that gives a channel up says so in the form of an answer, and on a
//! connection with commands it would be taken for the answer of one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use redis::aio::{MultiplexedConnection, SendError};
use redis::{PushInfo, PushKind, RedisResult, Value, cmd};
use tokio::sync::{Notify, broadcast};
use tokio::time::{MissedTickBehavior, interval};

use super::dial::Dial;
use super::keeper::Servers;
use super::node::ping;
use crate::config::RedisAddress;

/// So often everything is looked at again.
const CHECK: Duration = Duration::from_secs(1);
/// Messages that wait for a slow listener of one channel.
const WAITING_MAX: usize = 8;
/// Subscriptions that are under way at once, to one server.
const AT_ONCE: usize = 64;

/// What a subscription hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A message.
    Message(Bytes),
    /// Messages may have been missed until now. The first thing that is heard.
    Gap,
}

/// Listens to one channel until it is dropped.
#[derive(Debug)]
pub struct Subscription {
    channel: Arc<str>,
    heard: broadcast::Receiver<Heard>,
    ears: Arc<Ears>,
}

impl Subscription {
    /// What comes next.
    pub async fn next(&mut self) -> Heard {
        match self.heard.recv().await {
            Ok(heard) => heard,
            Err(broadcast::error::RecvError::Lagged(_)) => Heard::Gap,
            // The sender is kept for as long as there is a subscription.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut channels = lock(&self.ears.channels);
        // This one still counts.
        if channels.get(&self.channel).is_some_and(|sender| sender.receiver_count() <= 1) {
            channels.remove(&self.channel);
            drop(channels);
            self.ears.change(&self.channel);
        }
    }
}

/// All channels that anybody listens to.
#[derive(Debug, Default)]
pub(super) struct Ears {
    channels: Mutex<HashMap<Arc<str>, broadcast::Sender<Heard>>>,
    /// Channels that were added or removed.
    changed: Mutex<Vec<Arc<str>>>,
    wake: Notify,
}

impl Ears {
    pub(super) fn subscribe(self: &Arc<Self>, channel: &str) -> Subscription {
        let channel: Arc<str> = channel.into();
        let (heard, is_new) = {
            let mut channels = lock(&self.channels);
            let is_new = !channels.contains_key(&channel);
            let sender = channels.entry(Arc::clone(&channel)).or_insert_with(|| broadcast::Sender::new(WAITING_MAX));
            let heard = sender.subscribe();
            if !is_new {
                // Whoever comes later begins with a gap, too; to the others it is one look more.
                let _ = sender.send(Heard::Gap);
            }
            (heard, is_new)
        };
        if is_new {
            self.change(&channel);
        }
        Subscription { channel, heard, ears: Arc::clone(self) }
    }

    fn change(&self, channel: &Arc<str>) {
        lock(&self.changed).push(Arc::clone(channel));
        self.wake.notify_one();
    }

    fn tell(&self, channel: &str, heard: Heard) {
        if let Some(sender) = lock(&self.channels).get(channel) {
            let _ = sender.send(heard);
        }
    }

    fn wants(&self, channel: &str) -> bool {
        lock(&self.channels).contains_key(channel)
    }

    fn push(&self, is_lost: &AtomicBool, push: &PushInfo) {
        let channel = push.data.first().and_then(text);
        match (&push.kind, channel, push.data.get(1)) {
            (PushKind::SMessage, Some(channel), Some(Value::BulkString(message))) => {
                self.tell(channel, Heard::Message(Bytes::copy_from_slice(message)));
            }
            (PushKind::Disconnection, ..) => {
                is_lost.store(true, Ordering::Relaxed);
                self.wake.notify_one();
            }
            // Given up by the server, for another one to take over.
            (PushKind::SUnsubscribe, Some(channel), _) if self.wants(channel) => {
                is_lost.store(true, Ordering::Relaxed);
                self.wake.notify_one();
            }
            _ => {}
        }
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

/// Keeps what is subscribed at the servers like what is wanted here.
pub(super) struct Listener {
    dial: Arc<Dial>,
    servers: Arc<Servers>,
    ears: Arc<Ears>,
    open: HashMap<RedisAddress, Ear>,
    /// Where a channel is subscribed, and on which connection there.
    subscribed: HashMap<Arc<str>, (RedisAddress, u64)>,
    last: u64,
}

/// A connection for subscriptions alone.
struct Ear {
    number: u64,
    connection: MultiplexedConnection,
    is_lost: Arc<AtomicBool>,
}

impl Listener {
    pub(super) fn new(dial: Arc<Dial>, servers: Arc<Servers>, ears: Arc<Ears>) -> Self {
        Self { dial, servers, ears, open: HashMap::new(), subscribed: HashMap::new(), last: 0 }
    }

    /// Listens, for as long as this is polled.
    pub(super) async fn listen(mut self) {
        let mut ticks = interval(CHECK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ears = Arc::clone(&self.ears);
        loop {
            let is_tick = tokio::select! {
                () = ears.wake.notified() => false,
                _ = ticks.tick() => true,
            };
            let mut names = std::mem::take(&mut *lock(&ears.changed));
            if is_tick {
                self.check().await;
            }
            if self.forget_lost() || is_tick {
                names.extend(lock(&ears.channels).keys().cloned());
            }
            self.settle(names).await;
        }
    }

    /// Asks every connection whether it is alive.
    async fn check(&mut self) {
        let asked = self.open.values_mut().map(|ear| async {
            if ping(&mut ear.connection).await.is_err() {
                ear.is_lost.store(true, Ordering::Relaxed);
            }
        });
        join_all(asked).await;
    }

    fn forget_lost(&mut self) -> bool {
        let before = self.open.len();
        self.open.retain(|_, ear| !ear.is_lost.load(Ordering::Relaxed));
        before != self.open.len()
    }

    async fn settle(&mut self, names: Vec<Arc<str>>) {
        let mut wanted: HashMap<RedisAddress, Vec<Arc<str>>> = HashMap::new();
        for name in names {
            let owner = self.ears.wants(&name).then(|| self.servers.of(name.as_bytes())).flatten();
            let owner = owner.map(|(address, _)| address);
            let at = self.subscribed.get(&name).filter(|(at, number)| self.is_open(at, *number)).cloned();
            match (owner, at) {
                (Some(owner), Some((at, _))) if owner == at => continue,
                (owner, at) => {
                    self.subscribed.remove(&name);
                    if let Some(ear) = at.and_then(|(at, _)| self.open.get(&at)) {
                        let mut connection = ear.connection.clone();
                        let _ = connection.send_packed_command(cmd("SUNSUBSCRIBE").arg(&*name)).await;
                    }
                    if let Some(owner) = owner {
                        wanted.entry(owner).or_default().push(name);
                    }
                }
            }
        }
        self.open_ears(wanted.keys()).await;
        for (address, names) in wanted {
            self.subscribe(&address, names).await;
        }
    }

    fn is_open(&self, address: &RedisAddress, number: u64) -> bool {
        self.open.get(address).is_some_and(|ear| ear.number == number && !ear.is_lost.load(Ordering::Relaxed))
    }

    async fn open_ears(&mut self, addresses: impl Iterator<Item = &RedisAddress>) {
        let missing: Vec<RedisAddress> =
            addresses.filter(|address| !self.open.contains_key(address)).cloned().collect();
        let opened = join_all(missing.into_iter().map(|address| {
            let (ears, is_lost) = (Arc::clone(&self.ears), Arc::new(AtomicBool::new(false)));
            let lost = Arc::clone(&is_lost);
            let push = move |push: PushInfo| -> Result<(), SendError> {
                ears.push(&lost, &push);
                Ok(())
            };
            let dial = &self.dial;
            async move { (dial.connect(&address, push).await, address, is_lost) }
        }));
        for (connection, address, is_lost) in opened.await {
            // What cannot be reached is tried again at the next look.
            if let Ok(connection) = connection {
                self.last += 1;
                self.open.insert(address, Ear { number: self.last, connection, is_lost });
            }
        }
    }

    async fn subscribe(&mut self, address: &RedisAddress, names: Vec<Arc<str>>) {
        let Some(ear) = self.open.get(address) else { return };
        let asked = stream::iter(names).map(|name| {
            let mut connection = ear.connection.clone();
            async move {
                let answer: RedisResult<Value> = connection.send_packed_command(cmd("SSUBSCRIBE").arg(&*name)).await;
                (name, answer.and_then(Value::extract_error))
            }
        });
        let answers: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        let number = ear.number;
        for (name, answer) in answers {
            match answer {
                Ok(_) => {
                    self.ears.tell(&name, Heard::Gap);
                    self.subscribed.insert(name, (address.clone(), number));
                }
                Err(error) => {
                    self.servers.doubt();
                    tracing::debug!(%address, code = error.code().unwrap_or("io"), "a channel is not subscribed yet");
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
