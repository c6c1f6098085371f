//! Logins of agents: a cookie that only the interface gets, and the one that only the asset door gets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, header};
use std::time::Duration;
use vitrine_core::access::Sites;

use super::oidc::Met;
use super::secret::Digest;
use super::subject::Subject;
use crate::ops::clock::Time;

/// What the server knows of a signed-in agent. What she may do is no part of it: see [`super::standing::Standing`].
#[derive(Debug, Clone)]
pub struct Login {
    /// Who she is.
    pub subject: Subject,
    /// Her name, as customers read it; at most [`NAME_BYTES_MAX`] bytes.
    pub name: String,
    /// The roles that an app vouches for. Of others those of the configuration in force count, and this is empty.
    pub roles: Vec<String>,
    /// The websites that they hold for; likewise.
    pub sites: Sites,
    /// When the login runs out.
    pub ends: Time,
    /// What the asset door knows it by.
    pub holder: Digest,
    /// Her session at the provider, if she signed in there.
    pub provider: Option<AtProvider>,
}

/// A session at the OpenID Connect provider.
#[derive(Clone)]
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

const LOGIN_COOKIE: &str = "vitrine-login";
/// The cookie of the asset door.
pub const ASSET_COOKIE: &str = "vitrine-asset";

/// The login that a request carries.
#[must_use]
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    named_cookie(headers, LOGIN_COOKIE)
}

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

    use super::{asset_cookie, cookie, set_asset_cookie};

    #[test]
    fn the_cookie_is_found_among_others() {
        for (line, found) in [
            ("vitrine-login=abc", Some("abc")),
            ("a=b; vitrine-login=abc; c=d", Some("abc")),
            ("xvitrine-login=abc", None),
            ("vitrine-login", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(line));
            assert_eq!(cookie(&headers), found, "{line}");
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
