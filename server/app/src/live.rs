//! The configuration in force and what follows from it, exchanged as a whole while the server runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::{ArcSwap, Guard};
use http::HeaderValue;
use http::header::InvalidHeaderValue;
use vitrine_core::asset::{AssetKey, Opener};

use crate::auth::secret::random_bytes;
use crate::auth::shared_keys::SharedKeys;
use crate::config::{Config, SigningKey};
use crate::http::headers::viewer_policy;

/// What is in force now. Whoever needs two things of it takes one snapshot and asks that for both.
#[derive(Debug)]
pub struct Live {
    now: ArcSwap<InForce>,
    /// Seals where the configuration lists no key. Made once: assets outlive a reload.
    own_key: AssetKey,
    /// What other keys are derived from, likewise.
    own_secret: SigningKey,
    has_refused: AtomicBool,
}

/// A snapshot.
#[derive(Debug)]
pub struct InForce {
    /// The operator's decisions.
    pub config: Arc<Config>,
    /// The agent page's content security policy.
    pub viewer_policy: HeaderValue,
    /// Unless it is switched off.
    pub strict_transport_security: Option<HeaderValue>,
    /// Opens the addresses of assets.
    pub opener: Arc<Opener>,
    /// Seals those of sessions that begin now.
    pub sealing: AssetKey,
    /// Keys that are derived from the configuration's.
    pub shared: SharedKeys,
}

/// The id of the key that the server makes itself.
const OWN_KEY_ID: u8 = 0;

impl Live {
    /// In force from the start.
    ///
    /// # Errors
    /// The system has no randomness to give, or a setting cannot stand in a header.
    pub fn new(config: Config) -> Result<Self, LiveError> {
        let own_key = AssetKey { id: OWN_KEY_ID, secret: random_bytes()? };
        let own_secret = SigningKey { id: "own".to_owned(), secret: random_bytes::<32>()?.to_vec() };
        let now = ArcSwap::from_pointee(InForce::new(config, &own_key, &own_secret)?);
        Ok(Self { now, own_key, own_secret, has_refused: AtomicBool::new(false) })
    }

    /// A snapshot for the length of a request; it stays as it is while another configuration comes into force.
    pub fn now(&self) -> Guard<Arc<InForce>> {
        self.now.load()
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.now.load().config)
    }

    /// Puts another configuration into force, or nothing of it.
    ///
    /// # Errors
    /// A setting cannot stand in a header.
    pub(crate) fn put(&self, config: Config) -> Result<(), InvalidHeaderValue> {
        self.now.store(Arc::new(InForce::new(config, &self.own_key, &self.own_secret)?));
        Ok(())
    }

    /// Whether the file was changed to something that could not be put into force.
    #[must_use]
    pub fn has_refused(&self) -> bool {
        self.has_refused.load(Ordering::Relaxed)
    }

    pub(crate) fn set_refused(&self, refused: bool) {
        self.has_refused.store(refused, Ordering::Relaxed);
    }
}

impl InForce {
    fn new(config: Config, own_key: &AssetKey, own_secret: &SigningKey) -> Result<Self, InvalidHeaderValue> {
        let sts = Some(config.http_security.strict_transport_security.as_str()).filter(|value| !value.is_empty());
        let mut keys = config.asset_keys.clone();
        let sealing = keys.first().unwrap_or(own_key).clone();
        // Sessions may still live from when the configuration listed none.
        if keys.iter().all(|key| key.id != own_key.id) {
            keys.push(own_key.clone());
        }
        Ok(Self {
            viewer_policy: HeaderValue::from_str(&viewer_policy(&config))?,
            strict_transport_security: sts.map(HeaderValue::from_str).transpose()?,
            opener: Arc::new(Opener::new(&keys)),
            sealing,
            shared: SharedKeys::new(&config.signing_keys, own_secret),
            config: Arc::new(config),
        })
    }
}

/// Why no configuration can be in force.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// The system's random source failed.
    #[error("the system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
    /// The base path or a setting of `[http-security]` cannot stand in a header.
    #[error("[server] base-path and [http-security] must be plain text")]
    Header(#[from] InvalidHeaderValue),
}
