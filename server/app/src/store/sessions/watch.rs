//! Being woken when there may be something new for a session. What is new is in the store; a wake may be lost, and then
//! whoever waits looks by himself within a second.

use std::future::pending;

use tokio::sync::watch;

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
