//! The tree that comes out of HTML text, beside the tree of `markup5ever_rcdom`, and the bounds.

use std::fmt::Write as _;

use html5ever::tendril::TendrilSink;
use html5ever::{LocalName, QualName, ns};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::prelude::*;

use super::{HtmlError, Scripting, parse_document};
use crate::limits::Limits;
use crate::mirror::{Kind, Mirror, Namespace, Slot};

fn parse(html: &str) -> Mirror {
    parse_document(html, Scripting::On, &Limits::default(), 7).unwrap()
}

fn refused(html: &str, limits: &Limits) -> Option<HtmlError> {
    parse_document(html, Scripting::On, limits, 7).err()
}

/// One line per node, two spaces per level: the form in which parser tests are usually written.
pub(super) fn outline(mirror: &Mirror) -> String {
    let mut out = String::new();
    for slot in mirror.descendants(mirror.root()).skip(1) {
        let node = mirror.get(slot).unwrap();
        let level = usize::from(node.depth) - 2;
        line(&mut out, level, |out| match &node.kind {
            Kind::Document(_) => out.push_str("#document"),
            Kind::Doctype(doctype) => write!(out, "<!DOCTYPE {}>", doctype.name).unwrap(),
            Kind::Comment => out.push_str("<!-- -->"),
            Kind::Text(text) => write!(out, "{text:?}").unwrap(),
            Kind::Element { name, namespace, .. } => out.push_str(&tag(name, *namespace)),
        });
        for attribute in node.attributes() {
            let value = attribute.value.as_text();
            line(&mut out, level + 1, |out| write!(out, "{}={value:?}", attribute.name).unwrap());
        }
    }
    out
}

fn line(out: &mut String, level: usize, text: impl FnOnce(&mut String)) {
    out.push_str(&"  ".repeat(level));
    text(out);
    out.push('\n');
}

fn tag(name: &LocalName, namespace: Namespace) -> String {
    match namespace {
        Namespace::Html => format!("<{name}>"),
        Namespace::Svg => format!("<svg {name}>"),
        Namespace::MathMl => format!("<math {name}>"),
    }
}

/// As [`outline`], from the other tree; `template` and `noscript` left out, frames' `srcdoc` not looked into.
fn other_outline(html: &str) -> String {
    let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(html);
    let mut out = String::new();
    let mut waiting: Vec<(Handle, usize)> = children(&dom.document, 0);
    while let Some((node, level)) = waiting.pop() {
        match &node.data {
            NodeData::Document => {}
            NodeData::Doctype { name, .. } => {
                line(&mut out, level, |out| write!(out, "<!DOCTYPE {name}>").unwrap());
            }
            NodeData::Text { contents } => {
                let contents = contents.borrow();
                let text = if is_script(&node) { " " } else { &**contents };
                line(&mut out, level, |out| write!(out, "{text:?}").unwrap());
            }
            NodeData::Comment { .. } | NodeData::ProcessingInstruction { .. } => {
                line(&mut out, level, |out| out.push_str("<!-- -->"));
            }
            NodeData::Element { name, attrs, .. } => {
                let namespace = match name.ns {
                    ns!(svg) => Namespace::Svg,
                    ns!(mathml) => Namespace::MathMl,
                    _ => Namespace::Html,
                };
                if namespace == Namespace::Html && matches!(&*name.local, "template" | "noscript") {
                    continue;
                }
                line(&mut out, level, |out| out.push_str(&tag(&name.local, namespace)));
                for attr in attrs.borrow().iter() {
                    let prefix = attr.name.prefix.as_ref().map_or(String::new(), |prefix| format!("{prefix}:"));
                    line(&mut out, level + 1, |out| {
                        write!(out, "{prefix}{}={:?}", attr.name.local, &*attr.value).unwrap();
                    });
                }
                waiting.extend(children(&node, level + 1));
            }
        }
    }
    out
}

fn children(node: &Handle, level: usize) -> Vec<(Handle, usize)> {
    node.children.borrow().iter().rev().map(|child| (child.clone(), level)).collect()
}

