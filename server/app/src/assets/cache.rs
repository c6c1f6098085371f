//! Assets that were fetched: bounded by bytes, one fetch for all who ask at once, shared as far as their websites allow.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use vitrine_core::asset::AssetKind;
use vitrine_core::ids::SessionId;

use super::fresh::Reach;
use super::limits::{
    EACH_FOR_ITSELF_KEPT, ENTRY_BYTES, REFUSAL_KEPT, REFUSAL_OF_THE_MOMENT_KEPT, STALE_KEPT, UPSTREAM_STATUS_KEPT,
};
use super::{Asset, Refusal};
use crate::auth::secret::Digest;
use crate::config::HttpProxy;

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// What a website gave, for every session.
    Fetched(String, AssetKind),
    /// What it gave and is not for every session.
    FetchedFor(SessionId, String, AssetKind),
    /// A style sheet for one session, by its token.
    Rewritten(Digest),
}

/// A fetch's outcome, shared by all who wait for it.
pub(super) type Kept = Result<Arc<Asset>, Refusal>;

/// What stands under a key.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    /// An asset.
    Asset(Arc<Asset>),
    /// Why there is none.
    Refused(Refusal, Instant),
    /// What came is not for every session: each asks for itself.
    EachForItself(Instant),
}

/// The cache.
#[derive(Debug)]
pub(super) struct Cache {
    entries: moka::future::Cache<Key, Entry>,
    /// Nothing is kept, and nothing shared.
    pub(super) is_disabled: bool,
}

impl Cache {
    pub(super) fn new(config: &HttpProxy, is_disabled: bool) -> Self {
        let bytes = if is_disabled { 0 } else { u64::try_from(config.cache_size_bytes).unwrap_or(u64::MAX) };
        let entries = moka::future::Cache::builder().max_capacity(bytes).weigher(weight).expire_after(AsFresh).build();
        Self { entries, is_disabled }
    }

    /// Forgets everything.
    pub(super) fn forget(&self) {
        self.entries.invalidate_all();
    }

    /// What stands under the key, fresh or not.
    pub(super) async fn kept(&self, key: &Key) -> Option<Entry> {
        self.entries.get(key).await
    }

    /// What stands fresh under the key, or else what `make` gives. Who asks meanwhile waits for the same.
    pub(super) async fn get(&self, key: Key, make: impl Future<Output = Entry>) -> Entry {
        let entry = self.entries.entry(key).or_insert_with_if(make, |kept| !kept.is_fresh());
        Box::pin(entry).await.into_value()
    }

    /// Keeps it under the key.
    pub(super) async fn put(&self, key: Key, entry: Entry) {
        self.entries.insert(key, entry).await;
    }
}

impl Entry {
    /// An outcome under this key. An asset that may not be shared is not kept where all would find it.
    pub(super) fn of(key: &Key, outcome: &Kept) -> Self {
        match outcome {
            Ok(asset) if matches!(key, Key::Fetched(..)) && asset.reach < Reach::Everybody => {
                Self::EachForItself(Instant::now() + EACH_FOR_ITSELF_KEPT)
            }
            Ok(asset) => Self::Asset(Arc::clone(asset)),
            Err(refusal) => Self::Refused(*refusal, Instant::now() + remembered(*refusal)),
        }
    }

    /// What it is to whoever asks; `None` if each has to ask for itself.
    pub(super) fn outcome(self) -> Option<Kept> {
        match self {
            Self::Asset(asset) => Some(Ok(asset)),
            Self::Refused(refusal, _) => Some(Err(refusal)),
            Self::EachForItself(_) => None,
        }
    }

    /// Whether it is an answer without asking the website.
    pub(super) fn is_fresh(&self) -> bool {
        match self {
            Self::Asset(asset) => asset.is_fresh(),
            Self::Refused(_, until) | Self::EachForItself(until) => Instant::now() < *until,
        }
    }

