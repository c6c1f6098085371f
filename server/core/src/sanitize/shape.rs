//! What a node becomes for agents, by its name, its place and its verdict.

use html5ever::{LocalName, local_name};

use super::allow::{self, ElementFate};
use super::special;
use crate::mirror::{DocumentMode, Kind, Mirror, Namespace, Node, Slot};
use crate::restrict::Level;

/// Nodes before an option of a masked list within which it can be the first.
pub(crate) const SILENT_WITHIN_NODES: usize = 32;

/// An element's name for agents: a page has so many elements that none of them can have a text of its own for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TagName {
    /// The page's.
    Own(LocalName),
    /// One of ours in its place.
    Other(&'static str),
}

impl std::ops::Deref for TagName {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Own(name) => name,
            Self::Other(name) => name,
        }
    }
}

/// What a node becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// It does not leave.
    Gone,
    /// A document.
    Document(DocumentMode),
    /// `<!DOCTYPE html>`, whatever it was.
    Doctype,
    /// Text.
    Text,
    /// An element.
    Element {
        /// Its name for agents.
        name: TagName,
        /// Its namespace.
        namespace: Namespace,
        /// Whether its children leave.
        children: bool,
        /// An empty box in place of what is blocked.
        is_box: bool,
    },
}

/// What the node becomes, its ancestors being there.
pub(crate) fn shape(mirror: &Mirror, slot: Slot) -> Shape {
    let Some(node) = mirror.get(slot) else { return Shape::Gone };
    if matches!(node.kind, Kind::Text(_)) {
        return if node.verdict.level == Level::Hide { Shape::Gone } else { Shape::Text };
    }
    let shape = shape_anywhere(mirror, slot, node);
    if shape != Shape::Gone {
        return shape;
    }
    match node.element() {
        // A player needs a document element: of the page's own an empty one stays, whatever it is.
        Some((name, namespace)) if mirror.parent(slot) == mirror.root().some() => {
            special::box_shape(name, namespace, None)
        }
        _ => Shape::Gone,
    }
}

fn shape_anywhere(mirror: &Mirror, slot: Slot, node: &Node) -> Shape {
    if node.verdict.level == Level::Hide {
        return Shape::Gone;
    }
    match &node.kind {
        Kind::Document(_) if !has_element(mirror, slot) => Shape::Gone,
        Kind::Document(mode) => Shape::Document(*mode),
        Kind::Doctype(_) => Shape::Doctype,
        Kind::Comment => Shape::Gone,
        Kind::Text(_) => Shape::Text,
        Kind::Element { name, namespace, .. } => element_shape(mirror, slot, node, name, *namespace),
    }
}

/// A document without an element stops a player for good.
fn has_element(mirror: &Mirror, document: Slot) -> bool {
    mirror.children(document).any(|child| {
        mirror.get(child).is_some_and(|node| node.element().is_some()) && shape(mirror, child) != Shape::Gone
    })
}

fn element_shape(mirror: &Mirror, slot: Slot, node: &Node, name: &LocalName, namespace: Namespace) -> Shape {
    let fate = allow::element(name, namespace);
    let blocked = node.verdict.level == Level::Block
        || (node.verdict.masks() && special::is_blocked_under_mask(name, namespace))
        || fate == ElementFate::Box;
    if fate != ElementFate::Gone && blocked {
        return special::box_shape(name, namespace, mirror.parent(slot).and_then(|up| mirror.get(up)));
    }
    let element = |name: TagName, children| Shape::Element { name, namespace, children, is_box: false };
    match fate {
        ElementFate::Gone | ElementFate::Box => Shape::Gone,
        ElementFate::Keep if special::is_hidden_input(node) || is_silent_option(mirror, slot, node) => Shape::Gone,
        ElementFate::Keep => element(TagName::Own(name.clone()), true),
        ElementFate::KeepEmpty => element(TagName::Own(name.clone()), false),
        ElementFate::As(other) => element(TagName::Other(other), true),
        ElementFate::Style => match special::style_kind(node) {
            special::StyleKind::Inline => element(TagName::Other("style"), false),
            special::StyleKind::Linked => element(TagName::Other("link"), false),
            special::StyleKind::Other => Shape::Gone,
        },
    }
}

/// An option of a masked select, other than the first: how many there are would tell what is asked.
fn is_silent_option(mirror: &Mirror, slot: Slot, node: &Node) -> bool {
    let is_option = node.is_html(&local_name!("option")) || node.is_html(&local_name!("optgroup"));
    if !is_option || !node.verdict.masks() {
        return false;
    }
    let Some(list) = masked_list(mirror, slot) else { return false };
    let in_later_group = masked_list(mirror, list).is_some() && !is_first_element(mirror, list);
    in_later_group || !is_first_element(mirror, slot)
}

/// The masked list that the element stands in. Elsewhere an option is like any element, and no change beside it is
/// looked at for its sake.
fn masked_list(mirror: &Mirror, slot: Slot) -> Option<Slot> {
    let is_list = |node: &Node| node.is_html(&local_name!("select")) || node.is_html(&local_name!("optgroup"));
    let list = mirror.parent(slot)?;
    mirror.get(list).is_some_and(|node| is_list(node) && node.verdict.masks()).then_some(list)
}

/// Whether no element stands before this one. What stands behind many other nodes is not looked for a first one.
fn is_first_element(mirror: &Mirror, slot: Slot) -> bool {
    let mut before = std::iter::successors(mirror.previous_sibling(slot), |at| mirror.previous_sibling(*at));
    let near = before.by_ref().take(SILENT_WITHIN_NODES);
    let has_element = |slot: Slot| mirror.get(slot).is_some_and(|node| node.element().is_some());
    !near.into_iter().any(has_element) && before.next().is_none()
}
