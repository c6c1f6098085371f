use super::{UrlFate, UrlSealer, UrlUse, is_urlish, mentions_url};
use crate::asset::{AssetKey, AssetKind, Sealer, open};
use crate::limits::Limits;
use crate::policy::Policy;
use crate::report::Report;
use crate::sanitize::testing::{BASE, key, policy, sealer};
use url::Url;

use UrlUse::{Font, Image, Link, Media, Style, SvgReference};

const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const GIF: &str = "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

fn judge(raw: &str, used_as: UrlUse, base: Option<&str>) -> (UrlFate, Report) {
    let (policy, sealer, limits, mut report) = (policy(), sealer(), Limits::default(), Report::default());
    let base = base.map(|text| Url::parse(text).expect("a base of the table"));
    let fate = UrlSealer::new(&policy, &sealer, &limits, &mut report).with_base(base.as_ref()).judge(raw, used_as);
    (fate, report)
}

/// What the row expects: a sealed URL with its fragment, or the fate as it is.
enum Becomes {
    Sealed(&'static str, &'static str),
    Is(UrlFate),
}

fn sealed(url: &'static str) -> Becomes {
    Becomes::Sealed(url, "")
}

fn dropped(why: &'static str) -> Becomes {
    Becomes::Is(UrlFate::Dropped(why))
}

