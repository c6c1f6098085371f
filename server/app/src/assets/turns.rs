//! Turns at something slow: a few at once, and fewer of them at one host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::{Position, Url};

use super::limits::{AtOnce, SESSION_FETCHES};

/// Gives turns. Who waits for a host's turn holds none of the others'.
#[derive(Debug)]
pub struct Turns {
    at_once: AtOnce,
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// A turn, for as long as it lives.
#[derive(Debug)]
pub(super) struct Turn {
    _at_host: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// Hosts that are remembered before those without a turn are forgotten.
const HOSTS_REMEMBERED: usize = 64;

impl Turns {
    pub(super) fn new(at_once: AtOnce) -> Self {
        Self { at_once, all: Arc::new(Semaphore::new(at_once.all)), hosts: Mutex::default() }
    }

    /// The turns of one session.
    #[must_use]
    pub fn of_session() -> Self {
        Self::new(SESSION_FETCHES)
    }

    /// Waits for a turn at the URL's host and port. `None` cannot come: the turns are never closed.
    pub(super) async fn take(&self, url: &Url) -> Option<Turn> {
        let at_host = self.host(&url[Position::BeforeHost..Position::AfterPort]).acquire_owned().await.ok()?;
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Turn { _at_host: at_host, _of_all: of_all })
    }

    fn host(&self, name: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = hosts.get(name).and_then(Weak::upgrade) {
            return turns;
        }
        if hosts.len() >= HOSTS_REMEMBERED {
            hosts.retain(|_, turns| turns.strong_count() > 0);
        }
        let turns = Arc::new(Semaphore::new(self.at_once.one_host));
        hosts.insert(name.to_owned(), Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use url::Url;

    use super::{AtOnce, HOSTS_REMEMBERED, Turns};

    fn url(host: &str) -> Url {
        Url::parse(&format!("https://{host}/a")).unwrap()
    }

    #[test]
    fn one_host_leaves_turns_to_others() {
        let turns = Turns::new(AtOnce { all: 3, one_host: 2 });
        let take = |host: &str| turns.take(&url(host)).now_or_never().flatten();
        let first = take("slow.example").unwrap();
        let _second = take("slow.example").unwrap();
        assert!(take("slow.example").is_none(), "two at one host");
        let _other = take("slow.example:8443").unwrap();
        assert!(take("other.example").is_none(), "three in all");
        drop(first);
        assert!(take("other.example").is_some());
    }

    #[test]
    fn hosts_without_a_turn_are_forgotten() {
        let turns = Turns::new(AtOnce { all: 1, one_host: 1 });
        for n in 0..HOSTS_REMEMBERED * 3 {
            assert!(turns.take(&url(&format!("{n}.example"))).now_or_never().flatten().is_some());
        }
        assert!(turns.hosts.lock().unwrap().len() <= HOSTS_REMEMBERED);
    }
}
