//! Assets that are fetched when their rule arrives, and kept for as long as the session lasts.
//!
//! An agent's browser asks for such a picture or font only when something on the page matches. Nothing that happens then
//! reaches the asset's host: the answer comes from here, also where the fetch failed.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::time::sleep;
use url::Url;
use vitrine_core::asset::{AssetKind, EarlyFetch, EarlyFetches};

use super::Refusal;
use super::cache::Kept;
use super::limits::{EARLY_AGAIN_AFTER, EARLY_BYTES, EARLY_FETCHES};
use super::turns::Turns;

/// One session's early assets.
#[derive(Debug)]
pub struct Early {
    state: Arc<Mutex<State>>,
    turns: Arc<Turns>,
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
        Self { state: Arc::default(), turns: Arc::new(Turns::new(EARLY_FETCHES)), noted }
    }

    /// Where the rewriter notes what a style sheet names. Whoever holds it holds up the other sheets of the session.
    pub(super) fn noted(&self) -> MutexGuard<'_, EarlyFetches> {
        lock(&self.noted)
    }

    /// Begins a fetch unless it was begun before; nobody has to wait for it.
    pub(super) fn begin<F>(&self, wanted: EarlyFetch, url: Url, fetch: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = Kept> + Send + 'static,
    {
        let mut state = lock(&self.state);
        if state.fetches.contains_key(&wanted) {
            return;
        }
        let (turns, kept) = (Arc::clone(&self.turns), Arc::clone(&self.state));
        let work = async move { within(&kept, patiently(&turns, &url, fetch).await) }.boxed().shared();
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

async fn patiently<F: Future<Output = Kept>>(turns: &Turns, url: &Url, fetch: impl Fn() -> F) -> Kept {
    let in_turn = async || {
        let _turn = turns.take(url).await.ok_or(Refusal::NoSession)?;
        fetch().await
    };
    match in_turn().await {
        Err(refusal) if refusal.is_of_the_moment() => {
            sleep(EARLY_AGAIN_AFTER).await;
            in_turn().await
        }
        kept => kept,
    }
}

/// What is kept, if there is room for it.
fn within(state: &Mutex<State>, kept: Kept) -> Kept {
    let asset = kept?;
    let mut state = lock(state);
    if state.kept_bytes + asset.body.len() > EARLY_BYTES {
        return Err(Refusal::NoRoom);
    }
    state.kept_bytes += asset.body.len();
    Ok(asset)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
