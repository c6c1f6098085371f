//! rrweb's serialized nodes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::attributes::{is_definable, is_element_name};
use super::css::CssPlace;
use super::events::Stream;
use super::tree::TreeKind;

/// DOM levels in a page, the document being level 1.
const DEPTH_MAX: usize = 512;

const COMMON: [&str; 5] = ["type", "id", "rootId", "isShadowHost", "isShadow"];

impl Stream {
    pub(super) fn full_snapshot(&mut self, data: &Value) {
        self.tree.clear();
        let Some(data) = self.object(data, &["node", "initialOffset"], &[], "snapshot") else { return };
        let offset = data.get("initialOffset").unwrap_or(&Value::Null);
        if let Some(offset) = self.object(offset, &["top", "left"], &[], "initialOffset") {
            self.number(offset.get("top"), -1e9, 1e9, "top");
            self.number(offset.get("left"), -1e9, 1e9, "left");
        }
        let node = data.get("node").unwrap_or(&Value::Null);
        self.judge.require(node.get("type") == Some(&Value::from(0)), "brick", || "the top is no document".to_owned());
        self.subtree(node, None, None);
    }

    /// Links a serialized node with all beneath it, and judges each.
    pub(super) fn subtree(&mut self, node: &Value, parent: Option<i64>, next: Option<i64>) {
        let mut waiting = vec![(node, parent, next)];
        while let Some((node, parent, next)) = waiting.pop() {
            let Some(id) = self.node(node, parent, next) else { continue };
            let children = node.get("childNodes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            waiting.extend(children.iter().rev().map(|child| (child, Some(id), None)));
            if parent.and_then(|parent| self.tree.tag(parent)) == Some("style") {
                self.style_text(parent.unwrap_or_default());
            }
        }
    }

    /// Judges one node and links it; its children are left to the caller.
    fn node(&mut self, node: &Value, parent: Option<i64>, next: Option<i64>) -> Option<i64> {
        let kind = self.node_kind(node)?;
        let id = node.get("id").and_then(Value::as_i64).unwrap_or(0);
        self.judge.require(id > 0, "tree", || format!("id {:?}", node.get("id")));
        self.judge.require(self.tree.get(id).is_none(), "tree", || format!("id {id} stands twice"));
        self.judge.require(
            may_hold(parent.and_then(|id| self.tree.get(id)).map(|above| &above.kind), &kind),
            "tree",
            || format!("node {id} cannot stand there"),
        );
        if self.tree.get(id).is_some() {
            return None;
        }
        self.tree.add(id, parent, next, kind);
        let depth = self.tree.depth(id);
        self.judge.require(depth <= DEPTH_MAX, "depth", || format!("level {depth}"));
        if let Some(root) = node.get("rootId") {
            let root = root.as_i64().and_then(|root| self.tree.get(root)).map(|root| &root.kind);
            self.judge.require(matches!(root, Some(TreeKind::Document)), "tree", || format!("rootId of {id}"));
        }
        for flag in ["isShadow", "isShadowHost"] {
            let fine = node.get(flag).is_none_or(Value::is_boolean);
            self.judge.require(fine, "schema", || format!("{flag} of {id}"));
        }
        Some(id)
    }

    fn node_kind(&mut self, node: &Value) -> Option<TreeKind> {
        let kind = node.get("type").and_then(Value::as_u64);
        let (required, optional): (&[&str], &[&str]) = match kind {
            Some(0) => (&["childNodes"], &["compatMode"]),
            Some(1) => (&["name", "publicId", "systemId"], &[]),
            Some(2) => (&["tagName", "attributes", "childNodes"], &["isSVG", "isCustom"]),
            Some(3 | 4) => (&["textContent"], &["isStyle"]),
            Some(5) => (&["textContent"], &[]),
            _ => {
                self.judge.say("schema", format!("node type {:?}", node.get("type")));
                return None;
            }
        };
        let required: Vec<&str> = required.iter().copied().chain(["type", "id"]).collect();
        let optional: Vec<&str> = optional.iter().copied().chain(COMMON).collect();
        let map = self.object(node, &required, &optional, "node")?;
        match kind {
            Some(0) => self.document(map),
            Some(1) => self.doctype(map),
            Some(2) => self.element_node(map),
            Some(3) => Some(TreeKind::Text(self.text(map.get("textContent"), "text"))),
            _ => {
                self.text(map.get("textContent"), "text");
                Some(TreeKind::Other)
            }
        }
    }

    fn document(&mut self, map: &Map<String, Value>) -> Option<TreeKind> {
        let children = self.list(map.get("childNodes"), "childNodes");
        let has_element = children.iter().any(|child| child.get("type") == Some(&Value::from(2)));
        self.judge.require(has_element, "brick", || "a document without an element".to_owned());
        if let Some(mode) = map.get("compatMode") {
            let known = matches!(mode.as_str(), Some("BackCompat" | "CSS1Compat"));
            self.judge.require(known, "schema", || format!("compatMode {mode}"));
        }
        Some(TreeKind::Document)
    }

    fn doctype(&mut self, map: &Map<String, Value>) -> Option<TreeKind> {
        let name = self.text(map.get("name"), "doctype");
        self.judge.require(is_element_name(&name), "brick", || format!("doctype {name:?}"));
        for key in ["publicId", "systemId"] {
            let text = self.text(map.get(key), key);
            self.judge.require(!text.contains(['"', '>']), "brick", || format!("{key} {text:?}"));
        }
        Some(TreeKind::Other)
    }

    fn element_node(&mut self, map: &Map<String, Value>) -> Option<TreeKind> {
        let name = self.text(map.get("tagName"), "tagName");
        self.judge.require(is_element_name(&name), "brick", || format!("tagName {name:?}"));
        for flag in ["isSVG", "isCustom"] {
            let fine = map.get(flag).is_none_or(|value| *value == Value::Bool(true));
            self.judge.require(fine, "schema", || flag.to_owned());
        }
        let custom = map.contains_key("isCustom");
        self.judge.require(!custom || is_definable(&name), "brick", || format!("isCustom {name:?}"));
        self.list(map.get("childNodes"), "childNodes");
        let is_svg = map.contains_key("isSVG");
        let tag = name.to_ascii_lowercase();
        let given = map.get("attributes").unwrap_or(&Value::Null);
        self.judge.require(given.is_object(), "schema", || format!("attributes of <{name}>"));
        let mut attributes = BTreeMap::new();
        for (key, value) in given.as_object().into_iter().flatten() {
            if let Some(text) = self.attribute_value(&tag, key, value) {
                attributes.insert(key.clone(), text);
            }
        }
        self.judge_element(&name, is_svg, &attributes);
        Some(TreeKind::Element { tag, is_svg, attributes })
    }

    /// The value as the player would set it; `None`: it sets nothing.
    pub(super) fn attribute_value(&mut self, tag: &str, key: &str, value: &Value) -> Option<String> {
        self.replay_attribute(tag, key, value);
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(true) => Some(String::new()),
            Value::Bool(false) | Value::Null => None,
            Value::Array(_) | Value::Object(_) => {
                self.judge.say("schema", format!("<{tag} {key}>: {value}"));
                None
            }
        }
    }

