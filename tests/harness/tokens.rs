//! JSON Web Tokens as their issuers make them.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Seconds since 1970.
///
/// # Panics
/// The clock stands before 1970.
#[must_use]
pub fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock that is right").as_secs()
}

/// A part of a token.
#[must_use]
pub fn part(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A token of these very texts, signed by HS256.
#[must_use]
pub fn signed(header: &str, payload: &str, secret: &[u8]) -> String {
    let signed = format!("{}.{}", part(header), part(payload));
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", part(signature))
}

/// A rightful token: by the key of that name, or without a name where it is empty.
#[must_use]
pub fn token(claims: &Value, key_id: &str, secret: &[u8]) -> String {
    let mut header = json!({ "alg": "HS256", "typ": "JWT" });
    if !key_id.is_empty() {
        header["kid"] = json!(key_id);
    }
    signed(&header.to_string(), &claims.to_string(), secret)
}
