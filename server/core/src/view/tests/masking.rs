//! What is masked, blocked or hidden never leaves, and stays so.

use serde_json::json;

use super::{Live, add, element, text};
use crate::restrict::{RestrictionInput, RuleSetInput};

const FILLER: &str = "••••••";

#[test]
fn a_masked_text_is_the_filler_whatever_its_length() {
    let mut live = Live::page(json!([
        element(
            10,
            "p",
            json!({"class": "m"}),
            json!([
                text(11, "SECRET one"),
                element(12, "b", json!({}), json!([text(13, "SECRET two")])),
                text(14, " \n ")
            ])
        ),
        element(20, "p", json!({}), json!([text(21, "open")])),
    ]));
    assert_eq!(live.player.text(11), Some(FILLER));
    assert_eq!(live.player.text(13), Some(FILLER));
    assert_eq!(live.player.text(14), Some(" "));
    assert_eq!(live.player.text(21), Some("open"));
    assert!(live.mutate(&json!({"texts": [{"id": 11, "value": "SECRET of another length"}]})).is_empty());
    live.never_said("SECRET");
    live.check_player();
}

#[test]
fn of_adjacent_masked_texts_the_first_carries_the_filler() {
    let mut live = Live::page(json!([element(
        10,
        "p",
        json!({"class": "m"}),
        json!([text(11, "SECRET"), text(12, "SECRET"), text(13, "SECRET")])
    )]));
    assert_eq!([11, 12, 13].map(|id| live.player.text(id).unwrap().to_owned()), [FILLER, "", ""]);
    live.mutate(&json!({"removes": [{"parentId": 10, "id": 11}]}));
    assert_eq!([12, 13].map(|id| live.player.text(id).unwrap().to_owned()), [FILLER, ""]);
    live.mutate(&json!({"adds": [add(10, Some(12), text(14, "SECRET"))]}));
    assert_eq!([14, 12, 13].map(|id| live.player.text(id).unwrap().to_owned()), [FILLER, "", ""]);
    live.check_player();
    live.never_said("SECRET");
}

#[test]
fn the_filler_moves_with_what_comes_between_masked_texts() {
    let mut live = Live::page(json!([
        element(10, "p", json!({"class": "m"}), json!([text(11, "SECRET"), text(12, "SECRET")])),
        element(20, "p", json!({}), json!([])),
    ]));
    live.mutate(&json!({"adds": [add(10, Some(12), element(13, "i", json!({}), json!([])))]}));
    assert_eq!([11, 12].map(|id| live.player.text(id).unwrap().to_owned()), [FILLER, FILLER], "an element parts them");
    live.mutate(&json!({"removes": [{"parentId": 10, "id": 13}]}));
    assert_eq!([11, 12].map(|id| live.player.text(id).unwrap().to_owned()), [FILLER, ""]);
    live.mutate(&json!({"removes": [{"parentId": 10, "id": 11}, {"parentId": 10, "id": 12}],
        "adds": [add(20, None, text(12, "SECRET")), add(20, Some(12), text(11, "SECRET"))]}));
    assert_eq!([11, 12].map(|id| live.player.text(id).unwrap().to_owned()), [FILLER, ""], "masked by memory alone");
    live.mutate(
        &json!({"attributes": [{"id": 20, "attributes": {"class": "h"}}], "texts": [{"id": 11, "value": " "}]}),
    );
    live.check_player();
    live.never_said("SECRET");
}

#[test]
fn fields_that_hold_secrets_are_masked_without_a_rule() {
    let rows = [
        json!({"type": "password", "value": "SECRET"}),
        json!({"type": "PassWord", "value": "SECRET"}),
        json!({"type": "text", "data-rr-is-password": "true", "value": "SECRET"}),
        json!({"type": "text", "autocomplete": "section-a billing cc-number", "value": "SECRET"}),
        json!({"type": "tel", "autocomplete": "one-time-code", "value": "SECRET"}),
        json!({"class": "m", "value": "SECRET", "placeholder": "SECRET", "title": "SECRET", "aria-label": "SECRET", "data-x": "SECRET"}),
        json!({"value": "4111 1111 1111 1111 SECRET"}),
    ];
    for (at, attributes) in rows.iter().enumerate() {
        let mut live = Live::page(json!([element(10, "input", attributes.clone(), json!([]))]));
        assert_eq!(live.player.attribute(10, "type").unwrap_or("text"), "text", "{at}");
        assert_eq!(live.player.attribute(10, "value"), Some(FILLER), "{at}");
        live.event(&json!({"type": 3, "data": {"source": 5, "id": 10, "text": "SECRET typed", "isChecked": false}, "timestamp": 3}));
        live.check_player();
        live.never_said("SECRET");
    }
}

