//! Numbers that stand in several texts, or in attributes.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Live, add, element, text};

const FILLER: &str = "••••••";

fn inline(id: u32, tag: &str, words: &str) -> Value {
    element(id, tag, json!({}), json!([text(id + 1, words)]))
}

fn shown(live: &Live, ids: &[u64]) -> Vec<String> {
    ids.iter().map(|id| live.player.text(*id).unwrap().to_owned()).collect()
}

#[test]
fn a_number_in_pieces_is_masked_in_all_of_them() {
    let card = |parts: [&str; 4]| {
        json!([element(
            9,
            "p",
            json!({}),
            json!([text(10, parts[0]), inline(20, "b", parts[1]), inline(30, "x-part", parts[2]), text(40, parts[3])])
        )])
    };
    let masked = [FILLER; 4].map(str::to_owned).to_vec();
    for parts in [
        ["4111", "1111", "1111", "1111"],
        ["Card 4111 ", "1111-", " 1111.", "1111 thank you"],
        ["4", "1", "1", "1111111111111"],
        ["12 4111 11", "11 ", "1111 11", "11 12"],
        ["DE89 ", "3704 0044", " 0532 ", "0130 00"],
        ["GB82", "WEST", "1234 5698", "7654 32 please"],
    ] {
        let live = Live::page(card(parts));
        assert_eq!(shown(&live, &[10, 21, 31, 40]), masked, "{parts:?}");
        assert!(!format!("{:?}", live.view).contains(parts[3]), "{parts:?} is remembered");
    }
    for parts in [["4111", "1111", "1111", "1112"], ["4111", "1111", "and 1111", "1111"], ["1", "2", "3", "4"]] {
        assert_eq!(shown(&Live::page(card(parts)), &[10, 21, 31, 40]), parts, "{parts:?}");
    }
}

#[test]
fn a_few_digits_beside_a_masked_number_are_judged_alike_at_once_and_later() {
    const CARD: &str = "4111 1111 1111 1111 ";
    for words in ["12", " 12 ", "12 and more", "and 12", "a 1", "more"] {
        let parts = json!([text(10, CARD), inline(20, "b", words)]);
        let at_once = Live::page(json!([element(9, "p", json!({}), parts)]));
        let mut later = Live::page(json!([element(9, "p", json!({}), json!([text(10, CARD)]))]));
        later.mutate(&json!({"adds": [add(9, None, inline(20, "b", words))]}));
        assert_eq!(shown(&at_once, &[10, 21]), shown(&later, &[10, 21]), "{words:?}");
        assert_eq!(shown(&at_once, &[21])[0] == FILLER, words.trim().starts_with("12"), "{words:?}");
        assert_eq!(shown(&at_once, &[10]), [FILLER]);
    }
}

#[test]
fn blocks_part_numbers_and_nothing_else_does() {
    for (tag, is_masked) in
        [("span", true), ("a", true), ("x-a", true), ("div", false), ("td", false), ("button", false)]
    {
        let live = Live::page(json!([element(
            9,
            "p",
            json!({}),
            json!([inline(10, tag, "4111 1111"), inline(20, tag, "1111 1111")])
        )]));
        assert_eq!(live.player.text(11) == Some(FILLER), is_masked, "{tag}");
        assert_eq!(live.player.text(21) == Some(FILLER), is_masked, "{tag}");
    }
}

#[test]
fn a_number_that_comes_piece_by_piece_is_masked_when_it_is_whole() {
    let mut live = Live::page(json!([element(9, "p", json!({}), json!([text(10, "4111 1111 ")]))]));
    live.mutate(&json!({"adds": [add(9, None, inline(20, "b", "1111 "))]}));
    assert_eq!(shown(&live, &[10]), ["4111 1111 "]);
    live.mutate(&json!({"adds": [add(20, None, text(21, "1111 "))]}));
    live.mutate(&json!({"adds": [add(9, None, text(30, "1111"))]}));
    assert_eq!(
        shown(&live, &[10, 21, 30]),
        [FILLER, FILLER, ""].map(str::to_owned).map(|word| if word.is_empty() { FILLER.to_owned() } else { word })
    );
    live.check_player();
    live.mutate(&json!({"texts": [{"id": 10, "value": "a"}, {"id": 21, "value": "b"}, {"id": 30, "value": "c"}]}));
    assert_eq!(shown(&live, &[10, 21, 30]), [FILLER; 3], "for good");
}

#[test]
fn what_went_from_between_two_parts_of_a_number_makes_it_one() {
    let mut live = Live::page(json!([element(
        9,
        "p",
        json!({}),
        json!([text(10, "4111 1111"), inline(20, "b", ", "), text(30, "1111 1111")])
    )]));
    assert_eq!(shown(&live, &[10, 30]), ["4111 1111", "1111 1111"]);
    live.mutate(&json!({"removes": [{"parentId": 9, "id": 20}]}));
    assert_eq!(live.player.text(10), Some(FILLER));
    assert_ne!(live.player.text(30), Some("1111 1111"));
    live.check_player();
}

