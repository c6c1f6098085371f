//! Maps from what selectors name (ids, classes, attributes, elements) to what is known of it, looked up by node.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use html5ever::{LocalName, local_name};
use precomputed_hash::PrecomputedHash;
use selectors::parser::Component;

use super::syntax::{self, Rules};
use super::uncased::UncasedMap;
use crate::mirror::{Namespace, Node, Value};

/// Something that a selector wants an element to have. The rarer on pages is the greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// An element's name, in lower case.
    Element(LocalName),
    /// An attribute's name, in lower case.
    Attribute(LocalName),
    Class(String),
    Id(String),
}

impl Key {
    /// What one part of a selector wants; `None` for parts that name nothing.
    pub(super) fn of(part: &Component<Rules>) -> Option<Self> {
        match part {
            Component::ID(id) => Some(Self::Id(id.as_ref().to_owned())),
            Component::Class(class) => Some(Self::Class(class.as_ref().to_owned())),
            Component::LocalName(name) => Some(Self::Element(name.lower_name.0.clone())),
            _ => syntax::attribute_of(part).cloned().map(Self::Attribute),
        }
    }
}

/// A value for each key.
#[derive(Debug)]
pub(super) struct Words<T> {
    ids: UncasedMap<T>,
    classes: UncasedMap<T>,
    attributes: HashMap<LocalName, T, FixedState>,
    elements: HashMap<LocalName, T, FixedState>,
    element_names: NameFilter,
    attribute_names: NameFilter,
}

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self {
            ids: UncasedMap::default(),
            classes: UncasedMap::default(),
            attributes: HashMap::default(),
            elements: HashMap::default(),
            element_names: NameFilter::default(),
            attribute_names: NameFilter::default(),
        }
    }
}

impl<T> Words<T> {
    /// The key's value, made from `first` if there is none.
    pub(super) fn entry(&mut self, key: Key, first: impl FnOnce() -> T) -> &mut T {
        match key {
            Key::Id(id) => self.ids.entry(&id, first),
            Key::Class(class) => self.classes.entry(&class, first),
            Key::Element(name) => {
                self.element_names.add(&name);
                self.elements.entry(name).or_insert_with(first)
            }
            Key::Attribute(name) => {
                self.attribute_names.add(&name);
                self.attributes.entry(name).or_insert_with(first)
            }
        }
    }

    /// Hands the value of each key that the element has to `found`; a class written twice is found twice.
    pub(super) fn each<'a>(&'a self, node: &Node, mut found: impl FnMut(&'a T)) {
        let Some((name, namespace)) = node.element() else { return };
        if namespace != Namespace::Html || self.element_names.may_hold(name) {
            get_lower(&self.elements, name, namespace).into_iter().for_each(&mut found);
        }
        for attribute in node.attributes() {
            if namespace != Namespace::Html || self.attribute_names.may_hold(&attribute.name) {
                get_lower(&self.attributes, &attribute.name, namespace).into_iter().for_each(&mut found);
            }
            match (&attribute.name, &attribute.value) {
                (&local_name!("id"), Value::Text(id)) if !self.ids.is_empty() => {
                    self.ids.get(id).into_iter().for_each(&mut found);
                }
                (&local_name!("class"), Value::Text(classes)) if !self.classes.is_empty() => {
                    let known = classes.split_ascii_whitespace().filter_map(|class| self.classes.get(class));
                    known.for_each(&mut found);
                }
                _ => {}
            }
        }
    }
}

/// A name's value; outside HTML names may be written in any case.
fn get_lower<'a, T>(
    values: &'a HashMap<LocalName, T, FixedState>,
    name: &LocalName,
    namespace: Namespace,
) -> Option<&'a T> {
    if namespace != Namespace::Html && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        values.get(&LocalName::from(name.to_ascii_lowercase()))
    } else {
        values.get(name)
    }
}

/// Sixty-four bits that tell most names that are not there.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NameFilter(u64);

impl NameFilter {
    pub(super) fn add(&mut self, name: &LocalName) {
        self.0 |= Self::bit(name);
    }

    pub(super) fn may_hold(self, name: &LocalName) -> bool {
        self.0 & Self::bit(name) != 0
    }

    fn bit(name: &LocalName) -> u64 {
        1 << (name.precomputed_hash() % 64)
    }
}
