mod checker;
mod doors;
mod early;
mod properties;

use super::{Css, GONE_RULE, Generated, SPLIT_MARK, property_name};
use crate::asset::{EarlyFetches, open};
use crate::limits::Limits;
use crate::report::Report;
use crate::sanitize::testing::{BASE, key, policy, sealer};
use crate::sanitize::url::UrlSealer;
use url::Url;

/// Runs `work` with a cleaner whose base is the page; every row of this module goes through here.
fn with_css<T>(work: impl FnOnce(&mut Css<'_, '_>) -> T) -> (T, Report) {
    with_css_noting(Some(&EarlyFetches::new(100)), work)
}

fn with_css_noting<T>(early: Option<&EarlyFetches>, work: impl FnOnce(&mut Css<'_, '_>) -> T) -> (T, Report) {
    let (policy, sealer, limits, mut report) = (policy(), sealer(), Limits::default(), Report::default());
    let base = Url::parse(BASE).expect("the base");
    let mut urls = UrlSealer::new(&policy, &sealer, &limits, &mut report).with_base(Some(&base)).noting_early(early);
    let result = work(&mut Css::new(&mut urls));
    (result, report)
}

fn stylesheet(text: &str) -> String {
    let (out, _) = with_css(|css| {
        let mut out = String::new();
        css.stylesheet(text, &mut out);
        out
    });
    checker::check(&out).unwrap_or_else(|why| panic!("{why}: {text:?} became {out:?}"));
    readable(&out)
}

fn declarations(text: &str) -> String {
    let (out, _) = with_css(|css| {
        let mut out = String::new();
        css.declarations(text, &mut out);
        out
    });
    checker::check(&out).unwrap_or_else(|why| panic!("{why}: {text:?} became {out:?}"));
    readable(&out)
}

/// Each sealed path as `Kind@path`, the host of the tests left out.
fn readable(out: &str) -> String {
    let mut pieces = out.split("/base/asset/");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(piece.len());
        let asset = open(&[key()], &piece[..end]).expect("a token of these tests");
        text.push_str(&format!("{:?}@{}", asset.kind, asset.url.trim_start_matches("https://shop.example")));
        text.push_str(&piece[end..]);
    }
    text
}

fn table(rows: &[(&str, &str, &str)], clean: fn(&str) -> String) {
    for (title, input, expected) in rows {
        assert_eq!(clean(input), *expected, "{title}: {input:?}");
    }
}

const PNG: &str = "data:image/png;base64,iVBORw0KGgo=";

