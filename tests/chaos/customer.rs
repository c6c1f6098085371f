//! A customer whose page never rests: by the rules of the snippet she keeps a socket, reconnects with backoff and jitter
//! when it is lost or silent, and types on all the while.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep};
use vitrine_histories::Browsing;
use vitrine_tests::customer::{ask, wish};
use vitrine_tests::server::{SHOP, Server};
use vitrine_tests::stage::PATIENCE;
use vitrine_tests::tokens::now_s;

use crate::channel::Channel;
use crate::known::Known;
use crate::tries::Tries;
use crate::wire::{Lost, Wire};

/// After so much silence a page takes its socket for dead.
const SILENCE: Duration = Duration::from_secs(6);
const AGAIN_AFTER: Duration = Duration::from_secs(1);
const BACKOFF_FIRST: Duration = Duration::from_millis(500);
const SOCKET: &str = "/api/v1/customer/socket";

/// A customer, while her page is open.
#[derive(Debug)]
pub(crate) struct Customer {
    pub(crate) session: String,
    /// The code that her page showed first.
    pub(crate) code: String,
    known: Known<Told>,
    types: watch::Sender<bool>,
    page: Arc<Mutex<Browsing>>,
}

/// What is known of her.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// The last number that she wrote on her page.
    pub(crate) mark: u64,
    /// The server has applied all that she did.
    pub(crate) is_done: bool,
    pub(crate) is_connected: bool,
    /// Of her last socket.
    pub(crate) address: Option<SocketAddr>,
    /// How often she was welcomed.
    pub(crate) welcomes: u32,
    pub(crate) stored: u64,
    pub(crate) epoch: u64,
    /// Why sockets were lost, in order.
    pub(crate) losses: Vec<Lost>,
    /// The code for the next agent.
    pub(crate) code: Option<String>,
}

impl Customer {
    /// Begins a session, and does something every `period` from then on.
    pub(crate) async fn begin(server: Arc<Server>, seed: u64, period: Duration) -> Self {
        let begun = Instant::now();
        let answer = loop {
            let answer = ask(&server, SHOP, &wish()).await;
            // A busy server says that it cannot now, and she presses the button again.
            if answer.status() != 503 || begun.elapsed() > PATIENCE {
                break answer;
            }
            sleep(AGAIN_AFTER).await;
        };
        assert_eq!(answer.status(), 201, "a session begins");
        let answer: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
        let text = |name: &str| answer[name].as_str().expect(name).to_owned();
        let page = Arc::new(Mutex::new(Browsing::new(seed)));
        let (types, may_type) = watch::channel(true);
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let tab = |tell| Tab {
            server,
            token: text("token"),
            instance: format!("instance-{seed}"),
            page: Arc::clone(&page),
            channel: Channel::new(),
            tell,
            may_type,
            ticks,
            mark: 0,
            epoch: 0,
            tries: Tries::new(BACKOFF_FIRST, seed),
        };
        let known = Known::of(|tell| tab(tell).run());
        Self { session: text("session"), code: text("joinCode"), known, types, page }
    }

    pub(crate) fn told(&self) -> Told {
        self.known.now()
    }

    /// Waits until this is so of her.
    pub(crate) async fn until(&mut self, what: &str, within: Duration, is: impl FnMut(&Told) -> bool) {
        self.known.until(what, within, is).await;
    }

    /// She rests, and all that she did is applied.
    pub(crate) async fn rests(&mut self, within: Duration) {
        self.types.send_replace(false);
        self.until("all is applied", within, |told| told.is_done).await;
    }

    /// Her page as it is, as events.
    pub(crate) fn look(&self) -> Vec<Value> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner).look()
    }
}

/// Her page at work.
struct Tab {
    server: Arc<Server>,
    token: String,
    instance: String,
    page: Arc<Mutex<Browsing>>,
    channel: Channel,
    tell: watch::Sender<Told>,
    may_type: watch::Receiver<bool>,
    ticks: Interval,
    mark: u64,
    epoch: u64,
    tries: Tries,
}

