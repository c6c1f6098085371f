//! `[[keys.signing]]`: secrets that agent tokens are signed by.

use super::reader::Reader;

/// One secret.
#[derive(Clone)]
pub struct SigningKey {
    /// The token's `kid`.
    pub id: String,
    /// For HS256.
    pub secret: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SigningKey({}, ***)", self.id)
    }
}

/// The shortest secret that HS256 is safe with, in bytes.
const SECRET_BYTES_MIN: usize = 32;

pub(super) fn read(section: &mut Reader<'_, '_>) -> Vec<SigningKey> {
    let mut keys: Vec<SigningKey> = Vec::new();
    section.list("signing", |_, mut table| {
        let (id, secret): (Option<String>, Option<String>) = (table.required("id"), table.required("secret"));
        let (id, secret) = (id?, secret?);
        if secret.len() < SECRET_BYTES_MIN {
            table.complain("secret", "a secret of less than 32 bytes can be guessed", None);
        }
        if keys.iter().any(|key| key.id == id) {
            table.complain("id", "the id stands twice", None);
        }
        keys.push(SigningKey { id, secret: secret.into_bytes() });
        Some(())
    });
    keys
}
