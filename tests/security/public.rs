//! Public lists of attacks.

use serde_json::Value;
use vitrine_tests::corpora;

/// The rows of a list; `None` where it is not at hand, which was said.
pub(crate) fn rows(file: &str) -> Option<Vec<Value>> {
    let rows = corpora::rows(&format!("attacks/{file}"));
    (!rows.is_empty()).then_some(rows)
}

/// A text of a row.
pub(crate) fn text<'r>(row: &'r Value, name: &str) -> &'r str {
    row[name].as_str().unwrap_or_default()
}
