//! What is read as one though it stands in several nodes: the texts of a block, and the short fields of a form.

use std::sync::LazyLock;

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use html5ever::{LocalName, local_name};

use crate::mirror::{Kind, Mirror, Namespace, Node, Slot};
use crate::sanitize::{is_unknown_html, never_shows};

/// Nodes between two texts of a block over which they are still read as one. A bound on work.
const STEPS_BETWEEN_TEXTS_MAX: usize = 64;
/// Nodes between two short fields of a form over which they still belong together.
const STEPS_BETWEEN_BOXES_MAX: usize = 128;
/// Short fields that belong together, on either side of one.
const BOXES_MAX: usize = 16;
/// Characters that a short field takes.
const BOX_CHARACTERS_MAX: usize = 8;
/// Digits in a field that does not say how much it takes, and looks like one of several.
const BOX_DIGITS: std::ops::RangeInclusive<usize> = 3..=6;

/// HTML elements that stand within a line of text.
const INLINE: [&str; 41] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "nobr", "output", "q", "rb", "rp", "rt", "ruby", "s", "samp", "slot", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

static INLINE_NAMES: LazyLock<HashSet<LocalName, FixedState>> =
    LazyLock::new(|| INLINE.iter().map(|name| LocalName::from(*name)).collect());

/// Types of `input` that no number is typed into.
const NOT_BOXES: [&str; 11] =
    ["hidden", "range", "color", "checkbox", "radio", "file", "submit", "image", "reset", "button", "date"];

/// The text before this one in the same block container, in tree order.
pub(crate) fn text_before(mirror: &Mirror, slot: Slot) -> Option<Slot> {
    beside(mirror, slot, Mirror::previous_sibling, Mirror::last_child)
}

/// The text after this one in the same block container, in tree order.
pub(crate) fn text_after(mirror: &Mirror, slot: Slot) -> Option<Slot> {
    beside(mirror, slot, Mirror::next_sibling, Mirror::first_child)
}

fn beside(
    mirror: &Mirror,
    slot: Slot,
    sibling: impl Fn(&Mirror, Slot) -> Option<Slot>,
    child: impl Fn(&Mirror, Slot) -> Option<Slot>,
) -> Option<Slot> {
    let mut at = slot;
    let mut entered = false;
    for _ in 0..STEPS_BETWEEN_TEXTS_MAX {
        let below = if entered { child(mirror, at) } else { None };
        let next = below.or_else(|| sibling(mirror, at));
        let Some(here) = next else {
            at = mirror.parent(at).filter(|up| mirror.get(*up).is_some_and(is_inline))?;
            entered = false;
            continue;
        };
        let node = mirror.get(here)?;
        match &node.kind {
            Kind::Text(_) => return Some(here),
            Kind::Comment => {}
            Kind::Element { .. } if is_inline(node) => {}
            Kind::Element { .. } if is_never_shown(node) => {
                at = here;
                entered = false;
                continue;
            }
            Kind::Element { .. } | Kind::Document(_) | Kind::Doctype(_) => return None,
        }
        at = here;
        entered = true;
    }
    None
}

fn is_inline(node: &Node) -> bool {
    match node.element() {
        // What a browser does not know, custom elements among it, stands in the line by default.
        Some((name, Namespace::Html)) => INLINE_NAMES.contains(name) || is_unknown_html(name),
        Some((name, Namespace::Svg)) => matches!(&**name, "tspan" | "textPath" | "textpath" | "a"),
        Some((_, Namespace::MathMl)) | None => false,
    }
}

/// Scripts, sheets, templates: a line goes on behind them as if they were not there.
fn is_never_shown(node: &Node) -> bool {
    node.element().is_some_and(|(name, namespace)| never_shows(name, namespace))
}

/// The short fields of one form that follow each other without another field between, in tree order, this one among
/// them: a number may be typed into all of them together. A field that is not short stands alone.
pub(crate) fn boxes(mirror: &Mirror, slot: Slot) -> Vec<Slot> {
    if !mirror.get(slot).is_some_and(is_box) {
        return vec![slot];
    }
    let mut found: Vec<Slot> = boxes_beside(mirror, slot, before);
    found.reverse();
    found.push(slot);
    found.extend(boxes_beside(mirror, slot, after));
    found
}

/// The short fields on one side of this one, nearest first.
fn boxes_beside(mirror: &Mirror, slot: Slot, step: impl Fn(&Mirror, Slot) -> Option<Slot>) -> Vec<Slot> {
    let form = form_of(mirror, slot);
    let mut found = Vec::new();
    let mut at = slot;
    let mut steps = 0;
    while let Some(here) = step(mirror, at) {
        at = here;
        steps += 1;
        if steps > STEPS_BETWEEN_BOXES_MAX || found.len() >= BOXES_MAX {
            break;
        }
        let Some(node) = mirror.get(here).filter(|node| is_field(node)) else { continue };
        if !is_box(node) || form_of(mirror, here) != form {
            break;
        }
        found.push(here);
        steps = 0;
    }
    found
}

fn form_of(mirror: &Mirror, slot: Slot) -> Option<Slot> {
    mirror.ancestors(slot).find(|up| mirror.get(*up).is_some_and(|node| node.is_html(&local_name!("form"))))
}

fn after(mirror: &Mirror, slot: Slot) -> Option<Slot> {
    mirror.following_within(slot, mirror.root())
}

fn before(mirror: &Mirror, slot: Slot) -> Option<Slot> {
    let Some(mut at) = mirror.previous_sibling(slot) else { return mirror.parent(slot) };
    while let Some(last) = mirror.last_child(at) {
        at = last;
    }
    Some(at)
}

fn is_field(node: &Node) -> bool {
    let is_typed = || {
        let kind = node.attribute_text("type").unwrap_or_default().trim();
        !NOT_BOXES.iter().any(|known| known.eq_ignore_ascii_case(kind))
    };
    node.is_html(&local_name!("input")) && is_typed()
        || node.is_html(&local_name!("textarea"))
        || node.is_html(&local_name!("select"))
}

/// An input that takes a few characters, by its own word or by what stands in it. A masked one belongs to no number.
fn is_box(node: &Node) -> bool {
    if !node.is_html(&local_name!("input")) || !is_field(node) || node.verdict.masks() {
        return false;
    }
    let takes = ["maxlength", "size"].into_iter().find_map(|name| node.attribute_text(name));
    match takes.map(str::trim).map(str::parse::<usize>) {
        Some(Ok(characters)) => characters <= BOX_CHARACTERS_MAX,
        Some(Err(_)) | None => {
            let value = node.attribute_text("value").unwrap_or_default();
            node.verdict.held || BOX_DIGITS.contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}
