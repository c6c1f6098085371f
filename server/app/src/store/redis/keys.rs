//! Keys of small records in Redis: the one table of what is kept, in which shape and for how long. docs/OPERATE.md has it, too.

use crate::auth::secret::Digest;

/// One kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    /// Behind the prefix.
    pub(super) word: &'static str,
    /// What Redis calls it, and what is in it.
    pub(super) shape: &'static str,
    /// Until it goes by itself.
    pub(super) lasts: &'static str,
    /// What it is for, and what its name is the digest of.
    pub(super) about: &'static str,
}

const fn kind(word: &'static str, shape: &'static str, lasts: &'static str, about: &'static str) -> Kind {
    Kind { word, shape, lasts, about }
}

pub(super) const CODE: Kind = kind("code", "string, record", "`session.join-code-ttl`", "a join code, under a key");
pub(super) const LOGIN: Kind = kind("login", "string, record", "`agents.login-duration`", "a login, by its cookie");
pub(super) const LOGINS_OF: Kind = kind(
    "logins-of",
    "sorted set of login by end",
    "the last of them",
    "logins of a session at the provider, and of an account there",
);
pub(super) const TICKET: Kind = kind("ticket", "string, record", "30 s", "a ticket for a socket");
pub(super) const SIGN_IN: Kind = kind("sign-in", "string, record", "10 min", "a sign-in on its way, by its `state`");
pub(super) const USED: Kind = kind("used", "string, empty", "the token", "a token that is good once");
pub(super) const REVOKED: Kind =
    kind("revoked", "string, empty", "the token, and its sockets' tickets", "an agent token");
pub(super) const COUNT: Kind = kind("count", "string, number", "a minute, or a day", "what a limit counts");

/// All of them.
#[cfg(test)]
const KINDS: [Kind; 8] = [CODE, LOGIN, LOGINS_OF, TICKET, SIGN_IN, USED, REVOKED, COUNT];

impl Kind {
    /// The key of one record.
    pub(super) fn key(self, prefix: &str, id: &Digest) -> String {
        format!("{prefix}{}:{}", self.word, id.key())
    }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, LOGIN};
    use crate::auth::secret::Digest;

    #[test]
    fn every_kind_is_in_the_operators_table() {
        let text = include_str!("../../../../../docs/OPERATE.md");
        for kind in KINDS {
            let row = format!("| `v:{}:…` | {} | {} | {} |", kind.word, kind.shape, kind.lasts, kind.about);
            assert!(text.contains(&row), "{row}");
        }
    }

    #[test]
    fn keys_have_the_prefix_and_no_hash_tag() {
        let key = LOGIN.key("v:", &Digest::of("a"));
        assert!(key.starts_with("v:login:") && key.len() == 8 + 43 && !key.contains('{'), "{key}");
    }
}
