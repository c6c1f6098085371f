//! Sheets changed by rule: the first agent's player and a late one read the same.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Live, add, element};
use crate::limits::Limits;
use crate::restrict::RestrictionInput;

/// The sheets of a player, as its browser keeps them.
#[derive(Debug, Default, PartialEq)]
struct Sheets {
    /// Style elements by node id, constructed sheets by the negative of their number.
    rules: BTreeMap<i64, Vec<String>>,
    adopted: BTreeMap<i64, Vec<i64>>,
}

impl Sheets {
    fn apply(&mut self, event: &Value) {
        let data = &event["data"];
        match (event["type"].as_u64(), data["source"].as_u64()) {
            (Some(2), _) => self.walk(&data["node"]),
            (Some(3), Some(8)) => {
                let key = data["id"].as_i64().unwrap_or_else(|| -data["styleId"].as_i64().unwrap());
                let Some(rules) = self.rules.get_mut(&key) else { panic!("no sheet {key}") };
                change(rules, data);
            }
            (Some(3), Some(15)) => {
                for style in data["styles"].as_array().into_iter().flatten() {
                    let rules = self.rules.entry(-style["styleId"].as_i64().unwrap()).or_default();
                    rules.clear();
                    change(rules, &json!({"adds": style["rules"]}));
                }
                let ids =
                    data["styleIds"].as_array().unwrap().iter().map(|id| id.as_i64().unwrap()).collect::<Vec<_>>();
                assert!(ids.iter().all(|id| self.rules.contains_key(&-id)), "a sheet that this player has not: {data}");
                self.adopted.insert(data["id"].as_i64().unwrap(), ids);
            }
            _ => {}
        }
    }

    fn walk(&mut self, node: &Value) {
        if let Some(text) = node["attributes"]["_cssText"].as_str() {
            let rules = text.split_inclusive('}').map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty());
            self.rules.insert(node["id"].as_i64().unwrap(), rules.collect());
        }
        node["childNodes"].as_array().into_iter().flatten().for_each(|child| self.walk(child));
    }
}

/// As `insertRule`, `deleteRule` and `replaceSync` do, in the player's order.
fn change(rules: &mut Vec<String>, data: &Value) {
    for add in data["adds"].as_array().into_iter().flatten() {
        let at = usize::try_from(add["index"].as_u64().unwrap_or(0)).unwrap();
        rules.insert(at.min(rules.len()), add["rule"].as_str().unwrap().to_owned());
    }
    for remove in data["removes"].as_array().into_iter().flatten() {
        rules.remove(usize::try_from(remove["index"].as_u64().unwrap()).unwrap());
    }
    if let Some(text) = data["replaceSync"].as_str() {
        *rules = text.split_inclusive('}').map(|rule| rule.trim().to_owned()).filter(|rule| !rule.is_empty()).collect();
    }
}

fn run(page: Value, events: &[Value]) -> Sheets {
    let mut live = Live::page(page);
    let mut first = Sheets::default();
    for event in live.view.keyframe(1) {
        first.apply(&serde_json::from_str(event.get()).unwrap());
    }
    for data in events {
        for event in live.event(&json!({"type": 3, "data": data, "timestamp": 3})) {
            first.apply(&event);
        }
        let mut late = Sheets::default();
        for event in live.view.keyframe(1) {
            late.apply(&serde_json::from_str(event.get()).unwrap());
        }
        assert_eq!(first, late, "after {data}");
    }
    first
}

fn rule(name: &str) -> String {
    format!("{name} {{ color: red }}")
}

#[test]
fn a_sheet_changed_by_rule_is_the_same_for_all() {
    let sheet = format!("{} @import 'https://evil.example/x'; bad rule; {}", rule("a"), rule("b"));
    let rows = [
        (element(10, "style", json!({"_cssText": sheet}), json!([])), "id", 10),
        (element(10, "link", json!({"_cssText": sheet, "rel": "stylesheet"}), json!([])), "id", 10),
    ];
    for (node, key, id) in rows {
        let on = |mut data: Value| {
            data["source"] = json!(8);
            data[key] = json!(id);
            data
        };
        let found = run(
            json!([node]),
            &[
                on(json!({"adds": [{"rule": rule("first")}]})),
                on(json!({"adds": [{"rule": rule("second"), "index": 1}, {"rule": "@import 'x'", "index": 2}]})),
                on(json!({"adds": [{"rule": rule("third"), "index": 0}], "removes": [{"index": 0}, {"index": 1}]})),
                json!({"source": 13, key: id, "index": [0], "set": {"property": "opacity", "value": "0.5"}}),
                json!({"source": 13, key: id, "index": [1], "set": {"property": "color", "value": "url(https://evil.example/)"}}),
                json!({"source": 13, key: id, "index": [2], "set": {"property": "color", "value": "blue"}}),
                on(json!({"removes": [{"index": 0}], "replaceSync": rule("no")})),
                json!({"source": 13, key: id, "index": [0], "remove": {"property": "color"}}),
            ],
        );
        assert!(!found.rules[&10].is_empty());
    }
}

