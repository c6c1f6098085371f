//! Text nodes while the parser still adds to them.
//!
//! A browser merges neighbouring text; the parser hands it over in small runs, one a line. Writing each run into the
//! arena would copy a long text once for every run in it.

use std::collections::BTreeMap;

use super::HtmlError;
use crate::mirror::{Mirror, Slot};

/// Texts up to this length go into the arena when the parser turns to another; fetching them again is cheap.
const SMALL_BYTES: usize = 1 << 10;

/// Texts that are not in the arena while they grow.
#[derive(Debug)]
pub(super) struct Growing {
    text_bytes: usize,
    /// The text that grew last.
    current: Option<Slot>,
    /// What stands in it. Most texts are small, and grow in the same memory one after the other.
    text: String,
    long: BTreeMap<Slot, String>,
}

impl Growing {
    /// No text of it grows beyond `text_bytes`.
    pub(super) fn new(text_bytes: usize) -> Self {
        Self { text_bytes, current: None, text: String::new(), long: BTreeMap::new() }
    }

    /// Adds to the end of a text node, new ones among them.
    pub(super) fn push(&mut self, mirror: &mut Mirror, slot: Slot, more: &str) -> Result<(), HtmlError> {
        if self.current != Some(slot) {
            self.leave(mirror)?;
            if let Some(text) = self.long.remove(&slot) {
                self.text = text;
            } else if let Some(text) = mirror.set_text(slot, Box::default())? {
                self.text.push_str(&text);
            }
            self.current = Some(slot);
        }
        self.text.push_str(more);
        if self.text.len() > self.text_bytes { Err(HtmlError::OverLimit("text_bytes")) } else { Ok(()) }
    }

    fn leave(&mut self, mirror: &mut Mirror) -> Result<(), HtmlError> {
        let Some(slot) = self.current.take() else { return Ok(()) };
        if self.text.len() > SMALL_BYTES {
            self.long.insert(slot, std::mem::take(&mut self.text));
        } else {
            mirror.set_text(slot, self.text.as_str().into())?;
            self.text.clear();
        }
        Ok(())
    }

    /// Puts every text back.
    pub(super) fn settle(mut self, mirror: &mut Mirror) -> Result<(), HtmlError> {
        self.leave(mirror)?;
        for (slot, text) in self.long {
            mirror.set_text(slot, text.into_boxed_str())?;
        }
        Ok(())
    }
}
