//! One event's change to the mirror: how to take it back, and what agents had before it.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use html5ever::LocalName;

use super::View;
use crate::ids::NodeId;
use crate::mirror::{Kind, Mirror, Slot, Value};
use crate::report::Report;
use crate::sanitize::{Render, SafeAttribute, Shape};

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
}

/// What one event did so far.
#[derive(Default)]
pub(super) struct Change {
    undo: Vec<Undo>,
    detached: Vec<Slot>,
    /// Removes of nodes that agents had, in order.
    pub(super) removes: Vec<SentRemove>,
    /// Nodes that may look different now, in the order in which they were touched.
    pub(super) touched: Vec<Slot>,
    pub(super) before: HashMap<Slot, Before, FixedState>,
    /// Nodes made by this event.
    pub(super) created: Vec<Slot>,
    /// Parents whose children changed.
    pub(super) restructured: Vec<Slot>,
    /// Fields whose value changed by input, which agents are told by an event of its own.
    pub(super) inputs: Vec<Slot>,
    /// Attributes set or removed.
    pub(super) attributes: Vec<AttributeTouch>,
    /// Text nodes whose text changed.
    pub(super) retexted: Vec<Slot>,
    /// Elements that must be made anew for agents.
    pub(super) remade: Vec<Slot>,
}

impl Change {
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
                    if let Some(node) = mirror.get_mut(slot) {
                        node.is_shadow_host = false;
                    }
                }
                Undo::Detached { slot, parent, next } => {
                    let _ = mirror.insert(slot, parent, next);
                }
                Undo::Text { slot, old } => {
                    let _ = mirror.set_text(slot, old);
                }
                Undo::Attribute { slot, name, old } => {
                    let _ = mirror.set_attribute(slot, &name, old);
                }
            }
        }
    }

    /// Makes it final: what was detached is forgotten.
    pub(super) fn commit(&mut self, view: &mut View) {
        for slot in std::mem::take(&mut self.detached) {
            let gone: Vec<_> = view.mirror.descendants(slot).collect();
            for here in gone {
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
        if change.before.contains_key(&slot) {
            return;
        }
        let Some(node) = self.mirror.get(slot) else { return };
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
        self.touch_texts(self.mirror.next_sibling(slot), Mirror::next_sibling, change);
        self.touch_texts(self.mirror.previous_sibling(slot), Mirror::previous_sibling, change);
    }

    /// Notes masked texts from `at` on, up to the first node that is neither text nor comment.
    fn touch_texts(&self, at: Option<Slot>, step: fn(&Mirror, Slot) -> Option<Slot>, change: &mut Change) {
        let mut at = at;
        while let Some(here) = at {
            let Some(node) = self.mirror.get(here) else { break };
            if !matches!(node.kind, Kind::Text(_) | Kind::Comment) || change.before.contains_key(&here) {
                break;
            }
            if node.sent && node.verdict.masks() {
                let mut scratch = Report::default();
                let text = self.render(&mut scratch).text(here).to_owned();
                change.before.insert(here, Before::Text(text));
                change.touched.push(here);
            }
            at = step(&self.mirror, here);
        }
    }

    /// A renderer that counts into a report of the caller's.
    pub(super) fn render<'a>(&'a self, report: &'a mut Report) -> Render<'a> {
        Render {
            mirror: &self.mirror,
            policy: &self.policy,
            rules: &self.rules,
            limits: &self.limits,
            sealer: &self.sealer,
            documents: &self.documents,
            report,
        }
    }

    /// Takes a node out of the tree, noting what agents lose by it.
    pub(super) fn detach(&mut self, slot: Slot, change: &mut Change) {
        let Some(parent) = self.mirror.parent(slot) else { return };
        self.touch_text_run(slot, change);
        self.touch_parent(parent, change);
        if let (Some(node), Some(above)) = (self.mirror.get(slot), self.mirror.get(parent))
            && node.sent
        {
            change.removes.push(SentRemove { parent: above.id, id: node.id, in_shadow_root: node.in_shadow_root });
        }
        let next = self.mirror.next_sibling(slot).unwrap_or(Slot::NONE);
        self.mirror.detach(slot);
        change.undo.push(Undo::Detached { slot, parent, next });
        change.detached.push(slot);
        change.restructured.push(parent);
    }

    /// Notes what a child put before `next` ([`Slot::NONE`]: last) will change around it.
    pub(super) fn touch_gap(&mut self, parent: Slot, next: Slot, change: &mut Change) {
        let previous = match next.some() {
            Some(next) => self.mirror.previous_sibling(next),
            None => self.mirror.last_child(parent),
        };
        self.touch_texts(next.some(), Mirror::next_sibling, change);
        self.touch_texts(previous, Mirror::previous_sibling, change);
        self.touch_parent(parent, change);
    }

    /// Notes a subtree that was just put into the tree, and whether its parent had a shadow root before.
    pub(super) fn inserted(&mut self, slot: Slot, parent: Slot, was_host: bool, change: &mut Change) {
        if !was_host {
            change.undo.push(Undo::Host(parent));
        }
        change.undo.push(Undo::Inserted(slot));
        change.created.push(slot);
        change.restructured.push(parent);
    }

    /// Elements of which more is made than their children: they look different when a child comes or goes.
    fn touch_parent(&mut self, parent: Slot, change: &mut Change) {
        let Some(above) = self.mirror.get(parent) else { return };
        let masks = above.verdict.masks();
        let name = above.element().map(|(name, _)| name.clone());
        match name.as_deref() {
            Some("style") => {
                self.touch(parent, change);
                change.remade.push(parent);
            }
            Some("select" | "optgroup") if masks => {
                self.touch(parent, change);
                change.remade.push(parent);
            }
            _ => {}
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
        let old = self.mirror.set_attribute(slot, name, value)?;
        let text = old.as_ref().map(|old| old.as_text().into());
        change.attributes.push(AttributeTouch { slot, name: name.clone(), old: text });
        change.undo.push(Undo::Attribute { slot, name: name.clone(), old });
        Ok(())
    }
}
