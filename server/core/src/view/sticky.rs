//! What is remembered of nodes: once masked, blocked or hidden, they stay so as long as their document lives.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::NodeId;
use crate::limits::Limits;
use crate::mirror::ById;
use crate::restrict::Level;

type Levels = ById<Level>;

/// Beyond so many nodes the report counts no more of those that are not to be acted on.
const UNCONTROLLED_MAX: usize = 10_000;

/// Nodes once masked, blocked or hidden, by id, for each page instance of the session.
#[derive(Debug)]
pub(crate) struct Sticky {
    seed: u64,
    present: Levels,
    others: BTreeMap<String, Levels>,
    instance: String,
    ids: usize,
    /// Nodes of this instance that the report counts as not to be acted on.
    uncontrolled: BTreeSet<NodeId>,
    /// A bound was reached: what is new is masked, whatever the rules say.
    is_full: bool,
    /// What is new since it was last taken. `None`: nobody wants to know.
    changes: Option<Masks>,
}

/// Masks to be remembered, as they travel. Told twice, or beside stricter ones, they change nothing.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Masks {
    /// By page instance; one may come several times.
    pub(crate) instances: Vec<(String, Vec<(NodeId, Level)>)>,
    /// A bound was reached.
    pub(crate) is_full: bool,
}

impl Masks {
    fn push(&mut self, instance: &str, id: NodeId, level: Level) {
        match self.instances.last_mut() {
            Some((last, levels)) if last == instance => levels.push((id, level)),
            _ => self.instances.push((instance.to_owned(), vec![(id, level)])),
        }
    }
}

impl Sticky {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            present: Self::levels(seed),
            others: BTreeMap::new(),
            instance: String::new(),
            ids: 0,
            uncontrolled: BTreeSet::new(),
            is_full: false,
            changes: None,
        }
    }

    fn levels(seed: u64) -> Levels {
        ById::new(Level::Clear, seed)
    }

    /// Turns to another page instance. `false`: it is this one.
    pub(super) fn enter(&mut self, instance: &str, limits: &Limits) -> bool {
        if instance == self.instance {
            return false;
        }
        self.uncontrolled.clear();
        let next = self.others.remove(instance).unwrap_or_else(|| Self::levels(self.seed));
        let last = std::mem::replace(&mut self.present, next);
        let name = std::mem::replace(&mut self.instance, instance.to_owned());
        if last.len() > 0 {
            self.others.insert(name, last);
        }
        if self.others.len() >= limits.instances {
            self.fill();
        }
        true
    }

    /// Whether a bound was reached: what is new is masked, whatever the rules say.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    fn fill(&mut self) {
        self.is_full = true;
        if let Some(changes) = &mut self.changes {
            changes.is_full = true;
        }
    }

    /// Whether a node that is not to be acted on is new to the report.
    pub(super) fn is_first_told(&mut self, id: NodeId) -> bool {
        self.uncontrolled.len() < UNCONTROLLED_MAX && self.uncontrolled.insert(id)
    }

    pub(super) fn get(&self, id: NodeId) -> Level {
        self.present.get(id).unwrap_or_default()
    }

    pub(super) fn keep(&mut self, id: NodeId, level: Level, limits: &Limits) {
        match self.present.get(id) {
            Some(known) if level <= known => return,
            None if self.ids >= limits.sticky_ids => return self.fill(),
            Some(_) => {}
            None => self.ids += 1,
        }
        self.present.insert(id, level);
        if let Some(changes) = &mut self.changes {
            changes.push(&self.instance, id, level);
        }
    }

    /// From now on, what is new is noted.
    pub(crate) fn note_changes(&mut self) {
        self.changes.get_or_insert_default();
    }

    /// What is new since this was last asked.
    pub(crate) fn take_changes(&mut self) -> Masks {
        self.changes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// All of it.
    pub(crate) fn all(&self) -> Masks {
        let sets = self.others.iter().chain([(&self.instance, &self.present)]);
        let instances = sets.map(|(name, levels)| (name.clone(), levels.iter().collect()));
        Masks { instances: instances.collect(), is_full: self.is_full }
    }

    /// Takes up what was remembered elsewhere. What is over a bound counts as in [`Sticky::keep`].
    pub(crate) fn take_up(&mut self, masks: Masks, limits: &Limits) {
        for (instance, levels) in masks.instances {
            self.enter(&instance, limits);
            levels.into_iter().for_each(|(id, level)| self.keep(id, level, limits));
        }
        if masks.is_full {
            self.fill();
        }
    }
}
