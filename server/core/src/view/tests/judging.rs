//! What holds for each node after an event is what a judgement of the whole page from the beginning gives.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Live, add, element, mutation, text};
use crate::limits::Limits;
use crate::mirror::Slot;
use crate::restrict::{RestrictionInput, RuleSetInput, Verdict};

/// Selectors that depend on all that can change.
const SELECTORS: [&str; 18] = [
    ".a",
    ".a p",
    "div > .b",
    ".a + *",
    ".a ~ .b",
    "#i p",
    "[data-x=a]",
    "[data-x] + p",
    "p:has(.a)",
    "div:has(+ .a) p",
    ":nth-child(2)",
    ":nth-last-child(2 of .a)",
    "p:first-child",
    ":empty + p",
    ":not(.a) > .b",
    ":is(.a, #i) *",
    "input:checked + *",
    "div:has(input[value=a]) .b",
];
const BODY: u32 = 4;

/// One list of rules, by the bits of `of`.
fn list(of: u32) -> Vec<String> {
    SELECTORS.iter().enumerate().filter(|(at, _)| of & (1 << at) != 0).map(|(_, text)| (*text).to_owned()).collect()
}

fn step(parents: &mut BTreeMap<u32, (u32, &'static str)>, kind: u8, one: u8, two: u8) -> Option<Value> {
    let ids: Vec<u32> = parents.keys().copied().collect();
    let pick = |of: Vec<u32>, by: u8| (!of.is_empty()).then(|| of[usize::from(by) % of.len()]);
    let tagged =
        |tags: &[&str]| -> Vec<u32> { ids.iter().copied().filter(|id| tags.contains(&parents[id].1)).collect() };
    let boxes: Vec<u32> = tagged(&["p", "div"]).into_iter().chain([BODY]).collect();
    let word = ["", "a", "b", "a b", "i"][usize::from(two) % 5];
    let data = match kind {
        0 | 1 => {
            let parent = pick(boxes, one)?;
            let next = pick(ids.iter().copied().filter(|id| parents[id].0 == parent).collect(), two)
                .filter(|_| !two.is_multiple_of(3));
            let id = 10 + u32::try_from(parents.len()).unwrap() + parents.keys().last().copied().unwrap_or_default();
            let tag = ["p", "div", "input", "text"][usize::from(two / 3) % 4];
            parents.insert(id, (parent, tag));
            let attributes = json!({"class": word, "type": "checkbox"});
            let node = if tag == "text" { text(id, word) } else { element(id, tag, attributes, json!([])) };
            json!({"adds": [add(parent, next, node)]})
        }
        2 => {
            let id = pick(ids.clone(), one)?;
            let parent = parents[&id].0;
            let mut gone = vec![id];
            while let Some(top) = gone.pop() {
                parents.remove(&top);
                gone.extend(parents.iter().filter(|(_, (up, _))| *up == top).map(|(id, _)| *id));
            }
            json!({"removes": [{"parentId": parent, "id": id}]})
        }
        3 | 4 => {
            let id = pick(tagged(&["p", "div", "input"]), one)?;
            let name = ["class", "class", "id", "data-x", "value"][usize::from(one ^ two) % 5];
            let value = if two > 200 { Value::Null } else { json!(word) };
            json!({"attributes": [{"id": id, "attributes": {name: value}}]})
        }
        5 => json!({"texts": [{"id": pick(tagged(&["text"]), one)?, "value": word}]}),
        _ => {
            let id = pick(tagged(&["input"]), one)?;
            return Some(
                json!({"type": 3, "data": {"source": 5, "id": id, "text": word, "isChecked": two.is_multiple_of(2)}, "timestamp": 2}),
            );
        }
    };
    Some(mutation(&data))
}

/// The verdict that the rules give now, nothing remembered.
fn judged_anew(live: &Live, slot: Slot) -> Verdict {
    let mirror = &live.view.mirror;
    let mut chain: Vec<Slot> = std::iter::once(slot).chain(mirror.ancestors(slot)).collect();
    chain.reverse();
    let beneath = |above, at: Slot| Verdict::beneath(above, live.view.rules.judge(mirror, at));
    chain.into_iter().fold(live.view.rules.root_verdict(), beneath)
}

proptest! {
    #[test]
    fn no_change_escapes_judgement(
        rules in (any::<u32>(), any::<u32>(), any::<u32>(), any::<bool>()),
        steps in prop::collection::vec((0u8..7, any::<u8>(), any::<u8>()), 1..40),
    ) {
        let (no_control, unmask, mask, is_private) = rules;
        let rule_set = RuleSetInput {
            no_control: list(no_control),
            unmask: list(unmask),
            mask: list(mask & unmask & no_control),
            ..RuleSetInput::default()
        };
        let mut live = Live::with(RestrictionInput {
            private_by_default: is_private,
            rule_sets: vec![rule_set],
            ..RestrictionInput::default()
        });
        live.load(json!([]));
        let mut parents = BTreeMap::new();
        for (kind, one, two) in steps {
            let Some(event) = step(&mut parents, kind, one, two) else { continue };
            live.event(&event);
            for slot in live.view.mirror.descendants(live.view.mirror.root()) {
                let (kept, anew) = (live.view.mirror.get(slot).unwrap().verdict, judged_anew(&live, slot));
                prop_assert_eq!((kept.no_control, kept.private), (anew.no_control, anew.private), "after {}", event);
                prop_assert!(kept.level >= anew.level, "after {}", event);
            }
        }
    }
}

#[test]
fn an_attribute_whose_text_is_gone_is_judged_anew_when_it_is_told_anew() {
    let mut live = Live::with(RestrictionInput {
        private_by_default: true,
        rule_sets: vec![RuleSetInput { unmask: vec!["[data-x=a]".into()], ..RuleSetInput::default() }],
        ..RestrictionInput::default()
    });
    live.load(json!([element(10, "p", json!({}), json!([text(11, "words")]))]));
    for (value, is_private) in [("a", false), ("", true), ("a", false), ("b", true), ("", true), ("a", false)] {
        live.mutate(&json!({"attributes": [{"id": 10, "attributes": {"data-x": value}}]}));
        let slot = live.view.mirror.find(crate::ids::NodeId::new(10).unwrap()).unwrap();
        assert_eq!(live.view.mirror.get(slot).unwrap().verdict.private, is_private, "{value:?}");
        live.check_player();
    }
}

/// At either bound of what can be remembered all that is new is masked, and what was seen stays.
#[test]
fn past_what_can_be_remembered_all_new_text_is_masked() {
    const FILLER: &str = "••••••";
    let rules = || RestrictionInput {
        rule_sets: vec![RuleSetInput { mask: vec![".m".into()], ..RuleSetInput::default() }],
        ..RestrictionInput::default()
    };
    let page = || {
        let masked = |id| element(id, "i", json!({"class": "m"}), json!([]));
        json!([
            masked(10),
            masked(11),
            element(12, "p", json!({}), json!([text(13, "seen")])),
            element(14, "input", json!({"value": "seen"}), json!([]))
        ])
    };
    let check_new = |live: &mut Live| {
        live.mutate(&json!({"texts": [{"id": 13, "value": "SECRET"}], "attributes": [{"id": 12, "attributes": {"title": "SECRET"}}],
            "adds": [add(12, None, text(20, "SECRET")), add(4, None, element(21, "p", json!({"title": "SECRET"}), json!([])))]}));
        live.event(
            &json!({"type": 3, "data": {"source": 5, "id": 14, "text": "SECRET", "isChecked": false}, "timestamp": 3}),
        );
        live.never_said("SECRET");
        assert!(!format!("{:?}", live.view).contains("SECRET"));
        live.check_player();
    };

    let mut live = Live::within(rules(), Limits { sticky_ids: 2, ..Limits::default() });
    live.load(page());
    live.mutate(&json!({"attributes": [{"id": 12, "attributes": {"lang": "en"}}]}));
    assert_eq!(live.player.text(13), Some("seen"), "two are remembered, as many as can be");
    live.mutate(&json!({"adds": [add(4, None, element(15, "i", json!({"class": "m"}), json!([])))]}));
    assert_eq!(live.player.text(13), Some("seen"));
    check_new(&mut live);

    let mut live = Live::within(rules(), Limits { instances: 3, ..Limits::default() });
    for instance in ["one", "two", "three"] {
        live.view.begin_instance(instance);
        live.load(page());
        assert_eq!(live.player.text(13), Some("seen"), "{instance}");
    }
    live.view.begin_instance("one");
    live.load(json!([element(10, "p", json!({}), json!([text(13, "seen")]))]));
    assert_eq!(live.player.text(13), Some(FILLER), "beneath what is remembered of the first");
    live.view.begin_instance("four");
    live.load(page());
    assert_eq!(live.player.text(13), Some(FILLER));
    check_new(&mut live);
}
