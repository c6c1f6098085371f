//! How large pictures are on the customer's screen: known of all, told of those whose address is refused.

use super::change::Change;
use super::{SafeEvent, View};
use crate::sanitize::is_sized;
use crate::wire::event::Size;

/// Wider or higher than any screen.
const SIZE_MAX_PX: f64 = 16_384.0;

impl View {
    /// Takes sizes up. What agents have of these elements changes only where a placeholder stands in their place.
    pub(super) fn sizes(&mut self, sizes: &[Size], at_ms: u64) -> Vec<SafeEvent> {
        let mut change = Change::default();
        for size in sizes {
            let Some(slot) = self.known(size.id) else {
                self.report.removed("event:unknown-node");
                continue;
            };
            let Some(id) = self.mirror.get(slot).filter(|node| is_sized(node)).map(|node| node.id) else { continue };
            let told = shown(size);
            if self.documents.size(id) != told {
                self.touch(slot, &mut change);
                self.documents.set_size(id, told);
            }
        }
        self.spent_bytes = self.spent_bytes.saturating_add(change.work_bytes);
        // Nothing on the page is new, so nothing of it is counted again.
        let report = std::mem::take(&mut self.report);
        let events = self.emit(&mut change, at_ms);
        self.report = report;
        events
    }
}

/// To a hundredth of a pixel; `None` for what is not shown, and for what is no size.
fn shown(size: &Size) -> Option<(f64, f64)> {
    let rounded = |pixels: f64| (pixels * 100.0).round() / 100.0;
    let is_shown = |pixels: f64| (0.01..=SIZE_MAX_PX).contains(&pixels);
    (is_shown(size.width) && is_shown(size.height)).then(|| (rounded(size.width), rounded(size.height)))
}
