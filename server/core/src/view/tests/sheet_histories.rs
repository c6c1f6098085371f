//! Random histories of sheets: rules that come, go and change at any depth. Who followed has the same as who comes late.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::sheet_player::Sheets;
use super::{Live, element};

const RULES: [&str; 17] = [
    "a { color: red; top: 0 }",
    "a { color: red; &:hover { top: 0 } left: 0; b & { top: 1px } }",
    "@media print { b { top: 0 } c { left: 0; color: blue } }",
    "@supports (display: grid) { @media screen { d { top: 0 } } e { content: \"}\" } }",
    "@media print { @foo { x {} } f { color: red } < {} }",
    "@layer l { @container (width > 1px) { g { top: 0 } } }",
    "@keyframes k { from { top: 0 } to { top: 1px } }",
    "@font-face { font-family: f; src: url(https://cdn.example/f) }",
    "@media print {}",
    "@layer m;",
    "@import 'https://cdn.example/x.css';",
    "@import 'https://evil.example/x.css';",
    "@foo { a {} }",
    "a { color: red } b {}",
    "< { color: red }",
    ":checked { background: url(https://cdn.example/x) }",
    "h { background: url(https://evil.example/x) }",
];
const NAMES: [&str; 6] = ["color", "background", "background-color", "--x", "behavior", "font-family"];
const VALUES: [Option<&str>; 7] = [
    Some("red"),
    Some("url(https://evil.example/x)"),
    Some("url(https://cdn.example/y)"),
    Some("red; top: 0"),
    Some("} b { color: red"),
    Some(""),
    None,
];

fn pick<T: Clone>(from: &[T], by: u8) -> T {
    from[usize::from(by) % from.len()].clone()
}

/// A place at random: flat, or up to three deep.
fn place(one: u8, two: u8) -> Value {
    let at = [one % 5, two % 3, one / 5 % 3];
    match two / 3 % 4 {
        0 | 1 => json!(at[0]),
        2 => json!(at[..2]),
        _ => json!(at),
    }
}

/// One thing that a script does to one of the two sheets.
fn step(kind: u8, one: u8, two: u8, three: u8) -> Value {
    let mut data = match kind % 8 {
        0..=2 => json!({"source": 8, "adds": [{"rule": pick(&RULES, three), "index": place(one, two)}]}),
        3 => json!({"source": 8, "removes": [{"index": place(one, two)}]}),
        4 => {
            json!({"source": 8, "adds": [{"rule": pick(&RULES, one), "index": place(two, three)}, {"rule": pick(&RULES, two), "index": place(three, one)}], "removes": [{"index": place(one, three)}, {"index": place(two, one)}]})
        }
        5 => json!({"source": 13, "index": place(one, two), "remove": {"property": pick(&NAMES, three)}}),
        6 if three.is_multiple_of(8) => {
            json!({"source": 8, "replaceSync": format!("{} {}", pick(&RULES, one), pick(&RULES, two))})
        }
        _ => {
            json!({"source": 13, "index": place(one, two), "set": {"property": pick(&NAMES, three), "value": pick(&VALUES, three / 6), "priority": if three > 200 { "important" } else { "" }}})
        }
    };
    if matches!(data["index"], Value::Number(_)) {
        data["index"] = json!([data["index"]]);
    }
    if kind.is_multiple_of(2) {
        data["id"] = json!(10);
    } else {
        data["styleId"] = json!(7);
    }
    data
}

fn sheet_of(live: &mut Live) -> Sheets {
    let mut late = Sheets::default();
    for event in live.view.keyframe(1) {
        late.apply(&serde_json::from_str(event.get()).unwrap());
    }
    late
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(400), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn late_agents_have_what_followers_have(steps in prop::collection::vec(any::<[u8; 4]>(), 1..40)) {
        let text = "@import 'https://cdn.example/a.css'; a { color: red } @foo {} @media print { b { top: 0 } @foo {} c { left: 0 } }";
        let mut live = Live::page(json!([element(10, "style", json!({"_cssText": text}), json!([]))]));
        let mut first = sheet_of(&mut live);
        let adopted = json!({"source": 15, "id": 1, "styleIds": [7], "styles": [{"styleId": 7, "rules": [{"rule": RULES[2], "index": 0}]}]});
        let history = std::iter::once(adopted).chain(steps.iter().map(|[kind, one, two, three]| step(*kind, *one, *two, *three)));
        for data in history {
            for event in live.event(&json!({"type": 3, "data": data, "timestamp": 3})) {
                first.apply(&event);
            }
            let late = sheet_of(&mut live);
            prop_assert!(first.has_all_of(&late), "after {}: {:?}\nlate: {:?}", data, first, late);
        }
        live.never_said("evil.example");
        for text in &live.sent {
            prop_assert!(!text.contains("behavior"));
        }
    }
}

#[test]
fn rules_and_declarations_change_at_any_depth() {
    let text = "a { color: red } @media print { b { top: 0 } @supports (x: y) { c { left: 0 } } } @keyframes k { from { top: 0 } to { top: 1px } }";
    let mut live = Live::page(json!([element(10, "style", json!({"_cssText": text}), json!([]))]));
    let rows = [
        (json!({"source": 8, "adds": [{"rule": "d{top:1px}", "index": [1, 1]}]}), "b{top:0;}d{top:1px;}@supports"),
        (json!({"source": 8, "adds": [{"rule": "e{top:2px}", "index": [1, 2, 1]}]}), "c{left:0;}e{top:2px;}}"),
        (json!({"source": 8, "removes": [{"index": [1, 2, 0]}]}), "@supports (x: y){e{top:2px;}}"),
        (json!({"source": 8, "adds": [{"rule": "@foo{}", "index": [1, 0]}]}), "@media print{:not(*){}b{top:0;}"),
        (
            json!({"source": 13, "index": [1, 1], "set": {"property": "Color", "value": "blue", "priority": "important"}}),
            "b{top:0;color:blue!important;}",
        ),
        (
            json!({"source": 13, "index": [0], "set": {"property": "color", "value": "green"}}),
            "a{color:red;color:green;}",
        ),
        (json!({"source": 13, "index": [0], "remove": {"property": "color"}}), "a{}"),
        (json!({"source": 13, "index": [2, 1], "set": {"property": "left", "value": "1px"}}), "to{top:1px;left:1px;}"),
    ];
    for (mut data, expected) in rows {
        data["id"] = json!(10);
        let sent = live.event(&json!({"type": 3, "data": data, "timestamp": 3}));
        assert!(!sent.is_empty(), "agents are told: {data}");
        let keyframe = live.keyframe_text().replace("\\n", "");
        assert!(keyframe.contains(expected), "{data}: {keyframe}");
    }
    // What there is nothing of changes nothing, and is not told.
    for data in [
        json!({"source": 8, "adds": [{"rule": "x{}", "index": [0, 9]}]}),
        json!({"source": 8, "adds": [{"rule": "x{}", "index": [2, 0]}]}),
        json!({"source": 8, "removes": [{"index": [1, 9]}]}),
        json!({"source": 13, "index": [9], "set": {"property": "color", "value": "red"}}),
        json!({"source": 13, "index": [1], "set": {"property": "color", "value": "red"}}),
        json!({"source": 13, "index": [0], "set": {"property": "behavior", "value": "url(x)"}}),
        json!({"source": 13, "index": [0], "set": {"property": "color", "value": "red;}b{"}}),
    ] {
        let mut data = data;
        data["id"] = json!(10);
        assert_eq!(live.event(&json!({"type": 3, "data": data, "timestamp": 3})), Vec::<Value>::new(), "{data}");
    }
}
