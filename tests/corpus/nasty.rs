//! Documents that no author writes: foreign content, tables, templates, mis-nesting, attributes of every kind.

use proptest::prelude::*;

/// Elements that a parser treats in ways of their own, and some that it does not.
const NAMES: &[&str] = &[
    "p",
    "div",
    "a",
    "b",
    "i",
    "nobr",
    "font",
    "h1",
    "li",
    "dd",
    "button",
    "form",
    "pre",
    "br",
    "hr",
    "img",
    "input",
    "textarea",
    "select",
    "optgroup",
    "option",
    "table",
    "caption",
    "colgroup",
    "col",
    "tbody",
    "tr",
    "td",
    "th",
    "ruby",
    "rt",
    "svg",
    "math",
    "mi",
    "mtext",
    "mfrac",
    "annotation-xml",
    "semantics",
    "mglyph",
    "foreignObject",
    "desc",
    "title",
    "style",
    "script",
    "template",
    "noscript",
    "iframe",
    "object",
    "frameset",
    "frame",
    "body",
    "html",
    "head",
    "link",
    "meta",
    "base",
    "xmp",
    "plaintext",
    "listing",
    "video",
    "source",
    "picture",
    "use",
    "image",
    "linearGradient",
    "g",
    "animate",
    "x-own",
    "details",
    "dialog",
    "marquee",
    "image",
    "area",
    "map",
];

const ATTRIBUTES: &[&str] = &[
    "class",
    "id",
    "style",
    "title",
    "href",
    "src",
    "srcset",
    "xlink:href",
    "onclick",
    "data-x",
    "aria-label",
    "width",
    "type",
    "value",
    "name",
    "rel",
    "media",
    "fill",
    "background",
    "poster",
    "srcdoc",
    "encoding",
    "lang",
    "placeholder",
    "rr_dataURL",
    "_cssText",
    "color",
    "size",
    "checked",
];

const VALUES: &[&str] = &[
    "",
    "m",
    "b",
    "h",
    "plain words",
    "1",
    "text/html",
    "stylesheet",
    "password",
    "hidden",
    "checkbox",
    "#f",
    "a\"b'c<d>&e",
    "&quot;&#39;&lt;&amp;&amp;lt;",
    "https://cdn.ok.example/a.png?b=1&c=2",
    "a.png 1x, https://shop.example/b.png?x=1,2 2x",
    "https://evil.example/",
    "javascript:alert(1)",
    "color:red;background:url('https://cdn.ok.example/x?a=1&b=(2)')",
    "background:u\\72l(x);--a:url(//evil.example);content:'x'",
    "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
    "<p class=m>in<svg><style>p{color:red}</style></svg>",
    "url(#f)",
    "4111 1111 1111 1111",
    "\u{a0}\u{2028}é\u{1f600}",
    "  two  spaces\n",
    "p{background:url(https://cdn.ok.example/y)}",
    "100%",
];

const TEXTS: &[&str] = &[
    "words",
    " ",
    "\n",
    "\n\n",
    "&amp;lt;",
    "&nbsp;",
    "a<b",
    "p>a{color:red}q::after{content:'&amp;<'}",
    "@import 'https://cdn.ok.example/s.css?a=1&b=2';p{background:url(https://cdn.ok.example/z?a=1&b=2)}",
    "--><b>",
    "]]>",
    "<![CDATA[x]]>",
    "<!--c-->",
    "<!DOCTYPE html>",
    "4111 1111 1111 1111",
    "\u{0}",
    "\r\n",
    "é\u{1f600}",
];

fn pick(list: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    (0..list.len()).prop_map(move |at| list.get(at).copied().unwrap_or_default())
}

fn start_tag() -> impl Strategy<Value = String> {
    let attributes = prop::collection::vec((pick(ATTRIBUTES), pick(VALUES)), 0..4);
    (pick(NAMES), attributes, prop::bool::weighted(0.1)).prop_map(|(name, attributes, closes)| {
        let mut tag = format!("<{name}");
        for (attribute, value) in attributes {
            tag.push_str(&format!(" {attribute}=\"{}\"", value.replace('"', "&quot;")));
        }
        tag + if closes { "/>" } else { ">" }
    })
}

/// Tags and texts in any order.
pub(crate) fn document() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        5 => start_tag(),
        3 => pick(NAMES).prop_map(|name| format!("</{name}>")),
        3 => pick(TEXTS).prop_map(str::to_owned),
    ];
    (any::<bool>(), prop::collection::vec(piece, 0..40)).prop_map(|(is_modern, pieces)| {
        let doctype = if is_modern { "<!DOCTYPE html>" } else { "" };
        doctype.to_owned() + &pieces.concat()
    })
}