#[test]
fn a_hidden_input_does_not_leave_until_it_is_shown() {
    let mut live = Live::page(json!([element(10, "input", json!({"type": "Hidden", "value": "SECRET"}), json!([]))]));
    assert!(live.player.find(10).is_none());
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"type": "text"}}]}));
    assert_eq!(live.player.attribute(10, "value"), Some(FILLER));
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"type": "hidden"}}]}));
    assert!(live.player.find(10).is_none());
    live.check_player();
    live.never_said("SECRET");
}

#[test]
fn a_masked_choice_tells_nothing() {
    let mut live = Live::page(json!([element(
        10,
        "div",
        json!({"class": "m"}),
        json!([
            element(11, "input", json!({"type": "checkbox", "checked": true, "value": "SECRET"}), json!([])),
            element(
                12,
                "select",
                json!({}),
                json!([
                    element(13, "option", json!({"value": "SECRET-a"}), json!([text(14, "SECRET a")])),
                    element(
                        15,
                        "option",
                        json!({"value": "SECRET-b", "selected": true}),
                        json!([text(16, "SECRET b")])
                    ),
                ])
            ),
            element(17, "progress", json!({"value": "0.5"}), json!([])),
        ])
    )]));
    assert_eq!(live.player.attribute(11, "checked"), None);
    assert!(live.player.find(13).is_some() && live.player.find(15).is_none());
    assert!(live.player.attribute(17, "data-vitrine-blocked").is_some());
    assert!(
        live.event(
            &json!({"type": 3, "data": {"source": 5, "id": 12, "text": "SECRET-a", "isChecked": false}, "timestamp": 3})
        )
        .is_empty()
    );
    live.mutate(&json!({"removes": [{"parentId": 12, "id": 13}]}));
    assert!(live.player.find(15).is_some(), "the next option is the first now");
    live.check_player();
    live.never_said("SECRET");
}

#[test]
fn a_blocked_element_is_an_empty_box_of_its_size() {
    let mut live = Live::page(json!([element(
        10,
        "section",
        json!({"class": "b SECRET", "rr_width": "120px", "rr_height": "40.5px"}),
        json!([text(11, "SECRET")])
    )]));
    assert_eq!(live.player.find(10).unwrap()["tagName"], "div");
    let style = live.player.attribute(10, "style").unwrap();
    assert!(style.contains("width:120px") && style.contains("height:40.5px"), "{style}");
    live.mutate(&json!({"adds": [add(10, None, text(12, "SECRET"))]}));
    live.check_player();
    live.never_said("SECRET");
}

#[test]
fn a_hidden_node_never_leaves_and_its_neighbours_stand_right() {
    let mut live = Live::page(json!([
        element(10, "p", json!({}), json!([text(11, "a")])),
        element(12, "div", json!({"class": "h"}), json!([text(13, "SECRET")]))
    ]));
    assert!(live.player.find(12).is_none());
    live.mutate(&json!({"adds": [add(12, None, text(14, "SECRET")), add(4, Some(12), element(15, "i", json!({}), json!([]))), add(4, None, text(16, "end"))]}));
    live.check_player();
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"class": "h"}}]}));
    assert!(live.player.find(10).is_none(), "becoming hidden is a remove");
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"class": ""}}]}));
    assert!(live.player.find(10).is_none(), "once hidden, always hidden");
    live.check_player();
    live.never_said("SECRET");
}

