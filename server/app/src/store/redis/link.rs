//! The link to Redis: commands, scripts, channels and its clock, alike for one server, Sentinels and a Cluster.
//!
//! A command is sent once. Where its outcome is unknown the caller hears [`LinkError::Unanswered`] and decides; only what
//! Redis answered without doing it, because it is done elsewhere, is sent there. Two commands of which the first was not
//! awaited can then change places.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use redis::aio::SendError;
use redis::{Cmd, FromRedisValue, RedisError, ToRedisArgs, Value, cmd};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::dial::{CONNECT, Dial, DialError, RESPONSE};
use super::ears::{Ears, Listener, Subscription};
use super::keeper::Servers;
use super::node::{Whereabouts, is_refusal};
use super::trouble::{Answer, LinkError};
use crate::config::{Redis, RedisMode};
use crate::ops::metrics;

/// A command is sent on to another server so often.
const REDIRECTS_MAX: usize = 4;
/// The log says so often at most that something is refused.
const REMIND: Duration = Duration::from_secs(10);

/// A script that Redis runs as one step.
pub struct Script {
    text: &'static str,
    /// Knows the digest that Redis has it by.
    hash: redis::Script,
}

impl Script {
    /// Of its text.
    #[must_use]
    pub fn new(text: &'static str) -> Self {
        Self { text, hash: redis::Script::new(text) }
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Script({})", self.hash.get_hash())
    }
}

/// The link. Dropped, it ends with all its connections.
pub struct Link {
    servers: Arc<Servers>,
    ears: Arc<Ears>,
    prefix: String,
    /// When the log last said that something is refused.
    told: Mutex<Option<Instant>>,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl fmt::Debug for Link {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Link")
    }
}

impl Link {
    /// Connects. Redis that is not there yet is no error: the link is down, says so in the log, and goes on trying.
    ///
    /// # Errors
    /// Redis is there and lets nobody in with these settings; or they make no connection.
    pub async fn connect(config: &Redis) -> Result<Self, DialError> {
        let dial = Arc::new(Dial::new(config)?);
        probe(config, &dial).await?;
        let servers = Servers::new(config, Arc::clone(&dial))?;
        let ears = Arc::new(Ears::default());
        let listener = Listener::new(dial, Arc::clone(&servers), Arc::clone(&ears));
        let followed = Arc::clone(&servers);
        let tasks = [tokio::spawn(async move { followed.follow().await }), tokio::spawn(listener.listen())];
        let tasks = tasks.map(AbortOnDropHandle::new);
        let mut up = servers.is_up();
        let _ = timeout(CONNECT, up.wait_for(|up| *up)).await;
        Ok(Self { servers, ears, prefix: config.key_prefix.clone(), told: Mutex::default(), _tasks: tasks })
    }

    /// Stands before every key and channel.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether commands can be expected to be answered.
    #[must_use]
    pub fn is_up(&self) -> watch::Receiver<bool> {
        self.servers.is_up()
    }

    /// What Redis' clock says, since 1970-01-01 UTC; for all nodes that of the same server, the one that has the empty key.
    pub async fn time(&self) -> Option<Duration> {
        let (seconds, micros) = self.run("", &cmd("TIME")).await.ok()?;
        Some(Duration::from_secs(seconds) + Duration::from_micros(micros))
    }

    /// Sends a command to the server of `key`, which is the first key that it names.
    ///
    /// # Errors
    /// [`LinkError`], within a second.
    pub async fn run<T: FromRedisValue>(&self, key: &str, command: &Cmd) -> Result<T, LinkError> {
        typed(self.counted(key, command).await)
    }

    /// Runs a script on the server of the first of `keys`; all of them have one slot.
    ///
    /// # Errors
    /// [`LinkError`], within two seconds: where Redis does not know the script yet, its text is sent.
    pub async fn script<T: FromRedisValue>(
        &self,
        script: &Script,
        keys: &[&str],
        arguments: impl ToRedisArgs,
    ) -> Result<T, LinkError> {
        let Some(first) = keys.first() else { return Err(LinkError::Refused("no key".into())) };
        let command = |name: &str, text: &str| {
            let mut command = cmd(name);
            command.arg(text).arg(keys.len()).arg(keys).arg(&arguments);
            command
        };
        let answer = self.counted(first, &command("EVALSHA", script.hash.get_hash())).await;
        match answer {
            // Refused unrun.
            Err(error) if error.is_unknown_script() => typed(self.counted(first, &command("EVAL", script.text)).await),
            answer => typed(answer),
        }
    }

