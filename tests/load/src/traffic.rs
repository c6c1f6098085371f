//! What a page does, as a recorder tells it: made of a real recording's page where there is one.

use std::fmt::Write;

use serde_json::{Value, json};
use vitrine_bench::inputs::streams;

/// Changes in turn, each with what takes back the one before it; after the last comes the first.
const CYCLE: usize = 16;
/// Changes of one text in turn.
const TEXTS: usize = 8;
/// What a change adds gets ids from here on.
const NEW_IDS: u64 = 100_000;
/// Elements that no agent is shown, or whose content needs more than themselves.
const LEFT_OUT: [&str; 7] = ["script", "style", "noscript", "iframe", "link", "object", "template"];
/// A recorder tells names in this order, and others behind them. It matters: who reads on need not look for the one before.
#[rustfmt::skip]
const ORDER: [&str; 18] = [
    "type", "source", "parentId", "nextId", "node", "tagName", "texts", "attributes", "removes", "adds", "childNodes",
    "textContent", "isSVG", "data", "positions", "x", "y", "id",
];
/// Nesting of the recording's own format is bounded far below this.
const DEPTH_MAX: usize = 512;

/// A page, and what can happen on it.
#[derive(Debug)]
pub struct Page {
    /// The events that begin it: meta and full snapshot, as a JSON array.
    pub begin: String,
    body: u64,
    /// Elements with all that is in them, largest first: as text of additions, and that text's length.
    elements: Vec<Value>,
    texts: Vec<u64>,
    ids: Vec<u64>,
}

impl Page {
    /// The recorded page whose snapshot is nearest to so many bytes.
    ///
    /// # Panics
    /// There is no recording at all.
    #[must_use]
    pub fn near(bytes: usize) -> Self {
        let recordings = streams().all.into_iter();
        let recordings = recordings.filter_map(|input| serde_json::from_slice::<Vec<Value>>(&input.bytes).ok());
        let pages = recordings.filter_map(|events| begin(&events));
        let nearest = pages.min_by_key(|(_, snapshot)| snapshot.to_string().len().abs_diff(bytes));
        let (meta, snapshot) = nearest.expect("a recording");
        Self::new(&meta, &snapshot)
    }

    fn new(meta: &Value, snapshot: &Value) -> Self {
        let mut page =
            Self { begin: json!([meta, snapshot]).to_string(), body: 0, elements: vec![], texts: vec![], ids: vec![] };
        page.look(&snapshot["data"]["node"], false, 0);
        page.elements.sort_by_cached_key(|element| std::cmp::Reverse(element.to_string().len()));
        page
    }

    fn look(&mut self, node: &Value, in_body: bool, depth: usize) {
        if LEFT_OUT.iter().any(|name| node["tagName"] == **name) || depth > DEPTH_MAX {
            return;
        }
        let is_body = node["tagName"] == "body";
        if is_body {
            self.body = id(node);
        }
        for child in children(node) {
            if in_body && child["type"] == 3 && child["textContent"].as_str().is_some_and(|text| text.len() > 20) {
                self.texts.push(id(child));
            }
            self.look(child, in_body || is_body, depth + 1);
        }
        if in_body && node["type"] == 2 && is_plain(node, depth) {
            self.ids.push(id(node));
            self.elements.push(node.clone());
        }
    }

    /// Mutation events of about so many bytes: elements of the page are added at its end, and those before taken away.
    #[must_use]
    pub fn mutations(&self, bytes: usize) -> Vec<String> {
        let mut elements = self.elements.iter().cycle();
        let mut added: Vec<Vec<u64>> = vec![Vec::new(); CYCLE];
        let mut events = Vec::new();
        for (tops, number) in added.iter_mut().zip(0..) {
            let adds;
            (adds, *tops) = self.additions(&mut elements, NEW_IDS + number * 10_000, bytes);
            events.push(adds);
        }
        let events = events.into_iter().enumerate().map(|(number, adds)| {
            let before = &added[(number + CYCLE - 1) % CYCLE];
            let removes: Vec<Value> = before.iter().map(|id| json!({ "parentId": self.body, "id": id })).collect();
            mutation(&json!([]), &json!(removes), &json!(adds))
        });
        events.collect()
    }