/// Whether a text stands in a script: our tree keeps of it only that there is some.
fn is_script(text: &Handle) -> bool {
    let parent = text.parent.take();
    text.parent.set(parent.clone());
    let parent = parent.and_then(|parent| parent.upgrade());
    let is_script = |name: &QualName| name.ns == ns!(html) && &*name.local == "script";
    parent.is_some_and(|parent| matches!(&parent.data, NodeData::Element { name, .. } if is_script(name)))
}

/// Rows that reach each operation of the sink at least once.
const SOUP: [&str; 31] = [
    "<!DOCTYPE html><title>a</title><p>b&amp;c\nd",
    "<a>1<p>2</a>3</p>",
    "<b><i><p>x</b>y</i>z",
    "<table>a<tr>b<td>c</td>d</table>e",
    "<table><a>1<b>2</table>3",
    "<svg viewbox=1 xlink:href=#a><foreignobject><p>x<svg><lineargradient/></svg></foreignobject><p>out",
    "<math definitionurl=a><mi>x<annotation-xml encoding=text/html><p>y</annotation-xml></math>",
    "<math><annotation-xml><p>y",
    "<form><div></form><form></div>",
    "<body a=1><body a=2 b=3>x<html c=4>",
    "<frameset><frame></frameset><p>",
    "<p><frameset>",
    "<select><option>1<optgroup><option>2</select>3",
    "<template><p>in</template>out<template><template>x</template></template>",
    "<noscript><p>in</noscript><body><noscript><p>in</noscript>out",
    "<textarea>\n\n<p></textarea><pre>\n\nx</pre><plaintext><p>",
    "<script>if (a<b) '</scr'</script><style>a<b</style><xmp><p></xmp>",
    "<button><button><a href=1><a href=2><nobr><nobr>",
    "<ruby><rb>a<rt>b<rp>c</ruby><dl><dd>a<dt>b",
    "<!-- a --><?pi x?><!x><p><![CDATA[x]]><svg><![CDATA[y]]>",
    "<b id=1><b id=2><b id=3><p>x</p></b></b><p>y",
    "<table><caption><p>a<td>b<colgroup><col><tbody><th>c<table>d",
    "\u{feff}a\0b<p\0 c\0=d\0>\r\ne",
    "<iframe><p></iframe><object><p></object><applet></p>",
    "<script>a<p></SCRIPT x='>'>b<script></script>c",
    "<script><!--<script></script>a</script>b--></script><p>c",
    "<script><!--a</script><script>b--></script><p>c",
    "<script a='>'>b<!--<script></script>c</script>d",
    "<script a='>' b=\"<\">1<</script><SCRIPT >2</scripty></script>3",
    "<svg><script>a<b>c</script></svg><!--<script>--><p title='<script>'>d",
    "<p>a<script>b</scrip><p>c",
];

#[test]
fn the_tree_is_that_of_a_second_tree_builder() {
    for html in SOUP {
        assert_eq!(outline(&parse(html)), other_outline(html), "{html}");
    }
}

const PIECES: [&str; 40] = [
    "<p>",
    "</p>",
    "<a href=#>",
    "</a>",
    "<b>",
    "</b>",
    "<i x=1>",
    "</i>",
    "<div>",
    "</div>",
    "<table>",
    "</table>",
    "<tr>",
    "<td>",
    "</td>",
    "<svg>",
    "</svg>",
    "<math>",
    "</math>",
    "<mi>",
    "<foreignObject>",
    "<title>",
    "</title>",
    "<form>",
    "</form>",
    "<select>",
    "</select>",
    "<option>",
    "<button>",
    "<template>",
    "</template>",
    "<body>",
    "</body>",
    "<frameset>",
    "text",
    " ",
    "&amp;",
    "<!--x-->",
    "<style>",
    "</style>",
];

/// What decides where a script ends, and what only looks so.
const SCRIPT_PIECES: [&str; 16] = [
    "<script>",
    "</script>",
    "<SCRIPT a='>'>",
    "<script\na=<",
    "</Script x=\">",
    "<!--",
    "-->",
    "</scripts>",
    "</scrip",
    "<",
    ">",
    "\"",
    "'",
    " ",
    "<p>x",
    "<svg>",
];

