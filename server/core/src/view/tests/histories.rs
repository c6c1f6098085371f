//! Random histories: the player that followed, a late one and the rules always agree.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Live, add, element, text};

/// What the test itself knows of the page: enough to tell where a secret may be put.
#[derive(Default)]
struct Model {
    parent: BTreeMap<u32, u32>,
    class: BTreeMap<u32, &'static str>,
    is_text: BTreeMap<u32, bool>,
    /// Ever masked, blocked or hidden.
    silenced: BTreeMap<u32, bool>,
    last: u32,
}

const BODY: u32 = 4;
const CLASSES: [&str; 6] = ["", "m", "b", "h", "plain", "m plain"];

impl Model {
    fn judge(&mut self) {
        let ids: Vec<u32> = self.parent.keys().copied().collect();
        for id in ids {
            let chain: Vec<u32> = std::iter::successors(Some(id), |at| self.parent.get(at).copied()).collect();
            let hit = chain.iter().any(|at| {
                self.silenced.get(at) == Some(&true)
                    || self
                        .class
                        .get(at)
                        .is_some_and(|class| class.split(' ').any(|word| matches!(word, "m" | "b" | "h")))
            });
            if hit {
                self.silenced.insert(id, true);
            }
        }
    }

    fn pick(&self, from: &[u32], by: u8) -> Option<u32> {
        (!from.is_empty()).then(|| from[usize::from(by) % from.len()])
    }

    fn elements(&self) -> Vec<u32> {
        std::iter::once(BODY).chain(self.parent.keys().copied().filter(|id| !self.is_text[id])).collect()
    }

    fn texts(&self) -> Vec<u32> {
        self.parent.keys().copied().filter(|id| self.is_text[id]).collect()
    }

    fn is_secret_under(&self, parent: u32) -> bool {
        std::iter::successors(Some(parent), |at| self.parent.get(at).copied())
            .any(|at| self.silenced.get(&at) == Some(&true))
    }

    fn forget(&mut self, id: u32) {
        let children: Vec<u32> =
            self.parent.iter().filter(|(_, parent)| **parent == id).map(|(child, _)| *child).collect();
        for child in children {
            self.forget(child);
        }
        self.parent.remove(&id);
    }

    fn words(&self, parent: u32, own: Option<u32>) -> &'static str {
        let own = own.is_some_and(|own| self.silenced.get(&own) == Some(&true));
        if own || self.is_secret_under(parent) { "SECRET words" } else { "plain words" }
    }

    /// One step of a history as a recorder's mutation.
    fn step(&mut self, kind: u8, one: u8, two: u8) -> Option<Value> {
        let step = match kind % 6 {
            0 => {
                let parent = self.pick(&self.elements(), one)?;
                self.last += 1;
                let id = self.last;
                let class = CLASSES[usize::from(two) % CLASSES.len()];
                self.parent.insert(id, parent);
                self.class.insert(id, class);
                self.is_text.insert(id, false);
                json!({"adds": [add(parent, self.next(parent, id, two), element(id, "div", json!({"class": class}), json!([])))]})
            }
            1 => {
                let parent = self.pick(&self.elements(), one)?;
                self.last += 1;
                let id = self.last;
                let words = self.words(parent, None);
                self.parent.insert(id, parent);
                self.is_text.insert(id, true);
                json!({"adds": [add(parent, self.next(parent, id, two), text(id, words))]})
            }
            2 => {
                let id = self.pick(&self.parent.keys().copied().collect::<Vec<_>>(), one)?;
                let parent = self.parent[&id];
                self.forget(id);
                json!({"removes": [{"parentId": parent, "id": id}]})
            }
            3 => {
                let id = self.pick(&self.texts(), one)?;
                let words = self.words(self.parent[&id], Some(id));
                json!({"texts": [{"id": id, "value": format!("{words} {two}")}]})
            }
            4 => {
                let id = self.pick(&self.elements(), one).filter(|id| *id != BODY)?;
                let class = CLASSES[usize::from(two) % CLASSES.len()];
                self.class.insert(id, class);
                json!({"attributes": [{"id": id, "attributes": {"class": class}}]})
            }
            _ => {
                let id = self.pick(&self.texts(), one)?;
                let parent = self.pick(&self.elements(), two)?;
                let words = self.words(parent, Some(id));
                let old = self.parent[&id];
                self.parent.insert(id, parent);
                json!({"removes": [{"parentId": old, "id": id}], "adds": [add(parent, None, text(id, words))]})
            }
        };
        self.judge();
        Some(step)
    }

    fn next(&self, parent: u32, new: u32, by: u8) -> Option<u32> {
        let siblings: Vec<u32> =
            self.parent.iter().filter(|(id, above)| **above == parent && **id != new).map(|(id, _)| *id).collect();
        if by.is_multiple_of(3) { None } else { self.pick(&siblings, by) }
    }
}

proptest! {
    #[test]
    fn players_agree_and_secrets_stay(steps in prop::collection::vec((0u8..6, any::<u8>(), any::<u8>()), 1..60)) {
        let mut live = Live::page(json!([]));
        let mut model = Model { last: 9, ..Model::default() };
        for (kind, one, two) in steps {
            let Some(step) = model.step(kind, one, two) else { continue };
            live.mutate(&step);
            live.check_player();
        }
        live.never_said("SECRET");
        prop_assert!(!format!("{:?}", live.view).contains("SECRET"), "the mirror keeps no secret");
    }

    #[test]
    fn no_event_brings_the_view_down(text in r#"\{"type":[0-9],"data":\{"source":[0-9]{1,2},"id":[0-9],"(adds|texts|removes|attributes|positions|ranges|styleIds)":\[.{0,20}\]\},"timestamp":1\}"#) {
        let mut live = Live::page(json!([]));
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let _ = live.try_event(&value);
        }
    }
}
