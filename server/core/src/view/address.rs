//! The page's address: told before each snapshot, and again when a script changes it beneath a living page.
//!
//! Rules are of pages. Where another address brings other rules, the whole page is judged anew and agents get a keyframe;
//! what the old rules masked stays so, as long as the document lives.

use url::Url;

use super::page::viewport;
use super::{Applied, Refusal, View};
use crate::wire::EventRefusal;

/// What judging one node anew counts for, in [`Limits::work_bytes`](crate::limits::Limits::work_bytes).
const NODE_WORK_BYTES: usize = 128;

impl View {
    /// Takes the recorder's word for where the page is and how large its window.
    ///
    /// # Errors
    /// A living page was judged anew too often within one frame.
    pub(super) fn meet_page(&mut self, href: &str, size: (f64, f64), at_ms: u64) -> Result<Applied, Refusal> {
        let url = Url::parse(href).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let rules = self.policy.rules.for_page(url.as_ref());
        let are_other = !rules.same_as(&self.rules);
        let told = (self.page().0, self.page.width, self.page.height);
        self.rules = rules;
        self.page.url = url;
        self.page.width = viewport(size.0, self.limits.viewport_px);
        self.page.height = viewport(size.1, self.limits.viewport_px);
        if !self.is_live {
            return Ok(Applied::Events(Vec::new()));
        }
        self.spend(self.mirror.len().saturating_mul(NODE_WORK_BYTES))?;
        if are_other {
            self.judge_anew();
            return Ok(Applied::Keyframe);
        }
        let is_told = told == (self.page().0, self.page.width, self.page.height);
        Ok(Applied::Events(if is_told { Vec::new() } else { vec![self.meta(at_ms)] }))
    }

    /// Whether other rules came into force beneath the living page since this was last asked.
    pub fn take_rule_change(&mut self) -> bool {
        std::mem::take(&mut self.has_other_rules)
    }

    fn judge_anew(&mut self) {
        let root = self.mirror.root();
        self.judge_page();
        let mut at = Some(root);
        while let Some(slot) = at {
            let leaves = self.would_be_sent(slot);
            if let Some(node) = self.mirror.get_mut(slot) {
                node.sent = leaves;
            }
            at = self.mirror.following_within(slot, root);
        }
        self.note_attached();
        self.needs_keyframe = false;
        self.has_other_rules = true;
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.spent_bytes = self.spent_bytes.saturating_add(bytes);
        if self.spent_bytes > self.limits.work_bytes {
            self.refuse();
            return Err(EventRefusal::Limit("work_bytes").into());
        }
        Ok(())
    }
}
