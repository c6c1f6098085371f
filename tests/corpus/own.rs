//! The rows of attacks beside this file.

use vitrine_core::limits::Limits;
use vitrine_core::view::{preview_events, preview_html};

use super::policy::{page_url, policy};
use super::stream::{LAST_WORDS, stream};
use super::{Outcome, rows, text, texts};

/// The host that every hostile URL of these rows names.
const HOSTILE: &str = "evil.example";

#[test]
fn html_attacks() {
    let mut outcome = Outcome::default();
    for row in rows(include_str!("html_attacks.json")) {
        outcome.rows += 1;
        let title = format!("{} / {}", text(&row, "class"), text(&row, "title"));
        match preview_html(&policy(&row), &Limits::default(), page_url().as_ref(), text(&row, "input")) {
            Err(error) => outcome.fail(&title, error),
            Ok((html, _)) => {
                outcome.judge_html(&title, &html);
                let mut gone = texts(&row, "secrets");
                // In a few rows it stands where it is only text, such as in a string of a style sheet.
                gone.extend(row.get("may_show").is_none().then_some(HOSTILE));
                outcome.judge_words(&title, &html, &gone, &texts(&row, "keeps"));
            }
        }
    }
    outcome.end();
}

#[test]
fn event_attacks() {
    let mut outcome = Outcome::default();
    let doors = rows(include_str!("css_doors.json"));
    assert_eq!(doors.len(), 18, "one row for each door that style comes in by");
    for row in doors.into_iter().chain(rows(include_str!("event_attacks.json"))) {
        outcome.rows += 1;
        let title = format!("{} / {}", text(&row, "class"), text(&row, "title"));
        match preview_events(&policy(&row), &Limits::default(), page_url().as_ref(), stream(&row).as_bytes()) {
            Err(error) => outcome.fail(&title, error),
            Ok((json, _)) => {
                outcome.judge_events(&title, &json);
                let gone: Vec<&str> = texts(&row, "secrets").into_iter().chain([HOSTILE]).collect();
                let kept: Vec<&str> = texts(&row, "keeps").into_iter().chain([LAST_WORDS]).collect();
                outcome.judge_words(&title, &json, &gone, &kept);
            }
        }
    }
    outcome.end();
}
