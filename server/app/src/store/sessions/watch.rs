//! Being woken when there may be something new. What is new is in the store; a wake may be lost, and then whoever waits
//! looks by himself within a second.

use std::future::pending;

use bytes::Bytes;
use tokio::sync::{broadcast, watch};

use crate::store::redis::{Heard, Subscription};

/// Wakes of one session, for one who waits.
#[derive(Debug)]
pub struct Watch(Wakes);

#[derive(Debug)]
enum Wakes {
    Memory(watch::Receiver<u64>),
    Redis(Subscription),
}

impl Watch {
    pub(super) fn counted(counter: watch::Receiver<u64>) -> Self {
        Self(Wakes::Memory(counter))
    }

    pub(super) fn heard(subscription: Subscription) -> Self {
        Self(Wakes::Redis(subscription))
    }

    /// Returns when something may be new since the last call. Many wakes may be one. Dropping the future loses nothing.
    pub async fn woken(&mut self) {
        match &mut self.0 {
            Wakes::Memory(counter) => {
                if counter.changed().await.is_err() {
                    pending::<()>().await;
                }
            }
            Wakes::Redis(subscription) => {
                // A gap is a wake as well.
                subscription.next().await;
            }
        }
    }
}

/// What all nodes are told.
#[derive(Debug)]
pub struct Told(Words);

#[derive(Debug)]
enum Words {
    Memory(broadcast::Receiver<Bytes>),
    Redis(Subscription),
}

impl Told {
    pub(super) fn counted(told: broadcast::Receiver<Bytes>) -> Self {
        Self(Words::Memory(told))
    }

    pub(super) fn heard(subscription: Subscription) -> Self {
        Self(Words::Redis(subscription))
    }

    /// What comes next; `None`: something may have been missed, so look.
    pub async fn next(&mut self) -> Option<Bytes> {
        match &mut self.0 {
            Words::Memory(told) => match told.recv().await {
                Ok(word) => Some(word),
                Err(broadcast::error::RecvError::Lagged(_)) => None,
                Err(broadcast::error::RecvError::Closed) => pending().await,
            },
            Words::Redis(subscription) => match subscription.next().await {
                Heard::Message(word) => Some(word),
                Heard::Gap => None,
            },
        }
    }
}
