//! Numbers while they are typed: held as the filler as long as they may become a card's or an account's.

use serde_json::{Value, json};

use super::{Live, add, element, text};
use crate::restrict::RestrictionInput;

const FILLER: &str = "••••••";
const CARD: &str = "4111111111111111";

impl Live {
    fn type_into(&mut self, id: u32, text: &str) -> Option<String> {
        self.event(
            &json!({"type": 3, "data": {"source": 5, "id": id, "text": text, "isChecked": false}, "timestamp": 3}),
        );
        self.check_player();
        self.value(id)
    }

    fn focus(&mut self, id: u32, kind: u8) {
        self.event(&json!({"type": 3, "data": {"source": 2, "type": kind, "id": id}, "timestamp": 3}));
    }

    fn value(&self, id: u32) -> Option<String> {
        self.player.attribute(id.into(), "value").map(str::to_owned)
    }

    /// What the snippet sends when the focus has left: the values as they are, in one event.
    fn tell_values(&mut self, values: &[(u32, &str)]) {
        let attributes: Vec<Value> =
            values.iter().map(|(id, value)| json!({"id": id, "attributes": {"value": value}})).collect();
        self.mutate(&json!({"attributes": attributes}));
        self.check_player();
    }

    #[track_caller]
    fn forgets(&self, words: &str) {
        assert!(!format!("{:?}", self.view).contains(words), "{words} is remembered");
    }
}

const BLUR: u8 = 6;
const FOCUS: u8 = 5;

fn one_field() -> Live {
    Live::page(json!([element(10, "input", json!({"type": "text", "value": ""}), json!([]))]))
}

#[test]
fn a_card_typed_sign_by_sign_is_held_from_the_seventh_on() {
    let mut live = one_field();
    for end in 1..=CARD.len() {
        let typed = CARD.get(..end).unwrap();
        let wanted = if end < 7 { typed } else { FILLER };
        assert_eq!(live.type_into(10, typed).as_deref(), Some(wanted), "{typed}");
    }
    live.never_said("4111111");
    live.forgets("4111111");
    assert_eq!(live.view.report().masked["pattern:payment-card"], 1);
    assert_eq!(live.type_into(10, "something else").as_deref(), Some(FILLER), "a whole match is for good");
}

#[test]
fn what_can_no_longer_become_one_is_shown_by_the_first_event_after() {
    // What is typed one after the other, and what of it agents see.
    let rows: [&[(&str, &str)]; 10] = [
        &[("4111 1111 11", FILLER), ("4111 11", "4111 11"), ("", "")],
        &[("4111111111111112", FILLER), ("411111111111111200", FILLER), ("4111111111111112000", "4111111111111112000")],
        &[("555555555555555", FILLER), ("5555555555555550", "5555555555555550")],
        &[("5555 5555 5555 5550", FILLER)],
        &[("4111 1111 11", FILLER), ("hello", "hello"), ("4111 1111 11", FILLER)],
        &[("4111 1111 11", FILLER), ("9111 1111 11", "9111 1111 11")],
        &[("DE89 3704 0044", FILLER), ("DE89 3704 0044 0532 0130 01", "DE89 3704 0044 0532 0130 01")],
        &[("DE89 3704", FILLER), ("DE89 37", "DE89 37")],
        &[("my card is 4111 111", FILLER), ("my card is 4111 1", "my card is 4111 1")],
        &[("2026-11-21", "2026-11-21"), ("77 777 777", "77 777 777")],
    ];
    for steps in rows {
        let mut live = one_field();
        for (typed, wanted) in steps {
            assert_eq!(live.type_into(10, typed).as_deref(), Some(*wanted), "{typed} of {steps:?}");
        }
    }
}

#[test]
fn a_pasted_card_is_masked_for_good_and_an_ordinary_text_is_not() {
    for pasted in ["4111 1111 1111 1111", "DE89370400440532013000", "pay 4111-1111-1111-1111 now"] {
        let mut live = one_field();
        assert_eq!(live.type_into(10, pasted).as_deref(), Some(FILLER));
        assert_eq!(live.type_into(10, "plain").as_deref(), Some(FILLER));
        live.never_said("1111");
        live.never_said("3704");
    }
    assert_eq!(one_field().type_into(10, "Order 12").as_deref(), Some("Order 12"));
}

#[test]
fn a_number_field_is_a_text_field_while_it_is_held() {
    let mut live =
        Live::page(json!([element(10, "input", json!({"type": "number", "placeholder": "No."}), json!([]))]));
    assert_eq!(live.type_into(10, "41111111").as_deref(), Some(FILLER));
    assert_eq!(live.player.attribute(10, "type"), Some("text"));
    assert_eq!(live.player.attribute(10, "placeholder"), Some("No."), "only the value is held");
    live.type_into(10, "41");
    assert_eq!(live.player.attribute(10, "type"), Some("number"));
    live.check_player();
}

