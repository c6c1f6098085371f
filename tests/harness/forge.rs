//! Tokens as attackers make them, from rows of `jwt_attacks.json`: for agent tokens and contact tokens alike.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::tokens::{now_s, part, signed};

/// What an attacker has, and what she has not.
#[derive(Debug, Clone, Copy)]
pub struct Secrets<'s> {
    /// The key in use.
    pub right: &'s [u8],
    /// The other one, for rotation.
    pub other: &'s [u8],
    /// A public key that everybody can read, as PEM.
    pub public: &'s [u8],
}

/// The tokens of a row, all to be shown at once: mostly one. `payload` takes the place of the row's own.
///
/// # Panics
/// The row names a way of signing that is not known here.
#[must_use]
pub fn forge(row: &Value, payload: Option<&Value>, secrets: Secrets<'_>) -> Vec<String> {
    let (header, payload) = (row["header"].to_string(), claims(payload.unwrap_or(&row["payload"])).to_string());
    let with = |secret: &[u8]| signed(&header, &payload, secret);
    let right = with(secrets.right);
    let unsigned = format!("{}.{}", part(&header), part(&payload));
    let one = match row["sign_with"].as_str().unwrap_or_default() {
        "server-secret" => right,
        "server-secret-of-other-kid" => with(secrets.other),
        "public-key-pem-as-hmac" => with(secrets.public),
        "attacker" => with(&attackers_key(&row["header"])),
        // A key that is read from nowhere is empty; an algorithm that is none has no signature.
        "" if row["header"]["alg"] == "HS256" => with(b""),
        "" | "sig-empty" => format!("{unsigned}."),
        "sig-one-bit" => one_bit(&right),
        "sig-padding" => right + "=",
        "psychic-zero-sig-ES256" => {
            format!("{}.{}.{}", part(r#"{"alg":"ES256","typ":"JWT"}"#), part(&payload), part([0; 64]))
        }
        "two-dots-only" => "..".to_owned(),
        "jwe-5-parts" => right + ".AA.AA",
        "bearer-twice" => return vec![right.clone(), right],
        "payload-not-object" => signed(&header, r#"["agent"]"#, secrets.right),
        "header-dup-alg" => signed(r#"{"alg":"none","alg":"HS256","typ":"JWT"}"#, &payload, secrets.right),
        "json-serialisation" => {
            let (_, signature) = right.rsplit_once('.').expect("a signature");
            format!(r#"{{"protected":"{}","payload":"{}","signature":"{signature}"}}"#, part(&header), part(&payload))
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
            now_s().saturating_add_signed(offset).into()
        }
        _ => value.clone(),
    }
}

fn attackers_key(header: &Value) -> Vec<u8> {
    let own = header["jwk"]["k"].as_str().and_then(|k| URL_SAFE_NO_PAD.decode(k).ok());
    own.unwrap_or_else(|| b"a key that the attacker made for herself".to_vec())
}

fn one_bit(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    bytes[0] ^= 1;
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes))
}
