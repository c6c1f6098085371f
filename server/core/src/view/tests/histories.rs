//! Random histories: the player that followed, a late one and the rules always agree, no secret leaves or is kept, and
//! nothing that leaves depends on one.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Live, add, document, element, mutation, text};
use crate::restrict::{RestrictionInput, RuleSetInput};

/// What stands for a secret in a history: a text, and a number.
const SECRET: &str = "SECRET words";
const SECRET_NUMBER: i64 = 74_127_412;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Box,
    Field,
}

/// What the test itself knows of the page: enough to tell where a secret may be put.
#[derive(Default)]
struct Model {
    parent: BTreeMap<u32, u32>,
    class: BTreeMap<u32, &'static str>,
    kind: BTreeMap<u32, Kind>,
    tag: BTreeMap<u32, &'static str>,
    /// Ever masked, blocked or hidden.
    silenced: BTreeMap<u32, bool>,
    /// `private-by-default` holds, but for what stands in `.o`.
    is_private: bool,
    last: u32,
}

const BODY: u32 = 4;
const CLASSES: [&str; 7] = ["", "m", "b", "h", "plain", "m plain", "o"];
const WORDS: [&str; 8] =
    ["title", "aria-label", "data-x", "alt", "value", "placeholder", "data-vitrine-note", "x-free"];
const ADDRESSES: [&str; 4] = ["href", "src", "poster", "cite"];
const FIELDS: [&str; 5] = ["text", "number", "checkbox", "submit", ""];

impl Model {
    fn judge(&mut self) {
        let ids: Vec<u32> = self.parent.keys().copied().collect();
        for id in ids {
            if self.chain(id).any(|at| self.silenced.get(&at) == Some(&true) || self.has_class(at, &["m", "b", "h"])) {
                self.silenced.insert(id, true);
            }
        }
    }

