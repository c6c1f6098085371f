//! Writing nodes and events as a stock rrweb player reads them.

use super::View;
use crate::mirror::{DocumentMode, Mirror, Namespace, Node, Slot};
use crate::report::Report;
use crate::sanitize::{JsonOut, Render, SafeAttribute, SafeValue, Shape, is_custom_name, takes_shadow_root};
use crate::trust::Safe;

use super::SafeEvent;

/// Begins an event; [`finish`] ends it.
pub(super) fn begin(kind: u8, capacity: usize) -> JsonOut {
    let mut out = JsonOut::with_capacity(capacity + 64);
    out.raw("{\"type\":");
    out.integer(kind);
    out.raw(",\"data\":{");
    out
}

/// Begins an incremental event.
pub(super) fn begin_source(source: u8, capacity: usize) -> JsonOut {
    let mut out = begin(3, capacity);
    out.key("source");
    out.integer(source);
    out
}

/// Ends an event with its time.
pub(super) fn finish(mut out: JsonOut, at_ms: u64) -> SafeEvent {
    out.raw("},\"timestamp\":");
    out.integer(at_ms);
    out.raw("}");
    Safe::vouch(out.finish())
}

/// An event that has no node in it.
pub(super) fn simple(source: u8, at_ms: u64, fields: impl FnOnce(&mut JsonOut)) -> SafeEvent {
    let mut out = begin_source(source, 64);
    fields(&mut out);
    finish(out, at_ms)
}

/// A node up to its list of children, which is left open where it can have children.
pub(super) fn open_node(
    out: &mut JsonOut,
    mirror: &Mirror,
    node: &Node,
    shape: &Shape,
    text: &str,
    attributes: &[SafeAttribute<'_>],
) {
    match shape {
        Shape::Gone => {}
        Shape::Document(mode) => {
            out.raw("{\"type\":0");
            if *mode == DocumentMode::Quirks {
                out.raw(",\"compatMode\":\"BackCompat\"");
            }
            places(out, mirror, node);
            out.raw(",\"childNodes\":[");
        }
        Shape::Doctype => {
            out.raw("{\"type\":1,\"name\":\"html\",\"publicId\":\"\",\"systemId\":\"\"");
            places(out, mirror, node);
            out.raw("}");
        }
        Shape::Text => {
            out.raw("{\"type\":3,\"textContent\":");
            out.string(text);
            places(out, mirror, node);
            out.raw("}");
        }
        Shape::Element { name, namespace, .. } => {
            out.raw("{\"type\":2,\"tagName\":");
            out.name(name);
            out.raw(",\"attributes\":{");
            for attribute in attributes {
                out.key(&attribute.name);
                value(out, &attribute.value);
            }
            out.raw("}");
            if *namespace == Namespace::Svg {
                out.raw(",\"isSVG\":true");
            }
            if node.marks().is_shadow_host && takes_shadow_root(shape) {
                out.raw(",\"isShadowHost\":true");
            }
            // The player defines an empty class for it, so that `:defined` holds; a name that cannot be defined throws.
            if node.marks().is_custom && *namespace == Namespace::Html && is_custom_name(name) {
                out.raw(",\"isCustom\":true");
            }
            places(out, mirror, node);
            out.raw(",\"childNodes\":[");
        }
    }
}

/// Closes what [`open_node`] left open.
pub(super) fn close_node(out: &mut JsonOut, shape: &Shape) {
    if matches!(shape, Shape::Document(_) | Shape::Element { .. }) {
        out.raw("]}");
    }
}

/// Id, document and shadow root of a node.
fn places(out: &mut JsonOut, mirror: &Mirror, node: &Node) {
    if node.in_shadow_root {
        out.raw(",\"isShadow\":true");
    }
    out.raw(",\"id\":");
    out.integer(node.id.get());
    let document = node.document().filter(|document| *document != mirror.root());
    let foreign = document.and_then(|document| mirror.get(document));
    // A document that names itself as its document is one that a player waits for in vain.
    let foreign = foreign.filter(|document| document.id != node.id);
    if let Some(document) = foreign {
        out.raw(",\"rootId\":");
        out.integer(document.id.get());
    }
}

pub(super) fn value(out: &mut JsonOut, value: &SafeValue<'_>) {
    match value {
        SafeValue::Text(text) => out.string(text),
        SafeValue::Number(number) => out.number(*number),
        SafeValue::Bool(value) => out.boolean(*value),
    }
}

impl View {
    /// Writes a node that agents have, with all beneath it that they have, but without the documents of frames.
    pub(super) fn write_tree(&self, top: Slot, report: &mut Report, out: &mut JsonOut) {
        let mut render = self.render(report);
        let mut attributes = Vec::new();
        let mut open: Vec<(Slot, Shape)> = Vec::new();
        let mut at = Some(top);
        while let Some(slot) = at {
            let shape = render.shape(slot);
            // Never so where marks and shapes agree; and if they ever do not, what leaves is still well formed.
            if shape == Shape::Gone {
                at = self.next_shown(slot, top, &mut open, out);
                continue;
            }
            out.comma();
            write_one(&mut render, slot, &shape, &mut attributes, out);
            let below = first_shown(&self.mirror, self.mirror.first_child(slot));
            if let Some(child) = below {
                open.push((slot, shape));
                at = Some(child);
                continue;
            }
            close_node(out, &shape);
            at = self.next_shown(slot, top, &mut open, out);
        }
    }

    /// The next node to write after one that is closed; closes its parents on the way.
    fn next_shown(&self, slot: Slot, top: Slot, open: &mut Vec<(Slot, Shape)>, out: &mut JsonOut) -> Option<Slot> {
        let mut here = slot;
        while here != top {
            if let Some(next) = first_shown(&self.mirror, self.mirror.next_sibling(here)) {
                return Some(next);
            }
            let (parent, shape) = open.pop()?;
            close_node(out, &shape);
            here = parent;
        }
        None
    }
}

/// The first of `slot` and its later siblings that agents have and that is no frame's document.
fn first_shown(mirror: &Mirror, slot: Option<Slot>) -> Option<Slot> {
    let mut at = slot;
    while let Some(here) = at {
        if mirror.get(here).is_some_and(|node| node.sent && !node.is_document()) {
            return Some(here);
        }
        at = mirror.next_sibling(here);
    }
    None
}

/// Writes one node up to its children.
pub(super) fn write_one<'a>(
    render: &mut Render<'a>,
    slot: Slot,
    shape: &Shape,
    attributes: &mut Vec<SafeAttribute<'a>>,
    out: &mut JsonOut,
) {
    render.attributes(slot, shape, attributes);
    let text = if *shape == Shape::Text { render.text(slot) } else { "" };
    if let Some(node) = render.mirror.get(slot) {
        open_node(out, render.mirror, node, shape, text, attributes);
    }
}
