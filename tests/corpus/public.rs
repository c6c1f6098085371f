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
use super::{Outcome, fields, rows, text};

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

/// The files of attacks on pages, and the key under which a row of them holds its text.
const ATTACKS: [(&str, &str); 8] = [
    ("bleach_data.json", "html"),
    ("blns.json", "text"),
    ("dompurify_expect.json", "html"),
    ("html5lib_tree_construction.json", "html"),
    ("patt_crlf.json", "value"),
    ("patt_prototype_pollution.json", "text"),
    ("patt_ssrf_redirect_urls.json", "url"),
    ("patt_xss_html.json", "html"),
];

/// Runs every row of every file of attacks, its text in each of the forms that `forms` gives it.
pub(crate) fn each_attack(forms: impl Fn(&str, usize) -> Vec<String>, judge: impl Fn(&mut Outcome, &str, &str)) {
    let mut outcome = Outcome::default();
    let found = files("attacks", ".json");
    if found.is_empty() {
        return;
    }
    for (wanted, key) in ATTACKS {
        let Some((_, content)) = found.iter().find(|(name, _)| name == wanted) else {
            outcome.fail(wanted, "is missing");
            continue;
        };
        for (turn, row) in rows(content).into_iter().enumerate() {
            outcome.rows += 1;
            let title = format!("{wanted} {}", text(&row, "id"));
            for (form, input) in forms(text(&row, key), turn).iter().enumerate() {
                judge(&mut outcome, &format!("{title} in form {form}"), input);
            }
        }
    }
    outcome.end();
}

#[test]
fn attacks_in_documents() {
    each_attack(fields::documents, |outcome, title, html| match sanitize(html) {
        Ok(html) => outcome.judge_html(title, &html),
        Err(error) => outcome.fail(title, error),
    });
}

#[test]
fn attacks_in_events() {
    let policy = policy(&Value::Null);
    each_attack(
        // Events have no markup, so one text in three is enough of each kind.
        |hostile, turn| if turn % 3 == 0 { vec![fields::stream(hostile, turn / 3)] } else { Vec::new() },
        |outcome, title, json| match preview_events(&policy, &Limits::default(), page_url().as_ref(), json.as_bytes()) {
            Ok((json, _)) => outcome.judge_events(title, &json),
            Err(error) => outcome.fail(title, error),
        },
    );
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
