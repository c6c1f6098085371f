//! Where the customer is typing.

use std::collections::BTreeMap;

use crate::ids::NodeId;

/// Fields and editable parts of which it is known whether they have the focus. More are not known; what is typed into
/// them is edited.
const KNOWN_MAX: usize = 1024;

/// Which fields and editable parts have the focus, as far as events tell.
#[derive(Debug, Default)]
pub(super) struct Edits {
    focused: BTreeMap<NodeId, bool>,
    /// A number is held in a field, so that what the page changes by itself may repeat it. Set for one event.
    pub(super) are_repeated: bool,
}

impl Edits {
    /// The focus came or went.
    pub(super) fn focus(&mut self, id: NodeId, has_it: bool) {
        if has_it {
            self.focused.retain(|_, focused| !*focused);
        }
        if self.focused.len() < KNOWN_MAX || self.focused.contains_key(&id) {
            self.focused.insert(id, has_it);
        }
    }

    /// Something was typed. Where the focus is known to have left, it was a script, or the last word on the value.
    pub(super) fn typed(&mut self, id: NodeId) {
        if self.focused.len() < KNOWN_MAX {
            self.focused.entry(id).or_insert(true);
        }
    }

    /// Whether nothing has been edited on this page so far.
    pub(super) fn is_empty(&self) -> bool {
        self.focused.is_empty()
    }

    /// Whether it is being edited.
    pub(super) fn is_edited(&self, id: NodeId) -> bool {
        match self.focused.get(&id) {
            Some(focused) => *focused,
            None => self.focused.len() >= KNOWN_MAX,
        }
    }

    /// Whether anything may be being edited.
    pub(super) fn is_any(&self) -> bool {
        self.focused.len() >= KNOWN_MAX || self.focused.values().any(|focused| *focused)
    }

    /// All that is being edited.
    pub(super) fn each(&self) -> impl Iterator<Item = NodeId> {
        self.focused.iter().filter(|(_, focused)| **focused).map(|(id, _)| *id)
    }
}