    /// Additions of about so many bytes, and the ids of those that stand in the body itself.
    fn additions<'e>(
        &self,
        elements: &mut impl Iterator<Item = &'e Value>,
        first: u64,
        bytes: usize,
    ) -> (Vec<Value>, Vec<u64>) {
        let (mut adds, mut tops, mut length, mut next) = (Vec::new(), Vec::new(), 0, first);
        // Once around at most: on a page of large elements only, a small event stays smaller.
        for element in elements.take(self.elements.len()) {
            let mut more = Vec::new();
            let top = next;
            flatten(element, self.body, &mut next, &mut more);
            let size: usize = more.iter().map(|add| add.to_string().len() + 1).sum();
            if length + size > bytes {
                next = top;
                continue;
            }
            length += size;
            adds.extend(more);
            tops.push(top);
            if length * 10 >= bytes * 9 {
                break;
            }
        }
        (adds, tops)
    }

    /// Changes of a text, about 250 bytes each.
    ///
    /// # Panics
    /// The page has no text.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let words =
            "Your order of two pairs is on its way to you and will be there tomorrow before noon; pay the rest then";
        let ids = self.texts.iter().cycle();
        let texts: Vec<_> = ids.take(TEXTS).enumerate().map(|(number, id)| (id, format!("{number} {words}"))).collect();
        assert!(!texts.is_empty(), "the page has text");
        // Twice around, so that no text is set to what it is already.
        let twice = texts.iter().chain(&texts).enumerate();
        let turn = |number: usize, text: &str| format!("{}{text}", if number < TEXTS { "" } else { "Now: " });
        let event = |(number, (id, text)): (usize, &(&u64, String))| {
            let texts = json!([{ "id": id, "value": turn(number, text) }]);
            mutation(&texts, &json!([]), &json!([]))
        };
        twice.map(event).collect()
    }

    /// The mouse over the page, ten positions each.
    #[must_use]
    pub fn mouse(&self) -> Vec<String> {
        let ids: Vec<u64> = self.ids.iter().copied().cycle().take(CYCLE * 10).collect();
        let batch = |(number, ids): (usize, &[u64])| {
            let at = |(step, id): (usize, &u64)| json!({ "x": 100 + number * 10 + step, "y": 200 + step * 7, "id": id, "timeOffset": 50 * step as i64 - 500 });
            let positions: Vec<Value> = ids.iter().enumerate().map(at).collect();
            incremental(&json!({ "source": 1, "positions": positions }))
        };
        ids.chunks(10).enumerate().map(batch).collect()
    }
}

fn begin(events: &[Value]) -> Option<(Value, Value)> {
    let of_type = |kind: u64| events.iter().find(|event| event["type"] == kind).cloned();
    Some((of_type(4)?, of_type(2)?))
}

fn mutation(texts: &Value, removes: &Value, adds: &Value) -> String {
    incremental(&json!({ "source": 0, "texts": texts, "attributes": [], "removes": removes, "adds": adds }))
}

fn incremental(data: &Value) -> String {
    let mut out = String::new();
    record(&json!({ "type": 3, "data": data, "timestamp": 1_700_000_000_000_u64 }), &mut out);
    out
}

/// Writes a value as a recorder does. What is told here nests a few levels only: additions have no children.
fn record(value: &Value, out: &mut String) {
    let mut comma = "";
    match value {
        Value::Object(fields) => {
            let rank = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| rank(name));
            out.push('{');
            for (name, value) in fields {
                let _ = write!(out, "{comma}{}:", json!(name));
                record(value, out);
                comma = ",";
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for value in values {
                out.push_str(comma);
                record(value, out);
                comma = ",";
            }
            out.push(']');
        }
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

fn id(node: &Value) -> u64 {
    node["id"].as_u64().unwrap_or_default()
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node["childNodes"].as_array().into_iter().flatten()
}

/// Whether nothing in it would be kept from agents.
fn is_plain(node: &Value, depth: usize) -> bool {
    let is_left_out = LEFT_OUT.iter().any(|name| node["tagName"] == **name) || node["isShadowHost"] == true;
    !is_left_out && depth < DEPTH_MAX && children(node).all(|child| is_plain(child, depth + 1))
}

/// As a recorder tells new nodes: one by one, each without children, after its parent.
fn flatten(node: &Value, parent: u64, next: &mut u64, adds: &mut Vec<Value>) {
    let own = *next;
    *next += 1;
    let mut bare = node.clone();
    bare["id"] = json!(own);
    if bare["childNodes"].is_array() {
        bare["childNodes"] = json!([]);
    }
    adds.push(json!({ "parentId": parent, "nextId": null, "node": bare }));
    for child in children(node) {
        flatten(child, own, next, adds);
    }
}
