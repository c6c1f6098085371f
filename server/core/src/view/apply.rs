//! Events that make or change the tree.

use std::collections::BTreeMap;

use html5ever::{LocalName, local_name};
use url::Url;

use super::build::{self, Builder, Place};
use super::change::Change;
use super::documents::SheetKey;
use super::page::coordinate;
use super::{Applied, Documents, Refusal, SafeEvent, View};
use crate::ids::NodeId;
use crate::mirror::{Kind, Mirror, MirrorError, Namespace, Node, Slot, Value};
use crate::sanitize::{is_sheet, is_style_text, with_properties};
use crate::trust::Untrusted;
use crate::wire::EventRefusal;
use crate::wire::event::{Add, AttributeChange, Event, Mutation, Stamped};
use crate::wire::tree::{RawKind, RawNode, RawTree};

impl View {
    /// Applies one event and says what agents need to follow it.
    ///
    /// # Units
    /// `at_ms`: the time that its events carry; the caller never lets it fall.
    ///
    /// # Errors
    /// [`Refusal`]: the event would break the tree or a limit. The mirror is as before it, and nothing is applied until
    /// the next full snapshot.
    pub fn apply(&mut self, event: Untrusted<Stamped<'_>>, at_ms: u64) -> Result<Applied, Refusal> {
        match event.into_inner().event {
            Event::Meta { href, width, height } => self.meet_page(&href, (width, height), at_ms),
            Event::Snapshot { tree, offset } => self.snapshot(&tree, offset),
            Event::Unknown(reason) => {
                self.report.removed(reason);
                Ok(Applied::Events(Vec::new()))
            }
            Event::PageStart | Event::PageLoad => Ok(Applied::Events(Vec::new())),
            _ if !self.is_live => {
                self.report.removed("event:before-snapshot");
                Ok(Applied::Events(Vec::new()))
            }
            _ if self.spent_bytes > self.limits.work_bytes => {
                self.refuse();
                Err(EventRefusal::Limit("work_bytes").into())
            }
            Event::Mutation(mutation) => self.mutation(&mutation, at_ms).map(|events| self.outcome(events)),
            event => {
                let events = self.incremental(event, at_ms);
                Ok(self.outcome(events))
            }
        }
    }

    /// The events of a change, or a keyframe where no event could carry a stock player across it.
    fn outcome(&mut self, events: Vec<SafeEvent>) -> Applied {
        if !std::mem::take(&mut self.needs_keyframe) {
            return Applied::Events(events);
        }
        self.note_attached();
        Applied::Keyframe
    }

    /// Notes the frame documents of a keyframe for all.
    pub(super) fn note_attached(&mut self) {
        let documents = self.documents_in_order();
        let nodes = documents.into_iter().filter_map(|slot| self.mirror.get(slot));
        self.attached = nodes.filter(|node| node.sent).map(|node| node.id).collect();
    }

    /// Nothing more is applied until a full snapshot comes, through nobody's fault.
    pub fn await_snapshot(&mut self) {
        self.is_live = false;
    }

    /// An event was refused: nothing more is applied until a full snapshot comes.
    pub fn refuse(&mut self) {
        self.is_live = false;
        self.report.removed("event:refused");
    }

    /// The page as a whole: a new mirror, judged from the root.
    fn snapshot(&mut self, tree: &RawTree<'_>, offset: (f64, f64)) -> Result<Applied, Refusal> {
        let mut mirror = Mirror::new(&self.limits, self.seed);
        let (mut builder, all) = (Builder::new(tree, &mut mirror), 0..tree.nodes.len());
        if let Err((refusal, _)) = builder.tree(&mut mirror, all, &Place::Root, &self.limits, &mut self.report) {
            self.refuse();
            return Err(refusal);
        }
        if !has_element(&mirror) {
            self.refuse();
            return Err(MirrorError::Misplaced.into());
        }
        self.take_mirror(mirror);
        self.page.offset = (coordinate(offset.0), coordinate(offset.1));
        Ok(Applied::Keyframe)
    }

