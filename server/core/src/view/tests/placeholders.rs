//! What stands where an address was refused: a mark, the kind, the size, and nothing of the address.

use serde_json::{Value, json};

use super::{Live, element};
use crate::restrict::{RestrictionInput, RuleSetInput};

const SIZE: &str = "width:240px!important;height:120.5px!important;box-sizing:border-box!important;";

fn sizes(of: &[(u32, f64, f64)]) -> Value {
    let payload: Vec<Value> =
        of.iter().map(|(id, width, height)| json!({"id": id, "width": width, "height": height})).collect();
    json!({"type": 5, "data": {"tag": "vitrine.sizes", "payload": payload}, "timestamp": 3})
}

/// The attributes of node 10, as a late agent has them.
fn attributes(live: &mut Live) -> Value {
    live.check_player();
    let text = live.keyframe_text();
    let events: Value = serde_json::from_str(&format!("[{}]", text.replace("}{", "},{"))).unwrap();
    found(&events).cloned().unwrap_or_default()
}

fn found(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(items) => items.iter().find_map(found),
        Value::Object(fields) if fields.get("id") == Some(&json!(10)) => fields.get("attributes"),
        Value::Object(fields) => fields.values().find_map(found),
        _ => None,
    }
}

/// An element of id 10 and what of it leaves once the customer's page told that it is 240 by 120.5 pixels.
fn rows() -> Vec<(&'static str, Value, Value)> {
    let refused = "https://evil.example/SECRET.png";
    let allowed = "https://cdn.example/a.png";
    vec![
        ("img", json!({"src": refused}), json!({"src": "", "data-vitrine-refused": "picture", "style": SIZE})),
        (
            "img",
            json!({"src": refused, "alt": "A press", "style": "color:red"}),
            json!({"src": "", "data-vitrine-refused": "picture", "style": format!("color:red;{SIZE}"), "aria-label": "A press"}),
        ),
        (
            "img",
            json!({"src": "blob:https://shop.example/SECRET", "alt": "A", "aria-label": "B"}),
            json!({"src": "", "data-vitrine-refused": "picture", "style": SIZE, "aria-label": "B"}),
        ),
        (
            "img",
            json!({"srcset": format!("{refused} 1x")}),
            json!({"srcset": "", "data-vitrine-refused": "picture", "style": SIZE}),
        ),
        ("img", json!({"src": allowed, "alt": "A"}), json!({"src": "*", "alt": "A"})),
        ("img", json!({"src": refused, "srcset": format!("{allowed} 2x")}), json!({"src": "", "srcset": "*"})),
        ("img", json!({"src": " "}), json!({"src": ""})),
        ("img", json!({}), json!({})),
        ("img", json!({"data-vitrine-refused": "SECRET"}), json!({})),
        ("img", json!({"data-vitrine-refused": "picture", "src": allowed}), json!({"src": "*"})),
        ("img", json!({"data-vitrine-refused": "picture"}), json!({"data-vitrine-refused": "picture", "style": SIZE})),
        ("p", json!({"data-vitrine-refused": "picture"}), json!({})),
        (
            "input",
            json!({"type": "image", "src": refused, "alt": "Go"}),
            json!({"type": "image", "src": "", "alt": "Go", "data-vitrine-refused": "picture", "style": SIZE}),
        ),
        ("video", json!({"src": refused}), json!({"src": "", "data-vitrine-refused": "video", "style": SIZE})),
        ("video", json!({}), json!({"style": SIZE})),
        ("video", json!({"src": "https://cdn.example/a.mp4"}), json!({"src": "*"})),
        ("audio", json!({"src": refused}), json!({"src": "", "data-vitrine-refused": "sound"})),
        ("source", json!({"src": refused}), json!({"src": "", "data-vitrine-refused": "video"})),
        ("source", json!({"src": "https://cdn.example/a.mp4"}), json!({"src": "*"})),
        ("div", json!({"src": refused}), json!({})),
    ]
}

#[test]
fn a_refused_address_leaves_a_mark_of_its_kind_and_the_size() {
    for (name, recorded, wanted) in rows() {
        let mut live = Live::page(json!([element(10, name, recorded.clone(), json!([]))]));
        let before = live.view.report().clone();
        live.event(&sizes(&[(10, 240.0, 120.5)]));
        assert_eq!(without_tokens(attributes(&mut live)), wanted, "{name} {recorded}");
        assert_eq!(live.view.report(), &before, "{name} {recorded}: counted again");
        live.never_said("SECRET");
        live.never_said("evil");
    }
}

