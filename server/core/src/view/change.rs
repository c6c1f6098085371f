//! One event's change to the mirror: how to take it back, and what agents had before it.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use html5ever::{LocalName, local_name};

use super::View;
use super::runs::Figure;
use crate::ids::NodeId;
use crate::mirror::{Kind, Mirror, Node, Slot, Value};
use crate::report::Report;
use crate::restrict::{FILLER, Level, mask_text, text_after, text_before};
use crate::sanitize::{FILLER_WITHIN_NODES, Render, SILENT_WITHIN_NODES, SafeAttribute, Shape, css, sheet_source};

/// What agents had of a node before the event.
#[derive(Debug)]
pub(super) enum Before {
    /// Nothing: it is new, or was hidden.
    Unsent,
    /// A text node with this text.
    Text(String),
    /// An element like this, or a document or doctype.
    Node(Shape, Vec<SafeAttribute<'static>>),
}

enum Undo {
    Inserted(Slot),
    /// The parent of an inserted node had no shadow root before.
    Host(Slot),
    Detached {
        slot: Slot,
        parent: Slot,
        next: Slot,
    },
    Text {
        slot: Slot,
        old: Box<str>,
    },
    Attribute {
        slot: Slot,
        name: LocalName,
        old: Option<Value>,
        /// Its place among the others.
        at: usize,
    },
}

/// A node that agents are told to remove.
#[derive(Debug, Clone, Copy)]
pub(super) struct SentRemove {
    pub(super) parent: NodeId,
    pub(super) id: NodeId,
    pub(super) in_shadow_root: bool,
}

/// An attribute that an event set or removed.
#[derive(Debug)]
pub(super) struct AttributeTouch {
    pub(super) slot: Slot,
    pub(super) name: LocalName,
    pub(super) old: Option<Box<str>>,
    /// Its text before is not known any more.
    pub(super) was_withheld: bool,
}

impl AttributeTouch {
    pub(super) fn new(slot: Slot, name: LocalName, old: Option<&Value>) -> Self {
        let was_withheld = matches!(old, Some(Value::Withheld(_)));
        Self { slot, name, old: old.map(|old| old.as_text().into()), was_withheld }
    }
}

/// What one event did so far.
#[derive(Default)]
pub(super) struct Change {
    /// The page as a whole is judged and told anew: what was before need not be noted.
    is_whole_page: bool,
    undo: Vec<Undo>,
    detached: Vec<Slot>,
    /// Removes of nodes that agents had, in order.
    pub(super) removes: Vec<SentRemove>,
    /// Nodes that may look different now, in the order in which they were touched.
    pub(super) touched: Vec<Slot>,
    pub(super) before: HashMap<Slot, Before, FixedState>,
    /// Nodes made by this event.
    pub(super) created: Vec<Slot>,
    /// Frames that agents know a document of, which is gone. A stock player cannot be told so by an event.
    pub(super) bereft: Vec<Slot>,
    /// What agents had weighs so much in all: reading it anew is what a change costs.
    pub(super) work_bytes: usize,
    /// Elements that have a shadow root only now.
    pub(super) hosts: Vec<Slot>,
    /// Parents whose children changed.
    pub(super) restructured: Vec<Slot>,
    /// What stood behind an element that came or went, at that time, if any rule reads the order of siblings.
    pub(super) reordered: Vec<Slot>,
    /// Fields whose value changed by input, which agents are told by an event of its own.
    pub(super) inputs: Vec<Slot>,
    /// Texts and values with digits or an @ in them, which may be part of what a pattern names.
    pub(super) figures: Vec<Figure>,
    /// Texts beside something that went.
    pub(super) gaps: Vec<Slot>,
    /// Attributes set or removed.
    pub(super) attributes: Vec<AttributeTouch>,
    /// Text nodes whose text changed.
    pub(super) retexted: Vec<Slot>,
    /// Elements that must be made anew for agents.
    pub(super) remade: HashSet<Slot, FixedState>,
    /// Style elements whose text is new: rules that scripts gave them are gone.
    pub(super) resheeted: Vec<Slot>,
    /// Documents whose base address may be another.
    pub(super) rebased: HashSet<Slot, FixedState>,
}

impl Change {
    /// For a page that agents get as a whole.
    pub(super) fn of_whole_page() -> Self {
        Self { is_whole_page: true, ..Self::default() }
    }

    /// Makes room for what so many removes and adds note.
    pub(super) fn reserve(&mut self, removes: usize, adds: usize) {
        self.undo.reserve(removes + adds);
        self.detached.reserve(removes);
        self.removes.reserve(removes);
        self.created.reserve(adds);
        self.restructured.reserve(adds);
    }

