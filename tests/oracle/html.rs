//! HTML text, parsed again as a browser would, with scripts on and with scripts off.

use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, ns, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use super::attributes::Attributes;
use super::css::CssPlace;
use super::names::{MATHML_ELEMENTS, holds};
use super::{Judge, Violation};

/// Everything in an HTML document that contract section 5.1 to 5.3 forbids. `base_path` is the prefix of sealed paths.
///
/// The text is parsed twice, since `noscript` reads differently with scripts on and off.
#[must_use]
pub fn check_html(html: &str, base_path: &str) -> Vec<Violation> {
    let mut judge = Judge::new(base_path);
    for scripting in [true, false] {
        // The tree is emptied when the document is dropped: keep it until all is read.
        let dom = parse(html, scripting);
        walk(&dom.document, |node| {
            judge.node(node);
            true
        });
    }
    judge.found.dedup();
    judge.found
}

/// The text that a reader sees, white space collapsed: what stands outside `head`, scripts, styles, templates and what a
/// browser with scripts never shows.
#[must_use]
pub fn visible_text(html: &str) -> String {
    let dom = parse(html, true);
    let mut words = Vec::new();
    walk(&dom.document, |node| match &node.data {
        NodeData::Text { contents } => {
            words.extend(contents.borrow().split_whitespace().map(str::to_owned));
            false
        }
        NodeData::Element { name, .. } => !matches!(
            &*name.local,
            "script" | "style" | "template" | "noscript" | "head" | "iframe" | "noembed" | "noframes" | "title"
        ),
        _ => true,
    });
    words.join(" ")
}

fn parse(html: &str, scripting_enabled: bool) -> RcDom {
    let tree_builder = TreeBuilderOpts { scripting_enabled, ..TreeBuilderOpts::default() };
    parse_document(RcDom::default(), ParseOpts { tree_builder, ..ParseOpts::default() }).one(html)
}

/// Visits nodes in document order, template contents included; beneath a node only if `visit` says so.
fn walk(top: &Handle, mut visit: impl FnMut(&Handle) -> bool) {
    let mut waiting = vec![top.clone()];
    while let Some(node) = waiting.pop() {
        if visit(&node) {
            waiting.extend(node.children.borrow().iter().rev().cloned());
            if let NodeData::Element { template_contents, .. } = &node.data {
                waiting.extend(template_contents.borrow().clone());
            }
        }
    }
}

impl Judge {
    fn node(&mut self, node: &Handle) {
        let NodeData::Element { name, attrs, .. } = &node.data else { return };
        let attributes: Attributes = attrs
            .borrow()
            .iter()
            .map(|attr| {
                let prefix = attr.name.prefix.as_ref().map_or(String::new(), |prefix| format!("{prefix}:"));
                (format!("{prefix}{}", attr.name.local), attr.value.to_string())
            })
            .collect();
        self.element(&name.local, name.ns == ns!(svg), &attributes);
        if name.ns == ns!(mathml) {
            self.require(holds(MATHML_ELEMENTS, &name.local), "element", || format!("<math {}>", name.local));
        }
        if name.local.to_ascii_lowercase() == *"style" {
            self.css(&text_of(node), CssPlace::Markup, "<style>");
        }
    }
}

fn text_of(node: &Handle) -> String {
    let children = node.children.borrow();
    children
        .iter()
        .map(
            |child| {
                if let NodeData::Text { contents } = &child.data {
                    contents.borrow().to_string()
                } else {
                    String::new()
                }
            },
        )
        .collect()
}
