//! JSON Web Tokens as their issuers make them, and as those do who are none: from rows of public attack collections.

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

/// What an attacker knows of the issuer's keys, and the secret itself, by which the rows say what they change.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    /// The right one.
    pub secret: &'a [u8],
    /// Another one that the server knows, by another name.
    pub other: &'a [u8],
}

/// Public, and so anybody's to sign with.
const PUBLIC_KEY: &[u8] =
    b"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n";

/// The token of a row: its header, its signature or form, and `claims` in place of its own.
///
/// # Panics
/// The row's way of signing is one that is not known here.
#[must_use]
pub fn attack(row: &Value, claims: &Value, keys: Keys<'_>) -> String {
    let header = row["header"].to_string();
    let by = |secret: &[u8]| signed(&header, &claims.to_string(), secret);
    let good = by(keys.secret);
    let (body, signature) = good.rsplit_once('.').expect("three parts");
    match row["sign_with"].as_str().expect("a way of signing") {
        "server-secret" | "token-in-Sec-WebSocket-Protocol-and-cookie-differ" => good,
        "server-secret-of-other-kid" => by(keys.other),
        "public-key-pem-as-hmac" => by(PUBLIC_KEY),
        "attacker" => by(b"a secret that only the attacker knows"),
        "" => by(b""),
        "sig-empty" => format!("{body}."),
        "sig-one-bit" => {
            let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
            bytes[0] ^= 1;
            format!("{body}.{}", part(bytes))
        }
        "sig-padding" => format!("{good}="),
        "psychic-zero-sig-ES256" => {
            format!("{}.{}.{}", part(r#"{"alg":"ES256"}"#), part(claims.to_string()), part([0; 64]))
        }
        "two-dots-only" => "..".to_owned(),
        "jwe-5-parts" => format!("{good}.{}.{}", part("four"), part("five")),
        "bearer-twice" => format!("{good},{good}"),
        "payload-not-object" => signed(&header, "[\"shop\"]", keys.secret),
        "header-dup-alg" => signed(r#"{"alg":"none","alg":"HS256"}"#, &claims.to_string(), keys.secret),
        "json-serialisation" => {
            let (header, payload) = body.split_once('.').expect("two parts");
            json!({ "protected": header, "payload": payload, "signature": signature }).to_string()
        }
        other => panic!("no way of signing: {other}"),
    }
}
