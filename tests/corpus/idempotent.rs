//! What was sanitized stays as it is when it is sanitized again.
//!
//! A sealed path would be an address of the page's own the second time. So each is opened first, and the page has its URL
//! back, which is sealed to the same path again.

use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};
use vitrine_core::asset::{AssetKey, Opener};
use vitrine_core::limits::Limits;
use vitrine_core::policy::Policy;
use vitrine_core::view::{PreviewError, preview_events, preview_html};

use super::fields;
use super::nasty::document;
use super::policy::{page_url, policy};
use super::public::{each_attack, files};
use super::{BASE_PATH, Outcome, rows};

/// Classes that the generated documents have.
fn rules() -> Policy {
    policy(&json!({"mask": [".m"], "block": [".b"], "hide": [".h"], "patterns": ["payment-card"]}))
}

fn html(policy: &Policy, html: &str) -> Result<String, PreviewError> {
    let (mut html, _) = preview_html(policy, &Limits::default(), page_url().as_ref(), html)?;
    // Texts on both sides of what does not leave are two texts the first time and one the second.
    for beside in ["••••••••••••", "•••••• ", " ••••••"] {
        while html.contains(beside) {
            html = html.replace(beside, "••••••");
        }
    }
    Ok(html)
}

/// The events that leave, without their times: the first one that leaves is seldom the first that came.
fn events(policy: &Policy, json: &str) -> Result<String, PreviewError> {
    let (json, _) = preview_events(policy, &Limits::default(), page_url().as_ref(), json.as_bytes())?;
    let timeless = |line: &str| match line.rsplit_once(",\"timestamp\":") {
        Some((event, _)) => format!("{},\"timestamp\":0}}", event.trim_start_matches('[')),
        None => String::new(),
    };
    // A canvas picture is no event that the server would take from a recorder, and how adopted sheets are handed out again
    // depends on the order in which they came.
    let is_own = |line: &str| line.contains("\"tag\":\"vitrine.canvas\"") || line.contains("{\"source\":15,");
    let lines = json.lines().filter(|line| !is_own(line));
    Ok(format!("[{}]", lines.map(timeless).collect::<Vec<_>>().join(",\n")))
}

/// Why the second pass gives something else than the first.
fn differs(
    first: Result<String, PreviewError>,
    again: impl Fn(&str) -> Result<String, PreviewError>,
) -> Option<String> {
    let first = match first {
        Ok(first) => first,
        // Nothing came out of it, so there is nothing to sanitize again.
        Err(PreviewError::OverLimit(_)) => return None,
        Err(error) => return Some(error.to_string()),
    };
    let second = match again(&opened(&first)) {
        Ok(second) => second,
        Err(error) => return Some(error.to_string()),
    };
    let same = first.bytes().zip(second.bytes()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| {
        text.chars()
            .skip(text.get(..same).map_or(0, |s| s.chars().count()).saturating_sub(80))
            .take(200)
            .collect::<String>()
    };
    (first != second).then(|| format!("once  … {}\n  twice … {}", part(&first), part(&second)))
}

/// The text with the URL of each sealed path in the path's place.
fn opened(text: &str) -> String {
    let opener = Opener::new(&[AssetKey { id: 0, secret: [0; 32] }]);
    let prefix = format!("{BASE_PATH}/asset/");
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(&prefix) {
        out.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(after.len());
        let (token, after) = after.split_at(end);
        let url = opener.open(token).map_or_else(|_| format!("{prefix}{token}"), |asset| asset.url);
        out.push_str(&escaped(&url, &out));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The URL as it is written after `before`: in an attribute of HTML, in a style sheet in HTML, or in JSON.
fn escaped(url: &str, before: &str) -> String {
    let is_html = before.starts_with('<');
    let in_sheet = before.rfind("<style").is_some_and(|at| before.rfind("</style").is_none_or(|end| end < at))
        && before.rfind('<') == before.rfind("<style")
        && before.rfind('>') > before.rfind("<style");
    match (is_html, in_sheet) {
        (false, _) => url.to_owned(),
        (true, true) => url.replace('&', "\\26 "),
        (true, false) => url.replace('&', "&amp;"),
    }
}

#[test]
fn public_attacks_and_pages() {
    let plain = policy(&Value::Null);
    each_attack(
        |hostile, _| vec![hostile.to_owned()],
        |outcome, title, hostile| {
            if let Some(why) = differs(html(&plain, hostile), |again| html(&plain, again)) {
                outcome.fail(title, why);
            }
        },
    );
    let mut outcome = Outcome::default();
    let pages = files("pages", ".html");
    for (name, page) in pages.iter().filter(|(_, page)| page.len() < LARGE_BYTES) {
        outcome.rows += 1;
        if let Some(why) = differs(html(&rules(), page), |again| html(&rules(), again)) {
            outcome.fail(name, why);
        }
    }
    if !pages.is_empty() {
        outcome.end();
    }
}

/// Larger ones have nothing that smaller ones have not, and take long without optimization.
const LARGE_BYTES: usize = 1_000_000;

#[test]
fn recorded_streams_and_our_own_attacks() {
    let mut outcome = Outcome::default();
    let mut streams = files("streams", ".json");
    streams.retain(|(_, stream)| stream.len() < LARGE_BYTES);
    for row in rows(include_str!("event_attacks.json")) {
        streams.push((super::text(&row, "title").to_owned(), super::stream::stream(&row)));
    }
    for (turn, hostile) in ["<b>\"'", "url(https://cdn.ok.example/a.png)", "javascript:x"].into_iter().enumerate() {
        streams.push((hostile.to_owned(), fields::stream(hostile, turn)));
    }
    for (name, stream) in &streams {
        outcome.rows += 1;
        if let Some(why) = differs(events(&rules(), stream), |again| events(&rules(), again)) {
            outcome.fail(name, why);
        }
    }
    outcome.end();
}

#[test]
fn generated_documents() {
    let config = Config { cases: Config::default().cases, failure_persistence: None, ..Config::default() };
    let rules = rules();
    let result = TestRunner::new(config).run(&document(), |page| {
        match differs(html(&rules, &page), |again| html(&rules, again)) {
            Some(why) => Err(TestCaseError::fail(why)),
            None => Ok(()),
        }
    });
    assert!(result.is_ok(), "{}", result.err().map(|error| error.to_string()).unwrap_or_default());
}
