//! `[forward-proxy]`: the way out of the operator's network, where there is no other.

use url::Url;
use vitrine_core::asset::HostList;

use super::proxy::good_hosts;
use super::reader::Reader;
use super::value::FromText;

/// `[forward-proxy]` with a `url`.
#[derive(Debug, Clone)]
pub struct ForwardProxy {
    /// `http://` or `https://`, a host and a port, nothing else.
    pub url: Url,
    /// What it is signed in to with.
    pub login: Option<ProxyLogin>,
    /// Hosts that are connected to directly.
    pub no_proxy: HostList,
    /// Who keeps it from private addresses.
    pub resolve_at: ResolveAt,
}

/// A name and a password for a proxy.
#[derive(Clone)]
pub struct ProxyLogin {
    /// The name.
    pub username: String,
    /// The password; empty where there is none.
    pub password: String,
}

impl std::fmt::Debug for ProxyLogin {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ProxyLogin({}, ***)", self.username)
    }
}

/// Where names are resolved to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolveAt {
    /// Here, before the proxy resolves them again.
    Here,
    /// At the proxy alone.
    Proxy,
}

struct Origin(Url);

impl FromText for Origin {
    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no proxy; write \"http://proxy.corp.example:3128\"");
        let url = Url::parse(text).map_err(|_| wrong())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("name and password are not written here; set username and password".into());
        }
        let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if is_origin && matches!(url.scheme(), "http" | "https") { Ok(Self(url)) } else { Err(wrong()) }
    }
}

/// The outer `None` comes with a problem, the inner one says that there is no proxy.
#[expect(clippy::option_option, reason = "sections are read alike")]
pub(super) fn read(mut section: Reader<'_, '_>) -> Option<Option<ForwardProxy>> {
    let url: Option<Origin> = section.optional("url");
    let username: Option<String> = section.optional("username");
    let password: Option<String> = section.optional("password");
    let hosts = section.value("no-proxy")?;
    let no_proxy = good_hosts(&mut section, "no-proxy", hosts);
    let resolve_at = section.word("resolve", &[("here", ResolveAt::Here), ("proxy", ResolveAt::Proxy)])?;
    for (key, is_given) in [("username", username.is_some()), ("password", password.is_some())] {
        if is_given && !section.is_given("url") {
            section.complain(key, "it means nothing without url", None);
        }
    }
    for (key, text) in [("username", &username), ("password", &password)] {
        let is_plain =
            |text: &String| !text.chars().any(char::is_control) && (key == "password" || !text.contains(':'));
        if text.as_ref().is_some_and(|text| !is_plain(text)) {
            section.complain(key, "a colon or a control character cannot be sent to a proxy", None);
        }
    }
    if username.is_none() && password.is_some() {
        section.complain("password", "it means nothing without username", None);
    }
    let login = username.map(|username| ProxyLogin { username, password: password.unwrap_or_default() });
    let no_proxy = HostList::parse(&no_proxy).ok()?;
    Some(url.map(|Origin(url)| ForwardProxy { url, login, no_proxy, resolve_at }))
}