fn fragment(text: &str) -> Becomes {
    Becomes::Is(UrlFate::Fragment(text.to_owned()))
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn a_url_is_sealed_kept_or_gone() {
    let long = format!("https://shop.example/{}", "a".repeat(9000));
    let wide = format!("https://shop.example/{}", "é".repeat(3000));
    let rows: Vec<(&str, UrlUse, Becomes)> = vec![
        ("", Image, Becomes::Is(UrlFate::Empty)),
        (" \t\n\0", Image, Becomes::Is(UrlFate::Empty)),
        ("https://shop.example/a.png", Image, sealed("https://shop.example/a.png")),
        ("  https://shop.example/a.png\n", Image, sealed("https://shop.example/a.png")),
        ("HtTpS://SHOP.example:443/a/../b.png?q=1", Image, sealed("https://shop.example/b.png?q=1")),
        ("ht\ntps://shop.exa\tmple/a", Image, sealed("https://shop.example/a")),
        ("https:\\\\shop.example\\a", Image, sealed("https://shop.example/a")),
        ("//shop.example/a", Image, sealed("https://shop.example/a")),
        ("a.png", Image, sealed("https://shop.example/dir/a.png")),
        ("?x", Image, sealed("https://shop.example/dir/page?x")),
        ("https://shop.example/s.svg#icon-1", SvgReference, Becomes::Sealed("https://shop.example/s.svg", "#icon-1")),
        ("https://shop.example/s.svg#a\"><script>", Image, sealed("https://shop.example/s.svg")),
        ("https://shop.example/v.mp4#t=10", Media, Becomes::Sealed("https://shop.example/v.mp4", "#t=10")),
        ("https://shop.example/f.woff2", Font, sealed("https://shop.example/f.woff2")),
        ("https://shop.example/s.css", Style, sealed("https://shop.example/s.css")),
        ("https://evil.test/a", Image, dropped("url:not-allowed")),
        ("//evil.test/a", Image, dropped("url:not-allowed")),
        ("\\\\evil.test\\a", Image, dropped("url:not-allowed")),
        ("/\t/evil.test/a", Image, dropped("url:not-allowed")),
        ("https://shop.example.evil.test/", Image, dropped("url:not-allowed")),
        ("http://shop.example/a", Image, dropped("url:not-allowed")),
        ("https://shop.example:8443/a", Image, dropped("url:not-allowed")),
        ("https://127.0.0.1/a", Image, dropped("url:not-allowed")),
        ("https://0x7f.1/a", Image, dropped("url:not-allowed")),
        ("https://[::1]/a", Image, dropped("url:not-allowed")),
        ("https://user:pw@shop.example/a", Image, dropped("url:credentials")),
        ("https://shop.example@evil.test/a", Image, dropped("url:credentials")),
        ("https://", Image, dropped("url:malformed")),
        ("https://a b/", Image, dropped("url:malformed")),
        ("https://[::1/", Image, dropped("url:malformed")),
        (&long, Image, dropped("url:too-long")),
        (&wide, Image, dropped("url:too-long")),
        ("javascript:alert(1)", Image, dropped("url:script")),
        ("java\nscript:alert(1)", Image, dropped("url:script")),
        ("\u{1}JavaScript:alert(1)", Image, dropped("url:script")),
        ("vbscript:x", Image, dropped("url:script")),
        ("blob:https://shop.example/1", Image, dropped("url:blob")),
        ("file:///etc/passwd", Image, dropped("url:scheme")),
        ("ftp://shop.example/a", Image, dropped("url:scheme")),
        ("ws://shop.example/", Image, dropped("url:scheme")),
        ("about:blank", Image, dropped("url:scheme")),
        ("view-source:https://shop.example/", Image, dropped("url:scheme")),
        ("chrome://gpu", Image, dropped("url:scheme")),
        ("#a", Image, fragment("#a")),
        (" #größe:1 ", SvgReference, fragment("#größe:1")),
        ("#a\"b", Image, dropped("url:malformed")),
        ("#a</style>", SvgReference, dropped("url:malformed")),
        ("#a\u{2028}b", Image, dropped("url:malformed")),
        ("https://shop.example/next", Link, fragment("#")),
        ("javascript:alert(1)", Link, fragment("#")),
        ("#part", Link, fragment("#part")),
        ("#a b", Link, fragment("#")),
        ("", Link, Becomes::Is(UrlFate::Empty)),
        ("data:text/html,<script>1</script>", Image, dropped("url:data-type")),
        ("data:image/svg+xml;base64,PHN2Zy8+", Image, dropped("url:data-type")),
        ("data:image/svg+xml,<svg/>", Image, dropped("url:data-type")),
        ("data:text/css,a{}", Style, dropped("url:data-type")),
        ("data:,x", Image, dropped("url:data-type")),
        ("data:image/png,abc", Image, dropped("url:data-type")),
        ("data:image/png;base64", Image, dropped("url:data-type")),
        ("data:image/png;base64,", Image, dropped("url:data-bytes")),
        ("data:image/png;base64,PHN2Zy8+", Image, dropped("url:data-bytes")),
        ("data:image/png;base64,!!!!", Image, dropped("url:data-bytes")),
        ("da\nta:text/html,x", Image, dropped("url:data-type")),
        ("data:font/woff2;base64,d09GMgABAAA=", Image, dropped("url:data-type")),
        ("data:image/png;base64,iVBORw0KGgo=", Font, dropped("url:data-type")),
        (
            "DATA:application/font-woff2;charset=utf-8;base64,d09GMgABAAA=",
            Font,
            Becomes::Is(UrlFate::Data("data:font/woff2;base64,d09GMgABAAA=".to_owned())),
        ),
        (
            "data:image/jpg;BASE64 ,iVBO Rw0K%47go%3D#x",
            Image,
            Becomes::Is(UrlFate::Data("data:image/png;base64,iVBORw0KGgo=".to_owned())),
        ),
    ];
    for (raw, used_as, expected) in rows {
        let (fate, report) = judge(raw, used_as, Some(BASE));
        match expected {
            Becomes::Is(expected) => {
                assert_eq!(fate, expected, "{raw:?}");
                let gone = if let UrlFate::Dropped(why) = expected { vec![(why.to_owned(), 1)] } else { vec![] };
                assert_eq!(report.removed.into_iter().collect::<Vec<_>>(), gone, "{raw:?}");
            }
            Becomes::Sealed(url, fragment) => {
                let UrlFate::Asset(path) = fate else { panic!("{raw:?} became {fate:?}") };
                let token = path.strip_prefix("/base/asset/").and_then(|rest| rest.strip_suffix(fragment));
                let opened = open(&[key()], token.expect("prefix and fragment")).expect("opens");
                assert_eq!(opened.url, url, "{raw:?}");
                let kind = match used_as {
                    Font => AssetKind::Font,
                    Style => AssetKind::Style,
                    Media => AssetKind::Media,
                    Image | SvgReference | Link => AssetKind::Image,
                };
                assert_eq!(opened.kind, kind, "{raw:?}");
            }
        }
    }
}

#[test]
fn a_canonical_data_picture_is_unchanged_and_can_be_switched_off() {
    for (kind, payload) in [("image/png", PNG), ("image/gif", GIF)] {
        let raw = format!("data:{kind};base64,{payload}");
        assert_eq!(judge(&raw, Image, None).0, UrlFate::Data(raw.clone()));
    }
    let (mut policy, sealer, limits, mut report) = (policy(), sealer(), Limits::default(), Report::default());
    policy.allow_data_images = false;
    let mut urls = UrlSealer::new(&policy, &sealer, &limits, &mut report);
    assert_eq!(urls.image(&format!("data:image/png;base64,{PNG}")), "");
    assert_eq!(report.removed.get("url:data-not-allowed"), Some(&1));
}

#[test]
fn a_data_picture_has_a_bound() {
    let (policy, sealer, mut report) = (policy(), sealer(), Report::default());
    let limits = Limits { canvas_bytes: 1000, ..Limits::default() };
    let mut urls = UrlSealer::new(&policy, &sealer, &limits, &mut report);
    assert_eq!(urls.image(&format!("data:image/png;base64,iVBORw0KGgoA{}", "A".repeat(2000))), "");
    assert_eq!(report.removed.get("url:too-long"), Some(&1));
}

#[test]
fn without_a_base_only_absolute_urls_are_sealed() {
    for raw in ["a.png", "/a.png", "?a", "//shop.example/a"] {
        assert_eq!(judge(raw, Image, None).0, UrlFate::Dropped("url:relative"), "{raw}");
    }
    assert!(matches!(judge("https://shop.example/a", Image, None).0, UrlFate::Asset(_)));
}

#[test]
fn another_key_gives_another_path() {
    let (policy, limits, mut report) = (policy(), Limits::default(), Report::default());
    let other = Sealer::new(&AssetKey { id: 2, secret: [2; 32] }, crate::sanitize::testing::session(), "/base");
    let path = UrlSealer::new(&policy, &other, &limits, &mut report).image("https://shop.example/a.png");
    assert!(path.starts_with("/base/asset/") && open(&[key()], &path[12..]).is_err());
}

#[test]
fn srcset_keeps_what_is_allowed_with_its_descriptors() {
    let s = |url: &str| sealer().seal(url, AssetKind::Image);
    let (a, b) = (s("https://shop.example/a"), s("https://shop.example/b,c"));
    let png = format!("data:image/png;base64,{PNG}");
    let rows = [
        ("", String::new()),
        (" , ,", String::new()),
        ("https://shop.example/a", a.clone()),
        ("https://shop.example/a 2x", format!("{a} 2x")),
        ("https://shop.example/a, https://shop.example/b,c 300w 200h", format!("{a}, {b} 300w 200h")),
        ("https://shop.example/a 1.5x,https://evil.test/x 2x,", format!("{a} 1.5x")),
        ("https://shop.example/a,https://evil.test/x", s("https://shop.example/a,https://evil.test/x")),
        ("https://shop.example/a 1x 2x 3x, https://shop.example/b,c", b.clone()),
        ("https://shop.example/a url(x), https://shop.example/b,c", b.clone()),
        ("https://shop.example/a (1x, 2x), https://shop.example/b,c", b.clone()),
        ("https://shop.example/a NaNx", String::new()),
        ("https://shop.example/a 1e999x", String::new()),
        ("javascript:alert(1) 1x", String::new()),
        ("#a 1x", String::new()),
        (&format!("{png} 1x"), format!("{png} 1x")),
    ];
    for (raw, expected) in rows {
        let (policy, sealer, limits, mut report) = (policy(), sealer(), Limits::default(), Report::default());
        assert_eq!(UrlSealer::new(&policy, &sealer, &limits, &mut report).srcset(raw), expected, "{raw:?}");
    }
}

#[test]
fn an_address_is_recognized_in_any_spelling() {
    for text in [
        "https://evil.test",
        " https://evil.test ",
        "HTTPS://x",
        "ht\ttps://x",
        "h\nttp:\r//x",
        "\u{1}https://x",
        "//evil.test/a",
        "\\\\evil.test",
        "/\\evil.test",
        "/\n/evil.test",
        "//[::1]/",
        "http:evil",
        "http: ann@evil.test",
        "https:\0.@evil.test//a",
        "wss: a b\u{ad}:c@evil.test",
        "https:/x",
        "javascript:",
        "javascript: alert(1)",
        "JAVA\tSCRIPT:x",
        "vbscript:x",
        "data:text/html,x",
        "data:,",
        "blob:https://x",
        "ftp://x",
        "foo://x",
        "mailto:ann@shop.example",
        "tel:123",
        "ws:x",
        "view-source:x",
        "//é.example",
    ] {
        assert!(is_urlish(text), "{text:?}");
        assert!(mentions_url(text), "{text:?}");
    }
    for text in [
        "",
        " ",
        "a",
        "Price: 5",
        "Price:5",
        "12:30",
        "/",
        "//",
        "// comment",
        "///",
        "a/b",
        "/a/b",
        "#a",
        "?a",
        "data: 5",
        "data:5",
        "http",
        "https: yes",
        "a:b",
        ":x",
        "://x",
        "é://x",
        "1a://x",
    ] {
        assert!(!is_urlish(text), "{text:?}");
    }
    for text in ["{\"u\":\"https://x\"}", "see http://x", "[\"//cdn.test/a\"]", "a,//x", "https:\\/\\/x"] {
        assert!(mentions_url(text), "{text:?}");
    }
    for text in ["a // b", "1//2", "{\"a\":1}"] {
        assert!(!mentions_url(text), "{text:?}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_comes_in_only_four_forms_go_out(
        raw in "(https?:|javascript:|data:|//|\\\\|[ \t\n\u{1}]){0,3}(shop\\.example|evil\\.test|image/png;base64,)?(?s).{0,20}",
    ) {
        let safe = |text: &str| {
            let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:=&+~#".contains(&b));
            text.is_empty()
                || text.starts_with('#') && !text.contains(['"', '\'', '<', '>', ' ', '\n'])
                || text.strip_prefix("/base/asset/").is_some_and(plain)
                || text.starts_with("data:image/") || text.starts_with("data:font/")
        };
        let (policy, sealer, limits, mut report) = (policy(), sealer(), Limits::default(), Report::default());
        let base = Url::parse(BASE).expect("the base");
        let mut urls = UrlSealer::new(&policy, &sealer, &limits, &mut report).with_base(Some(&base));
        for used_as in [Image, Font, Style, Media, Link, SvgReference] {
            let text = urls.judge(&raw, used_as).into_text();
            proptest::prop_assert!(safe(&text), "{raw:?} as {used_as:?} became {text:?}");
            proptest::prop_assert!(used_as != Link || text.is_empty() || text.starts_with('#'));
        }
        let candidates = urls.srcset(&raw);
        let addresses = candidates.split(", ").map(|candidate| candidate.split(' ').next().unwrap_or_default());
        proptest::prop_assert!(addresses.into_iter().all(safe), "{raw:?} became {candidates:?}");
        let _ = (is_urlish(&raw), mentions_url(&raw));
    }
}

#[test]
fn sound_and_video_are_refused_where_they_are_not_listed() {
    let (sealer, limits, mut report) = (sealer(), Limits::default(), Report::default());
    let policy = Policy { allow_media: false, ..policy() };
    let mut urls = UrlSealer::new(&policy, &sealer, &limits, &mut report);
    assert_eq!(urls.judge("https://shop.example/v.mp4", Media), UrlFate::Dropped("url:media"));
    assert_eq!(urls.judge("#", Media), UrlFate::Fragment("#".to_owned()));
    assert!(matches!(urls.judge("https://shop.example/v.png", Image), UrlFate::Asset(_)));
}

#[test]
fn what_a_page_made_itself_is_sealed_where_her_browser_may_be_asked() {
    let (sealer, limits, mut report) = (sealer(), Limits::default(), Report::default());
    let policy = Policy { customer_uploads: true, ..policy() };
    for (raw, used_as, sealed) in [
        ("blob:https://shop.example/0b54", Image, Some("blob:https://shop.example/0b54")),
        ("BLOB:https://SHOP.example/0b54#x", Font, Some("blob:https://SHOP.example/0b54")),
        ("blob:https://shop.example/0b54", Style, Some("blob:https://shop.example/0b54")),
        ("blob:https://shop.example/0b54", Media, None),
        ("blob:https://evil.test/0b54", Image, None),
        ("blob:http://shop.example/0b54", Image, None),
        ("blob:https://shop.example:8443/0b54", Image, None),
        ("blob:null/0b54", Image, None),
        ("blob:file:///etc/passwd", Image, None),
        ("blob:blob:https://shop.example/0b54", Image, None),
        ("blob:", Image, None),
    ] {
        let path = UrlSealer::new(&policy, &sealer, &limits, &mut report).judge(raw, used_as).into_text();
        let url = path.strip_prefix("/base/asset/").map(|rest| rest.split('#').next().unwrap_or_default());
        let url = url.map(|token| open(&[key()], token).expect("a token of ours").url);
        assert_eq!(url.as_deref(), sealed, "{raw} {used_as:?}");
    }
}