    /// Takes a whole new mirror, judges all of it and marks what agents get.
    pub(super) fn take_mirror(&mut self, mirror: Mirror) {
        let adopts = |node: &Node| self.documents.adopted.contains_key(&node.id);
        self.page.has_adopted |= self.mirror.get(self.mirror.root()).is_some_and(adopts);
        self.mirror = mirror;
        self.documents = Documents::new(self.seed);
        self.page.base.clone_from(&self.page.url);
        self.page.pointer = None;
        self.page.selection.clear();
        self.is_counted = false;
        let root = self.mirror.root();
        self.find_bases();
        self.judge_page();
        self.mark_sent(root);
        self.note_attached();
        self.needs_keyframe = false;
        self.is_live = true;
    }

    /// The base address of every document: the page's own, a frame's by its `src`, each changed by its first `<base>`.
    pub(super) fn find_bases(&mut self) {
        for document in self.documents_in_order() {
            self.find_base(document);
        }
    }

    /// The page's own document, then those of its frames in document order.
    pub(super) fn documents_in_order(&self) -> Vec<Slot> {
        let root = self.mirror.root();
        if !self.mirror.has_frame_documents() {
            return root.some().into_iter().collect();
        }
        self.mirror.descendants(root).filter(|slot| self.is_document(*slot)).collect()
    }

    pub(super) fn find_base(&mut self, document: Slot) {
        let frame = self.mirror.parent(document);
        let outer = frame.and_then(|frame| self.mirror.document(frame)).and_then(|above| self.documents.base(above));
        let own = match frame {
            None => self.page.base.clone(),
            Some(frame) => {
                let src = self.mirror.get(frame).and_then(|node| node.attribute_text("src"));
                let own =
                    src.and_then(|src| resolve(outer, src)).filter(|url| matches!(url.scheme(), "http" | "https"));
                own.or_else(|| outer.cloned())
            }
        };
        let written = self
            .mirror
            .descendants(document)
            .take(BASE_WITHIN_NODES)
            .filter(|slot| self.mirror.document(*slot) == Some(document))
            .filter_map(|slot| self.mirror.get(slot))
            .find(|node| node.is_html(&local_name!("base")) && node.attribute_text("href").is_some())
            .and_then(|node| node.attribute_text("href"));
        let base = match written {
            Some(href) => resolve(own.as_ref(), href).or(own),
            None => own,
        };
        self.documents.set_base(document, base);
    }

    fn mutation(&mut self, mutation: &Mutation<'_>, at_ms: u64) -> Result<Vec<SafeEvent>, Refusal> {
        let mut change = Change::default();
        if let Err(refusal) = self.apply_mutation(mutation, &mut change) {
            change.roll_back(&mut self.mirror);
            self.refuse();
            return Err(refusal);
        }
        Ok(self.conclude(&mut change, at_ms))
    }

    /// Judges a change, writes it out and makes it final.
    pub(super) fn conclude(&mut self, change: &mut Change, at_ms: u64) -> Vec<SafeEvent> {
        let made = change.created.iter().copied();
        let documents = made.filter(|slot| self.mirror.get(*slot).is_some_and(Node::is_document));
        change.rebased.extend(documents);
        for document in change.rebased.iter().copied() {
            self.find_base(document);
        }
        for style in std::mem::take(&mut change.resheeted) {
            self.forget_sheet(style);
        }
        if self.documents.has_sheets() {
            self.forget_sheets_made_anew(change);
        }
        self.judge_change(change);
        self.spent_bytes = self.spent_bytes.saturating_add(change.work_bytes);
        let events = self.emit(change, at_ms);
        change.commit(self);
        events
    }

    fn apply_mutation(&mut self, mutation: &Mutation<'_>, change: &mut Change) -> Result<(), Refusal> {
        change.reserve(mutation.removes.len(), mutation.adds.len());
        for remove in &mutation.removes {
            let known = self.known(remove.id).filter(|slot| {
                let parent = self.mirror.parent(*slot).and_then(|parent| self.mirror.get(parent));
                parent.is_some_and(|parent| i64::from(parent.id.get()) == remove.parent)
            });
            match known {
                Some(slot) => {
                    // No event tells a player that a frame's document is gone and nothing takes its place.
                    self.needs_keyframe |= self.mirror.get(slot).is_some_and(|node| node.is_document() && node.sent);
                    self.detach(slot, change);
                }
                None => self.report.removed("event:unknown-node"),
            }
        }
        self.apply_adds(mutation, change)?;
        for (id, text) in &mutation.texts {
            self.apply_text(*id, text, change)?;
            self.check_work(change)?;
        }
        for changes in &mutation.attributes {
            self.apply_attributes(changes, change)?;
            self.check_work(change)?;
        }
        if has_element(&self.mirror) { Ok(()) } else { Err(MirrorError::Misplaced.into()) }
    }

