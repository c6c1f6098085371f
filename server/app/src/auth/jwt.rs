//! JSON Web Tokens, read by one strict door: a website's contact tokens, our own agent tokens, a provider's ID tokens.

mod keys;
mod object;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use keys::{KeyRing, KeysError};
use object::Object;

use crate::ops::clock::Time;

/// What a token's times must be.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// `exp - iat` at most.
    pub longest: Duration,
    /// How far the issuer's clock may be from ours.
    pub skew: Duration,
}

/// A token that holds.
#[derive(Debug)]
pub struct Token<C> {
    /// What it says, besides its times.
    pub claims: C,
    /// Until when, by the issuer's clock.
    pub expires: Time,
    /// How it is signed.
    pub algorithm: Algorithm,
}

/// Why a token is refused. For our log and tests; whoever showed it hears only that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not three parts of base64url that hold JSON objects, or a name stands twice in one.
    #[error("not in the form of a token")]
    Form,
    /// Its header names a key of its own, or something that must be understood and is not.
    #[error("the header says what no header may")]
    Header,
    /// No key of that name, or none for that algorithm.
    #[error("by no key that we know")]
    Key,
    /// The signature is not by the key.
    #[error("the signature is wrong")]
    Signature,
    /// Run out, not valid yet, without times, or for longer than allowed.
    #[error("not valid at this time")]
    Time,
    /// What it says is not what is said here.
    #[error("the claims are not the ones wanted")]
    Claims,
}

/// The longest token that is looked at, in bytes.
pub const TOKEN_BYTES_MAX: usize = 16 << 10;

/// Header fields by which a token would bring its own key, or ask for a reading that we do not have.
const REFUSED_IN_HEADERS: [&str; 8] = ["b64", "crit", "cty", "jku", "jwk", "x5c", "x5u", "zip"];

/// Reads a token: form and header, then the signature, then its times, then its claims. `C` gets every claim but `exp`,
/// `iat` and `nbf`; with `deny_unknown_fields` it refuses what it does not know.
///
/// # Errors
/// [`Refused`], by the first of these that fails.
pub fn read<C: DeserializeOwned>(keys: &KeyRing, token: &str, wanted: Wanted, now: Time) -> Result<Token<C>, Refused> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Form)?;
    let (header, payload) = signed.split_once('.').ok_or(Refused::Form)?;
    if token.len() > TOKEN_BYTES_MAX || signature.is_empty() {
        return Err(Refused::Form);
    }
    let header = read_object(header)?;
    if REFUSED_IN_HEADERS.iter().any(|name| header.contains_key(*name)) {
        return Err(Refused::Header);
    }
    let mut claims = read_object(payload)?;
    let mut signs = keys.fitting(&header)?.filter(|(key, algorithm)| {
        crypto::verify(signature, signed.as_bytes(), key, *algorithm).is_ok_and(|is_right| is_right)
    });
    let (_, algorithm) = signs.next().ok_or(Refused::Signature)?;
    let expires = judge_times(&mut claims, wanted, now)?;
    let claims = serde_json::from_value(Value::Object(claims)).map_err(|_| Refused::Claims)?;
    Ok(Token { claims, expires, algorithm })
}

/// Signs by HS256, and names the key.
///
/// # Errors
/// The claims cannot be written as a JSON object, or the system cannot sign.
pub fn sign(claims: &impl Serialize, key_id: &str, secret: &[u8]) -> Result<String, jsonwebtoken::errors::Error> {
    let header = jsonwebtoken::Header { kid: Some(key_id.to_owned()), ..jsonwebtoken::Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret))
}

fn read_object(part: &str) -> Result<serde_json::Map<String, Value>, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Form)?;
    serde_json::from_slice(&bytes).map(|Object(map)| map).map_err(|_| Refused::Form)
}

/// Takes the times out of the claims. All are whole seconds; `exp` and `iat` must be there.
fn judge_times(claims: &mut serde_json::Map<String, Value>, wanted: Wanted, now: Time) -> Result<Time, Refused> {
    let mut seconds = |name: &str| claims.remove(name).map(|value| value.as_u64().ok_or(Refused::Time)).transpose();
    let (expires, issued, not_before) = (seconds("exp")?, seconds("iat")?, seconds("nbf")?);
    let (Some(expires), Some(issued)) = (expires, issued) else { return Err(Refused::Time) };
    let lasts = expires.checked_sub(issued).ok_or(Refused::Time)?;
    let begins = Time(issued.max(not_before.unwrap_or(0)).saturating_mul(1000));
    let ends = Time(expires.saturating_mul(1000));
    let is_valid = lasts <= wanted.longest.as_secs() && begins <= now.plus(wanted.skew) && now < ends.plus(wanted.skew);
    if is_valid { Ok(ends) } else { Err(Refused::Time) }
}

#[cfg(test)]
mod tests;
