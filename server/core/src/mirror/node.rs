//! One node of the mirror.

use std::borrow::Cow;

use html5ever::LocalName;

use crate::ids::NodeId;
use crate::restrict::{Verdict, Withheld};

/// A node's place in the arena: a 32-bit index with one value that means "none".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(u32);

impl Slot {
    /// No node.
    pub const NONE: Self = Self(u32::MAX);

    #[inline]
    pub(super) fn at(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    #[inline]
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    /// `None` for [`Slot::NONE`].
    #[must_use]
    #[inline]
    pub fn some(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }
}

/// The namespaces that rrweb can tell apart, and MathML, which only HTML input can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// HTML, and every name that the recorder did not mark.
    Html,
    /// SVG (`isSVG` on the wire).
    Svg,
    /// MathML.
    MathMl,
}

/// How a document lays out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentMode {
    /// Standards mode.
    Standards,
    /// `BackCompat`.
    Quirks,
}

/// What a node is, with what only this kind has.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A document: the page's own, or a same-origin frame's beneath its frame element.
    Document(DocumentMode),
    /// A doctype. A page has one, so it is kept apart.
    Doctype(Box<Doctype>),
    /// An element.
    Element {
        /// Lower case in HTML; as written in SVG and MathML.
        name: LocalName,
        /// Its namespace.
        namespace: Namespace,
        /// In the order in which the page has them, each name once.
        attributes: Box<[Attribute]>,
        /// What else is known of it.
        marks: Marks,
    },
    /// Text, or CDATA.
    Text(Box<str>),
    /// A comment. Its text is never kept.
    Comment,
}

/// What a page's script made of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// It has a shadow root.
    pub is_shadow_host: bool,
    /// A custom element that the page has defined.
    pub is_custom: bool,
}

/// What a doctype says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doctype {
    /// `html` in all pages of today.
    pub name: Box<str>,
    /// Public identifier, often empty.
    pub public_id: Box<str>,
    /// System identifier, often empty.
    pub system_id: Box<str>,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// As recorded; `xlink:href` is one name.
    pub name: LocalName,
    /// Its value.
    pub value: Value,
}

/// An attribute's value: rrweb writes text, numbers and truth values.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(Box<str>),
    /// A finite number: `rr_scrollTop`, media times.
    Number(f64),
    /// `checked`, `selected`, `rr_mediaMuted`.
    Bool(bool),
    /// Text that is masked and gone, of an attribute that rules read.
    Withheld(Box<Withheld>),
}

impl Value {
    /// The value as a browser's attribute text; `true` is the empty text of a bare attribute.
    #[must_use]
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Bool(_) => Cow::Borrowed(""),
            Self::Withheld(withheld) => Cow::Borrowed(withheld.shown().unwrap_or_default()),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Number(_) | Self::Bool(_) => 0,
            Self::Withheld(withheld) => withheld.bytes(),
        }
    }
}

/// One node and its links.
#[derive(Debug, Clone)]
pub struct Node {
    /// The recorder's number.
    pub id: NodeId,
    /// What it is.
    pub kind: Kind,
    /// A direct child of its parent's shadow root.
    pub in_shadow_root: bool,
    /// What the restrictions say of it, inherited and remembered judgements included.
    pub verdict: Verdict,
    /// Agents have it: it was in the last keyframe or was added since.
    pub sent: bool,
    /// Level in the tree; the main document is 1. A frame's document counts on from its frame.
    pub depth: u16,
    pub(super) parent: Slot,
    pub(super) first: Slot,
    /// Of a first child it is the last one, so that a parent need not hold both.
    pub(super) previous: Slot,
    pub(super) next: Slot,
    /// The document that it belongs to; a document belongs to itself.
    pub(super) document: Slot,
}

/// A page has many: each byte more is seen in what a session needs.
const _: () = assert!(size_of::<Option<Node>>() <= 64);

/// What an attribute weighs beside its text, so that many empty ones are not for nothing.
pub(super) const ATTRIBUTE_BYTES: usize = size_of::<Attribute>();

impl Node {
    /// A node that stands nowhere yet.
    #[must_use]
    pub fn new(id: NodeId, kind: Kind) -> Self {
        Self {
            id,
            kind,
            in_shadow_root: false,
            verdict: Verdict::default(),
            sent: false,
            depth: 0,
            parent: Slot::NONE,
            first: Slot::NONE,
            previous: Slot::NONE,
            next: Slot::NONE,
            document: Slot::NONE,
        }
    }

    /// The document that it belongs to.
    #[must_use]
    #[inline]
    pub fn document(&self) -> Option<Slot> {
        self.document.some()
    }

    /// The element's name and namespace.
    #[must_use]
    #[inline]
    pub fn element(&self) -> Option<(&LocalName, Namespace)> {
        match &self.kind {
            Kind::Element { name, namespace, .. } => Some((name, *namespace)),
            _ => None,
        }
    }

    /// What else is known of an element; nothing of other kinds.
    #[must_use]
    #[inline]
    pub fn marks(&self) -> Marks {
        match &self.kind {
            Kind::Element { marks, .. } => *marks,
            _ => Marks::default(),
        }
    }

    /// As [`Node::marks`], to change them.
    pub fn marks_mut(&mut self) -> Option<&mut Marks> {
        match &mut self.kind {
            Kind::Element { marks, .. } => Some(marks),
            _ => None,
        }
    }

    /// Whether it is an HTML element of this name.
    #[must_use]
    #[inline]
    pub fn is_html(&self, wanted: &LocalName) -> bool {
        matches!(&self.kind, Kind::Element { name, namespace: Namespace::Html, .. } if name == wanted)
    }

    /// The element's attributes; empty for other kinds.
    #[must_use]
    #[inline]
    pub fn attributes(&self) -> &[Attribute] {
        match &self.kind {
            Kind::Element { attributes, .. } => attributes,
            _ => &[],
        }
    }

    /// One attribute's value.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes().iter().find(|attribute| &*attribute.name == name).map(|attribute| &attribute.value)
    }

    /// One attribute's text, where it is text.
    #[must_use]
    pub fn attribute_text(&self, name: &str) -> Option<&str> {
        match self.attribute(name) {
            Some(Value::Text(text)) => Some(text),
            Some(Value::Bool(true)) => Some(""),
            Some(Value::Withheld(withheld)) => Some(withheld.shown().unwrap_or_default()),
            Some(Value::Number(_) | Value::Bool(false)) | None => None,
        }
    }

    /// A text node's text.
    #[must_use]
    #[inline]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a document.
    #[must_use]
    #[inline]
    pub fn is_document(&self) -> bool {
        matches!(self.kind, Kind::Document(_))
    }

    /// What its text and attribute values weigh.
    pub(crate) fn bytes(&self) -> usize {
        match &self.kind {
            Kind::Text(text) => text.len(),
            Kind::Element { attributes, .. } => attributes.iter().map(|a| ATTRIBUTE_BYTES + a.value.bytes()).sum(),
            Kind::Doctype(_) | Kind::Document(_) | Kind::Comment => 0,
        }
    }
}
