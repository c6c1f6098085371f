//! The tree-construction cases of html5lib: where html5ever with its own tree passes one, so does ours.
//!
//! Our tree keeps no text of comments and scripts and nothing of `template`, nor of `noscript` where scripts run, so a case's
//! tree is read without them.

use std::collections::{BTreeMap, BTreeSet};

use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{LocalName, ParseOpts, QualName, ns};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use serde_json::Value;
use vitrine_core::html::{Scripting, parse_document, parse_fragment};
use vitrine_core::limits::Limits;
use vitrine_core::mirror::{Kind, Mirror, Namespace, Slot};

use super::public::files;
use super::{Outcome, rows, text, texts};

#[test]
fn ours_passes_what_html5ever_passes() {
    let Some((_, cases)) = files("attacks", "html5lib_tree_construction.json").pop() else { return };
    let listed = listed_misses();
    let mut outcome = Outcome::default();
    let mut seen = BTreeSet::new();
    let (mut ours_pass, mut theirs_pass) = (0, 0);
    for case in rows(&cases) {
        outcome.rows += 1;
        let id = text(&case, "id");
        let expected = text(&case, "tree");
        let theirs = their_tree(&case) == lines(expected);
        let found = our_tree(&case);
        let ours = found == kept(&lines(expected), scripting(&case));
        ours_pass += usize::from(ours);
        theirs_pass += usize::from(theirs);
        match (theirs, ours, listed.contains_key(id)) {
            (true, false, false) => outcome.fail(id, format!("is a miss:\n{}", found.join("\n"))),
            (_, true, true) | (false, false, true) => outcome.fail(id, "is listed, and is no miss"),
            _ => {}
        }
        seen.insert(id.to_owned());
    }
    for id in listed.keys().filter(|id| !seen.contains(*id)) {
        outcome.fail(id, "is listed, and is no case");
    }
    if ours_pass + listed.len() < theirs_pass {
        outcome.fail("sum", format!("ours passes {ours_pass}, html5ever {theirs_pass}"));
    }
    println!("html5lib: of {} cases ours passes {ours_pass}, html5ever {theirs_pass}", outcome.rows);
    outcome.end();
}

/// Case by case, why ours gives another tree.
fn listed_misses() -> BTreeMap<String, String> {
    let mut listed = BTreeMap::new();
    for row in rows(include_str!("html5lib_misses.json")) {
        for id in texts(&row, "cases") {
            let before = listed.insert(id.to_owned(), text(&row, "why").to_owned());
            assert!(before.is_none() && !text(&row, "why").is_empty(), "{id} is listed twice or without a reason");
        }
    }
    listed
}

/// A tree in html5lib's form, a node or attribute an entry; text may run over several lines.
fn lines(tree: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in tree.split('\n') {
        match (line.strip_prefix("| "), found.last_mut()) {
            (Some(line), _) => found.push(line.to_owned()),
            (None, Some(last)) => {
                last.push('\n');
                last.push_str(line);
            }
            (None, None) => {}
        }
    }
    found
}

/// What our tree keeps of it.
fn kept(tree: &[String], scripting: Scripting) -> Vec<String> {
    let mut found = Vec::new();
    let mut gone_level = None;
    let mut script_level = None;
    for line in tree {
        let bare = line.trim_start_matches(' ');
        let level = line.len() - bare.len();
        if gone_level.is_some_and(|gone| level > gone) {
            continue;
        }
        let is_gone = bare == "<template>" || bare == "<noscript>" && scripting == Scripting::On;
        gone_level = is_gone.then_some(level);
        if gone_level.is_some() {
            continue;
        }
        script_level = script_level.filter(|script| level > *script);
        let indent = " ".repeat(level);
        if script_level.is_some() && bare.starts_with('"') {
            // Of code is kept that there is some.
            found.push(format!("{indent}\" \""));
        } else if bare.starts_with("<!--") || bare.starts_with("<?") {
            found.push(format!("{indent}<!-- -->"));
        } else {
            script_level = script_level.or_else(|| (bare == "<script>").then_some(level));
            found.push(line.clone());
        }
    }
    found
}

/// The element whose content a case is.
fn context(case: &Value) -> Option<(&str, Namespace)> {
    let written = case.get("fragment").and_then(Value::as_str)?;
    Some(match written.split_once(' ') {
        Some(("svg", name)) => (name, Namespace::Svg),
        Some(("math", name)) => (name, Namespace::MathMl),
        _ => (written, Namespace::Html),
    })
}

/// Whether scripts run; a case that says nothing of it gives the same tree either way.
fn scripting(case: &Value) -> Scripting {
    if text(case, "scripting") == "off" { Scripting::Off } else { Scripting::On }
}

fn our_tree(case: &Value) -> Vec<String> {
    let (html, limits) = (text(case, "html"), Limits::default());
    let mirror = match context(case) {
        Some(within) => parse_fragment(html, within, scripting(case), &limits, 7),
        None => parse_document(html, scripting(case), &limits, 7),
    };
    match mirror {
        Ok(mirror) => our_lines(&mirror, context(case).is_some()),
        Err(error) => vec![error.to_string()],
    }
}

