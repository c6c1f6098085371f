//! One WebSocket from its upgrade to its goodbye: limits, decompression, keep-alive, and a writer that is never
//! waited for by anybody else.

use std::future::pending;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::SplitStream;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::tungstenite::error::{CapacityError, Error, ProtocolError};
use tokio_tungstenite::tungstenite::{Message, protocol::CloseFrame};
use vitrine_core::session::CloseCode;

use super::brake::{Brake, Verdict};
use super::frame::unzip;
use super::outbox::{Outbox, Pen, Work};
use super::pace::Pace;
use super::upgrade::Socket;
use crate::config::Config;
use crate::ops::metrics;

/// A peer that does not take what is sent for so long is gone.
const WRITE_MAX: Duration = Duration::from_secs(30);
/// For the peer to answer a goodbye.
const GOODBYE_MAX: Duration = Duration::from_secs(2);

/// Bounds of one socket.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// One message, compressed or not, and again after decompression.
    pub message_bytes: usize,
    /// Messages per second, averaged over ten seconds.
    pub frames_per_second: u32,
    /// Bytes per second on the wire, and again of messages that were compressed; averaged over ten seconds.
    pub bytes_per_second: usize,
    /// The peer is asked so often whether it is there. Who sends nothing for two and a half times as long is gone.
    pub ping_interval: Duration,
}

impl Bounds {
    /// By the configuration, for messages up to this size.
    #[must_use]
    pub fn new(message_bytes: usize, config: &Config) -> Self {
        Self {
            message_bytes,
            frames_per_second: config.limits.frames_per_second,
            bytes_per_second: config.limits.bytes_per_second,
            ping_interval: config.server.ping_interval,
        }
    }

    /// What so many bytes take of a pace.
    pub(super) fn cost(bytes: usize) -> f64 {
        u32::try_from(bytes).map_or(f64::MAX, f64::from)
    }

    fn frames_pace(self, now: Instant) -> Pace {
        Pace::new(f64::from(self.frames_per_second), 1.0, now)
    }

    /// Room for two of the largest messages, however slow the rate.
    pub(super) fn bytes_pace(self, now: Instant) -> Pace {
        Pace::new(Self::cost(self.bytes_per_second), 2.0 * Self::cost(self.message_bytes), now)
    }

    /// Two questions and no answer to either.
    fn silence_max(self) -> Duration {
        self.ping_interval * 5 / 2
    }
}

/// Where messages go.
pub trait Receiver: Send {
    /// One message, decompressed. An error closes the socket.
    fn take(&mut self, message: Bytes) -> impl Future<Output = Result<(), CloseCode>> + Send;
    /// The peer has caught up after its outbox overflowed.
    fn caught_up(&self) -> impl Future<Output = ()> + Send;
}

/// Runs the socket until it is closed by either side, or its session is `over`. A session that ends says its own
/// goodbye first; `over` is for what it can no longer do, because it failed or never heard of the socket.
pub async fn run(
    socket: Socket,
    outbox: &Outbox,
    bounds: Bounds,
    mut receiver: impl Receiver + Sync,
    over: impl Future<Output = CloseCode>,
) {
    let (pen, mut stream) = socket.split();
    let mut pen = Some(pen);
    let _open = Open(outbox);
    let caught_up = Notify::new();
    let both = async {
        let reading = async {
            match read(&mut stream, bounds, &mut receiver, &caught_up).await {
                Some(code) => outbox.close(code),
                None => outbox.abandon(),
            }
        };
        let writing = write(&mut pen, outbox, bounds.ping_interval, &caught_up);
        let orphaned = async {
            outbox.close(over.await);
            pending::<()>().await;
        };
        tokio::pin!(reading, writing);
        tokio::select! {
            () = &mut reading => { let _ = timeout(WRITE_MAX, writing).await; }
            () = &mut writing => {}
            () = orphaned => {}
        }
    };
    Box::pin(both).await;
    outbox.abandon();
    // Both halves are of one socket.
    if let Some(pen) = pen.or_else(|| outbox.take_pen())
        && let Ok(socket) = stream.reunite(pen)
    {
        let _ = timeout(GOODBYE_MAX, Box::pin(part(socket))).await;
    }
}

/// Also a receiver that panics leaves no connection behind.
struct Open<'o>(&'o Outbox);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.abandon();
        drop(self.0.take_pen());
    }
}

/// Waits for the peer's goodbye and for its end. Closing while something of it is unread would reset the connection, and
/// take from the peer what was sent last: why it was closed.
async fn part(mut socket: Socket) {
    while let Some(Ok(_)) = socket.next().await {}
    let stream = socket.get_mut().beneath();
    let mut unread = [0; 1 << 10];
    if stream.shutdown().await.is_ok() {
        while stream.read(&mut unread).await.is_ok_and(|bytes| bytes > 0) {}
    }
}

