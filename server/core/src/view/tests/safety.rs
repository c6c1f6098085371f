//! Nothing active leaves, and nothing that would leave a player out of step.

use serde_json::{Value, json};

use super::{Live, add, element, mutation, text};

#[test]
fn code_frames_and_addresses_do_not_leave() {
    let page = json!([
        element(10, "SCRIPT", json!({"src": "https://evil.example/x.js"}), json!([text(11, "evil()")])),
        element(
            12,
            "img",
            json!({"src": "https://evil.example/p.png", "onerror": "evil()", "ONLOAD": "evil()", "srcset": "https://evil.example/q.png 2x"}),
            json!([])
        ),
        element(13, "iframe", json!({"src": "https://evil.example/", "srcdoc": "<script>evil()</script>"}), json!([])),
        element(
            14,
            "a",
            json!({"href": "javascript:evil()", "ping": "https://evil.example/", "data-href": "https://evil.example/"}),
            json!([text(15, "go")])
        ),
        element(
            16,
            "form",
            json!({"action": "https://evil.example/"}),
            json!([element(17, "button", json!({"formaction": "https://evil.example/"}), json!([]))])
        ),
        element(18, "object", json!({"data": "https://evil.example/"}), json!([])),
        element(19, "meta", json!({"http-equiv": "refresh", "content": "0;url=https://evil.example/"}), json!([])),
        element(20, "link", json!({"rel": "stylesheet", "href": "https://evil.example/x.css"}), json!([])),
        element(21, "div", json!({"style": "background:url(https://evil.example/x)"}), json!([])),
        element(
            22,
            "style",
            json!({"_cssText": "@import 'https://evil.example/'; a{background:url(https://evil.example/x)}"}),
            json!([])
        ),
        json!({"type": 2, "id": 23, "tagName": "svg", "isSVG": true, "attributes": {"onload": "evil()"}, "childNodes": [
            {"type": 2, "id": 24, "tagName": "use", "isSVG": true, "attributes": {"xlink:href": "https://evil.example/s.svg#a"}, "childNodes": []},
            {"type": 2, "id": 25, "tagName": "set", "isSVG": true, "attributes": {"attributeName": "href", "to": "javascript:evil()"}, "childNodes": []},
        ]}),
        element(26, "a b<", json!({"x y": "1"}), json!([])),
        element(27, "canvas", json!({"rr_dataURL": "https://evil.example/c.png"}), json!([])),
    ]);
    let mut live = Live::page(page);
    live.never_said("evil");
    for gone in [10, 11, 19, 25] {
        assert!(live.player.find(gone).is_none(), "{gone}");
    }
    let changes = json!({"attributes": [
        {"id": 12, "attributes": {"src": "https://evil.example/", "onerror": "evil()", "rr_dataURL": "https://evil.example/"}},
        {"id": 13, "attributes": {"srcdoc": "<b>evil</b>", "src": "javascript:evil()"}},
        {"id": 21, "attributes": {"style": {"background": "url(https://evil.example/)", "content": ["url(https://evil.example/)", "important"]}}},
    ], "texts": [], "adds": [add(4, None, element(30, "script", json!({}), json!([]))), add(30, None, text(31, "evil()"))]});
    live.mutate(&changes);
    live.check_player();
    live.never_said("evil");
}

#[test]
fn allowed_addresses_are_sealed() {
    let live = Live::page(json!([element(10, "img", json!({"src": "https://cdn.example/p.png"}), json!([]))]));
    assert!(live.player.attribute(10, "src").unwrap().starts_with("/asset/"));
    live.never_said("cdn.example");
}

#[test]
fn what_would_break_the_tree_is_refused_whole() {
    let rows: [(&str, Value); 7] = [
        ("unknown parent", json!({"texts": [{"id": 11, "value": "changed"}], "adds": [add(99, None, text(50, "x"))]})),
        (
            "cycle",
            json!({"texts": [{"id": 11, "value": "changed"}], "adds": [add(12, None, element(10, "p", json!({}), json!([])))]}),
        ),
        ("itself", json!({"adds": [add(10, None, element(10, "p", json!({}), json!([])))]})),
        ("child of text", json!({"adds": [add(11, None, text(50, "x"))]})),
        ("second body", json!({"adds": [add(1, None, element(50, "html", json!({}), json!([])))]})),
        ("id twice in one tree", json!({"adds": [add(4, None, element(50, "p", json!({}), json!([text(50, "x")])))]})),
        ("id 0", json!({"adds": [add(4, None, text(0, "x"))]})),
    ];
    for (title, data) in rows {
        let mut live = Live::page(json!([element(
            10,
            "p",
            json!({}),
            json!([text(11, "a"), element(12, "b", json!({}), json!([]))])
        )]));
        let before = live.late();
        assert!(live.try_event(&mutation(&data)).is_err(), "{title}");
        assert_eq!(live.late(), before, "{title}: nothing changed");
        assert!(
            live.mutate(&json!({"texts": [{"id": 11, "value": "b"}]})).is_empty(),
            "{title}: nothing is applied any more"
        );
        live.load(json!([text(10, "again")]));
        assert_eq!(live.player.text(10), Some("again"), "{title}: until the next snapshot");
    }
}

