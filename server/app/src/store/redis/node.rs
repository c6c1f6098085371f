//! One Redis server: a connection for commands that is made anew by itself. A command is sent once or not at all.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::aio::{MultiplexedConnection, SendError};
use redis::sentinel::SentinelClient;
use redis::{Cmd, ErrorKind, PushInfo, PushKind, RedisError, RedisResult, ServerErrorKind, Value, cmd, pipe};
use tokio::sync::{Mutex, Notify, watch};
use tokio::time::{Instant, sleep, timeout};

use super::dial::{CONNECT, Dial, RESPONSE, address_of, timed_out};
use super::trouble::{Answer, LinkError};
use crate::config::RedisAddress;
use crate::ops::metrics;

/// So often a connection is asked whether it is alive.
const CHECK: Duration = Duration::from_secs(1);
/// After so many checks the Sentinels are asked whether it is still the master: each time they look at it themselves.
const ASK_AGAIN: u64 = 4;
/// Between two tries to connect: at first, and at most.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// So often a log line says that it is still away.
const REMIND: Duration = Duration::from_secs(10);

/// Where a server is.
pub(super) enum Whereabouts {
    /// There.
    At(RedisAddress),
    /// Where the Sentinels say that the master is.
    Master(Box<Mutex<SentinelClient>>),
}

impl Whereabouts {
    pub(super) async fn find(&self) -> RedisResult<RedisAddress> {
        match self {
            Self::At(address) => Ok(address.clone()),
            Self::Master(sentinels) => {
                let mut sentinels = sentinels.lock().await;
                let client = timeout(CONNECT, sentinels.async_get_client()).await.map_err(|_| timed_out())??;
                address_of(&client).ok_or_else(|| (ErrorKind::Client, "not an address").into())
            }
        }
    }
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(address) => address.fmt(out),
            Self::Master(_) => out.write_str("the Sentinels' master"),
        }
    }
}

/// A server that commands are sent to.
pub(super) struct Node {
    whereabouts: Whereabouts,
    open: ArcSwapOption<Open>,
    /// Somebody has reason to believe that the connection is dead.
    doubt: Arc<Notify>,
    /// The server takes no writes: it is not, or no longer, the master.
    is_wrong: AtomicBool,
    /// Where it is connected to, if it is.
    at: watch::Sender<Option<RedisAddress>>,
}

/// A connection.
struct Open {
    connection: MultiplexedConnection,
    is_lost: Arc<AtomicBool>,
}

impl Node {
    pub(super) fn new(whereabouts: Whereabouts) -> Arc<Self> {
        Arc::new(Self {
            whereabouts,
            open: ArcSwapOption::empty(),
            doubt: Arc::default(),
            is_wrong: AtomicBool::new(false),
            at: watch::Sender::new(None),
        })
    }

    /// Where it is connected to; `None` while it is not.
    pub(super) fn at(&self) -> watch::Receiver<Option<RedisAddress>> {
        self.at.subscribe()
    }

    /// Sends a command and waits for its answer, at most [`RESPONSE`].
    pub(super) async fn send(&self, command: &Cmd) -> Result<Value, Answer> {
        let mut connection = self.connection()?;
        let sent = timeout(RESPONSE, connection.send_packed_command(command)).await;
        self.judge(sent.unwrap_or_else(|_| Err(timed_out())).and_then(Value::extract_error))
    }

    /// The same, of a slot that is on its way here.
    pub(super) async fn send_asking(&self, command: &Cmd) -> Result<Value, Answer> {
        let mut connection = self.connection()?;
        let mut both = pipe();
        both.cmd("ASKING").add_command(command.clone());
        let sent = timeout(RESPONSE, connection.send_packed_commands(&both, 0, 2)).await;
        let values = sent.unwrap_or_else(|_| Err(timed_out()));
        self.judge(values.and_then(|mut values| values.pop().unwrap_or(Value::Nil).extract_error()))
    }

    fn connection(&self) -> Result<MultiplexedConnection, Answer> {
        let open = self.open.load();
        let open = open.as_ref().filter(|open| !open.is_lost.load(Ordering::Relaxed));
        open.map(|open| open.connection.clone()).ok_or(Answer::Failed(LinkError::Away))
    }

