//! The keys that tokens are verified by. A token names one of them at most; it never brings one.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Refused;

/// Keys of one issuer.
#[derive(Clone, Default)]
pub struct KeyRing(Vec<Key>);

#[derive(Clone)]
struct Key {
    id: Option<String>,
    /// What it may be used with. Never taken from a token.
    algorithms: &'static [Algorithm],
    key: DecodingKey,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.0.iter().map(|key| key.id.as_deref().unwrap_or("unnamed")).collect();
        write!(out, "KeyRing({ids:?})")
    }
}

/// A key document that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// Not `{"keys": […]}`.
    #[error("not a JWK set")]
    Form,
    /// More than anybody needs.
    #[error("more than {KEYS_MAX} keys")]
    TooMany,
    /// All are of kinds that are not used here.
    #[error("no key for RS256, PS256, ES256, ES384 or EdDSA")]
    NoneUsable,
}

/// Keys in one document at most.
const KEYS_MAX: usize = 32;

impl KeyRing {
    /// One more secret for HS256.
    #[must_use]
    pub fn with_secret(mut self, id: &str, secret: &[u8]) -> Self {
        let key = DecodingKey::from_secret(secret);
        self.0.push(Key { id: Some(id.to_owned()), algorithms: &[Algorithm::HS256], key });
        self
    }

    /// The public keys of a JWK set. Keys for encryption, secrets and kinds that are not used here are passed over.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn from_jwks(document: &[u8]) -> Result<Self, KeysError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(document).map_err(|_| KeysError::Form)?;
        if set.keys.len() > KEYS_MAX {
            return Err(KeysError::TooMany);
        }
        let keys: Vec<Key> = set.keys.into_iter().filter_map(public_key).collect();
        if keys.is_empty() { Err(KeysError::NoneUsable) } else { Ok(Self(keys)) }
    }

    /// Whether there is a key of that name.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id.as_deref() == Some(id))
    }

    /// Whether there is none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The keys that a token of this header can be by: the one that it names, or each if it names none.
    pub(super) fn fitting(
        &self,
        header: &Map<String, Value>,
    ) -> Result<impl Iterator<Item = (&DecodingKey, Algorithm)>, Refused> {
        let algorithm = header.get("alg").and_then(Value::as_str).and_then(|name| name.parse::<Algorithm>().ok());
        let algorithm = algorithm.ok_or(Refused::Key)?;
        let id = header.get("kid").map(|id| id.as_str().ok_or(Refused::Key)).transpose()?;
        let fits =
            move |key: &&Key| key.algorithms.contains(&algorithm) && id.is_none_or(|id| key.id.as_deref() == Some(id));
        let mut fitting = self.0.iter().filter(fits).map(move |key| (&key.key, algorithm)).peekable();
        if fitting.peek().is_none() { Err(Refused::Key) } else { Ok(fitting) }
    }
}

fn public_key(value: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    if matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_))) {
        return None;
    }
    let algorithms = algorithms(&jwk)?;
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some(Key { id: jwk.common.key_id, algorithms, key })
}

/// What a public key may be used with: the algorithm that its document names if we use it, else those of its kind.
fn algorithms(jwk: &Jwk) -> Option<&'static [Algorithm]> {
    let of_kind: &'static [Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => &[Algorithm::RS256, Algorithm::PS256],
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => &[Algorithm::ES256],
            EllipticCurve::P384 => &[Algorithm::ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
        _ => return None,
    };
    let named: &'static [Algorithm] = match jwk.common.key_algorithm {
        None => return Some(of_kind),
        Some(KeyAlgorithm::RS256) => &[Algorithm::RS256],
        Some(KeyAlgorithm::PS256) => &[Algorithm::PS256],
        Some(KeyAlgorithm::ES256) => &[Algorithm::ES256],
        Some(KeyAlgorithm::ES384) => &[Algorithm::ES384],
        Some(KeyAlgorithm::EdDSA) => &[Algorithm::EdDSA],
        Some(_) => return None,
    };
    named.iter().all(|algorithm| of_kind.contains(algorithm)).then_some(named)
}
