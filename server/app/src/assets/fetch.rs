//! One asset from its website: GET and nothing else, under limits, each redirect judged anew.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use reqwest::{Client, Response, redirect};
use tokio::time::timeout;
use url::Url;
use vitrine_core::asset::AssetKind;

use super::fresh::Keep;
use super::guard::{AddressNotAllowed, Guard};
use super::limits::{FETCHES, IDLE_CONNECTIONS, REDIRECTS_MAX, Waits};
use super::turns::Turns;
use super::{Asset, Refusal, kind};
use crate::config::HttpProxy;

/// Fetches.
#[derive(Debug)]
pub(super) struct Fetcher {
    client: Client,
    guard: Guard,
    turns: Turns,
    max_bytes: usize,
    pub(super) waits: Waits,
    keep: Duration,
}

/// What a website answered.
#[derive(Debug)]
pub(super) enum Fetched {
    /// This.
    New(Asset),
    /// That what was known is still so; it is the same, and fresh again.
    Unchanged(Asset),
}

/// Where the redirects led.
struct Reached {
    url: Url,
    response: Response,
    keep: Keep,
}

/// Why there is no fetcher.
#[derive(Debug, thiserror::Error)]
pub enum FetcherError {
    /// `[http-proxy] ca-file` cannot be read.
    #[error("{}: {source}; [http-proxy] ca-file names a PEM file", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The client cannot be made: mostly that file is no PEM, or the system has no certificate authorities.
    #[error("cannot make connections for assets: {0}")]
    Client(#[from] reqwest::Error),
}

impl Fetcher {
    pub(super) fn new(config: &HttpProxy) -> Result<Self, FetcherError> {
        let guard = Guard::new(config.domains.clone(), &config.allow_private_addresses);
        let waits = Waits::within(config.timeout);
        let mut client = Client::builder()
            .user_agent(concat!("Vitrine/", env!("CARGO_PKG_VERSION"), " (asset proxy)"))
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .dns_resolver(Arc::new(guard.clone()))
            .connect_timeout(waits.connect)
            .pool_max_idle_per_host(IDLE_CONNECTIONS);
        if let Some(path) = &config.ca_file {
            let pem = std::fs::read(path).map_err(|source| FetcherError::Unreadable { path: path.clone(), source })?;
            client = client.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem)?);
        }
        Ok(Self {
            client: client.build()?,
            guard,
            turns: Turns::new(FETCHES),
            max_bytes: config.max_size_bytes,
            waits,
            keep: config.cache_ttl,
        })
    }

    /// Fetches what a token stands for, and judges what came by its header and its first bytes. A website that gave
    /// `known` is asked whether it is still so.
    pub(super) async fn fetch(&self, url: Url, kind: AssetKind, known: Option<&Asset>) -> Result<Fetched, Refusal> {
        let work = async {
            let _turn = self.turns.take(&url).await.ok_or(Refusal::Unreachable)?;
            let mut reached = self.follow(url.clone(), kind, known).await?;
            if reached.response.status() == StatusCode::NOT_MODIFIED {
                match known.and_then(|known| known.again(reached.response.headers(), self.keep)) {
                    Some(asset) => return Ok(Fetched::Unchanged(asset.narrowed(reached.keep))),
                    None => reached = self.follow(url, kind, None).await?,
                }
            }
            self.take(reached, kind).await.map(Fetched::New)
        };
        timeout(self.waits.total, work).await.unwrap_or(Err(Refusal::TimedOut))
    }

    async fn take(&self, reached: Reached, kind: AssetKind) -> Result<Asset, Refusal> {
        let Reached { url, response, keep } = reached;
        if response.status() != StatusCode::OK {
            return Err(Refusal::UpstreamStatus);
        }
        let headers = response.headers().clone();
        let body = self.read(response).await?;
        let (content_type, body) = kind::judge(kind, content_type(&headers), body).ok_or(Refusal::WrongType)?;
        if body.len() > self.max_bytes {
            return Err(Refusal::TooLarge);
        }
        Ok(Asset::new(content_type, body, url, keep).said_by(&headers))
    }

    async fn follow(&self, mut url: Url, kind: AssetKind, known: Option<&Asset>) -> Result<Reached, Refusal> {
        let mut keep: Option<Keep> = None;
        for _ in 0..=REDIRECTS_MAX {
            self.guard.judge(&url)?;
            let mut request = self.client.get(url.clone()).header(header::ACCEPT, kind::accepted(kind));
            if let Some(known) = known.filter(|known| known.from == url) {
                request = request.headers(known.conditions());
            }
            let response = timeout(self.waits.head, request.send()).await.map_err(|_| Refusal::SlowAnswer)?;
            let response = response.map_err(|error| refusal(&error))?;
            let status = response.status();
            let this = Keep::judge(status, response.headers(), self.keep, SystemTime::now());
            let together = keep.map_or(this, |earlier| earlier.and(this));
            match status {
                StatusCode::OK | StatusCode::NOT_MODIFIED => return Ok(Reached { url, response, keep: together }),
                StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Refusal::UpstreamMissing),
                _ if REDIRECTS.contains(&status) => url = target(&url, response.headers())?,
                _ => return Err(Refusal::UpstreamStatus),
            }
            keep = Some(together);
        }
        Err(Refusal::TooManyRedirects)
    }

    /// Reads the body, counted as it comes out of decompression. What the client did not unpack is not read.
    async fn read(&self, mut response: Response) -> Result<Bytes, Refusal> {
        if response.headers().get_all(header::CONTENT_ENCODING).iter().any(|coding| coding != "identity") {
            return Err(Refusal::WrongEncoding);
        }
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |bytes| bytes > self.max_bytes) {
            return Err(Refusal::TooLarge);
        }
        let mut body = BytesMut::new();
        loop {
            let piece = timeout(self.waits.silence, response.chunk()).await.map_err(|_| Refusal::SlowBody)?;
            let Some(piece) = piece.map_err(|error| refusal(&error))? else { return Ok(body.freeze()) };
            if body.len() + piece.len() > self.max_bytes {
                return Err(Refusal::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
    }
}

/// Answers that say where else to ask.
const REDIRECTS: [StatusCode; 5] = [
    StatusCode::MOVED_PERMANENTLY,
    StatusCode::FOUND,
    StatusCode::SEE_OTHER,
    StatusCode::TEMPORARY_REDIRECT,
    StatusCode::PERMANENT_REDIRECT,
];

fn target(from: &Url, headers: &HeaderMap) -> Result<Url, Refusal> {
    let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
    let mut url = location.and_then(|text| from.join(text).ok()).ok_or(Refusal::UpstreamStatus)?;
    url.set_fragment(None);
    Ok(url)
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn refusal(error: &reqwest::Error) -> Refusal {
    if error.is_timeout() {
        return Refusal::SlowConnection;
    }
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        if inner.is::<AddressNotAllowed>() {
            return Refusal::AddressNotAllowed;
        }
        cause = inner.source();
    }
    Refusal::Unreachable
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::target;

    #[test]
    fn redirects_are_read_as_urls() {
        let from = "https://a.example/dir/x".parse().unwrap();
        for (location, url) in
            [("y", Some("https://a.example/dir/y")), ("//b.example/#z", Some("https://b.example/")), ("http://[", None)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::LOCATION, HeaderValue::from_static(location));
            assert_eq!(target(&from, &headers).ok().map(String::from).as_deref(), url, "{location}");
        }
    }
}
