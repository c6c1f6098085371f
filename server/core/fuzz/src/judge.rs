//! What must hold for every output.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::Value;
use vitrine_core::limits::Limits;
use vitrine_core::mirror::{Mirror, Slot};
use vitrine_core::wire::events;
use vitrine_core::wire::json::Reader;
use vitrine_oracle::{check_events, check_html};

use crate::world::{BASE_PATH, SECRET};
use crate::{checker, sheet_player};

/// A stock player's tree, which follows events and panics where one would leave a real player behind.
#[derive(Debug, Default)]
pub struct Player {
    nodes: vitrine_histories::Player,
    sheets: sheet_player::Sheets,
}

impl Player {
    /// Takes one event, as JSON text.
    pub fn apply(&mut self, event: &str) {
        let event = serde_json::from_str(event).expect("our own JSON");
        self.nodes.apply(&event);
        self.sheets.apply(&event);
    }

    /// The whole tree, in one form whatever way it was built; of sheets only their places.
    pub fn tree(&self) -> Value {
        let mut tree = self.nodes.tree();
        forget_sheet_texts(&mut tree);
        tree
    }

    /// Whether all sheets of a player who came late stand here likewise, rule by rule.
    pub fn has_sheets_of(&self, late: &Self) -> bool {
        self.sheets.has_all_of(&late.sheets)
    }
}

fn forget_sheet_texts(node: &mut Value) {
    if let Some(text) = node.get_mut("attributes").and_then(|attributes| attributes.get_mut("_cssText")) {
        *text = Value::Null;
    }
    for child in node.get_mut("childNodes").and_then(Value::as_array_mut).into_iter().flatten() {
        forget_sheet_texts(child);
    }
}

/// Requires CSS without an address but sealed ones, that ends as it began.
pub fn require_safe_css(css: &str) {
    if let Err(why) = checker::check(css) {
        panic!("{why}: {css:?}");
    }
}

/// Requires events that hold to the promise, tell no secret, and can be read by the very decoder that they came through.
pub fn require_safe_events(list: &[String]) {
    let text = format!("[{}]", list.join(","));
    assert!(!text.contains(SECRET), "a secret left: {text}");
    let values: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    if let Some(violation) = check_events(&values, BASE_PATH).first() {
        panic!("{violation}\n{text}");
    }
    let limits = Limits { events_per_frame: usize::MAX, ..Limits::default() };
    let mut reader = Reader::new(&text);
    let read = events(&mut reader, &limits, |event| {
        assert!(event.is_ok(), "{:?}: {text}", event.err());
    });
    assert_eq!(read, Ok(()), "{text}");
}

/// Requires an HTML document that holds to the promise.
pub fn require_safe_html(html: &str) {
    if let Some(violation) = check_html(html, BASE_PATH).first() {
        panic!("{violation}\n{html}");
    }
}

/// Requires a tree whose links agree in both directions, whose ids are unique and found, whose depths and documents
/// are right, and in which nothing is left over.
pub fn require_sound(mirror: &Mirror, limits: &Limits, after: &dyn Display) {
    if mirror.get(mirror.root()).is_none() {
        return;
    }
    let mut ids = BTreeSet::new();
    let mut count = 0;
    let mut bytes = 0;
    for slot in mirror.descendants(mirror.root()) {
        let node = mirror.get(slot).expect("a walk stays among the living");
        count += 1;
        bytes += node.text().map_or(0, str::len);
        assert!(ids.insert(node.id), "an id stands twice after {after}");
        assert_eq!(mirror.find(node.id), Some(slot), "an id is found where it stands, after {after}");
        assert!(usize::from(node.depth) <= limits.depth, "too deep after {after}");
        assert!(node.attributes().len() <= limits.attributes_per_element, "too many attributes after {after}");
        require_links(mirror, slot, after);
    }
    assert_eq!(count, mirror.len(), "nothing waits outside the tree after {after}");
    assert!(count <= limits.nodes && bytes <= limits.mirror_bytes, "over a limit after {after}");
}

fn require_links(mirror: &Mirror, slot: Slot, after: &dyn Display) {
    let node = mirror.get(slot).expect("alive");
    let mut last = None;
    for child in mirror.children(slot) {
        assert_eq!(mirror.parent(child), Some(slot), "parent, after {after}");
        assert_eq!(mirror.previous_sibling(child), last, "previous sibling, after {after}");
        let below = mirror.get(child).expect("alive");
        assert_eq!(below.depth, node.depth + 1, "depth, after {after}");
        let document = if below.is_document() { Some(child) } else { mirror.document(slot) };
        assert_eq!(mirror.document(child), document, "document, after {after}");
        last = Some(child);
    }
    assert_eq!(mirror.last_child(slot), last, "last child, after {after}");
}
