//! Selectors by what their subject must have and what must stand above it, so that a node is tried only on those that
//! it might match.

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use html5ever::LocalName;
use selectors::parser::{Component, Selector};

use super::ancestors::{Above, AncestorWords, Bits, Wanted};
use super::fixed;
use super::syntax::Rules;
use super::words::{Key, NameFilter, Words};
use crate::mirror::{Mirror, Slot};

/// Selectors by id, class, attribute or element name, the rarest of these that the subject must have.
#[derive(Debug, Default)]
pub(super) struct Index {
    subjects: Words<List>,
    /// Those whose subject may be anything.
    universal: List,
    above: AncestorWords,
    fixed: HashSet<LocalName, FixedState>,
    fixed_names: NameFilter,
}

/// Selectors with the same subject.
#[derive(Debug, Default)]
struct List {
    /// Those that want nothing above, or nothing that can be named.
    plain: Vec<u32>,
    /// The others, by the rarest word that they want above.
    under: Vec<(Bits, Vec<(u32, Wanted)>)>,
    /// All these rarest words together.
    any: Bits,
}

/// What one walk knows of the nodes it has come through.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// A single node is judged: its ancestors are not worth a look.
    is_single: bool,
    above: Above,
    /// Selectors that the present node was tried on.
    tried: HashSet<u32, FixedState>,
}

impl Trail {
    /// For one node only.
    pub(super) fn single() -> Self {
        Self { is_single: true, ..Self::default() }
    }
}

impl Index {
    pub(super) fn new<'a>(selectors: impl Iterator<Item = &'a Selector<Rules>>) -> Self {
        let mut index = Self::default();
        for name in fixed::attributes().map(LocalName::from) {
            index.fixed_names.add(&name);
            index.fixed.insert(name);
        }
        for (at, selector) in (0..).zip(selectors) {
            let wanted = index.above.note(selector);
            match keys_of(selector) {
                Some(keys) => keys.into_iter().for_each(|key| index.subjects.entry(key, List::default).add(at, wanted)),
                None => index.universal.add(at, wanted),
            }
        }
        index
    }

    /// Whether a fixed rule reads attributes of this name.
    pub(super) fn is_fixed(&self, name: &LocalName) -> bool {
        self.fixed_names.may_hold(name) && self.fixed.contains(name)
    }

    /// Hands every selector that the element might match to `found`, each once.
    pub(super) fn candidates(&self, mirror: &Mirror, slot: Slot, trail: &mut Trail, mut found: impl FnMut(u32)) {
        let Some(node) = mirror.get(slot) else { return };
        let Trail { is_single, above, tried } = trail;
        tried.clear();
        let mut words = is_single.then_some(Bits::ALL);
        let mut once = |at| {
            if tried.insert(at) {
                found(at);
            }
        };
        let mut look = |list: &List| {
            list.plain.iter().copied().for_each(&mut once);
            if !list.under.is_empty() {
                let words = *words.get_or_insert_with(|| above.of(slot, mirror, &self.above));
                list.under(words, &mut once);
            }
        };
        look(&self.universal);
        self.subjects.each(node, look);
    }
}

impl List {
    fn add(&mut self, at: u32, wanted: Wanted) {
        if wanted == Wanted::default() {
            self.plain.push(at);
            return;
        }
        self.any.add(wanted.rarest);
        match self.under.iter_mut().find(|(rarest, _)| *rarest == wanted.rarest) {
            Some((_, list)) => list.push((at, wanted)),
            None => self.under.push((wanted.rarest, vec![(at, wanted)])),
        }
    }

    /// Those that want nothing above but what `words` may hold.
    fn under(&self, words: Bits, found: &mut impl FnMut(u32)) {
        if !words.meets(self.any) {
            return;
        }
        for (_, list) in self.under.iter().filter(|(rarest, _)| words.has(*rarest)) {
            list.iter().filter(|(_, wanted)| words.has(wanted.all)).for_each(|(at, _)| found(*at));
        }
    }
}

/// What the subject must have one of; `None` where nothing of the kind can be said.
///
/// Recurses once a level of parentheses, which parsing bounds.
fn keys_of(selector: &Selector<Rules>) -> Option<Vec<Key>> {
    selector.iter().filter_map(keys_of_part).max_by_key(|keys| rarity(keys))
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
    match part {
        Component::Is(list) | Component::Where(list) => {
            let each = list.slice().iter().map(keys_of).collect::<Option<Vec<_>>>()?;
            Some(each.into_iter().flatten().collect())
        }
        _ => Key::of(part).map(|key| vec![key]),
    }
}