    /// Listens to a channel. The first that is heard is a gap, once the server has said that it listens.
    #[must_use]
    pub fn subscribe(&self, channel: &str) -> Subscription {
        self.ears.subscribe(channel)
    }

    /// Says something on a channel. Who does not listen at this moment does not hear it.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn publish(&self, channel: &str, message: &Bytes) -> Result<(), LinkError> {
        self.run(channel, cmd("SPUBLISH").arg(channel).arg(message.as_ref())).await
    }

    async fn counted(&self, key: &str, command: &Cmd) -> Result<Value, LinkError> {
        let begun = Instant::now();
        let sent = timeout(RESPONSE, self.send(key, command)).await;
        let result = sent.unwrap_or(Err(LinkError::Unanswered));
        let trouble = result.as_ref().err().filter(|error| !error.is_unknown_script());
        metrics::count_redis(begun.elapsed(), trouble.map(LinkError::word));
        if let Some(LinkError::Refused(code)) = trouble {
            self.tell_refusal(code);
        }
        result
    }

    /// A log line now and then: what is refused once is refused each time.
    fn tell_refusal(&self, code: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|told| told.elapsed() >= REMIND) {
            *told = Some(Instant::now());
            tracing::error!(code, "Redis refuses a command: see the rights of its user in docs/OPERATE.md");
        }
    }

    async fn send(&self, key: &str, command: &Cmd) -> Result<Value, LinkError> {
        let (_, mut node) = self.servers.of(key.as_bytes()).ok_or(LinkError::Away)?;
        for _ in 0..REDIRECTS_MAX {
            match node.send(command).await {
                Ok(value) => return Ok(value),
                Err(Answer::Moved(address)) => {
                    node = self.servers.at(&address).await.ok_or(LinkError::Away)?;
                }
                Err(Answer::Ask(address)) => {
                    let node = self.servers.at(&address).await.ok_or(LinkError::Away)?;
                    return node.send_asking(command).await.map_err(failed);
                }
                Err(answer) => {
                    self.servers.doubt();
                    return Err(failed(answer));
                }
            }
        }
        Err(LinkError::Away)
    }
}

fn failed(answer: Answer) -> LinkError {
    match answer {
        Answer::Failed(error) => error,
        Answer::Moved(_) | Answer::Ask(_) | Answer::ReadOnly => LinkError::Away,
    }
}

fn typed<T: FromRedisValue>(answer: Result<Value, LinkError>) -> Result<T, LinkError> {
    redis::from_redis_value(answer?).map_err(|_| LinkError::Refused("type".into()))
}

/// One try with the settings, so that wrong ones are told at the start.
async fn probe(config: &Redis, dial: &Dial) -> Result<(), DialError> {
    let refused = |address: String, error: &RedisError| {
        Err(DialError::Refused {
            address,
            why: error.detail().or(error.code()).unwrap_or(error.category()).trim_end_matches('.').to_owned(),
        })
    };
    if config.mode == RedisMode::Sentinel {
        let sentinels = dial.sentinels().map_err(|error| DialError::Settings(error.to_string()))?;
        match Whereabouts::Master(Box::new(sentinels.into())).find().await {
            Err(error) if is_refusal(&error) => return refused("the Sentinels".into(), &error),
            _ => return Ok(()),
        }
    }
    let tries = config.addresses.iter().map(|address| dial.connect(address, |_| Ok::<(), SendError>(())));
    let tries = join_all(tries).await;
    if tries.iter().any(Result::is_ok) {
        return Ok(());
    }
    let mut errors = config.addresses.iter().zip(tries.into_iter().filter_map(Result::err));
    if let Some((address, error)) = errors.find(|(_, error)| is_refusal(error)) {
        return refused(address.to_string(), &error);
    }
    Ok(())
}
