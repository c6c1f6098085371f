//! One WebSocket from its upgrade to its goodbye: limits, decompression, keep-alive, and a writer that is never
//! waited for by anybody else.

use std::future::pending;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::time::{Instant, timeout, timeout_at};
use vitrine_core::session::CloseCode;

use super::frame::unzip;
use super::outbox::{Outbox, Work};
use crate::auth::socket::PROTOCOL;

/// Buffers of an idle socket. The library's own default costs 128 KiB for each.
const BUFFER_BYTES: usize = 4 << 10;
/// Every peer is asked so often whether it is there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// A peer that sent nothing for so long, though asked twice, is gone.
const SILENCE_MAX: Duration = Duration::from_secs(50);
/// A peer that does not take what is sent for so long is gone.
const WRITE_MAX: Duration = Duration::from_secs(30);
/// For the peer to answer a goodbye.
const GOODBYE_MAX: Duration = Duration::from_secs(2);
/// Frames may come in a burst of as many as their rate allows in this time.
const BURST: Duration = Duration::from_secs(10);

/// Bounds of one socket.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// One message, compressed or not, and again after decompression.
    pub message_bytes: usize,
    /// Messages per second, averaged over ten seconds.
    pub frames_per_second: u32,
}

/// Where messages go.
pub trait Receiver: Send {
    /// One message, decompressed. An error closes the socket.
    fn take(&mut self, message: Bytes) -> impl Future<Output = Result<(), CloseCode>> + Send;
    /// The peer has caught up after its outbox overflowed.
    fn caught_up(&self) -> impl Future<Output = ()> + Send;
}

/// Answers an upgrade with our subprotocol and nothing of what else was offered.
pub fn prepare(upgrade: WebSocketUpgrade, bounds: Bounds) -> WebSocketUpgrade {
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(usize::MAX)
        .max_message_size(bounds.message_bytes)
        .max_frame_size(bounds.message_bytes)
}

/// Runs the socket until it is closed by either side, or its session is `over`. A session that ends says its own
/// goodbye first; `over` is for what it can no longer do, because it failed or never heard of the socket.
pub async fn run(
    socket: WebSocket,
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
        let writing = write(&mut sink, outbox, &to_receiver);
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
    let _ = timeout(GOODBYE_MAX, async { while let Some(Ok(_)) = stream.next().await {} }).await;
}

/// Reads until the peer is gone (`None`) or did something that closes the socket.
async fn read(
    stream: &mut SplitStream<WebSocket>,
    bounds: Bounds,
    receiver: &mut impl Receiver,
    caught_up: &mut tokio::sync::mpsc::Receiver<()>,
) -> Option<CloseCode> {
    let mut pace = Pace::new(bounds.frames_per_second, Instant::now());
    loop {
        let message = tokio::select! {
            message = timeout(SILENCE_MAX, stream.next()) => message.ok()??,
            Some(()) = caught_up.recv() => { receiver.caught_up().await; continue; }
        };
        if !pace.allows(Instant::now()) {
            return Some(CloseCode::TooFast);
        }
        let bytes = match message {
            Ok(Message::Text(text)) => Bytes::from(text),
            Ok(Message::Binary(zipped)) => match unzip(&zipped, bounds.message_bytes) {
                Ok(json) => Bytes::from(json),
                Err(code) => return Some(code),
            },
            Ok(Message::Ping(_) | Message::Pong(_)) => continue,
            Ok(Message::Close(_)) => return None,
            Err(error) => return is_too_big(error).then_some(CloseCode::TooBig),
        };
        if let Err(code) = receiver.take(bytes).await {
            return Some(code);
        }
    }
}

fn is_too_big(error: axum::Error) -> bool {
    let error = error.into_inner();
    matches!(error.downcast_ref(), Some(tungstenite::Error::Capacity(_)))
}

/// Writes until the goodbye is said or the peer takes nothing any more.
async fn write(sink: &mut SplitSink<WebSocket, Message>, outbox: &Outbox, caught_up: &tokio::sync::mpsc::Sender<()>) {
    let mut next_ping = Instant::now() + PING_EVERY;
    loop {
        if Instant::now() >= next_ping {
            next_ping = Instant::now() + PING_EVERY;
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
                let goodbye = CloseFrame { code: code.code(), reason: "".into() };
                let _ = send(sink, vec![Message::Close(Some(goodbye))]).await;
                return;
            }
            Work::Stop => return,
        }
    }
}

/// Sends several messages with one flush.
async fn send(sink: &mut SplitSink<WebSocket, Message>, messages: Vec<Message>) -> Option<()> {
    let work = async {
        for message in messages {
            sink.feed(message).await.ok()?;
        }
        sink.flush().await.ok()
    };
    timeout(WRITE_MAX, work).await.ok()?
}

/// A bucket that fills at the rate that is allowed.
struct Pace {
    per_second: f64,
    most: f64,
    left: f64,
    filled: Instant,
}

impl Pace {
    fn new(per_second: u32, now: Instant) -> Self {
        let most = f64::from(per_second) * BURST.as_secs_f64();
        Self { per_second: f64::from(per_second), most, left: most, filled: now }
    }

    fn allows(&mut self, now: Instant) -> bool {
        let gained = now.duration_since(self.filled).as_secs_f64() * self.per_second;
        self.left = (self.left + gained).min(self.most) - 1.0;
        self.filled = now;
        self.left >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Instant, Pace};

    #[test]
    fn a_burst_passes_and_a_flood_does_not() {
        let start = Instant::now();
        let mut pace = Pace::new(10, start);
        assert!((0..100).all(|_| pace.allows(start)));
        assert!(!pace.allows(start));
        let later = start + Duration::from_secs(1);
        assert!((0..9).all(|_| pace.allows(later)));
        assert!(!pace.allows(later));
    }
}
