//! A WebSocket of a test's person: JSON in and out, and how it ended.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use futures_util::{SinkExt, StreamExt};
use http::{HeaderValue, Request};
use rustls_pki_types::ServerName;
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::server::Server;

/// How long anything may take before a test fails.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A connection to the server, with TLS and nothing else.
pub async fn connect(server: &Server) -> TlsStream<TcpStream> {
    connect_from(server, Ipv4Addr::LOCALHOST).await
}

/// The same from another of this computer's addresses.
pub async fn connect_from(server: &Server, from: Ipv4Addr) -> TlsStream<TcpStream> {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from((from, 0))).expect("an address of this computer");
    // A small window: who does not read is soon felt by the other side.
    socket.set_recv_buffer_size(16 << 10).expect("a window");
    let tcp = socket.connect(server.address).await.expect("a connection");
    let name = ServerName::try_from("localhost").expect("a name");
    TlsConnector::from(server.tls.clone()).connect(name, tcp).await.expect("TLS")
}

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<TlsStream<TcpStream>>,
    /// The subprotocol that the server chose.
    pub protocol: String,
}

impl Socket {
    /// Opens a socket, or gives the status by which the server refused the upgrade.
    pub async fn open(server: &Server, path: &str, origin: Option<&str>, protocols: &str) -> Result<Self, u16> {
        let tls = connect(server).await;
        let request = request(server, path, origin, protocols);
        match timeout(PATIENCE, tokio_tungstenite::client_async(request, tls)).await.expect("an answer in time") {
            Ok((stream, response)) => {
                let protocol = response.headers().get("sec-websocket-protocol").and_then(|value| value.to_str().ok());
                Ok(Self { stream, protocol: protocol.unwrap_or_default().to_owned() })
            }
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("no upgrade and no refusal: {error}"),
        }
    }

    /// Sends a frame as text.
    pub async fn send(&mut self, frame: &Value) {
        self.send_message(Message::text(frame.to_string())).await;
    }

    /// Sends a frame as gzip.
    pub async fn send_zipped(&mut self, frame: &Value) {
        self.send_message(Message::binary(zip(frame.to_string().as_bytes()))).await;
    }

    /// Sends anything. A server that has already closed is not an error here; the next read tells.
    pub async fn send_message(&mut self, message: Message) {
        let _ = timeout(PATIENCE, self.stream.send(message)).await.expect("sent in time");
    }

    /// Sends one message after the other, whatever the server says, until it closes: the code, and how many it took.
    pub async fn floods(self, mut message: impl FnMut(u64) -> Message) -> (u16, u64) {
        let (mut sink, mut stream) = self.stream.split();
        let sent = AtomicU64::new(0);
        let sending = async {
            while sink.send(message(sent.load(Relaxed))).await.is_ok() {
                sent.fetch_add(1, Relaxed);
            }
            std::future::pending::<()>().await;
        };
        let hearing = async {
            loop {
                match stream.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map_or(1005, |frame| CloseCode::into(frame.code)),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return 1006,
                }
            }
        };
        let code = tokio::select! { () = sending => 1006, code = hearing => code };
        (code, sent.load(Relaxed))
    }

    /// The next frame, or the close code.
    pub async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let message = timeout(PATIENCE, self.stream.next()).await.expect("a message in time");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Binary(zipped))) => return Ok(unzip(&zipped)),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| CloseCode::into(frame.code))),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// Reads up to the next frame of this kind.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Ok(frame) if frame["t"] == kind => return frame,
                Ok(_) => {}
                Err(code) => panic!("closed with {code} before {kind}"),
            }
        }
    }

    /// Reads to the end and gives the close code.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }
}

/// The request for an upgrade.
#[must_use]
pub fn request(server: &Server, path: &str, origin: Option<&str>, protocols: &str) -> Request<()> {
    let url = format!("{}{path}", server.origin.replacen("https", "wss", 1));
    let mut request = url.into_client_request().expect("a request");
    let headers = request.headers_mut();
    if let Some(origin) = origin {
        headers.insert("origin", HeaderValue::from_str(origin).expect("an origin"));
    }
    if !protocols.is_empty() {
        headers.insert("sec-websocket-protocol", HeaderValue::from_str(protocols).expect("protocols"));
    }
    request
}

/// gzip.
#[must_use]
pub fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("gzip");
    encoder.finish().expect("gzip")
}

/// The JSON that was packed by gzip.
#[must_use]
pub fn unzip(bytes: &[u8]) -> Value {
    let mut json = String::new();
    GzDecoder::new(bytes).read_to_string(&mut json).expect("gzip");
    serde_json::from_str(&json).expect("JSON")
}
