//! What belongs to documents and is not in the tree: base addresses, sheets changed by rule, adopted sheets, fonts.

use std::collections::BTreeMap;

use foldhash::SharedSeed;
use foldhash::fast::{FixedState, SeedableRandomState};
use hashbrown::HashMap;
use url::Url;

use super::sheets::RuleList;
use crate::ids::NodeId;
use crate::mirror::Slot;

/// See the module.
#[derive(Debug)]
pub struct Documents {
    bases: HashMap<Slot, Url, FixedState>,
    /// Sheets of style elements that were changed by rule, in their sanitized form.
    pub(super) sheets: HashMap<NodeId, RuleList, SeedableRandomState>,
    /// Constructed sheets by the recorder's number.
    pub(super) constructed: BTreeMap<i64, RuleList>,
    /// Which constructed sheets a document or shadow host adopts.
    pub(super) adopted: BTreeMap<NodeId, Vec<i64>>,
    /// Constructed sheets whose rules agents have.
    pub(super) sent_sheets: BTreeMap<i64, ()>,
    /// Fonts added by script: family and sanitized source.
    pub(super) fonts: Vec<(String, String)>,
    /// Scroll positions of frame documents.
    pub(super) scrolls: BTreeMap<NodeId, (f64, f64)>,
}

impl Documents {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            bases: HashMap::with_hasher(FixedState::default()),
            sheets: HashMap::with_hasher(SeedableRandomState::with_seed(seed, SharedSeed::global_fixed())),
            constructed: BTreeMap::new(),
            adopted: BTreeMap::new(),
            sent_sheets: BTreeMap::new(),
            fonts: Vec::new(),
            scrolls: BTreeMap::new(),
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

    /// Forgets what belonged to a node that left the mirror.
    pub(super) fn forget(&mut self, slot: Slot, id: NodeId) {
        self.bases.remove(&slot);
        self.sheets.remove(&id);
        self.adopted.remove(&id);
        self.scrolls.remove(&id);
    }
}
