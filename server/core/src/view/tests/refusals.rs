//! A refused event changes nothing: what a late agent would get is the same, byte for byte.

use serde_json::{Value, json};

use super::{Live, add, element, mutation, text};

/// Ends every mutation: a child of nobody.
fn orphan() -> Value {
    add(999, None, text(998, "x"))
}

#[test]
fn a_refused_event_leaves_every_byte_as_it_was() {
    let page = json!([
        element(10, "p", json!({"class": "x", "title": "t", "id": "i"}), json!([text(11, "a"), text(12, "b")])),
        element(20, "style", json!({"_cssText": "a { color: red }"}), json!([text(21, "")])),
        element(22, "base", json!({"href": "https://cdn.example/one/"}), json!([])),
        element(23, "img", json!({"src": "relative.png"}), json!([])),
        element(24, "div", json!({"class": "m"}), json!([text(25, "masked")])),
    ]);
    let shadow = json!({"type": 3, "id": 60, "textContent": "s", "isShadow": true});
    let rows = [
        json!({"attributes": [{"id": 10, "attributes": {"class": null, "title": "new"}}]}),
        json!({"texts": [{"id": 21, "value": "b { color: blue }"}, {"id": 11, "value": "c"}]}),
        json!({"attributes": [{"id": 20, "attributes": {"_cssText": "b { color: blue }"}}, {"id": 22, "attributes": {"href": "https://cdn.example/two/"}}]}),
        json!({"removes": [{"parentId": 10, "id": 11}, {"parentId": 4, "id": 20}], "adds": [add(24, None, text(11, "a")), add(24, None, shadow)]}),
        json!({"adds": [add(20, None, text(61, "b { color: blue }")), add(4, Some(10), element(24, "div", json!({}), json!([])))]}),
        json!({"attributes": [{"id": 10, "attributes": {"style": {"color": "red"}, "rr_scrollTop": 4}}]}),
    ];
    for row in rows {
        let mut live = Live::page(page.clone());
        live.event(&json!({"type": 3, "data": {"source": 8, "id": 20, "adds": [{"rule": "b { top: 1px }", "index": 0}]}, "timestamp": 2}));
        let before = live.keyframe_text();
        // Attributes come last, so the orphan refuses only what has no attributes; a bad number of them refuses those.
        let mut data = row.clone();
        let adds = data.as_object_mut().unwrap().entry("adds").or_insert(json!([])).as_array_mut().unwrap();
        if row.get("attributes").is_none() && row.get("texts").is_none() {
            adds.push(orphan());
        } else {
            let many: serde_json::Map<String, Value> = (0..250).map(|at| (format!("data-{at}"), json!("x"))).collect();
            let more: serde_json::Map<String, Value> = (0..250).map(|at| (format!("data-b{at}"), json!("x"))).collect();
            let list = data.as_object_mut().unwrap().entry("attributes").or_insert(json!([])).as_array_mut().unwrap();
            list.push(json!({"id": 10, "attributes": many}));
            list.push(json!({"id": 10, "attributes": more}));
        }
        assert!(live.try_event(&mutation(&data)).is_err(), "{row}");
        assert_eq!(live.keyframe_text(), before, "{row}");
    }
}
