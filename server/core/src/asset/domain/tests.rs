use super::{AllowedDomains, DomainError};
use url::Url;

fn list(hosts: &[&str], ports: &[u16], schemes: &[&str]) -> Result<AllowedDomains, DomainError> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    AllowedDomains::parse(&owned(hosts), ports, &owned(schemes))
}

/// (hosts, URL, allowed); ports and schemes are the defaults.
const ROWS: &[(&[&str], &str, bool)] = &[
    (&[], "https://shop.example/a", false),
    (&["shop.example"], "https://shop.example/a", true),
    (&["shop.example"], "https://SHOP.Example/a", true),
    (&["Shop.EXAMPLE"], "https://shop.example/a", true),
    (&["shop.example"], "https://shop.example./a", true),
    (&["shop.example."], "https://shop.example/a", true),
    (&["shop.example"], "https://shop.example../a", false),
    (&["shop.example"], "https://shop.example:443/a", true),
    (&["shop.example"], "https://shop.example:8443/a", false),
    (&["shop.example"], "http://shop.example/a", false),
    (&["shop.example"], "http://shop.example:443/a", false),
    (&["shop.example"], "ftp://shop.example/a", false),
    (&["shop.example"], "https://evilshop.example/a", false),
    (&["shop.example"], "https://a.shop.example/a", false),
    (&["shop.example"], "https://shop.example.evil.test/a", false),
    (&["shop.example"], "https://shop.example@evil.test/a", false),
    (&["shop.example"], "https://evil.test/shop.example", false),
    (&["shop.example"], "https://evil.test\\@shop.example/", false),
    (&["*.shop.example"], "https://a.shop.example/", true),
    (&["*.shop.example"], "https://shop.example/", false),
    (&["*.shop.example"], "https://a.b.shop.example/", false),
    (&["*.shop.example"], "https://.shop.example/", false),
    (&["*.shop.example"], "https://ashop.example/", false),
    (&["*.shop.example"], "https://a.shop.example./", true),
    (&["bücher.example"], "https://xn--bcher-kva.example/", true),
    (&["xn--bcher-kva.example"], "https://BÜCHER.example/", true),
    (&["shop.example"], "https://ｓｈｏｐ。example/", true),
    (&["192.0.2.1"], "https://192.0.2.1/", true),
    (&["192.0.2.1"], "https://0xC0000201/", true),
    (&["192.0.2.1"], "https://192.0.2.2/", false),
    (&["*.1.2.3.example"], "https://1.2.3.4/", false),
    (&["[2001:db8::1]"], "https://[2001:DB8:0::1]/", true),
    (&["[2001:db8::1]:8443"], "https://[2001:db8::1]:8443/", true),
    (&["[2001:db8::1]:8443"], "https://[2001:db8::1]/", false),
    (&["localhost:8445"], "https://localhost:8445/", true),
    (&["localhost:8445"], "https://localhost/", false),
    (&["localhost", "localhost:8445"], "https://localhost/", true),
    (&["*.shop.example:8445"], "https://a.shop.example:8445/", true),
    (&["shop.example"], "data:text/plain,shop.example", false),
    (&["shop.example"], "blob:https://shop.example/1", false),
];

#[test]
fn a_host_is_allowed_only_as_listed() {
    for (hosts, url, expected) in ROWS {
        let list = list(hosts, &[443], &["https"]).expect("hosts of the table parse");
        let url = Url::parse(url).expect("URLs of the table parse");
        assert_eq!(list.allows(&url), *expected, "{hosts:?} {url}");
    }
}

#[test]
fn ports_and_schemes_are_lists() {
    let list = list(&["shop.example", "localhost:8445"], &[443, 80], &["https", "http"]).expect("parses");
    for (url, expected) in [
        ("http://shop.example/", true),
        ("http://shop.example:443/", true),
        ("https://shop.example:80/", true),
        ("http://shop.example:8445/", false),
        ("http://localhost:8445/", true),
        ("http://localhost/", false),
    ] {
        assert_eq!(list.allows(&Url::parse(url).expect("parses")), expected, "{url}");
    }
}

#[test]
fn what_is_no_host_is_refused_at_start() {
    for host in [
        "",
        "*",
        "*.",
        "a.*.example",
        "*a.example",
        "*.*.example",
        "https://shop.example",
        "shop.example/",
        "a b",
        "shop.example:",
        "shop.example:0",
        "shop.example:99999",
        "shop..example",
        ".shop.example",
        "user@shop.example",
        "*.192.0.2.1",
        "*.0.0.1",
        "*.[::1]",
        "2001:db8::1",
        "a%2eb",
        "shop.example?x",
        "shop.example#x",
    ] {
        assert_eq!(list(&[host], &[443], &["https"]).err(), Some(DomainError::Malformed(host.to_owned())), "{host}");
    }
    for scheme in ["ftp", "file", "HTTPS", "https:", ""] {
        assert_eq!(list(&[], &[443], &[scheme]).err(), Some(DomainError::Scheme(scheme.to_owned())), "{scheme}");
    }
}
