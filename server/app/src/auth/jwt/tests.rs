use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{KeyRing, KeysError, Refused, TOKEN_BYTES_MAX, Wanted, read, sign};
use crate::ops::clock::Time;

const SECRET: &[u8] = b"a secret of thirty-two bytes, or more";
const NOW: u64 = 1_800_000_000;
const WANTED: Wanted = Wanted { longest: Duration::from_secs(300), skew: Duration::from_secs(0) };

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Claims {
    sub: String,
}

fn ring() -> KeyRing {
    KeyRing::default().with_secret("new", SECRET).with_secret("old", b"another secret of thirty-two bytes")
}

fn part(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

/// A token of these very texts, rightly signed.
fn signed(header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", part(header), part(payload));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET);
    let signature = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn outcome(keys: &KeyRing, token: &str) -> Result<Claims, Refused> {
    read(keys, token, WANTED, Time(NOW * 1000)).map(|token| token.claims)
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

fn payload(exp: i64, iat: i64) -> String {
    json!({"sub": "shop", "exp": exp + NOW as i64, "iat": iat + NOW as i64}).to_string()
}

#[test]
fn a_token_is_read_by_the_key_that_it_names_or_by_any() {
    let claims = json!({"sub": "shop", "iat": NOW, "exp": NOW + 300});
    for (id, secret, expected) in [
        ("new", SECRET, Ok(())),
        ("old", b"another secret of thirty-two bytes".as_slice(), Ok(())),
        ("old", SECRET, Err(Refused::Signature)),
        ("other", SECRET, Err(Refused::Key)),
    ] {
        let token = sign(&claims, id, secret).unwrap();
        assert_eq!(outcome(&ring(), &token).map(|_| ()), expected, "{id}");
    }
    assert!(outcome(&ring(), &signed(HEADER, &payload(300, 0))).is_ok(), "without a name");
}

#[test]
fn times_are_there_and_now_and_not_too_long() {
    for (exp, iat, expected) in [
        (300, 0, Ok(())),
        (1, -299, Ok(())),
        (0, -300, Err(Refused::Time)),
        (301, 0, Err(Refused::Time)),
        (300, 1, Err(Refused::Time)),
        (-1, 0, Err(Refused::Time)),
    ] {
        let result = outcome(&ring(), &signed(HEADER, &payload(exp, iat))).map(|_| ());
        assert_eq!(result, expected, "exp {exp} iat {iat}");
    }
    for payload in [
        json!({"sub": "shop", "iat": NOW}),
        json!({"sub": "shop", "exp": NOW + 300}),
        json!({"sub": "shop", "iat": NOW, "exp": null}),
        json!({"sub": "shop", "iat": NOW, "exp": (NOW + 300).to_string()}),
        json!({"sub": "shop", "iat": NOW, "exp": -1}),
        json!({"sub": "shop", "iat": NOW, "exp": 1.8e12}),
        json!({"sub": "shop", "iat": NOW, "nbf": NOW + 1, "exp": NOW + 300}),
    ] {
        assert_eq!(outcome(&ring(), &signed(HEADER, &payload.to_string())), Err(Refused::Time), "{payload}");
    }
}

#[test]
fn a_clock_may_be_a_little_off() {
    let skewed = Wanted { skew: Duration::from_secs(30), ..WANTED };
    for (exp, iat, is_taken) in [(-29, -100, true), (-30, -100, false), (300, 30, true), (300, 31, false)] {
        let token = signed(HEADER, &payload(exp, iat));
        let result = read::<Claims>(&ring(), &token, skewed, Time(NOW * 1000));
        assert_eq!(result.is_ok(), is_taken, "exp {exp} iat {iat}");
    }
}

#[test]
fn headers_bring_no_keys_and_choose_no_algorithm() {
    for (header, expected) in [
        (r#"{"alg":"none"}"#, Refused::Key),
        (r#"{"alg":"None"}"#, Refused::Key),
        (r#"{"alg":"hs256"}"#, Refused::Key),
        (r#"{"alg":"HS512"}"#, Refused::Key),
        (r#"{"alg":"RS256"}"#, Refused::Key),
        (r#"{"alg":["HS256"]}"#, Refused::Key),
        (r#"{"alg":null}"#, Refused::Key),
        (r#"{"typ":"JWT"}"#, Refused::Key),
        (r#"{"alg":"HS256","kid":7}"#, Refused::Key),
        (r#"{"alg":"HS256","kid":"../../dev/null"}"#, Refused::Key),
        (r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#, Refused::Header),
        (r#"{"alg":"HS256","jku":"https://evil.example"}"#, Refused::Header),
        (r#"{"alg":"HS256","x5u":"https://evil.example"}"#, Refused::Header),
        (r#"{"alg":"HS256","x5c":[]}"#, Refused::Header),
        (r#"{"alg":"HS256","crit":["exp"]}"#, Refused::Header),
        (r#"{"alg":"HS256","b64":false}"#, Refused::Header),
        (r#"{"alg":"HS256","cty":"JWT"}"#, Refused::Header),
        (r#"{"alg":"HS256","zip":"DEF"}"#, Refused::Header),
        (r#"{"alg":"none","alg":"HS256"}"#, Refused::Form),
        (r#"["HS256"]"#, Refused::Form),
    ] {
        assert_eq!(outcome(&ring(), &signed(header, &payload(300, 0))), Err(expected), "{header}");
    }
}

#[test]
fn the_form_is_exact() {
    let good = signed(HEADER, &payload(300, 0));
    let (signed_part, signature) = good.rsplit_once('.').unwrap();
    let flipped = format!("{signed_part}.{}{}", if signature.starts_with('A') { "B" } else { "A" }, &signature[1..]);
    for (token, expected) in [
        (String::new(), Refused::Form),
        ("..".into(), Refused::Form),
        (format!("{signed_part}."), Refused::Form),
        (format!("{good}="), Refused::Signature),
        (format!("{good}.a.b"), Refused::Form),
        (format!(" {good}"), Refused::Form),
        (flipped, Refused::Signature),
        (signed(HEADER, "[]"), Refused::Form),
        (signed(HEADER, "7"), Refused::Form),
        (signed(HEADER, r#"{"sub":"a","sub":"b"}"#), Refused::Form),
        (signed(HEADER, &json!({"sub": "a", "role": "x", "iat": NOW, "exp": NOW + 1}).to_string()), Refused::Claims),
        (signed(HEADER, &json!({"iat": NOW, "exp": NOW + 1}).to_string()), Refused::Claims),
        (signed(HEADER, &format!("{{\"sub\":\"{}\"}}", "a".repeat(TOKEN_BYTES_MAX))), Refused::Form),
    ] {
        assert_eq!(outcome(&ring(), &token), Err(expected), "{token}");
    }
}

fn es256() -> (EcdsaKeyPair, Value) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = point[1..].split_at(32);
    let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "ec", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)});
    (pair, jwk)
}

#[test]
fn public_keys_verify_what_their_private_ones_signed_and_nothing_else() {
    let (pair, jwk) = es256();
    let keys = KeyRing::from_jwks(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap();
    let signed = format!("{}.{}", part(r#"{"alg":"ES256","kid":"ec"}"#), part(&payload(300, 0)));
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
    assert!(outcome(&keys, &token).is_ok());
    let zero = format!("{signed}.{}", URL_SAFE_NO_PAD.encode([0; 64]));
    assert_eq!(outcome(&keys, &zero), Err(Refused::Signature));
    // The public key as the secret of an HMAC.
    let confused = sign(&json!({"sub": "shop", "iat": NOW, "exp": NOW + 1}), "ec", pair.public_key().as_ref()).unwrap();
    assert_eq!(outcome(&keys, &confused), Err(Refused::Key));
}

#[test]
fn key_documents_without_a_usable_key_are_refused() {
    let (_, jwk) = es256();
    let with = |name: &str, value: Value| {
        let mut jwk = jwk.clone();
        jwk[name] = value;
        json!({"keys": [jwk]}).to_string()
    };
    for (document, expected) in [
        ("{}".into(), Some(KeysError::Form)),
        ("[]".into(), Some(KeysError::Form)),
        (json!({"keys": []}).to_string(), Some(KeysError::NoneUsable)),
        (json!({"keys": [{"kty": "oct", "k": "AAAA"}]}).to_string(), Some(KeysError::NoneUsable)),
        (json!({"keys": [7, {"kty": "new"}]}).to_string(), Some(KeysError::NoneUsable)),
        (json!({"keys": vec![7; 33]}).to_string(), Some(KeysError::TooMany)),
        (with("use", json!("enc")), Some(KeysError::NoneUsable)),
        (with("alg", json!("RS256")), Some(KeysError::NoneUsable)),
        (with("use", json!("sig")), None),
        (with("alg", json!("ES256")), None),
    ] {
        assert_eq!(KeyRing::from_jwks(document.as_bytes()).err(), expected, "{document}");
    }
}
