//! Page patterns: which pages a rule set is for.

use url::Url;

/// `https://*.shop.example/orders/*`: scheme, host and port are exact but for one leading `*.`, the rest is a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PagePattern {
    scheme: String,
    /// Without the leading `*.`.
    host: String,
    /// The host has exactly one label before `host`.
    any_label: bool,
    port: Option<u16>,
    /// Path, and query where `names_query`.
    glob: String,
    /// The pattern speaks of the query; where it does not, any query is meant.
    names_query: bool,
}

impl PagePattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "it must read like https://shop.example/path*")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("the scheme must be http or https");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it must not hold a user name");
        }
        if url.fragment().is_some() {
            return Err("it must not hold a #fragment");
        }
        let whole = url.host_str().ok_or("it has no host")?;
        let (any_label, host) = whole.strip_prefix("*.").map_or((false, whole), |rest| (true, rest));
        if host.contains('*') || host.is_empty() {
            return Err("a * in the host can only be its first label");
        }
        let mut glob = url.path().to_owned();
        if let Some(query) = url.query() {
            glob.push('?');
            glob.push_str(query);
        }
        Ok(Self {
            scheme: url.scheme().to_owned(),
            host: host.to_owned(),
            any_label,
            port: url.port_or_known_default(),
            names_query: url.query().is_some(),
            glob,
        })
    }

    /// Whether the page is meant. Fragments do not count.
    pub(super) fn matches(&self, page: &Url) -> bool {
        if page.scheme() != self.scheme || page.port_or_known_default() != self.port {
            return false;
        }
        if !page.host_str().is_some_and(|host| self.matches_host(host)) {
            return false;
        }
        glob_matches(&self.glob, page.path())
            || page.query().is_some_and(|query| {
                let names_query = self.names_query || self.glob.contains('*');
                names_query && glob_matches(&self.glob, &format!("{}?{query}", page.path()))
            })
    }

    fn matches_host(&self, host: &str) -> bool {
        if !self.any_label {
            return host == self.host;
        }
        let label = host.strip_suffix(&self.host).and_then(|rest| rest.strip_suffix('.'));
        label.is_some_and(|label| !label.is_empty() && !label.contains('.'))
    }
}

/// `*` is any run of characters, everything else is itself. Takes at most `glob × text` steps.
fn glob_matches(glob: &str, text: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let Some(last) = glob.rfind('*').and_then(|at| glob.get(at + 1..)) else { return rest.is_empty() };
    let between = glob.matches('*').count() - 1;
    for part in parts.take(between) {
        match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_pages() {
        let cases = [
            ("https://shop.example/*", "https://shop.example/", true),
            ("https://shop.example/*", "https://shop.example/a/b?c=d#e", true),
            ("https://shop.example/*", "http://shop.example/a", false),
            ("https://shop.example/*", "https://shop.example:8443/a", false),
            ("https://shop.example:443/*", "https://shop.example/a", true),
            ("https://shop.example:8443/*", "https://shop.example:8443/a", true),
            ("https://SHOP.example/*", "https://shop.example/a", true),
            ("https://shop.example/*", "https://evil.example/https://shop.example/", false),
            ("https://shop.example/*", "https://www.shop.example/", false),
            ("https://*.shop.example/*", "https://www.shop.example/", true),
            ("https://*.shop.example/*", "https://shop.example/", false),
            ("https://*.shop.example/*", "https://a.b.shop.example/", false),
            ("https://*.shop.example/*", "https://evilshop.example/", false),
            ("https://shop.example", "https://shop.example/", true),
            ("https://shop.example", "https://shop.example/pay", false),
            ("https://shop.example/pay", "https://shop.example/pay", true),
            ("https://shop.example/pay", "https://shop.example/pay?step=2#x", true),
            ("https://shop.example/pay", "https://shop.example/payments", false),
            ("https://shop.example/pay?step=2", "https://shop.example/pay?step=2", true),
            ("https://shop.example/pay?step=2", "https://shop.example/pay?step=3", false),
            ("https://shop.example/pay?step=2", "https://shop.example/pay", false),
            ("https://shop.example/*/pay", "https://shop.example/en/pay", true),
            ("https://shop.example/*/pay", "https://shop.example/en/pay?x=1", true),
            ("https://shop.example/*/pay", "https://shop.example/a/b/pay", true),
            ("https://shop.example/*/pay", "https://shop.example/pay", false),
            ("https://shop.example/a*a", "https://shop.example/a", false),
            ("https://shop.example/a*b*c", "https://shop.example/abbc", true),
            ("https://shop.example/*?tab=*", "https://shop.example/x?tab=1", true),
            ("https://shop.example/*?tab=*", "https://shop.example/x?other=1", false),
            ("https://shop.example/*", "about:blank", false),
        ];
        for (pattern, page, wanted) in cases {
            let pattern_read = PagePattern::parse(pattern).unwrap();
            assert_eq!(pattern_read.matches(&Url::parse(page).unwrap()), wanted, "{pattern} on {page}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        let cases = [
            "",
            "*",
            "/path",
            "shop.example/*",
            "ftp://shop.example/*",
            "https://",
            "https://a.*.example/",
            "https://*/",
            "https://*.",
            "https://*shop.example/",
            "https://ann@shop.example/",
            "https://shop.example/#pay",
            "file:///etc/passwd",
        ];
        for pattern in cases {
            assert!(PagePattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