#[test]
fn once_the_focus_has_left_a_short_number_is_no_card() {
    for by_input in [true, false] {
        let mut live = one_field();
        live.focus(10, FOCUS);
        assert_eq!(live.type_into(10, "41111111").as_deref(), Some(FILLER));
        live.focus(10, BLUR);
        assert_eq!(live.value(10).as_deref(), Some(FILLER), "the server has forgotten it");
        if by_input {
            live.type_into(10, "41111111");
        } else {
            live.tell_values(&[(10, "41111111")]);
        }
        assert_eq!(live.value(10).as_deref(), Some("41111111"));
        live.focus(10, FOCUS);
        assert_eq!(live.type_into(10, "411111112").as_deref(), Some(FILLER), "the focus is back");
    }
}

#[test]
fn a_snapshot_while_it_is_typed_holds_it_too() {
    let mut live = one_field();
    live.focus(10, FOCUS);
    live.type_into(10, "41111111");
    live.load(json!([
        element(10, "input", json!({"type": "text", "value": "4111111122"}), json!([])),
        text(11, "No. 41111111")
    ]));
    assert_eq!(live.value(10).as_deref(), Some(FILLER));
    assert_eq!(live.player.text(11), Some("No. 41111111"), "nobody types there");
    live.view.begin_instance("another page");
    live.load(json!([element(10, "input", json!({"type": "text", "value": "4111111122"}), json!([]))]));
    assert_eq!(live.value(10).as_deref(), Some("4111111122"), "nobody types there any more");
}

fn four_boxes(attributes: &Value) -> Live {
    let boxes: Vec<Value> = (10..14).map(|id| element(id, "input", attributes.clone(), json!([]))).collect();
    let form = element(9, "form", json!({}), json!([element(8, "p", json!({}), json!(boxes))]));
    Live::page(json!([form, element(20, "input", json!({"maxlength": "4"}), json!([]))]))
}

const SHORT: [&str; 3] = ["maxlength", "size", "autocapitalize"];

#[test]
fn four_boxes_are_one_number() {
    for short in SHORT {
        let mut live = four_boxes(&json!({"type": "tel", short: "4"}));
        assert_eq!(live.type_into(10, "4111").as_deref(), Some("4111"));
        if short == "autocapitalize" {
            live.type_into(11, "111");
        } else {
            assert_eq!(live.type_into(11, "11").as_deref(), Some("11"), "six are too few");
            assert_eq!(live.value(10).as_deref(), Some("4111"));
            live.type_into(11, "111");
        }
        assert_eq!([10, 11].map(|id| live.value(id).unwrap()), [FILLER, FILLER], "{short}: seven are enough");
        for (id, typed) in [(11, "1111"), (12, "1111"), (13, "1111")] {
            assert_eq!(live.type_into(id, typed).as_deref(), Some(FILLER), "{short}");
        }
        live.forgets("1111");
        live.tell_values(&[10, 11, 12, 13].map(|id| if id == 10 { (id, "4111") } else { (id, "1111") }));
        for id in 10..14 {
            assert_eq!(live.value(id).as_deref(), Some(FILLER), "{short}: the whole is a card");
            assert_eq!(live.type_into(id, "x").as_deref(), Some(FILLER));
        }
        assert_eq!(live.type_into(20, "77").as_deref(), Some("77"), "the field of no form is none of them");
    }
}

#[test]
fn boxes_that_hold_no_card_are_shown_when_the_focus_has_left() {
    let mut live = four_boxes(&json!({"maxlength": "4"}));
    live.type_into(10, "4111");
    live.type_into(11, "1111");
    assert_eq!(live.type_into(11, "1").as_deref(), Some(FILLER), "beside a filler it may still be part of one");
    assert_eq!(live.type_into(11, "").as_deref(), Some(""));
    assert_eq!(live.type_into(12, "no").as_deref(), Some("no"), "words are part of no number");
    live.focus(11, BLUR);
    live.focus(12, FOCUS);
    live.focus(12, BLUR);
    live.focus(10, BLUR);
    live.tell_values(&[(10, "4111"), (11, "1111"), (12, "11"), (13, "")]);
    assert_eq!([10, 11, 12, 13].map(|id| live.value(id).unwrap()), ["4111", "1111", "11", ""]);
}

