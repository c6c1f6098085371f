//! An address becomes nothing, a fragment, a checked `data:` text, or a sealed path to an allowed host.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use url::Url;
use vitrine_core::asset::{AssetKind, Opener};
use vitrine_core::report::Report;
use vitrine_core::restrict::RuleBook;
use vitrine_core::sanitize::url::{UrlFate, UrlSealer, UrlUse, is_urlish, mentions_url};
use vitrine_core_fuzz::world::{BASE_PATH, domains, key, limits, page_url, policy, sealer, session};

const USES: [(UrlUse, Option<AssetKind>); 6] = [
    (UrlUse::Image, Some(AssetKind::Image)),
    (UrlUse::Font, Some(AssetKind::Font)),
    (UrlUse::Style, Some(AssetKind::Style)),
    (UrlUse::Media, Some(AssetKind::Media)),
    (UrlUse::SvgReference, Some(AssetKind::Image)),
    (UrlUse::Link, None),
];

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    let (policy, sealer, limits, base) = (policy(RuleBook::default(), domains()), sealer(), limits(), page_url());
    for base in [None, Some(&base)] {
        let mut report = Report::default();
        let mut urls = UrlSealer::new(&policy, &sealer, &limits, &mut report).with_base(base);
        for (used_as, kind) in USES {
            match urls.judge(text, used_as) {
                UrlFate::Empty | UrlFate::Dropped(_) => {}
                UrlFate::Fragment(fragment) => require_fragment(&fragment),
                UrlFate::Data(data) => require_data(&data, used_as),
                UrlFate::Asset(path) => require_allowed(&path, kind.expect("a link is never fetched")),
            }
        }
        for candidate in urls.srcset(text).split(", ").filter(|candidate| !candidate.is_empty()) {
            let address = candidate.split(' ').next().unwrap_or_default();
            match address.strip_prefix("data:") {
                Some(_) => require_data(address, UrlUse::Image),
                None => require_allowed(address, AssetKind::Image),
            }
        }
    }
    let is_absolute = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    assert!(!is_absolute || is_urlish(text), "an address that is not taken for one");
    assert!(!is_urlish(text) || mentions_url(text), "an address holds one");
    Corpus::Keep
});

fn require_fragment(text: &str) {
    assert!(text.starts_with('#') && !text.contains(['"', '\'', '<', '>', '\\', '`', ' ', '\n']), "{text:?}");
}

fn require_data(text: &str, used_as: UrlUse) {
    let family = if used_as == UrlUse::Font { "data:font/" } else { "data:image/" };
    let payload = text.strip_prefix(family).and_then(|rest| rest.split_once(";base64,"));
    let (kind, payload) = payload.unwrap_or_else(|| panic!("{text:?}"));
    assert!(kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !kind.contains("svg"), "{text:?}");
    assert!(payload.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)), "{text:?}");
}

/// The path opens to an address that the list allows, in this session, for this use.
fn require_allowed(path: &str, kind: AssetKind) {
    let path = path.strip_prefix(BASE_PATH).and_then(|rest| rest.strip_prefix("/asset/")).expect("a sealed path");
    let (token, fragment) = path.split_once('#').unwrap_or((path, ""));
    assert!(fragment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:=&+~".contains(&b)), "{fragment:?}");
    let opened = Opener::new(&[key()]).open(token).expect("our own token");
    assert_eq!((opened.session, opened.kind), (session(), kind));
    let url = Url::parse(&opened.url).expect("an address");
    assert_eq!(url.as_str(), opened.url, "sealed as it will be fetched");
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let is_listed = host == "shop.example"
        || host.strip_suffix(".img.example").is_some_and(|label| !label.is_empty() && !label.contains('.'));
    assert!(is_listed && url.scheme() == "https" && url.port_or_known_default() == Some(443), "{url}");
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none(), "{url}");
}
