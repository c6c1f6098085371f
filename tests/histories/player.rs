//! A model of a stock player: it follows events as rrweb's does, and panics at what would leave one out of step.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what a player cannot follow ends the test")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

#[derive(Debug, Clone)]
struct Node {
    parent: Option<u64>,
    children: Vec<u64>,
    /// Without `childNodes`.
    data: Value,
}

/// See the module: the page as a player has it.
#[derive(Debug, Default)]
pub struct Player {
    nodes: BTreeMap<u64, Node>,
    /// Names that have a class, as in a browser whichever element told of it.
    defined: BTreeSet<String>,
}

const ROOT: u64 = 1;

impl Player {
    /// Follows one event.
    ///
    /// # Panics
    /// A player in a browser would throw, or be out of step from here on.
    pub fn apply(&mut self, event: &Value) {
        match (event["type"].as_u64().unwrap(), event["data"]["source"].as_u64()) {
            (2, _) => {
                self.nodes.clear();
                self.defined.clear();
                self.build(&event["data"]["node"], None);
            }
            (3, Some(0)) => self.mutate(&event["data"]),
            (3, Some(5)) => self.input(&event["data"]),
            (3, Some(source @ (2 | 3 | 7))) => {
                let node = &self.nodes[&event["data"]["id"].as_u64().unwrap()].data;
                let is_media = matches!(node["tagName"].as_str(), Some("audio" | "video")) && node["isSVG"].is_null();
                assert!(source != 7 || is_media, "played: {node}");
            }
            _ => {}
        }
    }

