//! What selectors want above a node, as bits: a selector is not tried where a word it wants stands in no ancestor.

use selectors::parser::{Combinator, Component, Selector};

use super::syntax::Rules;
use super::words::{Key, Words};
use crate::mirror::{Mirror, Slot};

/// Some words, each one bit; words may share a bit. Only a bit that is missing says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bits(u128);

impl Bits {
    /// As if every word were there.
    pub(super) const ALL: Self = Self(u128::MAX);

    pub(super) fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The words that selectors want in ancestors.
#[derive(Debug, Default)]
pub(super) struct AncestorWords {
    words: Words<Bits>,
    count: u32,
}

/// What one selector wants above its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wanted {
    /// All of it.
    pub(super) all: Bits,
    /// The rarest part; no bit where nothing is wanted.
    pub(super) rarest: Bits,
}

impl AncestorWords {
    /// Notes what a selector wants above its subject.
    ///
    /// A part right before a child or descendant combinator belongs to an ancestor of the subject, whatever stands
    /// further right: siblings share their ancestors.
    pub(super) fn note(&mut self, selector: &Selector<Rules>) -> Wanted {
        let mut above = false;
        let mut keys = Vec::new();
        for part in selector.iter_raw_match_order() {
            match part {
                Component::Combinator(combinator) => {
                    above = matches!(combinator, Combinator::Child | Combinator::Descendant);
                }
                _ if above => keys.extend(Key::of(part)),
                _ => {}
            }
        }
        keys.sort_unstable();
        let mut wanted = Wanted::default();
        for key in keys {
            wanted.rarest = self.bit(key);
            wanted.all.add(wanted.rarest);
        }
        wanted
    }

    fn bit(&mut self, key: Key) -> Bits {
        let count = &mut self.count;
        *self.words.entry(key, || {
            *count += 1;
            Bits(1 << (*count % u128::BITS))
        })
    }
}

/// The words above the node judged last, kept while a walk goes on.
#[derive(Debug, Default)]
pub(super) struct Above {
    /// The node's ancestors from the document down, each with the words in it and above it.
    chain: Vec<(Slot, Bits)>,
    missing: Vec<Slot>,
}

impl Above {
    /// The words in `slot`'s ancestors. In a walk in document order this looks at each ancestor once.
    pub(super) fn of(&mut self, slot: Slot, mirror: &Mirror, known: &AncestorWords) -> Bits {
        let mut keep = 0;
        for above in mirror.ancestors(slot) {
            let level = mirror.get(above).map_or(0, |node| usize::from(node.depth));
            if level > 0 && self.chain.get(level - 1).is_some_and(|(there, _)| *there == above) {
                keep = level;
                break;
            }
            self.missing.push(above);
        }
        self.chain.truncate(keep);
        while let Some(above) = self.missing.pop() {
            let mut words = self.chain.last().map(|(_, words)| *words).unwrap_or_default();
            if let Some(node) = mirror.get(above) {
                known.words.each(node, |word| words.add(*word));
            }
            self.chain.push((above, words));
        }
        self.chain.last().map(|(_, words)| *words).unwrap_or_default()
    }
}