fn our_lines(mirror: &Mirror, is_fragment: bool) -> Vec<String> {
    let mut out = Vec::new();
    // A fragment's nodes stand beneath an element that no case names.
    let above = if is_fragment { 2 } else { 1 };
    let nodes = mirror.descendants(mirror.root()).filter_map(|slot: Slot| mirror.get(slot));
    for node in nodes.filter(|node| usize::from(node.depth) > above) {
        let level = usize::from(node.depth) - above - 1;
        let line = match &node.kind {
            Kind::Document(_) => continue,
            Kind::Doctype(it) => doctype(&it.name, &it.public_id, &it.system_id),
            Kind::Comment => "<!-- -->".to_owned(),
            Kind::Text(text) => format!("\"{text}\""),
            Kind::Element { name, namespace, .. } => {
                let prefix = match namespace {
                    Namespace::Html => "",
                    Namespace::Svg => "svg ",
                    Namespace::MathMl => "math ",
                };
                format!("<{prefix}{name}>")
            }
        };
        let is_foreign = !matches!(node.element(), None | Some((_, Namespace::Html)));
        // html5lib writes the prefix of a namespace that is known apart from the name.
        let separate = |name: &str| match name.split_once(':') {
            Some(("xlink" | "xmlns", _)) | Some(("xml", "lang" | "space")) if is_foreign => name.replacen(':', " ", 1),
            _ => name.to_owned(),
        };
        let attributes = node.attributes().iter().map(|a| (separate(&a.name), a.value.as_text().into_owned()));
        push(&mut out, level, line, attributes.collect());
    }
    out
}

fn doctype(name: &str, public_id: &str, system_id: &str) -> String {
    if public_id.is_empty() && system_id.is_empty() {
        format!("<!DOCTYPE {name}>")
    } else {
        format!("<!DOCTYPE {name} \"{public_id}\" \"{system_id}\">")
    }
}

fn push(out: &mut Vec<String>, level: usize, line: String, mut attributes: Vec<(String, String)>) {
    out.push(format!("{}{line}", "  ".repeat(level)));
    attributes.sort();
    out.extend(attributes.into_iter().map(|(name, value)| format!("{}{name}=\"{value}\"", "  ".repeat(level + 1))));
}

fn their_tree(case: &Value) -> Vec<String> {
    let scripting_enabled = scripting(case) == Scripting::On;
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts { scripting_enabled, ..TreeBuilderOpts::default() },
        ..ParseOpts::default()
    };
    let html = text(case, "html");
    let Some((name, namespace)) = context(case) else {
        let dom = html5ever::parse_document(RcDom::default(), options).one(html);
        return their_lines(&dom.document);
    };
    let namespace = match namespace {
        Namespace::Html => ns!(html),
        Namespace::Svg => ns!(svg),
        Namespace::MathMl => ns!(mathml),
    };
    let name = QualName::new(None, namespace, LocalName::from(name));
    let parser = html5ever::parse_fragment(RcDom::default(), options, name, Vec::new(), scripting_enabled);
    let dom = parser.one(html);
    let root = dom.document.children.borrow().first().cloned();
    root.map(|root| their_lines(&root)).unwrap_or_default()
}

fn their_lines(top: &Handle) -> Vec<String> {
    let mut out = Vec::new();
    let below = |node: &Handle, level: usize| -> Vec<(Handle, usize)> {
        node.children.borrow().iter().rev().map(|child| (child.clone(), level)).collect()
    };
    let mut waiting = below(top, 0);
    while let Some((node, level)) = waiting.pop() {
        let mut attributes = Vec::new();
        let line = match &node.data {
            NodeData::Document => "content".to_owned(),
            NodeData::Doctype { name, public_id, system_id } => doctype(name, public_id, system_id),
            NodeData::Text { contents } => format!("\"{}\"", contents.borrow()),
            NodeData::Comment { contents } => format!("<!-- {contents} -->"),
            NodeData::ProcessingInstruction { target, contents } => format!("<?{target} {contents}>"),
            NodeData::Element { name, attrs, template_contents, .. } => {
                for attr in attrs.borrow().iter() {
                    let prefix = attr.name.prefix.as_ref().map_or(String::new(), |prefix| format!("{prefix} "));
                    attributes.push((format!("{prefix}{}", attr.name.local), attr.value.to_string()));
                }
                waiting.extend(template_contents.borrow().iter().map(|contents| (contents.clone(), level + 1)));
                let prefix = match name.ns {
                    ns!(svg) => "svg ",
                    ns!(mathml) => "math ",
                    _ => "",
                };
                format!("<{prefix}{}>", name.local)
            }
        };
        push(&mut out, level, line, attributes);
        waiting.extend(below(&node, level + 1));
    }
    out
}
