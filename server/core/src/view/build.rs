//! From serialized nodes to nodes of the mirror.

use std::borrow::Cow;
use std::ops::Range;

use html5ever::LocalName;

use super::Refusal;
use super::names::Names;
use crate::ids::NodeId;
use crate::limits::Limits;
use crate::mirror::{Attribute, Doctype, DocumentMode, Kind, Marks, Mirror, Namespace, Node, Slot, Value};
use crate::report::Report;
use crate::sanitize::canvas_data_url_again;
use crate::wire::EventRefusal;
use crate::wire::tree::{RawKind, RawNode, RawTree, RawValue};

/// Where a tree is put.
pub(super) enum Place {
    /// It is the page.
    Root,
    /// Under a parent, before a sibling.
    Under(Slot, Slot),
}

/// Puts the trees of one event into the mirror.
pub(super) struct Builder<'r> {
    raw: &'r RawTree<'r>,
    names: Names<'r>,
    /// Where the nodes of the present tree stand.
    slots: Vec<Slot>,
}

impl<'r> Builder<'r> {
    /// Makes room for all nodes.
    pub(super) fn new(raw: &'r RawTree<'r>, mirror: &mut Mirror) -> Self {
        mirror.reserve(raw.nodes.len());
        Self { raw, names: Names::for_nodes(raw.nodes.len()), slots: Vec::new() }
    }

    /// Puts one tree in, parents first, and gives its top. On an error, what was put in before it stays: the caller throws
    /// the mirror away or takes the top back.
    pub(super) fn tree(
        &mut self,
        mirror: &mut Mirror,
        nodes: Range<usize>,
        place: &Place,
        limits: &Limits,
        report: &mut Report,
    ) -> Result<Slot, (Refusal, Option<Slot>)> {
        self.slots.clear();
        for node in self.raw.nodes.get(nodes.clone()).unwrap_or_default() {
            let made =
                make(self.raw, node, &mut self.names, limits, report).map_err(|error| self.fail(error.into()))?;
            let parent = node.parent.and_then(|parent| (parent as usize).checked_sub(nodes.start));
            let slot = match (parent.and_then(|parent| self.slots.get(parent)), place) {
                (Some(parent), _) => mirror.add(made, *parent, Slot::NONE),
                (None, Place::Under(parent, before)) => mirror.add(made, *parent, *before),
                (None, Place::Root) => mirror.create(made).and_then(|slot| mirror.set_root(slot).map(|()| slot)),
            };
            self.slots.push(slot.map_err(|error| self.fail(error.into()))?);
        }
        self.slots.first().copied().ok_or_else(|| self.fail(EventRefusal::Malformed.into()))
    }

    fn fail(&self, refusal: Refusal) -> (Refusal, Option<Slot>) {
        (refusal, self.slots.first().copied())
    }
}

fn make<'r>(
    raw: &'r RawTree<'_>,
    node: &'r RawNode<'_>,
    names: &mut Names<'r>,
    limits: &Limits,
    report: &mut Report,
) -> Result<Node, EventRefusal> {
    let id = NodeId::new(node.id).ok_or(EventRefusal::Malformed)?;
    let kind = match node.kind {
        RawKind::Document => {
            Kind::Document(if node.is_quirks { DocumentMode::Quirks } else { DocumentMode::Standards })
        }
        RawKind::Doctype => {
            Kind::Doctype(Box::new(Doctype { name: "html".into(), public_id: "".into(), system_id: "".into() }))
        }
        RawKind::Element => {
            let namespace = if node.is_svg { Namespace::Svg } else { Namespace::Html };
            let name = names.element(&node.name, namespace, limits);
            Kind::Element {
                name,
                namespace,
                attributes: attributes(raw.attributes_of(node), node, names, limits, report),
                marks: Marks { is_shadow_host: node.is_shadow_host, is_custom: node.is_custom },
            }
        }
        RawKind::Text => Kind::Text(node.text.as_ref().into()),
        RawKind::Comment => Kind::Comment,
    };
    let mut made = Node::new(id, kind);
    made.in_shadow_root = node.in_shadow_root;
    Ok(made)
}

/// The name to keep an element under.
pub(super) fn element_name(name: &str, namespace: Namespace, limits: &Limits) -> LocalName {
    if name.len() > limits.name_bytes {
        return LocalName::from("span");
    }
    if namespace == Namespace::Html && name.bytes().any(|b| b.is_ascii_uppercase()) {
        return LocalName::from(name.to_ascii_lowercase());
    }
    LocalName::from(name)
}

fn attributes<'r>(
    recorded: &'r [(Cow<'_, str>, RawValue<'_>)],
    node: &RawNode<'_>,
    names: &mut Names<'r>,
    limits: &Limits,
    report: &mut Report,
) -> Box<[Attribute]> {
    let namespace = if node.is_svg { Namespace::Svg } else { Namespace::Html };
    let mut made: Vec<Attribute> = Vec::new();
    made.reserve_exact(recorded.len());
    for (name, value) in recorded {
        let (Some(name), Some(mut value)) = (names.attribute(name, namespace, limits), attribute_value(value)) else {
            continue;
        };
        if &*name == PICTURE {
            match own_picture(node, &value, limits) {
                Ok(picture) => value = picture,
                Err(reason) => {
                    report.removed(reason);
                    continue;
                }
            }
        }
        match made.iter_mut().find(|attribute| attribute.name == name) {
            Some(known) => known.value = value,
            None => made.push(Attribute { name, value }),
        }
    }
    made.into_boxed_slice()
}

/// The recorder's attribute for the picture of a canvas.
pub(super) const PICTURE: &str = "rr_dataURL";

/// What a canvas showed when it was recorded, checked and written anew. Pictures of other elements have an address.
fn own_picture(node: &RawNode<'_>, value: &Value, limits: &Limits) -> Result<Value, &'static str> {
    match value {
        Value::Text(url) if !node.is_svg && node.name.eq_ignore_ascii_case("canvas") => {
            Ok(Value::Text(canvas_data_url_again(url, limits)?.into()))
        }
        _ => Err("attribute:not-listed"),
    }
}

/// The name to keep an attribute under; `None` for those that are never kept: handlers, `srcdoc`, `nonce`, and names
/// that no element has.
pub(super) fn attribute_name(name: &str, namespace: Namespace, limits: &Limits) -> Option<LocalName> {
    if name.len() > limits.name_bytes {
        return None;
    }
    let is_upper = name.bytes().any(|b| b.is_ascii_uppercase());
    let name = if is_upper && namespace == Namespace::Html && !name.starts_with("rr_") && name != "_cssText" {
        LocalName::from(name.to_ascii_lowercase())
    } else {
        LocalName::from(name)
    };
    let is_handler = name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on"));
    (!is_handler && !matches!(&*name, "srcdoc" | "nonce" | "")).then_some(name)
}

/// `None` for `null`.
pub(super) fn attribute_value(value: &RawValue<'_>) -> Option<Value> {
    match value {
        RawValue::Text(text) => Some(Value::Text(text.as_ref().into())),
        RawValue::Number(number) => Some(Value::Number(*number)),
        RawValue::Bool(value) => Some(Value::Bool(*value)),
        RawValue::Null => None,
    }
}
