//! What the operator, the page and this crate's fixed rules keep from agents.
//!
//! The operator's rules are parsed once into a [`RuleBook`]; [`RuleBook::for_page`] gives the [`PageRules`] of a page.
//! They judge each element by itself ([`Own`]); [`Verdict::beneath`] adds what is inherited. After a change of the page
//! its [`Reach`] says which nodes must be judged again. What a node was once masked for is the mirror's to remember.

mod ancestors;
mod error;
mod fixed;
mod flow;
mod index;
mod mask;
mod page;
mod page_rules;
mod patterns;
mod reach;
mod rules;
mod select;
mod state;
mod syntax;
#[cfg(test)]
mod tests;
mod uncased;
mod verdict;
mod withheld;
mod words;

pub(crate) use flow::{boxes, text_after, text_before};
pub(crate) use patterns::{PIECES_PART, Signs, digit, find_all, is_separator, may_become};

pub use error::{Place, Problem, RuleError};
pub use fixed::FixedRule;
pub use mask::{FILLER, mask_text};
pub use page_rules::{PageRules, SourceRules, Walk};
pub use patterns::{Pattern, PatternSet, find as find_pattern};
pub use reach::{Reach, Scope};
pub use rules::{RestrictionInput, RuleBook, RuleRef, RuleSetInput};
pub use verdict::{Level, Own, Verdict};
pub use withheld::Withheld;
