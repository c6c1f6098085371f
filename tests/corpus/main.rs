//! Every known attack and secret through the code of the live path, judged by the oracle.
//!
//! The rows beside this file are our own. Where a folder of public corpora is at hand (`VITRINE_CORPORA`) they run too.

#![expect(clippy::panic, reason = "a failing test ends by it")]
#![expect(clippy::needless_pass_by_value, reason = "JSON values are easier to read in place")]

mod fields;
mod html5lib;
mod idempotent;
mod masking;
mod nasty;
mod own;
mod policy;
mod public;
mod reasons;
mod stream;

use serde_json::Value;
use vitrine_oracle::{Violation, check_events, check_html, read_json};

/// The prefix of sealed paths in all these tests.
const BASE_PATH: &str = "/base";

/// What went wrong, row by row; all of it is told at the end.
#[derive(Default)]
struct Outcome {
    rows: usize,
    failures: Vec<String>,
}

impl Outcome {
    fn fail(&mut self, row: &str, what: impl std::fmt::Display) {
        self.failures.push(format!("{row}: {what}"));
    }

    fn judge(&mut self, row: &str, found: &[Violation]) {
        for violation in found.iter().take(3) {
            self.fail(row, violation);
        }
    }

    /// Requires HTML output that holds to the contract.
    fn judge_html(&mut self, row: &str, html: &str) {
        self.judge(row, &check_html(html, BASE_PATH));
    }

    /// Requires events that hold to the contract.
    fn judge_events(&mut self, row: &str, json: &str) {
        match read_json(json) {
            Ok(events) => self.judge(row, &check_events(&events, BASE_PATH)),
            Err(error) => self.fail(row, format!("the output is no JSON: {error}")),
        }
    }

    /// Requires that none of the words is in the output, and all of the others are.
    fn judge_words(&mut self, row: &str, output: &str, gone: &[&str], kept: &[&str]) {
        for word in gone.iter().filter(|word| output.contains(**word)) {
            self.fail(row, format!("{word:?} is in the output"));
        }
        for word in kept.iter().filter(|word| !output.contains(**word)) {
            self.fail(row, format!("{word:?} is lost"));
        }
    }

    fn end(self) {
        assert!(self.rows > 0, "no row was run");
        let shown: Vec<&str> = self.failures.iter().take(60).map(String::as_str).collect();
        assert!(
            self.failures.is_empty(),
            "{} findings in {} rows:\n{}",
            self.failures.len(),
            self.rows,
            shown.join("\n")
        );
    }
}

/// The rows of one of our data files.
fn rows(json: &str) -> Vec<Value> {
    match serde_json::from_str(json) {
        Ok(Value::Array(rows)) => rows,
        other => panic!("a data file is no array: {other:?}"),
    }
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn texts<'v>(row: &'v Value, key: &str) -> Vec<&'v str> {
    row.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