    fn check_work(&self, change: &Change) -> Result<(), Refusal> {
        if self.spent_bytes.saturating_add(change.work_bytes) > self.limits.work_bytes {
            return Err(EventRefusal::Limit("work_bytes").into());
        }
        Ok(())
    }

    pub(super) fn known(&self, id: i64) -> Option<Slot> {
        self.mirror.find(NodeId::new(id)?)
    }

    /// Adds in the order in which their parents and next siblings come to stand, as a player does.
    fn apply_adds(&mut self, mutation: &Mutation<'_>, change: &mut Change) -> Result<(), Refusal> {
        let Mutation { adds, tree, .. } = mutation;
        if adds.is_empty() {
            return Ok(());
        }
        let mut waiting: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        let mut builder = Builder::new(tree, &mut self.mirror);
        let mut ready: Vec<usize> = Vec::new();
        let mut done = 0;
        for first in 0..adds.len() {
            ready.push(first);
            while let Some(at) = ready.pop() {
                let Some(add) = adds.get(at) else { continue };
                let missing = [Some(add.parent), add.next].into_iter().flatten().find(|id| self.known(*id).is_none());
                if let Some(missing) = missing {
                    waiting.entry(missing).or_default().push(at);
                    continue;
                }
                let nodes = tree.nodes.get(add.nodes.clone()).unwrap_or_default();
                self.apply_add(add, nodes, &mut builder, change)?;
                done += 1;
                for node in nodes {
                    if waiting.is_empty() {
                        break;
                    }
                    ready.extend(waiting.remove(&node.id).unwrap_or_default().into_iter().rev());
                }
            }
        }
        if done < adds.len() { Err(MirrorError::UnknownParent.into()) } else { Ok(()) }
    }

