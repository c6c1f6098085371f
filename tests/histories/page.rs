//! The page as it stands: what a recorder's own mirror would hold.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::CANARY;
use crate::chance::Chance;
use crate::nodes::{self, CARD, WORDS};

/// One node. Elements have a name, texts have none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    pub(crate) parent: u32,
    /// Of an element, in order; a frame's document and a shadow root's children stand among them.
    pub(crate) children: Vec<u32>,
    pub(crate) name: &'static str,
    pub(crate) attributes: Map<String, Value>,
    pub(crate) text: String,
    pub(crate) is_svg: bool,
    pub(crate) is_document: bool,
    pub(crate) in_shadow_root: bool,
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) nodes: BTreeMap<u32, Node>,
    last: u32,
    /// Rules of each style element, by its number.
    pub(crate) rules: BTreeMap<u32, usize>,
    /// Constructed sheets that were told of.
    pub(crate) sheets: u32,
    /// What is restricted stays so and nothing becomes it: rules that remember have nothing to remember.
    pub(crate) is_calm: bool,
}

pub(crate) const DOCUMENT: u32 = 1;
const HTML: u32 = 2;
const HEAD: u32 = 3;
pub(crate) const BODY: u32 = 4;

impl Page {
    pub(crate) fn new(chance: &mut Chance, is_calm: bool) -> Self {
        let mut page = Self { nodes: BTreeMap::new(), last: BODY, rules: BTreeMap::new(), sheets: 0, is_calm };
        page.nodes.insert(DOCUMENT, Node { children: vec![HTML], is_document: true, ..Node::default() });
        for (id, parent, name) in [(HTML, DOCUMENT, "html"), (HEAD, HTML, "head"), (BODY, HTML, "body")] {
            page.nodes.insert(id, Node { parent, name, ..Node::default() });
        }
        page.nodes.entry(HTML).and_modify(|html| html.children = vec![HEAD, BODY]);
        for _ in 0..12 {
            nodes::grow(&mut page, chance);
        }
        page
    }

    pub(crate) fn new_id(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// Puts a node under a parent, before a sibling (`None`: last).
    pub(crate) fn put(&mut self, id: u32, node: Node, before: Option<u32>) {
        if let Some(parent) = self.nodes.get_mut(&node.parent) {
            let at = parent.children.iter().position(|child| Some(*child) == before);
            parent.children.insert(at.unwrap_or(parent.children.len()), id);
        }
        self.nodes.insert(id, node);
    }

    /// Takes a node out with all beneath it, and gives these, the node first.
    pub(crate) fn take(&mut self, id: u32) -> Vec<(u32, Node)> {
        if let Some(parent) = self.nodes.get(&id).map(|node| node.parent) {
            self.nodes.entry(parent).and_modify(|parent| parent.children.retain(|child| *child != id));
        }
        let ids = self.subtree(id);
        ids.into_iter().filter_map(|id| Some((id, self.nodes.remove(&id)?))).collect()
    }

    /// The node and all beneath it, in document order.
    pub(crate) fn subtree(&self, top: u32) -> Vec<u32> {
        let mut found = Vec::new();
        let mut open = vec![top];
        while let Some(id) = open.pop() {
            found.push(id);
            open.extend(self.nodes.get(&id).into_iter().flat_map(|node| node.children.iter().rev()));
        }
        found
    }

    /// The document that a node stands in.
    pub(crate) fn document(&self, id: u32) -> u32 {
        let mut at = id;
        while let Some(node) = self.nodes.get(&at).filter(|node| !node.is_document) {
            at = node.parent;
        }
        at
    }

    /// Whether the node, or one that it stands in, is masked, blocked or hidden.
    pub(crate) fn is_restricted(&self, id: u32) -> bool {
        let by_itself = |node: &Node| {
            let class = node.attributes.get("class").and_then(Value::as_str).unwrap_or_default();
            class.split(' ').any(|word| nodes::RESTRICTED.contains(&word))
                || node.attributes.get("type").is_some_and(|kind| kind == "password")
        };
        let mut at = Some(id);
        while let Some(node) = at.and_then(|id| self.nodes.get(&id)) {
            if by_itself(node) {
                return true;
            }
            at = Some(node.parent);
        }
        false
    }

    pub(crate) fn stands_in_restricted(&self, id: u32) -> bool {
        self.nodes.get(&id).is_some_and(|node| self.is_restricted(node.parent))
    }

    /// Some words to stand in the node.
    pub(crate) fn words(&self, id: u32, chance: &mut Chance) -> &'static str {
        match chance.word(&WORDS) {
            _ if self.is_calm && self.is_restricted(id) => CANARY,
            // Once it was a card it stays masked.
            CARD if self.is_calm => "no card",
            words => words,
        }
    }

    /// Nodes beneath `<body>` of which the test holds.
    pub(crate) fn list(&self, test: impl Fn(&Node) -> bool) -> Vec<u32> {
        self.nodes.iter().filter(|(id, node)| **id > BODY && test(node)).map(|(id, _)| *id).collect()
    }

    /// A node as the recorder writes it; `deep`: with its children, but without documents of frames.
    pub(crate) fn write(&self, id: u32, deep: bool) -> Value {
        let Some(node) = self.nodes.get(&id) else { return Value::Null };
        let is_light = |child: &&u32| deep && self.nodes.get(child).is_some_and(|child| !child.is_document);
        let children: Vec<Value> =
            node.children.iter().filter(is_light).map(|child| self.write(*child, true)).collect();
        let mut out = match (node.is_document, node.name) {
            (true, _) => json!({"type": 0, "childNodes": children}),
            (false, "") => json!({"type": 3, "textContent": node.text}),
            (false, name) => json!({"type": 2, "tagName": name, "attributes": node.attributes, "childNodes": children}),
        };
        out["id"] = json!(id);
        let document = self.document(id);
        if document != DOCUMENT && document != id {
            out["rootId"] = json!(document);
        }
        let is_host = |child: &u32| self.nodes.get(child).is_some_and(|child| child.in_shadow_root);
        for (flag, holds) in [
            ("isSVG", node.is_svg),
            ("isShadow", node.in_shadow_root),
            ("isShadowHost", node.children.iter().any(is_host) || node.name == nodes::HOST),
        ] {
            if holds {
                out[flag] = json!(true);
            }
        }
        out
    }

    /// The event that tells of a frame's document.
    pub(crate) fn attach(&self, document: u32) -> Value {
        let frame = self.nodes.get(&document).map(|node| node.parent);
        let add = json!({"parentId": frame, "nextId": null, "node": self.write(document, true)});
        json!({"type": 3, "data": {"source": 0, "removes": [], "adds": [add], "texts": [], "attributes": [], "isAttachIframe": true}})
    }

    /// The page as a whole: meta, snapshot, frames.
    pub(crate) fn checkout(&mut self) -> Vec<Value> {
        self.sheets = 0;
        self.rules.values_mut().for_each(|count| *count = nodes::STYLE_RULES);
        let tree = self.write(DOCUMENT, true);
        let mut events = vec![
            json!({"type": 4, "data": {"href": "https://shop.example/history?a=b", "width": 800, "height": 600}}),
            json!({"type": 2, "data": {"node": tree, "initialOffset": {"left": 0, "top": 0}}}),
        ];
        events.extend(self.list(|node| node.is_document).into_iter().map(|document| self.attach(document)));
        events
    }
}
