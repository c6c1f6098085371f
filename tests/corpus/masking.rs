//! Secrets under rules: none may leave in any form.

use vitrine_core::limits::Limits;
use vitrine_core::view::{preview_events, preview_html};

use super::policy::{page_url, policy};
use super::stream::stream;
use super::{Outcome, rows, text, texts};

#[test]
fn masked_hidden_and_blocked_content_never_leaves() {
    let mut outcome = Outcome::default();
    for row in rows(include_str!("masking.json")) {
        outcome.rows += 1;
        let title = format!("{} / {}", text(&row, "format"), text(&row, "title"));
        let policy = policy(&row["rules"]);
        let limits = Limits::default();
        let result = match text(&row, "format") {
            "html" => preview_html(&policy, &limits, page_url().as_ref(), text(&row, "html")),
            _ => preview_events(&policy, &limits, page_url().as_ref(), stream(&row).as_bytes()),
        };
        let (output, report) = match result {
            Ok(result) => result,
            Err(error) => {
                outcome.fail(&title, error);
                continue;
            }
        };
        match text(&row, "format") {
            "html" => outcome.judge_html(&title, &output),
            _ => outcome.judge_events(&title, &output),
        }
        outcome.judge_words(&title, &output, &texts(&row, "secrets"), &texts(&row, "keeps"));
        let told = serde_json::to_string(&report).unwrap_or_default();
        outcome.judge_words(&format!("{title} (report)"), &told, &texts(&row, "secrets"), &[]);
    }
    outcome.end();
}
