//! What happens on the page.

use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::nodes::{self, CLASSES, RULES, STYLE_RULES, grow, sibling};
use crate::page::{BODY, DOCUMENT, Page};

/// One thing that happens, as events without times.
pub(crate) fn next(page: &mut Page, chance: &mut Chance) -> Vec<Value> {
    match chance.below(24) {
        0..=13 => mutate(page, chance),
        14 | 15 => one(type_in(page, chance)),
        16 => one(scroll(page, chance)),
        17 => one(point(page, chance)),
        // A page that is looked at anew shows its sheets as they were written.
        18 if page.is_calm => Vec::new(),
        18 => one(change_rules(page, chance)),
        19 => one(adopt(page, chance)),
        20 => one(play(page, chance)),
        21 => one(select(page, chance)),
        22 => one(Some(json!({"source": 4, "width": 300 + chance.below(900), "height": 600}))),
        _ if chance.once_in(4) => page.checkout(),
        // The page does not remember what was defined on it.
        _ if page.is_calm => Vec::new(),
        _ => one(Some(json!({"source": 16, "define": {"name": chance.word(&["x-plain", "x-card", "x-none"])}}))),
    }
}

fn one(data: Option<Value>) -> Vec<Value> {
    data.into_iter().map(|data| json!({"type": 3, "data": data})).collect()
}

/// One batch: removes, adds, texts and attributes, in the order in which a recorder puts them, then frames' documents.
fn mutate(page: &mut Page, chance: &mut Chance) -> Vec<Value> {
    let mut removes = Vec::new();
    let mut added: Vec<u32> = Vec::new();
    let kind = chance.below(6);
    if kind == 0 || chance.once_in(6) {
        removes.extend(remove(page, chance));
    }
    if kind == 1 {
        let (remove, moved) = relocate(page, chance);
        removes.extend(remove);
        added.extend(moved);
    }
    if matches!(kind, 2 | 3) || chance.once_in(6) {
        added.extend(grow(page, chance));
    }
    let texts = if kind == 4 || chance.once_in(6) { retext(page, chance, &added) } else { Vec::new() };
    let attributes = if kind == 5 || chance.once_in(6) { restyle(page, chance, &added) } else { Vec::new() };
    let is_document = |id: &&u32| page.nodes.get(id).is_some_and(|node| node.is_document);
    let documents: Vec<u32> = added.iter().filter(is_document).copied().collect();
    // What stands in a frame's document comes with it.
    let is_inside = |id: &&u32| documents.iter().any(|document| page.subtree(*document).contains(id));
    let mut adds: Vec<Value> = added.iter().filter(|id| !is_inside(id)).map(|id| write_add(page, *id)).collect();
    if chance.once_in(3) {
        adds.reverse();
    }
    let data = json!({"source": 0, "removes": removes, "adds": adds, "texts": texts, "attributes": attributes});
    let mut events = one(Some(data));
    events.extend(documents.into_iter().map(|document| page.attach(document)));
    events
}

fn write_add(page: &Page, id: u32) -> Value {
    let Some(node) = page.nodes.get(&id) else { return Value::Null };
    let siblings = page.nodes.get(&node.parent).map(|parent| parent.children.as_slice()).unwrap_or_default();
    let at = siblings.iter().position(|sibling| *sibling == id).map_or(siblings.len(), |at| at + 1);
    let of_tree = |id: &&u32| {
        page.nodes.get(id).is_some_and(|other| other.in_shadow_root == node.in_shadow_root && !other.is_document)
    };
    let next = siblings.get(at..).unwrap_or_default().iter().find(of_tree);
    json!({"parentId": node.parent, "nextId": next, "node": page.write(id, false)})
}

fn remove(page: &mut Page, chance: &mut Chance) -> Option<Value> {
    let id = chance.pick(&movable(page))?;
    let node = page.take(id).into_iter().next()?.1;
    Some(told_gone(id, node.parent, node.in_shadow_root))
}

fn told_gone(id: u32, parent: u32, in_shadow_root: bool) -> Value {
    let mut remove = json!({"parentId": parent, "id": id});
    if in_shadow_root {
        remove["isShadow"] = json!(true);
    }
    remove
}

/// Nodes that come and go: not those that a frame's document cannot be without.
fn movable(page: &Page) -> Vec<u32> {
    let mut nodes = page.list(|node| !node.is_document && !matches!(node.name, "html" | "body"));
    // Without its text a style element has no rules, and the page does not know it.
    nodes.retain(|id| !page.is_calm || !is_style(page, *id));
    nodes
}

