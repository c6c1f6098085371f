//! Selectors by what their subject must have, so that a node is tried only on those that it might match.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use html5ever::{LocalName, local_name};
use precomputed_hash::PrecomputedHash;
use selectors::parser::{Component, Selector};

use super::fixed;
use super::syntax::Rules;
use super::uncased::{Uncased, UncasedStr};
use crate::mirror::{Attribute, Namespace, Node};

type Bucket<K> = HashMap<K, Vec<u32>, FixedState>;

/// Selectors by id, class, attribute or element name, the rarest of these that the subject must have.
#[derive(Debug, Default)]
pub(super) struct Index {
    ids: Bucket<Uncased>,
    classes: Bucket<Uncased>,
    attributes: Bucket<LocalName>,
    elements: Bucket<LocalName>,
    /// Those whose subject may be anything.
    universal: Vec<u32>,
    fixed: HashSet<LocalName, FixedState>,
    fixed_names: NameFilter,
    attribute_names: NameFilter,
}

/// Which selectors one element has been tried on. Kept from element to element for its memory only.
#[derive(Debug, Default)]
pub(super) struct Seen(HashSet<u32, FixedState>);

/// What a subject must have. The rarer is the greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Element(LocalName),
    Attribute(LocalName),
    Class(String),
    Id(String),
}

impl Index {
    pub(super) fn new<'a>(selectors: impl Iterator<Item = &'a Selector<Rules>>) -> Self {
        let mut index = Self::default();
        for name in fixed::attributes().map(LocalName::from) {
            index.fixed_names.add(&name);
            index.fixed.insert(name);
        }
        for (at, selector) in selectors.enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            match keys_of(selector) {
                Some(keys) => keys.into_iter().for_each(|key| index.file(key, at)),
                None => index.universal.push(at),
            }
        }
        index
    }

    fn file(&mut self, key: Key, at: u32) {
        match key {
            Key::Id(id) => self.ids.entry(Uncased::new(&id)).or_default().push(at),
            Key::Class(class) => self.classes.entry(Uncased::new(&class)).or_default().push(at),
            Key::Element(name) => self.elements.entry(name).or_default().push(at),
            Key::Attribute(name) => {
                self.attribute_names.add(&name);
                self.attributes.entry(name).or_default().push(at);
            }
        }
    }

    /// Whether a fixed rule reads attributes of this name.
    pub(super) fn is_fixed(&self, name: &LocalName) -> bool {
        self.fixed_names.may_hold(name) && self.fixed.contains(name)
    }

    /// Hands every selector that the element might match to `found`, each once.
    pub(super) fn candidates(&self, node: &Node, seen: &mut Seen, mut found: impl FnMut(u32)) {
        let Some((name, namespace)) = node.element() else { return };
        seen.0.clear();
        self.universal.iter().copied().for_each(&mut found);
        let mut once = |at: &u32| {
            if seen.0.insert(*at) {
                found(*at);
            }
        };
        get_lower(&self.elements, name, namespace).iter().for_each(&mut once);
        for attribute in node.attributes() {
            if self.attribute_names.may_hold(&attribute.name) || namespace != Namespace::Html {
                get_lower(&self.attributes, &attribute.name, namespace).iter().for_each(&mut once);
            }
            self.words(attribute, &mut once);
        }
    }

    fn words<'s>(&'s self, attribute: &Attribute, once: &mut impl FnMut(&'s u32)) {
        let crate::mirror::Value::Text(text) = &attribute.value else { return };
        match attribute.name {
            local_name!("id") if !self.ids.is_empty() => {
                self.ids.get(&UncasedStr(text)).into_iter().flatten().for_each(once);
            }
            local_name!("class") if !self.classes.is_empty() => {
                let lists = text.split_ascii_whitespace().filter_map(|class| self.classes.get(&UncasedStr(class)));
                lists.flatten().for_each(once);
            }
            _ => {}
        }
    }
}

/// The list of a name; outside HTML names may be written in any case.
fn get_lower<'a>(bucket: &'a Bucket<LocalName>, name: &LocalName, namespace: Namespace) -> &'a [u32] {
    let list = if namespace != Namespace::Html && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        bucket.get(&LocalName::from(name.to_ascii_lowercase()))
    } else {
        bucket.get(name)
    };
    list.map(Vec::as_slice).unwrap_or_default()
}

/// What the subject must have one of; `None` where nothing of the kind can be said.
///
/// Recurses once a level of parentheses, which parsing bounds.
fn keys_of(selector: &Selector<Rules>) -> Option<Vec<Key>> {
    selector.iter().filter_map(keys_of_part).max_by(|one, other| rarity(one).cmp(&rarity(other)))
}

/// The commonest of its keys decides how rare a list is, then how few there are.
fn rarity(keys: &[Key]) -> (u8, usize) {
    let rank = |key: &Key| match key {
        Key::Element(_) => 0,
        Key::Attribute(_) => 1,
        Key::Class(_) => 2,
        Key::Id(_) => 3,
    };
    (keys.iter().map(rank).min().unwrap_or(0), usize::MAX - keys.len())
}

fn keys_of_part(part: &Component<Rules>) -> Option<Vec<Key>> {
    Some(vec![match part {
        Component::ID(id) => Key::Id(id.as_ref().to_owned()),
        Component::Class(class) => Key::Class(class.as_ref().to_owned()),
        Component::AttributeInNoNamespaceExists { local_name_lower, .. } => Key::Attribute(local_name_lower.0.clone()),
        Component::AttributeInNoNamespace { local_name, .. } => Key::Attribute(local_name.0.clone()),
        Component::AttributeOther(attribute) => Key::Attribute(attribute.local_name_lower.0.clone()),
        Component::LocalName(name) => Key::Element(name.lower_name.0.clone()),
        Component::Is(list) | Component::Where(list) => {
            let each = list.slice().iter().map(keys_of).collect::<Option<Vec<_>>>()?;
            return Some(each.into_iter().flatten().collect());
        }
        _ => return None,
    }])
}

/// Sixty-four bits that tell most names that are not there.
#[derive(Debug, Clone, Copy, Default)]
struct NameFilter(u64);

impl NameFilter {
    fn add(&mut self, name: &LocalName) {
        self.0 |= Self::bit(name);
    }

    fn may_hold(self, name: &LocalName) -> bool {
        self.0 & Self::bit(name) != 0
    }

    fn bit(name: &LocalName) -> u64 {
        1 << (name.precomputed_hash() % 64)
    }
}
