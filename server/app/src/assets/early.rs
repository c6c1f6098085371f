//! Assets that are fetched when their rule arrives, and kept for as long as the session lasts.
//!
//! An agent's browser asks for such a picture or font only when something on the page matches. Nothing that happens then
//! reaches the asset's host: the answer comes from here, also where the fetch failed.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::Semaphore;
use tokio::time::sleep;
use vitrine_core::asset::{AssetKind, EarlyFetch, EarlyFetches};

use super::Refusal;
use super::cache::Kept;

/// Fetched at once for one session; whoever asks for other assets has turns of its own.
const AT_ONCE: usize = 4;
/// What one session keeps. The rest of its early assets is refused.
const KEPT_BYTES: usize = 16 << 20;
/// A host that cannot be reached is asked again after so long, once.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// One session's early assets.
#[derive(Debug)]
pub struct Early {
    state: Arc<Mutex<State>>,
    turns: Arc<Semaphore>,
    /// What the session's style sheets that came through the asset door name.
    noted: Mutex<EarlyFetches>,
}

#[derive(Debug, Default)]
struct State {
    fetches: HashMap<EarlyFetch, Shared<BoxFuture<'static, Kept>>>,
    kept_bytes: usize,
}

impl Early {
    /// None yet; style sheets may name so many.
    #[must_use]
    pub fn new(most: usize) -> Self {
        let noted = Mutex::new(EarlyFetches::new(most));
        Self { state: Arc::default(), turns: Arc::new(Semaphore::new(AT_ONCE)), noted }
    }

    /// Where the rewriter notes what a style sheet names. Whoever holds it holds up the other sheets of the session.
    pub(super) fn noted(&self) -> MutexGuard<'_, EarlyFetches> {
        lock(&self.noted)
    }

    /// Begins a fetch unless it was begun before; nobody has to wait for it.
    pub(super) fn begin<F>(&self, wanted: EarlyFetch, fetch: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Kept> + Send + 'static,
    {
        let mut state = lock(&self.state);
        if state.fetches.contains_key(&wanted) {
            return;
        }
        let (turns, kept) = (Arc::clone(&self.turns), Arc::clone(&self.state));
        let work = async move { within(&kept, patiently(&turns, fetch).await) }.boxed().shared();
        state.fetches.insert(wanted, work.clone());
        drop(state);
        tokio::spawn(work);
    }

    /// What came or will come of a fetch that was begun.
    pub(super) fn fetch(&self, url: &str, kind: AssetKind) -> Option<Shared<BoxFuture<'static, Kept>>> {
        let state = lock(&self.state);
        if state.fetches.is_empty() {
            return None;
        }
        state.fetches.get(&EarlyFetch { url: url.to_owned(), kind }).cloned()
    }
}

async fn patiently<F: Future<Output = Kept>>(turns: &Semaphore, fetch: impl Fn() -> F) -> Kept {
    let Ok(_turn) = turns.acquire().await else { return Err(Refusal::NoSession) };
    match fetch().await {
        Err(Refusal::Unreachable | Refusal::TimedOut) => {
            sleep(AGAIN_AFTER).await;
            fetch().await
        }
        kept => kept,
    }
}

/// What is kept, if there is room for it.
fn within(state: &Mutex<State>, kept: Kept) -> Kept {
    let asset = kept?;
    let mut state = lock(state);
    if state.kept_bytes + asset.body.len() > KEPT_BYTES {
        return Err(Refusal::TooLarge);
    }
    state.kept_bytes += asset.body.len();
    Ok(asset)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