#[test]
fn a_masked_number_that_is_split_stays_masked() {
    let mut live = Live::page(json!([element(9, "p", json!({}), json!([text(10, "4111 1111 1111 1111")]))]));
    live.mutate(&json!({"texts": [{"id": 10, "value": "4111 1111"}], "adds": [add(9, None, text(11, " 1111 1111"))]}));
    assert_eq!(shown(&live, &[10, 11]), [FILLER, ""]);
    live.never_said("1111");
    live.check_player();
}

#[test]
fn pages_and_days_are_no_card() {
    let days: Vec<Value> = (1..=31).map(|day| inline(10 * day, "a", &format!(" {day} "))).collect();
    let live = Live::page(json!([element(9, "p", json!({}), json!(days))]));
    assert!(live.view.report().masked.is_empty(), "{:?}", live.view.report());
}

#[test]
fn an_attribute_with_a_number_is_kept_nowhere() {
    const CARD: &str = "4111 1111 1111 1111";
    let attributes = json!({"title": CARD, "aria-label": CARD, "data-card": CARD, "aria-valuenow": CARD, "x-card": CARD, "class": "c"});
    let mut live = Live::page(json!([
        element(10, "p", attributes.clone(), json!([])),
        element(11, "input", json!({"placeholder": CARD, "type": "submit", "alt": CARD}), json!([])),
        element(12, "img", json!({"alt": CARD}), json!([])),
        element(13, "option", json!({"value": CARD, "label": CARD}), json!([])),
        element(14, "p", json!({}), json!([])),
    ]));
    let check = |live: &Live, count: u64| {
        live.never_said("1111");
        assert!(!format!("{:?}", live.view).contains("1111"), "{:?}", live.view);
        assert_eq!(live.view.report().masked["pattern:payment-card"], count);
        assert_eq!(live.player.attribute(10, "title"), Some(FILLER));
        assert_eq!(live.player.attribute(10, "data-card"), None);
    };
    check(&live, 10);
    live.late();
    live.mutate(&json!({"attributes": [{"id": 14, "attributes": attributes}]}));
    check(&live, 15);
    assert_eq!(live.player.attribute(14, "title"), Some(FILLER));
    live.check_player();
}

#[test]
fn e_mail_addresses_and_phones_are_found_over_nodes() {
    let rules =
        crate::restrict::RestrictionInput { patterns: vec!["email".into(), "phone".into()], ..Default::default() };
    for parts in [["ann", "@", "shop.example"], ["write to ann@", "shop", ".example now"], ["+49 ", "30 ", "901820"]] {
        let mut live = Live::with(rules.clone());
        live.load(json!([element(
            9,
            "p",
            json!({}),
            json!([inline(10, "b", parts[0]), inline(20, "i", parts[1]), inline(30, "u", parts[2])])
        )]));
        assert_eq!(shown(&live, &[11, 21, 31]), [FILLER; 3], "{parts:?}");
    }
}

/// A card's digits cut at random into texts of a block that are added one by one.
fn cut(cuts: &[usize]) -> Vec<String> {
    let digits = "4111111111111111";
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % digits.len()).filter(|cut| *cut > 0).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let ends = cuts.iter().copied().chain([digits.len()]);
    let mut from = 0;
    ends.map(|end| digits.get(std::mem::replace(&mut from, end)..end).unwrap().to_owned()).collect()
}

proptest! {
    #[test]
    fn however_a_card_is_cut_its_page_never_shows_it(
        cuts in prop::collection::vec(0usize..16, 0..8),
        shapes in prop::collection::vec((0u8..4, any::<bool>(), any::<bool>()), 8),
        at_once in any::<bool>(),
    ) {
        let parts = cut(&cuts);
        let mut live = Live::page(json!([element(9, "p", json!({}), json!([]))]));
        let mut adds = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let (wrap, space, first) = shapes[at % shapes.len()];
            let words = if space { format!(" {part}-") } else { part.clone() };
            let id = 100 + 10 * u32::try_from(at).unwrap();
            let mut new = Vec::new();
            let mut parent = 9;
            for depth in 0..wrap {
                new.push(add(parent, None, element(id + u32::from(depth), ["b", "x-y", "span"][usize::from(depth)], json!({}), json!([]))));
                parent = id + u32::from(depth);
            }
            new.push(add(parent, None, text(id + 9, &words)));
            if first {
                new.push(add(9, None, text(id + 8, " ")));
            }
            if at_once { adds.extend(new) } else { live.mutate(&json!({"adds": new})); }
        }
        if at_once {
            live.mutate(&json!({"adds": adds}));
        }
        live.check_player();
        for at in 0..parts.len() {
            let shown = live.player.text(109 + 10 * u64::try_from(at).unwrap()).unwrap();
            prop_assert!(!shown.contains(char::is_numeric), "{shown} of {parts:?}");
        }
        let remembered = format!("{:?}", live.view).contains("1111111");
        prop_assert!(!remembered, "{parts:?} is remembered");
    }
}