    /// How long it stays in memory.
    fn stays(&self) -> Duration {
        let left = |until: Instant| until.saturating_duration_since(Instant::now());
        match self {
            Self::Asset(asset) if asset.reach == Reach::Nobody => Duration::ZERO,
            Self::Asset(asset) if asset.can_be_asked_again() => left(asset.fresh_until) + STALE_KEPT,
            Self::Asset(asset) => left(asset.fresh_until),
            Self::Refused(_, until) | Self::EachForItself(until) => left(*until),
        }
    }
}

/// How long a refusal is remembered: a page that shows a missing picture a hundred times asks its website once. What a
/// moment may mend is asked again soon.
fn remembered(refusal: Refusal) -> Duration {
    match refusal {
        moment if moment.is_of_the_moment() => REFUSAL_OF_THE_MOMENT_KEPT,
        Refusal::UpstreamStatus => UPSTREAM_STATUS_KEPT,
        // These are of whoever asked, not of the asset.
        Refusal::NoCookie | Refusal::BadToken | Refusal::NoSession | Refusal::NotViewing => Duration::ZERO,
        _ => REFUSAL_KEPT,
    }
}

fn weight(key: &Key, entry: &Entry) -> u32 {
    let key = if let Key::Fetched(url, _) | Key::FetchedFor(_, url, _) = key { url.len() } else { 0 };
    let asset = if let Entry::Asset(asset) = entry { asset.bytes() } else { 0 };
    u32::try_from(ENTRY_BYTES + key + asset).unwrap_or(u32::MAX)
}

struct AsFresh;

impl Expiry<Key, Entry> for AsFresh {
    fn expire_after_create(&self, _key: &Key, entry: &Entry, _now: Instant) -> Option<Duration> {
        Some(entry.stays())
    }

    fn expire_after_update(
        &self,
        _key: &Key,
        entry: &Entry,
        _now: Instant,
        _left: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.stays())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::Bytes;
    use vitrine_core::asset::AssetKind;

    use super::{Cache, Entry, Key, Refusal};
    use crate::assets::asset::Asset;
    use crate::assets::fresh::{Keep, Reach};
    use crate::config;

    const CACHE_BYTES: u64 = 1 << 20;

    fn entry(reach: Reach) -> Entry {
        let keep = Keep { reach, fresh: Duration::from_secs(60) };
        let from = "https://shop.example/a".parse().unwrap();
        Entry::Asset(Arc::new(Asset::new("image/png", Bytes::from(vec![0; 100 << 10]), from, keep)))
    }

    fn key(number: usize) -> Key {
        Key::Fetched(number.to_string(), AssetKind::Image)
    }

    #[tokio::test]
    async fn it_keeps_no_more_than_it_has_room_for() {
        let config = config::parse("test.toml", "[http-proxy]\ncache-size = \"1MiB\"\n", &[]).config.unwrap();
        let cache = Cache::new(&config.http_proxy, false);
        for number in 0..100 {
            cache.get(key(number), async { entry(Reach::Everybody) }).await;
        }
        cache.entries.run_pending_tasks().await;
        let kept = cache.entries.weighted_size();
        assert!((1..=CACHE_BYTES).contains(&kept), "{kept} of {CACHE_BYTES}");

        let off = Cache::new(&config.http_proxy, true);
        off.get(key(1), async { entry(Reach::Everybody) }).await;
        off.entries.run_pending_tasks().await;
        assert!(off.kept(&key(1)).await.is_none());
    }

    #[tokio::test]
    async fn what_nobody_may_keep_is_not_kept_and_a_refusal_is_for_a_moment() {
        let config = config::parse("test.toml", "", &[]).config.unwrap();
        let cache = Cache::new(&config.http_proxy, false);
        cache.get(key(1), async { entry(Reach::Nobody) }).await;
        assert!(cache.kept(&key(1)).await.is_none());
        let stays = |refusal| Entry::of(&key(2), &Err(refusal)).stays();
        assert!(stays(Refusal::Unreachable) < stays(Refusal::UpstreamMissing));
        assert!(stays(Refusal::UpstreamMissing) <= Duration::from_secs(30));
        assert_eq!(stays(Refusal::NotViewing), Duration::ZERO);
    }
}