#[test]
fn what_becomes_masked_stays_masked_wherever_it_goes() {
    let mut live = Live::page(json!([
        element(10, "p", json!({"class": "m"}), json!([text(11, "SECRET")])),
        element(20, "p", json!({}), json!([]))
    ]));
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"class": "plain"}}]}));
    live.mutate(&json!({"texts": [{"id": 11, "value": "SECRET again"}]}));
    live.mutate(&json!({"removes": [{"parentId": 10, "id": 11}], "adds": [add(20, None, text(11, "SECRET moved"))]}));
    assert_eq!(live.player.text(11), Some(FILLER));
    live.load(json!([element(20, "p", json!({}), json!([text(11, "SECRET in a later snapshot")]))]));
    assert_eq!(live.player.text(11), Some(FILLER));
    live.check_player();
    live.never_said("SECRET");
    live.view.begin_instance("another page");
    live.load(json!([text(11, "open")]));
    assert_eq!(live.player.text(11), Some("open"));
}

#[test]
fn pointer_focus_scroll_and_selection_on_silenced_nodes_are_dropped() {
    let mut live = Live::page(json!([
        element(10, "p", json!({"class": "m"}), json!([text(11, "SECRET")])),
        element(20, "p", json!({}), json!([text(21, "open")]))
    ]));
    let positions = json!([{"x": 1, "y": 1, "id": 10, "timeOffset": -50}, {"x": 2, "y": 2, "id": 20, "timeOffset": 0}, {"x": 3, "y": 3, "id": 99, "timeOffset": 0}]);
    let moved = live.event(&json!({"type": 3, "data": {"source": 1, "positions": positions}, "timestamp": 3}));
    assert_eq!(moved[0]["data"]["positions"].as_array().unwrap().len(), 1);
    let silent = [
        json!({"source": 2, "type": 2, "id": 10, "x": 1, "y": 1}),
        json!({"source": 2, "type": 5, "id": 10}),
        json!({"source": 3, "id": 10, "x": 0, "y": 9}),
        json!({"source": 14, "ranges": [{"start": 11, "startOffset": 0, "end": 11, "endOffset": 3}]}),
    ];
    for data in silent {
        assert_eq!(
            live.event(&json!({"type": 3, "data": data, "timestamp": 3})),
            [] as [serde_json::Value; 0],
            "{data}"
        );
    }
    let selected = live.event(&json!({"type": 3, "data": {"source": 14, "ranges": [{"start": 21, "startOffset": 0, "end": 21, "endOffset": 999}]}, "timestamp": 3}));
    assert_eq!(selected[0]["data"]["ranges"][0]["endOffset"], 4);
}

#[test]
fn a_card_number_in_any_text_is_masked() {
    let mut live = Live::page(json!([
        element(20, "p", json!({}), json!([text(10, "Card 4111-1111-1111-1111, thank you")])),
        element(21, "p", json!({}), json!([text(11, "Order 4111")]))
    ]));
    assert_eq!(live.player.text(10), Some(FILLER));
    assert_eq!(live.player.text(11), Some("Order 4111"));
    live.mutate(&json!({"texts": [{"id": 11, "value": "DE89 3704 0044 0532 0130 00"}]}));
    assert_eq!(live.player.text(11), Some(FILLER));
    live.never_said("4111-1111");
    live.never_said("3704");
}

