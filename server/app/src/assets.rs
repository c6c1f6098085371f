//! `GET /asset/{token}`: the one door through which pictures, fonts and style sheets reach an agent.
//!
//! A token alone opens nothing: whoever asks must hold the asset cookie of a login that has a viewer in the token's
//! session. Whatever is not served answers 404 alike, so the answer tells nothing.

mod answer;
mod asset;
mod cache;
mod customer;
mod door;
mod early;
mod elsewhere;
mod fetch;
mod fresh;
mod guard;
mod kind;
mod limits;
mod names;
mod rewrite;
mod special;
mod turns;
mod uploads;
mod ways;

use std::sync::Arc;

use futures_util::FutureExt;
use tokio::time::timeout;
use url::Url;
use vitrine_core::asset::{AssetKind, AssetRef, EarlyFetch};

use crate::auth::secret::Digest;
use crate::config::Config;
use crate::hub::Running;
use crate::ops::metrics::{self, AssetCounters, CacheResult};
use asset::Asset;
use cache::{Cache, Entry, Kept, Key};
use door::Nowhere;
use fetch::{Fetched, Fetcher};
use ways::Ways;

pub use door::serve;
pub use early::Early;
pub use elsewhere::{Coming, not_now};
pub use names::{Names, SystemNames};
pub use turns::Turns;
pub use uploads::{Answer, Upload, Uploads};
pub use ways::FetcherError;

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
    ForwardProxy,
    Unreachable,
    SlowConnection,
    SlowAnswer,
    SlowBody,
    TimedOut,
    UpstreamMissing,
    UpstreamStatus,
    WrongEncoding,
    TooLarge,
    NoRoom,
    WrongType,
    NotClean,
    CustomerAway,
    NotUploaded,
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
            Self::ForwardProxy => "forward-proxy",
            Self::Unreachable => "unreachable",
            Self::SlowConnection => "slow-connection",
            Self::SlowAnswer => "slow-answer",
            Self::SlowBody => "slow-body",
            Self::TimedOut => "timed-out",
            Self::UpstreamMissing => "upstream-missing",
            Self::UpstreamStatus => "upstream-status",
            Self::WrongEncoding => "wrong-encoding",
            Self::TooLarge => "too-large",
            Self::NoRoom => "no-room",
            Self::WrongType => "wrong-type",
            Self::NotClean => "not-clean",
            Self::CustomerAway => "customer-away",
            Self::NotUploaded => "not-uploaded",
        }
    }

    /// Whether another browser might get it all the same: one that is signed in, or in another network.
    fn may_be_only_ours(self) -> bool {
        matches!(
            self,
            Self::UpstreamMissing
                | Self::UpstreamStatus
                | Self::WrongType
                | Self::HostNotAllowed
                | Self::AddressNotAllowed
                | Self::TooManyRedirects
                | Self::ForwardProxy
                | Self::Unreachable
                | Self::SlowConnection
        )
    }

    /// Whether the same fetch may well succeed a moment later.
    fn is_of_the_moment(self) -> bool {
        matches!(self, Self::Unreachable | Self::SlowConnection | Self::SlowAnswer | Self::SlowBody | Self::TimedOut)
    }
}

/// Everything behind the door.
#[derive(Debug)]
pub struct Assets {
    fetcher: Fetcher,
    cache: Cache,
    /// The customer's browser may be asked.
    takes_uploads: bool,
    nowhere: Nowhere,
    counters: AssetCounters,
}

impl Assets {
    /// The door by the configuration; `names` finds the addresses of hosts.
    ///
    /// # Errors
    /// [`FetcherError`]: the certificate authorities cannot be read.
    pub fn new(config: &Config, names: Arc<dyn Names>) -> Result<Self, FetcherError> {
        let ways = Ways::new(&config.http_proxy, config.forward_proxy.as_ref(), names)?;
        Ok(Self {
            fetcher: Fetcher::new(&config.http_proxy, ways),
            cache: Cache::new(&config.http_proxy, config.http_security.disable_caching),
            takes_uploads: config.http_proxy.customer_upload,
            nowhere: Nowhere::default(),
            counters: AssetCounters::default(),
        })
    }

    /// Fetches from the hosts of another configuration from now on. What came from those that are no longer listed is
    /// forgotten with the rest.
    pub fn follow(&self, config: &Config) {
        if self.fetcher.permit(&config.http_proxy.domains) {
            self.cache.forget();
        }
    }

    async fn get(self: &Arc<Self>, token: &str, asset: AssetRef, running: &Arc<Running>) -> Kept {
        let kind = asset.kind;
        if let Some(early) = running.early.fetch(&asset.url, kind) {
            return early.await;
        }
        if let Some(uploaded) = running.uploads.known(&asset) {
            return uploaded.await;
        }
        match self.look(&asset).await {
            Some(Ok(kept)) if kind != AssetKind::Style => Ok(kept),
            // The future of the long way is large, and what is in the cache does not carry it along.
            known => Box::pin(self.make(token, asset, known, running)).await,
        }
    }

