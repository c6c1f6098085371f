//! Every event type and source of rrweb 2.x, one row each in `coverage.json`: what came, what leaves, what a late agent
//! gets, what is counted.
//!
//! A row's `in` is an event as a stock recorder writes it; without a `type` it is incremental. `out` is what leaves, event
//! by event. `keyframe` must be found in what a late agent gets 1 s later, `not` must not. All of these name only the
//! fields that matter; `"*"` is any value, `PICTURE` a small picture. `counted` is exactly what the report counts as removed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Live, element, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    what: String,
    r#in: Value,
    out: Vec<Value>,
    #[serde(default)]
    keyframe: Vec<Value>,
    #[serde(default)]
    not: Vec<Value>,
    #[serde(default)]
    counted: Vec<String>,
}

/// A PNG of 4 × 4 pixels, as far as its header goes.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAYAAAA=";

fn rows() -> Vec<Row> {
    serde_json::from_str(&include_str!("coverage.json").replace("PICTURE", PICTURE)).unwrap()
}

/// A page with one of each kind.
fn page() -> Live {
    let mut host = element(26, "x-card", json!({}), json!([text(27, "shadow")]));
    host["isShadowHost"] = json!(true);
    host["childNodes"][0]["isShadow"] = json!(true);
    let option = |id: u32, value: &str| element(id, "option", json!({"value": value}), json!([text(id + 100, value)]));
    let mut live = Live::page(json!([
        element(10, "p", json!({"lang": "en", "style": "height: 1px"}), json!([text(11, "hello")])),
        element(12, "input", json!({"type": "text"}), json!([])),
        element(13, "input", json!({"type": "checkbox"}), json!([])),
        element(14, "select", json!({}), json!([option(17, "a"), option(18, "b")])),
        element(15, "textarea", json!({}), json!([])),
        element(20, "style", json!({"_cssText": "a { color: red } b { color: green }"}), json!([])),
        element(22, "video", json!({}), json!([])),
        element(23, "canvas", json!({"width": "4", "height": "4"}), json!([])),
        element(24, "dialog", json!({}), json!([])),
        element(25, "iframe", json!({}), json!([])),
        host,
        element(28, "x-late", json!({}), json!([element(29, "x-late", json!({}), json!([]))])),
        element(
            30,
            "div",
            json!({"class": "m"}),
            json!([element(31, "input", json!({}), json!([])), text(32, "words")])
        ),
        element(200, "iframe", json!({}), json!([])),
    ]));
    let document = json!({"type": 0, "id": 201, "childNodes": [element(202, "html", json!({}), json!([]))]});
    live.mutate(&json!({"adds": [{"parentId": 200, "nextId": null, "node": document}], "isAttachIframe": true}));
    let sheet = json!({"source": 15, "id": 1, "styleIds": [1], "styles": [{"styleId": 1, "rules": [{"rule": "q { color: red }"}]}]});
    live.event(&json!({"type": 3, "data": sheet, "timestamp": 3}));
    live
}

/// Whether `value` has all that the pattern names.
fn fits(pattern: &Value, value: &Value) -> bool {
    match (pattern, value) {
        (Value::String(any), _) if any == "*" => true,
        (Value::Object(fields), Value::Object(_)) => fields.iter().all(|(key, field)| fits(field, &value[key])),
        (Value::Array(items), Value::Array(values)) => {
            items.len() == values.len() && items.iter().zip(values).all(|(item, value)| fits(item, value))
        }
        (Value::Number(one), Value::Number(two)) => one.as_f64() == two.as_f64(),
        (Value::Bool(true), Value::String(empty)) => empty.is_empty(),
        _ => pattern == value,
    }
}

/// Whether the pattern fits the value or anything in it.
fn holds(value: &Value, pattern: &Value) -> bool {
    let has_fields = pattern.as_object().is_none_or(|fields| fields.keys().all(|key| value.get(key).is_some()));
    has_fields && fits(pattern, value)
        || match value {
            Value::Array(items) => items.iter().any(|item| holds(item, pattern)),
            Value::Object(fields) => fields.values().any(|field| holds(field, pattern)),
            _ => false,
        }
}