impl Tab {
    async fn run(mut self) {
        loop {
            let (server, patience) = (Arc::clone(&self.server), self.tries.patience());
            let protocols = format!("vitrine.v1, bearer.{}", self.token);
            let opening = Box::pin(async move { Wire::open(&server, SOCKET, SHOP, &protocols, patience).await });
            let lost = match self.while_typing(opening).await {
                Ok(wire) => self.serve(wire).await,
                Err(lost) => lost,
            };
            self.channel.offline();
            self.tell.send_modify(|told| {
                (told.is_connected, told.is_done) = (false, false);
                told.losses.push(lost);
            });
            let wait = self.tries.wait(lost);
            self.while_typing(sleep(wait)).await;
        }
    }

    async fn while_typing<F: Future>(&mut self, waited_for: F) -> F::Output {
        let mut waited_for = std::pin::pin!(waited_for);
        loop {
            tokio::select! {
                out = &mut waited_for => return out,
                _ = self.ticks.tick() => self.do_something(),
            }
        }
    }

    fn do_something(&mut self) {
        if !*self.may_type.borrow() {
            return;
        }
        self.mark += 1;
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events = page.step();
        events.push(page.mark(self.mark));
        self.channel.push(&events, now_s() * 1_000);
        drop(page);
        self.tell.send_modify(|told| (told.mark, told.is_done) = (self.mark, false));
    }

    fn snapshot(&mut self) {
        self.channel.start_over();
        let events = self.page.lock().unwrap_or_else(PoisonError::into_inner).snapshot();
        self.channel.push(&events, now_s() * 1_000);
    }

    async fn serve(&mut self, mut wire: Wire) -> Lost {
        self.tell.send_modify(|told| told.address = wire.address());
        wire.send(self.hello().to_string()).await;
        loop {
            let patience = self.patience();
            tokio::select! {
                frame = wire.next(patience) => match frame {
                    Ok(frame) => {
                        for again in self.hear(&frame) {
                            wire.send(again).await;
                        }
                    }
                    Err(lost) => return lost,
                },
                _ = self.ticks.tick() => self.do_something(),
            }
            if let Some(frame) = self.channel.flush() {
                wire.send(frame).await;
            }
            let is_done = self.channel.is_done();
            self.tell.send_if_modified(|told| std::mem::replace(&mut told.is_done, is_done) != is_done);
        }
    }

    /// For the next word of the server.
    fn patience(&self) -> Duration {
        if self.tell.borrow().is_connected { SILENCE } else { self.tries.patience() }
    }

    fn hello(&self) -> Value {
        let page =
            json!({ "url": format!("{SHOP}/history?a=b"), "title": "Basket", "tab": "tab", "instance": self.instance });
        let mut hello = json!({ "t": "hello", "page": page, "snippet": "chaos", "features": [] });
        if self.epoch > 0 {
            hello["resume"] = json!({ "seq": self.channel.applied, "epoch": self.epoch });
        }
        hello
    }

    /// What is to be sent again.
    fn hear(&mut self, frame: &Value) -> Vec<String> {
        match frame["t"].as_str().unwrap_or_default() {
            "welcome" => return self.welcome(frame),
            "snapshot" => self.snapshot(),
            "ack" => {
                let stored = frame["stored"].as_u64().expect("stored");
                self.tell.send_modify(|told| told.stored = stored);
                if self.channel.ack(frame["applied"].as_u64().expect("applied")) {
                    self.snapshot();
                }
            }
            "participants" => {
                let code = frame["joinCode"].as_str().map(str::to_owned);
                self.tell.send_modify(|told| told.code = code);
            }
            "ended" => panic!("her session ended: {frame}"),
            _ => {}
        }
        Vec::new()
    }

    fn welcome(&mut self, frame: &Value) -> Vec<String> {
        let epoch = frame["epoch"].as_u64().expect("an epoch");
        assert!(epoch >= self.epoch, "the epoch falls from {} to {epoch}", self.epoch);
        self.epoch = epoch;
        self.tries.welcomed();
        let applied = frame["applied"].as_u64().expect("applied");
        let again = self.channel.resume(applied, frame["limits"]["window_bytes"].as_u64());
        self.tell.send_modify(|told| {
            told.welcomes += 1;
            (told.is_connected, told.epoch) = (true, epoch);
        });
        again.unwrap_or_else(|| {
            self.snapshot();
            Vec::new()
        })
    }
}
