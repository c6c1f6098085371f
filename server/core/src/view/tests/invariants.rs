//! The mirror's invariants, one table each of what breaks them and of what is tolerated.

use serde_json::{Value, json};

use super::{Live, add, element, mutation, text};

/// A paragraph (10) with text (11) and a bold (12), and a frame (30) whose document (31) has an element (32) and a body (33).
fn page() -> Live {
    let mut live = Live::page(json!([
        element(10, "p", json!({}), json!([text(11, "a"), element(12, "b", json!({}), json!([text(13, "b")]))])),
        element(30, "iframe", json!({}), json!([])),
    ]));
    live.mutate(&json!({"adds": [add(30, None, document(31, 32, 33))], "isAttachIframe": true}));
    live
}

fn document(id: u32, html: u32, body: u32) -> Value {
    let body = element(body, "body", json!({}), json!([]));
    json!({"type": 0, "id": id, "childNodes": [element(html, "html", json!({}), json!([body]))]})
}

fn doctype(id: u32) -> Value {
    json!({"type": 1, "id": id, "name": "html", "publicId": "", "systemId": ""})
}

/// Each row comes with a change that would show, and must not.
#[test]
fn what_breaks_an_invariant_is_refused_whole() {
    let rows: [(&str, Vec<Value>); 18] = [
        ("unknown parent", vec![add(99, None, text(50, "x"))]),
        ("unknown next sibling", vec![add(4, Some(99), text(50, "x"))]),
        ("a parent that is no number of a node", vec![json!({"parentId": -1, "nextId": null, "node": text(50, "x")})]),
        (
            "two that wait for each other",
            vec![
                add(51, None, element(50, "i", json!({}), json!([]))),
                add(50, None, element(51, "i", json!({}), json!([]))),
            ],
        ),
        ("a node beneath itself", vec![add(12, None, element(10, "p", json!({}), json!([])))]),
        ("a node as its own parent", vec![add(10, None, element(10, "p", json!({}), json!([])))]),
        ("a number twice in one add", vec![add(4, None, element(50, "p", json!({}), json!([text(50, "x")])))]),
        (
            "a number that stands elsewhere, below the top of an add",
            vec![add(4, None, element(50, "p", json!({}), json!([text(13, "x")])))],
        ),
        ("a number of another document", vec![add(33, None, text(11, "x"))]),
        ("the number of the page itself", vec![add(4, None, element(1, "p", json!({}), json!([])))]),
        ("number 0", vec![add(4, None, text(0, "x"))]),
        ("a child of a text", vec![add(11, None, text(50, "x"))]),
        ("a second element of the page", vec![add(1, None, element(50, "html", json!({}), json!([])))]),
        ("a second element of a frame's document", vec![add(31, None, element(50, "html", json!({}), json!([])))]),
        ("a text of the page itself", vec![add(1, None, text(50, "x"))]),
        ("a doctype behind the element", vec![add(31, None, doctype(50))]),
        ("a doctype in an element", vec![add(4, None, doctype(50))]),
        ("a document in a document", vec![add(31, None, document(50, 51, 52))]),
    ];
    for (title, adds) in rows {
        let mut live = page();
        let before = live.keyframe_text();
        let data = json!({
            "removes": [{"parentId": 10, "id": 12}],
            "adds": adds,
            "texts": [{"id": 11, "value": "changed"}],
            "attributes": [{"id": 10, "attributes": {"title": "changed"}}],
        });
        // What needs node 12 keeps it.
        let data = if title.contains("beneath") || title.contains("elsewhere") { json!({"adds": adds}) } else { data };
        assert!(live.try_event(&mutation(&data)).is_err(), "{title}");
        live.view.mirror.assert_invariants();
        assert_eq!(live.keyframe_text(), before, "{title}: as before");
        let later = live.mutate(&json!({"texts": [{"id": 11, "value": "later"}]}));
        assert!(later.is_empty(), "{title}: nothing is applied any more");
        live.load(json!([text(10, "again")]));
        assert_eq!(live.player.text(10), Some("again"), "{title}: until the next snapshot");
    }
}

