//! What the operator, the page and this crate's fixed rules keep from agents.

mod verdict;

pub use verdict::{Level, Verdict};

/// The operator's `[dom-restrictions]`, parsed: rule sets by page.
#[derive(Debug, Clone, Default)]
pub struct RuleBook {}