    fn build(&mut self, node: &Value, parent: Option<u64>) -> u64 {
        let id = node["id"].as_u64().unwrap();
        self.check_node(node, parent);
        let fields = node.as_object().unwrap().iter().filter(|(name, _)| *name != "childNodes");
        let data = Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect());
        if data["isCustom"] == json!(true) {
            self.defined.insert(data["tagName"].as_str().unwrap().to_owned());
        }
        let old = self.nodes.insert(id, Node { parent, children: Vec::new(), data });
        assert!(old.is_none(), "id {id} stands twice");
        for child in node["childNodes"].as_array().into_iter().flatten() {
            let child = self.build(child, Some(id));
            self.nodes.get_mut(&id).unwrap().children.push(child);
        }
        id
    }

    /// What throws in a browser, and so stops a player for good.
    fn check_node(&self, node: &Value, parent: Option<u64>) {
        let name = node["tagName"].as_str().unwrap_or_default();
        let is_svg = node["isSVG"] == json!(true);
        if node["isShadowHost"] == json!(true) {
            assert!(takes_shadow(name, is_svg), "{name} takes no shadow root");
        }
        if node["isShadow"] == json!(true) {
            let host = &self.nodes[&parent.unwrap()].data;
            assert_eq!(host["isShadowHost"], json!(true), "a shadow child needs a host: {host}");
        }
        if node["type"] == 0 {
            let kinds: Vec<u64> =
                node["childNodes"].as_array().unwrap().iter().map(|child| child["type"].as_u64().unwrap()).collect();
            assert!(kinds == [1, 2] || kinds == [2], "children of a document: {kinds:?}");
        }
        let is_media = matches!(name, "audio" | "video") && !is_svg;
        for (attribute, _) in node["attributes"].as_object().into_iter().flatten() {
            assert!(is_media || !attribute.starts_with("rr_media"), "{attribute} on {name}");
        }
    }

    fn mutate(&mut self, data: &Value) {
        for remove in data["removes"].as_array().unwrap() {
            let (parent, id) = (remove["parentId"].as_u64().unwrap(), remove["id"].as_u64().unwrap());
            assert_ne!(self.nodes[&id].data["type"], 0, "a frame has no child to remove: it throws in its own realm");
            assert_eq!(self.nodes[&id].parent, Some(parent), "remove of {id}");
            let is_shadow = self.nodes[&id].data["isShadow"] == json!(true);
            assert_eq!(remove["isShadow"] == json!(true), is_shadow, "shadow flag of {id}");
            self.nodes.get_mut(&parent).unwrap().children.retain(|child| *child != id);
            self.forget(id);
        }
        for add in data["adds"].as_array().unwrap() {
            self.add(add);
        }
        for change in data["texts"].as_array().unwrap() {
            let node = self.nodes.get_mut(&change["id"].as_u64().unwrap()).unwrap();
            assert_eq!(node.data["type"], 3);
            node.data["textContent"] = change["value"].clone();
        }
        for change in data["attributes"].as_array().unwrap() {
            let node = self.nodes.get_mut(&change["id"].as_u64().unwrap()).unwrap();
            let attributes = node.data["attributes"].as_object_mut().unwrap();
            for (name, value) in change["attributes"].as_object().unwrap() {
                if value.is_null() {
                    attributes.remove(name);
                } else {
                    attributes.insert(name.clone(), value.clone());
                }
            }
        }
    }

    fn add(&mut self, add: &Value) {
        let parent = add["parentId"].as_u64().unwrap();
        let node = &add["node"];
        assert!(self.nodes.contains_key(&parent), "parent {parent} is there");
        if node["type"] == 0 {
            let old = self.nodes[&parent].children.clone();
            for child in old {
                self.forget(child);
            }
            self.nodes.get_mut(&parent).unwrap().children.clear();
        } else {
            assert_eq!(node["childNodes"].as_array().map_or(0, Vec::len), 0, "an add brings no children");
        }
        if node["isShadow"] == json!(true) && takes_shadow(self.nodes[&parent].data["tagName"].as_str().unwrap(), false)
        {
            self.nodes.get_mut(&parent).unwrap().data["isShadowHost"] = json!(true);
        }
        let id = self.build(node, Some(parent));
        let siblings = &self.nodes[&parent].children;
        let at = match add["nextId"].as_u64() {
            Some(next) => siblings.iter().position(|sibling| *sibling == next).expect("next sibling is there"),
            None => siblings.len(),
        };
        self.nodes.get_mut(&parent).unwrap().children.insert(at, id);
    }

    fn input(&mut self, data: &Value) {
        let node = self.nodes.get_mut(&data["id"].as_u64().unwrap()).unwrap();
        let is_select = node.data["tagName"] == "select";
        let attributes = node.data["attributes"].as_object_mut().unwrap();
        match attributes.get("type").and_then(Value::as_str) {
            Some("checkbox" | "radio") => {
                if data["isChecked"] == json!(true) {
                    attributes.insert("checked".into(), json!(""));
                } else {
                    attributes.remove("checked");
                }
            }
            // A field without the attribute shows what one with an empty one does.
            _ if !is_select && (data["text"] != "" || attributes.contains_key("value")) => {
                attributes.insert("value".into(), data["text"].clone());
            }
            _ => {}
        }
    }

    fn forget(&mut self, id: u64) {
        let node = self.nodes.remove(&id).unwrap();
        for child in node.children {
            self.forget(child);
        }
    }

    /// The whole tree in one form, whatever way it was built. Light children come before a shadow root's.
    #[must_use]
    pub fn tree(&self) -> Value {
        if self.nodes.is_empty() { Value::Null } else { self.subtree(ROOT) }
    }

    fn subtree(&self, id: u64) -> Value {
        let node = &self.nodes[&id];
        let mut data = node.data.clone();
        let (shadow, light): (Vec<u64>, Vec<u64>) =
            node.children.iter().partition(|child| self.nodes[child].data["isShadow"] == json!(true));
        let children: Vec<Value> = light.iter().chain(&shadow).map(|child| self.subtree(*child)).collect();
        if let Some(attributes) = data.get_mut("attributes").and_then(Value::as_object_mut) {
            attributes.retain(|name, _| (!name.starts_with("rr_") || name == "rr_open_mode") && name != "selected");
            attributes.sort_keys();
        }
        if data["tagName"].as_str().is_some_and(|name| self.defined.contains(name)) {
            data["isCustom"] = json!(true);
        }
        data["childNodes"] = Value::Array(children);
        data
    }

    /// A node without its children.
    #[must_use]
    pub fn find(&self, id: u64) -> Option<&Value> {
        self.nodes.get(&id).map(|node| &node.data)
    }

    /// An attribute of an element.
    #[must_use]
    pub fn attribute(&self, id: u64, name: &str) -> Option<&str> {
        self.find(id)?["attributes"][name].as_str()
    }

    /// What a text says.
    #[must_use]
    pub fn text(&self, id: u64) -> Option<&str> {
        self.find(id)?["textContent"].as_str()
    }

    /// The number that [`crate::Browsing::mark`] wrote last.
    #[must_use]
    pub fn mark(&self) -> Option<u64> {
        self.attribute(crate::page::BODY.into(), crate::MARK)?.parse().ok()
    }
}

fn takes_shadow(name: &str, is_svg: bool) -> bool {
    const KNOWN: &str = " article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span ";
    !is_svg && (name.contains('-') || KNOWN.contains(&format!(" {name} ")))
}