    fn chain(&self, id: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(id), |at| self.parent.get(at).copied())
    }

    fn has_class(&self, id: u32, words: &[&str]) -> bool {
        self.class.get(&id).is_some_and(|class| class.split(' ').any(|word| words.contains(&word)))
    }

    fn pick(&self, from: &[u32], by: u8) -> Option<u32> {
        (!from.is_empty()).then(|| from[usize::from(by) % from.len()])
    }

    fn all(&self, of: &[Kind]) -> Vec<u32> {
        self.parent.keys().copied().filter(|id| of.contains(&self.kind[id])).collect()
    }

    fn parents(&self) -> Vec<u32> {
        std::iter::once(BODY).chain(self.all(&[Kind::Box])).collect()
    }

    /// Whether the node, remembered for itself or by what it stands in, is masked, blocked or hidden.
    fn is_silenced(&self, id: u32) -> bool {
        self.chain(id).any(|at| self.silenced.get(&at) == Some(&true))
    }

    fn is_secret(&self, id: u32) -> bool {
        self.is_silenced(id) || self.is_private && !self.chain(id).any(|at| self.has_class(at, &["o"]))
    }

    fn forget(&mut self, id: u32) {
        let children: Vec<u32> =
            self.parent.iter().filter(|(_, parent)| **parent == id).map(|(child, _)| *child).collect();
        for child in children {
            self.forget(child);
        }
        self.parent.remove(&id);
    }

    fn words(&self, id: u32, by: u8) -> String {
        if self.is_secret(id) { format!("{SECRET} {by}") } else { format!("plain words {by}") }
    }

    fn put(&mut self, parent: u32, kind: Kind, class: &'static str) -> u32 {
        self.last += 1;
        self.parent.insert(self.last, parent);
        self.kind.insert(self.last, kind);
        self.class.insert(self.last, class);
        self.judge();
        self.last
    }

    /// A new element with words in its attributes.
    fn element(&mut self, id: u32, tag: &'static str, class: &str, by: u8) -> Value {
        self.tag.insert(id, tag);
        let mut attributes = json!({"class": class});
        if tag == "input" {
            attributes["type"] = json!(FIELDS[usize::from(by) % FIELDS.len()]);
        }
        for at in [by, by / 7] {
            attributes[WORDS[usize::from(at) % WORDS.len()]] = json!(self.words(id, by));
        }
        element(id, tag, attributes, json!([]))
    }

    /// One step of a history as a recorder's event.
    fn step(&mut self, kind: u8, one: u8, two: u8) -> Option<Value> {
        let class = CLASSES[usize::from(two) % CLASSES.len()];
        let step = match kind {
            0 => {
                let parent = self.pick(&self.parents(), one)?;
                let next = self.next(parent, two);
                let tag = ["div", "a", "p", "img", "b"][usize::from(one) % 5];
                let id = self.put(parent, if tag == "img" { Kind::Field } else { Kind::Box }, class);
                json!({"adds": [add(parent, next, self.element(id, tag, class, two))]})
            }
            1 => {
                let parent = self.pick(&self.parents(), one)?;
                let next = self.next(parent, two);
                let id = self.put(parent, Kind::Text, "");
                json!({"adds": [add(parent, next, text(id, &self.words(id, two)))]})
            }
            2 => {
                let id = self.pick(&self.parent.keys().copied().collect::<Vec<_>>(), one)?;
                let parent = self.parent[&id];
                self.forget(id);
                json!({"removes": [{"parentId": parent, "id": id}]})
            }
            3 => {
                let id = self.pick(&self.all(&[Kind::Text]), one)?;
                json!({"texts": [{"id": id, "value": self.words(id, two)}]})
            }
            4 => {
                let id = self.pick(&self.all(&[Kind::Box, Kind::Field]), one)?;
                self.class.insert(id, class);
                json!({"attributes": [{"id": id, "attributes": {"class": class}}]})
            }
            5 => {
                let id = self.pick(&self.all(&[Kind::Text]), one)?;
                let parent = self.pick(&self.parents(), two)?;
                let old = self.parent.insert(id, parent)?;
                self.judge();
                json!({"removes": [{"parentId": old, "id": id}], "adds": [add(parent, None, text(id, &self.words(id, two)))]})
            }
            6 => {
                let id = self.pick(&self.all(&[Kind::Text]), one)?;
                let parent = self.parent[&id];
                let half = self.put(parent, Kind::Text, "");
                // Of a text that is masked by memory, the other half is masked where its place is, and only there.
                json!({"texts": [{"id": id, "value": self.words(id, two)}], "adds": [add(parent, Some(id), text(half, &self.words(half, two)))]})
            }
            7 => {
                let id = self.pick(&self.all(&[Kind::Box, Kind::Field]), one)?;
                let name = WORDS[usize::from(two) % WORDS.len()];
                let address = ADDRESSES[usize::from(two) % ADDRESSES.len()];
                let to = format!("https://cdn.example/{}", self.words(id, two));
                json!({"attributes": [{"id": id, "attributes": {name: self.words(id, two), address: to}}]})
            }
            8 => {
                let parent = self.pick(&self.parents(), one)?;
                let id = self.put(parent, Kind::Field, class);
                json!({"adds": [add(parent, None, self.element(id, ["input", "textarea"][usize::from(one) % 2], class, two))]})
            }
            9 => {
                let id = self.pick(&self.all(&[Kind::Field]), one)?;
                let is_checked = if self.is_secret(id) { json!(SECRET) } else { json!(two.is_multiple_of(2)) };
                return Some(
                    json!({"type": 3, "data": {"source": 5, "id": id, "text": self.words(id, two), "isChecked": is_checked}, "timestamp": 2}),
                );
            }
            10 if one.is_multiple_of(4) => return Some(self.snapshot(two)),
            _ => return self.pointed_at(one, two),
        };
        self.judge();
        Some(mutation(&step))
    }

    /// Something happens at a silenced node; how much and where is a secret.
    fn pointed_at(&self, one: u8, two: u8) -> Option<Value> {
        let silenced: Vec<u32> = self.parent.keys().copied().filter(|id| self.is_silenced(*id)).collect();
        let id = self.pick(&silenced, one)?;
        let number = SECRET_NUMBER;
        let data = match two % 5 {
            0 => json!({"source": 1, "positions": [{"x": number, "y": number, "id": id, "timeOffset": -1}]}),
            1 => json!({"source": 2, "type": 2, "id": id, "x": number, "y": number}),
            2 => json!({"source": 3, "id": id, "x": number, "y": number}),
            3 => json!({"source": 14, "ranges": [{"start": id, "startOffset": 0, "end": id, "endOffset": number}]}),
            _ => json!({"source": 7, "type": 2, "id": id, "currentTime": number}),
        };
        Some(json!({"type": 3, "data": data, "timestamp": 2}))
    }

    /// The page as it stands, told once more as a whole.
    fn snapshot(&mut self, by: u8) -> Value {
        let body = self.inside(BODY, by);
        json!({"type": 2, "data": {"node": document(json!(body)), "initialOffset": {"left": 0, "top": 0}}, "timestamp": 2})
    }

    fn inside(&mut self, parent: u32, by: u8) -> Vec<Value> {
        let children: Vec<u32> = self.parent.iter().filter(|(_, up)| **up == parent).map(|(id, _)| *id).collect();
        let mut nodes = Vec::new();
        for id in children {
            if self.kind[&id] == Kind::Text {
                nodes.push(text(id, &self.words(id, by)));
                continue;
            }
            let mut node = self.element(id, self.tag[&id], self.class[&id], by);
            node["childNodes"] = json!(self.inside(id, by));
            nodes.push(node);
        }
        nodes
    }

    fn next(&self, parent: u32, by: u8) -> Option<u32> {
        let siblings: Vec<u32> = self.parent.iter().filter(|(_, above)| **above == parent).map(|(id, _)| *id).collect();
        if by.is_multiple_of(3) { None } else { self.pick(&siblings, by) }
    }
}

