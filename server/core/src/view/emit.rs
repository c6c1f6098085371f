//! From a change of the mirror to the events that carry agents across it.

use super::change::{Before, Change, NODE_WORK_BYTES, SentRemove};
use super::judge::is_typed_into;
use super::write::{begin_source, close_node, finish, value, write_one};
use super::{SafeEvent, View};
use crate::ids::NodeId;
use crate::mirror::{Node, Slot};
use crate::restrict::FILLER;
use crate::sanitize::{JsonOut, Render, SafeAttribute, SafeValue, shape};

/// A node that agents are told to add.
struct SentAdd {
    slot: Slot,
    parent: Slot,
    next: Option<NodeId>,
}

/// One mutation event under construction.
#[derive(Default)]
struct MutationOut {
    removes: Vec<SentRemove>,
    /// In the order in which a player takes them.
    adds: Vec<SentAdd>,
    /// Those to come behind them, the next one last.
    waiting: Vec<SentAdd>,
    /// What the adds take on the wire, at most times.
    adds_bytes: usize,
    texts: JsonOut,
    attributes: JsonOut,
    /// Fields whose value the filler took the place of, or gave it back.
    inputs: Vec<Slot>,
    /// Frame documents to attach after it.
    documents: Vec<Slot>,
    /// Documents and shadow hosts that agents have only now.
    hosts: Vec<NodeId>,
}

impl View {
    /// Writes what agents need to follow the change, and marks what they have from now on.
    pub(super) fn emit(&mut self, change: &mut Change, at_ms: u64) -> Vec<SafeEvent> {
        let hosts = self.remake_hosts(change);
        let mut out = MutationOut { removes: std::mem::take(&mut change.removes), hosts, ..MutationOut::default() };
        let mut touched = std::mem::take(&mut change.touched);
        touched.retain(|slot| self.is_in_tree(*slot));
        touched.sort_by_key(|slot| self.depth(*slot));
        self.forget_lost_documents(&touched, change);
        let bereft = std::mem::take(&mut change.bereft);
        for slot in &touched {
            self.emit_touched(*slot, change, &mut out);
        }
        out.adds.reserve(change.created.len());
        let mut candidates = touched;
        candidates.extend(change.created.iter().copied().filter(|slot| self.is_in_tree(*slot)));
        candidates.sort_by_key(|slot| self.depth(*slot));
        for slot in candidates {
            self.emit_missing(slot, &mut out);
        }
        let events = self.emit_events(out, at_ms);
        self.needs_keyframe |= bereft.into_iter().any(|frame| self.is_in_tree(frame) && !self.shows_document(frame));
        events
    }

    /// A player gives an element its shadow root with the first child in it. Where that child does not leave, it is told by
    /// making the element anew. Gives those that adopted sheets while they had no root to show them.
    fn remake_hosts(&mut self, change: &mut Change) -> Vec<NodeId> {
        let mut adopting = Vec::new();
        for host in std::mem::take(&mut change.hosts) {
            let is_host = |node: &Node| node.sent && node.marks().is_shadow_host;
            let mut children = self.mirror.children(host);
            let is_shown = |slot: Slot| {
                self.mirror.get(slot).is_some_and(|child| child.in_shadow_root) && self.leaves_beneath(host, slot)
            };
            if self.mirror.get(host).is_some_and(is_host) && !children.any(is_shown) {
                self.touch(host, change);
                change.remade.insert(host);
            }
            let id = self.mirror.get(host).map(|node| node.id);
            adopting.extend(id.filter(|id| self.documents.adopted.contains_key(id)));
        }
        adopting
    }

    /// Whether agents have a document of this frame now.
    fn shows_document(&self, frame: Slot) -> bool {
        self.mirror.first_child(frame).and_then(|child| self.mirror.get(child)).is_some_and(|node| node.sent)
    }

