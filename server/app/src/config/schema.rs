//! The key table as JSON Schema, so that editors complete and check the file while it is written. What is valid is read
//! from the words of the table: an editor and a person are told by the same ones.

use serde_json::{Map, Value, json};

use super::keys::{Key, SECTIONS, Section, Shape};
use super::problem::Place;
use super::tree::{Node, Value as Tree, parse_value};

/// `vitrine config schema`. Draft 7, which editors of TOML know best.
#[must_use]
pub fn schema() -> String {
    let mut root = object(&SECTIONS.iter().filter(|section| !section.name.contains('.')).map(property).collect());
    root["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    root["title"] = json!("Vitrine's configuration");
    let mut text = serde_json::to_string_pretty(&root).unwrap_or_default();
    text.push('\n');
    text
}

fn object(properties: &Map<String, Value>) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

/// A section, and those within it. They nest as deep as names in the table have dots.
fn property(section: &Section) -> (String, Value) {
    let own = section.keys.iter().map(|key| (key.name.to_owned(), value(key)));
    let is_within = |inner: &&Section| {
        let rest = inner.name.strip_prefix(section.name).and_then(|rest| rest.strip_prefix('.'));
        rest.is_some_and(|name| !name.contains('.'))
    };
    let inner = SECTIONS.iter().filter(is_within).map(property);
    let one = object(&own.chain(inner).collect());
    let mut all = match section.shape {
        Shape::Once | Shape::Optional => one,
        Shape::Named => json!({ "type": "object", "additionalProperties": one }),
        Shape::List => json!({ "type": "array", "items": one }),
    };
    all["description"] = json!(section.about);
    (section.name.rsplit('.').next().unwrap_or_default().to_owned(), all)
}

fn value(key: &Key) -> Value {
    let mut schema = kind(key);
    let effect = key.reaches.words();
    schema["description"] = json!(format!("{} Valid: {}. A change takes effect: {effect}.", key.meaning, key.valid));
    if let Some(default) = parse_value(key.default, &Place::Default) {
        schema["default"] = plain(&default);
    }
    schema
}

/// What a value is like, by the default or the example.
fn kind(key: &Key) -> Value {
    let example = key.valid.split("e.g. ").nth(1).and_then(first_value);
    match parse_value(key.default, &Place::Default).or(example).map(|node| node.value) {
        Some(Tree::Boolean(_)) => json!({ "type": "boolean" }),
        Some(Tree::Integer(_)) => number(key.valid),
        Some(Tree::List(items)) if matches!(items.first(), Some(Node { value: Tree::Integer(_), .. })) => {
            json!({ "type": "array", "items": { "type": "integer", "minimum": 0 } })
        }
        Some(Tree::List(_)) => json!({ "type": "array", "items": text(key.valid) }),
        Some(Tree::Table(_)) => {
            json!({ "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } } })
        }
        None if bounds(key.valid).is_some() => number(key.valid),
        _ => text(key.valid),
    }
}

/// The value that an example begins with; words may follow.
fn first_value(text: &str) -> Option<Node> {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.rev().find_map(|end| parse_value(&text[..end], &Place::Default))
}

fn number(valid: &str) -> Value {
    let (least, most) = bounds(valid).unwrap_or((0, i64::MAX));
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

/// Of `1 to 50`.
fn bounds(valid: &str) -> Option<(i64, i64)> {
    let (least, most) = valid.split_once(" to ")?;
    Some((least.parse().ok()?, most.parse().ok()?))
}

const DURATION: &str = "^[0-9]+(ms|s|m|h)$";
const SIZE: &str = "^[0-9]+(B|KiB|MiB|GiB)$";

fn text(valid: &str) -> Value {
    let is_size = valid.starts_with("a size") || valid.split(" to ").all(|bound| bound.ends_with("iB"));
    if let Some(words) = words(valid) {
        json!({ "type": "string", "enum": words })
    } else if valid.starts_with("a duration") {
        json!({ "type": "string", "pattern": DURATION })
    } else if is_size {
        json!({ "type": "string", "pattern": SIZE })
    } else {
        json!({ "type": "string" })
    }
}

/// Of `"a", "b" or "c"`, and nothing else.
fn words(valid: &str) -> Option<Vec<String>> {
    let list = format!("[{}]", valid.replace("\" or \"", "\", \""));
    let Tree::List(items) = parse_value(&list, &Place::Default)?.value else { return None };
    let word = |node: &Node| if let Tree::Text(text) = &node.value { Some(text.clone()) } else { None };
    items.iter().map(word).collect()
}

/// A value of the table as JSON.
fn plain(node: &Node) -> Value {
    match &node.value {
        Tree::Bare(text) | Tree::Text(text) => json!(text),
        Tree::Integer(number) => json!(number),
        Tree::Boolean(truth) => json!(truth),
        Tree::Other(_) => Value::Null,
        Tree::List(items) => items.iter().map(plain).collect(),
        Tree::Table(table) => table.0.iter().map(|entry| (entry.name.clone(), plain(&entry.node))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::schema;

    #[test]
    fn kinds_are_read_from_the_words_of_the_table() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let integer = |least: u32, most: u32| json!({ "type": "integer", "minimum": least, "maximum": most });
        for (pointer, kind) in [
            ("/server/properties/tls", json!({ "type": "string", "enum": ["on", "off"] })),
            ("/server/properties/agent-url", json!({ "type": "string" })),
            ("/server/properties/max-connections", integer(1, 1_000_000)),
            ("/session/properties/idle-timeout", json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$" })),
            ("/limits/properties/frame-size", json!({ "type": "string", "pattern": "^[0-9]+(B|KiB|MiB|GiB)$" })),
            ("/http-proxy/properties/customer-upload", json!({ "type": "boolean" })),
            ("/http-proxy/properties/allowed-ports/items", json!({ "type": "integer", "minimum": 0 })),
            ("/http-proxy/properties/allowed-schemes/items", json!({ "type": "string", "enum": ["https", "http"] })),
            ("/sites/additionalProperties/properties/contact-keys/items/properties/id", json!({ "type": "string" })),
            ("/agents/properties/accounts/items/properties/roles/items", json!({ "type": "string" })),
            ("/dom-restrictions/properties/rule-set/items/properties/mask/items", json!({ "type": "string" })),
            ("/keys/properties/assets/items/properties/id", integer(0, 255)),
            ("/rbac/properties/roles/additionalProperties", json!({ "type": "array", "items": { "type": "string" } })),
        ] {
            let mut found = schema["properties"].pointer(pointer).cloned().unwrap_or_default();
            if let Value::Object(fields) = &mut found {
                fields.retain(|name, _| name != "description" && name != "default");
            }
            assert_eq!(found, kind, "{pointer}");
        }
    }
}
