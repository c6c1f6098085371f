//! The tree that a player holds after the events so far.

use std::collections::BTreeMap;

/// What the checks need to know of a node.
#[derive(Debug, Clone)]
pub(super) struct TreeNode {
    pub(super) parent: Option<i64>,
    pub(super) children: Vec<i64>,
    pub(super) kind: TreeKind,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(super) enum TreeKind {
    Document,
    Element {
        tag: String,
        is_svg: bool,
        attributes: BTreeMap<String, String>,
    },
    Text(String),
    /// A doctype, a comment.
    Other,
}

/// All nodes by id.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: BTreeMap<i64, TreeNode>,
}

impl Tree {
    pub(super) fn get(&self, id: i64) -> Option<&TreeNode> {
        self.nodes.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: i64) -> Option<&mut TreeNode> {
        self.nodes.get_mut(&id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.nodes.clear();
    }

    /// The lower-case name of an element.
    pub(super) fn tag(&self, id: i64) -> Option<&str> {
        match &self.get(id)?.kind {
            TreeKind::Element { tag, .. } => Some(tag),
            _ => None,
        }
    }

    pub(super) fn depth(&self, id: i64) -> usize {
        let mut depth = 0;
        let mut at = Some(id);
        while let Some(here) = at {
            depth += 1;
            at = self.get(here).and_then(|node| node.parent).filter(|_| depth <= self.nodes.len());
        }
        depth
    }

    /// Links a new node; its parent, if it has one, and `next` are in the tree.
    pub(super) fn add(&mut self, id: i64, parent: Option<i64>, next: Option<i64>, kind: TreeKind) {
        self.nodes.insert(id, TreeNode { parent, children: Vec::new(), kind });
        if let Some(above) = parent.and_then(|parent| self.nodes.get_mut(&parent)) {
            let at = next.and_then(|next| above.children.iter().position(|child| *child == next));
            above.children.insert(at.unwrap_or(above.children.len()), id);
        }
    }

    /// Forgets a node and all beneath it.
    pub(super) fn remove(&mut self, id: i64) {
        if let Some(above) = self.get(id).and_then(|node| node.parent).and_then(|parent| self.nodes.get_mut(&parent)) {
            above.children.retain(|child| *child != id);
        }
        let mut waiting = vec![id];
        while let Some(here) = waiting.pop() {
            waiting.extend(self.nodes.remove(&here).map(|node| node.children).unwrap_or_default());
        }
    }

    /// The text of an element's text children, as a style sheet would be read.
    pub(super) fn text_of(&self, id: i64) -> String {
        let children = self.get(id).map(|node| node.children.clone()).unwrap_or_default();
        let texts = children.into_iter().filter_map(|child| match &self.get(child)?.kind {
            TreeKind::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }
}
