//! Tokens as attackers make them, from rows of `jwt_attacks.json`: for agent tokens and contact tokens alike.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::{hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// What an attacker has, and what she has not.
#[derive(Debug, Clone, Copy)]
pub struct Secrets<'s> {
    /// The key in use.
    pub right: &'s str,
    /// The other one, for rotation.
    pub other: &'s str,
    /// A public key that everybody can read, as PEM.
    pub public: &'s str,
}

/// The tokens of a row, all to be shown at once: mostly one. `payload` takes the place of the row's own.
///
/// # Panics
/// The row names a way of signing that is not known here.
#[must_use]
pub fn forge(row: &Value, payload: Option<&Value>, secrets: Secrets<'_>) -> Vec<String> {
    let payload = encode(&text(&claims(payload.unwrap_or(&row["payload"]))));
    let header = encode(&text(&row["header"]));
    let with = |secret: &[u8]| format!("{header}.{payload}.{}", signature(secret, &format!("{header}.{payload}")));
    let right = with(secrets.right.as_bytes());
    let signed = |header: &str, payload: &str| {
        let signed = format!("{}.{}", encode(header), encode(payload));
        format!("{signed}.{}", signature(secrets.right.as_bytes(), &signed))
    };
    let one = match row["sign_with"].as_str().unwrap_or_default() {
        "server-secret" => right,
        "server-secret-of-other-kid" => with(secrets.other.as_bytes()),
        "public-key-pem-as-hmac" => with(secrets.public.as_bytes()),
        "attacker" => with(&attackers_key(&row["header"])),
        // A key that is read from nowhere is empty; an algorithm that is none has no signature.
        "" if row["header"]["alg"] == "HS256" => with(b""),
        "" | "sig-empty" => format!("{header}.{payload}."),
        "sig-one-bit" => one_bit(&right),
        "sig-padding" => right + "=",
        "psychic-zero-sig-ES256" => {
            format!("{}.{payload}.{}", encode(r#"{"alg":"ES256","typ":"JWT"}"#), URL_SAFE_NO_PAD.encode([0; 64]))
        }
        "two-dots-only" => "..".to_owned(),
        "jwe-5-parts" => right + ".AA.AA",
        "bearer-twice" => return vec![right.clone(), right],
        "payload-not-object" => signed(r#"{"alg":"HS256","typ":"JWT"}"#, r#"["agent"]"#),
        "header-dup-alg" => {
            let signed = format!("{}.{payload}", encode(r#"{"alg":"none","alg":"HS256","typ":"JWT"}"#));
            format!("{signed}.{}", signature(secrets.right.as_bytes(), &signed))
        }
        "json-serialisation" => {
            let (_, signature) = right.rsplit_once('.').expect("a signature");
            format!(r#"{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#)
        }
        other => panic!("no token is signed with {other:?}"),
    };
    vec![one]
}

/// The claims with their times: `now`, `now+300`, `random` are words for values, null for a claim that is missing.
fn claims(payload: &Value) -> Value {
    let Value::Object(claims) = payload else { return payload.clone() };
    let known = claims.iter().filter(|(_, value)| !value.is_null());
    Value::Object(known.map(|(name, value)| (name.clone(), filled_in(name, value))).collect::<Map<_, _>>())
}

fn filled_in(name: &str, value: &Value) -> Value {
    match value.as_str() {
        Some("random") if name == "jti" => {
            let mut bytes = [0; 16];
            rand::fill(&mut bytes).expect("randomness");
            URL_SAFE_NO_PAD.encode(bytes).into()
        }
        Some(word) if word.starts_with("now") => {
            let offset: i64 = if word == "now" { 0 } else { word["now".len()..].parse().expect("seconds") };
            (now_s() + offset).into()
        }
        _ => value.clone(),
    }
}

fn now_s() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
    i64::try_from(since_1970.as_secs()).expect("a time")
}

fn attackers_key(header: &Value) -> Vec<u8> {
    let own = header["jwk"]["k"].as_str().and_then(|k| URL_SAFE_NO_PAD.decode(k).ok());
    own.unwrap_or_else(|| b"a key that the attacker made for herself".to_vec())
}

fn text(value: &Value) -> String {
    value.to_string()
}

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn signature(secret: &[u8], signed: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes()))
}

fn one_bit(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    bytes[0] ^= 1;
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes))
}
