//! Sockets of the load: as small as they can be, for there are thousands.

use std::net::SocketAddr;
use std::sync::Arc;

use http::HeaderValue;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// What is beneath: TCP, or TLS on it.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Stream for S {}

/// An open socket.
pub type Socket = WebSocketStream<Box<dyn Stream>>;

const BUFFER_BYTES: usize = 4 << 10;

/// Opens one.
///
/// # Panics
/// The server refuses it.
pub async fn open(
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
    path: &str,
    headers: &[(&'static str, &str)],
) -> Socket {
    let tcp = TcpStream::connect(address).await.expect("a connection");
    tcp.set_nodelay(true).expect("a connection that sends at once");
    let stream: Box<dyn Stream> = match tls {
        None => Box::new(tcp),
        Some(tls) => {
            let name = ServerName::try_from("localhost").expect("a name");
            Box::new(TlsConnector::from(tls).connect(name, tcp).await.expect("TLS"))
        }
    };
    let url = format!("ws://localhost:{}{path}", address.port());
    let mut request = url.into_client_request().expect("a request");
    for (name, value) in headers {
        request.headers_mut().insert(*name, HeaderValue::from_str(value).expect("a header"));
    }
    let small = WebSocketConfig::default().read_buffer_size(BUFFER_BYTES).write_buffer_size(BUFFER_BYTES);
    let (socket, _) = client_async_with_config(request, stream, Some(small)).await.expect("an upgrade");
    socket
}