#[test]
fn what_a_stock_recorder_gets_wrong_in_good_faith_is_tolerated() {
    let mut live = Live::page(json!([element(10, "p", json!({}), json!([text(11, "a")]))]));
    live.mutate(&json!({
        "removes": [{"parentId": 4, "id": 99}, {"parentId": -1, "id": -2}],
        "texts": [{"id": 98, "value": "x"}, {"id": -1, "value": "x"}, {"id": 11, "value": "b"}],
        "attributes": [{"id": 97, "attributes": {"class": "x"}}],
        "adds": [add(20, None, text(21, "late")), add(4, None, element(20, "i", json!({}), json!([]))), add(4, Some(20), element(10, "p", json!({}), json!([])))],
    }));
    assert_eq!(live.player.text(21), Some("late"));
    live.check_player();
}

#[test]
fn frames_and_shadow_roots_are_followed() {
    let mut live = Live::page(json!([
        element(10, "iframe", json!({}), json!([])),
        json!({"type": 2, "id": 20, "tagName": "x-card", "isShadowHost": true, "attributes": {}, "childNodes": [
        {"type": 3, "id": 21, "textContent": "light"}, {"type": 3, "id": 22, "textContent": "shadow", "isShadow": true}]})
    ]));
    let frame = json!({"type": 0, "id": 30, "childNodes": [{"type": 2, "id": 31, "rootId": 30, "tagName": "html", "attributes": {}, "childNodes": [
        {"type": 2, "id": 32, "rootId": 30, "tagName": "body", "attributes": {}, "childNodes": [{"type": 3, "id": 33, "rootId": 30, "textContent": "inside"}]}]}]});
    live.mutate(&json!({"adds": [add(10, None, frame.clone())], "isAttachIframe": true}));
    assert_eq!(live.player.find(33).unwrap()["rootId"], 30);
    assert_eq!(live.player.find(30).unwrap().get("rootId"), None, "a player drops a document that names itself");
    live.mutate(&json!({"adds": [add(32, None, text(34, "more")), {"parentId": 20, "nextId": 22, "node": {"type": 3, "id": 23, "textContent": "first", "isShadow": true}}], "removes": [{"parentId": 20, "id": 21}]}));
    live.check_player();
    live.mutate(&json!({"adds": [add(10, None, frame)], "isAttachIframe": true}));
    live.check_player();
    assert!(live.try_event(&mutation(&json!({"adds": [add(32, None, text(22, "from another document"))]}))).is_err());
}

#[test]
fn a_tree_of_512_levels_passes_and_513_do_not_on_a_small_stack() {
    let deep = |levels: u32| {
        let open: String = (0..levels)
            .map(|at| {
                format!("{{\"type\":2,\"id\":{},\"tagName\":\"div\",\"attributes\":{{}},\"childNodes\":[", at + 10)
            })
            .collect();
        let close = "]}".repeat(levels as usize);
        let body =
            format!("{{\"type\":2,\"id\":4,\"tagName\":\"body\",\"attributes\":{{}},\"childNodes\":[{open}{close}]}}");
        format!(
            "{{\"type\":2,\"data\":{{\"node\":{{\"type\":0,\"id\":1,\"childNodes\":[{{\"type\":2,\"id\":2,\"tagName\":\"html\",\"attributes\":{{}},\"childNodes\":[{body}]}}]}},\"initialOffset\":{{\"left\":0,\"top\":0}}}},\"timestamp\":1}}"
        )
    };
    let run = move || {
        let verdicts = [509, 510, 20_000].map(|levels| {
            let mut live = Live::new();
            let text = deep(levels);
            let limits = crate::limits::Limits::default();
            let decoded = crate::wire::one(&mut crate::wire::json::Reader::new(&text), &limits).unwrap();
            match decoded {
                Ok(event) => live.view.apply(event, 1).is_ok_and(|_| live.view.keyframe(1).len() == 2),
                Err(_) => false,
            }
        });
        assert_eq!(verdicts, [true, false, false]);
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}
