//! Mutations of a recorder that means harm: whatever it sends, the mirror's invariants hold, a refused event changes
//! nothing, and players follow what was taken.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Live, element, mutation, text};

/// Names that are treated in different ways.
const NAMES: [&str; 12] =
    ["div", "p", "iframe", "html", "body", "style", "select", "option", "x-a", "script", "input", "template"];
const CLASSES: [&str; 5] = ["", "m", "b", "h", "x"];
/// Kinds of nodes, elements and texts more often than others; 9 is none.
const KINDS: [u8; 9] = [2, 2, 2, 2, 3, 3, 0, 1, 5];

/// Numbers that mostly are there, or are new, or are none.
fn id() -> impl Strategy<Value = i64> + Clone {
    prop_oneof![8 => 1_i64..24, 4 => 30_i64..60, 1 => -2_i64..1, 1 => Just(i64::from(u32::MAX) + 1)]
}

fn node() -> impl Strategy<Value = Value> + Clone {
    let leaf = (id(), 0..KINDS.len(), 0..NAMES.len(), 0..CLASSES.len(), 0_u8..16).prop_map(leaf);
    leaf.prop_recursive(3, 6, 2, |inner| {
        (id(), 0..NAMES.len(), prop::collection::vec(inner, 0..3)).prop_map(|(id, name, children)| {
            let is_document = NAMES[name] == "iframe";
            json!({"type": if is_document { 0 } else { 2 }, "id": id, "tagName": NAMES[name], "attributes": {}, "childNodes": children})
        })
    })
}

fn leaf((id, kind, name, class, flags): (i64, usize, usize, usize, u8)) -> Value {
    let mut node = json!({"type": KINDS[kind], "id": id, "tagName": NAMES[name], "attributes": {"class": CLASSES[class]}, "childNodes": [], "textContent": "t", "name": "html", "publicId": "", "systemId": ""});
    for (bit, flag) in ["isShadow", "isShadowHost", "isSVG", "isCustom"].iter().enumerate() {
        if flags == 1 << bit {
            node[flag] = json!(true);
        }
    }
    node
}

/// One batch. Most hold a single kind of change, or hardly any would be taken.
fn batch() -> impl Strategy<Value = Value> {
    let next = prop_oneof![3 => Just(None), 1 => id().prop_map(Some)];
    let add =
        (id(), next, node()).prop_map(|(parent, next, node)| json!({"parentId": parent, "nextId": next, "node": node}));
    let remove = (id(), id()).prop_map(|(parent, id)| json!({"parentId": parent, "id": id}));
    let change = (id(), 0..CLASSES.len(), any::<bool>()).prop_map(|(id, class, is_gone)| {
        let mut values = Map::new();
        values.insert("class".into(), if is_gone { Value::Null } else { json!(CLASSES[class]) });
        json!({"id": id, "attributes": values})
    });
    let retext = id().prop_map(|id| json!({"id": id, "value": "changed"}));
    let few = |most| prop::collection::vec(remove.clone(), 0..most);
    prop_oneof![
        prop::collection::vec(add.clone(), 1..3).prop_map(|adds| json!({"adds": adds})),
        few(5).prop_map(|removes| json!({"removes": removes})),
        prop::collection::vec(change.clone(), 1..4).prop_map(|changes| json!({"attributes": changes})),
        prop::collection::vec(retext.clone(), 1..4).prop_map(|texts| json!({"texts": texts})),
        (few(3), prop::collection::vec(add, 0..3), prop::collection::vec(retext, 0..2), prop::collection::vec(change, 0..2))
            .prop_map(|(removes, adds, texts, attributes)| json!({"removes": removes, "adds": adds, "texts": texts, "attributes": attributes})),
    ]
}

/// A removal that is always right: the recorder's own habit, so that histories get somewhere.
fn true_parent(live: &Live, data: &mut Value) {
    for remove in data["removes"].as_array_mut().into_iter().flatten() {
        let id = remove["id"].as_i64().and_then(crate::ids::NodeId::new);
        let slot = id.and_then(|id| live.view.mirror.find(id));
        let parent = slot.and_then(|slot| live.view.mirror.parent(slot)).and_then(|slot| live.view.mirror.get(slot));
        if let Some(parent) = parent {
            remove["parentId"] = json!(parent.id.get());
        }
    }
}

fn load(live: &mut Live) {
    let mut host = element(14, "x-a", json!({}), json!([text(15, "shadow"), text(16, "light")]));
    host["isShadowHost"] = json!(true);
    host["childNodes"][0]["isShadow"] = json!(true);
    live.load(json!([
        element(
            10,
            "div",
            json!({"class": "x"}),
            json!([text(11, "one"), element(12, "p", json!({}), json!([text(13, "two")]))])
        ),
        host,
        element(17, "iframe", json!({}), json!([text(18, "fallback"), text(19, "more")])),
        element(20, "style", json!({"_cssText": "a { color: red }"}), json!([text(21, "")])),
        element(22, "div", json!({"class": "m"}), json!([text(23, "masked")])),
    ]));
}

/// Agents have a node only beneath one that they have.
#[track_caller]
fn assert_sent(live: &Live) {
    let mirror = &live.view.mirror;
    for slot in mirror.descendants(mirror.root()) {
        let is_sent = mirror.get(slot).is_some_and(|node| node.sent);
        let parent = mirror.parent(slot).and_then(|parent| mirror.get(parent));
        assert!(!is_sent || parent.is_none_or(|parent| parent.sent), "a child of what agents have not");
    }
}

fn follow(live: &mut Live, mut data: Value, is_true: bool) {
    if is_true {
        true_parent(live, &mut data);
    }
    let before = live.keyframe_text();
    let outcome = live.try_event(&mutation(&data));
    live.view.mirror.assert_invariants();
    match outcome {
        Ok(_) => {
            assert_sent(live);
            live.check_player();
        }
        Err(_) => {
            assert_eq!(live.keyframe_text(), before, "refused, and yet changed by {data}");
            load(live);
            live.view.mirror.assert_invariants();
        }
    }
}

proptest! {
    #[test]
    fn invariants_hold_whatever_is_sent(batches in prop::collection::vec((batch(), any::<bool>()), 1..12)) {
        let mut live = Live::new();
        load(&mut live);
        for (data, is_true) in batches {
            follow(&mut live, data, is_true);
        }
    }

    #[test]
    fn a_snapshot_is_taken_whole_or_not_at_all(children in prop::collection::vec(node(), 0..4)) {
        let mut live = Live::new();
        load(&mut live);
        let before = live.keyframe_text();
        let whole = json!({"type": 2, "data": {"node": {"type": 0, "id": 1, "childNodes": children}, "initialOffset": {"left": 0, "top": 0}}, "timestamp": 1});
        let outcome = live.try_event(&whole);
        live.view.mirror.assert_invariants();
        match outcome {
            Ok(_) => live.check_player(),
            Err(_) => prop_assert_eq!(live.keyframe_text(), before),
        }
    }
}
