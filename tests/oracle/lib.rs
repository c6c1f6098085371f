//! A second opinion on what leaves the server: the promise of contract section 5, read again from its words.
//!
//! Nothing here shares a line, a table or a parser with the core. HTML is parsed by `markup5ever_rcdom`, CSS by a small
//! scanner, and the names that may stand are written down a second time. Where in doubt it says no.

mod attributes;
mod css;
mod events;
mod html;
mod mutation;
mod names;
mod nodes;
mod tree;
mod url;

pub use events::{check_events, read_json};
pub use html::{check_html, visible_text};

/// One thing in the output that must not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// A fixed word for the kind: `element`, `handler`, `url`, `css`, `schema`, ….
    pub rule: &'static str,
    /// Where and what, for the person who reads the failing test.
    pub what: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.rule, self.what)
    }
}

/// The findings so far, and the prefix that sealed paths begin with.
#[derive(Debug)]
struct Judge {
    base_path: String,
    found: Vec<Violation>,
}

impl Judge {
    fn new(base_path: &str) -> Self {
        Self { base_path: base_path.to_owned(), found: Vec::new() }
    }

    fn say(&mut self, rule: &'static str, what: impl Into<String>) {
        let mut what: String = what.into();
        if let Some((at, _)) = what.char_indices().nth(200) {
            what.truncate(at);
        }
        self.found.push(Violation { rule, what });
    }

    fn require(&mut self, holds: bool, rule: &'static str, what: impl FnOnce() -> String) {
        if !holds {
            self.say(rule, what());
        }
    }
}

#[cfg(test)]
mod tests;
