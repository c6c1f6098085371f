//! One hostile text in the places that can hold one: of an HTML document, and of recorded events.
//!
//! There are thousands of texts and hundreds of places, so each text takes a turn at some of them: `turn` counts the texts
//! of a file, and every place gets every kind of text.

use serde_json::{Value, json};

use super::stream::{element, meta, page, snapshot};

/// Elements that load, run, submit, paint or hold text of a kind of their own.
const ELEMENTS: [&str; 22] = [
    "a", "img", "input", "textarea", "option", "video", "source", "iframe", "object", "embed", "form", "button",
    "link", "style", "meta", "base", "table", "svg", "use", "image", "math", "x-own",
];

/// Attributes that load, run, submit, paint or are read.
const ATTRIBUTES: [&str; 40] = [
    "href",
    "src",
    "srcset",
    "sizes",
    "poster",
    "background",
    "data",
    "action",
    "formaction",
    "srcdoc",
    "style",
    "class",
    "id",
    "name",
    "title",
    "alt",
    "value",
    "placeholder",
    "type",
    "rel",
    "media",
    "content",
    "http-equiv",
    "onclick",
    "lang",
    "role",
    "aria-label",
    "aria-controls",
    "data-x",
    "width",
    "fill",
    "filter",
    "xlink:href",
    "usemap",
    "ping",
    "target",
    "is",
    "slot",
    "popover",
    "cite",
];

/// Attributes that the recorder writes of its own.
const RECORDED: [&str; 8] =
    ["_cssText", "rr_dataURL", "rr_src", "rr_width", "rr_mediaState", "rr_open_mode", "rr_scrollTop", "rr_mediaVolume"];

/// So many texts in a row fill every place once.
const TURNS: usize = 11;

fn in_turn<T>(places: impl IntoIterator<Item = T>, turn: usize) -> impl Iterator<Item = T> {
    places.into_iter().skip(turn % TURNS).step_by(TURNS)
}

/// Documents that hold the text: as it stands, and in turn unescaped where a careless page would put it, in a frame, or
/// escaped everywhere.
pub(crate) fn documents(hostile: &str, turn: usize) -> Vec<String> {
    let escaped = hostile.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let mut everywhere =
        format!("<p class=\"{escaped}\">{escaped}</p><textarea>{escaped}</textarea><title>{escaped}</title>");
    for element in in_turn(ELEMENTS, turn) {
        everywhere.push_str(&format!("<{element}"));
        ATTRIBUTES.iter().for_each(|name| everywhere.push_str(&format!(" {name}=\"{escaped}\"")));
        everywhere.push_str(&format!("></{element}>"));
    }
    let careless = vec![
        format!("<p title=\"{hostile}\">{hostile}</p><style>{hostile}</style>{hostile}"),
        format!(
            "<p style='{hostile}' class={hostile}>x</p><!--{hostile}--><textarea>{hostile}</textarea><svg>{hostile}"
        ),
        format!("<iframe srcdoc=\"{escaped}\"></iframe><style>p{{color:red;{hostile}}}</style>"),
        everywhere,
    ];
    std::iter::once(hostile.to_owned()).chain(careless.into_iter().skip(turn % 4).take(1)).collect()
}

/// A stream in which fields of events hold the text; a snapshot before each event, since one that is
/// refused ends what came before.
pub(crate) fn stream(hostile: &str, turn: usize) -> String {
    let mut events = vec![meta(), snapshot(page(nodes(hostile, turn)))];
    for event in in_turn(fields(hostile), turn) {
        events.push(snapshot(page(Vec::new())));
        events.push(event);
    }
    for (event, at) in events.iter_mut().zip(1_u64..) {
        event["timestamp"] = json!(at);
    }
    Value::Array(events).to_string()
}