    /// Takes everything back, newest first.
    pub(super) fn roll_back(self, mirror: &mut Mirror) {
        for step in self.undo.into_iter().rev() {
            // Each step returns to a state that held before, so none of these can be refused.
            match step {
                Undo::Inserted(slot) => {
                    mirror.detach(slot);
                    mirror.free(slot);
                }
                Undo::Host(slot) => {
                    if let Some(marks) = mirror.get_mut(slot).and_then(Node::marks_mut) {
                        marks.is_shadow_host = false;
                    }
                }
                Undo::Detached { slot, parent, next } => {
                    let _ = mirror.insert(slot, parent, next);
                }
                Undo::Text { slot, old } => {
                    let _ = mirror.set_text(slot, old);
                }
                Undo::Attribute { slot, name, old, at } => {
                    let _ = mirror.set_attribute(slot, &name, old);
                    mirror.move_attribute(slot, &name, at);
                }
            }
        }
    }

    /// Makes it final: what was detached is forgotten.
    pub(super) fn commit(&mut self, view: &mut View) {
        for slot in std::mem::take(&mut self.detached) {
            for here in view.mirror.descendants(slot) {
                let Some(id) = view.mirror.get(here).map(|node| node.id) else { continue };
                if view.mirror.find(id).is_none() {
                    view.documents.forget(here, id);
                }
            }
            view.mirror.free(slot);
        }
    }
}

impl View {
    /// Notes what agents have of a node before it changes. Cheap when it was noted before.
    pub(super) fn touch(&self, slot: Slot, change: &mut Change) {
        if change.is_whole_page {
            return;
        }
        if change.before.contains_key(&slot) {
            // It may have been noted for the sake of the one before it; the one behind it has not been for its own.
            if self.mirror.get(slot).is_some_and(|node| node.sent && node.text().is_some()) {
                self.touch_text_run(slot, change);
            }
            return;
        }
        let Some(node) = self.mirror.get(slot) else { return };
        change.work_bytes += node.bytes() + NODE_WORK_BYTES;
        change.touched.push(slot);
        if !node.sent {
            change.before.insert(slot, Before::Unsent);
            return;
        }
        let mut scratch = Report::default();
        let mut render = self.render(&mut scratch);
        if matches!(node.kind, Kind::Text(_)) {
            let text = render.text(slot).to_owned();
            change.before.insert(slot, Before::Text(text));
            self.touch_text_run(slot, change);
            return;
        }
        let shape = render.shape(slot);
        let mut attributes = Vec::new();
        render.attributes(slot, &shape, &mut attributes);
        let attributes = attributes.into_iter().map(SafeAttribute::into_owned).collect();
        change.before.insert(slot, Before::Node(shape, attributes));
    }

    /// Of adjacent masked texts only the first carries the filler, so a change beside one can change the next.
    fn touch_text_run(&self, slot: Slot, change: &mut Change) {
        self.touch_texts(self.mirror.next_sibling(slot), change);
    }

    /// Notes the first masked text with words from `at` on, as far as a change before `at` is seen there.
    fn touch_texts(&self, at: Option<Slot>, change: &mut Change) {
        let mut at = at;
        for _ in 0..=FILLER_WITHIN_NODES {
            let Some((here, node)) = at.and_then(|here| Some((here, self.mirror.get(here)?))) else { return };
            let is_between = match &node.kind {
                Kind::Text(text) => node.verdict.masks_text() && mask_text(text) != FILLER,
                Kind::Comment => true,
                _ => return,
            };
            if node.sent && node.verdict.masks_text() && matches!(node.kind, Kind::Text(_)) {
                let mut scratch = Report::default();
                let mut before = || Before::Text(self.render(&mut scratch).text(here).to_owned());
                if let hashbrown::hash_map::Entry::Vacant(place) = change.before.entry(here) {
                    place.insert(before());
                    change.touched.push(here);
                }
            }
            if !is_between && node.verdict.level < Level::Hide {
                return;
            }
            at = self.mirror.next_sibling(here);
        }
    }

    /// A renderer that counts into a report of the caller's.
    pub(super) fn render<'a>(&'a self, report: &'a mut Report) -> Render<'a> {
        renderer!(self, report)
    }

    /// Takes a node out of the tree, noting what agents lose by it.
    pub(super) fn detach(&mut self, slot: Slot, change: &mut Change) {
        let Some(parent) = self.mirror.parent(slot) else { return };
        self.touch_text_run(slot, change);
        self.touch_parent(parent, change);
        if let (Some(node), Some(above)) = (self.mirror.get(slot), self.mirror.get(parent))
            && node.sent
        {
            if node.is_document() {
                change.bereft.push(parent);
            } else {
                change.removes.push(SentRemove { parent: above.id, id: node.id, in_shadow_root: node.in_shadow_root });
            }
        }
        if let (Some(before), Some(_)) = (text_before(&self.mirror, slot), text_after(&self.mirror, slot)) {
            change.gaps.push(before);
        }
        let next = self.mirror.next_sibling(slot).unwrap_or(Slot::NONE);
        self.note_order(slot, change);
        self.mirror.detach(slot);
        change.undo.push(Undo::Detached { slot, parent, next });
        change.detached.push(slot);
        push_new(&mut change.restructured, parent);
    }

    /// Notes what a child put before `next` ([`Slot::NONE`]: last) will change around it.
    pub(super) fn touch_gap(&mut self, parent: Slot, next: Slot, change: &mut Change) {
        self.touch_texts(next.some(), change);
        self.touch_parent(parent, change);
    }