fn counts(live: &Live) -> BTreeMap<String, u64> {
    live.view.report().removed.clone()
}

/// The event as text, with its type before or after its data: recorders write both.
fn written(event: &Value, type_first: bool) -> String {
    let (kind, data) = match event.get("type").filter(|_| event.get("data").is_some()) {
        Some(kind) => (kind.clone(), event["data"].clone()),
        None => (json!(3), event.clone()),
    };
    if type_first {
        format!("{{\"type\":{kind},\"data\":{data},\"timestamp\":5,\"delay\":1}}")
    } else {
        format!("{{\"timestamp\":5,\"data\":{data},\"type\":{kind}}}")
    }
}

fn check(row: &Row, type_first: bool) {
    let what = &row.what;
    println!("{what}");
    let mut live = page();
    let before = counts(&live);
    let sent = live.try_text(&written(&row.r#in, type_first)).unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
    // A pattern with a source speaks of an incremental event's data.
    let leaves = |pattern: &Value, event: &Value| match pattern.get("source") {
        Some(_) => event["type"] == 3 && fits(pattern, &event["data"]),
        None => fits(pattern, event),
    };
    let fitting =
        sent.len() == row.out.len() && row.out.iter().zip(&sent).all(|(pattern, event)| leaves(pattern, event));
    assert!(fitting, "{what}: left {}", json!(sent));
    let mut counted: Vec<String> = Vec::new();
    for (reason, number) in counts(&live) {
        let more = number - before.get(&reason).copied().unwrap_or(0);
        counted.extend((0..more).map(|_| reason.clone()));
    }
    assert_eq!(counted, row.counted, "{what}");
    let at_ms = live.at_ms + 1_000;
    let keyframe: Vec<Value> =
        live.view.keyframe(at_ms).iter().map(|event| serde_json::from_str(event.get()).unwrap()).collect();
    let keyframe = Value::Array(keyframe);
    for pattern in &row.keyframe {
        assert!(holds(&keyframe, pattern), "{what}: no {pattern} in {keyframe}");
    }
    for pattern in &row.not {
        assert!(!holds(&keyframe, pattern), "{what}: {pattern} in {keyframe}");
    }
    // The model of a player keeps no sheets; those of `sheets` do.
    if !matches!(row.r#in["source"].as_u64(), Some(8 | 13)) {
        live.check_player();
    }
    live.never_said("SECRET");
}

#[test]
fn every_event_is_understood_or_dropped_with_a_reason() {
    for row in rows() {
        check(&row, true);
        check(&row, false);
    }
}

#[test]
fn every_event_before_the_first_snapshot_is_dropped_with_a_reason() {
    for row in rows() {
        let kind = row.r#in.get("data").map_or(3, |_| row.r#in["type"].as_u64().unwrap());
        let mut live = Live::new();
        let sent = live.try_text(&written(&row.r#in, true)).unwrap();
        assert_eq!(sent.is_empty(), kind != 2, "{}", row.what);
        let is_counted = !counts(&live).is_empty();
        assert!(is_counted || matches!(kind, 0 | 1 | 2 | 4), "{}", row.what);
    }
}

#[test]
fn every_type_and_source_has_a_row() {
    let titles: Vec<String> = rows().into_iter().map(|row| row.what).collect();
    let types = (0..=9).map(|kind| format!("type {kind}"));
    let sources = (0..=17).map(|source| format!("source {source}"));
    let interactions = (0..=10).map(|kind| format!("source 2, type {kind}:"));
    let media = (0..=4).map(|kind| format!("source 7, type {kind}:"));
    for wanted in types.chain(sources).chain(interactions).chain(media) {
        let is_there = |title: &String| {
            title.strip_prefix(&wanted).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        };
        assert!(titles.iter().any(is_there), "{wanted}");
    }
}
