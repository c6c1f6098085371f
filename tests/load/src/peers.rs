//! The peers of the relay: bare axum, and socket.io.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use rustls::ClientConfig;
use tokio_tungstenite::tungstenite::Message;
use vitrine_tests::server;

use crate::process::{Server, free_address, this};
use crate::room::Dialect;
use crate::socket::{Socket, open};

/// A peer that runs.
#[derive(Debug)]
pub struct Peer {
    /// Its process.
    pub process: Server,
    /// What it speaks.
    pub dialect: Dialect,
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
}

impl Peer {
    /// A bare axum relay.
    #[must_use]
    pub fn bare() -> Self {
        let address = free_address();
        let process = Server::start(this("bare-relay").arg(address.to_string()), address);
        Self { process, dialect: Dialect::Bare, address, tls: None }
    }

    /// The same with TLS by the certificate and key in `folder`.
    #[must_use]
    pub fn bare_with_tls(folder: &Path) -> Self {
        let address = free_address();
        let mut relay = this("bare-relay");
        relay.arg(address.to_string()).arg(folder.join("certificate.pem")).arg(folder.join("key.pem"));
        let tls = Some(server::Server::elsewhere(address, address).tls);
        Self { process: Server::start(&mut relay, address), dialect: Dialect::Bare, address, tls }
    }

    /// socket.io of the folder that `VITRINE_SOCKETIO` names; `tests/bench` sets it up.
    ///
    /// # Panics
    /// It is not set up.
    #[must_use]
    pub fn socket_io() -> Self {
        let folder = std::env::var("VITRINE_SOCKETIO").expect("VITRINE_SOCKETIO; run tests/bench relay");
        let address = free_address();
        let mut node = Command::new("node");
        node.env("NODE_ENV", "production").arg(format!("{folder}/server.mjs")).arg(address.port().to_string());
        Self { process: Server::start(&mut node, address), dialect: Dialect::SocketIo, address, tls: None }
    }

    /// A room's sender and viewers.
    pub async fn room(&self, name: &str, viewers: usize) -> (Socket, Vec<Socket>) {
        let sender = self.open("send", name).await;
        let mut watching = Vec::new();
        for _ in 0..viewers {
            watching.push(self.open("view", name).await);
        }
        (sender, watching)
    }

    async fn open(&self, does: &str, room: &str) -> Socket {
        if !matches!(self.dialect, Dialect::SocketIo) {
            return open(self.address, self.tls.clone(), &format!("/{does}/{room}"), &[]).await;
        }
        let mut socket = open(self.address, None, "/socket.io/?EIO=4&transport=websocket", &[]).await;
        for packet in ["40".to_owned(), format!("42[\"join\",\"{room}\"]")] {
            // Its own opening words; then the answer to ours, after which packets are taken in their order.
            socket.next().await.expect("an open socket").expect("a packet");
            socket.send(Message::text(packet)).await.expect("an open socket");
        }
        socket
    }
}
