//! What the customer has selected.

use super::write::simple;
use super::{SafeEvent, View};
use crate::mirror::{Kind, Node};
use crate::sanitize::JsonOut;
use crate::wire::event::Range;

impl View {
    pub(super) fn selection(&mut self, ranges: &[Range], at_ms: u64) -> Vec<SafeEvent> {
        for id in ranges.iter().flat_map(|range| [range.start, range.end]) {
            if self.known(id).is_none() {
                self.report.removed("event:unknown-node");
            }
        }
        let list = self.selection_list(ranges);
        if list.is_empty() && !ranges.is_empty() {
            return Vec::new();
        }
        self.page.selection = ranges.to_vec();
        vec![selection_event(&list, at_ms)]
    }

    /// What is selected now, for one who has only the snapshot.
    pub(super) fn selected_event(&self, at_ms: u64) -> Option<SafeEvent> {
        let list = self.selection_list(&self.page.selection);
        (!list.is_empty()).then(|| selection_event(&list, at_ms))
    }

    fn selection_list(&self, ranges: &[Range]) -> String {
        let mut list = JsonOut::default();
        for range in ranges {
            let start = self.selectable(range.start, range.start_offset);
            let end = self.selectable(range.end, range.end_offset);
            let (Some((start, from)), Some((end, to))) = (start, end) else { continue };
            list.comma();
            list.raw("{");
            for (key, number) in
                [("start", u64::from(start)), ("startOffset", from), ("end", u64::from(end)), ("endOffset", to)]
            {
                list.key(key);
                list.integer(number);
            }
            list.raw("}");
        }
        list.finish()
    }

    /// One end of a selection, with an offset that the player's node has.
    fn selectable(&self, id: i64, offset: i64) -> Option<(u32, u64)> {
        let slot = self.known(id)?;
        let is_open = |node: &&Node| node.sent && !node.verdict.silences() && !node.verdict.masks_text();
        let node = self.mirror.get(slot).filter(is_open)?;
        let most = match &node.kind {
            Kind::Text(text) => text.encode_utf16().count(),
            _ => {
                let is_child = |node: &Node| node.sent && !node.in_shadow_root && !node.is_document();
                self.mirror.children(slot).filter(|child| self.mirror.get(*child).is_some_and(is_child)).count()
            }
        };
        let offset = u64::try_from(offset).ok()?.min(most as u64);
        Some((node.id.get(), offset))
    }
}

fn selection_event(list: &str, at_ms: u64) -> SafeEvent {
    simple(14, at_ms, |out| {
        out.key("ranges");
        out.raw("[");
        out.raw(list);
        out.raw("]");
    })
}
