//! What can be put on the page.

use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::page::{BODY, Node, Page};

/// A custom element with a shadow root.
pub(crate) const HOST: &str = "x-card";

/// Elements that hold others.
const BOXES: [&str; 8] = ["div", "p", "span", "ul", "section", "b", "x-plain", "label"];
/// Elements that hold nothing, or something of their own.
const LEAVES: [&str; 16] = [
    "img", "input", "textarea", "select", "style", "svg", "iframe", "video", "canvas", "dialog", "button", "script",
    "noscript", "a", "progress", HOST,
];
pub(crate) const CLASSES: [&str; 7] = ["", "plain", "plain two", "m", "b", "h", "m plain"];
/// Words of a class that restrict what wears it.
pub(crate) const RESTRICTED: [&str; 3] = ["m", "b", "h"];
pub(crate) const CARD: &str = "4111 1111 1111 1111";
pub(crate) const WORDS: [&str; 8] = ["some words", "more", " ", "", CARD, "•", "<b>&amp;", "ünïcödé 🙂"];
/// What a list offers.
pub(crate) const OPTIONS: [&str; 3] = ["one", "two", "three"];
const STYLE: &str = "b { color: red } .plain { top: 1px }";
pub(crate) const STYLE_RULES: usize = 2;
pub(crate) const RULES: [&str; 6] = [
    "a { color: red }",
    ".plain { margin: 1px 2px }",
    "@media print { b { color: blue } }",
    ".two::before { content: \"x\" }",
    "@import url(https://evil.example/x.css)",
    "p { background: url(https://cdn.example/p.png) }",
];

/// Puts something new somewhere; gives the numbers of all that is new, parents first.
pub(crate) fn grow(page: &mut Page, chance: &mut Chance) -> Vec<u32> {
    let mut places = page.list(|node| BOXES.contains(&node.name) || node.name == HOST || node.name == "dialog");
    places.push(BODY);
    let inner = page.list(|node| node.name == "body");
    places.extend(inner);
    let Some(parent) = chance.pick(&places) else { return Vec::new() };
    let is_host = page.nodes.get(&parent).is_some_and(|node| node.name == HOST);
    let in_shadow_root = is_host && chance.once_in(2);
    let before = sibling(page, chance, parent, in_shadow_root);
    let id = page.new_id();
    let mut node = match chance.below(5) {
        0 | 1 => Node { text: page.words(parent, chance).into(), ..Node::default() },
        2 | 3 => element(chance.word(&BOXES), chance),
        _ => element(chance.word(&LEAVES), chance),
    };
    node.parent = parent;
    node.in_shadow_root = in_shadow_root;
    let name = node.name;
    page.put(id, node, before);
    let mut made = vec![id];
    made.extend(inside(page, chance, id, name));
    made
}

/// A child to stand before, of the same tree: the page's own or the shadow root's.
pub(crate) fn sibling(page: &Page, chance: &mut Chance, parent: u32, in_shadow_root: bool) -> Option<u32> {
    let of_tree = |id: &u32| page.nodes.get(id).is_some_and(|node| node.in_shadow_root == in_shadow_root);
    let siblings: Vec<u32> = page.nodes.get(&parent)?.children.iter().copied().filter(of_tree).collect();
    if chance.once_in(2) { None } else { chance.pick(&siblings) }
}

fn element(name: &'static str, chance: &mut Chance) -> Node {
    let mut attributes = Map::new();
    if chance.once_in(2) {
        attributes.insert("class".into(), json!(chance.word(&CLASSES)));
    }
    for (key, value) in match name {
        "img" => {
            vec![("src", chance.word(&["https://cdn.example/i.png", "https://evil.example/i.png"])), ("alt", "words")]
        }
        "input" => {
            vec![("type", chance.word(&["text", "checkbox", "radio", "password", "email", "submit"])), ("value", "v")]
        }
        "style" => vec![("_cssText", STYLE)],
        "a" => vec![("href", "https://shop.example/there"), ("title", "a title")],
        "canvas" => vec![("width", "30"), ("height", "20")],
        "video" => vec![("src", "https://cdn.example/v.mp4")],
        "progress" => vec![("value", "3"), ("max", "9")],
        "svg" => vec![("viewBox", "0 0 9 9")],
        _ => vec![("data-x", "1")],
    } {
        attributes.insert(key.into(), json!(value));
    }
    Node { name, attributes, is_svg: name == "svg", ..Node::default() }
}

/// What an element comes with.
fn inside(page: &mut Page, chance: &mut Chance, parent: u32, name: &'static str) -> Vec<u32> {
    let mut made = Vec::new();
    let mut put = |page: &mut Page, node: Node| {
        let id = page.new_id();
        page.put(id, node, None);
        made.push(id);
        id
    };
    match name {
        "select" => {
            for value in OPTIONS {
                let mut option = Node { parent, name: "option", ..Node::default() };
                option.attributes.insert("value".into(), json!(value));
                let option = put(page, option);
                put(page, Node { parent: option, text: value.into(), ..Node::default() });
            }
        }
        "svg" => {
            let mut circle = Node { parent, name: "circle", is_svg: true, ..Node::default() };
            circle.attributes.insert("r".into(), Value::from("4"));
            put(page, circle);
        }
        "style" => {
            page.rules.insert(parent, STYLE_RULES);
            put(page, Node { parent, ..Node::default() });
        }
        HOST => {
            put(page, Node { parent, text: "in the shadow".into(), in_shadow_root: true, ..Node::default() });
            put(page, Node { parent, text: "in the light".into(), ..Node::default() });
        }
        "iframe" if chance.once_in(2) => {
            let document = put(page, Node { parent, is_document: true, ..Node::default() });
            let html = put(page, Node { parent: document, name: "html", ..Node::default() });
            let body = put(page, Node { parent: html, name: "body", ..Node::default() });
            put(page, Node { parent: body, text: "in a frame".into(), ..Node::default() });
        }
        "button" | "a" | "script" | "noscript" | "dialog" => {
            let text = page.words(parent, chance).into();
            put(page, Node { parent, text, ..Node::default() });
        }
        _ => {}
    }
    made
}
