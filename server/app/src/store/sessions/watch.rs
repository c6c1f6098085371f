//! Being woken when there may be something new. What is new is in the store; a wake may be lost, and then whoever waits
//! looks by himself within a second.

use std::future::pending;

use bytes::Bytes;
use tokio::sync::{broadcast, watch};

/// Wakes of one session, for one who waits.
#[derive(Debug)]
pub struct Watch(watch::Receiver<u64>);

impl Watch {
    pub(super) fn new(counter: watch::Receiver<u64>) -> Self {
        Self(counter)
    }

    /// Returns when something may be new since the last call. Many wakes are one. Dropping the future loses nothing.
    pub async fn woken(&mut self) {
        if self.0.changed().await.is_err() {
            pending::<()>().await;
        }
    }
}

/// What all nodes are told.
#[derive(Debug)]
pub struct Told(broadcast::Receiver<Bytes>);

impl Told {
    pub(super) fn new(told: broadcast::Receiver<Bytes>) -> Self {
        Self(told)
    }

    /// What comes next; `None`: something may have been missed, so look.
    pub async fn next(&mut self) -> Option<Bytes> {
        match self.0.recv().await {
            Ok(word) => Some(word),
            Err(broadcast::error::RecvError::Lagged(_)) => None,
            Err(broadcast::error::RecvError::Closed) => pending().await,
        }
    }
}