#[test]
fn ordinary_sheets_keep_their_meaning() {
    table(
        &[
            ("empty", "", ""),
            ("a rule", "a { color : red ; margin: 0 auto }", "a{color:red;margin:0 auto;}"),
            ("no end", "a{color:red", "a{color:red;}"),
            ("no end in a function", "a{width:calc(1px + (2px", "a{width:calc(1px + (2px));}"),
            ("empty rule", "a{}", "a{}"),
            ("comments go", "/* x */a/* y */{/**/color/**/:/* z */red/* u */}/*", "a{color:red;}"),
            ("a comment between parts of a selector", "a/**/.b /**/ c{}", "a/**/.b c{}"),
            ("old html comments", "<!-- a{color:red} -->", "a{color:red;}"),
            ("important", "a{color:red! IMPORTANT;top:0 !important x;left:!;right:0!}", "a{color:red!important;}"),
            (
                "numbers as written",
                "a{line-height:1.42857143;width:+.5E3px;z-index:-1}",
                "a{line-height:1.42857143;width:+.5E3px;z-index:-1;}",
            ),
            ("names in any case", "A{COLOR:Red;Background-Image:NONE}", "A{color:Red;background-image:NONE;}"),
            ("strings", "a{content:\"x'y\" 'z\"'}", "a{content:\"x'y\" 'z\"';}"),
            ("cut string with an escape", "a{content:'\\", "a{content:\"\";}"),
            ("cut string", "a{content:\"x", "a{content:\"x\";}"),
            ("custom properties", "a{--X:1;--y:;--é: a  b;--z:[1,(2)]}", "a{--X:1;--y:;--é:a b;--z:[1,(2)];}"),
            ("custom properties with odd tokens", "a{--a:a:b;--b:x=>y}", "a{--a:a:b;--b:x=>y;}"),
            ("var", "a{color:var(--x, rgb(1 2 3 / 50%))}", "a{color:var(--x, rgb(1 2 3 / 50%));}"),
            (
                "vendor prefixes",
                "a{-webkit-transform:none;-moz-appearance:none;-ms-filter:x;-o-foo:x}",
                "a{-webkit-transform:none;-moz-appearance:none;}",
            ),
            ("star and underscore hacks", "a{*zoom:1;_height:1px;color:red}", "a{color:red;}"),
            ("unknown goes, the rest stays", "a{foo:bar;color:red;baz}", "a{color:red;}"),
            ("fonts", "a{font:italic 1.2em/1.5 \"A B\", serif}", "a{font:italic 1.2em/1.5 \"A B\", serif;}"),
            ("grid areas", "a{grid-template:[x] \"a b\" 1fr / auto}", "a{grid-template:[x] \"a b\" 1fr / auto;}"),
            (
                "selectors",
                "a>b~c+d e,*|f,|g,:is(a,b):not(.c)::before,[x^='y' i]{}",
                "a>b~c+d e,*|f,|g,:is(a,b):not(.c)::before,[x^='y' i]{}",
            ),
            (
                "nth",
                "li:nth-child(2n+1 of .a),li:nth-child(-n + 3){}",
                "li:nth-child(2n+1 of .a),li:nth-child(-n + 3){}",
            ),
            ("escapes in names", ".md\\:w\\/2,.\\31 0,#\\66 oo,.a\\<b{}", ".md\\3a w\\2f 2,.\\31 0,#foo,.a\\3c b{}"),
            (
                "unicode-range",
                "@font-face{unicode-range:U+0025-00FF, u+4??}",
                "@font-face {unicode-range:U+0025-00FF, u+4??;}",
            ),
            ("a namespace prefix has no meaning any more", "svg|a{}b{}", "b{}"),
            ("split mark between rules", "a{}/* rr_split */b{}", "a{}/* rr_split */b{}"),
            ("split mark inside a rule", "a{/* rr_split */color:red}", "a{color:red;}"),
        ],
        stylesheet,
    );
}

