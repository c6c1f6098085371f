//! What is wrong with a configuration, and where: made for people who mend it.

use std::fmt;

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: the built-in default.
    Default,
    /// In the file; both count from 1, columns in characters.
    File {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// In an environment variable of that name.
    Environment(String),
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// Section and key, as `session.idle-timeout`; empty for a syntax error.
    pub key: String,
    /// What, in a sentence without a full stop.
    pub what: String,
    /// The nearest name that would be valid.
    pub nearest: Option<String>,
}

impl Problem {
    /// One line that an editor can jump to: `FILE:LINE:COLUMN: KEY: WHAT; did you mean "…"?`
    #[must_use]
    pub fn line(&self, file: &str) -> String {
        let mut line = match &self.place {
            Place::Default => format!("{file}: "),
            Place::File { line, column } => format!("{file}:{line}:{column}: "),
            Place::Environment(name) => format!("environment {name}: "),
        };
        if !self.key.is_empty() {
            line += &format!("{}: ", self.key);
        }
        line += &self.what;
        if let Some(nearest) = &self.nearest {
            line += &format!("; did you mean {nearest:?}?");
        }
        line
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::File { line, .. } => write!(out, "line {line}"),
            Self::Environment(name) => out.write_str(name),
        }
    }
}

/// The candidate that takes the fewest edits to reach, if it takes few enough to be meant.
pub(crate) fn nearest<'a>(wrong: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let bound = (wrong.chars().count() / 3).max(2);
    candidates
        .map(|candidate| (distance(wrong, candidate), candidate))
        .filter(|(edits, _)| *edits <= bound)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate.to_owned())
}

/// Levenshtein's distance in characters. Names longer than 64 characters are like nothing.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(65).collect(), b.chars().take(65).collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let change = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{Place, Problem, nearest};

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        let known = ["idle-timeout", "max-duration", "max-agents"];
        for (wrong, meant) in [
            ("idle-timeot", Some("idle-timeout")),
            ("idle_timeout", Some("idle-timeout")),
            ("max-agent", Some("max-agents")),
            ("colour", None),
        ] {
            assert_eq!(nearest(wrong, known.into_iter()).as_deref(), meant, "{wrong}");
        }
    }

    #[test]
    fn a_problem_reads_as_one_line() {
        let problem = Problem {
            place: Place::File { line: 3, column: 1 },
            key: "session.idle-timeot".into(),
            what: "unknown key".into(),
            nearest: Some("idle-timeout".into()),
        };
        assert_eq!(
            problem.line("a.toml"),
            "a.toml:3:1: session.idle-timeot: unknown key; did you mean \"idle-timeout\"?"
        );
    }
}