    /// Documents of frames that agents have and whose element is gone. A stock player throws when it is told to remove a
    /// document, so agents get a keyframe without it.
    fn forget_lost_documents(&mut self, touched: &[Slot], change: &Change) {
        let parents = touched.iter().filter_map(|slot| self.mirror.parent(*slot));
        let documents: Vec<Slot> = parents
            .chain(change.restructured.iter().copied().filter(|slot| self.is_in_tree(*slot)))
            .filter(|slot| self.mirror.get(*slot).is_some_and(|node| node.is_document() && node.sent))
            .collect();
        for document in documents {
            if !self.would_be_sent(document) {
                self.unmark_sent(document);
                self.needs_keyframe = true;
            }
        }
    }

    fn emit_events(&mut self, mut out: MutationOut, at_ms: u64) -> Vec<SafeEvent> {
        let mut documents = std::mem::take(&mut out.documents);
        documents.sort_unstable();
        documents.dedup();
        documents.sort_by_key(|document| self.depth(*document));
        let mut hosts = std::mem::take(&mut out.hosts);
        let inputs = std::mem::take(&mut out.inputs);
        let mut events: Vec<SafeEvent> = out.finish(&mut renderer!(self), at_ms).into_iter().collect();
        for field in inputs {
            events.extend(self.input_event(field, at_ms));
        }
        for document in documents {
            self.mark_sent(document);
            let inside: Vec<Slot> = self.mirror.descendants(document).collect();
            for slot in inside {
                let Some(node) = self.mirror.get(slot) else { continue };
                let (id, is_document) = (node.id, node.is_document() && node.sent);
                if self.documents.adopted.contains_key(&id) {
                    hosts.push(id);
                }
                if is_document {
                    self.needs_keyframe |= !self.attached.insert(id);
                    self.documents.untell(id);
                    let mut report = std::mem::take(&mut self.report);
                    events.extend(self.frame_document(slot, &mut report, at_ms));
                    self.report = report;
                }
            }
        }
        hosts.sort_unstable();
        hosts.dedup();
        for host in hosts {
            events.extend(self.tell_adopted(host, at_ms));
        }
        events
    }

    fn is_in_tree(&self, slot: Slot) -> bool {
        self.mirror.get(slot).is_some_and(|node| self.mirror.find(node.id) == Some(slot))
    }

    fn depth(&self, slot: Slot) -> u16 {
        self.mirror.get(slot).map_or(0, |node| node.depth)
    }

    /// A node that agents have: gone, made anew, or different in text or attributes.
    fn emit_touched(&mut self, slot: Slot, change: &Change, out: &mut MutationOut) {
        let Some(node) = self.mirror.get(slot).filter(|node| node.sent && !node.is_document()) else { return };
        let id = node.id;
        if !self.would_be_sent(slot) {
            self.emit_remove(slot, out);
            return;
        }
        let mut render = renderer!(self);
        match change.before.get(&slot) {
            Some(Before::Text(old)) => {
                let text = render.text(slot);
                if text != old {
                    out.text(id, text);
                }
            }
            Some(Before::Node(old_shape, old)) => {
                let shape = render.shape(slot);
                let mut attributes = Vec::new();
                render.attributes(slot, &shape, &mut attributes);
                let is_remade =
                    shape != *old_shape || change.remade.contains(&slot) || differs(old, &attributes, "_cssText");
                if is_remade {
                    self.emit_remove(slot, out);
                    return;
                }
                let is_input = change.inputs.contains(&slot);
                if !is_input && is_typed_into(node) && is_covered_anew(old, &attributes) {
                    out.inputs.push(slot);
                }
                out.attribute_changes(id, old, &attributes, is_input);
            }
            Some(Before::Unsent) | None => {}
        }
    }

    fn emit_remove(&mut self, slot: Slot, out: &mut MutationOut) {
        let parent = self.mirror.parent(slot).and_then(|parent| self.mirror.get(parent));
        if let (Some(node), Some(parent)) = (self.mirror.get(slot), parent) {
            out.removes.push(SentRemove { parent: parent.id, id: node.id, in_shadow_root: node.in_shadow_root });
        }
        self.unmark_sent(slot);
    }

