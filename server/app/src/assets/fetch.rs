//! One asset from its website: GET and nothing else, under limits, each redirect judged anew.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reqwest::Response;
use tokio::time::timeout;
use url::Url;
use vitrine_core::asset::{AllowedDomains, AssetKind};

use super::fresh::Keep;
use super::limits::{FETCHES, REDIRECTS_MAX, Waits};
use super::turns::Turns;
use super::ways::{Ways, refusal};
use super::{Asset, Refusal, kind};
use crate::config::HttpProxy;
use crate::ops::clock::Time;

/// Fetches.
#[derive(Debug)]
pub(super) struct Fetcher {
    ways: Ways,
    turns: Turns,
    pub(super) max_bytes: usize,
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

impl Fetcher {
    pub(super) fn new(config: &HttpProxy, ways: Ways) -> Self {
        Self {
            ways,
            turns: Turns::new(FETCHES),
            max_bytes: config.max_size_bytes,
            waits: Waits::within(config.timeout),
            keep: config.cache_ttl,
        }
    }

    /// Fetches from these hosts from now on. Whether they are others than before.
    pub(super) fn permit(&self, domains: &AllowedDomains) -> bool {
        self.ways.permit(domains)
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
            let conditions = known.filter(|known| known.from == url).map(Asset::conditions);
            let mut headers = conditions.unwrap_or_default();
            headers.insert(header::ACCEPT, HeaderValue::from_static(kind::accepted(kind)));
            let response = self.ways.get(&url, headers).await?;
            let status = response.status();
            let this = Keep::judge(status, response.headers(), self.keep, Time::now().system());
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
        let announced = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        if announced > self.max_bytes {
            return Err(Refusal::TooLarge);
        }
        let mut body = BytesMut::with_capacity(announced.min(ROOM_BYTES));
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

/// Room is made for so much of a body that is only announced.
const ROOM_BYTES: usize = 64 << 10;

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
