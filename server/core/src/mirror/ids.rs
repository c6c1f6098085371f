//! Where each id stands. Recorders count ids up from 1, so that most stand in a plain list; those far above it, which a
//! page may choose as it likes, stand in a map.

use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;
use hashbrown::HashMap;

use super::node::Slot;
use crate::ids::NodeId;

/// The list grows to so many times the ids it knows, and a few more.
const SPARSE: usize = 4;
const LIST_MIN: usize = 256;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Ids {
    /// By id; [`Slot::NONE`] where there is none.
    list: Vec<Slot>,
    far: HashMap<NodeId, Slot, SeedableRandomState>,
    known: usize,
}

impl Ids {
    /// `seed` keeps the page from choosing ids that collide.
    pub(super) fn new(seed: u64) -> Self {
        let far = HashMap::with_hasher(SeedableRandomState::with_seed(seed, SharedSeed::global_fixed()));
        Self { list: Vec::new(), far, known: 0 }
    }

    #[inline]
    pub(super) fn get(&self, id: NodeId) -> Option<Slot> {
        match self.list.get(id.get() as usize) {
            Some(slot) if *slot != Slot::NONE => Some(*slot),
            _ if self.far.is_empty() => None,
            _ => self.far.get(&id).copied(),
        }
    }

    /// How many ids are known.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.known
    }

    /// Makes room for so many more ids.
    pub(super) fn reserve(&mut self, more: usize) {
        let wanted = self.known + more;
        self.list.reserve_exact((wanted + more / 8).saturating_sub(self.list.len()));
        if wanted >= self.list.len() {
            self.list.resize(wanted + 1, Slot::NONE);
        }
    }

    pub(super) fn insert(&mut self, id: NodeId, slot: Slot) {
        let at = id.get() as usize;
        if self.far.is_empty()
            && let Some(place) = self.list.get_mut(at)
        {
            self.known += usize::from(*place == Slot::NONE);
            *place = slot;
            return;
        }
        self.remove(id);
        self.known += 1;
        if at >= self.list.len() && at < self.known.saturating_mul(SPARSE).max(LIST_MIN) {
            let wanted = at + 1 - self.list.len();
            if at >= self.list.capacity() {
                self.list.reserve_exact(wanted + self.list.len() / 8);
            }
            self.list.resize(at + 1, Slot::NONE);
        }
        match self.list.get_mut(at) {
            Some(place) => *place = slot,
            None => {
                self.far.insert(id, slot);
            }
        }
    }

    pub(super) fn remove(&mut self, id: NodeId) {
        let listed = self.list.get_mut(id.get() as usize).filter(|place| **place != Slot::NONE);
        let was_known = match listed {
            Some(place) => {
                *place = Slot::NONE;
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

    #[test]
    fn near_and_far_ids_are_found_and_gone() {
        let id = |raw: i64| NodeId::new(raw).unwrap();
        let mut ids = Ids::new(1);
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
        assert!(ids.list.len() < 4 * raws.len());
        for raw in raws {
            ids.remove(id(raw));
            ids.remove(id(raw));
            assert_eq!(ids.get(id(raw)), None, "{raw}");
        }
        assert_eq!(ids.known, 0);
    }
}
