//! rrweb events as a stock player would take them, checked against a schema written down here.

use serde_json::{Map, Value};

use super::css::CssPlace;
use super::tree::Tree;
use super::url::is_data;
use super::{Judge, Violation};

/// The most that a coordinate, size or time may be.
const NUMBER_MAX: f64 = 1e13;
const VIEWPORT_MAX: f64 = 16_384.0;

/// Everything in a stream of rrweb events that contract section 5.1 to 5.5 forbids. `base_path` is the prefix of sealed
/// paths. The events are taken in order, against the tree that those before them made.
#[must_use]
pub fn check_events(events: &Value, base_path: &str) -> Vec<Violation> {
    let mut stream = Stream { judge: Judge::new(base_path), tree: Tree::default(), last_timestamp: 0.0 };
    match events.as_array() {
        Some(events) => events.iter().for_each(|event| stream.event(event)),
        None => stream.judge.say("schema", "not an array of events"),
    }
    stream.judge.found
}

/// Reads JSON however deep it is: two levels per level of a page pass the parser's own bound.
///
/// # Errors
/// The parser's message, where it is not JSON.
pub fn read_json(text: &str) -> Result<Value, String> {
    let read = || {
        let mut reader = serde_json::Deserializer::from_str(text);
        reader.disable_recursion_limit();
        let value = serde::Deserialize::deserialize(&mut reader).map_err(|error| error.to_string())?;
        reader.end().map_err(|error| error.to_string())?;
        Ok(value)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, read);
        thread.map_err(|error| error.to_string())?.join().map_err(|_| "the parser panicked".to_owned())?
    })
}

/// The stream so far.
pub(super) struct Stream {
    pub(super) judge: Judge,
    pub(super) tree: Tree,
    last_timestamp: f64,
}

impl Stream {
    fn event(&mut self, event: &Value) {
        let Some(event) = self.object(event, &["type", "data", "timestamp"], &[], "event") else { return };
        let timestamp = self.number(event.get("timestamp"), 0.0, NUMBER_MAX, "timestamp");
        self.judge.require(timestamp >= self.last_timestamp, "schema", || "timestamp falls".to_owned());
        self.last_timestamp = timestamp;
        let data = event.get("data").unwrap_or(&Value::Null);
        match event.get("type").and_then(Value::as_u64) {
            Some(0 | 1) => {
                self.object(data, &[], &[], "load");
            }
            Some(2) => self.full_snapshot(data),
            Some(3) => self.incremental(data),
            Some(4) => self.meta(data),
            Some(5) => self.custom(data),
            _ => self.judge.say("schema", format!("event type {:?}", event.get("type"))),
        }
    }

    fn meta(&mut self, data: &Value) {
        let Some(data) = self.object(data, &["href", "width", "height"], &[], "meta") else { return };
        let href = self.text(data.get("href"), "href");
        let fine =
            href.is_empty() || href == "about:blank" || href.starts_with("https://") || href.starts_with("http://");
        self.judge.require(fine, "url", || format!("meta href {href:?}"));
        self.number(data.get("width"), 0.0, VIEWPORT_MAX, "width");
        self.number(data.get("height"), 0.0, VIEWPORT_MAX, "height");
    }

    fn custom(&mut self, data: &Value) {
        let Some(data) = self.object(data, &["tag", "payload"], &[], "custom") else { return };
        let tag = self.text(data.get("tag"), "tag");
        self.judge.require(tag == "vitrine.canvas", "schema", || format!("custom event {tag}"));
        let payload = data.get("payload").unwrap_or(&Value::Null);
        let Some(payload) = self.object(payload, &["id", "image"], &[], "canvas") else { return };
        self.node_id(payload.get("id"), "canvas");
        let image = self.text(payload.get("image"), "image");
        self.judge.require(image.starts_with("data:image/") && is_data(&image), "url", || "canvas image".to_owned());
    }

    fn incremental(&mut self, data: &Value) {
        if self.tree.is_empty() {
            self.judge.say("schema", "an incremental event before the first snapshot");
        }
        let source = data.get("source").and_then(Value::as_u64);
        match source {
            Some(0) => self.mutation(data),
            Some(1 | 6 | 12) => self.positions(data),
            Some(2) => self.interaction(data),
            Some(3) => {
                let Some(data) = self.object(data, &["source", "id", "x", "y"], &[], "scroll") else { return };
                self.node_id(data.get("id"), "scroll");
                self.coordinates(data);
            }
            Some(4) => {
                let Some(data) = self.object(data, &["source", "width", "height"], &[], "resize") else { return };
                self.number(data.get("width"), 0.0, VIEWPORT_MAX, "width");
                self.number(data.get("height"), 0.0, VIEWPORT_MAX, "height");
            }
            Some(5) => self.input(data),
            Some(7) => self.media(data),
            Some(8) => self.sheet_rule(data),
            Some(10) => self.font(data),
            Some(13) => self.declaration(data),
            Some(14) => self.selection(data),
            Some(15) => self.adopted(data),
            _ => self.judge.say("schema", format!("source {source:?}")),
        }
    }

