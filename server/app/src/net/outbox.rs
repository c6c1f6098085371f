//! What waits to be sent to one socket: bounded, and emptied rather than grown when its reader is too slow. As long as
//! nothing waits, who puts in a message also writes it, as far as that takes no waiting.

use std::collections::VecDeque;
use std::mem::take;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::{Error, Message};
use vitrine_core::session::CloseCode;

use super::upgrade::Socket;

/// Messages at most.
const MESSAGES_MAX: usize = 512;
/// A message up to this is written by who puts it in; a larger one would hold up whom she serves next.
const AT_ONCE_BYTES_MAX: usize = 32 << 10;

/// What writes to the peer.
pub type Pen = SplitSink<Socket, Message>;

/// The queue of one socket. The session's task puts in, the socket's writer takes out.
#[derive(Debug)]
pub struct Outbox {
    bytes_max: usize,
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Message>,
    bytes: usize,
    /// Lies here while the writer has nothing to do.
    pen: Option<Pen>,
    /// The peer did not take all of what was written at once: the writer has to go on.
    is_begun: bool,
    is_asking: bool,
    close: Option<CloseCode>,
    /// The queue overflowed and takes nothing until its owner says [`Outbox::resume`].
    is_lagging: bool,
    /// The writer was told that it lags and has sent all it had.
    is_told: bool,
    is_gone: bool,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is sent, or will be.
    Kept,
    /// It did not fit: the queue is empty now and takes nothing before [`Outbox::resume`].
    Overflowed,
    /// The queue takes nothing at the moment.
    Dropped,
}

/// What the writer does next.
#[derive(Debug, PartialEq)]
pub enum Work {
    /// Send these, after what was begun, with one flush.
    Send(Vec<Message>),
    /// Ask the peer whether it is there.
    Ask,
    /// The reader has caught up after an overflow: tell the session.
    CaughtUp,
    /// Say goodbye with this code.
    Close(CloseCode),
    /// The peer is gone.
    Stop,
}

impl Outbox {
    /// An empty one for so many bytes; one message alone may be larger.
    #[must_use]
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, state: Mutex::default(), wake: Notify::new() }
    }

    /// Puts in a message.
    pub fn put(&self, message: Message) -> Put {
        let mut state = self.lock();
        if state.is_lagging || state.is_gone || state.close.is_some() {
            return Put::Dropped;
        }
        let bytes = length(&message);
        if bytes <= AT_ONCE_BYTES_MAX
            && let Some(pen) = state.free_pen()
        {
            match write_at_once(pen, message) {
                Poll::Ready(Ok(())) => return Put::Kept,
                Poll::Ready(Err(_)) => state.is_gone = true,
                Poll::Pending => state.is_begun = true,
            }
            drop(state);
            self.wake.notify_one();
            return Put::Kept;
        }
        let is_full = state.queue.len() >= MESSAGES_MAX || state.bytes.saturating_add(bytes) > self.bytes_max;
        if is_full && !state.queue.is_empty() {
            state.queue.clear();
            state.bytes = 0;
            state.is_lagging = true;
            state.is_told = false;
            return Put::Overflowed;
        }
        state.bytes += bytes;
        state.queue.push_back(message);
        drop(state);
        self.wake.notify_one();
        Put::Kept
    }

    /// Takes messages again after an overflow.
    pub fn resume(&self) {
        self.lock().is_lagging = false;
    }

    /// Closes once everything before it is sent. The first code stays.
    pub fn close(&self, code: CloseCode) {
        self.lock().close.get_or_insert(code);
        self.wake.notify_one();
    }

    /// Whether its goodbye is decided: what the peer still says does not count.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        self.lock().close.is_some()
    }

    /// By which code it closes or closed, if that was our doing.
    #[must_use]
    pub fn close_code(&self) -> Option<CloseCode> {
        self.lock().close
    }

    /// The peer is gone: nothing is sent any more.
    pub fn abandon(&self) {
        self.lock().is_gone = true;
        self.wake.notify_one();
    }

    /// The peer is to be asked whether it is there.
    pub(super) fn ask(&self) {
        self.lock().is_asking = true;
        self.wake.notify_one();
    }

    /// Waits for something to do. Only the writer calls it. Meanwhile its pen is here for others; it has it back when there
    /// is something to do.
    pub async fn next(&self, pen: &mut Option<Pen>) -> Work {
        loop {
            if let Some(work) = self.try_next(pen) {
                return work;
            }
            self.wake.notified().await;
        }
    }

    fn try_next(&self, pen: &mut Option<Pen>) -> Option<Work> {
        let mut state = self.lock();
        let work = state.next();
        if work.is_none() {
            state.pen = pen.take().or(state.pen.take());
        } else {
            *pen = pen.take().or(state.pen.take());
        }
        work
    }

    /// The pen, if its writer has left it here.
    pub(super) fn take_pen(&self) -> Option<Pen> {
        self.lock().pen.take()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The pen, if nothing is to be written before the next message.
    fn free_pen(&mut self) -> Option<&mut Pen> {
        let is_free = self.queue.is_empty() && !self.is_begun;
        self.pen.as_mut().filter(|_| is_free)
    }

    fn next(&mut self) -> Option<Work> {
        if self.is_gone {
            return Some(Work::Stop);
        }
        if take(&mut self.is_asking) {
            return Some(Work::Ask);
        }
        if take(&mut self.is_begun) || !self.queue.is_empty() {
            self.bytes = 0;
            return Some(Work::Send(self.queue.drain(..).collect()));
        }
        if let Some(code) = self.close {
            return Some(Work::Close(code));
        }
        if self.is_lagging && !self.is_told {
            self.is_told = true;
            return Some(Work::CaughtUp);
        }
        None
    }
}

