//! TLS handshakes: they cost more than anything else that a stranger can ask for, so only so many run at once.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use axum_server::tls_rustls::RustlsAcceptor;
use ipnet::IpNet;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Layer;

use crate::config::Config;
use crate::http::address::{Client, is_among};
use crate::http::rate::{ByAddress, Held as Counted};
use crate::ops::metrics::{self, OpenHandshake};

/// Does TLS, if there is room for one more handshake.
#[derive(Debug, Clone)]
pub struct Tls {
    inner: RustlsAcceptor,
    room: Room,
}

/// Whether the peer of a connection showed a certificate that a listed authority signed.
#[derive(Debug, Clone, Copy)]
pub struct ClientCertificate(pub bool);

/// Handshakes that may run at once.
#[derive(Debug, Clone)]
pub struct Room {
    all: Arc<Semaphore>,
    by_address: ByAddress,
    trusted: Arc<[IpNet]>,
}

/// One address leaves this many parts of the room, less its own, to others.
const ADDRESSES_AT_LEAST: usize = 4;

/// One handshake's place.
type Held = (OwnedSemaphorePermit, Option<Counted<Client>>);

impl Room {
    /// By the configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let most = config.server.max_handshakes;
        Self {
            all: Arc::new(Semaphore::new(most)),
            by_address: ByAddress::new("max-handshakes", (most / ADDRESSES_AT_LEAST).max(1)),
            trusted: config.server.trusted_proxies.as_slice().into(),
        }
    }

    fn take(&self, peer: IpAddr) -> Option<Held> {
        let is_trusted = is_among(&self.trusted, peer);
        let of_address = if is_trusted { None } else { Some(self.by_address.enter(Client::of(peer)).ok()?) };
        Some((Arc::clone(&self.all).try_acquire_owned().ok()?, of_address))
    }
}

impl Tls {
    /// Handshakes by `inner`, which also bounds their time.
    #[must_use]
    pub fn new(inner: RustlsAcceptor, room: Room) -> Self {
        Self { inner, room }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for Tls {
    type Stream = <RustlsAcceptor as Accept<TcpStream, S>>::Stream;
    type Service = AddExtension<S, ClientCertificate>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Some(held) = stream.peer_addr().ok().and_then(|peer| self.room.take(peer.ip())) else {
            metrics::count_handshake("refused");
            return Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) });
        };
        let (accepting, open) = (self.inner.accept(stream, service), OpenHandshake::begin());
        Box::pin(async move {
            let outcome = accepting.await;
            drop((held, open));
            metrics::count_handshake(match &outcome {
                Ok(_) => "done",
                Err(error) if error.kind() == io::ErrorKind::TimedOut => "timed-out",
                Err(_) => "failed",
            });
            let (stream, service) = outcome?;
            let certificate = ClientCertificate(stream.get_ref().1.peer_certificates().is_some());
            Ok((stream, Extension(certificate).layer(service)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Room;
    use crate::config;

    #[test]
    fn one_address_leaves_room_for_others() {
        let text = "[server]\nmax-handshakes = 8\ntrusted-proxies = [\"10.0.0.1\"]\n";
        let room = Room::new(&config::parse("test.toml", text, &[]).config.unwrap());
        let take = |peer: &str| room.take(peer.parse().unwrap());
        let held: Vec<_> = (0..2).map(|_| take("203.0.113.1").unwrap()).collect();
        assert!(take("203.0.113.1").is_none());
        let proxied: Vec<_> = (0..6).map(|_| take("10.0.0.1").unwrap()).collect();
        assert!(take("203.0.113.2").is_none(), "all of the room is taken");
        drop(proxied);
        assert!(take("203.0.113.2").is_some());
        drop(held);
        assert!(take("203.0.113.1").is_some());
    }
}
