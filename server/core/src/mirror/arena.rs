//! The arena: nodes by slot and by id, and the operations that keep the links right.

use html5ever::LocalName;

use super::ids::ById;
use super::node::{ATTRIBUTE_BYTES, Attribute, Kind, Node, Slot, Value};
use crate::ids::NodeId;
use crate::limits::Limits;

/// Why a change was refused. The mirror is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MirrorError {
    /// A parent or sibling that the mirror does not hold.
    #[error("the parent is unknown")]
    UnknownParent,
    /// A node would become its own ancestor.
    #[error("a node would stand beneath itself")]
    Cycle,
    /// The id stands in another document already.
    #[error("an id stands in two documents")]
    IdInUse,
    /// Children beneath a node of a kind that has none, or a second document where one stands.
    #[error("a node of this kind cannot stand here")]
    Misplaced,
    /// Deeper than `Limits::depth`.
    #[error("the page is nested too deeply (limit: depth)")]
    TooDeep,
    /// More nodes than `Limits::nodes`.
    #[error("the page has too many nodes (limit: nodes)")]
    TooManyNodes,
    /// More text than `Limits::mirror_bytes`.
    #[error("the page has too much text (limit: mirror_bytes)")]
    TooMuchText,
}

/// An arena that is full grows by such a part and so many nodes.
const GROWTH_PART: usize = 32;
const NODES_MORE: usize = 64;

/// Children of one document; a page has a doctype, an element and now and then a comment.
const DOCUMENT_CHILDREN_MAX: usize = 64;

/// The tree of one page.
#[derive(Debug, Clone)]
pub struct Mirror {
    nodes: Vec<Option<Node>>,
    free: Vec<Slot>,
    by_id: ById<Slot>,
    root: Slot,
    alive: usize,
    documents: usize,
    bytes: usize,
    nodes_max: usize,
    depth_max: usize,
    bytes_max: usize,
}

impl Mirror {
    /// An empty mirror.
    ///
    /// `seed` keeps the customer from choosing ids that collide in the id map; it should differ from session to session
    /// and be unknown to the page.
    #[must_use]
    pub fn new(limits: &Limits, seed: u64) -> Self {
        Self {
            nodes: Vec::new(),
            free: Vec::new(),
            by_id: ById::new(Slot::NONE, seed),
            root: Slot::NONE,
            alive: 0,
            documents: 0,
            bytes: 0,
            nodes_max: limits.nodes,
            depth_max: limits.depth,
            bytes_max: limits.mirror_bytes,
        }
    }

    /// The page's own document; [`Slot::NONE`] before there is one.
    #[must_use]
    #[inline]
    pub fn root(&self) -> Slot {
        self.root
    }

