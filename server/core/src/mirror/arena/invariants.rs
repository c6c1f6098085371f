//! What holds of a mirror after every event, refused ones included.

use std::collections::BTreeSet;

use super::{DOCUMENT_CHILDREN_MAX, Mirror};
use crate::mirror::{Kind, Node, Slot};

impl Mirror {
    /// Panics, naming it, where one of the mirror's invariants does not hold.
    #[track_caller]
    pub(crate) fn assert_invariants(&self) {
        let reached = self.assert_links();
        self.assert_ids(&reached);
        self.assert_arena(&reached);
        for slot in &reached {
            self.assert_place(*slot);
        }
    }

    /// Every link has its way back, and every node is reached once: so there are no cycles and no lost nodes.
    fn assert_links(&self) -> BTreeSet<Slot> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<Slot> = self.root.some().into_iter().collect();
        while let Some(slot) = open.pop() {
            assert!(reached.insert(slot), "a node is reached twice");
            let node = self.get(slot).expect("a link leads to a node");
            let mut previous = Slot::NONE;
            let mut at = node.first;
            while at != Slot::NONE {
                let child = self.get(at).expect("a link leads to a node");
                let back = (child.parent, self.previous_sibling(at));
                assert_eq!(back, (slot, previous.some()), "a link has its way back");
                assert!(open.len() < self.nodes.len(), "siblings come to an end");
                open.push(at);
                (previous, at) = (at, child.next);
            }
            assert_eq!(self.last_child(slot), previous.some(), "the last child is the last one");
        }
        reached
    }

    /// Every number is found, and stands for one node.
    fn assert_ids(&self, reached: &BTreeSet<Slot>) {
        assert_eq!(self.by_id.len(), reached.len(), "as many numbers as nodes");
        for slot in reached {
            let id = self.get(*slot).map(|node| node.id);
            assert_eq!(id.and_then(|id| self.find(id)), Some(*slot), "a number finds its node");
        }
    }

    /// Counts and free places are right, and nothing is held that does not stand in the tree.
    fn assert_arena(&self, reached: &BTreeSet<Slot>) {
        let alive = self.nodes.iter().flatten().count();
        assert_eq!((self.alive, reached.len()), (alive, alive), "nodes alive, and in the tree");
        assert!(alive <= self.nodes_max, "limit: nodes");
        let free: BTreeSet<Slot> = self.free.iter().copied().collect();
        assert_eq!(free.len(), self.free.len(), "a free place is free once");
        assert!(free.iter().all(|slot| self.get(*slot).is_none()), "a free place is empty");
        assert_eq!(self.nodes.len(), alive + free.len(), "a place is taken or free");
        let bytes: usize = self.nodes.iter().flatten().map(Node::bytes).sum();
        assert_eq!(self.bytes, bytes, "what all texts weigh");
        assert!(bytes <= self.bytes_max, "limit: mirror_bytes");
    }

    /// A node stands where one of its kind can, at the depth and in the document that it says.
    fn assert_place(&self, slot: Slot) {
        let node = self.get(slot).expect("it was reached");
        assert!(usize::from(node.depth) <= self.depth_max, "limit: depth");
        let Some(parent) = self.parent(slot).and_then(|parent| self.get(parent)) else {
            assert_eq!((slot, node.depth, node.document), (self.root, 1, slot), "only the page has no parent");
            assert!(node.is_document(), "the page is a document");
            return;
        };
        assert_eq!(node.depth, parent.depth + 1, "depth counts levels");
        let document = if node.is_document() { slot } else { parent.document };
        assert_eq!(node.document, document, "a node is in its parent's document");
        assert!(!node.in_shadow_root || parent.marks().is_shadow_host, "a shadow root has a host");
        let mut names: Vec<&str> = node.attributes().iter().map(|attribute| &*attribute.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "an attribute stands once");
        match &parent.kind {
            Kind::Document(_) => assert!(!node.is_document() && !node.in_shadow_root, "of a document"),
            Kind::Element { .. } => {
                assert!(!matches!(node.kind, Kind::Doctype(_)), "of an element");
                assert!(!node.is_document() || self.previous_sibling(slot).is_none(), "a frame's document comes first");
            }
            Kind::Doctype(_) | Kind::Text(_) | Kind::Comment => panic!("a child of what has none"),
        }
        if node.is_document() {
            self.assert_document(slot);
        }
    }

    /// A doctype, then an element, each at most once; comments anywhere.
    fn assert_document(&self, document: Slot) {
        let rank = |slot| match self.get(slot).map(|node| &node.kind) {
            Some(Kind::Doctype(_)) => Some(0),
            Some(Kind::Element { .. }) => Some(1),
            Some(Kind::Comment) => None,
            _ => panic!("of a document"),
        };
        let ranks: Vec<i32> = self.children(document).filter_map(rank).collect();
        assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]), "a document's children");
        assert!(self.children(document).count() <= DOCUMENT_CHILDREN_MAX, "a document's children");
    }
}
