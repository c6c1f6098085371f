//! Mutation events, in the order in which a player carries them out: removes, adds, texts, attributes.

use std::collections::BTreeSet;

use serde_json::Value;

use super::css::CssPlace;
use super::events::Stream;
use super::tree::TreeKind;

impl Stream {
    pub(super) fn mutation(&mut self, data: &Value) {
        let keys = ["source", "texts", "attributes", "removes", "adds"];
        let Some(data) = self.object(data, &keys, &["isAttachIframe"], "mutation") else { return };
        let mut styles = BTreeSet::new();
        for remove in self.list(data.get("removes"), "removes").to_vec() {
            styles.extend(self.remove_entry(&remove));
        }
        let adds = self.list(data.get("adds"), "adds").to_vec();
        self.adds(&adds);
        for text in self.list(data.get("texts"), "texts").to_vec() {
            styles.extend(self.text_entry(&text));
        }
        for entry in self.list(data.get("attributes"), "attributes").to_vec() {
            self.attributes_entry(&entry);
        }
        for style in styles.into_iter().filter(|id| self.tree.tag(*id) == Some("style")).collect::<Vec<_>>() {
            self.style_text(style);
        }
    }

    /// Gives the parent, whose text may have changed.
    fn remove_entry(&mut self, entry: &Value) -> Option<i64> {
        let entry = self.object(entry, &["parentId", "id"], &["isShadow"], "remove")?;
        let id = self.node_id(entry.get("id"), "remove");
        let parent = entry.get("parentId").and_then(Value::as_i64);
        let found = self.tree.get(id)?.parent;
        self.judge.require(found == parent, "tree", || format!("node {id} is not beneath {parent:?}"));
        self.tree.remove(id);
        found
    }

    /// A player puts an add aside until its parent and next sibling are there.
    fn adds(&mut self, adds: &[Value]) {
        let mut waiting: Vec<&Value> = adds.iter().collect();
        loop {
            let before = waiting.len();
            waiting.retain(|add| !self.add_entry(add));
            if waiting.is_empty() {
                return;
            }
            if waiting.len() == before {
                return self.judge.say("tree", format!("an add without its parent or next sibling: {}", waiting[0]));
            }
        }
    }

    /// Whether it could be carried out, or never will.
    fn add_entry(&mut self, entry: &Value) -> bool {
        let ready = |key: &str| entry.get(key).and_then(Value::as_i64).is_none_or(|id| self.tree.get(id).is_some());
        if !ready("parentId") || !ready("nextId") {
            return false;
        }
        let Some(entry) = self.object(entry, &["parentId", "nextId", "node"], &["previousId"], "add") else {
            return true;
        };
        let parent = self.node_id(entry.get("parentId"), "add");
        let next = entry.get("nextId").and_then(Value::as_i64);
        if let Some(next) = next {
            let beside = self.tree.get(next).and_then(|node| node.parent) == Some(parent);
            self.judge.require(beside, "tree", || format!("nextId {next} is not beneath {parent}"));
        }
        let node = entry.get("node").unwrap_or(&Value::Null);
        let is_document = node.get("type") == Some(&Value::from(0));
        if is_document {
            // A frame's new document takes the old one's place.
            let old = self.tree.get(parent).map(|frame| frame.children.clone()).unwrap_or_default();
            old.into_iter().for_each(|child| self.tree.remove(child));
        }
        let children = node.get("childNodes").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
        self.judge.require(is_document || !children, "schema", || "an added node brings children".to_owned());
        self.subtree(node, Some(parent), next);
        true
    }

    /// Gives the parent, whose text has changed.
    fn text_entry(&mut self, entry: &Value) -> Option<i64> {
        let entry = self.object(entry, &["id", "value"], &[], "text")?;
        let id = self.node_id(entry.get("id"), "text");
        let text = match entry.get("value") {
            Some(Value::Null) => String::new(),
            other => self.text(other, "text"),
        };
        let node = self.tree.get_mut(id)?;
        match &mut node.kind {
            TreeKind::Text(place) => *place = text,
            _ => self.judge.say("tree", format!("node {id} is no text")),
        }
        self.tree.get(id)?.parent
    }

    fn attributes_entry(&mut self, entry: &Value) {
        let Some(entry) = self.object(entry, &["id", "attributes"], &[], "attributes") else { return };
        let id = self.node_id(entry.get("id"), "attributes");
        let Some(TreeKind::Element { tag, is_svg, mut attributes }) = self.tree.get(id).map(|node| node.kind.clone())
        else {
            return self.judge.say("tree", format!("node {id} is no element"));
        };
        for (key, value) in entry.get("attributes").and_then(Value::as_object).into_iter().flatten() {
            if let (true, Value::Object(declarations)) = (key == "style", value) {
                self.style_object(declarations);
                continue;
            }
            if value.is_null() {
                attributes.remove(key);
            } else if let Some(text) = self.attribute_value(&tag, key, value) {
                attributes.insert(key.clone(), text);
            }
        }
        self.judge_element(&tag, is_svg, &attributes);
        if let Some(node) = self.tree.get_mut(id) {
            node.kind = TreeKind::Element { tag, is_svg, attributes };
        }
    }

    /// `{property: value | [value, priority] | false}`.
    fn style_object(&mut self, declarations: &serde_json::Map<String, Value>) {
        for (property, value) in declarations {
            let (text, priority) = match value {
                Value::Bool(false) => continue,
                Value::String(text) => (text.as_str(), ""),
                Value::Array(pair) => match pair.as_slice() {
                    [Value::String(text), Value::String(priority)] => (text.as_str(), priority.as_str()),
                    _ => ("", "?"),
                },
                _ => ("", "?"),
            };
            let fine = matches!(priority, "" | "important");
            self.judge.require(fine, "schema", || format!("style {property}: {value}"));
            self.judge.css(&format!("{property}:{text}"), CssPlace::Value, "style object");
        }
    }
}
