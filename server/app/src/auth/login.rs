//! Logins of agents: a cookie that only the interface gets, and the one that only the asset door gets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use vitrine_core::access::Sites;
use vitrine_core::ids::SessionId;

use super::oidc::Met;
use super::secret::Digest;
use super::subject::Subject;
use crate::ops::clock::{Time, as_ms};

/// What the server knows of a signed-in agent. What she may do is no part of it: see [`super::standing::Standing`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    /// Who she is.
    pub subject: Subject,
    /// Her name, as customers read it; at most [`NAME_BYTES_MAX`] bytes.
    pub name: String,
    /// The roles that an app vouches for. Of others those of the configuration in force count, and this is empty.
    pub roles: Vec<String>,
    /// The websites that they hold for; likewise.
    pub sites: Sites,
    /// The only session that they hold for, if it is for one.
    pub session: Option<SessionId>,
    /// When the login runs out.
    #[serde(with = "as_ms")]
    pub ends: Time,
    /// What the asset door knows it by.
    pub holder: Digest,
    /// Her session at the provider, if she signed in there.
    pub provider: Option<AtProvider>,
    /// What the configuration kept of her password when she signed in with it: a login ends when that is exchanged.
    pub password: Option<Digest>,
}

impl Login {
    /// Whether it is of a session at the provider, and of an account there; of both, if both are named.
    #[must_use]
    pub fn is_at_provider(&self, subject: Option<&Subject>, sid: Option<&str>) -> bool {
        let Some(session) = &self.provider else { return false };
        subject.is_none_or(|subject| self.subject == *subject)
            && sid.is_none_or(|sid| session.sid.as_deref() == Some(sid))
    }
}

/// A session at the OpenID Connect provider.
#[derive(Clone, Serialize, Deserialize)]
pub struct AtProvider {
    /// What the provider calls it, if it does.
    pub sid: Option<String>,
    /// Shown to the provider when she signs out.
    pub id_token: String,
    /// Which conditions of `[[rbac.claims]]` she met.
    pub met: Vec<Met>,
}

impl std::fmt::Debug for AtProvider {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("AtProvider(***)")
    }
}

/// The longest name that customers read, in bytes.
pub const NAME_BYTES_MAX: usize = 64;

/// Whether a name is one that people and logs can read: some text in one line.
#[must_use]
pub fn is_plain(text: &str, bytes_max: usize) -> bool {
    !text.trim().is_empty() && text.len() <= bytes_max && !text.chars().any(char::is_control)
}

/// A login with what its requests, tickets and sockets are known by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignedIn {
    /// Names the login itself; another sign-in of hers has another.
    pub id: Digest,
    /// The login.
    pub login: Login,
    /// Names her to the asset door, which keeps [`Login::holder`] of it; the same for every ticket.
    pub asset_cookie: String,
}

const LOGIN_COOKIE: &str = "vitrine-login";
/// The cookie of the asset door.
pub const ASSET_COOKIE: &str = "vitrine-asset";

/// How a request says who it is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown<'h> {
    /// By the login cookie, which a browser sends by itself.
    Cookie(&'h str),
    /// By `Authorization: Bearer`, which only a page of ours adds.
    Token(&'h str),
}

/// What a request shows: `Ok(None)` is nothing. A token goes before a cookie: the page showed it on purpose, and in a frame
/// of the same site the browser adds the login of another window.
///
/// # Errors
/// More than one: whoever mixes them up cannot say who asks.
pub fn shown(headers: &HeaderMap) -> Result<Option<Shown<'_>>, TwoLogins> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    match (named_cookie(headers, LOGIN_COOKIE), lines.next(), lines.next()) {
        (_, Some(_), Some(_)) => Err(TwoLogins),
        (cookie, None, _) => Ok(cookie.map(Shown::Cookie)),
        (cookie, Some(line), None) => {
            let (scheme, token) = line.to_str().ok().and_then(|line| line.split_once(' ')).unwrap_or_default();
            match cookie {
                _ if scheme.eq_ignore_ascii_case("Bearer") => Ok(Some(Shown::Token(token))),
                Some(_) => Err(TwoLogins),
                None => Ok(None),
            }
        }
    }
}

/// A request that shows two logins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("two logins at once")]
pub struct TwoLogins;

/// A cookie's value. Of two with one name the first is taken, which is the one of the longest path.
#[must_use]
pub fn named_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Signs in: `token` is `None` to sign out.
#[must_use]
pub fn set_cookie(base_path: &str, token: Option<&str>, lasts: Duration) -> Option<HeaderValue> {
    let (value, age) = token.map_or(("", 0), |token| (token, lasts.as_secs()));
    let line =
        format!("{LOGIN_COOKIE}={value}; Path={base_path}/api/; Max-Age={age}; HttpOnly; Secure; SameSite=Strict");
    HeaderValue::from_str(&line).ok()
}

/// What the asset door knows a login by. It follows from the login and does not lead back to it.
#[must_use]
pub fn asset_cookie(token: &str) -> String {
    let digest =
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("vitrine asset door:{token}").as_bytes());
    URL_SAFE_NO_PAD.encode(digest)
}

/// Opens the asset door, in frames of other sites too.
#[must_use]
pub fn set_asset_cookie(base_path: &str, value: &str) -> Option<HeaderValue> {
    let line = format!("{ASSET_COOKIE}={value}; Path={base_path}/asset/; HttpOnly; Secure; SameSite=None; Partitioned");
    HeaderValue::from_str(&line).ok()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{Shown, TwoLogins, asset_cookie, set_asset_cookie, shown};

    #[test]
    fn a_login_is_found_among_others_and_never_two() {
        let cookie = |value| Ok(Some(Shown::Cookie(value)));
        for (cookies, authorizations, found) in [
            ("vitrine-login=abc", &[][..], cookie("abc")),
            ("a=b; vitrine-login=abc; c=d", &[], cookie("abc")),
            ("xvitrine-login=abc", &[], Ok(None)),
            ("vitrine-login", &[], Ok(None)),
            ("a=b", &["Bearer t"], Ok(Some(Shown::Token("t")))),
            ("a=b", &["bearer t"], Ok(Some(Shown::Token("t")))),
            ("a=b", &["Basic t"], Ok(None)),
            ("vitrine-login=abc", &["Bearer t"], Ok(Some(Shown::Token("t")))),
            ("vitrine-login=abc", &["Basic t"], Err(TwoLogins)),
            ("a=b", &["Bearer t", "Bearer t"], Err(TwoLogins)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(cookies));
            for line in authorizations {
                headers.append(header::AUTHORIZATION, HeaderValue::from_static(line));
            }
            assert_eq!(shown(&headers), found, "{cookies} {authorizations:?}");
        }
    }

    #[test]
    fn the_asset_cookie_comes_from_frames_of_other_websites_to_the_asset_door_alone() {
        let line = set_asset_cookie("/help", "abc").unwrap();
        let mut parts: Vec<&str> = line.to_str().unwrap().split("; ").collect();
        parts[1..].sort_unstable();
        let wanted = ["HttpOnly", "Partitioned", "Path=/help/asset/", "SameSite=None", "Secure"];
        assert_eq!((parts[0], &parts[1..]), ("vitrine-asset=abc", &wanted[..]));
    }

    #[test]
    fn a_login_has_one_asset_cookie() {
        assert_eq!(asset_cookie("a"), asset_cookie("a"));
        assert_ne!(asset_cookie("a"), asset_cookie("b"));
    }
}
