//! Words as map keys whose ASCII case does not matter: classes and ids match without case in quirks mode.

use std::hash::{Hash, Hasher};

use hashbrown::Equivalent;

/// A word of a rule.
#[derive(Debug, Clone)]
pub(super) struct Uncased(Box<str>);

/// A word of a page, to look up an [`Uncased`].
#[derive(Debug, Clone, Copy)]
pub(super) struct UncasedStr<'a>(pub(super) &'a str);

impl Uncased {
    pub(super) fn new(word: &str) -> Self {
        Self(word.into())
    }
}

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
