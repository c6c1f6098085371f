//! `[sites.<id>]`, what is said there of contact tokens: how a website vouches for its customers.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use vitrine_core::session::ContactRules;

use super::reader::Reader;
use crate::auth::jwt::KeyRing;

/// How one website vouches for its customers.
#[derive(Debug, Clone)]
pub struct Contacts {
    /// Its secrets, to mint tokens for tests and labs with.
    pub secrets: Vec<ContactKey>,
    /// Where the keys of its JWK set are.
    pub jwks: Option<PathBuf>,
    /// What tokens are verified by: its secrets, or the keys of its JWK set.
    pub keys: KeyRing,
    /// The longest time that a token may be good for.
    pub lifetime: Duration,
    /// Whether sessions of customers for whom nobody vouches are refused.
    pub required: bool,
    /// What agents are told of customers.
    pub rules: Arc<ContactRules>,
}

/// A website's secret for contact tokens.
#[derive(Clone)]
pub struct ContactKey {
    /// The token's `kid`.
    pub id: String,
    /// The HS256 secret.
    pub secret: String,
}

impl std::fmt::Debug for ContactKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ContactKey({}, ***)", self.id)
    }
}

/// The shortest secret that HS256 is safe with.
const SECRET_BYTES_MIN: usize = 32;
/// One that signs and one that is on its way out.
const SECRETS_MAX: usize = 2;
/// Beyond it a stolen token would be good for too long.
const LIFETIME_MAX: Duration = Duration::from_secs(3600);
/// The largest JWK set that is read.
const JWKS_BYTES_MAX: u64 = 64 << 10;
/// The longest name of a site or an attribute.
const NAME_BYTES_MAX: usize = 64;

pub(super) fn read(site: &str, section: &mut Reader<'_, '_>) -> Option<Contacts> {
    let secrets = read_secrets(section);
    let has_secrets = !secrets.is_empty();
    let jwks = section.optional::<PathBuf>("contact-jwks");
    let keys = match &jwks {
        Some(_) if has_secrets => {
            section.complain("contact-jwks", "there are contact-keys too; a site has the one or the other", None);
            None
        }
        Some(path) => read_jwks(path).map_err(|what| section.complain("contact-jwks", what, None)).ok(),
        None => None,
    };
    let of_secrets =
        || secrets.iter().fold(KeyRing::default(), |ring, key| ring.with_secret(&key.id, key.secret.as_bytes()));
    let keys = keys.unwrap_or_else(of_secrets);
    let lifetime = section.span("contact-lifetime")?;
    if lifetime > LIFETIME_MAX || lifetime.subsec_nanos() > 0 {
        section.complain("contact-lifetime", "it is whole seconds, and an hour at most", None);
    }
    let required = section.value("contact-required")?;
    if required && !has_secrets && jwks.is_none() {
        section.complain("contact-required", "without contact-keys or contact-jwks no session could begin", None);
    }
    let takes_tokens = !keys.is_empty();
    let rules = ContactRules { site_name: site_name(site, section)?, attributes: attributes(section)?, takes_tokens };
    Some(Contacts { secrets, jwks, keys, lifetime, required, rules: Arc::new(rules) })
}

fn read_secrets(section: &mut Reader<'_, '_>) -> Vec<ContactKey> {
    let mut seen: Vec<String> = Vec::new();
    let secrets = section.list("contact-keys", |_, mut key| {
        let (id, secret): (Option<String>, Option<String>) = (key.required("id"), key.required("secret"));
        if secret.as_ref().is_some_and(|secret| secret.len() < SECRET_BYTES_MIN) {
            key.complain("secret", "a secret of less than 32 bytes can be guessed", None);
        }
        let id = id?;
        if seen.contains(&id) {
            key.complain("id", "the id stands twice", None);
        }
        seen.push(id.clone());
        Some(ContactKey { id, secret: secret? })
    });
    if secrets.len() > SECRETS_MAX {
        section.complain("contact-keys", "two are enough: the one that signs, and the one before it", None);
    }
    secrets
}

fn read_jwks(path: &Path) -> Result<KeyRing, String> {
    let is_small = std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= JWKS_BYTES_MAX);
    let document = std::fs::read(path).ok().filter(|_| is_small);
    let document =
        document.ok_or_else(|| format!("{} is no file of at most 64 KiB that can be read", path.display()))?;
    KeyRing::from_jwks(&document).map_err(|error| format!("{}: {error}", path.display()))
}

fn site_name(site: &str, section: &mut Reader<'_, '_>) -> Option<String> {
    let name: String = section.value("name")?;
    if !is_plain(&name) && !name.is_empty() {
        section.complain("name", "a name is at most 64 bytes of plain text", None);
    }
    Some(if name.is_empty() { site.to_owned() } else { name })
}

fn attributes(section: &mut Reader<'_, '_>) -> Option<Vec<String>> {
    let names: Vec<String> = section.value("attributes")?;
    for (index, _) in names.iter().enumerate().filter(|(_, name)| !is_plain(name)) {
        section.complain_item("attributes", index, "a name is 1 to 64 bytes of plain text", None);
    }
    Some(names)
}

fn is_plain(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len()) && !name.chars().any(char::is_control)
}
