//! Keys that tokens are signed by, of each kind that a provider can have.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A key with its name.
#[derive(Debug)]
pub struct Signer {
    /// Its `kid`.
    pub id: String,
    key: Key,
}

#[derive(Debug)]
enum Key {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Rsa(RsaKeyPair),
    Secret(Vec<u8>),
}

impl Signer {
    /// A new key for `ES256`.
    #[must_use]
    pub fn ec(id: &str) -> Self {
        Self::of(id, Key::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")))
    }

    /// A new key for `EdDSA`.
    #[must_use]
    pub fn ed(id: &str) -> Self {
        Self::of(id, Key::Ed(Ed25519KeyPair::generate().expect("a key")))
    }

    /// A new key for `RS256` and `PS256`.
    #[must_use]
    pub fn rsa(id: &str) -> Self {
        Self::of(id, Key::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key")))
    }

    /// The public part of another key, taken for the secret of `HS256`.
    #[must_use]
    pub fn confused(other: &Self) -> Self {
        let public = match &other.key {
            Key::Ec(key) => key.public_key().as_ref().to_vec(),
            Key::Ed(key) => key.public_key().as_ref().to_vec(),
            Key::Rsa(key) => key.public_key().as_ref().to_vec(),
            Key::Secret(secret) => secret.clone(),
        };
        Self::of(&other.id, Key::Secret(public))
    }

    fn of(id: &str, key: Key) -> Self {
        Self { id: id.to_owned(), key }
    }

    /// What it signs by, unless a header says otherwise.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Ec(_) => "ES256",
            Key::Ed(_) => "EdDSA",
            Key::Rsa(_) => "RS256",
            Key::Secret(_) => "HS256",
        }
    }

    /// Its public part as a JWK.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.key {
            Key::Ec(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": self.id, "x": text(x), "y": text(y)})
            }
            Key::Ed(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": self.id, "x": text(key.public_key().as_ref())})
            }
            Key::Rsa(key) => {
                let (n, e) = (key.public_key().modulus(), key.public_key().exponent());
                let (n, e) = (text(n.big_endian_without_leading_zero()), text(e.big_endian_without_leading_zero()));
                json!({"kty": "RSA", "use": "sig", "kid": self.id, "n": n, "e": e})
            }
            Key::Secret(secret) => json!({"kty": "oct", "kid": self.id, "k": text(secret)}),
        }
    }

    /// A token of these claims. `header` may say anything; `alg` picks how is signed, `none` signs nothing.
    #[must_use]
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let algorithm = header["alg"].as_str().unwrap_or_default();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(self.sign(algorithm, signed.as_bytes())))
    }

    fn sign(&self, algorithm: &str, text: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.key {
            _ if algorithm == "none" => Vec::new(),
            Key::Ec(key) => key.sign(&random, text).expect("a signature").as_ref().to_vec(),
            Key::Ed(key) => key.sign(text).as_ref().to_vec(),
            Key::Rsa(key) => {
                let padding = if algorithm == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(padding, &random, text, &mut signature).expect("a signature");
                signature
            }
            Key::Secret(secret) => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text).as_ref().to_vec(),
        }
    }
}
