//! Text of a customer's page into events: whatever comes in, what leaves holds.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use vitrine_core::limits::Limits;
use vitrine_core::view::preview_events;
use vitrine_core::wire::events;
use vitrine_core::wire::json::Reader;
use vitrine_core_fuzz::judge::require_safe_events;
use vitrine_core_fuzz::world::{domains, limits, page_url, policy, rules};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    let is_read = is_list_of_events(text);
    if let Ok(Value::Array(_)) = serde_json::from_str(text) {
        assert!(is_read, "what is a list in JSON was not read");
    }
    let (policy, limits) = (policy(rules(false), domains()), limits());
    match preview_events(&policy, &limits, Some(&page_url()), data) {
        Ok((json, _)) => require_safe_events(&lines_of(&json)),
        Err(error) => assert!(!is_read, "{error}"),
    }
    Corpus::Keep
});

/// Whether it is a list, its events good or bad.
fn is_list_of_events(text: &str) -> bool {
    let limits = Limits { events_per_frame: usize::MAX, ..limits() };
    let mut reader = Reader::new(text);
    events(&mut reader, &limits, |_| {}).is_ok() && reader.end().is_ok()
}

/// The preview writes one event a line.
fn lines_of(json: &str) -> Vec<String> {
    let list = json.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).expect("a list");
    list.split(",\n").filter(|event| !event.is_empty()).map(str::to_owned).collect()
}