/// A node goes to another place of its document; the recorder tells of it and all beneath it anew.
fn relocate(page: &mut Page, chance: &mut Chance) -> (Option<Value>, Vec<u32>) {
    let mut candidates = movable(page);
    candidates.retain(|id| !page.is_calm || !page.stands_in_restricted(*id));
    let Some(id) = chance.pick(&candidates) else { return (None, Vec::new()) };
    let document = page.document(id);
    let own = page.subtree(id);
    // A frame that moves loads anew, under other numbers.
    if own.iter().any(|id| page.nodes.get(id).is_some_and(|node| node.is_document)) {
        return (remove_again(page, id), Vec::new());
    }
    let mut places = page.list(|node| matches!(node.name, "div" | "p" | "span" | "ul" | "section"));
    places.push(BODY);
    places.retain(|place| page.document(*place) == document && !own.contains(place));
    places.retain(|place| !page.is_calm || !page.is_restricted(*place));
    let Some(parent) = chance.pick(&places) else { return (None, Vec::new()) };
    let mut nodes = page.take(id).into_iter();
    let Some((_, mut top)) = nodes.next() else { return (None, Vec::new()) };
    let gone = told_gone(id, top.parent, top.in_shadow_root);
    top.parent = parent;
    top.in_shadow_root = false;
    let before = sibling(page, chance, parent, false);
    page.put(id, top, before);
    page.nodes.extend(nodes);
    // A style element is told of as it was written.
    page.rules.iter_mut().filter(|(id, _)| own.contains(id)).for_each(|(_, count)| *count = STYLE_RULES);
    (Some(gone), own)
}

fn remove_again(page: &mut Page, id: u32) -> Option<Value> {
    let node = page.take(id).into_iter().next()?.1;
    Some(told_gone(id, node.parent, node.in_shadow_root))
}

fn retext(page: &mut Page, chance: &mut Chance, new: &[u32]) -> Vec<Value> {
    let mut texts = page.list(|node| node.name.is_empty() && !node.is_document);
    texts.retain(|id| !new.contains(id) && !is_style(page, *id));
    let Some(id) = chance.pick(&texts) else { return Vec::new() };
    let words = page.words(id, chance);
    page.nodes.entry(id).and_modify(|node| node.text = words.into());
    vec![json!({"id": id, "value": words})]
}

fn is_style(page: &Page, id: u32) -> bool {
    page.nodes.get(&id).and_then(|node| page.nodes.get(&node.parent)).is_some_and(|parent| parent.name == "style")
}

fn restyle(page: &mut Page, chance: &mut Chance, new: &[u32]) -> Vec<Value> {
    let mut elements = page.list(|node| !node.name.is_empty() && node.name != "style");
    elements.retain(|id| !new.contains(id));
    let Some(id) = chance.pick(&elements) else { return Vec::new() };
    let (key, value) = match chance.below(9) {
        0..=4 if page.is_calm => ("data-x", json!(page.words(id, chance))),
        0..=2 => ("class", json!(chance.word(&CLASSES))),
        3 => ("style", json!({"color": "red", "width": ["1px", "important"]})),
        4 => ("style", json!({"color": false})),
        5 => ("title", json!(page.words(id, chance))),
        6 => ("hidden", if chance.once_in(2) { json!("") } else { Value::Null }),
        7 => ("onclick", json!("steal()")),
        _ => ("src", json!("https://cdn.example/other.png")),
    };
    let Some(node) = page.nodes.get_mut(&id) else { return Vec::new() };
    match &value {
        Value::Null => {
            node.attributes.remove(key);
        }
        Value::Object(changes) => {
            let text = if changes.len() == 2 { "color: red; width: 1px !important" } else { "" };
            node.attributes.insert(key.into(), json!(text));
        }
        _ => {
            node.attributes.insert(key.into(), value.clone());
        }
    }
    let mut attributes = Map::new();
    attributes.insert(key.into(), value);
    vec![json!({"id": id, "attributes": attributes})]
}

