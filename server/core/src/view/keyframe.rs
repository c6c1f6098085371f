//! The whole page for an agent who has nothing, or too old a picture.

use std::fmt::Write as _;

use html5ever::local_name;

use super::write::{begin, begin_source, finish, simple};
use super::{SafeEvent, View};
use crate::mirror::{Kind, Node, Slot};
use crate::report::Report;
use crate::restrict::Level;
use crate::sanitize::{Shape, gone_reason, shape, takes_shadow_root};

impl View {
    /// The present page as events: meta, full snapshot, then what a snapshot cannot hold: frame documents, adopted
    /// sheets, fonts, scroll positions of frames, how far media have played, the selection, the pointer. Empty before there is a page.
    #[must_use]
    pub fn keyframe(&mut self, at_ms: u64) -> Vec<SafeEvent> {
        let mut report = std::mem::take(&mut self.report);
        let mut scratch = Report::default();
        let counts = if std::mem::replace(&mut self.is_counted, true) { &mut scratch } else { &mut report };
        let events = self.keyframe_events(counts, at_ms);
        self.report = report;
        events
    }

    fn keyframe_events(&self, report: &mut Report, at_ms: u64) -> Vec<SafeEvent> {
        let root = self.mirror.root();
        if self.mirror.get(root).is_none() {
            return Vec::new();
        }
        let mut events = vec![self.meta(at_ms), self.full_snapshot(root, report, at_ms)];
        for document in self.documents_in_order().into_iter().filter(|document| *document != root) {
            if self.mirror.get(document).is_some_and(|node| node.sent) {
                events.extend(self.frame_document(document, report, at_ms));
            }
        }
        events.extend(self.adopted_events(at_ms));
        events.extend(self.nothing_adopted_event(root, at_ms));
        events.extend(self.documents.fonts().iter().map(|font| font.event(at_ms)));
        for (id, (x, y)) in &self.documents.scrolls {
            if self
                .mirror
                .find(*id)
                .and_then(|slot| self.mirror.get(slot))
                .is_some_and(|node| node.sent && !node.verdict.silences())
            {
                events.push(simple(3, at_ms, |out| {
                    out.key("id");
                    out.integer(id.get());
                    out.key("x");
                    out.number(*x);
                    out.key("y");
                    out.number(*y);
                }));
            }
        }
        events.extend(self.media_events(at_ms));
        events.extend(self.selected_event(at_ms));
        events.extend(self.pointer_event(at_ms));
        events
    }

    pub(super) fn meta(&self, at_ms: u64) -> SafeEvent {
        let mut out = begin(4, 256);
        out.key("href");
        out.string(&self.shown_url());
        out.key("width");
        out.number(self.page.width);
        out.key("height");
        out.number(self.page.height);
        finish(out, at_ms)
    }

    fn full_snapshot(&self, root: Slot, report: &mut Report, at_ms: u64) -> SafeEvent {
        let mut out = begin(2, self.mirror.len() * NODE_BYTES + self.mirror.bytes());
        out.key("node");
        self.write_tree(root, report, &mut out);
        out.key("initialOffset");
        out.raw("{");
        out.key("left");
        out.number(self.page.offset.0);
        out.key("top");
        out.number(self.page.offset.1);
        out.raw("}");
        finish(out, at_ms)
    }

    /// A frame's document as the recorder sends one: an add that brings its children along.
    pub(super) fn frame_document(&self, document: Slot, report: &mut Report, at_ms: u64) -> Option<SafeEvent> {
        let frame = self.mirror.parent(document).and_then(|frame| self.mirror.get(frame))?;
        let mut out = begin_source(0, 1024);
        out.raw(",\"adds\":[{\"parentId\":");
        out.integer(frame.id.get());
        out.raw(",\"nextId\":null,\"node\":");
        self.write_tree(document, report, &mut out);
        out.raw("}],\"removes\":[],\"texts\":[],\"attributes\":[],\"isAttachIframe\":true");
        Some(finish(out, at_ms))
    }

    fn pointer_event(&self, at_ms: u64) -> Option<SafeEvent> {
        let (x, y, id) = self.page.pointer?;
        let slot = crate::ids::NodeId::new(i64::from(id)).and_then(|id| self.mirror.find(id))?;
        let shown = self.mirror.get(slot).is_some_and(|node| node.sent && !node.verdict.silences());
        shown.then(|| {
            simple(1, at_ms, |out| {
                out.key("positions");
                out.raw("[{");
                out.key("x");
                out.number(x);
                out.key("y");
                out.number(y);
                out.key("id");
                out.integer(id);
                out.key("timeOffset");
                out.raw("0}]");
            })
        })
    }