    /// How many nodes stand in the tree or wait outside it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.alive
    }

    /// Whether frames have documents of their own. Most pages have none, and need not be searched for them.
    #[must_use]
    pub fn has_frame_documents(&self) -> bool {
        self.documents > 1
    }

    /// What the nodes' text and attributes weigh.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alive == 0
    }

    /// Where the id stands, if it stands in the tree.
    #[must_use]
    #[inline]
    pub fn find(&self, id: NodeId) -> Option<Slot> {
        self.by_id.get(id)
    }

    /// The node at a slot that this mirror gave out.
    #[must_use]
    #[inline]
    pub fn get(&self, slot: Slot) -> Option<&Node> {
        self.nodes.get(slot.index())?.as_ref()
    }

    /// As [`Mirror::get`], to change flags and verdicts. Text and attributes are changed by their own methods, which
    /// keep the byte count.
    #[inline]
    pub fn get_mut(&mut self, slot: Slot) -> Option<&mut Node> {
        self.nodes.get_mut(slot.index())?.as_mut()
    }

    /// The parent; a frame document's parent is its frame element.
    #[must_use]
    #[inline]
    pub fn parent(&self, slot: Slot) -> Option<Slot> {
        self.get(slot)?.parent.some()
    }

    /// The first child.
    #[must_use]
    #[inline]
    pub fn first_child(&self, slot: Slot) -> Option<Slot> {
        self.get(slot)?.first.some()
    }

    /// The last child.
    #[must_use]
    #[inline]
    pub fn last_child(&self, slot: Slot) -> Option<Slot> {
        self.get(self.get(slot)?.first)?.previous.some()
    }

    /// The next sibling.
    #[must_use]
    #[inline]
    pub fn next_sibling(&self, slot: Slot) -> Option<Slot> {
        self.get(slot)?.next.some()
    }

    /// The previous sibling.
    #[must_use]
    #[inline]
    pub fn previous_sibling(&self, slot: Slot) -> Option<Slot> {
        let node = self.get(slot)?;
        let is_first = self.get(node.parent).is_none_or(|parent| parent.first == slot);
        if is_first { None } else { node.previous.some() }
    }

    /// The document that a node belongs to.
    #[must_use]
    #[inline]
    pub fn document(&self, slot: Slot) -> Option<Slot> {
        self.get(slot)?.document.some()
    }

    /// Makes room for so many more nodes, which are about to come. Few ones find room by themselves.
    pub fn reserve(&mut self, nodes: usize) {
        if nodes < NODES_MORE {
            return;
        }
        let more = nodes.min(self.nodes_max.saturating_sub(self.alive));
        if more > self.nodes.capacity() - self.nodes.len() + self.free.len() {
            self.nodes.reserve_exact(more.saturating_sub(self.free.len()));
        }
        self.by_id.reserve(more);
    }

    /// Puts a new node without children under `parent` before `before` ([`Slot::NONE`]: last).
    pub fn add(&mut self, mut node: Node, parent: Slot, before: Slot) -> Result<Slot, MirrorError> {
        self.check_room(&node)?;
        self.settle_single(&mut node, parent, before)?;
        let (id, is_document) = (node.id, node.is_document());
        let slot = self.create(node)?;
        if is_document {
            self.edit(slot, |node| node.document = slot);
        }
        self.by_id.insert(id, slot);
        self.link_siblings(slot, parent, before);
        Ok(slot)
    }

    /// As [`Mirror::insert`], for a node that has no children: nothing beneath it is looked at.
    fn insert_single(&mut self, slot: Slot, parent: Slot, before: Slot) -> Result<(), MirrorError> {
        self.check_place(slot, parent, before)?;
        let above = self.get(parent).ok_or(MirrorError::UnknownParent)?;
        if usize::from(above.depth) + 1 > self.depth_max {
            return Err(MirrorError::TooDeep);
        }
        let node = self.get(slot).ok_or(MirrorError::UnknownParent)?;
        if self.by_id.get(node.id).is_some() {
            return Err(MirrorError::IdInUse);
        }
        self.link(slot, parent, before);
        self.settle(slot);
        Ok(())
    }

    /// Gives a new node, not yet in the arena, what its place says of it.
    fn settle_single(&mut self, node: &mut Node, parent: Slot, before: Slot) -> Result<(), MirrorError> {
        let above = self.get(parent).ok_or(MirrorError::UnknownParent)?;
        self.check_kind(&node.kind, parent, above, before)?;
        if usize::from(above.depth) + 1 > self.depth_max {
            return Err(MirrorError::TooDeep);
        }
        if self.by_id.get(node.id).is_some() {
            return Err(MirrorError::IdInUse);
        }
        node.depth = above.depth.saturating_add(1);
        node.document = above.document;
        node.in_shadow_root &= above.element().is_some() && !node.is_document();
        node.parent = parent;
        if node.in_shadow_root {
            self.mark_shadow_host(parent);
        }
        Ok(())
    }

    /// Puts a node in the arena, outside the tree and not yet found by its id.
    pub fn create(&mut self, node: Node) -> Result<Slot, MirrorError> {
        self.check_room(&node)?;
        self.bytes += node.bytes();
        self.alive += 1;
        self.documents += usize::from(node.is_document());
        if let Some(slot) = self.free.pop() {
            if let Some(place) = self.nodes.get_mut(slot.index()) {
                *place = Some(node);
            }
            return Ok(slot);
        }
        let slot = Slot::at(self.nodes.len());
        if self.nodes.len() == self.nodes.capacity() {
            // Doubling would leave half of a large page's arena empty.
            self.nodes.reserve_exact(self.nodes.len() / GROWTH_PART + NODES_MORE);
        }
        self.nodes.push(Some(node));
        Ok(slot)
    }

    /// Makes a created document node the page's own.
    pub fn set_root(&mut self, slot: Slot) -> Result<(), MirrorError> {
        let Some(node) = self.get_mut(slot) else { return Err(MirrorError::UnknownParent) };
        if !node.is_document() {
            return Err(MirrorError::Misplaced);
        }
        node.depth = 1;
        node.document = slot;
        let id = node.id;
        self.root = slot;
        self.by_id.insert(id, slot);
        Ok(())
    }

    /// Links a created or detached node, with all that stands beneath it, under `parent` before `before`
    /// ([`Slot::NONE`]: last), and makes their ids known.
    pub fn insert(&mut self, slot: Slot, parent: Slot, before: Slot) -> Result<(), MirrorError> {
        if self.first_child(slot).is_none() {
            return self.insert_single(slot, parent, before);
        }
        self.check_place(slot, parent, before)?;
        self.check_subtree(slot, parent)?;
        self.link(slot, parent, before);
        self.settle(slot);
        Ok(())
    }

    fn check_room(&self, node: &Node) -> Result<(), MirrorError> {
        if self.alive >= self.nodes_max {
            return Err(MirrorError::TooManyNodes);
        }
        if self.bytes.saturating_add(node.bytes()) > self.bytes_max {
            return Err(MirrorError::TooMuchText);
        }
        Ok(())
    }

    /// Whether a node of this kind can stand there.
    fn check_kind(&self, kind: &Kind, parent: Slot, above: &Node, before: Slot) -> Result<(), MirrorError> {
        let is_document = |kind: &Kind| matches!(kind, Kind::Document(_));
        let fits = match (&above.kind, kind) {
            (Kind::Document(_), kind) => self.document_takes(parent, kind, before),
            // A frame's document stands before the frame's fallback.
            (Kind::Element { .. }, Kind::Document(_)) => before == above.first && !self.is_kind(before, is_document),
            (Kind::Element { .. }, Kind::Doctype(_)) => false,
            (Kind::Element { .. }, _) => !self.is_kind(before, is_document),
            _ => false,
        };
        if !fits {
            return Err(MirrorError::Misplaced);
        }
        if before != Slot::NONE && self.parent(before) != Some(parent) {
            return Err(MirrorError::UnknownParent);
        }
        Ok(())
    }

    fn check_place(&self, slot: Slot, parent: Slot, before: Slot) -> Result<(), MirrorError> {
        let child = self.get(slot).ok_or(MirrorError::UnknownParent)?;
        let above = self.get(parent).ok_or(MirrorError::UnknownParent)?;
        self.check_kind(&child.kind, parent, above, before)?;
        if child.parent != Slot::NONE || slot == self.root {
            return Err(MirrorError::Misplaced);
        }
        let has_children = child.first != Slot::NONE;
        if parent == slot || has_children && self.ancestors(parent).any(|above| above == slot) {
            return Err(MirrorError::Cycle);
        }
        Ok(())
    }

    /// A document takes one doctype, then one element, and a few comments; a browser refuses anything else.
    fn document_takes(&self, document: Slot, kind: &Kind, before: Slot) -> bool {
        let is_doctype = |kind: &Kind| matches!(kind, Kind::Doctype(_));
        let is_element = |kind: &Kind| matches!(kind, Kind::Element { .. });
        let children: Vec<Slot> = self.children(document).take(DOCUMENT_CHILDREN_MAX).collect();
        let place = children.iter().position(|child| *child == before).unwrap_or(children.len());
        let (earlier, later) = children.split_at(place);
        match kind {
            Kind::Comment => children.len() < DOCUMENT_CHILDREN_MAX,
            Kind::Doctype(_) => {
                !children.iter().any(|child| self.is_kind(*child, is_doctype))
                    && !earlier.iter().any(|child| self.is_kind(*child, is_element))
            }
            Kind::Element { .. } => {
                !children.iter().any(|child| self.is_kind(*child, is_element))
                    && !later.iter().any(|child| self.is_kind(*child, is_doctype))
            }
            Kind::Document(_) | Kind::Text(_) => false,
        }
    }

    fn is_kind(&self, slot: Slot, test: impl Fn(&Kind) -> bool) -> bool {
        self.get(slot).is_some_and(|node| test(&node.kind))
    }

    /// Depths and ids of what is about to be linked.
    fn check_subtree(&self, slot: Slot, parent: Slot) -> Result<(), MirrorError> {
        let base = self.get(parent).map_or(0, |node| usize::from(node.depth));
        let mut level = base + 1;
        let mut at = slot;
        loop {
            if level > self.depth_max {
                return Err(MirrorError::TooDeep);
            }
            if let Some(node) = self.get(at)
                && self.by_id.get(node.id).is_some_and(|known| known != at)
            {
                return Err(MirrorError::IdInUse);
            }
            if let Some(child) = self.first_child(at) {
                at = child;
                level += 1;
                continue;
            }
            loop {
                if at == slot {
                    return Ok(());
                }
                if let Some(next) = self.next_sibling(at) {
                    at = next;
                    break;
                }
                at = self.parent(at).unwrap_or(slot);
                level -= 1;
            }
        }
    }

    fn link(&mut self, slot: Slot, parent: Slot, before: Slot) {
        let is_element = self.is_kind(parent, |kind| matches!(kind, Kind::Element { .. }));
        let Some(node) = self.get_mut(slot) else { return };
        node.parent = parent;
        node.in_shadow_root &= is_element && !node.is_document();
        if node.in_shadow_root {
            self.mark_shadow_host(parent);
        }
        self.link_siblings(slot, parent, before);
    }

    /// An element has a shadow root as soon as a child stands in it, whatever was recorded.
    fn mark_shadow_host(&mut self, host: Slot) {
        if let Some(marks) = self.get_mut(host).and_then(Node::marks_mut) {
            marks.is_shadow_host = true;
        }
    }

    /// Puts a node that knows its parent among that one's children.
    fn link_siblings(&mut self, slot: Slot, parent: Slot, before: Slot) {
        let first = self.get(parent).map_or(Slot::NONE, |parent| parent.first);
        let behind = if before == Slot::NONE { first } else { before };
        // An only child is its own last one.
        let previous = self.get(behind).map_or(slot, |behind| behind.previous);
        self.edit(slot, |node| (node.previous, node.next) = (previous, before));
        self.edit(behind, |behind| behind.previous = slot);
        if before == first {
            self.edit(parent, |parent| parent.first = slot);
        } else {
            self.edit(previous, |previous| previous.next = slot);
        }
    }

    /// Gives a freshly linked subtree its depths and documents, and makes its ids known.
    fn settle(&mut self, slot: Slot) {
        let mut at = Some(slot);
        while let Some(here) = at {
            let (depth, document) = match self.parent(here).and_then(|parent| self.get(parent)) {
                Some(parent) => (parent.depth.saturating_add(1), parent.document),
                None => (1, here),
            };
            let mut known = None;
            if let Some(node) = self.get_mut(here) {
                node.depth = depth;
                node.document = if node.is_document() { here } else { document };
                known = Some(node.id);
            }
            if let Some(id) = known {
                self.by_id.insert(id, here);
            }
            at = self.following_within(here, slot);
        }
    }

    /// Unlinks a node with all beneath it. Its ids are no longer found; the nodes live on until [`Mirror::free`].
    pub fn detach(&mut self, slot: Slot) {
        let mut at = Some(slot);
        while let Some(here) = at {
            if let Some(id) = self.get(here).map(|node| node.id)
                && self.by_id.get(id) == Some(here)
            {
                self.by_id.remove(id);
            }
            at = self.following_within(here, slot);
        }
        self.unlink(slot);
    }

    fn unlink(&mut self, slot: Slot) {
        let Some(node) = self.get_mut(slot) else { return };
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        node.parent = Slot::NONE;
        node.previous = Slot::NONE;
        node.next = Slot::NONE;
        let first = self.get(parent).map_or(Slot::NONE, |parent| parent.first);
        let behind = if next == Slot::NONE { first } else { next };
        if first == slot {
            self.edit(parent, |parent| parent.first = next);
        } else {
            self.edit(previous, |previous| previous.next = next);
        }
        if behind != slot {
            self.edit(behind, |behind| behind.previous = previous);
        }
    }

    /// Forgets a detached node and all beneath it.
    pub fn free(&mut self, slot: Slot) {
        if self.get(slot).is_none_or(|node| node.parent != Slot::NONE) {
            return;
        }
        let doomed = self.free.len();
        let mut at = Some(slot);
        while let Some(here) = at {
            self.free.push(here);
            at = self.following_within(here, slot);
        }
        for here in self.free.iter().skip(doomed) {
            if let Some(node) = self.nodes.get_mut(here.index()).and_then(Option::take) {
                self.bytes -= node.bytes();
                self.alive -= 1;
                self.documents -= usize::from(node.is_document());
            }
        }
    }

    /// Changes a text node's text and gives back the old one.
    pub fn set_text(&mut self, slot: Slot, text: Box<str>) -> Result<Option<Box<str>>, MirrorError> {
        let old = self.get(slot).and_then(Node::text).map_or(0, str::len);
        self.charge(old, text.len())?;
        match self.get_mut(slot).map(|node| &mut node.kind) {
            Some(Kind::Text(place)) => Ok(Some(std::mem::replace(place, text))),
            _ => {
                self.bytes -= text.len();
                Ok(None)
            }
        }
    }

    /// Sets (`Some`) or removes (`None`) an element's attribute and gives back the old value.
    pub fn set_attribute(
        &mut self,
        slot: Slot,
        name: &LocalName,
        value: Option<Value>,
    ) -> Result<Option<Value>, MirrorError> {
        let old = self.get(slot).and_then(|node| node.attributes().iter().find(|a| a.name == *name));
        if self.get(slot).and_then(Node::element).is_none() {
            return Ok(None);
        }
        let freed = old.map_or(0, |a| ATTRIBUTE_BYTES + a.value.bytes());
        self.charge(freed, value.as_ref().map_or(0, |value| ATTRIBUTE_BYTES + value.bytes()))?;
        let Some(Kind::Element { attributes, .. }) = self.get_mut(slot).map(|node| &mut node.kind) else {
            return Ok(None);
        };
        let at = attributes.iter().position(|attribute| attribute.name == *name);
        let known = at.and_then(|at| attributes.get_mut(at));
        Ok(match (known, value) {
            (Some(known), Some(value)) => Some(std::mem::replace(&mut known.value, value)),
            (None, None) => None,
            (_, value) => {
                let mut list = std::mem::take(attributes).into_vec();
                let old = at.map(|at| list.remove(at).value);
                list.extend(value.map(|value| Attribute { name: name.clone(), value }));
                *attributes = list.into_boxed_slice();
                old
            }
        })
    }

    /// Moves an attribute to a place among the others, as far as there is one.
    pub fn move_attribute(&mut self, slot: Slot, name: &LocalName, at: usize) {
        let Some(Kind::Element { attributes, .. }) = self.get_mut(slot).map(|node| &mut node.kind) else { return };
        let Some(now) = attributes.iter().position(|attribute| attribute.name == *name) else { return };
        if now > at
            && let Some(part) = attributes.get_mut(at..=now)
        {
            part.rotate_right(1);
        }
    }

    fn charge(&mut self, freed: usize, taken: usize) -> Result<(), MirrorError> {
        let bytes = (self.bytes - freed).saturating_add(taken);
        if bytes > self.bytes_max {
            return Err(MirrorError::TooMuchText);
        }
        self.bytes = bytes;
        Ok(())
    }

    fn edit(&mut self, slot: Slot, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.get_mut(slot) {
            change(node);
        }
    }
}

#[cfg(test)]
mod invariants;