    /// The long way: to its website, to the customer's browser, or through the rewriter. `known` is what the cache has.
    async fn make(self: &Arc<Self>, token: &str, asset: AssetRef, known: Option<Kept>, running: &Arc<Running>) -> Kept {
        let kind = asset.kind;
        let fetched = match known {
            Some(known) => known,
            None => self.fetched(&asset, running).await,
        };
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(refusal) => return self.from_customer(refusal, asset, running, true).await,
        };
        if kind != AssetKind::Style {
            return Ok(fetched);
        }
        // A style sheet holds sealed addresses itself, and they are of one session.
        let rewritten = async {
            let (style, early) = {
                let noted = running.early.noted();
                (rewrite::style(&fetched, running, &noted), noted.take_new())
            };
            self.fetch_early(running, early);
            Entry::Asset(Arc::new(style))
        };
        self.cache.get(Key::Rewritten(Digest::of(token)), rewritten).await.outcome().unwrap_or(Err(Refusal::NoSession))
    }

    /// Begins to fetch what a session's agents may ask for later. The door opens to them as to any other asset.
    pub fn fetch_early(self: &Arc<Self>, running: &Arc<Running>, wanted: Vec<EarlyFetch>) {
        for wanted in wanted {
            let Ok(place) = Url::parse(&wanted.url) else { continue };
            metrics::count_asset("early");
            let asset = AssetRef { session: running.id.clone(), url: wanted.url.clone(), kind: wanted.kind };
            let (assets, running_too, url) = (Arc::clone(self), Arc::clone(running), place.clone());
            running.early.begin(wanted, place, move || {
                let (assets, running, url) = (Arc::clone(&assets), Arc::clone(&running_too), url.clone());
                let asset = asset.clone();
                async move {
                    let kept = match assets.look(&asset).await {
                        Some(kept) => kept,
                        None => assets.ask_website(&asset, &url, &running).await,
                    };
                    match kept {
                        Err(refusal) => assets.from_customer(refusal, asset, &running, false).await,
                        kept => kept,
                    }
                }
                .boxed()
            });
        }
    }

    /// From its website, in one of the session's `turns`. Who waits for a turn holds up nobody: only then does a fetch
    /// begin that other sessions may come to wait for.
    async fn fetched(&self, asset: &AssetRef, running: &Running) -> Kept {
        let url = Url::parse(&asset.url).map_err(|_| Refusal::BadToken)?;
        let waiting = metrics::WaitingAsset::begin();
        let turn = timeout(self.fetcher.waits.total, running.asset_turns.take(&url)).await;
        drop(waiting);
        let _turn = turn.map_err(|_| Refusal::TimedOut)?.ok_or(Refusal::NoSession)?;
        self.ask_website(asset, &url, running).await
    }

    /// What is kept and fresh: for all sessions, or for this one.
    async fn look(&self, asset: &AssetRef) -> Option<Kept> {
        let mut entry = self.cache.kept(&shared_key(asset)).await?;
        if let Entry::EachForItself(_) = entry {
            entry = self.cache.kept(&own_key(asset)).await?;
        }
        let kept = entry.is_fresh().then(|| entry.outcome()).flatten()?;
        match kept {
            Ok(_) => self.counters.hits.increment(1),
            Err(_) => metrics::count_cache(CacheResult::Refused),
        }
        Some(kept)
    }

    /// Asks the website, together with all who ask meanwhile; or by itself, where it does not answer all alike.
    async fn ask_website(&self, asset: &AssetRef, url: &Url, running: &Running) -> Kept {
        if !self.cache.is_disabled
            && let Some(kept) = self.ask(shared_key(asset), asset, url, running).await
        {
            return kept;
        }
        self.ask(own_key(asset), asset, url, running).await.unwrap_or(Err(Refusal::NoSession))
    }

    /// One fetch for all who want what belongs under the key; `None` to whoever may not have what came.
    async fn ask(&self, key: Key, asset: &AssetRef, url: &Url, running: &Running) -> Option<Kept> {
        let known = match self.cache.kept(&key).await {
            Some(Entry::Asset(known)) if known.can_be_asked_again() => Some(known),
            _ => None,
        };
        let mut mine = None;
        let asking = async {
            let kept = self.fetch(url, asset.kind, known.as_deref(), running).await;
            let entry = Entry::of(&key, &kept);
            if let (Entry::EachForItself(_), Ok(own)) = (&entry, &kept) {
                self.cache.put(own_key(asset), Entry::Asset(Arc::clone(own))).await;
            }
            mine = Some(kept);
            entry
        };
        let entry = self.cache.get(key.clone(), asking).await;
        mine.or_else(|| {
            metrics::count_cache(CacheResult::Joined);
            entry.outcome()
        })
    }

    async fn fetch(&self, url: &Url, kind: AssetKind, known: Option<&Asset>, running: &Running) -> Kept {
        let fetched = self.fetcher.fetch(url.clone(), kind, known).await;
        metrics::count_cache(match fetched {
            Ok(Fetched::Unchanged(_)) => CacheResult::Revalidated,
            Ok(Fetched::New(_)) | Err(_) => CacheResult::Miss,
        });
        let asset = match fetched? {
            Fetched::New(asset) if asset.content_type == kind::SVG => {
                rewrite::svg(&asset, &running.config.limits.core)?
            }
            Fetched::New(asset) | Fetched::Unchanged(asset) => asset,
        };
        Ok(Arc::new(if self.cache.is_disabled { asset.unkept() } else { asset }))
    }
}

fn shared_key(asset: &AssetRef) -> Key {
    Key::Fetched(asset.url.clone(), asset.kind)
}

fn own_key(asset: &AssetRef) -> Key {
    Key::FetchedFor(asset.session.clone(), asset.url.clone(), asset.kind)
}