#[test]
fn what_a_stock_recorder_errs_in_is_tolerated() {
    let again = |id: u32, name: &str| element(id, name, json!({}), json!([]));
    let rows: [(&str, Value, Vec<&str>, &str); 12] = [
        (
            "a text of nobody",
            json!({"texts": [{"id": 99, "value": "x"}, {"id": -1, "value": "x"}]}),
            vec!["event:unknown-node"; 2],
            "ab",
        ),
        (
            "an attribute of nobody",
            json!({"attributes": [{"id": 0, "attributes": {"title": "x"}}]}),
            vec!["event:unknown-node"],
            "ab",
        ),
        (
            "an attribute of a text",
            json!({"attributes": [{"id": 11, "attributes": {"title": "x"}}]}),
            vec!["event:unknown-node"],
            "ab",
        ),
        ("a text of an element", json!({"texts": [{"id": 12, "value": "x"}]}), vec!["event:text-of-no-text"], "ab"),
        (
            "a remove of nobody",
            json!({"removes": [{"parentId": 10, "id": 99}, {"parentId": -1, "id": -2}]}),
            vec!["event:unknown-node"; 2],
            "ab",
        ),
        (
            "a remove twice",
            json!({"removes": [{"parentId": 10, "id": 12}, {"parentId": 10, "id": 12}]}),
            vec!["event:unknown-node"],
            "a",
        ),
        (
            "a remove from another parent",
            json!({"removes": [{"parentId": 4, "id": 12}]}),
            vec!["event:unknown-node"],
            "ab",
        ),
        (
            "the right ones beside them",
            json!({"texts": [{"id": 99, "value": "x"}, {"id": 11, "value": "c"}]}),
            vec!["event:unknown-node"],
            "cb",
        ),
        (
            "a node again under its parent",
            json!({"adds": [add(10, None, again(12, "b")), add(12, None, text(14, "new"))]}),
            vec![],
            "anew",
        ),
        (
            "a node that moves without a remove",
            json!({"adds": [add(4, Some(10), again(12, "b")), add(12, None, text(14, "new"))]}),
            vec![],
            "newa",
        ),
        (
            "adds in the wrong order",
            json!({"adds": [add(50, Some(51), text(52, "x")), add(50, None, text(51, "y")), add(10, Some(11), again(50, "i"))]}),
            vec![],
            "xyab",
        ),
        ("a frame's document again", json!({"adds": [add(30, None, document(31, 32, 33))]}), vec![], "ab"),
    ];
    for (title, data, counted, words) in rows {
        let mut live = page();
        let before: u64 = live.view.report().removed.values().sum();
        live.try_event(&mutation(&data)).unwrap_or_else(|refusal| panic!("{title}: {refusal}"));
        live.view.mirror.assert_invariants();
        live.check_player();
        let report = live.view.report();
        assert_eq!(report.removed.values().sum::<u64>() - before, counted.len() as u64, "{title}");
        assert!(counted.iter().all(|reason| report.removed.contains_key(*reason)), "{title}");
        let mirror = &live.view.mirror;
        let shown: String = mirror.descendants(mirror.root()).filter_map(|slot| mirror.get(slot)?.text()).collect();
        assert_eq!(shown, words, "{title}");
    }
}

#[test]
fn a_frames_document_stands_before_its_fallback() {
    let mut live = Live::page(json!([element(10, "iframe", json!({}), json!([text(11, "no"), text(12, "frames")]))]));
    for (document_id, html, body) in [(31, 32, 33), (41, 42, 43)] {
        live.mutate(&json!({"adds": [add(10, None, document(document_id, html, body))], "isAttachIframe": true}));
        live.view.mirror.assert_invariants();
        live.check_player();
        assert!(live.player.find(document_id.into()).is_some());
    }
    live.mutate(&json!({"adds": [add(10, Some(11), text(50, "more"))]}));
    assert!(live.try_event(&mutation(&json!({"adds": [add(10, Some(41), text(51, "before it"))]}))).is_err());
}

#[test]
fn a_frames_document_that_is_replaced_by_none_to_show_is_gone() {
    let mut live = page();
    live.mutate(
        &json!({"adds": [add(30, None, json!({"type": 0, "id": 41, "childNodes": []}))], "isAttachIframe": true}),
    );
    live.view.mirror.assert_invariants();
    live.check_player();
    assert!(live.player.find(31).is_none());
}
