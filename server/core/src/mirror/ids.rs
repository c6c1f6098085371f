//! What is known by a node's id. Recorders count ids up from 1, so that most stand in a plain list; those far above it,
//! which a page may choose as it likes, stand in a map.

use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;
use hashbrown::HashMap;

use crate::ids::NodeId;

/// The list grows to so many times the ids it knows, and a few more.
const SPARSE: usize = 4;
const LIST_MIN: usize = 256;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct ById<T> {
    /// By id; `nothing` where there is none.
    list: Vec<T>,
    far: HashMap<NodeId, T, SeedableRandomState>,
    known: usize,
    nothing: T,
}

impl<T: Copy + PartialEq> ById<T> {
    /// `seed` keeps the page from choosing ids that collide; `nothing` is never put in.
    pub(crate) fn new(nothing: T, seed: u64) -> Self {
        let far = HashMap::with_hasher(SeedableRandomState::with_seed(seed, SharedSeed::global_fixed()));
        Self { list: Vec::new(), far, known: 0, nothing }
    }

    /// What is known of the id.
    #[inline]
    pub(crate) fn get(&self, id: NodeId) -> Option<T> {
        match self.list.get(id.get() as usize) {
            Some(value) if *value != self.nothing => Some(*value),
            _ if self.far.is_empty() => None,
            _ => self.far.get(&id).copied(),
        }
    }

    /// All that is known, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (NodeId, T)> {
        let at = |(at, value): (usize, &T)| Some((NodeId::new(i64::try_from(at).ok()?)?, *value));
        let near = self.list.iter().enumerate().filter_map(at).filter(|(_, value)| *value != self.nothing);
        near.chain(self.far.iter().map(|(id, value)| (*id, *value)))
    }

    /// How many ids are known.
    pub(crate) fn len(&self) -> usize {
        self.known
    }

    /// Makes room for so many more ids.
    pub(crate) fn reserve(&mut self, more: usize) {
        let wanted = self.known + more;
        self.list.reserve_exact((wanted + more / 8).saturating_sub(self.list.len()));
        if wanted >= self.list.len() {
            self.list.resize(wanted + 1, self.nothing);
        }
    }

    /// Puts in or replaces what is known of the id.
    pub(crate) fn insert(&mut self, id: NodeId, value: T) {
        let at = id.get() as usize;
        if self.far.is_empty()
            && let Some(place) = self.list.get_mut(at)
        {
            self.known += usize::from(*place == self.nothing);
            *place = value;
            return;
        }
        self.remove(id);
        self.known += 1;
        if at >= self.list.len() && at < self.known.saturating_mul(SPARSE).max(LIST_MIN) {
            let wanted = at + 1 - self.list.len();
            if at >= self.list.capacity() {
                self.list.reserve_exact(wanted + self.list.len() / 8);
            }
            self.list.resize(at + 1, self.nothing);
        }
        match self.list.get_mut(at) {
            Some(place) => *place = value,
            None => {
                self.far.insert(id, value);
            }
        }
    }

    /// Forgets the id.
    pub(crate) fn remove(&mut self, id: NodeId) {
        let nothing = self.nothing;
        let was_known = match self.list.get_mut(id.get() as usize).filter(|place| **place != nothing) {
            Some(place) => {
                *place = nothing;
                true
            }
            None => !self.far.is_empty() && self.far.remove(&id).is_some(),
        };
        self.known -= usize::from(was_known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mirror::Slot;

    #[test]
    fn near_and_far_ids_are_found_and_gone() {
        let id = |raw: i64| NodeId::new(raw).unwrap();
        let mut ids = ById::new(Slot::NONE, 1);
        // Far at first, then within the list's reach.
        let raws: Vec<i64> = [1_000, 4_000_000_000, 2].into_iter().chain(3..900).collect();
        for (at, raw) in raws.iter().enumerate() {
            ids.insert(id(*raw), Slot::at(at));
        }
        ids.insert(id(1_000), Slot::at(7));
        for (at, raw) in raws.iter().enumerate() {
            assert_eq!(ids.get(id(*raw)), Some(Slot::at(if *raw == 1_000 { 7 } else { at })), "{raw}");
        }
        assert_eq!((ids.get(id(1)), ids.get(id(901)), ids.known), (None, None, raws.len()));
        assert_eq!(ids.iter().count(), ids.known);
        assert!(ids.iter().all(|(id, slot)| ids.get(id) == Some(slot)));
        assert!(ids.list.len() < 4 * raws.len());
        for raw in raws {
            ids.remove(id(raw));
            ids.remove(id(raw));
            assert_eq!(ids.get(id(raw)), None, "{raw}");
        }
        assert_eq!(ids.known, 0);
    }
}