#[test]
fn a_longer_field_between_parts_the_boxes() {
    let boxes = |id: u32, length: &str| element(id, "input", json!({"maxlength": length}), json!([]));
    let mut live = Live::page(json!([boxes(10, "4"), boxes(11, "40"), boxes(12, "4")]));
    live.type_into(10, "4111");
    assert_eq!(live.type_into(12, "1111").as_deref(), Some("1111"));
    assert_eq!(live.value(10).as_deref(), Some("4111"));
}

#[test]
fn an_editable_text_is_held_over_its_nodes() {
    let mut live = Live::page(json!([element(
        10,
        "div",
        json!({"contenteditable": ""}),
        json!([text(11, "4111"), element(12, "b", json!({}), json!([text(13, "")]))])
    )]));
    live.mutate(&json!({"texts": [{"id": 13, "value": " 11"}]}));
    assert_eq!([11, 13].map(|id| live.player.text(id).unwrap().to_owned()), ["4111", " 11"]);
    live.mutate(&json!({"texts": [{"id": 13, "value": " 111"}]}));
    assert_eq!([11, 13].map(|id| live.player.text(id).unwrap().to_owned()), [FILLER, FILLER]);
    live.mutate(&json!({"adds": [add(10, None, text(14, "1 1111"))]}));
    assert_eq!(live.player.text(14), Some(FILLER), "a filler beside it is part of it");
    live.check_player();
    live.forgets("1111");
    live.focus(10, BLUR);
    live.mutate(
        &json!({"texts": [{"id": 11, "value": "4111"}, {"id": 13, "value": " 111"}, {"id": 14, "value": "x"}]}),
    );
    assert_eq!([11, 13, 14].map(|id| live.player.text(id).unwrap().to_owned()), ["4111", " 111", "x"]);
    live.check_player();
    live.focus(10, FOCUS);
    live.mutate(&json!({"texts": [{"id": 14, "value": "1 1111 1111"}]}));
    live.focus(10, BLUR);
    let whole = json!({"texts": [{"id": 11, "value": "4111"}, {"id": 13, "value": " 1111"}, {"id": 14, "value": " 1111 1111"}]});
    live.mutate(&whole);
    live.check_player();
    live.mutate(&json!({"texts": [{"id": 11, "value": "a"}, {"id": 13, "value": "b"}, {"id": 14, "value": "c"}]}));
    assert_eq!([11, 13, 14].map(|id| live.player.text(id).unwrap().to_owned()), [FILLER; 3], "masked for good");
}

#[test]
fn what_a_page_repeats_of_a_held_number_is_held() {
    let mut live = Live::page(json!([
        element(10, "input", json!({"value": ""}), json!([])),
        element(20, "p", json!({}), json!([text(21, "")])),
    ]));
    let repeat = |live: &mut Live, typed: &str| {
        live.type_into(10, typed);
        let attributes = json!({"value": typed, "data-raw": typed, "aria-label": typed});
        live.mutate(
            &json!({"texts": [{"id": 21, "value": typed}], "attributes": [{"id": 10, "attributes": attributes}]}),
        );
        live.check_player();
    };
    repeat(&mut live, "4111 1111 1");
    assert_eq!(live.player.text(21), Some(FILLER));
    live.never_said("4111 1111");
    live.forgets("4111 1111");
    repeat(&mut live, "4111");
    assert_eq!(live.player.text(21), Some("4111"));
    assert_eq!(live.player.attribute(10, "aria-label"), Some("4111"));
}

#[test]
fn typing_on_in_a_held_field_tells_nothing() {
    let mut live = one_field();
    live.type_into(10, "4111111");
    for typed in ["41111111", "411111111", "41111111111111", "4111 1111"] {
        let sent = live.event(
            &json!({"type": 3, "data": {"source": 5, "id": 10, "text": typed, "isChecked": false}, "timestamp": 3}),
        );
        assert!(sent.is_empty(), "{sent:?}");
    }
}

#[test]
fn a_covered_field_whose_value_goes_is_empty_for_followers_and_late_agents_alike() {
    let mut live = Live::with(RestrictionInput { private_by_default: true, ..RestrictionInput::default() });
    live.load(json!([element(10, "input", json!({"value": "words"}), json!([]))]));
    live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"value": null}}]}));
    live.check_player();
}

#[test]
fn an_empty_field_gets_no_value_by_being_told_empty() {
    let mut live =
        Live::page(json!([element(10, "input", json!({}), json!([])), element(11, "textarea", json!({}), json!([]))]));
    for id in [10, 11] {
        let input = json!({"type": 3, "data": {"source": 5, "id": id, "text": "", "isChecked": false}, "timestamp": 3});
        assert_eq!(live.event(&input), Vec::<Value>::new());
    }
    live.check_player();
}
