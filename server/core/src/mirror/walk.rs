//! Walks over the mirror. All are loops over links, so depth costs nothing.

use super::arena::Mirror;
use super::node::Slot;

impl Mirror {
    /// The node's parent, that one's parent, and so on, out of frames too.
    #[must_use]
    pub fn ancestors(&self, slot: Slot) -> Ancestors<'_> {
        Ancestors { mirror: self, at: self.parent(slot) }
    }

    /// The node's children in order, those of its shadow root included.
    #[must_use]
    pub fn children(&self, slot: Slot) -> Children<'_> {
        Children { mirror: self, at: self.first_child(slot) }
    }

    /// The node itself and all beneath it, in document order, frame documents included.
    #[must_use]
    pub fn descendants(&self, slot: Slot) -> Descendants<'_> {
        Descendants { mirror: self, top: slot, at: self.get(slot).map(|_| slot) }
    }

    /// The node after `slot` in document order that still stands beneath `top`.
    #[must_use]
    #[inline]
    pub fn following_within(&self, slot: Slot, top: Slot) -> Option<Slot> {
        self.first_child(slot).or_else(|| self.following_beside(slot, top))
    }

    /// As [`Mirror::following_within`], leaving out what stands beneath `slot`.
    #[must_use]
    #[inline]
    pub fn following_beside(&self, slot: Slot, top: Slot) -> Option<Slot> {
        let mut at = slot;
        while at != top {
            if let Some(next) = self.next_sibling(at) {
                return Some(next);
            }
            at = self.parent(at)?;
        }
        None
    }
}

/// See [`Mirror::ancestors`].
#[derive(Debug, Clone)]
pub struct Ancestors<'a> {
    mirror: &'a Mirror,
    at: Option<Slot>,
}

impl Iterator for Ancestors<'_> {
    type Item = Slot;

    #[inline]
    fn next(&mut self) -> Option<Slot> {
        let here = self.at?;
        self.at = self.mirror.parent(here);
        Some(here)
    }
}

/// See [`Mirror::children`].
#[derive(Debug, Clone)]
pub struct Children<'a> {
    mirror: &'a Mirror,
    at: Option<Slot>,
}

impl Iterator for Children<'_> {
    type Item = Slot;

    #[inline]
    fn next(&mut self) -> Option<Slot> {
        let here = self.at?;
        self.at = self.mirror.next_sibling(here);
        Some(here)
    }
}

/// See [`Mirror::descendants`].
#[derive(Debug, Clone)]
pub struct Descendants<'a> {
    mirror: &'a Mirror,
    top: Slot,
    at: Option<Slot>,
}

impl Iterator for Descendants<'_> {
    type Item = Slot;

    #[inline]
    fn next(&mut self) -> Option<Slot> {
        let here = self.at?;
        self.at = self.mirror.following_within(here, self.top);
        Some(here)
    }
}