fn nodes(hostile: &str, turn: usize) -> Vec<Value> {
    let mut id = 100;
    let mut next = || {
        id += 1;
        id
    };
    let mut nodes = Vec::new();
    for tag in in_turn(ELEMENTS, turn).chain([hostile]) {
        let mut attributes = json!({});
        for name in ATTRIBUTES.into_iter().chain(RECORDED).chain([hostile]) {
            attributes[name] = json!(hostile);
        }
        let below = json!({"type": 3, "id": next(), "textContent": hostile});
        let mut node = element(next(), tag, attributes, vec![below]);
        if matches!(tag, "svg" | "use" | "image") {
            node["isSVG"] = json!(true);
        }
        if tag.contains('-') {
            node["isCustom"] = json!(true);
        }
        nodes.push(node);
    }
    nodes.push(json!({"type": 5, "id": next(), "textContent": hostile}));
    nodes.push(json!({"type": 4, "id": next(), "textContent": hostile}));
    nodes
}

/// Each kind of event with the text in each of its texts.
fn fields(hostile: &str) -> Vec<Value> {
    let mutation = |key: &str, entry: Value| {
        let mut data = json!({"source": 0, "texts": [], "attributes": [], "removes": [], "adds": []});
        data[key] = json!([entry]);
        data
    };
    let attributes: Value =
        ATTRIBUTES.iter().chain(&RECORDED).map(|name| ((*name).to_owned(), json!(hostile))).collect();
    let mut all = vec![
        json!({"source": 2, "type": 2, "id": 5, "x": 1, "y": 1, "pointerType": hostile}),
        json!({"source": 5, "id": 12, "text": hostile, "isChecked": false}),
        json!({"source": 7, "type": 0, "id": 13, "currentTime": hostile}),
        json!({"source": 8, "id": 7, "adds": [{"rule": hostile, "index": 0}]}),
        json!({"source": 8, "id": 7, "adds": [{"rule": format!("p{{{hostile}}}"), "index": 0}], "replace": hostile}),
        json!({"source": 8, "id": 7, "replaceSync": hostile}),
        json!({"source": 9, "id": 11, "type": 0, "commands": [{"property": hostile, "args": [hostile]}]}),
        json!({"source": 10, "family": hostile, "fontSource": hostile, "buffer": false, "descriptors": {"style": hostile}}),
        json!({"source": 10, "family": "x", "fontSource": hostile, "buffer": true}),
        json!({"source": 13, "id": 7, "index": [0], "set": {"property": hostile, "value": hostile, "priority": hostile}}),
        json!({"source": 13, "id": 7, "index": [0], "set": {"property": "background", "value": hostile}}),
        json!({"source": 13, "id": 7, "index": [0], "remove": {"property": hostile}}),
        json!({"source": 15, "id": 1, "styleIds": [1], "styles": [{"styleId": 1, "rules": [{"rule": hostile, "index": 0}]}]}),
        json!({"source": 16, "define": {"name": hostile}}),
        mutation("texts", json!({"id": 6, "value": hostile})),
        mutation("texts", json!({"id": 8, "value": hostile})),
        mutation("attributes", json!({"id": 5, "attributes": {hostile: hostile}})),
        mutation(
            "attributes",
            json!({"id": 5, "attributes": {"style": {hostile: hostile, "background": [hostile, hostile]}}}),
        ),
        mutation(
            "adds",
            json!({"parentId": 4, "nextId": null, "node": element(90, hostile, json!({hostile: hostile}), vec![])}),
        ),
        mutation("adds", json!({"parentId": 7, "nextId": null, "node": {"type": 3, "id": 90, "textContent": hostile}})),
    ];
    all.extend(
        [5, 7, 9, 12, 13, 15, 16, 17].map(|id| mutation("attributes", json!({"id": id, "attributes": attributes}))),
    );
    let mut events: Vec<Value> = all.into_iter().map(|data| json!({"type": 3, "data": data})).collect();
    events.push(json!({"type": 4, "data": {"href": hostile, "width": 800, "height": 600}}));
    events.push(json!({"type": 5, "data": {"tag": hostile, "payload": {hostile: hostile}}}));
    events.push(json!({"type": 6, "data": {"plugin": hostile, "payload": hostile}}));
    events.push(json!({"type": 7, "data": {"url": hostile, "payload": {"rr_type": "CssText", "cssTexts": [hostile]}}}));
    events.push(json!({"type": 8, "data": {"type": "caption", "text": hostile}}));
    events
}
