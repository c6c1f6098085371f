//! URLs whose fetch would tell what the page's data are: fetched at once, or gone.

use super::{Css, Generated, readable, with_css_noting};
use crate::asset::EarlyFetches;

/// What is to be fetched at once, without the host of these tests.
fn early(text: &str) -> Vec<String> {
    let early = EarlyFetches::new(100);
    let _ = with_css_noting(Some(&early), |css| css.rules(text));
    told(&early)
}

fn told(early: &EarlyFetches) -> Vec<String> {
    let fetches = early.take_new().into_iter();
    fetches
        .map(|fetch| format!("{:?}@{}", fetch.kind, fetch.url.trim_start_matches("https://shop.example/dir")))
        .collect()
}

#[test]
fn a_rule_that_reads_data_is_fetched_at_once() {
    let hidden = [
        ("attribute", "input[value^=a]{background:url(x)}"),
        ("attribute of any namespace", "[*|value=a]{background:url(x)}"),
        ("state", "input:checked{background:url(x)}"),
        ("in a function", ":is(a,:not(:valid)) b{background:url(x)}"),
        ("of a child", "form:has(:placeholder-shown){background:url(x)}"),
        ("of a sibling", "b:where(:empty)~i::before{content:url(x)}"),
        ("one of a list", "a,b[data-x]{background:url(x)}"),
        ("escaped", "[v\\61 lue]{background:url(x)}"),
        ("the pointer", "a:hover{background:url(x)}"),
        ("around it", "[value=a]{b{background:url(x)}}"),
        ("further around it", "[value=a]{@media print{b{& c{background:url(x)}}}}"),
        ("the scope", "@scope ([value=a]){b{background:url(x)}}"),
        ("the end of the scope", "@scope (a) to (:checked){b{background:url(x)}}"),
        ("how full a box is", "@container (width>9px){a{background:url(x)}}"),
        ("a variable", "a{--x:url(x)}"),
        ("a variable's first value", "@property --x{initial-value:url(x)}"),
        ("an animation", "@keyframes k{to{background:url(x)}}"),
        ("marks of a list", "@counter-style c{symbols:url(x)}"),
        ("within another at-rule", "@media print{@supports (x:y){:empty{background:url(x)}}}"),
        ("a set", ":empty{background:image-set('x' 1x)}"),
    ];
    for (title, text) in hidden {
        assert_eq!(early(text), ["Image@/x"], "{title}: {text}");
        let (rules, report) = with_css_noting(None, |css| css.rules(text));
        let out: String = rules.into_iter().filter_map(|rule| rule.text).collect();
        assert_eq!((readable(&out).matches('@').count(), out.contains("/asset/")), (text.matches('@').count(), false));
        assert_eq!(report.removed["url:reads-data"], 1, "{title}, where nothing is kept");
    }
    assert_eq!(early("@font-face{src:local(a),url(x),url(y)}"), ["Font@/x", "Font@/y"]);
}

#[test]
fn a_rule_that_reads_the_page_s_structure_is_left_to_the_browser() {
    for text in [
        "a{background:url(x)}",
        "ul.b>li:first-child:not(#c)::before,input[type=checkbox]+i{content:url(x)}",
        "@media (min-width:1px){a{background:url(x)}}",
        "@layer l{@supports (x:y){a{&.b{background:url(x)}}}}",
        "@scope (.a){b{background:url(x)}}",
        "@import 'x';",
        "[value=a]{color:red} a{background:url(x)}",
        "a{b:checked{color:red} background:url(x)}",
        ":checked{background:url(https://evil.test/x)}",
        ":checked{background:url(#x)}",
    ] {
        assert_eq!(early(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_stands_by_itself_can_be_said_to_read_data() {
    let early = EarlyFetches::new(100);
    let (value, _) = with_css_noting(Some(&early), |css| {
        let mut cleaner = Css { urls: css.urls, generated: Generated::Shown, is_early: false }.fetching_early(true);
        cleaner.value("background", "url(x)")
    });
    assert_eq!(value.map(|value| readable(&value)).as_deref(), Some("url(\"Image@/dir/x\")"));
    let _ = with_css_noting(Some(&early), |css| css.font_source("url(y)"));
    assert_eq!(told(&early), ["Image@/x", "Font@/y"]);
}

#[test]
fn what_is_fetched_at_once_is_bounded() {
    let early = EarlyFetches::new(2);
    let text: String = (0..5).map(|n| format!(":empty{{background:url({n})}}")).collect();
    let (out, report) = with_css_noting(Some(&early), |css| {
        let mut out = String::new();
        css.stylesheet(&text, &mut out);
        out
    });
    assert_eq!((out.matches("/asset/").count(), report.removed["limit:early_urls"]), (2, 3));
    assert_eq!(told(&early).len(), 2);
    // What is among them already is not refused later.
    let (again, _) = with_css_noting(Some(&early), |css| css.rules(":empty{background:url(1)}"));
    assert!(again[0].text.as_ref().is_some_and(|text| text.contains("/asset/")));
}
