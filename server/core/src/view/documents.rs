//! What belongs to documents and is not in the tree: base addresses, sheets changed by rule, adopted sheets, fonts, and
//! since when media play.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::SharedSeed;
use foldhash::fast::{FixedState, SeedableRandomState};
use hashbrown::HashMap;
use url::Url;

use super::fonts::Font;
use super::sheets::RuleList;
use crate::ids::NodeId;
use crate::limits::Limits;
use crate::mirror::Slot;

/// A sheet that is kept by rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SheetKey {
    /// Of a style element.
    Element(NodeId),
    /// Constructed, by the recorder's number.
    Constructed(i64),
}

/// See the module.
#[derive(Debug)]
pub struct Documents {
    bases: HashMap<Slot, Url, FixedState>,
    /// Sheets of style elements that were changed by rule, in their sanitized form.
    sheets: HashMap<NodeId, RuleList, SeedableRandomState>,
    /// Constructed sheets by the recorder's number.
    pub(super) constructed: BTreeMap<i64, RuleList>,
    /// Which constructed sheets a document or shadow host adopts.
    pub(super) adopted: BTreeMap<NodeId, Vec<i64>>,
    /// The document that each constructed sheet is of, once one of its hosts adopted it.
    pub(super) homes: BTreeMap<i64, NodeId>,
    /// Constructed sheets whose rules agents have.
    pub(super) told: BTreeSet<i64>,
    /// Entries of `adopted` together.
    adoptions: usize,
    /// What sheets by rule and fonts weigh.
    sheet_bytes: usize,
    /// Fonts added by script.
    fonts: Vec<Font>,
    /// Scroll positions of frame documents.
    pub(super) scrolls: BTreeMap<NodeId, (f64, f64)>,
    /// How large pictures and videos are laid out, in CSS pixels.
    sizes: BTreeMap<NodeId, (f64, f64)>,
    /// Media that play, and since when they do from the time that the mirror holds.
    pub(super) playing: BTreeMap<NodeId, u64>,
}

impl Documents {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            bases: HashMap::with_hasher(FixedState::default()),
            sheets: HashMap::with_hasher(SeedableRandomState::with_seed(seed, SharedSeed::global_fixed())),
            constructed: BTreeMap::new(),
            adopted: BTreeMap::new(),
            homes: BTreeMap::new(),
            told: BTreeSet::new(),
            adoptions: 0,
            sheet_bytes: 0,
            fonts: Vec::new(),
            scrolls: BTreeMap::new(),
            sizes: BTreeMap::new(),
            playing: BTreeMap::new(),
        }
    }

    /// The address that a document's relative URLs are resolved against.
    pub(crate) fn base(&self, document: Slot) -> Option<&Url> {
        self.bases.get(&document)
    }

    pub(super) fn set_base(&mut self, document: Slot, base: Option<Url>) {
        match base {
            Some(base) => {
                self.bases.insert(document, base);
            }
            None => {
                self.bases.remove(&document);
            }
        }
    }

    /// The sanitized rules of a style element's sheet, where it was changed by rule.
    pub(crate) fn sheet(&self, id: NodeId) -> Option<&RuleList> {
        self.sheets.get(&id)
    }

    /// Whether any style element's sheet is kept by rule.
    pub(super) fn has_sheets(&self) -> bool {
        !self.sheets.is_empty()
    }

    /// Takes a sheet's rules out, to be changed.
    pub(super) fn take_rules(&mut self, key: SheetKey) -> Option<RuleList> {
        let rules = match key {
            SheetKey::Element(id) => self.sheets.remove(&id),
            SheetKey::Constructed(id) => self.constructed.remove(&id),
        }?;
        self.sheet_bytes = self.sheet_bytes.saturating_sub(rules.bytes());
        Some(rules)
    }

    /// Puts a sheet's rules in.
    pub(super) fn put_rules(&mut self, key: SheetKey, rules: RuleList) {
        self.take_rules(key);
        self.sheet_bytes = self.sheet_bytes.saturating_add(rules.bytes());
        match key {
            SheetKey::Element(id) => {
                self.sheets.insert(id, rules);
            }
            SheetKey::Constructed(id) => {
                self.constructed.insert(id, rules);
            }
        }
    }

    /// How much more sheets by rule and fonts may weigh.
    pub(super) fn sheet_room_bytes(&self, limits: &Limits) -> usize {
        limits.sheet_bytes.saturating_sub(self.sheet_bytes)
    }

    /// Which sheets a host adopts from now on. `false`: over a limit, and as before.
    pub(super) fn adopt(&mut self, host: NodeId, ids: Vec<i64>, limits: &Limits) -> bool {
        let adoptions = self.adoptions - self.adopted.get(&host).map_or(0, Vec::len) + ids.len();
        if ids.len() > limits.adopted_sheets || adoptions > limits.nodes {
            return false;
        }
        self.adoptions = adoptions;
        self.adopted.insert(host, ids);
        true
    }

    /// A document was made anew for agents, in a window that has none of its sheets.
    pub(super) fn untell(&mut self, document: NodeId) {
        let homes = &self.homes;
        self.told.retain(|id| homes.get(id) != Some(&document));
    }

    /// Keeps a font. `false`: over a limit.
    pub(super) fn add_font(&mut self, font: Font, limits: &Limits) -> bool {
        let bytes = font.bytes();
        if self.fonts.len() >= limits.fonts || bytes > self.sheet_room_bytes(limits) {
            return false;
        }
        self.sheet_bytes += bytes;
        self.fonts.push(font);
        true
    }

    /// Fonts added by script, in order.
    pub(super) fn fonts(&self) -> &[Font] {
        &self.fonts
    }

    /// How large an element is, where the customer's page told it.
    pub(crate) fn size(&self, id: NodeId) -> Option<(f64, f64)> {
        self.sizes.get(&id).copied()
    }

    pub(super) fn set_size(&mut self, id: NodeId, size: Option<(f64, f64)>) {
        match size {
            Some(size) => self.sizes.insert(id, size),
            None => self.sizes.remove(&id),
        };
    }

    /// Forgets what belonged to a node that left the mirror.
    pub(super) fn forget(&mut self, slot: Slot, id: NodeId) {
        self.bases.remove(&slot);
        if self.has_sheets() {
            self.take_rules(SheetKey::Element(id));
        }
        self.adoptions -= self.adopted.remove(&id).map_or(0, |ids| ids.len());
        self.scrolls.remove(&id);
        self.sizes.remove(&id);
        self.playing.remove(&id);
    }
}
