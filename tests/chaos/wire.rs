//! A socket as a person of a chaos journey has it: whatever goes wrong with it is a loss, and no end of the test.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls_pki_types::ServerName;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use vitrine_tests::server::Server;
use vitrine_tests::socket::{request, unzip};

/// For a frame to be taken.
const SENT_WITHIN: Duration = Duration::from_secs(6);

/// An open socket.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: WebSocketStream<TlsStream<TcpStream>>,
    /// When the server last said something.
    heard_at: Instant,
}

/// Why there is no socket, or none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The server closed it with this code.
    Closed(u16),
    /// The upgrade was refused with this status.
    Refused(u16),
    /// The connection broke, or was never made.
    Broken,
    /// It said nothing for too long.
    Silent,
}

impl Wire {
    /// Opens a socket of this server.
    pub(crate) async fn open(
        server: &Server,
        path: &str,
        origin: &str,
        protocols: &str,
        patience: Duration,
    ) -> Result<Self, Lost> {
        let request = request(server, path, Some(origin), protocols);
        let opening = async {
            let tcp = TcpStream::connect(server.address).await.map_err(|_| Lost::Broken)?;
            let _ = tcp.set_nodelay(true);
            let name = ServerName::try_from("localhost").map_err(|_| Lost::Broken)?;
            let tls = TlsConnector::from(server.tls.clone()).connect(name, tcp).await.map_err(|_| Lost::Broken)?;
            match tokio_tungstenite::client_async(request, tls).await {
                Ok((stream, _)) => Ok(Self { stream, heard_at: Instant::now() }),
                Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => {
                    Err(Lost::Refused(answer.status().as_u16()))
                }
                Err(_) => Err(Lost::Broken),
            }
        };
        timeout(patience, opening).await.unwrap_or(Err(Lost::Silent))
    }

    /// Its own address, by which the balancer knows it.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.stream.get_ref().get_ref().0.local_addr().ok()
    }

    /// Sends a frame. That the socket is lost is told by the next read.
    pub(crate) async fn send(&mut self, json: String) {
        let _ = timeout(SENT_WITHIN, self.stream.send(Message::text(json))).await;
    }

    /// The next frame, unless the server is silent for so long. Can be given up at any time without losing one.
    pub(crate) async fn next(&mut self, patience: Duration) -> Result<Value, Lost> {
        let frame = timeout_at(self.heard_at + patience, self.frame()).await.unwrap_or(Err(Lost::Silent))?;
        self.heard_at = Instant::now();
        Ok(frame)
    }

    async fn frame(&mut self) -> Result<Value, Lost> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).map_err(|_| Lost::Broken),
                Some(Ok(Message::Binary(zipped))) => return Ok(unzip(&zipped)),
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(Lost::Broken, |frame| Lost::Closed(CloseCode::into(frame.code))));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(Lost::Broken),
            }
        }
    }
}
