//! What events made of a page, step by step, is what sanitizing the page as it stands in the end gives.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Live, add};
use crate::restrict::{RestrictionInput, RuleSetInput};

const BODY: u32 = 4;

/// Names with a fate or a meaning of their own, and some without.
const TAGS: [&str; 20] = [
    "div", "p", "span", "a", "img", "input", "textarea", "select", "option", "table", "td", "style", "link", "script",
    "template", "object", "svg", "math", "x-own", "unknown",
];
const NAMES: [&str; 12] =
    ["class", "id", "style", "src", "href", "title", "onclick", "type", "value", "data-x", "aria-label", "rel"];
const VALUES: [&str; 14] = [
    "",
    "u",
    "plain words",
    "https://cdn.example/a.png",
    "https://evil.example/",
    "javascript:x",
    "stylesheet",
    "hidden",
    "password",
    "color:red;background:url(https://cdn.example/b)",
    "a<b>\"c'",
    "4111 1111 1111 1111",
    "checkbox",
    "5",
];
const TEXTS: [&str; 6] =
    ["words", " ", "", "p{color:red}", "q{background:url(https://cdn.example/c)}", "@import 'https://evil.example/';"];

#[derive(Default)]
struct Item {
    parent: u32,
    children: Vec<u32>,
    /// `None`: a text.
    tag: Option<&'static str>,
    text: &'static str,
    attributes: BTreeMap<&'static str, &'static str>,
}

/// The page as the customer's browser has it.
struct Dom {
    items: BTreeMap<u32, Item>,
    last: u32,
    /// Words are forgotten under the mask. So what is unmasked later, and a sheet that grows, are what came and not what
    /// stands, and there are none of these.
    is_private: bool,
}

impl Dom {
    fn new(is_private: bool) -> Self {
        let body = Item { tag: Some("body"), ..Item::default() };
        Self { items: BTreeMap::from([(BODY, body)]), last: 9, is_private }
    }

    fn pick(&self, by: u8, wanted: impl Fn(u32, &Item) -> bool) -> Option<u32> {
        let ids: Vec<u32> = self.items.iter().filter(|(id, item)| wanted(**id, item)).map(|(id, _)| *id).collect();
        (!ids.is_empty()).then(|| ids[usize::from(by) % ids.len()])
    }

    /// Puts an item into the tree; gives the mutation's entry.
    fn insert(&mut self, id: u32, parent: u32, by: u8) -> Value {
        let siblings = &mut self.items.get_mut(&parent).unwrap().children;
        let at = usize::from(by) % (siblings.len() + 1);
        let next = siblings.get(at).copied();
        siblings.insert(at, id);
        self.items.get_mut(&id).unwrap().parent = parent;
        let mut node = self.node(id);
        if node["type"] == 2 {
            node["childNodes"] = json!([]);
        }
        add(parent, next, node)
    }

    fn take_out(&mut self, id: u32) -> Value {
        let parent = self.items[&id].parent;
        self.items.get_mut(&parent).unwrap().children.retain(|child| *child != id);
        json!({"parentId": parent, "id": id})
    }

    fn forget(&mut self, id: u32) {
        for child in self.items.remove(&id).unwrap().children {
            self.forget(child);
        }
    }

    /// The node with all beneath it, as a recorder would send it.
    fn node(&self, id: u32) -> Value {
        let item = &self.items[&id];
        let Some(tag) = item.tag else { return json!({"type": 3, "id": id, "textContent": item.text}) };
        let children: Vec<Value> = item.children.iter().map(|child| self.node(*child)).collect();
        let mut node =
            json!({"type": 2, "id": id, "tagName": tag, "attributes": item.attributes, "childNodes": children});
        if tag == "svg" {
            node["isSVG"] = json!(true);
        }
        node
    }

    /// Whether it is a field that is always masked, or stands in one. What was once in there stays masked, and its words are forgotten:
    /// the page as it stands in the end would not show that.
    fn is_in_masked_field(&self, id: u32) -> bool {
        let item = &self.items[&id];
        let kind = item.attributes.get("type").copied();
        let is_one = item.tag == Some("input") && matches!(kind, Some("password" | "hidden"));
        is_one || id != BODY && self.is_in_masked_field(item.parent)
    }