/// Reads until the peer is gone (`None`) or did something that closes the socket.
async fn read(
    stream: &mut SplitStream<Socket>,
    bounds: Bounds,
    receiver: &mut impl Receiver,
    caught_up: &Notify,
) -> Option<CloseCode> {
    let mut heard = Instant::now();
    let (mut frames, mut brake) = (bounds.frames_pace(heard), Brake::new(bounds, heard));
    // One timer for all messages: it goes off when the first of them is too long ago, and is then set by the last.
    let silence = sleep_until(heard + bounds.silence_max());
    tokio::pin!(silence);
    loop {
        let message = tokio::select! {
            biased;
            message = next(stream, &brake) => message?,
            () = caught_up.notified() => { receiver.caught_up().await; continue; }
            () = &mut silence => {
                // While she is held back she is not heard.
                let ends = brake.held_until().map_or(heard, |until| until.max(heard)) + bounds.silence_max();
                if ends <= Instant::now() {
                    return None;
                }
                silence.as_mut().reset(ends);
                continue;
            }
        };
        heard = Instant::now();
        if !frames.allows(1.0, heard) {
            metrics::count_limited("frames-per-second");
            return Some(CloseCode::TooFast);
        }
        let bytes = match message {
            Ok(Message::Text(text)) => Bytes::from(text),
            Ok(Message::Binary(zipped)) => match unzip(&zipped, bounds.message_bytes) {
                Ok(json) => Bytes::from(json),
                Err(code) => return Some(code),
            },
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => continue,
            Ok(Message::Close(_)) => return None,
            Err(error) => return verdict(&error),
        };
        match brake.read(bytes.len(), heard) {
            Verdict::Go => {}
            Verdict::Hold => metrics::count(metrics::SOCKETS_HELD, 1),
            Verdict::Cut => {
                metrics::count_limited("bytes-per-second");
                return Some(CloseCode::TooFast);
            }
        }
        if let Err(code) = receiver.take(bytes).await {
            return Some(code);
        }
    }
}

/// The next message, not before the brake lets it be read. `None`: the peer is gone.
async fn next(stream: &mut SplitStream<Socket>, brake: &Brake) -> Option<Result<Message, Error>> {
    if let Some(until) = brake.held_until() {
        sleep_until(until).await;
    }
    stream.next().await
}

/// What a peer is told that broke the protocol itself; nothing if it is gone.
fn verdict(error: &Error) -> Option<CloseCode> {
    // A length whose first bit is set is none (section 5.2).
    const NO_LENGTH: usize = 1 << (usize::BITS - 1);
    match error {
        Error::Capacity(CapacityError::MessageTooLong { size: NO_LENGTH.., .. }) => Some(CloseCode::Protocol),
        Error::Capacity(_) => Some(CloseCode::TooBig),
        Error::Utf8(_) => Some(CloseCode::NotUtf8),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some(CloseCode::Protocol),
        Error::Io(error) if error.kind() == io::ErrorKind::QuotaExceeded => {
            metrics::count_limited("bytes-per-second");
            Some(CloseCode::TooFast)
        }
        _ => None,
    }
}

/// Writes until the goodbye is said or the peer takes nothing any more.
async fn write(pen: &mut Option<Pen>, outbox: &Outbox, ping_interval: Duration, caught_up: &Notify) {
    let mut asking = interval_at(Instant::now() + ping_interval, ping_interval);
    asking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let work = tokio::select! {
            biased;
            _ = asking.tick() => { outbox.ask(); continue; }
            work = outbox.next(pen) => work,
        };
        let Some(pen) = pen.as_mut() else { return };
        let sent = match work {
            Work::Send(messages) => send(pen, messages).await,
            Work::Ask => send(pen, vec![Message::Ping(Bytes::new())]).await,
            Work::CaughtUp => {
                caught_up.notify_one();
                Some(())
            }
            Work::Close(code) => {
                // A pong that is due is not to follow the goodbye.
                let _ = send(pen, Vec::new()).await;
                let goodbye = CloseFrame { code: code.code().into(), reason: "".into() };
                let _ = send(pen, vec![Message::Close(Some(goodbye))]).await;
                None
            }
            Work::Stop => None,
        };
        if sent.is_none() {
            return;
        }
    }
}

/// Sends several messages with one flush.
async fn send(pen: &mut Pen, messages: Vec<Message>) -> Option<()> {
    let work = async {
        for message in messages {
            pen.feed(message).await.ok()?;
        }
        pen.flush().await.ok()
    };
    timeout(WRITE_MAX, work).await.ok()?
}
