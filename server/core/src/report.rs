//! What was taken out, and why: counts only, never content.

use std::collections::BTreeMap;

/// Counts of what the core removed, masked, blocked and rewrote, by reason or rule.
///
/// A reason is a fixed word of this crate (`element:script`, `attribute:on*`, `url:not-allowed`), a rule is the operator's
/// own selector. Page text is in neither.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Report {
    /// What is gone: elements, attributes, URLs, rules, events.
    pub removed: BTreeMap<String, u64>,
    /// Nodes and values masked, by rule.
    pub masked: BTreeMap<String, u64>,
    /// Nodes blocked, by rule.
    pub blocked: BTreeMap<String, u64>,
    /// Nodes hidden, by rule.
    pub hidden: BTreeMap<String, u64>,
    /// Nodes that no agent may act on though they see them, by rule.
    pub no_control: BTreeMap<String, u64>,
    /// What was changed and kept: URLs sealed, style sheets rewritten.
    pub rewritten: BTreeMap<String, u64>,
}

impl Report {
    /// Counts one thing gone.
    pub fn removed(&mut self, reason: &str) {
        count(&mut self.removed, reason);
    }

    /// Counts one thing masked.
    pub fn masked(&mut self, rule: &str) {
        count(&mut self.masked, rule);
    }

    /// Counts one thing blocked.
    pub fn blocked(&mut self, rule: &str) {
        count(&mut self.blocked, rule);
    }

    /// Counts one thing hidden.
    pub fn hidden(&mut self, rule: &str) {
        count(&mut self.hidden, rule);
    }

    /// Counts one node that is not to be acted on.
    pub fn uncontrolled(&mut self, rule: &str) {
        count(&mut self.no_control, rule);
    }

    /// Counts one thing changed and kept.
    pub fn rewritten(&mut self, reason: &str) {
        count(&mut self.rewritten, reason);
    }
}

/// At most so many different words per list; a page cannot make a report grow without end.
const WORDS_MAX: usize = 256;

fn count(list: &mut BTreeMap<String, u64>, word: &str) {
    if let Some(n) = list.get_mut(word) {
        *n = n.saturating_add(1);
    } else if list.len() < WORDS_MAX {
        list.insert(word.to_owned(), 1);
    }
}
