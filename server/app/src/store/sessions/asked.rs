//! An ask of an agent's node, as it is written for the owner: JSON with a version.

use serde::{Deserialize, Serialize};
use vitrine_core::session::Ask;

use crate::store::StoreError;

/// The version that asks are written in; the rules are those of [`super::entry::ENTRY_VERSION`].
const VERSION: u32 = 1;
const WHAT: &str = "ask of an agent's node";

#[derive(Serialize)]
struct Writing<'a> {
    v: u32,
    ask: &'a Ask,
}

#[derive(Deserialize)]
struct Written {
    ask: Ask,
}

/// Read first, so that a newer version may be anything else.
#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// As the store keeps it.
pub(super) fn write(ask: &Ask) -> Vec<u8> {
    // Numbers, words and text have no way to fail.
    serde_json::to_vec(&Writing { v: VERSION, ask }).unwrap_or_default()
}

/// What the store kept.
pub(super) fn read(bytes: &[u8]) -> Result<Ask, StoreError> {
    let Version { v } = serde_json::from_slice(bytes).map_err(|_| StoreError::Broken(WHAT))?;
    if v > VERSION {
        return Err(StoreError::Newer { what: WHAT, version: v });
    }
    let Written { ask } = serde_json::from_slice(bytes).map_err(|_| StoreError::Broken(WHAT))?;
    Ok(ask)
}
