//! The report: each rule by its name, each node once, no content.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Live, element, text};
use crate::report::Report;
use crate::restrict::{RestrictionInput, RuleSetInput};

fn counts(list: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    list.iter().map(|(word, count)| (&**word, *count)).collect()
}

fn page() -> Value {
    json!([
        element(10, "p", json!({"class": "m"}), json!([text(11, "SECRET"), element(12, "b", json!({}), json!([]))])),
        element(13, "p", json!({"class": "m SECRET-class"}), json!([])),
        element(14, "div", json!({"class": "m b"}), json!([text(15, "SECRET")])),
        element(16, "div", json!({"class": "h"}), json!([element(17, "p", json!({"class": "m"}), json!([]))])),
        element(18, "input", json!({"type": "password", "value": "SECRET"}), json!([])),
        element(19, "p", json!({"title": "4111 1111 1111 1111"}), json!([text(20, "4111 1111 1111 1111")])),
        element(21, "button", json!({"class": "n"}), json!([text(22, "go")])),
        element(23, "script", json!({}), json!([text(24, "SECRET")])),
        element(25, "p", json!({}), json!([])),
    ])
}

fn check(report: &Report) {
    assert_eq!(counts(&report.masked), [(".m", 2), ("fixed:password", 1), ("pattern:payment-card", 2)]);
    assert_eq!(counts(&report.blocked), [("div.b, .c", 1)]);
    assert_eq!(counts(&report.hidden), [(".h", 1)]);
    assert_eq!(counts(&report.no_control), [(".n", 1)]);
    assert_eq!(report.removed["element:script"], 1);
    assert!(!serde_json::to_string(report).unwrap().contains("SECRET"));
}

#[test]
fn each_rule_is_named_and_counts_a_node_once() {
    let rule_set = RuleSetInput {
        mask: vec![".m".into(), "p:has(x) ~ p".into()],
        block: vec!["div.b, .c".into()],
        hide: vec![".h".into()],
        no_control: vec![".n".into()],
        ..RuleSetInput::default()
    };
    let patterns = vec!["payment-card".into()];
    let mut live = Live::with(RestrictionInput { patterns, rule_sets: vec![rule_set], ..RestrictionInput::default() });
    live.load(page());
    check(live.view.report());
    live.late();
    for class in ["x", "n", "x n"] {
        live.mutate(&json!({"attributes": [{"id": 21, "attributes": {"class": class}}, {"id": 13, "attributes": {"class": "m"}}]}));
        live.mutate(&json!({"adds": [super::add(4, None, element(30, "x", json!({}), json!([])))]}));
        live.mutate(&json!({"texts": [{"id": 11, "value": "SECRET 2"}, {"id": 20, "value": "5555 5555 5555 4444"}]}));
    }
    check(live.view.report());
    live.mutate(&json!({"attributes": [{"id": 25, "attributes": {"class": "m"}}]}));
    assert_eq!(live.view.report().masked[".m"], 3);
}

#[test]
fn a_page_told_once_more_is_not_counted_once_more() {
    let mut live = Live::with(RestrictionInput {
        rule_sets: vec![RuleSetInput {
            mask: vec![".m".into()],
            no_control: vec![".n".into()],
            hide: vec![".h".into()],
            ..RuleSetInput::default()
        }],
        ..RestrictionInput::default()
    });
    for _ in 0..3 {
        live.load(page());
        let report = live.view.report();
        assert_eq!((report.masked[".m"], report.hidden[".h"], report.no_control[".n"]), (3, 1, 1));
    }
    live.view.begin_instance("another page");
    live.load(page());
    assert_eq!(live.view.report().masked[".m"], 6, "other nodes, though their numbers are the same");
}
