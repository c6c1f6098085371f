//! From a request to an open socket: the opening handshake of RFC 6455, judged to the letter, and a count of every byte
//! that comes in after it.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::pace::Pace;
use super::socket::Bounds;
use crate::auth::socket::PROTOCOL;
use crate::http::Problem;

/// An open socket.
pub type Socket = WebSocketStream<Metered>;

/// Buffers of an idle socket. The library's own default costs 128 KiB for each.
const BUFFER_BYTES: usize = 4 << 10;
/// What `Sec-WebSocket-Key` is in base64: 16 bytes.
const KEY_LENGTH: usize = 24;

/// A request that may become a socket. Nothing is known yet about who made it.
#[derive(Debug)]
pub struct Upgrade {
    accept: HeaderValue,
    upgraded: OnUpgrade,
}

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = judge(parts)?;
        let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes())).map_err(|_| Problem::NotOurSocket)?;
        let upgraded = parts.extensions.remove::<OnUpgrade>().ok_or(Problem::NotOurSocket)?;
        Ok(Self { accept, upgraded })
    }
}

/// Section 4.2.1: every condition, and no body behind which another request could hide. The key, if all hold.
fn judge(parts: &Parts) -> Result<&HeaderValue, Problem> {
    let headers = &parts.headers;
    let has_body = headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    let is_upgrade = parts.version == Version::HTTP_11
        && parts.method == Method::GET
        && names(headers, &header::CONNECTION, "upgrade")
        && names(headers, &header::UPGRADE, "websocket");
    if has_body || !is_upgrade {
        return Err(Problem::NotOurSocket);
    }
    if only(headers, &header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(Problem::OtherSocketVersion);
    }
    let key = only(headers, &header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == KEY_LENGTH);
    key.ok_or(Problem::NotOurSocket)
}

/// Whether a header's list has this word, in any case.
fn names(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|entry| entry.trim().eq_ignore_ascii_case(word))
}

fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut all = headers.get_all(name).iter();
    all.next().filter(|_| all.next().is_none())
}

impl Upgrade {
    /// Answers with our subprotocol and nothing of what else was offered, neither protocols nor extensions, and then
    /// serves the socket.
    pub fn open<F>(self, bounds: Bounds, serve: impl FnOnce(Socket) -> F + Send + 'static) -> Response
    where
        F: Future<Output = ()> + Send,
    {
        let upgraded = self.upgraded;
        tokio::spawn(async move {
            // Who goes away before the answer opens nothing.
            let Ok(upgraded) = upgraded.await else { return };
            let stream = Metered::new(TokioIo::new(upgraded), bounds);
            serve(WebSocketStream::from_raw_socket(stream, Role::Server, Some(config(bounds))).await).await;
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, self.accept);
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
        response
    }
}

fn config(bounds: Bounds) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(usize::MAX)
        .max_message_size(Some(bounds.message_bytes))
        .max_frame_size(Some(bounds.message_bytes))
}

/// The connection beneath a socket. Counted here are also bytes that make no message: empty fragments without end.
#[derive(Debug)]
pub struct Metered {
    inner: TokioIo<Upgraded>,
    pace: Pace,
}

impl Metered {
    fn new(inner: TokioIo<Upgraded>, bounds: Bounds) -> Self {
        Self { inner, pace: bounds.bytes_pace(Instant::now()) }
    }

    /// What is not counted, because nobody looks at it any more.
    pub(super) fn beneath(&mut self) -> &mut TokioIo<Upgraded> {
        &mut self.inner
    }
}

impl AsyncRead for Metered {
    /// Ends with [`io::ErrorKind::QuotaExceeded`] when too much came too fast.
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        std::task::ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        let allowed = self.pace.allows(Bounds::cost(read), Instant::now());
        Poll::Ready(if allowed { Ok(()) } else { Err(io::ErrorKind::QuotaExceeded.into()) })
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