    fn step(&mut self, kind: u8, one: u8, two: u8, three: u8) -> Option<Value> {
        let is_element = |_: u32, item: &Item| item.tag.is_some();
        let of = |list: &[&'static str], by: u8| list[usize::from(by) % list.len()];
        Some(match kind % 7 {
            kind @ (0 | 1) => {
                let parent = self.pick(one, is_element)?;
                self.last += 1;
                let tag = Some(of(&TAGS, two)).filter(|tag| !self.is_private || *tag != "style").unwrap_or("b");
                let mut item = Item { tag: (kind == 0).then_some(tag), text: of(&TEXTS, two), ..Item::default() };
                if kind == 0 {
                    item.attributes.insert(of(&NAMES, three), of(&VALUES, one ^ three));
                }
                self.items.insert(self.last, item);
                json!({"adds": [self.insert(self.last, parent, three)]})
            }
            2 => {
                let id = self.pick(one, |id, _| id != BODY)?;
                let entry = self.take_out(id);
                self.forget(id);
                json!({"removes": [entry]})
            }
            3 => {
                let id = self.pick(one, |_, item| item.tag.is_none())?;
                let text = of(&TEXTS, two);
                self.items.get_mut(&id).unwrap().text = text;
                json!({"texts": [{"id": id, "value": text}]})
            }
            4 | 5 => {
                let id = self.pick(one, |id, item| id != BODY && item.tag.is_some())?;
                let (name, value) = (of(&NAMES, two), of(&VALUES, three));
                if self.is_private && name == "class" || name == "type" && self.is_in_masked_field(id) {
                    return None;
                }
                let attributes = &mut self.items.get_mut(&id).unwrap().attributes;
                if kind % 7 == 4 {
                    attributes.insert(name, value);
                    json!({"attributes": [{"id": id, "attributes": {name: value}}]})
                } else {
                    attributes.remove(name);
                    json!({"attributes": [{"id": id, "attributes": {name: null}}]})
                }
            }
            _ => {
                let id = self.pick(one, |id, item| id != BODY && item.children.is_empty())?;
                // Words that were masked are not style when they are moved into a sheet: they stay forgotten.
                if self.items[&self.items[&id].parent].tag == Some("style") || self.is_in_masked_field(id) {
                    return None;
                }
                let may_hold = |item: &Item| item.tag.is_some_and(|tag| tag != "style");
                let parent = self.pick(two, |other, item| other != id && may_hold(item))?;
                let removed = self.take_out(id);
                json!({"removes": [removed], "adds": [self.insert(id, parent, three)]})
            }
        })
    }
}

/// No rule, and one that nothing sticks to: whatever stuck would be no matter of the page as it stands.
fn restrictions() -> [RestrictionInput; 2] {
    let private = RestrictionInput {
        private_by_default: true,
        rule_sets: vec![RuleSetInput { unmask: vec![".u".into()], ..RuleSetInput::default() }],
        ..RestrictionInput::default()
    };
    [RestrictionInput::default(), private]
}

fn keyframe(live: &mut Live) -> Vec<Value> {
    live.view.keyframe(1).into_iter().map(|event| serde_json::from_str(event.get()).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn incremental_equals_batch(
        steps in prop::collection::vec((0u8..7, any::<u8>(), any::<u8>(), any::<u8>()), 1..80)
    ) {
        for restrictions in restrictions() {
            let mut dom = Dom::new(restrictions.private_by_default);
            let mut live = Live::with(restrictions.clone());
            live.load(json!([]));
            for (kind, one, two, three) in &steps {
                if let Some(step) = dom.step(*kind, *one, *two, *three) {
                    live.mutate(&step);
                }
            }
            live.check_player();
            let mut fresh = Live::with(restrictions);
            fresh.load(dom.node(BODY)["childNodes"].clone());
            prop_assert_eq!(keyframe(&mut live), keyframe(&mut fresh));
        }
    }
}