#[test]
fn at_rules_pass_by_the_table() {
    table(
        &[
            (
                "media",
                "@media screen and (min-width:1px){a{color:red}}",
                "@media screen and (min-width:1px){a{color:red;}}",
            ),
            ("media compare", "@media (1px<=width<9px){a{}}", "@media (1px<=width< 9px){a{}}"),
            (
                "media about the screen asks for the window",
                "@media (MIN-device-width:1px) and (max-device-height:2px) and (device-width:3px){}",
                "@media (min-width:1px) and (max-height:2px) and (device-width:3px){}",
            ),
            ("media in upper case", "@MEDIA print{}", "@media print{}"),
            ("supports", "@supports not (display:grid){a{}}", "@supports not (display:grid){a{}}"),
            ("supports with a url", "@supports (background:url(https://evil.test)){a{}}b{}", "b{}"),
            ("container", "@container card (width > 400px){a{}}", "@container card (width > 400px){a{}}"),
            ("layers", "@layer a , b;@layer c{d{}}@layer{e{}}", "@layer a , b;@layer c{d{}}@layer {e{}}"),
            ("scope", "@scope (.a) to (.b){img{color:red}}", "@scope (.a) to (.b){img{color:red;}}"),
            ("starting style", "@starting-style{a{opacity:0}}", "@starting-style {a{opacity:0;}}"),
            ("keyframes", "@keyframes x{from{top:0}50.5%,to{top:1px}}", "@keyframes x{from{top:0;}50.5%,to{top:1px;}}"),
            (
                "keyframes with a picture",
                "@-webkit-keyframes x{to{background:url(a)}}",
                "@-webkit-keyframes x{to{background:url(\"Image@/dir/a\");}}",
            ),
            (
                "property",
                "@property --x{syntax:'<color>';inherits:false;initial-value:red}",
                "@property --x{syntax:\"\\3c color>\";inherits:false;initial-value:red;}",
            ),
            (
                "counter style",
                "@counter-style x{system:cyclic;symbols:'a';foo:bar}",
                "@counter-style x{system:cyclic;symbols:'a';}",
            ),
            ("page", "@page :first{margin:1cm;@top-left{content:'x'}size:a4}", "@page :first{margin:1cm;size:a4;}"),
            ("charset", "@charset 'utf-8';a{}", "a{}"),
            ("namespace", "@namespace svg url(http://www.w3.org/2000/svg);a{}", "a{}"),
            ("document", "@document url(http://x){a{}}@-moz-document url-prefix(){b{}}c{}", "c{}"),
            ("unknown", "@foo{a{b:c}}@bar x;@view-transition{navigation:auto}d{}", "d{}"),
            ("escaped name", "@\\6d edia print{}@im\\70ort 'https://evil.test/';", "@media print{}"),
            (
                "import of an allowed sheet",
                "@import 'a.css';@import url(b.css) layer(x) supports(display:grid) screen",
                "@import url(\"Style@/dir/a.css\");@import url(\"Style@/dir/b.css\") layer(x) supports(display:grid) screen;",
            ),
            (
                "import of others",
                "@import '//evil.test/';@import url('https://evil.test/') screen;@import url();@import '#a';@import;@import x;a{}",
                "a{}",
            ),
            ("import without white space", "@import\"a.css\"screen;", "@import url(\"Style@/dir/a.css\") screen;"),
            ("import with a text behind", "@import 'a.css' x/'b.css';@import 'a.css'[';c'];b{}", "b{}"),
            (
                "import with a text in a condition",
                "@import 'a.css' supports(a:'b')",
                "@import url(\"Style@/dir/a.css\") supports(a:'b');",
            ),
            ("import with a block", "@import 'a.css'{}b{}", "b{}"),
            ("import inside", "@media print{@import 'a.css';a{}}", "@media print{:not(*){}a{}}"),
            ("media without a block", "@media print;a{}", "a{}"),
            ("a dropped inner rule keeps its place", "@media print{a{}\"{}b{color:red}}", "@media print{a{}}"),
            ("dropped inner selectors", "@media print{a{}<{}b{}}", "@media print{a{}:not(*){}b{}}"),
            ("dropped inner at-rule", "@media print{@foo{x{}}b{}}", "@media print{:not(*){}b{}}"),
        ],
        stylesheet,
    );
    assert_eq!(GONE_RULE, ":not(*){}");
    assert_eq!(stylesheet(GONE_RULE), GONE_RULE);
}

#[test]
fn nesting_is_understood_and_bounded() {
    table(
        &[
            (
                "nested",
                "a{color:red;&:hover{top:0}b &{left:0}.c{right:0}}",
                "a{color:red;&:hover,&.\\3a hover{top:0;}b &{left:0;}.c{right:0;}}",
            ),
            (
                "nested element with a pseudo-class",
                "a{b:hover{color:red}color:blue}",
                "a{b:hover,b.\\3a hover{color:red;}color:blue;}",
            ),
            (
                "a property's name as an element",
                "a{font:hover{color:red}}",
                "a{font:hover,font.\\3a hover{color:red;}}",
            ),
            (
                "an escape at a selector's end, with the space that is part of it",
                "b:hover i\u{37e}{top:0}",
                "b:hover i\\37e ,b.\\3a hover i\\37e {top:0;}",
            ),
            ("nested media", "a{@media print{color:red;b{top:0}}}", "a{@media print{color:red;b{top:0;}}}"),
            ("media, then nested", "@media print{a{&.b{top:0}}}", "@media print{a{&.b{top:0;}}}"),
            ("a custom property swallows a block", "a{--x:hover{color:red};top:0}", "a{top:0;}"),
            ("junk ends at the semicolon", "a{b c;top:0}", "a{top:0;}"),
        ],
        stylesheet,
    );
    let deep = format!("{}color:red{}", "a{".repeat(10_000), "}".repeat(10_000));
    let out = stylesheet(&deep);
    assert_eq!(out.matches("a{").count(), 64);
    assert_eq!(out.matches('{').count(), out.matches('}').count());
    let brackets = format!("a{{width:{}1px{};top:0}}", "calc(".repeat(10_000), ")".repeat(10_000));
    assert_eq!(stylesheet(&brackets), "a{top:0;}");
    assert_eq!(stylesheet(&format!("{}{{}}b{{}}", ":is(".repeat(10_000))), "");
}

