//! What the writer wrote, read back.

use std::collections::BTreeSet;

use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, ns};
use markup5ever_rcdom::{NodeData, RcDom};
use proptest::prelude::*;

use super::write::HtmlWriter;
use super::{Scripting, parse_document, tests::outline};
use crate::limits::Limits;
use crate::mirror::{Kind, Mirror, Namespace, Slot};

fn parse(html: &str) -> Mirror {
    parse_document(html, Scripting::On, &Limits::default(), 7).unwrap()
}

/// The mirror as it is, nothing sanitized.
fn write(mirror: &Mirror) -> String {
    let mut writer = HtmlWriter::new();
    let root = mirror.root();
    let mut at = mirror.first_child(root);
    while let Some(slot) = at {
        let entered = enter(mirror, slot, &mut writer);
        at = mirror.first_child(slot).or_else(|| leave(mirror, slot, root, &mut writer, entered));
    }
    writer.finish()
}

/// Whether the node is one that is closed.
fn enter(mirror: &Mirror, slot: Slot, writer: &mut HtmlWriter) -> bool {
    match &mirror.get(slot).unwrap().kind {
        Kind::Document(_) => writer.open_frame_document(),
        Kind::Doctype(doctype) => writer.doctype(&doctype.name, &doctype.public_id, &doctype.system_id),
        Kind::Element { name, namespace, attributes, .. } => {
            writer.open(name, *namespace);
            for attribute in attributes {
                writer.attribute(&attribute.name, &attribute.value.as_text());
            }
            writer.open_end();
        }
        Kind::Text(text) => writer.text(text),
        Kind::Comment => {}
    }
    is_closed(mirror, slot)
}

fn is_closed(mirror: &Mirror, slot: Slot) -> bool {
    matches!(mirror.get(slot).unwrap().kind, Kind::Document(_) | Kind::Element { .. })
}

fn leave(mirror: &Mirror, slot: Slot, root: Slot, writer: &mut HtmlWriter, entered: bool) -> Option<Slot> {
    if entered {
        writer.close();
    }
    let mut at = slot;
    loop {
        if let Some(next) = mirror.next_sibling(at) {
            return Some(next);
        }
        at = mirror.parent(at).filter(|parent| *parent != root)?;
        writer.close();
    }
}

#[test]
fn what_html_can_say_reads_back_as_it_was() {
    let rows = [
        "<!DOCTYPE html><html lang=\"a&quot;b\"><head><title>a &lt;b&gt; c</title></head><body><p>x &amp; y</p></body></html>",
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\"><p>x",
        "<pre>\n\nx</pre><pre>\n</pre><pre>a</pre><textarea>\n\n&lt;/textarea&gt;<b></textarea>",
        "<ul><li>1<li>2</ul><table><caption>c</caption><tr><td>1<th>2</table><br><hr><img alt='\"'>",
        "<svg viewBox='0 0 1 1'><linearGradient id=a /><style>a{b:c}</style><a xlink:href=#a><text>x</text></a></svg>",
        "<svg><foreignObject><p>x</p></foreignObject><title><b>y</b></title></svg><math><mi>x</mi></math>",
        "<style>a > b { c: d }</style><select><option selected>1</select>a&#13;b&nbsp;c",
    ];
    for html in rows {
        let first = outline(&parse(html)).replace("      <meta>\n", "");
        let text = write(&parse(html));
        let second = outline(&parse(&text)).replace("    <meta>\n      charset=\"utf-8\"\n", "");
        assert_eq!(first, second, "{text}");
    }
}

/// What is tried, how, and what stands there afterwards.
type Row<'a> = (&'a str, &'a dyn Fn(&mut HtmlWriter), &'a str);

