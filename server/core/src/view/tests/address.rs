//! A living page whose address a script changes.

use serde_json::{Value, json};

use super::{Live, document, element};

fn met(href: &str) -> Value {
    json!({"type": 4, "data": {"href": href, "width": 800, "height": 600}, "timestamp": 1})
}

#[test]
fn relative_addresses_mean_what_they_meant_when_the_page_was_loaded() {
    let picture = || json!([element(10, "img", json!({"src": "a.png"}), json!([]))]);
    let snapshot = |node: Value| json!({"type": 2, "data": {"node": node, "initialOffset": {"left": 0, "top": 0}}, "timestamp": 1});
    let mut live = Live::new();
    live.event(&met("https://cdn.example/one/"));
    live.event(&snapshot(document(picture())));
    let first = live.player.attribute(10, "src").unwrap().to_owned();
    assert!(first.starts_with("/asset/"));

    live.event(&met("https://cdn.example/two/"));
    live.check_player();
    assert_eq!(live.player.attribute(10, "src"), Some(first.as_str()));

    live.event(&snapshot(document(picture())));
    assert_ne!(live.player.attribute(10, "src"), Some(first.as_str()), "a snapshot is of the page as it is");
    live.check_player();
}