#[test]
fn every_url_is_sealed_or_empty() {
    table(
        &[
            ("unquoted", "background:url(a.png)", "background:url(\"Image@/dir/a.png\");"),
            ("quoted", "background:URL( 'a.png' )", "background:url(\"Image@/dir/a.png\");"),
            ("escaped function", "background:u\\72l(a.png)", "background:url(\"Image@/dir/a.png\");"),
            ("escaped by number", "background:\\75\\000072\\6c('a.png')", "background:url(\"Image@/dir/a.png\");"),
            ("escaped address", "background:url(\\61 .png)", "background:url(\"Image@/dir/a.png\");"),
            ("not allowed", "background:red url(https://evil.test/a) no-repeat", "background:red url(\"\") no-repeat;"),
            ("without scheme", "background:url(//evil.test/a)", "background:url(\"\");"),
            ("script", "background:url(javascript:alert\\(1\\))", "background:url(\"\");"),
            ("escaped script", "background:url('\\6a avascript:x')", "background:url(\"\");"),
            ("line feed in the scheme", "background:url('https:\\a //evil.test')", "background:url(\"\");"),
            ("empty", "background:url()", "background:url(\"\");"),
            ("svg data", "background:url(\"data:image/svg+xml,<svg onload='x'>\")", "background:url(\"\");"),
            ("html data", "background:url(data:text/html,x)", "background:url(\"\");"),
            ("fragment", "filter:url(#a)", "filter:url(\"#a\");"),
            ("drawing of a file", "clip-path:url(s.svg#a)", "clip-path:url(\"Image@/dir/s.svg#a\");"),
            ("src", "background:src('a.png')", "background:url(\"Image@/dir/a.png\");"),
            ("src of a variable", "background:src(var(--x))", ""),
            ("url of a variable", "background:url(var(--x))", ""),
            ("url modifiers", "background:url('a' crossorigin(anonymous))", ""),
            ("two strings", "background:url('a' 'b')", ""),
            ("no string", "background:url('a", "background:url(\"Image@/dir/a\");"),
            ("cut", "background:url(a", "background:url(\"Image@/dir/a\");"),
            ("bad url", "background:url(a b);color:red", "color:red;"),
            ("bad url with quotes", "background:url(a'b);color:red", "color:red;"),
            ("bad string", "background:url('a\nb');color:red", ""),
            (
                "image-set of strings",
                "background:image-set('a' 1x, \"//evil.test/b\" 2x)",
                "background:image-set(url(\"Image@/dir/a\") 1x, url(\"\") 2x);",
            ),
            (
                "prefixed image-set",
                "background:-WEBKIT-image-set(url(a) 1x)",
                "background:-WEBKIT-image-set(url(\"Image@/dir/a\") 1x);",
            ),
            (
                "image-set with types",
                "background:image-set('a' type('image/avif') 1x)",
                "background:image-set(url(\"Image@/dir/a\") type('image/avif') 1x);",
            ),
            ("image-set of a variable", "background:image-set(var(--x) 1x)", ""),
            ("image-set of an attribute", "background:image-set(attr(data-x) 1x)", ""),
            ("image-set of the environment", "background:image-set(env(x, 'https://evil.test') 1x)", ""),
            ("image-set in a variable", "--x:image-set('https://evil.test' 1x)", "--x:image-set(url(\"\") 1x);"),
            (
                "image-set in a fallback",
                "background:var(--x, image-set('a' 1x))",
                "background:var(--x, image-set(url(\"Image@/dir/a\") 1x));",
            ),
            (
                "image-set without spaces",
                "background:image-set(red'a'1x)",
                "background:image-set(red url(\"Image@/dir/a\")1x);",
            ),
            ("image()", "background:image('a', red)", "background:image(url(\"Image@/dir/a\"), red);"),
            (
                "cross-fade",
                "background:cross-fade(url(a), url(b), 50%)",
                "background:cross-fade(url(\"Image@/dir/a\"), url(\"Image@/dir/b\"), 50%);",
            ),
            (
                "cursor",
                "cursor:url(a.cur) 2 2, url(https://evil.test), auto",
                "cursor:url(\"Image@/dir/a.cur\") 2 2, url(\"\"), auto;",
            ),
            ("list style", "list-style:square url(a)", "list-style:square url(\"Image@/dir/a\");"),
            ("content", "content:url(a) / 'x'", "content:url(\"Image@/dir/a\") / 'x';"),
            ("mask", "-webkit-mask:url(a#b)", "-webkit-mask:url(\"Image@/dir/a#b\");"),
            ("attribute as url", "background:attr(data-x url)", ""),
            ("attribute as typed url", "background:attr(data-x type(<url>))", ""),
            ("attribute as text", "content:attr(data-x)", "content:attr(data-x);"),
            ("variable", "--x:url(https://evil.test/a)", "--x:url(\"\");"),
            ("variable with an allowed url", "--x:1px url( a )", "--x:1px url(\"Image@/dir/a\");"),
            ("variable with a string", "--x:'https://evil.test'", "--x:\"\";"),
            ("variable with slashes", "--x://evil.test/a", ""),
            ("variable with a path", "--x:'a.png'", "--x:'a.png';"),
            ("string that is an address", "content:'https://evil.test'", "content:\"\";"),
            ("string that is none", "content:'Price: 5'", "content:'Price: 5';"),
            ("escaped property", "b\\61 ckground:url(//evil.test)", "background:url(\"\");"),
            ("behavior", "behavior:url(a);color:red", "color:red;"),
            ("binding", "-moz-binding:url(a);-MOZ-binding:url(a)", ""),
            ("progid", "filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='https://evil.test')", ""),
            ("old filter", "filter:alpha(opacity=50)", ""),
            ("expression", "width:expression(alert(1));width:exp/**/ression(1)", ""),
            ("escaped expression", "width:e\\78pression(alert(1))", ""),
            ("unknown function", "color:foo('a.png')", ""),
            ("paint", "background:paint(x)", ""),
        ],
        declarations,
    );
    let data = format!("background:url({PNG}), url('{PNG}')");
    assert_eq!(declarations(&data), format!("background:url(\"{PNG}\"), url(\"{PNG}\");"));
}