#[test]
fn nothing_of_a_masked_element_leaves_in_any_form() {
    let style = "a { color: red } .x::after { content: \"SECRET\"; --s: SECRET; background: url(https://cdn.example/SECRET.png) }";
    let svg = |id: u32, name: &str, attributes: serde_json::Value| json!({"type": 2, "id": id, "tagName": name, "isSVG": true, "attributes": attributes, "childNodes": []});
    let rows = [
        element(11, "td", json!({"abbr": "SECRET", "headers": "h"}), json!([])),
        element(11, "table", json!({"summary": "SECRET"}), json!([])),
        element(11, "ol", json!({"start": "SECRET"}), json!([])),
        element(11, "input", json!({"name": "SECRET", "min": "SECRET", "maxlength": "SECRET"}), json!([])),
        element(11, "style", json!({"_cssText": style}), json!([text(12, "")])),
        element(11, "style", json!({}), json!([text(12, style)])),
        element(11, "link", json!({"_cssText": style}), json!([])),
        element(11, "i", json!({"style": "content: 'SECRET'; --s: SECRET; color: red"}), json!([])),
        element(
            11,
            "iframe",
            json!({"src": "https://shop.example/SECRET", "rr_src": "https://x.example/SECRET"}),
            json!([]),
        ),
        element(11, "object", json!({"data": "https://shop.example/SECRET", "name": "SECRET"}), json!([])),
        element(11, "form", json!({"action": "/SECRET", "x-free": "SECRET"}), json!([])),
        svg(11, "path", json!({"d": "M SECRET"})),
        svg(11, "text", json!({"x": "SECRET", "textLength": "SECRET"})),
    ];
    for (at, node) in rows.into_iter().enumerate() {
        let name = node["tagName"].clone();
        let wrapped = element(10, "p", json!({"class": "m"}), json!([node.clone()]));
        let mut live = Live::page(json!([wrapped]));
        live.never_said("SECRET");
        assert!(!format!("{:?}", live.view).contains("SECRET"), "{at} {name} is remembered: {:?}", live.view.mirror);
        if live.player.find(11).is_some() && name == "style" {
            assert!(live.player.attribute(11, "_cssText").unwrap().contains("color:"), "{at} the rest stands");
        }
        live.check_player();
        let mut live = Live::page(json!([element(
            10,
            "p",
            json!({"class": "m"}),
            json!([element(11, name.as_str().unwrap(), json!({}), json!([text(12, "")]))])
        )]));
        live.mutate(&json!({"attributes": [{"id": 11, "attributes": node["attributes"]}]}));
        if name == "style" {
            live.mutate(&json!({"texts": [{"id": 12, "value": style}]}));
            live.check_player();
            live.event(&json!({"type": 3, "data": {"source": 8, "id": 11, "adds": [{"rule": style, "index": 0}]}, "timestamp": 3}));
            live.event(&json!({"type": 3, "data": {"source": 8, "id": 11, "adds": [{"rule": "b::before { content: 'SECRET' }", "index": 0}]}, "timestamp": 3}));
        }
        live.never_said("SECRET");
        assert!(!format!("{:?}", live.view).contains("SECRET"), "{at} {name} is remembered later");
        if name != "style" {
            live.check_player();
        }
    }
}

#[test]
fn a_drawing_masked_in_part_shows_nothing_of_that_part() {
    let mut live = Live::page(json!([
        json!({"type": 2, "id": 10, "tagName": "svg", "isSVG": true, "attributes": {}, "childNodes": [
        {"type": 2, "id": 11, "tagName": "path", "isSVG": true, "attributes": {"class": "m", "d": "M 7 4 1 2"}, "childNodes": []},
        {"type": 2, "id": 12, "tagName": "path", "isSVG": true, "attributes": {"d": "M 0 0"}, "childNodes": []}]})
    ]));
    live.never_said("7 4 1 2");
    assert!(live.player.find(12).is_some());
    live.mutate(&json!({"attributes": [{"id": 12, "attributes": {"class": "m"}}]}));
    live.mutate(&json!({"attributes": [{"id": 12, "attributes": {"d": "M 7 4 1 2"}}]}));
    live.never_said("7 4 1 2");
    live.check_player();
}

#[test]
fn a_chosen_option_tells_no_more_than_the_option() {
    let mut live = Live::page(json!([element(
        10,
        "select",
        json!({}),
        json!([
            element(11, "option", json!({"value": "4111111111111111"}), json!([text(12, "my card")])),
            element(13, "option", json!({"value": "see https://evil.example/"}), json!([text(14, "other")])),
            element(15, "option", json!({"value": "plain"}), json!([text(16, "third")]))
        ])
    )]));
    for (value, told) in [("4111111111111111", FILLER), ("see https://evil.example/", "other"), ("plain", "plain")] {
        let sent = live.event(
            &json!({"type": 3, "data": {"source": 5, "id": 10, "text": value, "isChecked": false}, "timestamp": 3}),
        );
        assert_eq!(sent[0]["data"]["text"], told);
    }
    live.never_said("4111111111111111");
    live.never_said("evil");
}

