//! A customer's page from bytes: snapshots and events that mostly fit the page as it is, so that runs go deep.

use serde_json::{Value, json};
use vitrine_core::ids::NodeId;
use vitrine_core::mirror::Mirror;

use crate::bytes::Bytes;
use crate::world::SECRET;

/// Names of elements, the ordinary first; `svg:` marks the other namespace.
const NAMES: &[&str] = &[
    "div",
    "p",
    "span",
    "a",
    "img",
    "input",
    "iframe",
    "style",
    "textarea",
    "select",
    "option",
    "button",
    "form",
    "video",
    "audio",
    "source",
    "track",
    "canvas",
    "link",
    "meta",
    "base",
    "title",
    "script",
    "template",
    "noscript",
    "object",
    "embed",
    "dialog",
    "progress",
    "meter",
    "picture",
    "label",
    "li",
    "table",
    "td",
    "x-card",
    "slot",
    "svg:svg",
    "svg:g",
    "svg:use",
    "svg:image",
    "svg:set",
    "svg:text",
    "svg:style",
    "svg:foreignObject",
    "svg:a",
    "SCRIPT",
    "a b<",
    "math",
];

/// Names of attributes.
const ATTRIBUTES: &[&str] = &[
    "class",
    "id",
    "style",
    "value",
    "type",
    "title",
    "href",
    "src",
    "srcset",
    "alt",
    "checked",
    "selected",
    "placeholder",
    "aria-label",
    "data-x",
    "data-vitrine-mask",
    "data-vitrine-block",
    "data-vitrine-hide",
    "_cssText",
    "rel",
    "rr_dataURL",
    "rr_scrollTop",
    "rr_width",
    "rr_mediaState",
    "rr_open_mode",
    "onclick",
    "srcdoc",
    "poster",
    "xlink:href",
    "autocomplete",
    "content",
    "http-equiv",
    "name",
    "for",
    "open",
    "media",
    "multiple",
    "contenteditable",
    "data-vitrine-ui",
    "fill",
    "filter",
    "target",
    "sizes",
];

/// Attributes whose text a mask covers.
const SPOKEN: &[&str] = &["value", "title", "alt", "placeholder", "aria-label"];

/// Values that mean something in one attribute or another.
const VALUES: &[&str] = &[
    "",
    "m",
    "b",
    "h",
    "plain",
    "m plain",
    "u",
    "x",
    "y",
    "i",
    "pay",
    "text",
    "password",
    "checkbox",
    "radio",
    "hidden",
    "stylesheet",
    "played",
    "modal",
    "cc-number",
    "one-time-code",
    "https://shop.example/a.png",
    "https://evil.test/a.png",
    "javascript:alert(1)",
    "#part",
    "a.png 2x, https://evil.test/b 1x",
    "data:image/png;base64,iVBORw0KGgo=",
    "color: red; background: url(https://evil.test/x)",
    "width: 1px",
    "p{color:red}/* rr_split */b{background:url(a.png)}",
    "@import 'https://evil.test/x'; a:hover{content:'x'}",
    "4111 1111 1111 1111",
    "ann@shop.example",
];

/// CSS rules and values.
const RULES: &[&str] = &[
    "a{color:red}",
    "@media print{a{color:red}b{background:url(https://evil.test/x)}}",
    "a{background:url(a.png)}",
    "@import url(https://evil.test/a)",
    "@font-face{font-family:f;src:url(a.woff)}",
    "a{",
    "}",
    "",
    "@keyframes k{from{top:0}to{top:1px}}",
];

/// One recorder's event that goes with the mirror as it is. The mirror tells where a secret belongs.
pub fn event(bytes: &mut Bytes<'_>, mirror: &Mirror) -> Value {
    let data = match bytes.below(24) {
        0..=11 => mutation(bytes, mirror),
        12 => {
            json!({"source": bytes.one(&[1, 6, 12]), "positions": [position(bytes, mirror), position(bytes, mirror)]})
        }
        13 => json!({"source": 2, "type": bytes.below(11), "id": id(bytes, mirror), "x": 1, "y": 2}),
        14 => json!({"source": 3, "id": id(bytes, mirror), "x": number(bytes), "y": number(bytes)}),
        15 => json!({"source": 4, "width": number(bytes), "height": number(bytes)}),
        16 | 17 => {
            let at = id(bytes, mirror);
            json!({"source": 5, "id": at, "text": words(bytes, is_secret(mirror, at)), "isChecked": bytes.once_in(2)})
        }
        18 => json!({"source": 7, "type": bytes.below(5), "id": id(bytes, mirror), "currentTime": number(bytes),
            "volume": number(bytes), "muted": true, "playbackRate": number(bytes)}),
        19 => sheet_rule(bytes, mirror),
        20 => declaration(bytes, mirror),
        21 => json!({"source": 14, "ranges": [{"start": id(bytes, mirror), "startOffset": bytes.below(9),
            "end": id(bytes, mirror), "endOffset": bytes.below(9)}]}),
        22 => json!({"source": 15, "id": id(bytes, mirror), "styleIds": [bytes.below(4), bytes.below(4)],
            "styles": [{"styleId": bytes.below(4), "rules": [{"rule": bytes.one(RULES), "index": bytes.below(3)}]}]}),
        _ => json!({"source": 10, "family": "f", "fontSource": bytes.one(&["url(a.woff)", "url(https://evil.test/f)"]),
            "buffer": bytes.once_in(4)}),
    };
    json!({"type": 3, "data": data, "timestamp": bytes.below(2_000)})
}

