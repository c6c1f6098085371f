//! What every connection passes before HTTP: a place among those that are open, a first byte in time, and a reader who
//! takes what is sent.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep, sleep_until};

use super::unsent::{Telling, Unsent};
use crate::config::Config;
use crate::http::address::{Client, is_among};
use crate::http::rate::{ByAddress, Held};
use crate::ops::metrics;

/// Wraps the acceptor that does TLS, or none.
#[derive(Debug, Clone)]
pub struct Guard<A> {
    inner: A,
    places: Places,
    patience: Patience,
}

/// How long a connection may make the server wait.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For its first byte.
    pub first_byte: Duration,
    /// For taking any of what is sent.
    pub write: Duration,
}

impl<A> Guard<A> {
    /// A connection gets one of the `places`, and is cut when it tries the server's `patience`.
    pub fn new(inner: A, places: Places, patience: Patience) -> Self {
        Self { inner, places, patience }
    }
}

/// Connections that may be open at once.
#[derive(Debug, Clone)]
pub struct Places {
    all: Arc<Semaphore>,
    by_address: ByAddress,
    trusted: Arc<[IpNet]>,
    only_trusted: bool,
}

/// One connection's place.
#[derive(Debug)]
struct Place {
    _of_all: OwnedSemaphorePermit,
    /// A trusted proxy brings many people, and has none.
    _of_address: Option<Held<Client>>,
}

/// Besides its socket a page holds a connection for its requests.
const CONNECTIONS_PER_SOCKET: usize = 2;

fn per_address(config: &Config) -> usize {
    config.limits.sockets_per_address.saturating_mul(CONNECTIONS_PER_SOCKET)
}

impl Places {
    /// By the configuration. Without TLS only the trusted proxies have any.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            all: Arc::new(Semaphore::new(config.server.max_connections)),
            by_address: ByAddress::new("connections", per_address(config)),
            trusted: config.server.trusted_proxies.as_slice().into(),
            only_trusted: !config.server.tls,
        }
    }

    /// Goes by another configuration from now on, as far as it is not of the start.
    pub fn follow(&self, config: &Config) {
        self.by_address.set_most(per_address(config));
    }

    fn take(&self, peer: IpAddr) -> Option<Place> {
        let is_trusted = is_among(&self.trusted, peer);
        if self.only_trusted && !is_trusted {
            return None;
        }
        let of_address = if is_trusted { None } else { Some(self.by_address.enter(Client::of(peer)).ok()?) };
        let of_all = Arc::clone(&self.all).try_acquire_owned();
        let of_all = of_all.inspect_err(|_| metrics::count_limited("max-connections")).ok()?;
        Some(Place { _of_all: of_all, _of_address: of_address })
    }
}

impl<A, S> Accept<TcpStream, S> for Guard<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
    A::Stream: Send + 'static,
    A::Service: Send + 'static,
{
    type Stream = Guarded<A::Stream>;
    type Service = Telling<A::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().ok().and_then(|peer| self.places.take(peer.ip()));
        let Some(place) = place else {
            return Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) });
        };
        // Small messages must not wait for each other; where the system cannot do that, it is only slower.
        let _ = stream.set_nodelay(true);
        let (accepting, patience) = (self.inner.accept(stream, service), self.patience);
        Box::pin(async move {
            let (inner, service) = accepting.await?;
            let waiting = Some(Box::pin(sleep(patience.first_byte)));
            let unsent = Unsent::default();
            let service = Telling::new(service, unsent.clone());
            let write_patience = patience.write;
            Ok((Guarded { inner, waiting, stuck: None, unsent, stalled: None, write_patience, _place: place }, service))
        })
    }
}

/// A connection that holds its place until it is dropped.
#[derive(Debug)]
pub struct Guarded<I> {
    inner: I,
    /// Until the first byte has come.
    waiting: Option<Pin<Box<Sleep>>>,
    /// While the peer takes nothing of what is sent.
    stuck: Option<Pin<Box<Sleep>>>,
    /// Answers that the peer grants no room, though it takes bytes.
    unsent: Unsent,
    stalled: Option<Pin<Box<Sleep>>>,
    write_patience: Duration,
    _place: Place,
}

impl<I> Guarded<I> {
    /// Lets a result of writing through; one that is not there within the patience is an error.
    fn in_time<T>(&mut self, context: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.stuck = None;
            return result;
        }
        let patience = self.write_patience;
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(patience)));
        std::task::ready!(stuck.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Ready when answers have waited for too long. Else the task is woken when they will have.
    fn poll_stalled(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(since) = self.unsent.since() else {
            self.stalled = None;
            return Poll::Pending;
        };
        let ends = since + self.write_patience;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep_until(ends)));
        if timer.deadline() != ends {
            timer.as_mut().reset(ends);
        }
        timer.as_mut().poll(context)
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Guarded<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.poll_stalled(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let result = Pin::new(&mut self.inner).poll_read(context, buffer);
        if result.is_ready() {
            self.waiting = None;
        } else if let Some(waiting) = &mut self.waiting {
            std::task::ready!(waiting.as_mut().poll(context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        result
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Guarded<I> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.in_time(context, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(context);
        self.in_time(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_shutdown(context);
        self.in_time(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.in_time(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use crate::config;

    fn places(text: &str) -> Places {
        Places::new(&config::parse("test.toml", text, &[]).config.unwrap())
    }

    #[test]
    fn one_address_leaves_places_for_others() {
        let places = places("[server]\nmax-connections = 4\n[limits]\nsockets-per-address = 1\n");
        let peer = "203.0.113.1".parse().unwrap();
        let held: Vec<_> = (0..2).map(|_| places.take(peer).unwrap()).collect();
        assert!(places.take(peer).is_none());
        assert!(places.take("203.0.113.2".parse().unwrap()).is_some());
        drop(held);
        assert!(places.take(peer).is_some());
    }

    #[test]
    fn without_tls_only_trusted_proxies_connect_and_as_often_as_they_like() {
        let places =
            places("[server]\ntls = \"off\"\ntrusted-proxies = [\"10.0.0.0/8\"]\n[limits]\nsockets-per-address = 1\n");
        let held: Vec<_> = (0..9).map(|_| places.take("::ffff:10.0.0.1".parse().unwrap())).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(places.take("203.0.113.1".parse().unwrap()).is_none());
    }
}
