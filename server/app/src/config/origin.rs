//! Origins: where a page or a request comes from, as browsers write it.

use url::Url;

use super::value::FromText;

/// An entry of `[cross-origin] allowed-origins` or of a site's `origins`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginPattern {
    /// `https://shop.example`, exactly.
    Exact(String),
    /// `https://*.shop.example`: exactly one label more.
    OneLabel {
        /// What stands before the label, `https://`.
        before: String,
        /// What stands after it, `.shop.example` and the port, if any.
        after: String,
    },
}

impl OriginPattern {
    /// Whether an `Origin` header, byte for byte as it came, is meant by this entry.
    #[must_use]
    pub fn matches(&self, origin: &str) -> bool {
        match self {
            Self::Exact(text) => text == origin,
            Self::OneLabel { before, after } => origin
                .strip_prefix(before.as_str())
                .and_then(|rest| rest.strip_suffix(after.as_str()))
                .is_some_and(is_label),
        }
    }

    /// Whether every origin of this entry is also one of `wider`.
    #[must_use]
    pub fn within(&self, wider: &Self) -> bool {
        match self {
            Self::Exact(text) => wider.matches(text),
            Self::OneLabel { .. } => self == wider,
        }
    }
}

/// As it was written.
impl std::fmt::Display for OriginPattern {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact(text) => out.write_str(text),
            Self::OneLabel { before, after } => write!(out, "{before}*{after}"),
        }
    }
}

fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

impl FromText for OriginPattern {
    fn from_text(text: &str) -> Result<Self, String> {
        let Some((scheme, host)) = text.split_once("://*.") else {
            return canonical(text).map(|_| Self::Exact(text.to_owned()));
        };
        let after = format!(".{host}");
        canonical(&format!("{scheme}://label{after}")).map_err(|_| wrong(text))?;
        Ok(Self::OneLabel { before: format!("{scheme}://"), after })
    }
}

/// The address at which browsers reach this server: an origin, without path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// `https://help.example:8443`.
    pub origin: String,
    /// `help.example:8443`, as the `Host` header has it.
    pub host: String,
    /// The scheme of its sockets, `wss` or `ws`.
    pub socket_scheme: &'static str,
}

impl FromText for PublicUrl {
    fn from_text(text: &str) -> Result<Self, String> {
        let url = canonical(text)?;
        let host = text.split_once("://").map_or("", |(_, host)| host).to_owned();
        let socket_scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        Ok(Self { origin: text.to_owned(), host, socket_scheme })
    }
}

/// Accepts only the one spelling that browsers send: lower case, no default port, no path, no trailing slash.
fn canonical(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| wrong(text))?;
    let plain = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.contains('*'));
    if !plain {
        return Err(wrong(text));
    }
    let written = url.origin().ascii_serialization();
    if written == text { Ok(url) } else { Err(format!("{text:?} is not how browsers write it; write {written:?}")) }
}

fn wrong(text: &str) -> String {
    format!("{text:?} is no origin; write \"https://shop.example\" or \"https://*.shop.example\"")
}

#[cfg(test)]
mod tests {
    use super::{FromText, OriginPattern, PublicUrl};

    #[test]
    fn entries_have_one_spelling() {
        for good in
            ["https://shop.example", "https://shop.example:8443", "http://localhost:8444", "https://*.shop.example"]
        {
            assert!(OriginPattern::from_text(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "*",
            "null",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://shop.example:443",
            "HTTPS://shop.example",
            "https://Shop.example",
            "https://*",
            "https://*.*.example",
            "https://a.*.example",
            "https://shop.example/path",
            "ftp://shop.example",
            "https://user@shop.example",
            "https://*shop.example",
        ] {
            assert!(OriginPattern::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_star_is_one_label() {
        let entry = OriginPattern::from_text("https://*.shop.example").unwrap();
        for (origin, is_meant) in [
            ("https://a.shop.example", true),
            ("https://a-1.shop.example", true),
            ("https://shop.example", false),
            ("https://.shop.example", false),
            ("https://a.b.shop.example", false),
            ("http://a.shop.example", false),
            ("https://a.shop.example:8443", false),
            ("https://A.shop.example", false),
            ("https://evil.example/.shop.example", false),
            ("https://a.shop.example.evil.example", false),
        ] {
            assert_eq!(entry.matches(origin), is_meant, "{origin}");
        }
    }

    #[test]
    fn the_public_address_gives_the_host() {
        let url = PublicUrl::from_text("https://help.example:8443").unwrap();
        assert_eq!((url.host.as_str(), url.socket_scheme), ("help.example:8443", "wss"));
        assert!(PublicUrl::from_text("https://help.example/base").is_err());
    }
}