fn type_in(page: &mut Page, chance: &mut Chance) -> Option<Value> {
    let fields = page.list(|node| matches!(node.name, "input" | "textarea" | "select"));
    let id = chance.pick(&fields)?;
    let value = chance.pick(&options(page, id)).unwrap_or_default();
    let words = page.words(id, chance);
    let node = page.nodes.get_mut(&id)?;
    if node.name == "select" && value.is_empty() {
        return None;
    }
    let kind = node.attributes.get("type").and_then(Value::as_str).unwrap_or_default();
    let (text, is_checked) = match (node.name, kind) {
        ("select", _) => (value, false),
        (_, "checkbox" | "radio") => ("v", chance.once_in(2)),
        (_, "submit") => return None,
        _ => (words, false),
    };
    match node.name {
        "select" => {}
        _ if matches!(kind, "checkbox" | "radio") => {
            node.attributes.remove("checked");
            if is_checked {
                node.attributes.insert("checked".into(), json!(true));
            }
        }
        _ => {
            node.attributes.insert("value".into(), json!(text));
        }
    }
    if node.name == "select" {
        choose(page, id, text);
    }
    Some(json!({"source": 5, "id": id, "text": text, "isChecked": is_checked, "userTriggered": true}))
}

/// The values of a list that are still there.
fn options(page: &Page, list: u32) -> Vec<&'static str> {
    let of = |id| page.nodes.get(&id).and_then(|node| node.attributes.get("value")?.as_str());
    let values: Vec<&str> = page.subtree(list).into_iter().filter_map(of).collect();
    nodes::OPTIONS.into_iter().filter(|value| values.contains(value)).collect()
}

fn choose(page: &mut Page, list: u32, value: &str) {
    for id in page.subtree(list) {
        let Some(node) = page.nodes.get_mut(&id).filter(|node| node.name == "option") else { continue };
        node.attributes.remove("selected");
        if node.attributes.get("value") == Some(&json!(value)) {
            node.attributes.insert("selected".into(), json!(true));
        }
    }
}

fn scroll(page: &Page, chance: &mut Chance) -> Option<Value> {
    let mut places = page.list(|node| matches!(node.name, "div" | "ul") || node.is_document);
    places.push(DOCUMENT);
    Some(json!({"source": 3, "id": chance.pick(&places)?, "x": 0, "y": chance.below(200)}))
}

fn point(page: &Page, chance: &mut Chance) -> Option<Value> {
    let id = chance.pick(&page.list(|node| !node.is_document))?;
    let (x, y) = (chance.below(800), chance.below(600));
    Some(if chance.once_in(2) {
        json!({"source": 2, "type": 2, "id": id, "x": x, "y": y, "pointerType": 0})
    } else {
        json!({"source": 1, "positions": [{"x": x, "y": y, "id": id, "timeOffset": -20}, {"x": x, "y": y, "id": id, "timeOffset": 0}]})
    })
}

fn change_rules(page: &mut Page, chance: &mut Chance) -> Option<Value> {
    let id = chance.pick(&page.list(|node| node.name == "style"))?;
    let count = page.rules.get_mut(&id)?;
    Some(match chance.below(3) {
        0 if *count > 0 => {
            *count -= 1;
            json!({"source": 8, "id": id, "removes": [{"index": chance.below(*count + 1)}]})
        }
        1 if *count > 0 => json!({
            "source": 13, "id": id, "index": [chance.below(*count)],
            "set": {"property": "color", "value": chance.word(&["green", "url(x)"])},
        }),
        _ => {
            *count += 1;
            json!({"source": 8, "id": id, "adds": [{"rule": chance.word(&RULES), "index": chance.below(*count)}]})
        }
    })
}

fn adopt(page: &mut Page, chance: &mut Chance) -> Option<Value> {
    let host = page.list(|node| node.name == nodes::HOST);
    let host = if chance.once_in(2) { chance.pick(&host)? } else { DOCUMENT };
    if page.document(host) != DOCUMENT {
        return None;
    }
    let is_new = page.sheets == 0 || chance.once_in(2);
    page.sheets += u32::from(is_new);
    let sheets: Vec<u32> = (1..=page.sheets).filter(|_| chance.once_in(2)).collect();
    let styles: Vec<Value> = is_new
        .then(|| json!({"styleId": page.sheets, "rules": [{"rule": chance.word(&RULES), "index": 0}]}))
        .into_iter()
        .collect();
    Some(json!({"source": 15, "id": host, "styleIds": sheets, "styles": styles}))
}

fn play(page: &Page, chance: &mut Chance) -> Option<Value> {
    let id = chance.pick(&page.list(|node| node.name == "video"))?;
    Some(json!({
        "source": 7, "id": id, "type": chance.below(5), "currentTime": chance.below(60), "volume": 0.5, "muted": true,
        "loop": false, "playbackRate": 1,
    }))
}

fn select(page: &Page, chance: &mut Chance) -> Option<Value> {
    let id = chance.pick(&page.list(|node| node.name.is_empty() && !node.is_document))?;
    Some(json!({"source": 14, "ranges": [{"start": id, "startOffset": 0, "end": id, "endOffset": 3}]}))
}
