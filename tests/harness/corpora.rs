//! Public corpora, where they are at hand: `VITRINE_CORPORA` names the folder. With `VITRINE_CORPORA_REQUIRED=1` a missing
//! one is a failure; without, a line says what did not run.

use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

/// The rows of a JSON file in the corpora; none if it is missing and may be.
///
/// # Panics
/// It is required and missing, or it is no list.
#[must_use]
pub fn rows(file: &str) -> Vec<Value> {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora"));
    let path = std::env::var_os("VITRINE_CORPORA").map_or_else(default, PathBuf::from).join(file);
    if let Ok(text) = std::fs::read_to_string(&path) {
        let rows: Vec<Value> = serde_json::from_str(&text).expect("a list of rows");
        assert!(rows.len() > 10, "the list is not read as it is");
        return rows;
    }
    let line = format!("corpus: {} is not there and did not run (VITRINE_CORPORA names the folder)", path.display());
    assert!(std::env::var("VITRINE_CORPORA_REQUIRED").as_deref() != Ok("1"), "{line}");
    // Past the test harness, which keeps what a passing test prints.
    let _ = writeln!(std::io::stderr(), "{line}");
    Vec::new()
}