    fn positions(&mut self, data: &Value) {
        let Some(data) = self.object(data, &["source", "positions"], &[], "positions") else { return };
        for position in self.list(data.get("positions"), "positions").to_vec() {
            let Some(position) = self.object(&position, &["x", "y", "id", "timeOffset"], &[], "position") else {
                continue;
            };
            self.node_id(position.get("id"), "position");
            self.coordinates(position);
            self.number(position.get("timeOffset"), -NUMBER_MAX, 0.0, "timeOffset");
        }
    }

    fn coordinates(&mut self, data: &Map<String, Value>) {
        for key in ["x", "y"] {
            if data.contains_key(key) {
                self.number(data.get(key), -1e9, 1e9, key);
            }
        }
    }

    fn interaction(&mut self, data: &Value) {
        let optional = ["x", "y", "pointerType"];
        let Some(data) = self.object(data, &["source", "type", "id"], &optional, "interaction") else { return };
        self.number(data.get("type"), 0.0, 10.0, "interaction type");
        self.node_id(data.get("id"), "interaction");
        self.coordinates(data);
        if let Some(pointer) = data.get("pointerType") {
            self.number(Some(pointer), 0.0, 2.0, "pointerType");
        }
    }

    fn input(&mut self, data: &Value) {
        let keys = ["source", "id", "text", "isChecked"];
        let Some(data) = self.object(data, &keys, &["userTriggered"], "input") else { return };
        self.node_id(data.get("id"), "input");
        self.text(data.get("text"), "input");
        for key in ["isChecked", "userTriggered"] {
            let fine = data.get(key).is_none_or(Value::is_boolean);
            self.judge.require(fine, "schema", || format!("input {key}"));
        }
    }

    fn media(&mut self, data: &Value) {
        let optional = ["currentTime", "volume", "muted", "loop", "playbackRate"];
        let Some(data) = self.object(data, &["source", "type", "id"], &optional, "media") else { return };
        self.number(data.get("type"), 0.0, 4.0, "media type");
        let id = self.node_id(data.get("id"), "media");
        let plays = matches!(self.tree.tag(id), Some("audio" | "video"));
        self.judge.require(plays, "brick", || format!("media event for node {id}"));
        for (key, min, max) in [("currentTime", 0.0, NUMBER_MAX), ("volume", 0.0, 1.0), ("playbackRate", 0.0, 100.0)] {
            if let Some(value) = data.get(key) {
                self.number(Some(value), min, max, key);
            }
        }
        for key in ["muted", "loop"] {
            let fine = data.get(key).is_none_or(Value::is_boolean);
            self.judge.require(fine, "schema", || format!("media {key}"));
        }
    }

    /// `id` or `styleId`, one of them.
    fn sheet(&mut self, data: &Map<String, Value>, place: &str) {
        if data.contains_key("id") {
            self.node_id(data.get("id"), place);
        } else {
            self.number(data.get("styleId"), 1.0, NUMBER_MAX, "styleId");
        }
    }

    fn sheet_rule(&mut self, data: &Value) {
        let optional = ["id", "styleId", "adds", "removes", "replace", "replaceSync"];
        let Some(data) = self.object(data, &["source"], &optional, "rule") else { return };
        self.sheet(data, "rule");
        for key in ["replace", "replaceSync"] {
            if data.contains_key(key) {
                let text = self.text(data.get(key), key);
                self.judge.css(&text, CssPlace::Value, key);
            }
        }
        for add in self.optional_list(data, "adds") {
            let Some(add) = self.object(&add, &["rule"], &["index"], "rule") else { continue };
            self.rule(add);
        }
        for remove in self.optional_list(data, "removes") {
            let Some(remove) = self.object(&remove, &["index"], &[], "rule") else { continue };
            self.rule_index(remove.get("index"));
        }
    }

    fn rule(&mut self, add: &Map<String, Value>) {
        let text = self.text(add.get("rule"), "rule");
        self.judge.css(&text, CssPlace::Value, "insertRule");
        if let Some(index) = add.get("index") {
            self.rule_index(Some(index));
        }
    }

    fn rule_index(&mut self, index: Option<&Value>) {
        match index {
            Some(Value::Array(path)) => path.iter().for_each(|step| {
                self.number(Some(step), 0.0, 1e9, "rule index");
            }),
            other => {
                self.number(other, 0.0, 1e9, "rule index");
            }
        }
    }

    fn declaration(&mut self, data: &Value) {
        let optional = ["id", "styleId", "set", "remove"];
        let Some(data) = self.object(data, &["source", "index"], &optional, "declaration") else { return };
        self.sheet(data, "declaration");
        self.rule_index(data.get("index"));
        if let Some(set) = data.get("set") {
            let Some(set) = self.object(set, &["property", "value"], &["priority"], "set") else { return };
            let property = self.text(set.get("property"), "property");
            let value = set.get("value").and_then(Value::as_str).unwrap_or_default();
            self.judge.css(&format!("{property}:{value}"), CssPlace::Value, "declaration");
            let priority = set.get("priority").and_then(Value::as_str).unwrap_or_default();
            self.judge.require(matches!(priority, "" | "important"), "schema", || "priority".to_owned());
        }
        if let Some(remove) = data.get("remove") {
            let Some(remove) = self.object(remove, &["property"], &[], "remove") else { return };
            self.text(remove.get("property"), "property");
        }
    }

