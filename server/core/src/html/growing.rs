//! Text nodes while the parser still adds to them.
//!
//! A browser merges neighbouring text; the parser hands it over in small runs. Writing each run into the arena would
//! copy a long text once for every entity in it.

use std::collections::BTreeMap;

use super::HtmlError;
use crate::mirror::{Mirror, Slot};

/// Texts up to this length go back into the arena when the parser turns to another; fetching them again is cheap.
const SMALL_BYTES: usize = 1 << 10;

/// Texts taken out of the arena to grow.
#[derive(Debug)]
pub(super) struct Growing {
    text_bytes: usize,
    current: Option<(Slot, String)>,
    long: BTreeMap<Slot, String>,
}

impl Growing {
    /// No text of it grows beyond `text_bytes`.
    pub(super) fn new(text_bytes: usize) -> Self {
        Self { text_bytes, current: None, long: BTreeMap::new() }
    }

    /// Whether a text of that length may be.
    pub(super) fn check(&self, bytes: usize) -> Result<(), HtmlError> {
        if bytes > self.text_bytes { Err(HtmlError::OverLimit("text_bytes")) } else { Ok(()) }
    }

    /// Adds to the end of a text node.
    pub(super) fn push(&mut self, mirror: &mut Mirror, slot: Slot, more: &str) -> Result<(), HtmlError> {
        if self.current.as_ref().is_none_or(|(here, _)| *here != slot) {
            self.leave(mirror)?;
            let text = match self.long.remove(&slot) {
                Some(text) => text,
                None => mirror.set_text(slot, Box::default())?.unwrap_or_default().into(),
            };
            self.current = Some((slot, text));
        }
        let Some((_, text)) = &mut self.current else { return Ok(()) };
        text.push_str(more);
        let bytes = text.len();
        self.check(bytes)
    }

    fn leave(&mut self, mirror: &mut Mirror) -> Result<(), HtmlError> {
        if let Some((slot, text)) = self.current.take() {
            if text.len() <= SMALL_BYTES {
                mirror.set_text(slot, text.into_boxed_str())?;
            } else {
                self.long.insert(slot, text);
            }
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