    /// A node that agents lack: added with all beneath it, and with the siblings that they lack as well.
    fn emit_missing(&mut self, slot: Slot, out: &mut MutationOut) {
        if self.mirror.get(slot).is_none_or(|node| node.sent) {
            return;
        }
        if let Some(document) = self.mirror.parent(slot).filter(|parent| self.is_unsent_document(*parent)) {
            out.documents.push(document);
            return;
        }
        if !self.would_be_sent(slot) {
            return;
        }
        if self.mirror.get(slot).is_some_and(Node::is_document) {
            out.documents.push(slot);
            return;
        }
        let Some(parent) = self.mirror.parent(slot) else { return };
        let (run, mut next) = self.missing_run(slot, parent);
        for sibling in run.into_iter().rev() {
            self.emit_subtree(sibling, parent, next, out);
            next = self.mirror.get(sibling).map(|node| node.id);
        }
    }

    /// A frame's document that agents could not have while it was empty, and can have now.
    fn is_unsent_document(&self, slot: Slot) -> bool {
        self.mirror.get(slot).is_some_and(|node| node.is_document() && !node.sent) && self.would_be_sent(slot)
    }

    /// The node and the later siblings that agents lack, up to the first that they have.
    fn missing_run(&mut self, slot: Slot, parent: Slot) -> (Vec<Slot>, Option<NodeId>) {
        let in_shadow_root = self.mirror.get(slot).is_some_and(|node| node.in_shadow_root);
        let above = shape(&self.mirror, parent);
        let mut run = vec![slot];
        let mut next = None;
        let mut looked_at = 0;
        for here in std::iter::successors(self.mirror.next_sibling(slot), |at| self.mirror.next_sibling(*at)) {
            looked_at += 1;
            let Some(node) = self.mirror.get(here).filter(|node| node.in_shadow_root == in_shadow_root) else {
                continue;
            };
            if node.sent {
                next = Some(node.id);
                break;
            }
            if self.leaves_beneath_shape(parent, &above, here) {
                run.push(here);
            }
        }
        self.spent_bytes = self.spent_bytes.saturating_add(looked_at * LOOK_BYTES);
        (run, next)
    }

    /// Adds a node and all beneath it, each child after its parent and before the sibling that it stands in front of.
    fn emit_subtree(&mut self, top: Slot, parent: Slot, next: Option<NodeId>, out: &mut MutationOut) {
        let mut waiting = std::mem::take(&mut out.waiting);
        waiting.push(SentAdd { slot: top, parent, next });
        while let Some(add) = waiting.pop() {
            let slot = add.slot;
            out.adds.push(add);
            let Some(node) = self.mirror.get_mut(slot) else { continue };
            node.sent = true;
            let bytes = node.bytes();
            self.spent_bytes = self.spent_bytes.saturating_add(bytes + NODE_WORK_BYTES);
            out.adds_bytes += bytes + ADD_BYTES;
            let id = node.id;
            if self.documents.adopted.contains_key(&id) {
                out.hosts.push(id);
            }
            self.push_children(slot, &mut waiting, out);
        }
        out.waiting = waiting;
    }

    /// The children that leave, the first of them last.
    fn push_children(&self, slot: Slot, waiting: &mut Vec<SentAdd>, out: &mut MutationOut) {
        let mut at = self.mirror.last_child(slot);
        if at.is_none() {
            return;
        }
        let above = shape(&self.mirror, slot);
        let first = waiting.len();
        let mut next = [None, None];
        while let Some(child) = at {
            at = self.mirror.previous_sibling(child);
            if !self.leaves_beneath_shape(slot, &above, child) {
                continue;
            }
            let Some(node) = self.mirror.get(child) else { continue };
            if node.is_document() {
                out.documents.push(child);
                continue;
            }
            let [light, shadow] = &mut next;
            let next = if node.in_shadow_root { shadow } else { light };
            waiting.push(SentAdd { slot: child, parent: slot, next: *next });
            *next = Some(node.id);
        }
        waiting.get_mut(first..).unwrap_or_default().reverse();
    }
}

/// What an add takes on the wire beside the node's text and attributes, at most times.
const ADD_BYTES: usize = 112;

/// What looking at a sibling that does not leave costs.
const LOOK_BYTES: usize = 8;

