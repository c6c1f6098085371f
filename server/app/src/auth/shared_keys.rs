//! Keys that every server of one service must have, each for one purpose: derived from `[[keys.signing]]`.

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::login;
use super::sealing::Sealing;
use super::secret::Digest;
use crate::config::SigningKey;

/// Keys by purpose, in the order of the configuration: the first writes, all read. This server's own random one comes last,
/// and is the only one where the configuration lists none.
///
/// They are independent of each other and of what signs tokens (HKDF-SHA256, RFC 5869), so what one gives away opens nothing
/// that is kept by another.
pub struct SharedKeys {
    join_codes: Vec<hmac::Key>,
    asset_cookies: Vec<hmac::Key>,
    subjects: Vec<hmac::Key>,
    records: Sealing,
}

impl std::fmt::Debug for SharedKeys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SharedKeys(***)")
    }
}

impl SharedKeys {
    /// Of the listed keys, and of this server's `own` secret.
    #[must_use]
    pub fn new(listed: &[SigningKey], own: &SigningKey) -> Self {
        let secrets = || listed.iter().chain([own]).map(|key| key.secret.as_slice());
        let bytes_for = |purpose: &'static str| secrets().map(move |secret| derive(secret, purpose));
        let all_for = |purpose| bytes_for(purpose).map(|key| hmac::Key::new(hmac::HMAC_SHA256, &key)).collect();
        let records = Sealing::new(bytes_for("records"));
        Self {
            join_codes: all_for("join codes"),
            asset_cookies: all_for("asset cookies"),
            subjects: all_for("subjects"),
            records,
        }
    }

    /// Seals a record that is to be kept by a name where others might read and write.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn seal(&self, name: &str, record: Vec<u8>) -> Result<Vec<u8>, getrandom::Error> {
        self.records.seal(name, record)
    }

    /// The record. `None`: none of these keys sealed it, or it was kept by another name.
    #[must_use]
    pub fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.records.open(name, sealed)
    }

    /// What a join code may be kept by: first as what one is kept by from now on, then under the other keys.
    pub(super) fn join_code(&self, digits: &str) -> impl Iterator<Item = Digest> {
        self.join_codes.iter().map(move |key| Digest::from_slice(hmac::sign(key, digits.as_bytes()).as_ref()))
    }

    /// What an agent's place in a session may be kept by: first as what it is from now on, then under the other keys. A
    /// session's id has no line's end in it.
    pub fn subject(&self, session: &str, subject: &str) -> impl Iterator<Item = Digest> {
        let bound = format!("{session}\n{subject}");
        self.subjects.iter().map(move |key| Digest::from_slice(hmac::sign(key, bound.as_bytes()).as_ref()))
    }

    /// What an agent of an app shows at the asset door: a name for her that says nothing, and a tag that nobody else can
    /// compute. The same for all her tokens, until the first key changes.
    #[must_use]
    pub fn asset_cookie(&self, app: &str, sub: &str) -> String {
        let name = name(app, sub);
        let first = self.asset_cookies.iter().take(1);
        let tag: String = first.map(|key| URL_SAFE_NO_PAD.encode(hmac::sign(key, name.as_bytes()))).collect();
        format!("{name}.{tag}")
    }

    /// What the asset door knows the shower of a cookie by. Of an agent of an app it does not depend on which key her cookie
    /// is by: sockets that are open keep their assets when keys change.
    #[must_use]
    pub fn holder(&self, cookie: &str) -> Digest {
        let tagged = cookie.split_once('.').filter(|(name, tag)| {
            let tag = URL_SAFE_NO_PAD.decode(tag).unwrap_or_default();
            self.asset_cookies.iter().any(|key| hmac::verify(key, name.as_bytes(), &tag).is_ok())
        });
        tagged.map_or_else(|| Digest::of(cookie), |(name, _)| holder(name))
    }
}

/// What the asset door knows an agent of an app by.
#[must_use]
pub fn holder_of(app: &str, sub: &str) -> Digest {
    holder(&name(app, sub))
}

