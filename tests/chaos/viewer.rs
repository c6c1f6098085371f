//! An agent who watches, by the rules of the agent's page: a ticket, a socket, `hello` with her position, and again after a
//! loss. All along she checks what she gets: no number twice or out of order, and no gap without a keyframe.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{interval, sleep, timeout};
use vitrine_tests::server::Server;
use vitrine_tests::tokens::now_s;

use crate::known::Known;
use crate::picture::Picture;
use crate::position::Position;
use crate::tries::Tries;
use crate::wire::{Lost, Wire};

/// She asks this often whether the server is there, and it has so long to answer.
const PING_EVERY: Duration = Duration::from_millis(2_500);
const SILENCE: Duration = Duration::from_secs(6);
const RETRY_FIRST: Duration = Duration::from_millis(300);

/// An agent with a session before her.
#[derive(Debug)]
pub(crate) struct Viewer {
    known: Known<Seen>,
    picture: Picture,
}

/// What is known of her.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// The customer's last number that she sees.
    pub(crate) mark: u64,
    pub(crate) position: Position,
    pub(crate) is_connected: bool,
    /// Of her last socket.
    pub(crate) address: Option<SocketAddr>,
    pub(crate) welcomes: u32,
    pub(crate) keyframes: u32,
    /// What she is told of the customer's side.
    pub(crate) state: String,
    /// All words for it, in their order.
    pub(crate) states: Vec<String>,
    pub(crate) losses: Vec<Lost>,
}

impl Viewer {
    /// Opens the session, to which the holder of this cookie was admitted.
    pub(crate) fn open(server: Arc<Server>, session: &str, cookie: &str, seed: u64) -> Self {
        let picture = Picture::default();
        let desk = |tell| Desk {
            server,
            session: session.to_owned(),
            cookie: cookie.to_owned(),
            picture: picture.clone(),
            tell,
            tries: Tries::new(RETRY_FIRST, seed),
        };
        Self { known: Known::of(|tell| desk(tell).run()), picture }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.known.now()
    }

    /// Waits until this is so of her.
    pub(crate) async fn until(&mut self, what: &str, within: Duration, is: impl FnMut(&Seen) -> bool) {
        self.known.until(what, within, is).await;
    }

    /// The page as she has it.
    pub(crate) fn tree(&self) -> Value {
        self.picture.tree()
    }
}

/// Her page at work.
struct Desk {
    server: Arc<Server>,
    session: String,
    cookie: String,
    picture: Picture,
    tell: watch::Sender<Seen>,
    tries: Tries,
}

impl Desk {
    async fn run(mut self) {
        loop {
            let patience = self.tries.patience();
            let lost = match timeout(patience, self.connect()).await {
                Ok(Ok(wire)) => self.serve(wire).await,
                Ok(Err(lost)) => lost,
                Err(_) => Lost::Silent,
            };
            self.tell.send_modify(|seen| {
                seen.is_connected = false;
                seen.losses.push(lost);
            });
            sleep(self.tries.wait(lost)).await;
        }
    }

    async fn connect(&self) -> Result<Wire, Lost> {
        let path = format!("/api/v1/sessions/{}/ticket", self.session);
        let request = self.server.request(Method::POST, &path).header("cookie", &self.cookie);
        let request = request.header("origin", &self.server.origin).header("sec-fetch-site", "same-origin");
        let answer = request.send().await.map_err(|_| Lost::Broken)?;
        if answer.status() != 200 {
            return Err(Lost::Refused(answer.status().as_u16()));
        }
        let answer: Value = serde_json::from_str(&answer.text().await.map_err(|_| Lost::Broken)?).expect("JSON");
        let protocols = format!("vitrine.v1, ticket.{}", answer["ticket"].as_str().expect("a ticket"));
        let path = format!("/api/v1/sessions/{}/socket", self.session);
        Wire::open(&self.server, &path, &self.server.origin, &protocols, self.tries.patience()).await
    }

    async fn serve(&mut self, mut wire: Wire) -> Lost {
        self.tell.send_modify(|seen| seen.address = wire.address());
        let mut hello = json!({ "t": "hello", "features": [] });
        if let Some((epoch, seq)) = self.picture.position.known() {
            hello["resume"] = json!({ "epoch": epoch, "seq": seq });
        }
        wire.send(hello.to_string()).await;
        let mut pings = interval(PING_EVERY);
        loop {
            tokio::select! {
                frame = wire.next(SILENCE) => match frame {
                    Ok(frame) => self.hear(&frame),
                    Err(lost) => return lost,
                },
                _ = pings.tick() => wire.send(json!({ "t": "ping", "sent": now_s() }).to_string()).await,
            }
        }
    }

    fn hear(&mut self, frame: &Value) {
        match frame["t"].as_str().unwrap_or_default() {
            "welcome" => {
                self.tries.welcomed();
                self.tell.send_modify(|seen| {
                    seen.is_connected = true;
                    seen.welcomes += 1;
                });
            }
            kind @ ("keyframe" | "events") => {
                self.picture.take(frame).expect("what may come next");
                self.tell.send_modify(|seen| {
                    seen.mark = self.picture.mark().unwrap_or(seen.mark);
                    seen.position = self.picture.position;
                    seen.keyframes += u32::from(kind == "keyframe");
                });
            }
            "participants" => {
                let state = frame["state"].as_str().unwrap_or_default().to_owned();
                self.tell.send_modify(|seen| {
                    seen.states.push(state.clone());
                    seen.state = state;
                });
            }
            "ended" => panic!("the session ended: {frame}"),
            _ => {}
        }
    }
}
