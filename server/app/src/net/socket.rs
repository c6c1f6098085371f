//! One WebSocket from its upgrade to its goodbye: limits, decompression, keep-alive, and a writer that is never
//! waited for by anybody else.

use std::future::pending;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_tungstenite::tungstenite::error::{CapacityError, Error, ProtocolError};
use tokio_tungstenite::tungstenite::{Message, protocol::CloseFrame};
use vitrine_core::session::CloseCode;

use super::brake::{Brake, Verdict};
use super::frame::unzip;
use super::outbox::{Outbox, Work};
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
    let (mut sink, mut stream) = socket.split();
    let (to_receiver, mut caught_up) = tokio::sync::mpsc::channel(1);
    let both = async {
        let reading = async {
            match read(&mut stream, bounds, &mut receiver, &mut caught_up).await {
                Some(code) => outbox.close(code),
                None => outbox.abandon(),
            }
        };
        let writing = write(&mut sink, outbox, bounds.ping_interval, &to_receiver);
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
    if let Ok(socket) = stream.reunite(sink) {
        let _ = timeout(GOODBYE_MAX, Box::pin(part(socket))).await;
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
    caught_up: &mut tokio::sync::mpsc::Receiver<()>,
) -> Option<CloseCode> {
    let (mut frames, mut brake) = (bounds.frames_pace(Instant::now()), Brake::new(bounds, Instant::now()));
    loop {
        let message = tokio::select! {
            message = next(stream, &brake, bounds) => message?,
            Some(()) = caught_up.recv() => { receiver.caught_up().await; continue; }
        };
        if !frames.allows(1.0, Instant::now()) {
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
        match brake.read(bytes.len(), Instant::now()) {
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
async fn next(stream: &mut SplitStream<Socket>, brake: &Brake, bounds: Bounds) -> Option<Result<Message, Error>> {
    sleep_until(brake.held_until()).await;
    timeout(bounds.silence_max(), stream.next()).await.ok()?
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
async fn write(
    sink: &mut SplitSink<Socket, Message>,
    outbox: &Outbox,
    ping_interval: Duration,
    caught_up: &tokio::sync::mpsc::Sender<()>,
) {
    let mut next_ping = Instant::now() + ping_interval;
    loop {
        if Instant::now() >= next_ping {
            next_ping = Instant::now() + ping_interval;
            if send(sink, vec![Message::Ping(Bytes::new())]).await.is_none() {
                return;
            }
        }
        let Ok(work) = timeout_at(next_ping, outbox.next()).await else { continue };
        match work {
            Work::Send(messages) => {
                if send(sink, messages).await.is_none() {
                    return;
                }
            }
            Work::CaughtUp => {
                let _ = caught_up.send(()).await;
            }
            Work::Close(code) => {
                // A pong that is due is not to follow the goodbye.
                let _ = send(sink, Vec::new()).await;
                let goodbye = CloseFrame { code: code.code().into(), reason: "".into() };
                let _ = send(sink, vec![Message::Close(Some(goodbye))]).await;
                return;
            }
            Work::Stop => return,
        }
    }
}

/// Sends several messages with one flush.
async fn send(sink: &mut SplitSink<Socket, Message>, messages: Vec<Message>) -> Option<()> {
    let work = async {
        for message in messages {
            sink.feed(message).await.ok()?;
        }
        sink.flush().await.ok()
    };
    timeout(WRITE_MAX, work).await.ok()?
}
