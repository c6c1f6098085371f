//! The provider's document and keys, kept for a while. Whoever needs them first fetches them, and the others wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::discovery::{self, Known};
use super::outgoing::Outgoing;
use super::{Cause, KeyRing, Via};
use crate::config::Oidc;

/// How it is asked.
pub(super) struct Asking<'p> {
    pub(super) outgoing: &'p Outgoing,
    pub(super) config: &'p Oidc,
}

/// What was fetched, and when.
#[derive(Debug, Default)]
pub(super) struct Source {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    known: Option<Known>,
    fetched: Option<Instant>,
    failed: Option<(Instant, Cause)>,
    /// When keys were last fetched because a token named one that we did not know, by who showed it. Counted apart, so that
    /// nobody's made-up tokens keep us from a new key that the provider signs by.
    renewed: [Option<Instant>; 2],
}

/// After this time it is asked again.
const FRESH: Duration = Duration::from_secs(3600);
/// After a failure it is left alone for so long; what was known stays in use.
const PAUSE: Duration = Duration::from_secs(5);
/// Keys are fetched for an unknown one at most this often.
const RENEWAL: Duration = Duration::from_secs(60);

impl Source {
    /// What is known, fetched first if need be.
    pub(super) async fn known(&self, asking: &Asking<'_>) -> Result<Known, Cause> {
        let mut held = self.held.lock().await;
        if is_within(held.fetched, FRESH)
            && let Some(known) = &held.known
        {
            return Ok(known.clone());
        }
        if let Some((at, cause)) = held.failed
            && is_within(Some(at), PAUSE)
        {
            return held.known.clone().ok_or(cause);
        }
        match fetch(asking).await {
            Ok(known) => {
                *held = Held {
                    known: Some(known.clone()),
                    fetched: Some(Instant::now()),
                    renewed: held.renewed,
                    failed: None,
                };
                Ok(known)
            }
            Err(cause) => {
                tracing::warn!(%cause, "the sign-in provider fails");
                held.failed = Some((Instant::now(), cause));
                held.known.clone().ok_or(cause)
            }
        }
    }

    /// Keys that are newer than `old`. `None`: they were fetched a moment ago, and there is nothing newer.
    pub(super) async fn renewed(&self, old: &Known, via: Via, asking: &Asking<'_>) -> Result<Option<Known>, Cause> {
        let mut held = self.held.lock().await;
        if let Some(known) = held.known.as_ref().filter(|known| !Arc::ptr_eq(&known.keys, &old.keys)) {
            return Ok(Some(known.clone()));
        }
        let last = &mut held.renewed[usize::from(via == Via::Anybody)];
        if is_within(*last, RENEWAL) {
            return Ok(None);
        }
        *last = Some(Instant::now());
        let keys = fetch_keys(&old.metadata.keys, asking).await?;
        let known = Known { metadata: Arc::clone(&old.metadata), keys };
        held.known = Some(known.clone());
        Ok(Some(known))
    }
}

fn is_within(moment: Option<Instant>, span: Duration) -> bool {
    moment.is_some_and(|moment| moment.elapsed() < span)
}

async fn fetch(asking: &Asking<'_>) -> Result<Known, Cause> {
    let document = asking.outgoing.get("discovery document", &discovery::address(&asking.config.issuer)).await?;
    let metadata = discovery::read(&document, asking.config)?;
    let keys = fetch_keys(&metadata.keys, asking).await?;
    Ok(Known { metadata: Arc::new(metadata), keys })
}

async fn fetch_keys(url: &url::Url, asking: &Asking<'_>) -> Result<Arc<KeyRing>, Cause> {
    let document = asking.outgoing.get("key set", url).await?;
    KeyRing::from_jwks(&document).map(Arc::new).map_err(|_| Cause::Form("key set"))
}