    /// Attributes that make the player call a method: on the wrong element it throws, and stops for good.
    fn replay_attribute(&mut self, tag: &str, key: &str, value: &Value) {
        let fits = match key {
            "rr_mediaState" => matches!(tag, "audio" | "video") && matches!(value.as_str(), Some("played" | "paused")),
            "rr_mediaCurrentTime" | "rr_mediaPlaybackRate" | "rr_mediaVolume" => {
                matches!(tag, "audio" | "video") && value.as_f64().is_some_and(|n| (0.0..=1e9).contains(&n))
            }
            "rr_mediaMuted" | "rr_mediaLoop" => matches!(tag, "audio" | "video") && value.is_boolean(),
            "rr_open_mode" => tag == "dialog" && matches!(value.as_str(), Some("modal" | "non-modal")),
            "rr_scrollLeft" | "rr_scrollTop" => value.as_f64().is_some_and(|n| n.abs() <= 1e9),
            "rr_dataURL" => matches!(tag, "canvas" | "img"),
            "_cssText" => matches!(tag, "style" | "link"),
            "rr_width" | "rr_height" => value.as_str().is_some_and(|text| {
                text.strip_suffix("px").unwrap_or(text).parse::<f64>().is_ok_and(|n| (0.0..=1e6).contains(&n))
            }),
            "rr_src" => false,
            _ => true,
        };
        self.judge.require(fits, "brick", || format!("<{tag} {key}={value}>"));
    }

    pub(super) fn judge_element(&mut self, name: &str, is_svg: bool, attributes: &BTreeMap<String, String>) {
        let list = attributes.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        self.judge.element(name, is_svg, &list);
    }

    /// The whole text of a style element: a rule may be split over its text nodes.
    pub(super) fn style_text(&mut self, style: i64) {
        let text = self.tree.text_of(style);
        self.judge.css(&text, CssPlace::Value, "<style> text");
    }
}

fn may_hold(parent: Option<&TreeKind>, child: &TreeKind) -> bool {
    match (parent, child) {
        (None, TreeKind::Document) => true,
        (Some(TreeKind::Element { tag, .. }), TreeKind::Document) => tag == "iframe",
        (Some(TreeKind::Document), TreeKind::Text(_)) => false,
        (Some(TreeKind::Document | TreeKind::Element { .. }), child) => !matches!(child, TreeKind::Document),
        _ => false,
    }
}
