//! Words as map keys whose ASCII case does not matter: classes and ids match without case in quirks mode.

use std::hash::{Hash, Hasher};

use foldhash::fast::FixedState;
use hashbrown::{Equivalent, HashMap};

/// Words of sixty-four bits that outlines are kept in: so many that those of some hundred rules leave most of them empty.
const OUTLINES: usize = 64;

/// A map from words of rules, looked up by words of pages. Its keys are few and the operator's own, so that a fixed
/// seed is enough.
#[derive(Debug, Clone)]
pub(super) struct UncasedMap<T> {
    map: HashMap<Uncased, T, FixedState>,
    /// A bit for each key's [`outline`]: most words of a page are told by it, without a hash.
    outlines: [u64; OUTLINES],
}

impl<T> Default for UncasedMap<T> {
    fn default() -> Self {
        Self { map: HashMap::default(), outlines: [0; OUTLINES] }
    }
}

impl<T> UncasedMap<T> {
    /// The word's value, made from `first` if there is none.
    pub(super) fn entry(&mut self, word: &str, first: impl FnOnce() -> T) -> &mut T {
        let (place, bit) = outline(word);
        if let Some(bits) = self.outlines.get_mut(place) {
            *bits |= bit;
        }
        self.map.entry(Uncased(word.into())).or_insert_with(first)
    }

    /// The word's value.
    pub(super) fn get(&self, word: &str) -> Option<&T> {
        let (place, bit) = outline(word);
        if self.outlines.get(place).is_none_or(|bits| bits & bit == 0) {
            return None;
        }
        self.map.get(&UncasedStr(word))
    }

    /// All values.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.map.values()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.map.is_empty()
    }
}

/// Length, first and last byte as one of 4,096 bits: its word and its bit there.
fn outline(word: &str) -> (usize, u64) {
    let byte = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default() | 0x20);
    let (first, last) = (byte(word.as_bytes().first()), byte(word.as_bytes().last()));
    let number = first.wrapping_mul(37) ^ last.wrapping_mul(101) ^ word.len().wrapping_mul(11);
    (number / 64 % OUTLINES, 1 << (number % 64))
}

/// A word of a rule.
#[derive(Debug, Clone)]
struct Uncased(Box<str>);

/// A word of a page, to look up an [`Uncased`].
struct UncasedStr<'a>(&'a str);

impl PartialEq for Uncased {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Uncased {}

impl Hash for Uncased {
    fn hash<H: Hasher>(&self, state: &mut H) {
        UncasedStr(&self.0).hash(state);
    }
}

impl Hash for UncasedStr<'_> {
    /// Eight bytes at a time with the case bit set. Some signs become equal to others by this; equality tells them apart.
    fn hash<H: Hasher>(&self, state: &mut H) {
        for chunk in self.0.as_bytes().chunks(8) {
            let mut word = [0; 8];
            if let Some(place) = word.get_mut(..chunk.len()) {
                place.copy_from_slice(chunk);
            }
            state.write_u64(u64::from_le_bytes(word) | 0x2020_2020_2020_2020);
        }
        state.write_usize(self.0.len());
    }
}

impl Equivalent<Uncased> for UncasedStr<'_> {
    fn equivalent(&self, key: &Uncased) -> bool {
        self.0.eq_ignore_ascii_case(&key.0)
    }
}