/// Whether a field's value became the filler, or was it. What was typed stands in a player's field whatever its attribute
/// says.
fn is_covered_anew(old: &[SafeAttribute<'_>], new: &[SafeAttribute<'_>]) -> bool {
    let is_filler = |list: &[SafeAttribute<'_>]| {
        let value = list.iter().find(|attribute| attribute.name == "value");
        value.is_some_and(|value| matches!(&value.value, SafeValue::Text(text) if text == FILLER))
    };
    is_filler(old) != is_filler(new)
}

fn differs(old: &[SafeAttribute<'_>], new: &[SafeAttribute<'_>], name: &str) -> bool {
    let find = |list: &[SafeAttribute<'_>]| {
        list.iter()
            .find(|attribute| attribute.name == name)
            .map(|attribute| attribute.value.clone())
            .map(|v| format!("{v:?}"))
    };
    find(old) != find(new)
}

impl MutationOut {
    fn text(&mut self, id: NodeId, text: &str) {
        self.texts.comma();
        self.texts.raw("{\"id\":");
        self.texts.integer(id.get());
        self.texts.raw(",\"value\":");
        self.texts.string(text);
        self.texts.raw("}");
    }

    fn attribute_changes(&mut self, id: NodeId, old: &[SafeAttribute<'_>], new: &[SafeAttribute<'_>], is_input: bool) {
        let skips = |name: &str| {
            name.starts_with("rr_") && name != "rr_open_mode" || is_input && matches!(name, "value" | "checked")
        };
        let mut changes = JsonOut::default();
        for attribute in new {
            let known = old.iter().find(|other| other.name == attribute.name);
            if skips(&attribute.name) || known.is_some_and(|known| known.value == attribute.value) {
                continue;
            }
            changes.key(&attribute.name);
            value(&mut changes, &attribute.value);
        }
        for attribute in old {
            if !skips(&attribute.name) && !new.iter().any(|other| other.name == attribute.name) {
                changes.key(&attribute.name);
                changes.raw("null");
            }
        }
        let changes = changes.finish();
        if changes.is_empty() {
            return;
        }
        let out = &mut self.attributes;
        out.comma();
        out.raw("{\"id\":");
        out.integer(id.get());
        out.raw(",\"attributes\":{");
        out.raw(&changes);
        out.raw("}}");
    }

    /// The event, unless it would change nothing.
    fn finish(self, render: &mut Render<'_>, at_ms: u64) -> Option<SafeEvent> {
        let (texts, attributes) = (self.texts.finish(), self.attributes.finish());
        if self.removes.is_empty() && self.adds.is_empty() && texts.is_empty() && attributes.is_empty() {
            return None;
        }
        let bytes = self.adds_bytes + texts.len() + attributes.len() + self.removes.len() * REMOVE_BYTES;
        let mut out = begin_source(0, bytes);
        out.raw(",\"removes\":[");
        for remove in &self.removes {
            out.comma();
            out.raw("{\"parentId\":");
            out.integer(remove.parent.get());
            out.raw(",\"id\":");
            out.integer(remove.id.get());
            out.raw(if remove.in_shadow_root { ",\"isShadow\":true}" } else { "}" });
        }
        out.raw("],\"adds\":[");
        let mut attributes_of = Vec::new();
        for add in &self.adds {
            write_add(render, add, &mut attributes_of, &mut out);
        }
        out.raw("],\"texts\":[");
        out.raw(&texts);
        out.raw("],\"attributes\":[");
        out.raw(&attributes);
        out.raw("]");
        Some(finish(out, at_ms))
    }
}

/// What a remove takes on the wire, at most times.
const REMOVE_BYTES: usize = 40;

fn write_add<'a>(render: &mut Render<'a>, add: &SentAdd, attributes: &mut Vec<SafeAttribute<'a>>, out: &mut JsonOut) {
    let Some(parent) = render.mirror.get(add.parent) else { return };
    out.comma();
    out.raw("{\"parentId\":");
    out.integer(parent.id.get());
    out.raw(",\"nextId\":");
    match add.next {
        Some(next) => out.integer(next.get()),
        None => out.raw("null"),
    }
    out.raw(",\"node\":");
    let shape = render.shape(add.slot);
    write_one(render, add.slot, &shape, attributes, out);
    close_node(out, &shape);
    out.raw("}");
}