/// A whole page: where it is, and what stands in it.
pub fn load(bytes: &mut Bytes<'_>) -> [Value; 2] {
    let href = bytes.one(&["https://shop.example/a?b=c", "about:blank", "http://other.test/"]);
    let children: Vec<Value> = (0..bytes.below(5)).map(|_| node(bytes, 3, false)).collect();
    let class = bytes.one(&["", "", "", "m", "u"]);
    let tree = json!({"type": 0, "id": 1, "childNodes": [
        {"type": 1, "id": 5, "name": "html", "publicId": "", "systemId": ""},
        {"type": 2, "id": 2, "tagName": "html", "attributes": {}, "childNodes": [
            {"type": 2, "id": 3, "tagName": "head", "attributes": {}, "childNodes": []},
            {"type": 2, "id": 4, "tagName": "body", "attributes": {"class": class}, "childNodes": children},
        ]},
    ]});
    [
        json!({"type": 4, "data": {"href": href, "width": 800, "height": 600}, "timestamp": 1}),
        json!({"type": 2, "data": {"node": tree, "initialOffset": {"left": 0, "top": 0}}, "timestamp": 1}),
    ]
}

fn mutation(bytes: &mut Bytes<'_>, mirror: &Mirror) -> Value {
    let (mut removes, mut adds, mut texts, mut attributes) = (vec![], vec![], vec![], vec![]);
    for _ in 0..=bytes.below(3) {
        let at = id(bytes, mirror);
        match bytes.below(8) {
            0 | 1 => removes.push(json!({"parentId": parent(bytes, mirror, at), "id": at})),
            2 => {
                // A move: the recorder writes it as a remove and an add of the same node.
                removes.push(json!({"parentId": parent(bytes, mirror, at), "id": at}));
                adds.push(add(bytes, mirror, Some(at)));
            }
            3..=5 => adds.push(add(bytes, mirror, None)),
            6 => texts.push(json!({"id": at, "value": words(bytes, is_secret(mirror, at))})),
            _ => {
                let mut changed = attribute_list(bytes, is_secret(mirror, at));
                if bytes.once_in(6) {
                    changed["style"] =
                        json!({"color": "red", "background": [bytes.one(VALUES), "important"], "top": false});
                }
                attributes.push(json!({"id": at, "attributes": changed}));
            }
        }
    }
    json!({"source": 0, "removes": removes, "adds": adds, "texts": texts, "attributes": attributes})
}

fn add(bytes: &mut Bytes<'_>, mirror: &Mirror, moved: Option<i64>) -> Value {
    let above = id(bytes, mirror);
    let next = if bytes.once_in(3) { json!(id(bytes, mirror)) } else { Value::Null };
    let mut node = node(bytes, 2, is_secret(mirror, above) || moved.is_some_and(|at| is_secret(mirror, at)));
    if let Some(at) = moved {
        node["id"] = json!(at);
    }
    json!({"parentId": above, "nextId": next, "node": node})
}

fn node(bytes: &mut Bytes<'_>, levels: u32, secret: bool) -> Value {
    let id = 6 + bytes.below(40);
    match bytes.below(16) {
        0..=4 => json!({"type": 3, "id": id, "textContent": words(bytes, secret)}),
        5 => json!({"type": 5, "id": id, "textContent": words(bytes, secret)}),
        6 => frame_document(bytes, id, levels, secret),
        _ => element(bytes, id, levels, secret),
    }
}

fn element(bytes: &mut Bytes<'_>, id: u32, levels: u32, secret: bool) -> Value {
    let name = bytes.one(NAMES);
    let attributes = attribute_list(bytes, secret);
    let count = if levels == 0 { 0 } else { bytes.below(4) };
    let children: Vec<Value> = (0..count).map(|_| node(bytes, levels - 1, secret)).collect();
    let mut element = json!({"type": 2, "id": id, "attributes": attributes, "childNodes": children});
    match name.strip_prefix("svg:") {
        Some(name) => {
            element["tagName"] = json!(name);
            element["isSVG"] = json!(true);
        }
        None => element["tagName"] = json!(name),
    }
    for (flag, seldom) in [("isShadow", 12), ("isShadowHost", 12), ("isCustom", 20)] {
        if bytes.once_in(seldom) {
            element[flag] = json!(true);
        }
    }
    element
}

