//! Random secrets, and the digests that are kept in their place.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use subtle::ConstantTimeEq;

/// 256 random bits as 43 characters of `[A-Za-z0-9_-]`. Handed out once; the server keeps its [`Digest`].
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?)))
    }

    /// The characters, for the one who may know them.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is kept.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret(***)")
    }
}

/// SHA-256 of a secret. Compared in constant time; as a key of a map it tells nothing about the secret.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of what somebody presents.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
    }

    /// As 43 characters, for a key of the store.
    pub(crate) fn key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What [`Digest::key`] wrote.
    pub(crate) fn from_key(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32)?;
        Some(Self::from_slice(&bytes))
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Self {
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(bytes) {
            *to = *from;
        }
        Self(digest)
    }
}

/// As 43 characters of `[A-Za-z0-9_-]`, for records and their keys.
impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.key())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_key(&text).ok_or_else(|| de::Error::custom("not a digest"))
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Digest {}

impl std::hash::Hash for Digest {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Digest(***)")
    }
}

/// Bytes from the system's random source.
///
/// # Errors
/// It has none to give.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Digest, Secret};

    #[test]
    fn secrets_differ_and_show_nothing() {
        let (one, two) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_ne!(one.text(), two.text());
        assert_eq!(one.text().len(), 43);
        assert_eq!(one.digest(), Digest::of(one.text()));
        assert_ne!(one.digest(), two.digest());
        assert!(!format!("{one:?} {:?}", one.digest()).contains(one.text()));
    }
}