    fn font(&mut self, data: &Value) {
        let keys = ["source", "family", "fontSource", "buffer"];
        let Some(data) = self.object(data, &keys, &["descriptors"], "font") else { return };
        self.text(data.get("family"), "family");
        let source = self.text(data.get("fontSource"), "fontSource");
        if data.get("buffer") == Some(&Value::Bool(true)) {
            let bytes: Result<Vec<u8>, _> = serde_json::from_str(&source);
            self.judge.require(bytes.is_ok(), "schema", || "font bytes".to_owned());
        } else {
            self.judge.css(&source, CssPlace::Value, "fontSource");
            self.judge.require(source.contains("url("), "url", || format!("fontSource {source:?}"));
        }
        for (name, value) in data.get("descriptors").and_then(Value::as_object).into_iter().flatten() {
            let text = value.as_str().unwrap_or_default();
            self.judge.css(&format!("{name}:{text}"), CssPlace::Value, "font descriptor");
        }
    }

    fn selection(&mut self, data: &Value) {
        let Some(data) = self.object(data, &["source", "ranges"], &[], "selection") else { return };
        for range in self.list(data.get("ranges"), "ranges").to_vec() {
            let keys = ["start", "startOffset", "end", "endOffset"];
            let Some(range) = self.object(&range, &keys, &[], "range") else { continue };
            self.node_id(range.get("start"), "range");
            self.node_id(range.get("end"), "range");
            self.number(range.get("startOffset"), 0.0, 1e9, "offset");
            self.number(range.get("endOffset"), 0.0, 1e9, "offset");
        }
    }

    fn adopted(&mut self, data: &Value) {
        let Some(data) = self.object(data, &["source", "id", "styleIds"], &["styles"], "adopted") else { return };
        self.node_id(data.get("id"), "adopted");
        for id in self.list(data.get("styleIds"), "styleIds").to_vec() {
            self.number(Some(&id), 1.0, NUMBER_MAX, "styleId");
        }
        for style in self.optional_list(data, "styles") {
            let Some(style) = self.object(&style, &["styleId", "rules"], &[], "styles") else { continue };
            self.number(style.get("styleId"), 1.0, NUMBER_MAX, "styleId");
            for rule in self.list(style.get("rules"), "rules").to_vec() {
                let Some(rule) = self.object(&rule, &["rule"], &["index"], "rule") else { continue };
                self.rule(rule);
            }
        }
    }
}

/// The schema's own words.
impl Stream {
    /// An object that has all the required keys, and no key beside the optional ones.
    pub(super) fn object<'v>(
        &mut self,
        value: &'v Value,
        required: &[&str],
        optional: &[&str],
        place: &str,
    ) -> Option<&'v Map<String, Value>> {
        let Some(map) = value.as_object() else {
            self.judge.say("schema", format!("{place}: not an object"));
            return None;
        };
        for key in required {
            self.judge.require(map.contains_key(*key), "schema", || format!("{place}: no {key}"));
        }
        for key in map.keys() {
            let known = required.contains(&key.as_str()) || optional.contains(&key.as_str());
            self.judge.require(known, "schema", || format!("{place}: key {key}"));
        }
        Some(map)
    }

    pub(super) fn number(&mut self, value: Option<&Value>, min: f64, max: f64, place: &str) -> f64 {
        let number = value.and_then(Value::as_f64).unwrap_or(f64::NAN);
        self.judge.require((min..=max).contains(&number), "number", || format!("{place}: {value:?}"));
        number
    }

    pub(super) fn text(&mut self, value: Option<&Value>, place: &str) -> String {
        let text = value.and_then(Value::as_str);
        self.judge.require(text.is_some(), "schema", || format!("{place}: not text"));
        text.unwrap_or_default().to_owned()
    }

    pub(super) fn list<'v>(&mut self, value: Option<&'v Value>, place: &str) -> &'v [Value] {
        let list = value.and_then(Value::as_array);
        self.judge.require(list.is_some(), "schema", || format!("{place}: not a list"));
        list.map_or(&[], Vec::as_slice)
    }

    fn optional_list(&mut self, data: &Map<String, Value>, key: &str) -> Vec<Value> {
        if data.contains_key(key) { self.list(data.get(key), key).to_vec() } else { Vec::new() }
    }

    /// The id of a node in the tree.
    pub(super) fn node_id(&mut self, value: Option<&Value>, place: &str) -> i64 {
        let id = value.and_then(Value::as_i64).unwrap_or(0);
        let known = self.tree.get(id).is_some();
        self.judge.require(known, "tree", || format!("{place}: no node {value:?}"));
        id
    }
}