proptest! {
    #[test]
    fn scripts_end_where_a_second_tree_builder_ends_them(picks in prop::collection::vec(0..SCRIPT_PIECES.len(), 0..20)) {
        let html: String = picks.into_iter().map(|pick| SCRIPT_PIECES[pick]).collect();
        prop_assert_eq!(outline(&parse(&html)), other_outline(&html), "{}", html);
    }

    #[test]
    fn any_soup_gives_the_tree_of_a_second_tree_builder(picks in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let html: String = picks.into_iter().map(|pick| PIECES[pick]).collect();
        prop_assert_eq!(outline(&parse(&html)), other_outline(&html), "{}", html);
    }

    #[test]
    fn no_text_panics(html in r#"(?s)[<>/a-c"'= &;!\-\n\x00p-t]{0,200}"#) {
        prop_assert_eq!(outline(&parse(&html)), other_outline(&html));
    }
}

#[test]
fn ids_are_unique_and_found() {
    let mirror = parse(SOUP.concat().as_str());
    let all: Vec<Slot> = mirror.descendants(mirror.root()).collect();
    for slot in &all {
        assert_eq!(mirror.find(mirror.get(*slot).unwrap().id), Some(*slot));
    }
    assert_eq!(all.len(), mirror.len(), "nothing lives outside the tree");
}

#[test]
fn a_frame_document_stands_beneath_its_frame() {
    let inner = "<iframe srcdoc=\"&amp;lt;b>deep\"></iframe>".replace('"', "&quot;");
    let mirror = parse(&format!("<p><iframe src=x srcdoc=\"<title>t</title>{inner}\">fallback</iframe>after"));
    let expected = "<html>\n  <head>\n  <body>\n    <p>\n      <iframe>\n        src=\"x\"\n        #document\n          <html>\n            <head>\n              <title>\n                \"t\"\n            <body>\n              <iframe>\n                #document\n                  <html>\n                    <head>\n                    <body>\n                      <b>\n                        \"deep\"\n      \"after\"\n";
    assert_eq!(outline(&mirror), expected);
}

#[test]
fn each_limit_ends_the_parsing() {
    let limits = Limits {
        nodes: 500,
        depth: 40,
        attributes_per_element: 5,
        text_bytes: 3_000,
        mirror_bytes: 20_000,
        html_bytes: 100_000,
        ..Limits::default()
    };
    let rows = [
        ("depth", "<div>".repeat(50)),
        ("depth", "<svg>".repeat(50)),
        ("depth", "<template>".repeat(50)),
        ("depth", "<table><td>".repeat(50)),
        ("nodes", "<br>".repeat(600)),
        (
            "nodes",
            format!("<p>{}</p>{}", (0..30).map(|n| format!("<b id={n}>")).collect::<String>(), "<p>x</p>".repeat(20)),
        ),
        ("text_bytes", "long ".repeat(700)),
        ("text_bytes", "&lt;".repeat(3_100)),
        ("text_bytes", format!("<p title='{}'>", "x".repeat(3_001))),
        ("mirror_bytes", format!("<p>{}", "x".repeat(2_900)).repeat(8)),
        ("mirror_bytes", format!("<{}>", "x".repeat(21_000))),
        ("mirror_bytes", format!("<p {}>", "x".repeat(21_000))),
        ("attributes_per_element", "<p a b c d e f>".to_owned()),
        ("attributes_per_element", "<body a b c><body d e f>".to_owned()),
        ("html_bytes", "<!--".to_owned() + &"x".repeat(100_000)),
        ("html_bytes", format!("<!--{}--><iframe srcdoc='<!--{}'>", "x".repeat(98_000), "x".repeat(2_000))),
    ];
    for (limit, html) in rows {
        assert_eq!(refused(&html, &limits), Some(HtmlError::OverLimit(limit)), "{html:.60}");
    }
}

