//! The peer of `events`: rrweb's events as `serde` types, borrowed where the text allows it.
//!
//! It understands what the recordings hold, so that parsing and serializing loses nothing, and does nothing else. It
//! relies on `type` and `source` coming first, as rrweb writes them: nothing is buffered to find out what follows.

use std::borrow::Cow;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Parses a JSON array of events and serializes each, one after the other. Returns the bytes written.
///
/// # Errors
/// The text is not of these types.
pub fn round_trip(json: &str, each: impl FnMut(&[u8])) -> serde_json::Result<usize> {
    let mut reader = serde_json::Deserializer::from_str(json);
    reader.disable_recursion_limit();
    reader.deserialize_seq(Stream(each))
}

struct Stream<F>(F);

impl<'de, F: FnMut(&[u8])> Visitor<'de> for Stream<F> {
    type Value = usize;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut events: A) -> Result<usize, A::Error> {
        let mut bytes = 0;
        let mut out = Vec::new();
        while let Some(event) = events.next_element::<Event<'de>>()? {
            out.clear();
            serde_json::to_writer(&mut out, &event).map_err(A::Error::custom)?;
            bytes += out.len();
            (self.0)(&out);
        }
        Ok(bytes)
    }
}

/// Text, borrowed unless it holds escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Leaf::deserialize(from)? {
            Leaf::Text(text) => Ok(Self(text)),
            _ => Err(D::Error::custom("text is wanted")),
        }
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

/// What may be of several types: attribute values, arguments of canvas commands.
enum Leaf<'a> {
    Null,
    Bool(bool),
    Whole(i64),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Leaf<'a>>),
    Map(Fields<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Leaf<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(LeafVisitor).map(|leaf: Leaf<'de>| leaf)
    }
}

struct LeafVisitor;

impl<'de> Visitor<'de> for LeafVisitor {
    type Value = Leaf<'de>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Leaf<'de>, E> {
        Ok(Leaf::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Leaf<'de>, E> {
        Ok(Leaf::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Leaf<'de>, E> {
        Ok(Leaf::Whole(value))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Leaf<'de>, E> {
        i64::try_from(value).map(Leaf::Whole).map_err(E::custom)
    }
    fn visit_f64<E>(self, value: f64) -> Result<Leaf<'de>, E> {
        Ok(Leaf::Number(value))
    }
    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Leaf<'de>, E> {
        Ok(Leaf::Text(Cow::Borrowed(value)))
    }
    fn visit_str<E>(self, value: &str) -> Result<Leaf<'de>, E> {
        Ok(Leaf::Text(Cow::Owned(value.to_owned())))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Leaf<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Leaf::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Leaf<'de>, A::Error> {
        FieldsVisitor.visit_map(map).map(Leaf::Map)
    }
}

impl Serialize for Leaf<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Whole(value) => to.serialize_i64(*value),
            Self::Number(value) => to.serialize_f64(*value),
            Self::Text(value) => to.serialize_str(value),
            Self::List(list) => list.serialize(to),
            Self::Map(fields) => fields.serialize(to),
        }
    }
}

/// An object whose keys are anything: attributes, in their order.
#[derive(Default)]
struct Fields<'a>(Vec<(Text<'a>, Leaf<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(FieldsVisitor).map(|fields: Fields<'de>| fields)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

struct Event<'a> {
    kind: u8,
    data: Data<'a>,
    timestamp: Leaf<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Event<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(EventVisitor).map(|event: Event<'de>| event)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum EventKey {
    Type,
    Data,
    Timestamp,
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = Event<'de>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("an event")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event<'de>, A::Error> {
        let (mut kind, mut data, mut timestamp) = (None, None, Leaf::Null);
        while let Some(key) = map.next_key()? {
            match key {
                EventKey::Type => kind = Some(map.next_value()?),
                EventKey::Data => data = Some(map.next_value_seed(DataOf(kind))?),
                EventKey::Timestamp => timestamp = map.next_value()?,
            }
        }
        match (kind, data) {
            (Some(kind), Some(data)) => Ok(Event { kind, data, timestamp }),
            _ => Err(A::Error::custom("type and data are wanted")),
        }
    }
}

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(3))?;
        map.serialize_entry("type", &self.kind)?;
        map.serialize_entry("data", &self.data)?;
        map.serialize_entry("timestamp", &self.timestamp)?;
        map.end()
    }
}

/// Writes an enum as whatever it holds.
macro_rules! serialize_as_held {
    ($name:ident: $($variant:ident),+) => {
        impl Serialize for $name<'_> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(held) => held.serialize(to),)+
                }
            }
        }
    };
}