#[test]
fn fonts_come_through_the_proxy() {
    table(
        &[
            (
                "sources",
                "@font-face{font-family:x;src:local('X'), url(a.woff2) format('woff2'), url(https://evil.test/b)}",
                "@font-face {font-family:x;src:local('X'), url(\"Font@/dir/a.woff2\") format('woff2'), url(\"\");}",
            ),
            (
                "data",
                "@font-face{src:url(data:font/woff2;base64,d09GMgABAAA=)}",
                "@font-face {src:url(\"data:font/woff2;base64,d09GMgABAAA=\");}",
            ),
            ("a picture is no font", &format!("@font-face{{src:url({PNG})}}"), "@font-face {src:url(\"\");}"),
            ("no properties", "@font-face{color:red;--x:1;background:url(a)}", "@font-face {}"),
            ("src is no property", "a{src:url(a)}", "a{}"),
        ],
        stylesheet,
    );
}

#[test]
fn nothing_ends_the_style_element() {
    table(
        &[
            ("in a string", "a{content:'</style><script>'}", "a{content:\"\\3c /style>\\3c script>\";}"),
            ("escaped in a string", "a{content:'\\3c/style>'}", "a{content:\"\\3c /style>\";}"),
            ("in a name", "a{--\\<x:1;--y:\\</style}", "a{--\\3c x:1;--y:\\3c /style;}"),
            ("in a url", "a{background:url('#</style>')}", "a{background:url(\"\");}"),
            ("in a selector", "a</style>{color:red}b{}", "b{}"),
            ("in an attribute selector", "[a='</style>']{}", "[a=\"\\3c /style>\"]{}"),
            ("in a comment", "a{}/*</style>*/b{}", "a{}b{}"),
            ("in a value", "a{--x:</style>;--y:<!--;color:red}", "a{color:red;}"),
            ("in a condition", "@media (1px</style>){a{}}", "@media (1px< /style>){a{}}"),
            ("in an at-rule's name", "@\\</style>{}a{}", "a{}"),
            ("control characters", "a{content:'\u{1}\\a \u{7f}'}", "a{content:\"\\1 \\a \\7f \";}"),
            ("nul", "a{content:'\0'}.\0b{}", "a{content:'\u{fffd}';}.\u{fffd}b{}"),
        ],
        stylesheet,
    );
}