#[test]
fn constructed_sheets_are_the_same_for_all() {
    let mut host = element(10, "x-a", json!({}), json!([]));
    host["isShadowHost"] = json!(true);
    let rules = |names: &[&str]| -> Vec<Value> {
        names.iter().enumerate().map(|(at, name)| json!({"rule": rule(name), "index": at})).collect()
    };
    let found = run(
        json!([host]),
        &[
            json!({"source": 15, "id": 1, "styleIds": [7, 8], "styles": [{"styleId": 7, "rules": rules(&["a", "b"])}, {"styleId": 8, "rules": rules(&["c"])}]}),
            json!({"source": 8, "styleId": 7, "adds": [{"rule": rule("first")}]}),
            json!({"source": 15, "id": 10, "styleIds": [7]}),
            json!({"source": 15, "id": 1, "styleIds": [8]}),
            json!({"source": 15, "id": 10, "styleIds": []}),
            json!({"source": 8, "styleId": 7, "replaceSync": rule("new")}),
            json!({"source": 8, "styleId": 8, "replaceSync": ""}),
            json!({"source": 15, "id": 10, "styleIds": [7, 99]}),
            json!({"source": 15, "id": 1, "styleIds": [7], "styles": [{"styleId": 7, "rules": rules(&["again"])}]}),
        ],
    );
    assert_eq!(found.adopted[&10], [7]);
    assert_eq!(found.rules[&-7], ["new{color:red;}"]);
}

#[test]
fn a_new_snapshot_takes_the_sheets_of_the_one_before_away() {
    let mut live = Live::page(json!([]));
    assert!(!live.keyframe_text().contains("styleIds"));
    let adopt =
        json!({"source": 15, "id": 1, "styleIds": [7], "styles": [{"styleId": 7, "rules": [{"rule": rule("a")}]}]});
    live.event(&json!({"type": 3, "data": adopt, "timestamp": 3}));
    live.load(json!([]));
    assert!(live.keyframe_text().contains("\"id\":1,\"styleIds\":[]"), "a player builds it in the same document");
}

#[test]
fn what_sheets_and_fonts_weigh_is_bounded() {
    let limits = Limits { sheet_bytes: 64 << 10, ..Limits::default() };
    let mut live = Live::within(RestrictionInput::default(), limits);
    live.load(json!([element(10, "style", json!({}), json!([]))]));
    let long = format!("a {{ content: \"{}\" }}", "x".repeat(8 << 10));
    for id in 1..40 {
        for data in [
            json!({"source": 15, "id": 1, "styleIds": [id], "styles": [{"styleId": id, "rules": [{"rule": long}]}]}),
            json!({"source": 8, "id": 10, "adds": [{"rule": long}]}),
            json!({"source": 8, "styleId": id, "replaceSync": long}),
            json!({"source": 10, "family": "f", "fontSource": format!("local('{long}')"), "buffer": false}),
        ] {
            live.event(&json!({"type": 3, "data": data, "timestamp": 3}));
        }
    }
    let bytes: usize = live.view.keyframe(1).iter().map(|event| event.get().len()).sum();
    assert!(bytes < 80 << 10, "{bytes}");
}

#[test]
fn the_sheets_of_a_frame_come_back_with_its_document() {
    let mut live = Live::page(json!([element(10, "iframe", json!({}), json!([]))]));
    let document = json!({"type": 0, "id": 30, "childNodes": [{"type": 2, "id": 31, "rootId": 30, "tagName": "html", "attributes": {}, "childNodes": []}]});
    live.mutate(&json!({"adds": [add(10, None, document)]}));
    live.event(&json!({"type": 3, "data": {"source": 15, "id": 30, "styleIds": [7], "styles": [{"styleId": 7, "rules": [{"rule": rule("a")}]}]}, "timestamp": 3}));
    live.mutate(&json!({"removes": [{"parentId": 30, "id": 31}]}));
    let sent = live.mutate(&json!({"adds": [add(30, None, element(41, "html", json!({}), json!([])))]}));
    let last = sent.last().unwrap();
    assert_eq!((&last["data"]["source"], &last["data"]["styleIds"]), (&json!(15), &json!([7])));
    assert_eq!(last["data"]["styles"][0]["styleId"], 7, "its window is another, and so the sheet is made anew");
}
#[test]
fn a_sheet_is_adopted_only_in_the_document_that_it_was_made_for() {
    let mut live = Live::page(json!([element(10, "iframe", json!({}), json!([]))]));
    let document = json!({"type": 0, "id": 30, "childNodes": [{"type": 2, "id": 31, "rootId": 30, "tagName": "html", "attributes": {}, "childNodes": []}]});
    live.mutate(&json!({"adds": [add(10, None, document)]}));
    let adopt = |id: u32| json!({"type": 3, "data": {"source": 15, "id": id, "styleIds": [7], "styles": [{"styleId": 7, "rules": [{"rule": "a { color: red }", "index": 0}]}]}, "timestamp": 3});
    let first = live.event(&adopt(1));
    assert_eq!(first[0]["data"]["styleIds"], json!([7]));
    let second = live.event(&adopt(30));
    assert_eq!(second[0]["data"]["styleIds"], json!([]), "a browser throws");
}

#[test]
fn sheets_adopted_before_the_shadow_root_is_known_are_told_with_it() {
    let adopted = json!({"source": 15, "id": 10, "styleIds": [1], "styles": [{"styleId": 1, "rules": [{"rule": rule("a"), "index": 0}]}]});
    let mut child = element(11, "b", json!({}), json!([]));
    child["isShadow"] = json!(true);
    let shadow = json!({"source": 0, "removes": [], "texts": [], "attributes": [], "adds": [{"parentId": 10, "nextId": null, "node": child}]});
    let none = json!({"source": 15, "id": 1, "styleIds": []});
    let found = run(json!([element(10, "div", json!({}), json!([]))]), &[none, adopted, shadow]);
    assert_eq!(found.adopted.get(&10), Some(&vec![1]));
}