enum Data<'a> {
    Snapshot(Snapshot<'a>),
    Incremental(Incremental<'a>),
    Other(Fields<'a>),
}

serialize_as_held!(Data: Snapshot, Incremental, Other);

/// The data of an event of that type.
struct DataOf(Option<u8>);

impl<'de> DeserializeSeed<'de> for DataOf {
    type Value = Data<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Data<'de>, D::Error> {
        match self.0 {
            Some(2) => Snapshot::deserialize(from).map(Data::Snapshot),
            Some(3) => from.deserialize_map(IncrementalVisitor).map(Data::Incremental),
            Some(_) => Fields::deserialize(from).map(Data::Other),
            None => Err(D::Error::custom("type comes before data")),
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Snapshot<'a> {
    #[serde(borrow)]
    node: Node<'a>,
    initial_offset: Fields<'a>,
}

enum Incremental<'a> {
    Mutation(Mutation<'a>),
    Pointer(Pointer<'a>),
    Input(Input<'a>),
    Other(Other<'a>),
}

serialize_as_held!(Incremental: Mutation, Pointer, Input, Other);

struct IncrementalVisitor;

impl<'de> Visitor<'de> for IncrementalVisitor {
    type Value = Incremental<'de>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("incremental data")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Incremental<'de>, A::Error> {
        let source: u8 = first(&mut map, "source")?;
        match source {
            0 => {
                let mut data = Mutation::deserialize(MapAccessDeserializer::new(map))?;
                data.source = source;
                Ok(Incremental::Mutation(data))
            }
            1 | 6 | 12 => {
                let mut data = Pointer::deserialize(MapAccessDeserializer::new(map))?;
                data.source = source;
                Ok(Incremental::Pointer(data))
            }
            5 => {
                let mut data = Input::deserialize(MapAccessDeserializer::new(map))?;
                data.source = source;
                Ok(Incremental::Input(data))
            }
            _ => {
                let fields = FieldsVisitor.visit_map(map)?;
                Ok(Incremental::Other(Other { source, fields }))
            }
        }
    }
}

/// The value of the key that must come first.
fn first<'de, A: MapAccess<'de>, T: Deserialize<'de>>(map: &mut A, wanted: &'static str) -> Result<T, A::Error> {
    match map.next_key::<Text<'de>>()? {
        Some(key) if key.0 == wanted => map.next_value(),
        _ => Err(A::Error::custom(format_args!("{wanted} comes first"))),
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mutation<'a> {
    #[serde(default)]
    source: u8,
    #[serde(borrow)]
    texts: Vec<TextChange<'a>>,
    attributes: Vec<AttributeChange<'a>>,
    removes: Vec<Remove>,
    adds: Vec<Add<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_attach_iframe: Option<bool>,
}

#[derive(Deserialize, Serialize)]
struct TextChange<'a> {
    id: i64,
    #[serde(borrow)]
    value: Text<'a>,
}

#[derive(Deserialize, Serialize)]
struct AttributeChange<'a> {
    id: i64,
    #[serde(borrow)]
    attributes: Fields<'a>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Remove {
    parent_id: i64,
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_shadow: Option<bool>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Add<'a> {
    parent_id: i64,
    next_id: Option<i64>,
    #[serde(borrow)]
    node: Node<'a>,
}

#[derive(Deserialize, Serialize)]
struct Pointer<'a> {
    #[serde(default)]
    source: u8,
    #[serde(borrow)]
    positions: Vec<Position<'a>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Position<'a> {
    #[serde(borrow)]
    x: Leaf<'a>,
    y: Leaf<'a>,
    id: i64,
    time_offset: Leaf<'a>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Input<'a> {
    #[serde(default)]
    source: u8,
    #[serde(borrow)]
    text: Text<'a>,
    is_checked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_triggered: Option<bool>,
    id: i64,
}

/// Sources of a few numbers each: scrolls, clicks, sizes, rules.
struct Other<'a> {
    source: u8,
    fields: Fields<'a>,
}

impl Serialize for Other<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.fields.0.len() + 1))?;
        map.serialize_entry("source", &self.source)?;
        for (name, value) in &self.fields.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

enum Node<'a> {
    Parent(Parent<'a>),
    Words(Words<'a>),
    Doctype(Doctype<'a>),
}

serialize_as_held!(Node: Parent, Words, Doctype);

impl<'de: 'a, 'a> Deserialize<'de> for Node<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(NodeVisitor).map(|node: Node<'de>| node)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'de>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a node")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let kind: u8 = first(&mut map, "type")?;
        match kind {
            0 | 2 => {
                let mut node = Parent::deserialize(MapAccessDeserializer::new(map))?;
                node.kind = kind;
                Ok(Node::Parent(node))
            }
            1 => {
                let mut node = Doctype::deserialize(MapAccessDeserializer::new(map))?;
                node.kind = kind;
                Ok(Node::Doctype(node))
            }
            _ => {
                let mut node = Words::deserialize(MapAccessDeserializer::new(map))?;
                node.kind = kind;
                Ok(Node::Words(node))
            }
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Parent<'a> {
    #[serde(default, rename = "type")]
    kind: u8,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    tag_name: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Fields<'a>>,
    child_nodes: Vec<Node<'a>>,
    #[serde(rename = "isSVG", skip_serializing_if = "Option::is_none")]
    is_svg: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_custom: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_shadow_host: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_shadow: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compat_mode: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_id: Option<i64>,
    id: i64,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Words<'a> {
    #[serde(default, rename = "type")]
    kind: u8,
    #[serde(borrow)]
    text_content: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_id: Option<i64>,
    id: i64,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Doctype<'a> {
    #[serde(default, rename = "type")]
    kind: u8,
    #[serde(borrow)]
    name: Text<'a>,
    public_id: Text<'a>,
    system_id: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root_id: Option<i64>,
    id: i64,
}
