//! Public corpora, where they are at hand: `VITRINE_CORPORA` names the folder. With `VITRINE_CORPORA_REQUIRED=1` a
//! missing one is a failure; without, a line says what did not run.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::Value;
use vitrine_core::limits::Limits;
use vitrine_core::view::{PreviewError, preview_events, preview_html};
use vitrine_oracle::visible_text;

use super::policy::{page_url, policy};
use super::{Outcome, rows, text};

/// Share of a real page's visible text that must come through.
const TEXT_KEPT: f64 = 0.99;

fn folder() -> PathBuf {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora"));
    std::env::var_os("VITRINE_CORPORA").map_or_else(default, PathBuf::from)
}

/// The files of a sub-folder with that ending; none if it is missing and may be.
pub(crate) fn files(below: &str, ending: &str) -> Vec<(String, String)> {
    let path = folder().join(below);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&path).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(ending)
            && let Ok(content) = std::fs::read_to_string(entry.path())
        {
            found.push((name, content));
        }
    }
    found.sort();
    if found.is_empty() {
        let line = format!(
            "corpus: {} has no {ending} files; they did not run (VITRINE_CORPORA names the folder)",
            path.display()
        );
        assert!(std::env::var("VITRINE_CORPORA_REQUIRED").as_deref() != Ok("1"), "{line}");
        // Past the test harness, which keeps what a passing test prints.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    found
}

fn sanitize(html: &str) -> Result<String, PreviewError> {
    let page_url = page_url();
    preview_html(&policy(&Value::Null), &Limits::default(), page_url.as_ref(), html).map(|(html, _)| html)
}

#[test]
fn attacks() {
    let mut outcome = Outcome::default();
    let wanted = [
        "dompurify_expect.json",
        "patt_xss_html.json",
        "bleach_data.json",
        "blns.json",
        "html5lib_tree_construction.json",
    ];
    let files: Vec<_> =
        files("attacks", ".json").into_iter().filter(|(name, _)| wanted.contains(&name.as_str())).collect();
    if files.is_empty() {
        return;
    }
    assert_eq!(files.len(), wanted.len(), "a file of attacks is missing");
    for (name, content) in &files {
        for row in rows(content) {
            outcome.rows += 1;
            let title = format!("{name} {}", text(&row, "id"));
            // Plain strings are tried where text, an attribute and a style sheet would hold them.
            let plain = text(&row, "text");
            let html = match text(&row, "html") {
                "" => format!("<p title=\"{plain}\">{plain}</p><style>{plain}</style>{plain}"),
                html => html.to_owned(),
            };
            match sanitize(&html) {
                Ok(html) => outcome.judge_html(&title, &html),
                Err(error) => outcome.fail(&title, error),
            }
        }
    }
    outcome.end();
}

#[test]
fn pages_keep_their_text() {
    let mut outcome = Outcome::default();
    let files = files("pages", ".html");
    for (name, html) in &files {
        outcome.rows += 1;
        match sanitize(html) {
            Ok(output) => {
                outcome.judge_html(name, &output);
                let kept = share_kept(&visible_text(html), &visible_text(&output));
                if kept < TEXT_KEPT {
                    outcome.fail(name, format!("keeps {:.2} % of its text", kept * 100.0));
                }
            }
            Err(error) => outcome.fail(name, error),
        }
    }
    if !files.is_empty() {
        outcome.end();
    }
}

/// The share of the words, by their letters, that are in the output as often as in the input.
#[expect(clippy::cast_precision_loss, reason = "a share of letters")]
fn share_kept(input: &str, output: &str) -> f64 {
    let mut there: BTreeMap<&str, usize> = BTreeMap::new();
    for word in output.split(' ') {
        *there.entry(word).or_default() += 1;
    }
    let (mut all, mut kept) = (0_usize, 0_usize);
    for word in input.split(' ') {
        all += word.len();
        if let Some(left) = there.get_mut(word).filter(|left| **left > 0) {
            *left -= 1;
            kept += word.len();
        }
    }
    if all == 0 { 1.0 } else { kept as f64 / all as f64 }
}

#[test]
fn streams() {
    let mut outcome = Outcome::default();
    let files = files("streams", ".json");
    for (name, json) in &files {
        outcome.rows += 1;
        match preview_events(&policy(&Value::Null), &Limits::default(), None, json.as_bytes()) {
            Ok((output, _)) => {
                outcome.judge_events(name, &output);
                if output.len() < json.len() / 4 {
                    outcome.fail(name, format!("{} bytes became {}", json.len(), output.len()));
                }
            }
            Err(error) => outcome.fail(name, error),
        }
    }
    if !files.is_empty() {
        outcome.end();
    }
}
