//! A customer's page as a recorder would send it.

use serde_json::{Value, json};

/// A page under construction. Nodes are numbered in the order in which they are made; the document is 1, `html` 2,
/// `head` 3, `body` 4.
#[derive(Debug)]
pub struct Page {
    url: String,
    body: Vec<Value>,
    last_id: u64,
}

/// The id of `body`.
pub const BODY: u64 = 4;

impl Page {
    /// An empty page.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), body: Vec::new(), last_id: BODY }
    }

    /// With an element that holds a text.
    #[must_use]
    pub fn with(mut self, tag: &str, attributes: &Value, text: &str) -> Self {
        let (id, text_id) = (self.last_id + 1, self.last_id + 2);
        let mut node = json!({ "type": 2, "tagName": tag, "attributes": attributes, "childNodes": [], "id": id });
        if !text.is_empty() {
            node["childNodes"] = json!([text_node(text_id, text)]);
        }
        self.last_id = text_id;
        self.body.push(node);
        self
    }

    /// The two events that begin it: meta and full snapshot.
    #[must_use]
    pub fn events(&self) -> Value {
        let element = |id: u64, tag: &str, children: Value| json!({ "type": 2, "tagName": tag, "attributes": {}, "childNodes": children, "id": id });
        let html = element(2, "html", json!([element(3, "head", json!([])), element(BODY, "body", json!(self.body))]));
        let document = json!({ "type": 0, "childNodes": [html], "id": 1 });
        json!([
            { "type": 4, "data": { "href": self.url, "width": 800, "height": 600 }, "timestamp": 1000 },
            { "type": 2, "data": { "node": document, "initialOffset": { "left": 0, "top": 0 } }, "timestamp": 1001 },
        ])
    }
}

/// A text node.
#[must_use]
pub fn text_node(id: u64, text: &str) -> Value {
    json!({ "type": 3, "textContent": text, "id": id })
}

/// An event that changes one text.
#[must_use]
pub fn new_text(id: u64, text: &str) -> Value {
    let data =
        json!({ "source": 0, "texts": [{ "id": id, "value": text }], "attributes": [], "removes": [], "adds": [] });
    json!({ "type": 3, "data": data, "timestamp": 2000 })
}