#[test]
fn a_private_page_keeps_its_looks() {
    let mut live = Live::with(RestrictionInput { private_by_default: true, ..Default::default() });
    live.load(json!([
        element(10, "link", json!({"rel": "stylesheet", "href": "https://cdn.example/a.css"}), json!([])),
        element(11, "style", json!({"_cssText": ":root { --c: red } a { color: var(--c) }"}), json!([])),
        text(12, "SECRET")
    ]));
    assert!(live.player.attribute(10, "href").unwrap().starts_with("/asset/"));
    assert!(live.player.attribute(11, "_cssText").unwrap().contains("--c"));
    live.check_player();
    live.never_said("SECRET");
}

#[test]
fn a_place_in_a_frame_that_became_masked_is_told_to_nobody_new() {
    let mut live = Live::page(json!([element(10, "iframe", json!({}), json!([]))]));
    let frame = json!({"type": 0, "id": 30, "childNodes": [{"type": 2, "id": 31, "rootId": 30, "tagName": "html", "attributes": {}, "childNodes": []}]});
    live.mutate(&json!({"adds": [add(10, None, frame)]}));
    live.event(&json!({"type": 3, "data": {"source": 3, "id": 30, "x": 0, "y": 7412}, "timestamp": 3}));
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"class": "m"}}]}));
    assert!(live.view.keyframe(9).iter().all(|event| !event.get().contains("7412")));
}

#[test]
fn a_run_of_masked_texts_that_is_unmasked_is_told_of_text_by_text() {
    let rule_set = RuleSetInput { unmask: vec![".o".into()], ..RuleSetInput::default() };
    let mut live = Live::with(RestrictionInput {
        private_by_default: true,
        rule_sets: vec![rule_set],
        ..RestrictionInput::default()
    });
    live.load(json!([element(
        10,
        "p",
        json!({}),
        json!([text(11, "a"), text(12, "b"), text(13, "c"), text(14, "d")])
    )]));
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"class": "o"}}]}));
    live.check_player();
}

#[test]
fn text_added_to_a_masked_sheet_leaves_its_earlier_rules() {
    let secret = "b::after{content:'SECRET'}";
    for class in ["m", ""] {
        let style = element(11, "style", json!({}), json!([text(12, "a{color:red}"), text(13, secret)]));
        let mut live = Live::page(json!([element(10, "p", json!({"class": class}), json!([style]))]));
        live.mutate(&json!({"adds": [add(11, None, text(14, "i{top:1px}u{content:'SECRET'}"))]}));
        let sheet = live.player.attribute(11, "_cssText").unwrap().to_owned();
        assert!(sheet.contains("a{color:red;}") && sheet.contains("i{top:1px;}"), "{sheet}");
        live.mutate(&json!({"texts": [{"id": 13, "value": "q{left:1px}"}]}));
        let sheet = live.player.attribute(11, "_cssText").unwrap().to_owned();
        assert!(sheet.contains("a{color:red;}") && sheet.contains("q{left:1px;}"), "{sheet}");
        assert!(!sheet.contains("b::after"), "{sheet}");
        live.check_player();
        if class == "m" {
            live.never_said("SECRET");
            assert!(!format!("{:?}", live.view).contains("SECRET"));
        }
    }
}

#[test]
fn a_rule_over_two_texts_of_a_masked_sheet_stays_whole() {
    let style = element(11, "style", json!({}), json!([text(12, "a{color:"), text(13, "red}b{top:1px}")]));
    let mut live = Live::page(json!([element(10, "p", json!({"class": "m"}), json!([style]))]));
    live.mutate(&json!({"adds": [add(11, None, text(14, "i{top:2px}"))]}));
    assert_eq!(live.player.attribute(11, "_cssText"), Some("a{color:red;}\nb{top:1px;}\ni{top:2px;}\n"));
    live.check_player();
}

