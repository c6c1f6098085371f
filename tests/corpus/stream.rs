//! Streams of rrweb events around what a row brings.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// Text of the page that the attack comes after, and of the snapshot that ends each stream.
pub(crate) const LAST_WORDS: &str = "after all";

/// A stream: the row's own snapshot or the common page with the row's nodes in it, the row's events, and then a harmless
/// snapshot, which must come through whatever was before it.
pub(crate) fn stream(row: &Value) -> String {
    let mut events = vec![meta()];
    if let Some(levels) = row.get("deep").and_then(Value::as_u64) {
        return format!("[{},{},{}]", meta(), deep(levels), last());
    }
    match row.get("raw").and_then(Value::as_array) {
        Some(raw) => events.extend(raw.iter().cloned()),
        None => events.push(snapshot(page(list(row, "nodes")))),
    }
    if let Some(levels) = row.get("deep_adds").and_then(Value::as_i64) {
        events.extend((0..levels).map(deeper));
    }
    events.extend(list(row, "events"));
    events.push(last());
    for (event, at) in events.iter_mut().zip(1_u64..) {
        if let Some(event) = event.as_object_mut() {
            event.insert("timestamp".to_owned(), json!(at));
        }
    }
    Value::Array(events).to_string()
}

fn list(row: &Value, key: &str) -> Vec<Value> {
    row.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
}

pub(crate) fn meta() -> Value {
    json!({"type": 4, "data": {"href": "https://shop.example/basket", "width": 800, "height": 600}, "timestamp": 1})
}

pub(crate) fn snapshot(node: Value) -> Value {
    json!({"type": 2, "data": {"node": node, "initialOffset": {"top": 0, "left": 0}}, "timestamp": 1})
}

fn last() -> Value {
    let text = json!({"type": 3, "id": 904, "textContent": LAST_WORDS});
    let body = element(903, "body", json!({}), vec![text]);
    snapshot(json!({"type": 0, "id": 901, "childNodes": [element(902, "html", json!({}), vec![body])]}))
}

pub(crate) fn element(id: i64, tag: &str, attributes: Value, children: Vec<Value>) -> Value {
    let mut node = json!({"type": 2, "id": id, "tagName": tag});
    node["attributes"] = attributes;
    node["childNodes"] = Value::Array(children);
    node
}

/// One of each element that events act on. The ids are those that the rows name.
pub(crate) fn page(more: Vec<Value>) -> Value {
    let text = |id: i64, text: &str| json!({"type": 3, "id": id, "textContent": text});
    let mut body = vec![
        element(5, "div", json!({}), vec![text(6, "page text")]),
        element(7, "style", json!({}), vec![text(8, "p{color:red}")]),
        element(9, "img", json!({"alt": "picture"}), vec![]),
        element(11, "canvas", json!({}), vec![]),
        element(12, "input", json!({"type": "text", "value": ""}), vec![]),
        element(13, "video", json!({}), vec![]),
        element(15, "iframe", json!({}), vec![]),
        element(16, "dialog", json!({}), vec![]),
        element(17, "a", json!({"href": "#"}), vec![]),
        element(18, "p", json!({}), vec![text(19, "p{}")]),
    ];
    body.extend(more);
    let head = element(3, "head", json!({}), vec![]);
    let html = element(2, "html", json!({}), vec![head, element(4, "body", json!({}), body)]);
    json!({"type": 0, "id": 1, "childNodes": [html]})
}

/// A snapshot so many levels deep, as text: no value of that depth is ever built.
fn deep(levels: u64) -> String {
    let mut out = String::from(
        r#"{"type":2,"timestamp":2,"data":{"initialOffset":{"top":0,"left":0},"node":{"type":0,"id":1,"childNodes":["#,
    );
    for id in 2..levels + 2 {
        let tag = if id == 2 { "html" } else { "div" };
        let _ = write!(out, r#"{{"type":2,"id":{id},"tagName":"{tag}","attributes":{{}},"childNodes":["#);
    }
    out.push_str(&"]}".repeat(usize::try_from(levels).unwrap_or_default()));
    out.push_str("]}}}");
    out
}

/// One more level beneath the last one, by a mutation.
fn deeper(level: i64) -> Value {
    let parent = if level == 0 { 4 } else { 1_000 + level - 1 };
    let add = json!({"parentId": parent, "nextId": null, "node": element(1_000 + level, "div", json!({}), vec![])});
    json!({"type": 3, "data": {"source": 0, "texts": [], "attributes": [], "removes": [], "adds": [add]}})
}