#[test]
fn what_must_not_be_read_back_is_not_written() {
    let rows: [Row; 11] = [
        ("raw text elements", &|w| element(w, "xmp", "</xmp><script>"), ""),
        ("script in svg", &|w| nested(w, &[("svg", Namespace::Svg), ("script", Namespace::Svg)], "x"), "<svg></svg>"),
        (
            "elements in textarea",
            &|w| nested(w, &[("textarea", Namespace::Html), ("b", Namespace::Html)], "x"),
            "<textarea></textarea>",
        ),
        ("text in iframe", &|w| element(w, "iframe", "<b>"), "<iframe></iframe>"),
        ("text in a void element", &|w| element(w, "img", "x"), "<img>"),
        (
            "svg in math",
            &|w| nested(w, &[("math", Namespace::MathMl), ("mrow", Namespace::MathMl), ("svg", Namespace::Svg)], "x"),
            "<math><mrow></mrow></math>",
        ),
        ("html in svg", &|w| nested(w, &[("svg", Namespace::Svg), ("div", Namespace::Html)], "x"), "<svg></svg>"),
        (
            "svg without its root",
            &|w| nested(w, &[("div", Namespace::Html), ("path", Namespace::Svg)], "x"),
            "<div></div>",
        ),
        ("a bad name", &|w| element(w, "a b<", "x"), "<span>x</span>"),
        (
            "a body in a div",
            &|w| nested(w, &[("div", Namespace::Html), ("body", Namespace::Html)], ""),
            "<div><div></div></div>",
        ),
        (
            "markup and references in css",
            &|w| element(w, "style", "&lt;a<b&:c & d&"),
            "<style>\\26 lt;a\\3C b&:c & d\\26 </style>",
        ),
    ];
    for (what, write, expected) in rows {
        let mut writer = HtmlWriter::new();
        write(&mut writer);
        assert_eq!(writer.finish(), expected, "{what}");
    }
    let mut writer = HtmlWriter::new();
    writer.open("p", Namespace::Html);
    for name in ["a b", "x>", "\"", "=", "é", "", "a/"] {
        writer.attribute(name, "v");
    }
    writer.attribute("xlink:href", "\"><b>&");
    writer.open_end();
    assert_eq!(writer.finish(), "<p xlink:href=\"&quot;&gt;&lt;b&gt;&amp;\"></p>");
}

fn element(writer: &mut HtmlWriter, name: &str, text: &str) {
    nested(writer, &[(name, Namespace::Html)], text);
}

fn nested(writer: &mut HtmlWriter, names: &[(&str, Namespace)], text: &str) {
    for (name, namespace) in names {
        writer.open(name, *namespace);
        writer.open_end();
    }
    writer.text(text);
    names.iter().for_each(|_| writer.close());
}

#[test]
fn a_frame_document_is_a_labelled_box() {
    for (around, name) in [("section", "div"), ("p", "span")] {
        let html = format!(
            "<{around}>a<iframe class=c srcdoc=\"<!DOCTYPE html><html id=h><title>t</title><style>s{{}}</style><body id=b>in\"></iframe>z"
        );
        let expected = format!(
            "<html><head><meta charset=\"utf-8\"></head><body><{around}>a<{name} data-vitrine-frame=\"srcdoc\" class=\"c\">\
            <{name} id=\"h\"><{name}><style>s{{}}</style></{name}><{name} id=\"b\">in</{name}></{name}></{name}>z</{around}></body></html>"
        );
        assert_eq!(write(&parse(&html)), expected);
    }
}

/// Names that parsers treat in ways of their own.
const NAMES: [&str; 52] = [
    "p",
    "a",
    "b",
    "i",
    "nobr",
    "div",
    "span",
    "table",
    "tbody",
    "tr",
    "td",
    "caption",
    "colgroup",
    "col",
    "select",
    "option",
    "optgroup",
    "button",
    "form",
    "input",
    "img",
    "pre",
    "textarea",
    "title",
    "style",
    "head",
    "body",
    "html",
    "iframe",
    "script",
    "template",
    "noscript",
    "xmp",
    "plaintext",
    "noembed",
    "frameset",
    "frame",
    "image",
    "svg",
    "math",
    "foreignObject",
    "desc",
    "mi",
    "mtext",
    "mglyph",
    "malignmark",
    "annotation-xml",
    "font",
    "h1",
    "li",
    "dd",
    "br",
];

const TEXTS: [&str; 14] = [
    "plain",
    "\n",
    "</style><script>x</script>",
    "<img src=x onerror=alert(1)>",
    "--><b>",
    "]]><b>",
    "</textarea><b>",
    "&lt;b>",
    "\0<b>",
    "</title><b>",
    "<!--",
    "<![CDATA[",
    "\r\n",
    "'\"><b onclick=x>",
];