    fn apply_add(
        &mut self,
        add: &Add,
        nodes: &[RawNode<'_>],
        builder: &mut Builder<'_>,
        change: &mut Change,
    ) -> Result<(), Refusal> {
        let parent = self.known(add.parent).ok_or(MirrorError::UnknownParent)?;
        let next = add.next.and_then(|next| self.known(next)).unwrap_or(Slot::NONE);
        let top = nodes.first().ok_or(MirrorError::Misplaced)?;
        if let Some(known) = self.known(top.id) {
            if known == parent || self.mirror.ancestors(parent).any(|above| above == known) {
                return Err(MirrorError::Cycle.into());
            }
            if self.mirror.document(known) != self.mirror.document(parent) && self.mirror.parent(known) != Some(parent)
            {
                return Err(MirrorError::IdInUse.into());
            }
            self.detach(known, change);
        }
        let is_document = matches!(top.kind, RawKind::Document);
        if is_document && let Some(old) = self.mirror.first_child(parent).filter(|old| self.is_document(*old)) {
            self.detach(old, change);
        }
        // A frame's document stands before what the frame would show instead of it.
        let next = match self.mirror.first_child(parent).filter(|_| is_document) {
            Some(first) => first,
            None if self.mirror.parent(next) == Some(parent) => next,
            None => Slot::NONE,
        };
        self.touch_gap(parent, next, change);
        let was_host = self.mirror.get(parent).is_some_and(|node| node.marks().is_shadow_host);
        let place = Place::Under(parent, next);
        match builder.tree(&mut self.mirror, add.nodes.clone(), &place, &self.limits, &mut self.report) {
            Ok(slot) => {
                self.inserted(slot, parent, was_host, change);
                Ok(())
            }
            Err((refusal, top)) => {
                if let Some(top) = top {
                    self.mirror.detach(top);
                    self.mirror.free(top);
                }
                if let Some(marks) = self.mirror.get_mut(parent).and_then(Node::marks_mut) {
                    marks.is_shadow_host = was_host;
                }
                Err(refusal)
            }
        }
    }

    fn is_document(&self, slot: Slot) -> bool {
        self.mirror.get(slot).is_some_and(Node::is_document)
    }

    fn apply_text(&mut self, id: i64, text: &str, change: &mut Change) -> Result<(), Refusal> {
        let Some(slot) = self.known(id) else {
            self.report.removed("event:unknown-node");
            return Ok(());
        };
        if !self.mirror.get(slot).is_some_and(|node| matches!(node.kind, Kind::Text(_))) {
            self.report.removed("event:text-of-no-text");
            return Ok(());
        }
        if is_style_text(&self.mirror, slot)
            && let Some(style) = self.mirror.parent(slot)
        {
            self.remake_sheet(style, change);
        }
        self.set_text(slot, text, change)?;
        change.retexted.push(slot);
        Ok(())
    }

    fn forget_sheet(&mut self, style: Slot) {
        if let Some(id) = self.mirror.get(style).map(|node| node.id) {
            self.documents.take_rules(SheetKey::Element(id));
        }
    }

    /// A style element that comes again under its id has the rules that its text says, as in a browser.
    fn forget_sheets_made_anew(&mut self, change: &Change) {
        for top in &change.created {
            let sheets: Vec<Slot> =
                self.mirror.descendants(*top).filter(|slot| self.mirror.get(*slot).is_some_and(is_sheet)).collect();
            for style in sheets {
                self.forget_sheet(style);
            }
        }
    }

    fn apply_attributes(&mut self, changes: &AttributeChange<'_>, change: &mut Change) -> Result<(), Refusal> {
        let Some(slot) = self.known(changes.id) else {
            self.report.removed("event:unknown-node");
            return Ok(());
        };
        let Some(namespace) = self.mirror.get(slot).and_then(|node| node.element()).map(|(_, namespace)| namespace)
        else {
            self.report.removed("event:unknown-node");
            return Ok(());
        };
        for (name, value) in &changes.values {
            let Some(name) = build::attribute_name(name, namespace, &self.limits) else {
                self.report.removed("attribute:handler");
                continue;
            };
            self.set_checked_attribute(slot, &name, build::attribute_value(value), namespace, change)?;
        }
        if !changes.style.is_empty() {
            let style = local_name!("style");
            let old = self.mirror.get(slot).and_then(|node| node.attribute_text("style")).unwrap_or_default();
            let new = with_properties(old, &changes.style);
            self.set_attribute(slot, &style, Some(Value::Text(new.into())), change)?;
        }
        Ok(())
    }

    fn set_checked_attribute(
        &mut self,
        slot: Slot,
        name: &LocalName,
        value: Option<Value>,
        namespace: Namespace,
        change: &mut Change,
    ) -> Result<(), Refusal> {
        let Some(node) = self.mirror.get(slot) else { return Ok(()) };
        let is_new = !node.attributes().iter().any(|attribute| attribute.name == *name);
        if is_new && value.is_some() && node.attributes().len() >= self.limits.attributes_per_element {
            return Err(EventRefusal::Limit("attributes_per_element").into());
        }
        // Pictures of a canvas come as pictures, never as an attribute.
        if namespace == Namespace::Html && &**name == build::PICTURE {
            self.report.removed("attribute:not-listed");
            return Ok(());
        }
        if &**name == "_cssText" {
            change.resheeted.push(slot);
        }
        self.set_attribute(slot, name, value, change)?;
        if &**name == "href"
            && self.mirror.get(slot).is_some_and(|node| node.is_html(&local_name!("base")))
            && let Some(document) = self.mirror.document(slot)
        {
            change.rebased.insert(document);
        }
        Ok(())
    }
}

/// A `<base>` stands in the head, near the beginning.
const BASE_WITHIN_NODES: usize = 2_000;

/// Whether the page has its document element. A player that loses it stops for good.
fn has_element(mirror: &Mirror) -> bool {
    mirror.children(mirror.root()).any(|child| mirror.get(child).is_some_and(|node| node.element().is_some()))
}

fn resolve(base: Option<&Url>, text: &str) -> Option<Url> {
    match base {
        Some(base) => base.join(text).ok(),
        None => Url::parse(text).ok(),
    }
}