/// 43 characters, none of them a dot. An app's id has no colon.
fn name(app: &str, sub: &str) -> String {
    login::asset_cookie(&format!("agent of an app:{app}:{sub}"))
}

/// No cookie has a line's end in it, so nobody can show what comes to the same without the tag.
fn holder(name: &str) -> Digest {
    Digest::of(&format!("agent of an app\n{name}"))
}

#[allow(
    clippy::expect_used,
    reason = "one block of output is within any bound of HKDF's; every test of this file makes it"
)]
fn derive(secret: &[u8], purpose: &str) -> [u8; 32] {
    let extracted = Salt::new(HKDF_SHA256, b"vitrine").extract(secret);
    let (purpose, mut key) = ([purpose.as_bytes()], [0; 32]);
    extracted.expand(&purpose, hmac::HMAC_SHA256).and_then(|block| block.fill(&mut key)).expect("one block");
    key
}

#[cfg(test)]
mod tests {
    use super::{SharedKeys, holder_of};
    use crate::auth::secret::Digest;
    use crate::config::SigningKey;

    /// A node's keys: those of these letters, and its own.
    fn node(letters: &str, own: u8) -> SharedKeys {
        let key = |byte: u8| SigningKey { id: byte.to_string(), secret: vec![byte; 32] };
        SharedKeys::new(&letters.bytes().map(key).collect::<Vec<_>>(), &key(own))
    }

    #[test]
    fn what_one_node_writes_another_reads_while_they_share_a_key() {
        for (writer, reader, reads) in [
            ("a", "a", true),
            ("a", "ab", true),
            ("ab", "ba", true),
            ("ba", "ab", true),
            ("b", "ab", true),
            ("a", "b", false),
            ("", "a", false),
            ("", "", false),
        ] {
            let (writer, reader) = (node(writer, 1), node(reader, 2));
            let written = writer.join_code("123456789").next().unwrap();
            assert_eq!(reader.join_code("123456789").any(|digest| digest == written), reads, "codes");
            let cookie = writer.asset_cookie("crm", "7");
            assert_eq!(reader.holder(&cookie) == holder_of("crm", "7"), reads, "cookies");
            let place = writer.subject("s", "local:ann").next().unwrap();
            assert_eq!(reader.subject("s", "local:ann").any(|digest| digest == place), reads, "places");
            assert!(reader.subject("t", "local:ann").all(|digest| digest != place), "another session's");
        }
    }

    #[test]
    fn what_a_server_wrote_before_keys_were_listed_it_goes_on_reading() {
        let (before, after) = (node("", 1), node("a", 1));
        let written = before.join_code("1").next().unwrap();
        assert!(after.join_code("1").any(|digest| digest == written));
        assert_eq!(after.holder(&before.asset_cookie("crm", "7")), holder_of("crm", "7"));
        assert_ne!(before.asset_cookie("crm", "7"), after.asset_cookie("crm", "7"), "the first key writes");
    }

    #[test]
    fn no_cookie_is_made_up() {
        let keys = node("a", 1);
        let (hers, his) = (keys.asset_cookie("crm", "7"), keys.asset_cookie("crm", "8"));
        let (name, tag) = hers.split_once('.').unwrap();
        let (other, _) = his.split_once('.').unwrap();
        let names = [
            name.to_owned(),
            format!("{name}."),
            format!("{other}.{tag}"),
            format!("{name}.{tag}A"),
            name.to_owned() + "." + name,
        ];
        for forged in names {
            assert_ne!(keys.holder(&forged), holder_of("crm", "7"), "{forged}");
            assert_ne!(keys.holder(&forged), holder_of("crm", "8"), "{forged}");
        }
        assert_eq!(keys.holder("plain"), Digest::of("plain"), "of an agent who signed in here");
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let keys = node("a", 1);
        let tag = |key| aws_lc_rs::hmac::sign(key, b"same").as_ref().to_vec();
        assert_ne!(tag(&keys.join_codes[0]), tag(&keys.asset_cookies[0]));
        assert_ne!(
            tag(&keys.join_codes[0]),
            tag(&aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &[b'a'; 32]))
        );
    }
}