    /// Notes a subtree that was just put into the tree, and whether its parent had a shadow root before.
    pub(super) fn inserted(&mut self, slot: Slot, parent: Slot, was_host: bool, change: &mut Change) {
        if !was_host {
            if self.mirror.get(parent).is_some_and(|node| node.marks().is_shadow_host) {
                change.undo.push(Undo::Host(parent));
            }
            push_new(&mut change.hosts, parent);
        }
        self.note_order(slot, change);
        change.undo.push(Undo::Inserted(slot));
        change.created.push(slot);
        push_new(&mut change.restructured, parent);
    }

    fn note_order(&self, slot: Slot, change: &mut Change) {
        let is_element = self.mirror.get(slot).is_some_and(|node| node.element().is_some());
        if is_element && self.rules.reach().reads_order() {
            change.reordered.extend(self.mirror.next_sibling(slot));
        }
    }

    /// Elements of which more is made than their children: they look different when a child comes or goes.
    fn touch_parent(&mut self, parent: Slot, change: &mut Change) {
        let Some(above) = self.mirror.get(parent) else { return };
        let masks = above.verdict.masks();
        let name = above.element().map(|(name, _)| name.clone());
        match name.as_deref() {
            Some("style") => self.remake_sheet(parent, change),
            Some("select" | "optgroup") if masks => self.touch_first_options(parent, change),
            _ => {}
        }
    }

    /// Of a masked list only the first option leaves: the one that is first, and the one that may become it.
    fn touch_first_options(&self, list: Slot, change: &mut Change) {
        let near = self.mirror.children(list).take(SILENT_WITHIN_NODES + 2);
        let options = near.filter(|child| self.mirror.get(*child).is_some_and(|node| node.element().is_some()));
        for option in options.take(2).collect::<Vec<_>>() {
            self.touch(option, change);
            let first = self.mirror.get(option).is_some_and(|node| node.is_html(&local_name!("optgroup")));
            if let Some(inner) = self.mirror.first_child(option).filter(|_| first) {
                self.touch(inner, change);
            }
        }
    }

    /// A style element whose text changes: its sheet is read anew from the texts in it.
    pub(super) fn remake_sheet(&mut self, style: Slot, change: &mut Change) {
        if change.remade.insert(style) {
            change.work_bytes += sheet_source(&self.mirror, style).len();
        }
        self.touch(style, change);
        change.resheeted.push(style);
        let name = LocalName::from("_cssText");
        let Some(whole) = self.mirror.get(style).and_then(|node| node.attribute_text("_cssText")) else { return };
        if whole.is_empty() {
            return;
        }
        let is_text = |child: &Slot| self.mirror.get(*child).is_some_and(|node| node.text().is_some());
        let texts: Vec<Slot> = self.mirror.children(style).filter(is_text).collect();
        if texts.is_empty() {
            return;
        }
        // The recorder wrote the texts as one; from here on each is its own again. They weigh no more than the whole.
        let parts = sheet_parts(whole, texts.len());
        let _ = self.set_attribute(style, &name, Some(Value::Text("".into())), change);
        for (text, part) in texts.into_iter().zip(parts) {
            let _ = self.set_text(text, &part, change);
        }
    }

    /// Changes a text node's text.
    pub(super) fn set_text(&mut self, slot: Slot, text: &str, change: &mut Change) -> Result<(), super::Refusal> {
        self.touch(slot, change);
        if let Some(old) = self.mirror.set_text(slot, text.into())? {
            change.undo.push(Undo::Text { slot, old });
        }
        Ok(())
    }

    /// Changes an attribute.
    pub(super) fn set_attribute(
        &mut self,
        slot: Slot,
        name: &LocalName,
        value: Option<Value>,
        change: &mut Change,
    ) -> Result<(), super::Refusal> {
        self.touch(slot, change);
        let at = self.mirror.get(slot).and_then(|node| node.attributes().iter().position(|a| a.name == *name));
        let old = self.mirror.set_attribute(slot, name, value)?;
        change.attributes.push(AttributeTouch::new(slot, name.clone(), old.as_ref()));
        change.undo.push(Undo::Attribute { slot, name: name.clone(), old, at: at.unwrap_or(usize::MAX) });
        Ok(())
    }
}

/// Notes a parent, unless it was the last to be noted: most events change the children of few.
fn push_new(parents: &mut Vec<Slot>, parent: Slot) {
    if parents.last() != Some(&parent) {
        parents.push(parent);
    }
}

/// What looking at one node costs beside its text.
pub(super) const NODE_WORK_BYTES: usize = 64;

/// The parts of a sheet that was spread over several text nodes; all of it in the first if the marks do not fit.
fn sheet_parts(whole: &str, count: usize) -> Vec<String> {
    let parts: Vec<String> = whole.split(css::SPLIT_MARK).map(str::to_owned).collect();
    if parts.len() == count { parts } else { vec![whole.to_owned()] }
}
