//! `GET /asset/{token}`: the one door through which pictures, fonts and style sheets reach an agent.
//!
//! A token alone opens nothing: whoever asks must hold the asset cookie of a login that has a viewer in the token's
//! session. Whatever is not served answers 404 alike, so the answer tells nothing.

mod cache;
mod early;
mod fetch;
mod guard;
mod kind;
mod limits;
mod rewrite;
mod special;
mod turns;

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use tokio::time::timeout;
use url::Url;
use vitrine_core::asset::{AssetKey, AssetKind, AssetRef, EarlyFetch, Opener, Sealer};

use crate::auth::login::{ASSET_COOKIE, named_cookie};
use crate::auth::secret::Digest;
use crate::config::Config;
use crate::http::Problem;
use crate::http::gate::AgentAddress;
use crate::http::segment::Segment;
use crate::hub::Running;
use crate::ops::metrics;
use crate::start::App;
use cache::{Cache, Kept, Key};
use fetch::Fetcher;
use rewrite::Rewriter;

pub use early::Early;
pub use fetch::FetcherError;
pub use turns::Turns;

/// Something fit to be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asset {
    content_type: &'static str,
    body: Bytes,
    /// Where it came from in the end: what relative addresses in it mean.
    from: Url,
    /// How long it may be kept.
    fresh_s: u64,
}

/// Why an asset is not served; the word is for the metrics, never for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    NoCookie,
    BadToken,
    NoSession,
    NotViewing,
    HostNotAllowed,
    AddressNotAllowed,
    TooManyRedirects,
    Unreachable,
    SlowConnection,
    SlowAnswer,
    SlowBody,
    TimedOut,
    UpstreamStatus,
    WrongEncoding,
    TooLarge,
    NoRoom,
    WrongType,
    NotClean,
}

impl Refusal {
    fn word(self) -> &'static str {
        match self {
            Self::NoCookie => "no-cookie",
            Self::BadToken => "bad-token",
            Self::NoSession => "no-session",
            Self::NotViewing => "not-viewing",
            Self::HostNotAllowed => "host-not-allowed",
            Self::AddressNotAllowed => "address-not-allowed",
            Self::TooManyRedirects => "too-many-redirects",
            Self::Unreachable => "unreachable",
            Self::SlowConnection => "slow-connection",
            Self::SlowAnswer => "slow-answer",
            Self::SlowBody => "slow-body",
            Self::TimedOut => "timed-out",
            Self::UpstreamStatus => "upstream-status",
            Self::WrongEncoding => "wrong-encoding",
            Self::TooLarge => "too-large",
            Self::NoRoom => "no-room",
            Self::WrongType => "wrong-type",
            Self::NotClean => "not-clean",
        }
    }

    /// Whether the same fetch may well succeed a moment later.
    fn is_of_the_moment(self) -> bool {
        matches!(self, Self::Unreachable | Self::SlowConnection | Self::SlowAnswer | Self::SlowBody | Self::TimedOut)
    }
}

/// Everything behind the door.
#[derive(Debug)]
pub struct Assets {
    opener: Opener,
    fetcher: Fetcher,
    rewriter: Rewriter,
    cache: Cache,
    is_cached_by_browsers: bool,
}

impl Assets {
    /// The door by the configuration; `keys` are all that tokens may be sealed under, the first of them seals.
    ///
    /// # Errors
    /// [`FetcherError`]: the certificate authorities cannot be read.
    pub fn new(config: &Config, keys: &[AssetKey]) -> Result<Self, FetcherError> {
        Ok(Self {
            opener: Opener::new(keys),
            fetcher: Fetcher::new(&config.http_proxy)?,
            rewriter: Rewriter::new(Arc::clone(&config.policy), config.limits.core.clone()),
            cache: Cache::new(&config.http_proxy, config.http_security.disable_caching),
            is_cached_by_browsers: !config.http_security.disable_caching,
        })
    }