const KINDS: u8 = 11;

fn live(is_private: bool) -> Live {
    let rule_set = RuleSetInput {
        mask: vec![".m".into()],
        block: vec![".b".into()],
        hide: vec![".h".into()],
        unmask: vec![".o".into()],
        // These read what may be secret, and restrict nothing that an agent sees.
        no_control: vec!["[title] + [data-x^='never']".into(), "[value*='never'] ~ [alt], [x-free]".into()],
        ..RuleSetInput::default()
    };
    let patterns = vec!["payment-card".into(), "iban".into()];
    let mut live = Live::with(RestrictionInput { private_by_default: is_private, patterns, rule_sets: vec![rule_set] });
    live.load(json!([]));
    live
}

/// The event with other secrets in it, of any length and content.
fn retold(value: &mut Value, secrets: &[String], at: &mut usize) {
    match value {
        Value::String(words) if words == SECRET => {
            *at += 1;
            *value = json!(secrets[*at % secrets.len()].len().is_multiple_of(2));
        }
        Value::String(words) if words.contains(SECRET) => {
            *at += 1;
            *words = words.replace(SECRET, &secrets[*at % secrets.len()]);
        }
        Value::Number(number) if number.as_i64() == Some(SECRET_NUMBER) => {
            *at += 1;
            *value = json!(secrets[*at % secrets.len()].len());
        }
        Value::Array(values) => values.iter_mut().for_each(|value| retold(value, secrets, at)),
        Value::Object(fields) => fields.values_mut().for_each(|value| retold(value, secrets, at)),
        _ => {}
    }
}

fn any_steps() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    prop::collection::vec((0..KINDS, any::<u8>(), any::<u8>()), 1..60)
}

/// Anything but white space alone, which is shown as what it is: words, numbers, addresses, markup, nothing of it short.
fn any_secrets() -> impl Strategy<Value = Vec<String>> {
    let one = prop_oneof![
        "[a-z]{1,3}",
        "[0-9]{1,19}",
        "\\PC{1,40}",
        "[ \t\n]{0,3}[<>\"'&;:/a-z]{1,8}[ \t\n]{0,3}",
        Just("https://cdn.example/a.png".to_owned()),
        Just("4111 1111 1111 1111".to_owned()),
        Just("x".repeat(5_000)),
    ];
    prop::collection::vec(one.prop_filter("blank", |words| !words.trim().is_empty()), 1..12)
}

proptest! {
    #[test]
    fn players_agree_and_secrets_stay(steps in any_steps(), is_private in any::<bool>()) {
        let mut live = live(is_private);
        let mut model = Model { last: 9, is_private, ..Model::default() };
        for (kind, one, two) in steps {
            let Some(mut step) = model.step(kind, one, two) else { continue };
            retold(&mut step, &["SECRET of any kind".to_owned()], &mut 0);
            live.event(&step);
            live.check_player();
        }
        live.never_said("SECRET");
        let kept = format!("{:?}", live.view);
        prop_assert!(!kept.contains("SECRET"), "the mirror keeps a secret: {kept}");
    }

    /// Two customers who do the same and differ in their secrets alone send the same to their agents, byte for byte.
    #[test]
    fn what_leaves_does_not_depend_on_secrets(
        steps in any_steps(),
        is_private in any::<bool>(),
        one_customers in any_secrets(),
        anothers in any_secrets(),
    ) {
        let (mut one, mut another) = (live(is_private), live(is_private));
        let mut model = Model { last: 9, is_private, ..Model::default() };
        let mut at = 0;
        for (kind, first, second) in steps {
            let Some(step) = model.step(kind, first, second) else { continue };
            let [left, right] = [(&mut one, &one_customers), (&mut another, &anothers)].map(|(live, secrets)| {
                let mut told = step.clone();
                retold(&mut told, secrets, &mut at.clone());
                live.event(&told);
                (std::mem::take(&mut live.sent), live.keyframe_text(), live.view.page(), live.view.report().clone())
            });
            at += 5;
            prop_assert_eq!(left, right, "after {}", step);
        }
    }

    #[test]
    fn no_event_brings_the_view_down(text in r#"\{"type":[0-9],"data":\{"source":[0-9]{1,2},"id":[0-9],"(adds|texts|removes|attributes|positions|ranges|styleIds)":\[.{0,20}\]\},"timestamp":1\}"#) {
        let mut live = Live::page(json!([]));
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let _ = live.try_event(&value);
        }
    }
}
