//! Names of elements and attributes, those met lately at hand.
//!
//! Finding a name in the table of all names costs more than all else that is done with it; a page uses few names.

use html5ever::LocalName;

use super::build::{attribute_name, element_name};
use crate::limits::Limits;
use crate::mirror::Namespace;

/// Names remembered of each kind.
const NAMES: usize = 64;

/// Fewer nodes than this are not worth remembering names for.
const WORTH_NODES: usize = 16;

/// As written, its namespace, and as it is kept.
type Known<'r, T> = Vec<(&'r str, Namespace, T)>;

/// See the module.
pub(super) struct Names<'r> {
    elements: Known<'r, LocalName>,
    /// `None`: a name that is not kept.
    attributes: Known<'r, Option<LocalName>>,
}

impl<'r> Names<'r> {
    /// For an event with so many nodes.
    pub(super) fn for_nodes(nodes: usize) -> Self {
        let names = if nodes < WORTH_NODES { 0 } else { NAMES };
        Self {
            elements: vec![("", Namespace::Html, LocalName::default()); names],
            attributes: vec![("", Namespace::Html, None); names],
        }
    }

    /// See [`element_name`].
    pub(super) fn element(&mut self, name: &'r str, namespace: Namespace, limits: &Limits) -> LocalName {
        find(&mut self.elements, name, namespace, || element_name(name, namespace, limits))
    }

    /// See [`attribute_name`].
    pub(super) fn attribute(&mut self, name: &'r str, namespace: Namespace, limits: &Limits) -> Option<LocalName> {
        find(&mut self.attributes, name, namespace, || attribute_name(name, namespace, limits))
    }
}

fn find<'r, T: Clone>(known: &mut Known<'r, T>, name: &'r str, namespace: Namespace, look: impl Fn() -> T) -> T {
    let Some(place) = known.get_mut(place(name)) else { return look() };
    if name.is_empty() || (place.0, place.1) != (name, namespace) {
        *place = (name, namespace, look());
    }
    place.2.clone()
}

/// Where a name is remembered: by its length, first and last byte.
fn place(name: &str) -> usize {
    let bytes = name.as_bytes();
    let (first, last) = (bytes.first().copied().unwrap_or_default(), bytes.last().copied().unwrap_or_default());
    (usize::from(first) * 7 + usize::from(last) * 3 + bytes.len() * 5) % NAMES
}