    async fn get(
        self: &Arc<Self>,
        token: &str,
        asset: AssetRef,
        running: &Running,
        sealer: impl FnOnce() -> Sealer,
    ) -> Result<Arc<Asset>, Refusal> {
        let kind = asset.kind;
        if let Some(early) = running.early.fetch(&asset.url, kind) {
            return early.await;
        }
        let fetched = self.fetched(asset, running).await?;
        if kind != AssetKind::Style {
            return Ok(fetched);
        }
        // A style sheet holds sealed addresses itself, and they are of one session.
        let rewritten = async {
            let (style, early) = {
                let noted = running.early.noted();
                (self.rewriter.style(&fetched, &sealer(), &noted), noted.take_new())
            };
            self.fetch_early(running, early);
            Ok(style)
        };
        self.cache.get(Key::Rewritten(Digest::of(token)), rewritten).await
    }

    /// Begins to fetch what a session's agents may ask for later. The door opens to them as to any other asset.
    pub fn fetch_early(self: &Arc<Self>, running: &Running, wanted: Vec<EarlyFetch>) {
        for wanted in wanted {
            let Ok(url) = Url::parse(&wanted.url) else { continue };
            metrics::count_asset("early");
            let (assets, asset, place) = (Arc::clone(self), wanted.clone(), url.clone());
            running.early.begin(wanted, place, move || {
                let (assets, asset, url) = (Arc::clone(&assets), asset.clone(), url.clone());
                async move {
                    let fetch = assets.fetch(url, asset.kind);
                    let kept: Kept = assets.cache.get(Key::Fetched(asset.url, asset.kind), fetch).await;
                    kept
                }
            });
        }
    }

    /// From the cache, else from its website in one of the session's `turns`. Who waits for a turn holds up nobody:
    /// only then does a fetch begin that other sessions may come to wait for.
    async fn fetched(&self, asset: AssetRef, running: &Running) -> Result<Arc<Asset>, Refusal> {
        let url = Url::parse(&asset.url).map_err(|_| Refusal::BadToken)?;
        let key = Key::Fetched(asset.url, asset.kind);
        if let Some(kept) = self.cache.kept(&key).await {
            return kept;
        }
        let waiting = metrics::WaitingAsset::begin();
        let turn = timeout(self.fetcher.waits.total, running.asset_turns.take(&url)).await;
        drop(waiting);
        let _turn = turn.map_err(|_| Refusal::TimedOut)?.ok_or(Refusal::NoSession)?;
        self.cache.get(key, self.fetch(url, asset.kind)).await
    }

    async fn fetch(&self, url: Url, kind: AssetKind) -> Result<Asset, Refusal> {
        let fetched = self.fetcher.fetch(url, kind).await?;
        if fetched.content_type == kind::SVG { self.rewriter.svg(&fetched) } else { Ok(fetched) }
    }
}

/// `GET /asset/{token}`.
pub async fn serve(
    State(app): State<Arc<App>>,
    _address: AgentAddress,
    headers: HeaderMap,
    Segment(token): Segment,
) -> Response {
    match find(&app, &headers, &token).await {
        Ok(asset) => {
            metrics::count_asset("served");
            answer(&asset, app.assets.is_cached_by_browsers)
        }
        Err(refusal) => {
            metrics::count_asset(refusal.word());
            Problem::NotFound.into_response()
        }
    }
}

async fn find(app: &App, headers: &HeaderMap, token: &str) -> Result<Arc<Asset>, Refusal> {
    let cookie = named_cookie(headers, ASSET_COOKIE).ok_or(Refusal::NoCookie)?;
    let asset = app.assets.opener.open(token).map_err(|_| Refusal::BadToken)?;
    let running = app.hub.find(&asset.session).ok_or(Refusal::NoSession)?;
    if !running.is_viewed_by(&Digest::of(cookie)) {
        return Err(Refusal::NotViewing);
    }
    app.assets.get(token, asset, &running, || app.hub.sealer(running.id.clone())).await
}

/// Safe even where a browser is pointed at it directly: it runs nothing, loads nothing and is no page of ours.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

fn answer(asset: &Asset, is_cached: bool) -> Response {
    let mut response = asset.body.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"asset\""));
    let cache = if is_cached { format!("private, max-age={}", asset.fresh_s) } else { "no-store".to_owned() };
    headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_str(&cache).unwrap_or(HeaderValue::from_static("no-store")));
    response
}