#[test]
fn what_does_not_parse_is_gone_as_a_whole() {
    table(
        &[
            ("closing brace first", "}a{color:red}b{}", "b{}"),
            ("semicolon first", ";a{color:red}b{}", "b{}"),
            ("wrong bracket", "a{width:calc(1px];color:red}b{}", "a{}"),
            ("bad string ends at the line", "a{content:'x\n;color:red}b{}", "a{color:red;}b{}"),
            ("braces in a value", "a{color:{red};top:0}", "a{color:{}top:0;}"),
            ("no selector", "{color:red}a{}", "a{}"),
            ("braces in brackets", "a:is({b}){color:red}c{}", "c{}"),
            ("colon in a value", "a{color:red:blue;top:0}", "a{top:0;}"),
            ("less than", "a{width:1<2;top:0}", "a{top:0;}"),
            ("escape at the end", "a{color:red\\", "a{color:red\u{fffd};}"),
            ("old hack", "a{width:1px\\9;color:red\\9}", "a{color:red\\9 ;}"),
            ("rules after an unclosed bracket", "a{color:rgb(1,2}b{background:url(//evil.test)}", "a{}"),
        ],
        stylesheet,
    );
}

#[test]
fn rules_are_told_apart_so_that_indexes_can_be_translated() {
    let text = "@charset 'x';a{}/* rr_split */@foo{}@import '//evil.test';b{color:red}<{}@media print{@foo{}c{}}";
    let (rules, report) = with_css(|css| css.rules(text));
    let texts: Vec<_> = rules.iter().map(|rule| rule.text.as_deref()).collect();
    assert_eq!(texts, [Some("a{}"), None, None, Some("b{color:red;}"), None, Some("@media print{:not(*){}c{}}")]);
    let removed: Vec<_> = report.removed.iter().map(|(why, count)| (why.as_str(), *count)).collect();
    assert_eq!(
        removed,
        [("css:@charset", 1), ("css:@import", 1), ("css:at-rule", 2), ("css:syntax", 1), ("url:not-allowed", 1)]
    );
    assert_eq!(stylesheet(text).replace(SPLIT_MARK, ""), texts.into_iter().flatten().collect::<String>());
}

#[test]
fn one_rule_is_one_rule() {
    let rows = [
        ("a{color:red}", Some("a{color:red;}")),
        (" a{color:red} /* x */", Some("a{color:red;}")),
        ("@media print{a{}}", Some("@media print{a{}}")),
        ("a{}b{}", None),
        ("a{}@foo{}", None),
        ("@import '//evil.test'", None),
        ("@charset 'x';", None),
        ("color:red", None),
        ("", None),
        ("@keyframes x{", Some("@keyframes x{}")),
    ];
    for (text, expected) in rows {
        assert_eq!(with_css(|css| css.rule(text)).0.as_deref(), expected, "{text:?}");
    }
}