#[test]
fn sound_and_video_that_the_operator_does_not_list_leave_as_placeholders() {
    let allowed = "https://cdn.example/a";
    for (name, recorded, wanted) in [
        ("video", json!({"src": allowed}), json!({"src": "", "data-vitrine-refused": "video", "style": SIZE})),
        (
            "video",
            json!({"src": allowed, "poster": allowed}),
            json!({"src": "", "poster": "*", "data-vitrine-refused": "video", "style": SIZE}),
        ),
        ("audio", json!({"src": allowed}), json!({"src": "", "data-vitrine-refused": "sound"})),
        ("source", json!({"src": allowed}), json!({"src": "", "data-vitrine-refused": "video"})),
        ("source", json!({"srcset": allowed}), json!({"srcset": "*"})),
    ] {
        let mut live = Live::without_media();
        live.load(json!([element(10, name, recorded.clone(), json!([]))]));
        live.event(&sizes(&[(10, 240.0, 120.5)]));
        assert_eq!(without_tokens(attributes(&mut live)), wanted, "{name} {recorded}");
    }
}

/// Sealed addresses as stars.
fn without_tokens(mut attributes: Value) -> Value {
    for (_, value) in attributes.as_object_mut().unwrap() {
        if value.as_str().is_some_and(|text| text.starts_with("/asset/")) {
            *value = json!("*");
        }
    }
    attributes
}

#[test]
fn two_refused_addresses_leave_alike() {
    let address = |host: &str, path: usize| format!("https://{host}/{}", "x".repeat(path));
    let keyframes = [address("a.example", 1), address("much-longer.example", 700)].map(|src| {
        let mut live = Live::page(json!([element(10, "img", json!({"src": src}), json!([]))]));
        live.event(&sizes(&[(10, 4.0, 4.0)]));
        live.keyframe_text()
    });
    assert_eq!(keyframes[0], keyframes[1]);
}

#[test]
fn no_size_leaves_of_what_is_masked_blocked_hidden_or_unknown() {
    let withheld = ["m", "b", "h"].into_iter().flat_map(|class| ["img", "input", "video"].map(|name| (class, name)));
    for (class, name) in withheld {
        // Our own mark, written by the page, says nothing of an address.
        for more in [json!({"src": "https://evil.example/"}), json!({"data-vitrine-refused": "picture"}), json!({})] {
            let mut attributes = json!({"class": class, "type": "image"});
            attributes.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let mut live = Live::page(json!([element(10, name, attributes.clone(), json!([]))]));
            let before = live.keyframe_text();
            assert!(live.event(&sizes(&[(10, 240.0, 120.5), (77, 1.0, 1.0)])).is_empty(), "{name} {attributes}");
            assert_eq!(live.keyframe_text(), before, "{name} {attributes}");
        }
    }
    // A word of the operator's own rules is kept in the mirror also under a mask.
    let word = RuleSetInput { mask: vec!["[data-vitrine-refused=picture]".into()], ..RuleSetInput::default() };
    let mut live = Live::with(RestrictionInput { rule_sets: vec![word], ..RestrictionInput::default() });
    let marked = json!({"type": "image", "data-vitrine-refused": "picture"});
    live.load(json!([element(10, "input", marked, json!([]))]));
    assert!(live.event(&sizes(&[(10, 240.0, 120.5)])).is_empty(), "marked by the page and masked");
    assert!(!live.keyframe_text().contains("240px"), "marked by the page and masked");
    for (width, height) in [(0.0, 5.0), (5.0, 0.0), (-1.0, 5.0), (5.0, 1e9), (0.001, 5.0)] {
        let mut live = Live::page(json!([element(10, "img", json!({"src": "https://evil.example/"}), json!([]))]));
        assert!(live.event(&sizes(&[(10, width, height)])).is_empty(), "{width} {height}");
    }
}

#[test]
fn the_placeholder_follows_the_address_and_the_size() {
    let mut live = Live::page(json!([element(10, "img", json!({"src": "https://cdn.example/a.png"}), json!([]))]));
    assert!(live.event(&sizes(&[(10, 240.0, 120.5)])).is_empty(), "an allowed picture has a size of its own");
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"src": "https://evil.example/"}}]}));
    assert_eq!(attributes(&mut live)["style"], SIZE);
    assert_eq!(live.event(&sizes(&[(10, 240.0, 120.5)])).len(), 0, "nothing new");
    live.event(&sizes(&[(10, 10.0, 20.0)]));
    assert!(attributes(&mut live)["style"].as_str().unwrap().starts_with("width:10px"));
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"class": "m"}}]}));
    assert!(!attributes(&mut live).to_string().contains("10px"), "masked");
    live.mutate(&json!({"removes": [{"parentId": 4, "id": 10}], "adds": [super::add(4, None, element(11, "img", json!({"src": "https://evil.example/"}), json!([])))]}));
    live.check_player();
    assert!(!live.keyframe_text().contains("10px"), "sizes go with their elements");
    live.event(&sizes(&[(11, 3.0, 4.0)]));
    assert!(live.keyframe_text().contains("width:3px"));
}

#[test]
fn more_sizes_than_an_event_may_hold_are_refused() {
    let many: Vec<(u32, f64, f64)> = (0..1_001).map(|id| (id, 1.0, 1.0)).collect();
    let mut live = Live::page(json!([]));
    assert!(live.try_event(&sizes(&many[1..])).is_ok());
    assert!(live.try_event(&sizes(&many)).is_err());
}