#[test]
fn a_tag_that_never_ends_is_refused_before_it_costs() {
    let flood: String = (0..400_000).map(|n| format!("a{n} ")).collect();
    let over = Some(HtmlError::OverLimit("attributes_per_element"));
    for opening in
        ["<p ", "&am<p ", "<textarea></textar</textarea ", "<p q='<b y=\"' ", "<!--<p x='--><p ", "</p ", "<3<p "]
    {
        assert_eq!(refused(&format!("{opening}{flood}"), &Limits::default()), over, "{opening}");
    }
    let quoted = format!("<p title=\"{flood}\">1</p><!-- <p {flood} --><script>if (a<b {flood})</script>&lt;p {flood}");
    assert_eq!(refused(&quoted, &Limits::default()), None);
}

#[test]
fn text_that_grows_by_turns_costs_its_own_length() {
    let html = format!("<table>{}</table>", "<tr><td>b</td>a&amp;</tr>".repeat(20_000));
    let mirror = parse(&html);
    let texts = mirror.descendants(mirror.root()).filter_map(|slot| mirror.get(slot)?.text());
    assert_eq!(texts.map(str::len).max(), Some(40_000));
}

/// Floods that make a parser do more than its input is long: each is over a limit soon, or costs what it is long.
#[test]
fn no_flood_costs_more_than_its_bound() {
    let limits = Limits { html_steps: 4_000_000, nodes: 60_000, ..Limits::default() };
    let many = |piece: &str| piece.repeat((1 << 16) / piece.len());
    let numbered = |piece: &str| (0..4_000).map(|n| piece.replace('#', &n.to_string())).collect::<String>();
    let deep = |piece: &str| format!("{}{}", "<x-y>".repeat(500), many(piece));
    let rows = [
        (many("<b>"), Some("depth")),
        (many("<a>"), None),
        (many("<a><b>"), Some("depth")),
        (many("<p><b><i>"), Some("nodes")),
        (numbered("<p><b id=#></p>"), Some("nodes")),
        (
            format!("<p>{}</p>{}", (0..200).map(|n| format!("<b id={n}>")).collect::<String>(), many("<p>x</p>")),
            Some("nodes"),
        ),
        (many("<b></p>"), Some("depth")),
        (many("</b></a></p>"), None),
        (deep("</y>"), Some("html_steps")),
        (deep("</p>"), Some("html_steps")),
        (many("<table>x<tr>"), None),
        (format!("<table>{}", many("x<b>")), Some("depth")),
        (format!("<table>{}", many("<tr>x</tr>")), None),
        (format!("<p {}>", numbered("a# ")), Some("attributes_per_element")),
        (many("<svg><p>"), None),
        (many("<select><table>"), None),
        (many("<template>"), Some("depth")),
        (many("<!DOCTYPE x>"), None),
        (many("<form></form>"), None),
    ];
    let told = |(html, limit): &(String, Option<&'static str>)| {
        let found = refused(html, &limits);
        (found != limit.map(HtmlError::OverLimit)).then(|| format!("{html:.40}: {found:?}"))
    };
    assert_eq!(rows.iter().filter_map(told).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn templates_and_noscript_go_with_what_is_in_them() {
    let rows = [
        "<template><p>in</template>out",
        "<div><template><table><tr><td>in<template>in</template></table></template></div>out",
        "<noscript><img src=in></noscript><body><noscript><p>in</p></noscript>out",
        "<table><template><tr><td>in</template></table>out<svg><template>kept</template></svg>",
        "<iframe srcdoc='<template>in</template><noscript>in</noscript>out'></iframe>",
    ];
    for html in rows {
        let found = outline(&parse(html));
        assert!(!found.contains("in\"") && !found.contains("in<") && found.contains("out"), "{html}\n{found}");
    }
}

#[test]
fn without_scripts_noscript_holds_markup() {
    let html = "<body><noscript><p>in</p></noscript><iframe srcdoc='<p><noscript><b>in</noscript>'></iframe>";
    let found = outline(&parse_document(html, Scripting::Off, &Limits::default(), 7).unwrap());
    assert!(found.contains("<noscript>\n      <p>") && found.contains("<b>"), "{found}");
}