#[test]
fn a_private_page_generates_no_words() {
    let mut live = Live::with(RestrictionInput { private_by_default: true, ..Default::default() });
    let generated = "a{color:red;--f:'Arial'}b::after{content:'SECRET'}i::before{content:'\\f101'}";
    live.load(json!([
        element(11, "style", json!({"_cssText": generated}), json!([text(12, "")])),
        element(13, "style", json!({}), json!([text(14, generated)])),
    ]));
    live.mutate(&json!({"adds": [add(13, None, text(15, "q{top:1px}u{content:'SECRET'}"))]}));
    let rule = json!({"rule": "s{content:'SECRET';top:2px}", "index": 0});
    live.event(&json!({"type": 3, "data": {"source": 8, "id": 11, "adds": [rule]}, "timestamp": 3}));
    let kept = "a{color:red;--f:'Arial';}b::after{content:\"\";}i::before{content:\"\u{f101}\";}";
    let sheet = |id| live.player.attribute(id, "_cssText").unwrap().replace('\n', "");
    assert_eq!(sheet(13), format!("{kept}q{{top:1px;}}u{{content:\"\";}}"));
    assert_eq!(sheet(11), kept);
    live.never_said("SECRET");
}

#[test]
fn only_style_elements_and_links_are_sheets() {
    let mut live =
        Live::page(json!([element(10, "p", json!({"class": "m"}), json!([text(11, "SECRET"), text(12, "x")]))]));
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"_cssText": "a{content:'SECRET'}"}}]}));
    assert_eq!(live.player.text(11), Some(FILLER));
    live.check_player();
    live.never_said("SECRET");
    assert!(!format!("{:?}", live.view).contains("SECRET"));
}

#[test]
fn a_masked_attribute_that_rules_read_is_judged_by_and_not_remembered() {
    let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let mut live = Live::with(RestrictionInput {
        patterns: vec!["email".into()],
        rule_sets: vec![RuleSetInput {
            mask: list(&[".m"]),
            hide: list(&[
                "[data-x^='a-'] .prefix",
                "[data-x$='-Z' i] .suffix",
                "[data-x~='word'] > .word",
                "[data-x='a-'] .whole",
                "[title] + .any",
                "[data-mail*='@'] .mail",
                "[value='a-SE'] ~ .value",
                "[contenteditable]:read-only .off",
            ]),
            ..RuleSetInput::default()
        }],
        ..RestrictionInput::default()
    });
    live.load(json!([
        element(
            10,
            "p",
            json!({"class": "m", "data-x": "a-SECRET word -z", "title": "SECRET", "contenteditable": "false",
                "style": "color: red; --s: SECRET"}),
            json!([])
        ),
        element(11, "p", json!({"data-mail": "SECRET@shop.example"}), json!([])),
        element(12, "input", json!({"class": "m", "value": "a-SECRET"}), json!([])),
    ]));
    let hidden = ["prefix", "suffix", "word", "off"];
    for (at, class) in hidden.iter().chain(&["whole", "other"]).enumerate() {
        let id = 20 + u32::try_from(at).unwrap();
        live.mutate(&json!({"adds": [add(10, None, element(id, "b", json!({"class": class}), json!([])))]}));
        assert_eq!(live.player.find(id.into()).is_none(), hidden.contains(class), "{class}");
    }
    live.mutate(&json!({"adds": [add(11, None, element(30, "b", json!({"class": "mail"}), json!([])))]}));
    live.mutate(&json!({"adds": [add(4, Some(11), element(31, "b", json!({"class": "any"}), json!([])))]}));
    live.mutate(&json!({"adds": [add(4, None, element(32, "b", json!({"class": "value"}), json!([])))]}));
    assert_eq!([30, 31, 32].map(|id| live.player.find(id).is_some()), [false, false, true]);
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"data-x": "none SECRET", "class": null}}]}));
    live.mutate(&json!({"adds": [add(10, None, element(33, "b", json!({"class": "prefix"}), json!([])))]}));
    assert!(live.player.find(33).is_some());
    live.check_player();
    live.never_said("SECRET");
    assert!(!format!("{:?}", live.view).contains("SECRET"), "{:?}", live.view.mirror);
}
