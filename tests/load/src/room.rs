//! One who sends and some who watch: through whichever server, at a rate, each delivery timed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tokio_tungstenite::tungstenite::Message;

use crate::socket::Socket;

/// How a server's sockets tell an event.
#[derive(Debug, Clone, Copy)]
pub enum Dialect {
    /// Frames of our protocol.
    Ours,
    /// The event as it is.
    Bare,
    /// Packets of socket.io.
    SocketIo,
}

impl Dialect {
    fn tell(self, room: &str, seq: u64, event: &str) -> Message {
        Message::text(match self {
            Self::Ours => format!("{{\"t\":\"events\",\"seq\":{seq},\"events\":[{event}]}}"),
            Self::Bare => event.to_owned(),
            Self::SocketIo => format!("42[\"event\",\"{room}\",{event}]"),
        })
    }

    fn is_event(self, message: &Message) -> bool {
        let begins = match self {
            Self::Ours => "{\"t\":\"events\"",
            Self::Bare => "{",
            Self::SocketIo => "42[\"event\"",
        };
        message.is_text() && message.to_text().is_ok_and(|text| text.starts_with(begins))
    }

    /// Who does not answer this is taken for dead.
    fn answer(self, message: &Message) -> Option<Message> {
        let is_ping = matches!(self, Self::SocketIo) && message.to_text().is_ok_and(|text| text == "2");
        is_ping.then(|| Message::text("3"))
    }
}

/// A room whose sockets are open.
#[derive(Debug)]
pub struct Room {
    orders: mpsc::UnboundedSender<Order>,
    tally: Arc<Tally>,
    watching: usize,
}

#[derive(Debug)]
struct Order {
    first: Instant,
    every: Duration,
    count: usize,
}

#[derive(Debug, Default)]
struct Tally {
    sent: Mutex<Vec<Instant>>,
    late_ms: Mutex<Vec<f64>>,
    arrived: AtomicUsize,
    bytes: AtomicUsize,
}

impl Room {
    /// `sender` tells `events` in turn. It has sent `sent` messages of its own before.
    pub fn new(dialect: Dialect, name: String, events: Arc<[String]>, sender: Socket, viewers: Vec<Socket>) -> Self {
        let (orders, order) = mpsc::unbounded_channel();
        let (tally, watching) = (Arc::new(Tally::default()), viewers.len());
        for viewer in viewers {
            tokio::spawn(watch(dialect, viewer, Arc::clone(&tally)));
        }
        tokio::spawn(tell(dialect, name, events, sender, order, Arc::clone(&tally)));
        Self { orders, tally, watching }
    }
}

async fn tell(
    dialect: Dialect,
    name: String,
    events: Arc<[String]>,
    mut socket: Socket,
    mut orders: mpsc::UnboundedReceiver<Order>,
    tally: Arc<Tally>,
) {
    // The page itself was the first frame.
    let (mut seq, mut turn) = (1, events.iter().cycle());
    loop {
        let order = tokio::select! {
            order = orders.recv() => order,
            message = socket.next() => match hear(dialect, &mut socket, message).await {
                Some(()) => continue,
                None => return,
            },
        };
        let Some(Order { first, every, mut count }) = order else { return };
        let mut ticks = interval_at(first, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        while count > 0 {
            tokio::select! {
                _ = ticks.tick() => {
                    seq += 1;
                    count -= 1;
                    let message = dialect.tell(&name, seq, turn.next().expect("events"));
                    lock(&tally.sent).push(Instant::now());
                    socket.send(message).await.expect("an open socket");
                }
                message = socket.next() => if hear(dialect, &mut socket, message).await.is_none() { return },
            }
        }
    }
}

type Heard = Option<Result<Message, tokio_tungstenite::tungstenite::Error>>;

/// Takes what is no event. `None`: the server is gone, at the end of a bench or too early: then deliveries are missed.
async fn hear(dialect: Dialect, socket: &mut Socket, message: Heard) -> Option<()> {
    let message = message?.ok().filter(|message| !message.is_close())?;
    match dialect.answer(&message) {
        Some(answer) => socket.send(answer).await.ok(),
        None => Some(()),
    }
}

async fn watch(dialect: Dialect, mut socket: Socket, tally: Arc<Tally>) {
    let mut count = 0;
    while let Some(Ok(message)) = socket.next().await {
        if !dialect.is_event(&message) {
            let Some(()) = hear(dialect, &mut socket, Some(Ok(message))).await else { return };
            continue;
        }
        let late = lock(&tally.sent).get(count).expect("what was sent").elapsed();
        count += 1;
        lock(&tally.late_ms).push(late.as_secs_f64() * 1e3);
        tally.bytes.fetch_add(message.len(), Ordering::Relaxed);
        tally.arrived.fetch_add(1, Ordering::Relaxed);
    }
}

/// What came of driving rooms for a while.
#[derive(Debug)]
pub struct Driven {
    /// Messages that arrived: all.
    pub deliveries: f64,
    /// From sending to arriving, each.
    pub late_ms: Vec<f64>,
    /// Their bytes.
    pub bytes: f64,
}

/// For what is still under way.
const PATIENCE: Duration = Duration::from_secs(30);

/// Lets each room's sender tell so many events per second, evenly, for so long; waits until all have arrived everywhere.
///
/// # Panics
/// Some never arrive.
pub async fn drive(rooms: &[Room], per_second: f64, seconds: f64) -> Driven {
    let every = Duration::from_secs_f64(1.0 / per_second);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
    let count = ((per_second * seconds) as usize).max(1);
    let begin = Instant::now() + Duration::from_millis(50);
    for (index, room) in rooms.iter().enumerate() {
        // Spread over one turn, so that rooms do not all speak at once.
        let offset = every * u32::try_from(index).expect("few") / u32::try_from(rooms.len()).expect("few");
        lock(&room.tally.late_ms).clear();
        room.tally.arrived.store(0, Ordering::Relaxed);
        room.tally.bytes.store(0, Ordering::Relaxed);
        room.orders.send(Order { first: begin + offset, every, count }).expect("a sender");
    }
    let all: usize = rooms.iter().map(|room| count * room.watching).sum();
    let sum = |of: fn(&Tally) -> &AtomicUsize| rooms.iter().map(|room| of(&room.tally).load(Ordering::Relaxed)).sum();
    let ends = begin + Duration::from_secs_f64(seconds) + PATIENCE;
    loop {
        sleep(Duration::from_millis(20)).await;
        let arrived: usize = sum(|tally| &tally.arrived);
        if arrived == all {
            break;
        }
        assert!(Instant::now() < ends, "{arrived} of {all} arrived");
    }
    let bytes: usize = sum(|tally| &tally.bytes);
    let late_ms = rooms.iter().flat_map(|room| std::mem::take(&mut *lock(&room.tally.late_ms))).collect();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let driven = Driven { deliveries: all as f64, late_ms, bytes: bytes as f64 };
    driven
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
