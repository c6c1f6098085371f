//! The peer of `relay`, `idle` and `scale`: sockets of axum with buffers of 4 KiB. What comes to a room is copied to
//! those who watch it; it judges nothing and keeps nothing.
//!
//!   vitrine-load bare-relay ADDRESS [CERTIFICATE KEY]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum_server::accept::NoDelayAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use tokio::sync::broadcast;
use vitrine::config;
use vitrine::net::tls;

const BUFFER_BYTES: usize = 4 << 10;
/// Messages that may wait for a slow one.
const WAITING: usize = 512;

type Rooms = Arc<Mutex<HashMap<String, broadcast::Sender<Message>>>>;

pub(crate) async fn run() {
    tls::install_provider();
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let address: SocketAddr = arguments[0].parse().expect("an address");
    let router = Router::new().route("/send/{room}", get(send)).route("/view/{room}", get(view));
    let service = router.with_state(Rooms::default()).into_make_service();
    let server = axum_server::bind(address).acceptor(NoDelayAcceptor::new());
    match &arguments[1..] {
        [certificate, key] => {
            let files = format!("[tls]\nmin-version = \"1.3\"\ncertificate = {certificate:?}\nkey = {key:?}\n");
            let config = config::parse("bare-relay.toml", &files, &[]).config.expect("a configuration");
            let tls = RustlsConfig::from_config(tls::from_files(&config.tls).expect("TLS"));
            server.map(|plain| RustlsAcceptor::new(tls).acceptor(plain)).serve(service).await
        }
        _ => server.serve(service).await,
    }
    .expect("a listener");
}

fn small(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade.read_buffer_size(BUFFER_BYTES).write_buffer_size(BUFFER_BYTES).max_message_size(16 << 20)
}

fn room(rooms: &Rooms, name: String) -> broadcast::Sender<Message> {
    let mut rooms = rooms.lock().expect("no task panicked");
    rooms.entry(name).or_insert_with(|| broadcast::channel(WAITING).0).clone()
}

async fn send(State(rooms): State<Rooms>, Path(name): Path<String>, upgrade: WebSocketUpgrade) -> Response {
    let room = room(&rooms, name);
    small(upgrade).on_upgrade(move |mut socket| async move {
        while let Some(Ok(message)) = socket.recv().await {
            // Nobody may be watching.
            let _ = room.send(message);
        }
    })
}

async fn view(State(rooms): State<Rooms>, Path(name): Path<String>, upgrade: WebSocketUpgrade) -> Response {
    let messages = room(&rooms, name).subscribe();
    small(upgrade).on_upgrade(move |socket| watch(socket, messages))
}

async fn watch(mut socket: WebSocket, mut messages: broadcast::Receiver<Message>) {
    loop {
        tokio::select! {
            Ok(message) = messages.recv() => if socket.send(message).await.is_err() { return },
            said = socket.recv() => if !matches!(said, Some(Ok(_))) { return },
        }
    }
}
