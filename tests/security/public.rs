//! Public lists of attacks (`VITRINE_CORPORA`). With `VITRINE_CORPORA_REQUIRED=1` their absence is a failure.

use std::io::Write as _;
use std::path::PathBuf;

use serde_json::Value;

/// The rows of a list, or a line that says that they did not run.
pub(crate) fn rows(file: &str) -> Option<Vec<Value>> {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora"));
    let path = std::env::var_os("VITRINE_CORPORA").map_or_else(default, PathBuf::from).join("attacks").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        let line =
            format!("security: {} is not there; it did not run (VITRINE_CORPORA names the folder)", path.display());
        assert!(std::env::var("VITRINE_CORPORA_REQUIRED").as_deref() != Ok("1"), "{line}");
        let _ = writeln!(std::io::stderr(), "{line}");
        return None;
    };
    let rows: Vec<Value> = serde_json::from_str(&text).expect("a list");
    assert!(rows.len() > 10, "the list is not read as it is");
    Some(rows)
}

/// A text of a row.
pub(crate) fn text<'r>(row: &'r Value, name: &str) -> &'r str {
    row[name].as_str().unwrap_or_default()
}
