//! Contact tokens: by them a website vouches for its customer, for a few minutes at a time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vitrine_core::limits::Limits;
use vitrine_core::session::{Attributes, Identity};

use super::jwt::{self, Refused, Wanted};
use super::secret::{Digest, Secret};
use crate::config::Site;
use crate::http::Problem;
use crate::ops::clock::Time;
use crate::ops::metrics;
use crate::store::Store;

/// How far the clock of a website's issuer may be from ours, either way.
pub const SKEW: Duration = Duration::from_secs(10);

/// What a contact token says, besides its times. What else stands in it is the site's own affair.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    jti: Option<String>,
    #[serde(default)]
    attributes: Map<String, Value>,
}

/// Reads a site's token, and takes it if it can be used only once.
///
/// # Errors
/// [`Problem::ContactTokenRefused`], whatever is wrong with it: the log and a counter tell what. [`Problem::Full`] if no
/// more used tokens can be remembered.
pub async fn verify(store: &Store, site: &Site, token: &str, limits: &Limits) -> Result<Identity, Problem> {
    let result = read(store, site, token, limits).await;
    let outcome = match &result {
        Ok(_) => "accepted",
        Err(Fault::Refused(refused)) => word(*refused),
        Err(Fault::Replayed) => "replayed",
        Err(Fault::Store(_)) => "store",
    };
    metrics::count_contact_token(outcome);
    result.map_err(|fault| match fault {
        Fault::Store(problem) => problem,
        Fault::Refused(_) | Fault::Replayed => {
            tracing::info!(site = site.id, why = outcome, "contact token refused");
            Problem::ContactTokenRefused
        }
    })
}

enum Fault {
    Refused(Refused),
    Replayed,
    Store(Problem),
}

async fn read(store: &Store, site: &Site, token: &str, limits: &Limits) -> Result<Identity, Fault> {
    let wanted = Wanted { longest: site.contacts.lifetime, skew: SKEW };
    let token = jwt::read::<Claims>(&site.contacts.keys, token, wanted, Time::now()).map_err(Fault::Refused)?;
    let Claims { sub, jti, attributes } = token.claims;
    if sub != site.id {
        return Err(Fault::Refused(Refused::Claims));
    }
    let ends = token.expires.plus(SKEW);
    if let Some(jti) = jti {
        let used = Digest::of(&format!("contact\n{}\n{jti}", site.id));
        if !store.use_once(used, ends).await.map_err(|error| Fault::Store(error.into()))? {
            return Err(Fault::Replayed);
        }
    }
    let (attributes, dropped) = Attributes::pick(attributes, &site.contacts.rules.attributes, limits);
    metrics::count_attributes_dropped(dropped);
    Ok(Identity { attributes, ends: ends.core() })
}

fn word(refused: Refused) -> &'static str {
    match refused {
        Refused::Form => "form",
        Refused::Header => "header",
        Refused::Key => "key",
        Refused::Signature => "signature",
        Refused::Time => "time",
        Refused::Claims => "claims",
    }
}

/// Why no token can be minted.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The private keys of a JWK set are with the site alone.
    #[error("the site {0} has no contact-keys to sign with; add one, or let its own endpoint issue the token")]
    NoKey(String),
    /// The system has no randomness to give.
    #[error("the system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
    /// The token cannot be signed.
    #[error("cannot sign: {0}")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

#[derive(Serialize)]
struct Minted<'a> {
    sub: &'a str,
    iat: u64,
    exp: u64,
    jti: String,
    attributes: &'a Map<String, Value>,
}

/// A token of the site's, by its first key and for as long as its tokens may last: for tests and labs.
///
/// # Errors
/// [`MintError`].
pub fn mint(site: &Site, attributes: &Map<String, Value>) -> Result<String, MintError> {
    let key = site.contacts.secrets.first().ok_or_else(|| MintError::NoKey(site.id.clone()))?;
    let iat = Time::now().0 / 1000;
    let jti = Secret::random()?.text().to_owned();
    let claims = Minted { sub: &site.id, iat, exp: iat + site.contacts.lifetime.as_secs(), jti, attributes };
    Ok(jwt::sign(&claims, &key.id, key.secret.as_bytes())?)
}
