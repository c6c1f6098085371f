//! Custom elements that get their class while agents watch.

use std::collections::BTreeMap;

use html5ever::LocalName;

use super::change::Change;
use super::{SafeEvent, View};
use crate::mirror::{Node, Slot};
use crate::sanitize::is_custom_name;

/// Elements of one document among which the one that costs least is looked for.
const LOOKED_AT: usize = 16;
/// What looking at one node costs.
const LOOK_BYTES: usize = 8;

impl View {
    /// A name has a class now. A stock player learns that only from an element which it builds, and then takes all others
    /// of the name along: so in each document the smallest one is made anew.
    pub(super) fn define(&mut self, name: &str, at_ms: u64) -> Vec<SafeEvent> {
        if !is_custom_name(name) {
            self.report.removed("event:custom-element");
            return Vec::new();
        }
        let name = LocalName::from(name);
        let root = self.mirror.root();
        let mut looked_at = self.mirror.len();
        let undefined =
            |slot: &Slot| self.mirror.get(*slot).is_some_and(|node| node.is_html(&name) && !node.marks().is_custom);
        let found: Vec<Slot> = self.mirror.descendants(root).filter(undefined).collect();
        let mut smallest: BTreeMap<Slot, Vec<(usize, Slot)>> = BTreeMap::new();
        for slot in found {
            let is_sent = self.mirror.get(slot).is_some_and(|node| node.sent);
            if let Some(document) = self.mirror.document(slot).filter(|_| is_sent) {
                let list = smallest.entry(document).or_default();
                if list.len() < LOOKED_AT {
                    let size = self.mirror.descendants(slot).count();
                    looked_at += size;
                    list.push((size, slot));
                }
            }
            if let Some(marks) = self.mirror.get_mut(slot).and_then(Node::marks_mut) {
                marks.is_custom = true;
            }
        }
        let mut change = Change::default();
        for (_, slot) in smallest.into_values().filter_map(|list| list.into_iter().min()) {
            self.touch(slot, &mut change);
            change.remade.insert(slot);
        }
        self.spent_bytes = self.spent_bytes.saturating_add(looked_at * LOOK_BYTES + change.work_bytes);
        self.emit(&mut change, at_ms)
    }
}
