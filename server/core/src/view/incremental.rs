//! Events that leave the tree as it is: each goes to what keeps its state. Pointer, scroll and viewport are kept here.

use html5ever::LocalName;

use super::page::{coordinate, viewport};
use super::write::simple;
use super::{SafeEvent, View};
use crate::mirror::{Slot, Value};
use crate::sanitize::JsonOut;
use crate::wire::event::{Event, Position};

impl View {
    /// Applies an event that cannot break the tree. What names an unknown or silenced node is dropped by itself.
    pub(super) fn incremental(&mut self, event: Event<'_>, at_ms: u64) -> Vec<SafeEvent> {
        match event {
            Event::Pointer { source, positions } => self.pointer(source, &positions, at_ms),
            Event::Interaction { kind, id, at, pointer } => self.interaction(kind, id, at, pointer, at_ms),
            Event::Scroll { id, x, y } => self.scroll(id, x, y, at_ms),
            Event::Resize { width, height } => {
                self.page.width = viewport(width, self.limits.viewport_px);
                self.page.height = viewport(height, self.limits.viewport_px);
                vec![simple(4, at_ms, |out| {
                    out.key("width");
                    out.number(self.page.width);
                    out.key("height");
                    out.number(self.page.height);
                })]
            }
            Event::Input { id, text, is_checked } => self.input(id, &text, is_checked, at_ms),
            Event::Media(change) => self.media(&change, at_ms),
            Event::SheetRule(change) => self.sheet_rule(&change, at_ms),
            Event::Declaration(change) => self.declaration(&change, at_ms),
            Event::CanvasPicture { id, base64 } => self.canvas(id, &base64, at_ms),
            Event::Font { is_buffer: true, .. } => {
                self.report.removed("event:font-bytes");
                Vec::new()
            }
            Event::Font { family, source, descriptors, .. } => self.font(&family, &source, &descriptors, at_ms),
            Event::Selection { ranges } => self.selection(&ranges, at_ms),
            Event::Adopted(adopted) => self.adopt(&adopted, at_ms),
            Event::Sizes(sizes) => self.sizes(&sizes, at_ms),
            Event::Define { name } => self.define(&name, at_ms),
            Event::PageStart
            | Event::PageLoad
            | Event::Meta { .. }
            | Event::Snapshot { .. }
            | Event::Mutation(_)
            | Event::Unknown(_) => Vec::new(),
        }
    }

    /// A node that agents have and may see pointed at.
    pub(super) fn shown(&mut self, id: i64) -> Option<Slot> {
        let slot = self.known(id);
        if slot.is_none() {
            self.report.removed("event:unknown-node");
        }
        slot.filter(|slot| self.mirror.get(*slot).is_some_and(|node| node.sent && !node.verdict.silences()))
    }

    fn pointer(&mut self, source: u8, positions: &[Position], at_ms: u64) -> Vec<SafeEvent> {
        let mut list = JsonOut::default();
        for position in positions {
            let Some(slot) = self.shown(position.id) else { continue };
            let Some(id) = self.mirror.get(slot).map(|node| node.id.get()) else { continue };
            let (x, y) = (coordinate(position.x), coordinate(position.y));
            self.page.pointer = Some((x, y, id));
            list.comma();
            list.raw("{");
            list.key("x");
            list.number(x);
            list.key("y");
            list.number(y);
            list.key("id");
            list.integer(id);
            list.key("timeOffset");
            list.number(position.offset_ms.clamp(-1000.0, 0.0));
            list.raw("}");
        }
        let list = list.finish();
        if list.is_empty() {
            return Vec::new();
        }
        vec![simple(source, at_ms, |out| {
            out.key("positions");
            out.raw("[");
            out.raw(&list);
            out.raw("]");
        })]
    }

    fn interaction(
        &mut self,
        kind: u8,
        id: i64,
        at: Option<(f64, f64)>,
        pointer: Option<u8>,
        at_ms: u64,
    ) -> Vec<SafeEvent> {
        if let (FOCUS | BLUR, Some(id)) = (kind, crate::ids::NodeId::new(id)) {
            self.edits.focus(id, kind == FOCUS);
        }
        let Some(id) = self.shown(id).and_then(|slot| self.mirror.get(slot)).map(|node| node.id.get()) else {
            return Vec::new();
        };
        vec![simple(2, at_ms, |out| {
            out.key("type");
            out.integer(kind);
            out.key("id");
            out.integer(id);
            if let Some((x, y)) = at {
                out.key("x");
                out.number(coordinate(x));
                out.key("y");
                out.number(coordinate(y));
            }
            if let Some(pointer) = pointer {
                out.key("pointerType");
                out.integer(pointer);
            }
        })]
    }

    fn scroll(&mut self, id: i64, x: f64, y: f64, at_ms: u64) -> Vec<SafeEvent> {
        let Some(slot) = self.shown(id) else { return Vec::new() };
        let (x, y) = (coordinate(x), coordinate(y));
        let Some(node) = self.mirror.get(slot) else { return Vec::new() };
        let id = node.id;
        if slot == self.mirror.root() {
            self.page.offset = (x, y);
        } else if node.is_document() {
            self.documents.scrolls.insert(id, (x, y));
        } else {
            for (name, value) in [("rr_scrollLeft", x), ("rr_scrollTop", y)] {
                let _ = self.mirror.set_attribute(slot, &LocalName::from(name), Some(Value::Number(value)));
            }
        }
        vec![simple(3, at_ms, |out| {
            out.key("id");
            out.integer(id.get());
            out.key("x");
            out.number(x);
            out.key("y");
            out.number(y);
        })]
    }
}

/// The kinds of interaction that tell where the focus is.
const FOCUS: u8 = 5;
const BLUR: u8 = 6;