    fn judge(&self, result: RedisResult<Value>) -> Result<Value, Answer> {
        result.map_err(|error| {
            let answer = Answer::of(&error);
            match answer {
                Answer::ReadOnly => {
                    self.is_wrong.store(true, Ordering::Relaxed);
                    self.doubt.notify_one();
                }
                Answer::Failed(LinkError::Unanswered) => self.doubt.notify_one(),
                Answer::Moved(_) | Answer::Ask(_) | Answer::Failed(_) => {}
            }
            answer
        })
    }

    /// Keeps it connected, for as long as this is polled.
    pub(super) async fn keep(&self, dial: &Dial) {
        let mut away = Away::new();
        loop {
            match self.connect(dial).await {
                Ok((address, open)) => {
                    away.is_over(&address);
                    self.open.store(Some(Arc::clone(&open)));
                    self.at.send_replace(Some(address.clone()));
                    let why = self.hold(&open, &address).await;
                    self.open.store(None);
                    self.at.send_replace(None);
                    tracing::warn!(%address, why, "the connection to Redis is lost");
                }
                Err(error) => away.goes_on(&self.whereabouts, &error),
            }
            sleep(away.pause()).await;
        }
    }

    async fn connect(&self, dial: &Dial) -> RedisResult<(RedisAddress, Arc<Open>)> {
        let address = self.whereabouts.find().await?;
        let is_lost = Arc::new(AtomicBool::new(false));
        let (lost, doubt) = (Arc::clone(&is_lost), Arc::clone(&self.doubt));
        let mut connection = dial
            .connect(&address, move |push: PushInfo| -> Result<(), SendError> {
                if push.kind == PushKind::Disconnection {
                    lost.store(true, Ordering::Relaxed);
                    doubt.notify_one();
                }
                Ok(())
            })
            .await?;
        ping(&mut connection).await?;
        self.is_wrong.store(false, Ordering::Relaxed);
        Ok((address, Arc::new(Open { connection, is_lost })))
    }

    /// Returns with the reason as soon as the connection is of no use.
    async fn hold(&self, open: &Open, address: &RedisAddress) -> &'static str {
        let mut connection = open.connection.clone();
        let mut checks = 0_u64;
        loop {
            tokio::select! {
                () = self.doubt.notified() => {}
                () = sleep(CHECK) => {}
            }
            if open.is_lost.load(Ordering::Relaxed) {
                return "it ended";
            }
            if self.is_wrong.load(Ordering::Relaxed) {
                return "it takes no writes";
            }
            if ping(&mut connection).await.is_err() {
                return "it does not answer";
            }
            checks += 1;
            if checks.is_multiple_of(ASK_AGAIN)
                && matches!(self.whereabouts, Whereabouts::Master(_))
                && self.whereabouts.find().await.is_ok_and(|now| now != *address)
            {
                return "another server is the master now";
            }
        }
    }
}

pub(super) async fn ping(connection: &mut MultiplexedConnection) -> RedisResult<()> {
    let answer = timeout(RESPONSE, connection.send_packed_command(&cmd("PING"))).await;
    answer.unwrap_or_else(|_| Err(timed_out()))?.extract_error().map(|_| ())
}

/// Whether an error says that Redis is there and does not let us in.
pub(super) fn is_refusal(error: &RedisError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::AuthenticationFailed
            | ErrorKind::RESP3NotSupported
            | ErrorKind::InvalidClientConfig
            | ErrorKind::Server(ServerErrorKind::NoPerm)
    ) || matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM"))
}

/// A time without a connection: its log lines, and the pauses between tries.
struct Away {
    pause: Duration,
    told: Option<Instant>,
    is_first: bool,
}

impl Away {
    fn new() -> Self {
        Self { pause: PAUSE.0, told: None, is_first: true }
    }

    fn is_over(&mut self, address: &RedisAddress) {
        if !std::mem::take(&mut self.is_first) {
            metrics::count(metrics::REDIS_RECONNECTS, 1);
        }
        tracing::info!(%address, "connected to Redis");
        (self.pause, self.told) = (PAUSE.0, None);
    }

    fn goes_on(&mut self, whereabouts: &Whereabouts, error: &RedisError) {
        if self.told.is_none_or(|told| told.elapsed() >= REMIND) {
            tracing::warn!(%whereabouts, why = %error, "waiting for Redis");
            self.told = Some(Instant::now());
        }
    }

    fn pause(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = (pause * 2).min(PAUSE.1);
        pause
    }
}