#[derive(Debug, Clone)]
enum Call {
    Open(usize, u8, Option<usize>),
    Text(usize),
    Css(usize),
    Close,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let call = prop_oneof![
        5 => (0..NAMES.len(), 0..3_u8, prop::option::of(0..TEXTS.len())).prop_map(|(n, s, t)| Call::Open(n, s, t)),
        2 => (0..TEXTS.len()).prop_map(Call::Text),
        1 => (0..TEXTS.len()).prop_map(Call::Css),
        3 => Just(Call::Close),
    ];
    prop::collection::vec(call, 0..40)
}

/// Elements as (name, attributes), the name in lower case with its namespace before it.
type Elements = BTreeSet<(String, Vec<(String, String)>)>;

fn perform(calls: &[Call]) -> (String, Elements) {
    let mut writer = HtmlWriter::new();
    let mut written = Elements::new();
    for call in calls {
        match call {
            Call::Open(name, namespace, value) => {
                let name = NAMES[*name];
                let (namespace, prefix) =
                    [(Namespace::Html, ""), (Namespace::Svg, "svg "), (Namespace::MathMl, "math ")]
                        [usize::from(*namespace)];
                writer.open(name, namespace);
                let attributes: Vec<(String, String)> =
                    value.iter().map(|v| ("title".to_owned(), TEXTS[*v].to_owned())).collect();
                attributes.iter().for_each(|(name, value)| writer.attribute(name, value));
                writer.open_end();
                let value = |text: &String| text.replace('\0', "\u{fffd}");
                let attributes = attributes.iter().map(|(name, text)| (name.clone(), value(text))).collect::<Vec<_>>();
                written.insert((format!("{prefix}{}", name.to_ascii_lowercase()), attributes.clone()));
                if prefix.is_empty() {
                    // Where a parser would move or drop it, it stands under another name.
                    written.insert(("div".to_owned(), attributes.clone()));
                    written.insert(("span".to_owned(), attributes));
                }
            }
            Call::Text(text) => writer.text(TEXTS[*text]),
            Call::Css(text) => writer.raw_css(TEXTS[*text]),
            Call::Close => writer.close(),
        }
    }
    (writer.finish(), written)
}

fn read_back(html: &str, scripting_enabled: bool) -> Elements {
    let options = TreeBuilderOpts { scripting_enabled, ..TreeBuilderOpts::default() };
    let options = ParseOpts { tree_builder: options, ..ParseOpts::default() };
    let dom = html5ever::parse_document(RcDom::default(), options).one(html);
    let mut waiting = vec![dom.document.clone()];
    let mut found = Elements::new();
    while let Some(node) = waiting.pop() {
        waiting.extend(node.children.borrow().iter().cloned());
        if let NodeData::Element { name, attrs, template_contents, .. } = &node.data {
            waiting.extend(template_contents.borrow().clone());
            let attributes =
                attrs.borrow().iter().map(|attr| (attr.name.local.to_string(), attr.value.to_string())).collect();
            let prefix = match name.ns {
                ns!(svg) => "svg ",
                ns!(mathml) => "math ",
                _ => "",
            };
            found.insert((format!("{prefix}{}", name.local.to_ascii_lowercase()), attributes));
        }
    }
    found
}

/// Elements that a parser adds of itself, bare, and the writer's own.
const IMPLIED: [&str; 9] = ["html", "head", "body", "tbody", "tr", "colgroup", "p", "br", "form"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(2_000)))]

    #[test]
    fn nothing_is_read_back_that_was_not_written(calls in calls()) {
        let (html, written) = perform(&calls);
        for scripting in [true, false] {
            for (name, attributes) in read_back(&html, scripting) {
                let implied = attributes.is_empty() && IMPLIED.contains(&name.as_str());
                let charset = name == "meta" && attributes == [("charset".to_owned(), "utf-8".to_owned())];
                let never = ["script", "template", "noscript", "xmp", "plaintext", "noembed", "frameset", "frame"];
                prop_assert!(!never.contains(&name.as_str()), "<{}> in {}", name, html);
                let known = written.contains(&(name.clone(), attributes.clone()));
                prop_assert!(known || implied || charset, "<{}> {:?} in {}", name, attributes, html);
            }
        }
    }
}
