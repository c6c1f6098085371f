//! Assets that only the customer's browser can get: behind a login, in an internal network, or made by her page. Her page
//! is asked once for each, and what it sends is kept for her session alone, beside the cache and never in it.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use vitrine_core::asset::{AssetKind, AssetRef};

use super::Refusal;
use super::cache::Kept;
use super::limits::{UPLOADS, UPLOADS_AT_ONCE, UPLOADS_BYTES};
use crate::auth::secret::random_bytes;

/// One session's uploads.
#[derive(Debug)]
pub struct Uploads {
    state: Arc<Mutex<State>>,
    turns: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct State {
    begun: HashMap<(String, AssetKind), Work>,
    /// Requests that her page has not answered yet.
    open: HashMap<u64, oneshot::Sender<Answer>>,
    last_request: u64,
    kept_bytes: usize,
}

type Work = Shared<BoxFuture<'static, Kept>>;

/// What became of a request to the customer's page.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// It sent this.
    Sent(Upload),
    /// It could not get it, or would not.
    Nothing,
    /// It was not asked: it is away, or paused.
    NotNow,
}

/// What a customer's page sent: judged as if a website had.
#[derive(Debug, PartialEq, Eq)]
pub struct Upload {
    /// What its website said it is.
    pub content_type: String,
    /// All of it.
    pub body: Bytes,
}

impl Uploads {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        // Nodes that share a session number apart, so that no upload is taken for another node's. 47 bits: a page counts exactly.
        let first = random_bytes::<8>().map_or(0, |bytes| u64::from_le_bytes(bytes) >> 17);
        let state = State { last_request: first, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), turns: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)) }
    }

    /// What came or will come of an asset that was asked for before.
    pub(super) fn known(&self, asset: &AssetRef) -> Option<Work> {
        let state = self.lock();
        if state.begun.is_empty() {
            return None;
        }
        state.begun.get(&(asset.url.clone(), asset.kind)).cloned()
    }

    /// Begins to ask for an asset unless that was begun before. The outcome stays, a refusal too; only where the page could
    /// not be asked it is asked another time.
    pub(super) fn once<F>(&self, asset: &AssetRef, ask: impl FnOnce() -> F) -> Result<Work, Refusal>
    where
        F: Future<Output = Kept> + Send + 'static,
    {
        let key = (asset.url.clone(), asset.kind);
        let mut state = self.lock();
        if let Some(work) = state.begun.get(&key) {
            return Ok(work.clone());
        }
        if state.begun.len() >= UPLOADS {
            return Err(Refusal::NoRoom);
        }
        let (kept_in, asking, asked) = (Arc::clone(&self.state), ask(), key.clone());
        let work = async move { settle(&kept_in, &asked, asking.await) }.boxed().shared();
        state.begun.insert(key, work.clone());
        drop(state);
        // Whoever asked for it may go; what her page sends is kept for the next.
        tokio::spawn(work.clone());
        Ok(work)
    }

    /// Waits until the page is not busy with other requests.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }

    /// A number for a request, and where its answer comes.
    pub(super) fn open(&self) -> (u64, oneshot::Receiver<Answer>) {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        state.last_request += 1;
        let request = state.last_request;
        state.open.insert(request, sender);
        (request, receiver)
    }

    /// Takes a request, to answer it: each can be answered once. `None`: nobody asked, or nobody waits any more.
    #[must_use]
    pub fn claim(&self, request: u64) -> Option<oneshot::Sender<Answer>> {
        self.lock().open.remove(&request)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::new()
    }
}

/// What stays of an outcome, if there is room for it.
fn settle(state: &Mutex<State>, key: &(String, AssetKind), kept: Kept) -> Kept {
    let mut state = lock(state);
    match &kept {
        Err(Refusal::CustomerAway) => {
            state.begun.remove(key);
        }
        Ok(asset) if state.kept_bytes + asset.bytes() > UPLOADS_BYTES => return Err(Refusal::NoRoom),
        Ok(asset) => state.kept_bytes += asset.bytes(),
        Err(_) => {}
    }
    kept
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