    /// Marks what agents get of a subtree whose parent they have (or have not).
    pub(super) fn mark_sent(&mut self, top: Slot) {
        let mut at = Some(top);
        // The parents of the node looked at, with what they become, so that each is looked at once.
        let mut above: Vec<(Slot, Shape)> = Vec::new();
        while let Some(slot) = at {
            let parent = self.mirror.parent(slot);
            while above.last().is_some_and(|(here, _)| Some(*here) != parent) {
                above.pop();
            }
            let shape = shape(&self.mirror, slot);
            let shown = match (above.last(), parent) {
                (Some((parent, becomes)), _) => self.stands_beneath(*parent, becomes, slot, &shape),
                (None, _) => self.would_be_sent(slot),
            };
            above.push((slot, shape));
            if !shown {
                self.count_gone(slot);
            }
            if let Some(node) = self.mirror.get_mut(slot) {
                node.sent = shown;
            }
            at = if shown { self.mirror.following_within(slot, top) } else { self.mirror.following_beside(slot, top) };
        }
    }

    /// Counts an element that the allow-list does not let leave.
    fn count_gone(&mut self, slot: Slot) {
        let Some((name, namespace)) = self.mirror.get(slot).and_then(Node::element) else { return };
        if let Some(reason) = gone_reason(name, namespace) {
            self.report.removed(&reason);
        }
    }

    /// Whether a node leaves, by its parent's state and its own shape.
    pub(super) fn would_be_sent(&self, slot: Slot) -> bool {
        match self.mirror.parent(slot) {
            Some(parent) => {
                self.mirror.get(parent).is_some_and(|above| above.sent) && self.leaves_beneath(parent, slot)
            }
            None => shape(&self.mirror, slot) != Shape::Gone,
        }
    }

    /// Whether a node leaves beneath a parent that agents have. What never leaves is told first, at little cost.
    pub(super) fn leaves_beneath(&self, parent: Slot, slot: Slot) -> bool {
        let never =
            |node: &Node| node.verdict.level == Level::Hide && node.depth > 2 || matches!(node.kind, Kind::Comment);
        !self.mirror.get(slot).is_none_or(never)
            && self.leaves_beneath_shape(parent, &shape(&self.mirror, parent), slot)
    }

    /// As [`View::leaves_beneath`], of a parent that becomes `above`.
    pub(super) fn leaves_beneath_shape(&self, parent: Slot, above: &Shape, slot: Slot) -> bool {
        self.stands_beneath(parent, above, slot, &shape(&self.mirror, slot))
    }

    /// Whether a node that becomes `shape` leaves beneath a parent that agents have, which becomes `above`.
    fn stands_beneath(&self, parent: Slot, above: &Shape, slot: Slot, shape: &Shape) -> bool {
        let (Some(parent), Some(node)) = (self.mirror.get(parent), self.mirror.get(slot)) else { return false };
        let children_leave = match above {
            Shape::Document(_) => true,
            Shape::Element { children, .. } => *children && (!node.in_shadow_root || takes_shadow_root(above)),
            Shape::Gone | Shape::Doctype | Shape::Text => false,
        };
        children_leave && parent.is_html(&local_name!("iframe")) == node.is_document() && *shape != Shape::Gone
    }

    /// Takes the mark from a node and all beneath it.
    pub(super) fn unmark_sent(&mut self, top: Slot) {
        let mut at = Some(top);
        while let Some(slot) = at {
            if let Some(node) = self.mirror.get_mut(slot) {
                node.sent = false;
            }
            at = self.mirror.following_within(slot, top);
        }
    }

    /// The page's title as agents see it.
    pub(super) fn shown_title(&self) -> String {
        let root = self.mirror.root();
        let mut scratch = Report::default();
        let render = self.render(&mut scratch);
        let title = self.mirror.descendants(root).take(TITLE_WITHIN_NODES).find(|slot| {
            self.mirror.get(*slot).is_some_and(|node| {
                node.sent && node.depth <= 4 && matches!(node.element(), Some((name, _)) if &**name == "title")
            })
        });
        let mut text = String::new();
        for child in title.into_iter().flat_map(|title| self.mirror.children(title)) {
            let _ = write!(text, "{}", render.text(child));
        }
        text.chars().take(TITLE_CHARACTERS).collect()
    }
}

/// What a node takes on the wire beside its text and attributes, at most times.
const NODE_BYTES: usize = 56;
/// A title stands in the head, near the beginning.
const TITLE_WITHIN_NODES: usize = 2_000;
/// More of a title nobody reads.
const TITLE_CHARACTERS: usize = 200;
