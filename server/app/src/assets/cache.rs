//! Assets that were fetched: bounded by bytes, one fetch for all who ask at once.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use vitrine_core::asset::AssetKind;

use super::{Asset, Refusal};
use crate::auth::secret::Digest;
use crate::config::HttpProxy;

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// What a website gave, for every session: it was fetched without anybody's credentials.
    Fetched(String, AssetKind),
    /// A style sheet for one session, by its token.
    Rewritten(Digest),
}

/// A fetch's outcome, shared by all who wait for it.
pub(super) type Kept = Result<Arc<Asset>, Refusal>;

/// The cache.
#[derive(Debug)]
pub(super) struct Cache(moka::future::Cache<Key, Kept>);

/// A refusal is kept so long: a page that shows a missing picture a hundred times asks its website once.
const REFUSAL_KEPT: Duration = Duration::from_secs(10);
/// What an entry costs besides its bytes.
const ENTRY_BYTES: usize = 512;

impl Cache {
    pub(super) fn new(config: &HttpProxy, is_disabled: bool) -> Self {
        let bytes = if is_disabled { 0 } else { u64::try_from(config.cache_size_bytes).unwrap_or(u64::MAX) };
        let cache = moka::future::Cache::builder().max_capacity(bytes).weigher(weight).expire_after(AsFresh).build();
        Self(cache)
    }

    /// What is kept under the key.
    pub(super) async fn kept(&self, key: &Key) -> Option<Kept> {
        self.0.get(key).await
    }

    /// What is kept under the key, or else what `make` gives. Who asks meanwhile waits for the same.
    pub(super) async fn get(&self, key: Key, make: impl Future<Output = Result<Asset, Refusal>>) -> Kept {
        Box::pin(self.0.get_with(key, async { make.await.map(Arc::new) })).await
    }
}

fn weight(key: &Key, kept: &Kept) -> u32 {
    let key = if let Key::Fetched(url, _) = key { url.len() } else { 0 };
    let body = kept.as_ref().map_or(0, |asset| asset.body.len());
    u32::try_from(ENTRY_BYTES + key + body).unwrap_or(u32::MAX)
}

struct AsFresh;

impl Expiry<Key, Kept> for AsFresh {
    fn expire_after_create(&self, _key: &Key, kept: &Kept, _now: Instant) -> Option<Duration> {
        Some(kept.as_ref().map_or(REFUSAL_KEPT, |asset| Duration::from_secs(asset.fresh_s)))
    }
}