/// Writes a message as far as the peer takes it now. What comes of it later is the writer's, who is not woken by this.
fn write_at_once(pen: &mut Pen, message: Message) -> Poll<Result<(), Error>> {
    pen.start_send_unpin(message)?;
    pen.poll_flush_unpin(&mut Context::from_waker(Waker::noop()))
}

/// What a message takes in a queue.
#[must_use]
pub fn length(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) | Message::Frame(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::Message;
    use vitrine_core::session::CloseCode;

    use super::{MESSAGES_MAX, Outbox, Put, Work};

    const BYTES_MAX: usize = 8 << 20;

    fn text(words: &str) -> Message {
        Message::Text(words.into())
    }

    #[tokio::test]
    async fn messages_leave_in_order_and_before_the_goodbye() {
        let outbox = Outbox::new(BYTES_MAX);
        assert_eq!(outbox.put(text("a")), Put::Kept);
        assert_eq!(outbox.put(text("b")), Put::Kept);
        outbox.close(CloseCode::Ended);
        outbox.close(CloseCode::Normal);
        assert_eq!(outbox.put(text("c")), Put::Dropped);
        assert_eq!(outbox.next(&mut None).await, Work::Send(vec![text("a"), text("b")]));
        assert_eq!(outbox.next(&mut None).await, Work::Close(CloseCode::Ended));
    }

    #[tokio::test]
    async fn an_overflow_empties_the_queue_until_the_reader_is_back() {
        let outbox = Outbox::new(BYTES_MAX);
        for _ in 0..MESSAGES_MAX {
            assert_eq!(outbox.put(text("a")), Put::Kept);
        }
        assert_eq!(outbox.put(text("b")), Put::Overflowed);
        assert_eq!(outbox.put(text("c")), Put::Dropped);
        assert_eq!(outbox.next(&mut None).await, Work::CaughtUp);
        outbox.resume();
        assert_eq!(outbox.put(text("d")), Put::Kept);
        assert_eq!(outbox.next(&mut None).await, Work::Send(vec![text("d")]));
    }

    #[test]
    fn one_large_message_passes_alone() {
        let outbox = Outbox::new(BYTES_MAX);
        let large = text(&"x".repeat(BYTES_MAX + 1));
        assert_eq!(outbox.put(large), Put::Kept);
        assert_eq!(outbox.put(text("a")), Put::Overflowed);
    }
}
