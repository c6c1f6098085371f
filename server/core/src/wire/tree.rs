//! Serialized nodes, as the recorder writes them: flat and in document order, however deep the page is.

use std::borrow::Cow;
use std::ops::Range;

use super::decode::EventRefusal;
use super::json::{First, Peek, Reader};
use crate::limits::Limits;

/// One value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum RawValue<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A finite number.
    Number(f64),
    /// A truth value.
    Bool(bool),
    /// `null`: in a mutation, the attribute is gone.
    Null,
}

/// rrweb's node types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawKind {
    /// 0
    Document,
    /// 1
    Doctype,
    /// 2
    Element,
    /// 3 and 4
    Text,
    /// 5
    Comment,
}

/// One node; its parent, if it has one there, stands before it in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct RawNode<'a> {
    /// Index of the parent in the list; `None` for a top.
    pub parent: Option<u32>,
    /// Its type.
    pub kind: RawKind,
    /// The recorder's number, not yet checked.
    pub id: i64,
    /// Tag name or doctype name.
    pub name: Cow<'a, str>,
    /// Text content.
    pub text: Cow<'a, str>,
    /// Its attributes in [`RawTree::attributes`]; a doctype's identifiers stand there too.
    pub attributes: Range<u32>,
    /// `isSVG`
    pub is_svg: bool,
    /// `isCustom`: a defined custom element.
    pub is_custom: bool,
    /// `isShadowHost`
    pub is_shadow_host: bool,
    /// `isShadow`: a direct child of its parent's shadow root.
    pub in_shadow_root: bool,
    /// `compatMode` is there and not `CSS1Compat`.
    pub is_quirks: bool,
}

/// Nodes, each with all beneath it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawTree<'a> {
    /// In document order; of a page the first is the top of all others.
    pub nodes: Vec<RawNode<'a>>,
    /// Attributes of all nodes.
    pub attributes: Vec<(Cow<'a, str>, RawValue<'a>)>,
}

impl<'a> RawTree<'a> {
    /// The attributes of a node of this tree.
    #[must_use]
    pub fn attributes_of(&self, node: &RawNode<'a>) -> &[(Cow<'a, str>, RawValue<'a>)] {
        self.attributes.get(node.attributes.start as usize..node.attributes.end as usize).unwrap_or_default()
    }
}

#[derive(Debug)]
struct Frame {
    node: usize,
    keys: First,
    children: Option<First>,
    has_type: bool,
    has_id: bool,
}

/// A node with its attributes seldom takes fewer bytes on the wire.
const NODE_BYTES_MIN: usize = 96;

/// Reads nodes, one with all beneath it after the other, into one list.
#[derive(Debug, Default)]
pub(super) struct Nodes<'a> {
    pub(super) tree: RawTree<'a>,
    /// The nodes that are being read.
    open: Vec<Frame>,
    /// Where those that are read now begin.
    start: usize,
}

impl<'a> Nodes<'a> {
    /// Makes room for all that may be left to read.
    pub(super) fn reserve(&mut self, reader: &Reader<'a>, limits: &Limits) {
        let nodes = (reader.rest_bytes() / NODE_BYTES_MIN).min(limits.nodes);
        self.tree.nodes.reserve(nodes);
        self.tree.attributes.reserve(nodes);
    }

    /// Reads one node with all beneath it, and says where they stand; the depth is checked before each level is entered.
    pub(super) fn read(&mut self, reader: &mut Reader<'a>, limits: &Limits) -> Result<Range<usize>, EventRefusal> {
        self.start = self.tree.nodes.len();
        self.open.clear();
        enter(reader, self, limits)?;
        while let Some(frame) = self.open.last_mut() {
            if let Some(children) = &mut frame.children {
                if reader.item(children)? {
                    enter(reader, self, limits)?;
                    continue;
                }
                frame.children = None;
                if let Some(node) = self.tree.nodes.get_mut(frame.node) {
                    usual_end(reader, node, frame)?;
                }
            }
            match reader.key(&mut frame.keys)? {
                Some(key) if key == "childNodes" => frame.children = Some(reader.begin_array()?),
                Some(key) => field(reader, &mut self.tree, frame, &key, limits)?,
                None => {
                    if !frame.has_type || !frame.has_id {
                        return Err(EventRefusal::Malformed);
                    }
                    self.open.pop();
                }
            }
        }
        Ok(self.start..self.tree.nodes.len())
    }
}

fn enter<'a>(reader: &mut Reader<'a>, nodes: &mut Nodes<'a>, limits: &Limits) -> Result<(), EventRefusal> {
    let Nodes { tree, open, start } = nodes;
    if open.len() >= limits.depth {
        return Err(EventRefusal::Limit("depth"));
    }
    if tree.nodes.len() - *start >= limits.nodes {
        return Err(EventRefusal::Limit("nodes"));
    }
    let keys = reader.begin_object()?;
    let parent = open.last().and_then(|frame| u32::try_from(frame.node).ok());
    let mut frame = Frame { node: tree.nodes.len(), keys, children: None, has_type: false, has_id: false };
    tree.nodes.push(RawNode {
        parent,
        kind: RawKind::Comment,
        id: 0,
        name: Cow::Borrowed(""),
        text: Cow::Borrowed(""),
        attributes: 0..0,
        is_svg: false,
        is_custom: false,
        is_shadow_host: false,
        in_shadow_root: false,
        is_quirks: false,
    });
    usual_fields(reader, tree, &mut frame, limits)?;
    open.push(frame);
    Ok(())
}

