//! Limits per time that hold for all servers together: counted in the store that they share.
//!
//! Each server also has its own count of the same limits, in [`super::rate`], which is asked first: a flood reaches the
//! store no faster than one server lets it. While the store is away nothing that is counted here is done, and the answer says
//! so (503 `store-away`): all of it would need the store anyway, and nobody may try codes or passwords uncounted.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use super::Problem;
use crate::auth::secret::Digest;
use crate::ops::metrics;
use crate::store::Store;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_hours(24);

/// The counts of one server's requests, in the store. Nothing is counted where a server has the store for itself.
#[derive(Debug)]
pub struct Together(Option<Arc<Store>>);

/// One limit, and what it is reached by.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Its key in `[limits]`.
    pub key: &'static str,
    /// In one span, which begins with the first of its counts.
    pub most: u32,
}

impl Together {
    /// Counts in a store, if servers share it.
    #[must_use]
    pub fn new(store: &Arc<Store>) -> Self {
        Self(store.is_shared().then(|| Arc::clone(store)))
    }

    /// Counts one more of `whose` in this minute. `kind` tells counts of one limit apart.
    ///
    /// # Errors
    /// [`Problem::TooMany`], [`Problem::StoreAway`].
    pub async fn count(&self, limit: Limit, kind: &str, whose: impl Display) -> Result<(), Problem> {
        let Some(store) = &self.0 else { return Ok(()) };
        let counted = store.count(name(limit.key, kind, whose), 1, MINUTE).await?;
        if counted.count > limit.most { Err(refused(limit, counted.left)) } else { Ok(()) }
    }
}

/// Whether something that is counted only when it fails may be tried: fewer than `most` have failed within a day of the
/// first. Counted in the store, whether servers share it or not.
///
/// # Errors
/// [`Problem::TooMany`] until that day is over, [`Problem::StoreAway`].
pub async fn may_try(store: &Store, limit: Limit, whose: impl Display) -> Result<(), Problem> {
    let counted = store.count(name(limit.key, "", whose), 0, DAY).await?;
    if counted.count >= limit.most { Err(refused(limit, counted.left)) } else { Ok(()) }
}

/// It failed.
///
/// # Errors
/// [`Problem::StoreAway`], and [`Problem::Full`] if no more can be counted.
pub async fn note_failure(store: &Store, limit: Limit, whose: impl Display) -> Result<(), Problem> {
    store.count(name(limit.key, "", whose), 1, DAY).await?;
    Ok(())
}

fn name(limit: &str, kind: &str, whose: impl Display) -> Digest {
    Digest::of(&format!("{limit}\n{kind}\n{whose}"))
}

fn refused(limit: Limit, left: Duration) -> Problem {
    metrics::count_limited(limit.key);
    Problem::TooMany { retry_after_s: left.as_secs() + 1 }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Limit, Together, may_try, note_failure};
    use crate::http::Problem;
    use crate::store::{Memory, Store};

    const LIMIT: Limit = Limit { key: "joins-per-minute", most: 3 };

    fn store() -> Arc<Store> {
        Arc::new(Store::Memory(Memory::default()))
    }

    #[tokio::test]
    async fn servers_that_share_a_store_count_together() {
        let store = store();
        let servers = [Together(Some(Arc::clone(&store))), Together(Some(store))];
        for n in 0..3 {
            assert_eq!(servers[n % 2].count(LIMIT, "agent", "ann").await, Ok(()));
        }
        for server in &servers {
            let refused = server.count(LIMIT, "agent", "ann").await;
            assert!(matches!(refused, Err(Problem::TooMany { retry_after_s: 1..=61 })), "{refused:?}");
            assert_eq!(server.count(LIMIT, "agent", "bob").await, Ok(()), "others are not meant");
            assert_eq!(server.count(LIMIT, "address", "ann").await, Ok(()), "nor another kind");
        }
    }

    #[tokio::test]
    async fn a_server_by_itself_counts_only_in_its_memory() {
        let alone = Together::new(&store());
        for _ in 0..10 {
            assert_eq!(alone.count(LIMIT, "agent", "ann").await, Ok(()));
        }
    }

    #[tokio::test]
    async fn failures_are_counted_and_tries_are_not() {
        let store = store();
        for _ in 0..3 {
            for _ in 0..10 {
                assert_eq!(may_try(&store, LIMIT, "ann").await, Ok(()));
            }
            note_failure(&store, LIMIT, "ann").await.unwrap();
        }
        let refused = may_try(&store, LIMIT, "ann").await;
        assert!(matches!(refused, Err(Problem::TooMany { retry_after_s: 86_000..=86_401 })), "{refused:?}");
        assert_eq!(may_try(&store, LIMIT, "bob").await, Ok(()));
    }
}