#[test]
fn one_value_is_one_value() {
    let rows = [
        ("color", "red", Some("red")),
        ("COLOR", " red ", Some("red")),
        ("content", "'!important'", Some("'!important'")),
        ("color", "red !important", None),
        ("color", "red;top:0", None),
        ("color", "red}", None),
        ("color", "{red}", None),
        ("color", "", None),
        ("color", "red/*", Some("red")),
        ("background-image", "url(//evil.test)", Some("url(\"\")")),
        ("background-image", "url(a)", Some("url(\"Image@/dir/a\")")),
        ("filter", "url(#a)", Some("url(\"#a\")")),
        ("behavior", "url(a)", None),
        ("-moz-binding", "url(a)", None),
        ("--x", "url(//evil.test)", Some("url(\"\")")),
        ("--x", "", Some("")),
        ("--x", "a;b", None),
        ("--", "a", None),
        ("--x:y;z", "a", None),
        ("co\\6cor", "red", None),
        ("", "red", None),
    ];
    for (property, value, expected) in rows {
        let cleaned = with_css(|css| css.value(property, value)).0.map(|text| readable(&text));
        assert_eq!(cleaned.as_deref(), expected, "{property:?}: {value:?}");
    }
}

#[test]
fn a_property_is_named_as_we_write_it() {
    for (name, expected) in [
        ("Background-Image", Some("background-image")),
        ("--X", Some("--X")),
        ("behavior", None),
        ("-moz-binding", None),
        ("cssText", None),
        ("__proto__", None),
        ("--a b", None),
        ("", None),
    ] {
        assert_eq!(property_name(name).as_deref(), expected, "{name:?}");
    }
}

#[test]
fn a_script_s_font_needs_a_source_that_is_left() {
    let rows = [
        ("url(a.woff2) format('woff2')", Some("url(\"Font@/dir/a.woff2\") format('woff2')")),
        ("url(//evil.test/a), url(b)", Some("url(\"\"), url(\"Font@/dir/b\")")),
        ("local('x')", Some("local('x')")),
        ("url(//evil.test/a)", None),
        ("url(#a)", None),
        ("url(a);color:red", None),
        ("url(a) url(", Some("url(\"Font@/dir/a\") url(\"\")")),
        ("", None),
    ];
    for (text, expected) in rows {
        let cleaned = with_css(|css| css.font_source(text)).0.map(|text| readable(&text));
        assert_eq!(cleaned.as_deref(), expected, "{text:?}");
    }
}

#[test]
fn generated_text_can_be_left_empty() {
    let text = "a{content:'SECRET' counter(x)!important;content:none;list-style:'SECRET' inside;quotes:'SECRET' 'x';\
                --x:'SECRET';content:attr(data-x);font-family:'Arial'}@counter-style x{symbols:'SECRET'}";
    let (out, _) = with_css(|css| {
        let (mut blanking, mut out) = (
            Css { urls: css.urls, generated: Generated::Shown, is_early: false }.keeping(Generated::Nothing),
            String::new(),
        );
        blanking.stylesheet(text, &mut out);
        out
    });
    let expected = "a{content:\"\";content:none;list-style:\"\" inside;quotes:\"\" \"\";font-family:'Arial';}\
                    @counter-style x{symbols:\"\";}";
    assert_eq!(out, expected);
}

#[test]
fn generated_text_can_be_left_to_symbols() {
    let text = "a{content:'SECRET';content:'\\f101'/'SECRET';content:'\u{2192} ' counter(x);content:attr(data-x);\
                --x:'Arial';content:var(--x);color:var(--x);list-style:'\\2022' inside;quotes:'S' '\u{ab}'}";
    let (out, _) = with_css(|css| {
        let (mut cleaner, mut out) = (
            Css { urls: css.urls, generated: Generated::Shown, is_early: false }.keeping(Generated::Symbols),
            String::new(),
        );
        cleaner.stylesheet(text, &mut out);
        out
    });
    let expected = "a{content:\"\";content:\"\u{f101}\"/\"\";content:'\u{2192} ' counter(x);--x:'Arial';color:var(--x);\
                    list-style:\"\u{2022}\" inside;quotes:\"\" '\u{ab}';}";
    assert_eq!(out, expected);
}

#[test]
fn sealing_cannot_make_a_sheet_grow_without_bound() {
    let text = "a{background:url(a)}".repeat(60_000);
    let (out, report) = with_css(|css| {
        let mut out = String::new();
        css.stylesheet(&text, &mut out);
        out
    });
    assert!(out.len() < text.len() * 10 + (2 << 20), "{} of {}", out.len(), text.len());
    assert!(report.removed.contains_key("css:size"));
    assert_eq!(out.matches("a{").count(), 60_000);
}