/// Takes what recorders write of an element or a text, in the order in which they write it. What stands otherwise is left
/// to [`field`].
fn usual_fields<'a>(
    reader: &mut Reader<'a>,
    tree: &mut RawTree<'a>,
    frame: &mut Frame,
    limits: &Limits,
) -> Result<(), EventRefusal> {
    let Some(node) = tree.nodes.get_mut(frame.node) else { return Ok(()) };
    if reader.word(r#""type":2,"tagName":"#) {
        (node.kind, frame.has_type, frame.keys) = (RawKind::Element, true, First::GONE);
        node.name = reader.text()?;
        if reader.word(r#","attributes":"#) {
            node.attributes = attributes(reader, &mut tree.attributes, limits)?;
        }
        if reader.word(r#","childNodes":[]"#) {
            usual_end(reader, node, frame)?;
        } else if reader.word(r#","childNodes":"#) {
            frame.children = Some(reader.begin_array()?);
        }
    } else if reader.word(r#""type":3,"textContent":"#) {
        (node.kind, frame.has_type, frame.keys) = (RawKind::Text, true, First::GONE);
        node.text = text_content(reader, limits)?;
        usual_end(reader, node, frame)?;
    }
    Ok(())
}

/// As [`usual_fields`], of what stands behind the children; the id comes last.
fn usual_end(reader: &mut Reader<'_>, node: &mut RawNode<'_>, frame: &mut Frame) -> Result<(), EventRefusal> {
    node.is_svg |= reader.word(r#","isSVG":true"#);
    if reader.word(r#","id":"#) {
        node.id = reader.integer()?;
        frame.has_id = true;
    }
    Ok(())
}

fn field<'a>(
    reader: &mut Reader<'a>,
    tree: &mut RawTree<'a>,
    frame: &mut Frame,
    key: &str,
    limits: &Limits,
) -> Result<(), EventRefusal> {
    let Some(node) = tree.nodes.get_mut(frame.node) else { return Err(EventRefusal::Malformed) };
    match key {
        "type" => {
            node.kind = kind(reader.integer()?)?;
            frame.has_type = true;
        }
        "id" => {
            node.id = reader.integer()?;
            frame.has_id = true;
        }
        "tagName" | "name" => node.name = reader.text()?,
        "textContent" => node.text = text_content(reader, limits)?,
        "attributes" => node.attributes = attributes(reader, &mut tree.attributes, limits)?,
        "publicId" | "systemId" => {
            let start = u32::try_from(tree.attributes.len()).map_err(|_| EventRefusal::Limit("attributes"))?;
            let name = if key == "publicId" { "publicId" } else { "systemId" };
            let value = RawValue::Text(bounded(reader.text()?, limits)?);
            tree.attributes.push((Cow::Borrowed(name), value));
            if node.attributes.is_empty() {
                node.attributes = start..start;
            }
            node.attributes.end = start + 1;
        }
        "isSVG" => node.is_svg = flag(reader)?,
        "isCustom" => node.is_custom = flag(reader)?,
        "isShadowHost" => node.is_shadow_host = flag(reader)?,
        "isShadow" => node.in_shadow_root = flag(reader)?,
        "compatMode" => node.is_quirks = reader.text()? != "CSS1Compat",
        _ => {
            reader.skip()?;
        }
    }
    Ok(())
}

fn text_content<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Cow<'a, str>, EventRefusal> {
    if reader.null()? { Ok(Cow::Borrowed("")) } else { bounded(reader.text()?, limits) }
}

fn kind(number: i64) -> Result<RawKind, EventRefusal> {
    Ok(match number {
        0 => RawKind::Document,
        1 => RawKind::Doctype,
        2 => RawKind::Element,
        3 | 4 => RawKind::Text,
        5 => RawKind::Comment,
        _ => return Err(EventRefusal::Malformed),
    })
}

fn flag(reader: &mut Reader<'_>) -> Result<bool, EventRefusal> {
    if reader.null()? {
        return Ok(false);
    }
    Ok(reader.boolean()?)
}

pub(super) fn bounded<'a>(text: Cow<'a, str>, limits: &Limits) -> Result<Cow<'a, str>, EventRefusal> {
    if text.len() > limits.text_bytes { Err(EventRefusal::Limit("text_bytes")) } else { Ok(text) }
}

/// Reads an attribute object onto the list and says where it stands there.
fn attributes<'a>(
    reader: &mut Reader<'a>,
    list: &mut Vec<(Cow<'a, str>, RawValue<'a>)>,
    limits: &Limits,
) -> Result<Range<u32>, EventRefusal> {
    let place = |at: usize| u32::try_from(at).map_err(|_| EventRefusal::Limit("attributes"));
    let start = list.len();
    let mut keys = reader.begin_object()?;
    while let Some(name) = reader.key(&mut keys)? {
        if list.len() - start >= limits.attributes_per_element {
            return Err(EventRefusal::Limit("attributes_per_element"));
        }
        let value = value(reader, limits)?;
        list.push((name, value));
    }
    Ok(place(start)?..place(list.len())?)
}

/// Reads an attribute's value. An object or array is nothing that a snapshot's attribute may hold.
pub(super) fn value<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<RawValue<'a>, EventRefusal> {
    Ok(match reader.peek()? {
        Peek::Text => RawValue::Text(bounded(reader.text()?, limits)?),
        Peek::Number => RawValue::Number(reader.number()?),
        Peek::Bool => RawValue::Bool(reader.boolean()?),
        Peek::Null => {
            reader.null()?;
            RawValue::Null
        }
        Peek::Object | Peek::Array => return Err(EventRefusal::Malformed),
    })
}