fn frame_document(bytes: &mut Bytes<'_>, id: u32, levels: u32, secret: bool) -> Value {
    let body = if levels == 0 { vec![] } else { vec![node(bytes, levels - 1, secret)] };
    let html = json!({"type": 2, "id": 6 + bytes.below(40), "tagName": "html", "attributes": {}, "childNodes": body});
    json!({"type": 0, "id": id, "childNodes": [html]})
}

fn attribute_list(bytes: &mut Bytes<'_>, secret: bool) -> Value {
    let mut list = json!({});
    for _ in 0..bytes.below(4) {
        let name = bytes.one(ATTRIBUTES);
        list[name] = match bytes.below(12) {
            _ if secret && SPOKEN.contains(&name) => json!(words(bytes, true)),
            0 => Value::Null,
            1 => json!(true),
            2 => number(bytes),
            3 => json!(bytes.text()),
            _ => json!(bytes.one(VALUES)),
        };
    }
    list
}

fn sheet_rule(bytes: &mut Bytes<'_>, mirror: &Mirror) -> Value {
    let mut data = json!({"source": 8});
    sheet(bytes, mirror, &mut data);
    match bytes.below(4) {
        0 => data["removes"] = json!([{"index": rule_index(bytes)}]),
        1 => data["replaceSync"] = json!(bytes.one(RULES)),
        _ => data["adds"] = json!([{"rule": bytes.one(RULES), "index": rule_index(bytes)}]),
    }
    data
}

fn declaration(bytes: &mut Bytes<'_>, mirror: &Mirror) -> Value {
    let mut data = json!({"source": 13, "index": rule_index(bytes)});
    sheet(bytes, mirror, &mut data);
    if bytes.once_in(2) {
        data["set"] = json!({"property": bytes.one(&["color", "background", "--x", "x"]), "value": bytes.one(VALUES)});
    } else {
        data["remove"] = json!({"property": "color"});
    }
    data
}

fn sheet(bytes: &mut Bytes<'_>, mirror: &Mirror, data: &mut Value) {
    if bytes.once_in(2) {
        data["styleId"] = json!(bytes.below(4));
    } else {
        data["id"] = json!(id(bytes, mirror));
    }
}

fn rule_index(bytes: &mut Bytes<'_>) -> Value {
    if bytes.once_in(3) { json!([bytes.below(3), bytes.below(3)]) } else { json!(bytes.below(4)) }
}

fn position(bytes: &mut Bytes<'_>, mirror: &Mirror) -> Value {
    json!({"x": number(bytes), "y": 5, "id": id(bytes, mirror), "timeOffset": -5})
}

fn number(bytes: &mut Bytes<'_>) -> Value {
    bytes
        .one(&[json!(0), json!(1), json!(-7.25), json!(1e300), json!(4_294_967_296_u64), json!(0.5)].each_ref())
        .clone()
}

/// An id that mostly stands in the page.
fn id(bytes: &mut Bytes<'_>, mirror: &Mirror) -> i64 {
    let at = bytes.below(64) as usize;
    let standing = mirror.descendants(mirror.root()).nth(at % mirror.len().max(1));
    match standing.and_then(|slot| mirror.get(slot)) {
        Some(node) if at < 60 => i64::from(node.id.get()),
        _ => [-1, 0, 6, 999][at % 4],
    }
}

/// The node's real parent, but for once in a while.
fn parent(bytes: &mut Bytes<'_>, mirror: &Mirror, at: i64) -> i64 {
    let above = NodeId::new(at).and_then(|id| mirror.find(id)).and_then(|slot| mirror.parent(slot));
    match above.and_then(|slot| mirror.get(slot)) {
        Some(node) if !bytes.once_in(8) => i64::from(node.id.get()),
        _ => id(bytes, mirror),
    }
}

/// Whether what is written there is kept from agents by a rule.
fn is_secret(mirror: &Mirror, at: i64) -> bool {
    NodeId::new(at)
        .and_then(|id| mirror.find(id))
        .and_then(|slot| mirror.get(slot))
        .is_some_and(|node| node.verdict.silences())
}

fn words(bytes: &mut Bytes<'_>, secret: bool) -> String {
    if secret {
        return format!("{SECRET} {}", bytes.below(9));
    }
    if bytes.once_in(6) {
        return bytes.text().replace(SECRET, "");
    }
    bytes
        .one(&["plain", " ", "", "4111", "1111", "4111111111111111", "DE89370400440532013000", "{color:red}", "x"])
        .to_owned()
}
