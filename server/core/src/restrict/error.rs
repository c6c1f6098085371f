//! Why the operator's restrictions were refused.

use std::fmt;

/// One thing wrong with `[dom-restrictions]`. The whole section is refused: a mask with a typo must stop the server, not
/// show the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct RuleError {
    /// Where it stands.
    pub place: Place,
    /// What is wrong.
    pub problem: Problem,
}

/// Where in `[dom-restrictions]` something stands. Indexes count from 0, columns from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which `[[dom-restrictions.rule-set]]`; `None` for what stands outside them.
    pub rule_set: Option<usize>,
    /// The key: `mask`, `pages`, `patterns` …
    pub list: &'static str,
    /// Which entry of the list; `None` where the list as a whole is wrong.
    pub entry: Option<usize>,
    /// The character of the entry at which reading stopped, 0 where the entry as a whole is wrong.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(set) = self.rule_set {
            write!(out, "rule-set[{set}].")?;
        }
        out.write_str(self.list)?;
        if let Some(entry) = self.entry {
            write!(out, "[{entry}]")?;
        }
        if self.column > 0 {
            write!(out, ", column {}", self.column)?;
        }
        Ok(())
    }
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// More than the limit for lists.
    #[error("more than {0} entries")]
    TooMany(usize),
    /// Longer than the limit for entries, in bytes.
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// A selector with more parts than one match may cost.
    #[error("the selector has too many parts or too many levels of parentheses")]
    TooComplex,
    /// A pseudo-class whose state the server cannot see, or a pseudo-element.
    #[error(":{0} cannot be used in a rule; the server does not see what it depends on")]
    Unsupported(String),
    /// Any other thing that is not a CSS selector.
    #[error("not a CSS selector: {0}")]
    Syntax(&'static str),
    /// A page pattern that is not `scheme://host[:port]/path`.
    #[error("not a page pattern: {0}")]
    PagePattern(&'static str),
    /// A text pattern of another name than the four.
    #[error("unknown text pattern; known are payment-card, iban, email and phone")]
    UnknownPattern,
}
