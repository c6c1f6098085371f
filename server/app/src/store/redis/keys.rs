//! Keys of small records. What is under them, and how long it stays, is in the table of [`crate::store::keys`].

use crate::auth::secret::Digest;

/// One kind of key, by the word behind the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) word: &'static str,
}

pub(super) const CODE: Kind = Kind { word: "code" };
pub(super) const LOGIN: Kind = Kind { word: "login" };
pub(super) const LOGINS_OF: Kind = Kind { word: "logins-of" };
pub(super) const TICKET: Kind = Kind { word: "ticket" };
pub(super) const SIGN_IN: Kind = Kind { word: "sign-in" };
pub(super) const USED: Kind = Kind { word: "used" };
pub(super) const REVOKED: Kind = Kind { word: "revoked" };
pub(super) const COUNT: Kind = Kind { word: "count" };

impl Kind {
    /// The key of one record.
    pub(super) fn key(self, prefix: &str, id: &Digest) -> String {
        format!("{prefix}{}:{}", self.word, id.key())
    }
}

#[cfg(test)]
mod tests {
    use super::{CODE, COUNT, LOGIN, LOGINS_OF, REVOKED, SIGN_IN, TICKET, USED};
    use crate::auth::secret::Digest;
    use crate::store::keys::row_of;

    #[test]
    fn every_kind_is_in_the_table() {
        for kind in [CODE, LOGIN, LOGINS_OF, TICKET, SIGN_IN, USED, REVOKED, COUNT] {
            let row = row_of("v:", &kind.key("v:", &Digest::of("a")));
            assert_eq!(row.map(|row| row.name), Some(&*format!("{}:H", kind.word)));
        }
    }

    #[test]
    fn keys_have_the_prefix_and_no_hash_tag() {
        let key = LOGIN.key("v:", &Digest::of("a"));
        assert!(key.starts_with("v:login:") && key.len() == 8 + 43 && !key.contains('{'), "{key}");
    }
}
