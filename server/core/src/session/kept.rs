//! What must outlive the node that owns a session, as bytes for its record in the store: which nodes of which page instances are
//! masked, blocked or hidden, who the customer is, and which page she has open.
//!
//! A version, then entries of a kind each. What is told later is added to what was told before, or takes its place; told twice
//! in a row it changes nothing.

use serde::de::DeserializeOwned;

use super::customer::INSTANCE_BYTES_MAX;
use super::reader::{Bytes, write_number};
use super::{Attributes, Identity};
use crate::ids::NodeId;
use crate::restrict::Level;
use crate::view::Masks;

/// The bytes are none of ours, of a version that this server does not know, or damaged: nothing of them is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what the store kept of the session cannot be read")]
pub struct Unreadable;

/// First byte; another layout takes another number.
const VERSION: u8 = 1;
/// The kinds of entries.
mod entry {
    /// A page instance: the masks behind it are of its nodes.
    pub(super) const INSTANCE: u8 = 1;
    /// Nodes of one level, by rising ids: each number is the distance from the one before.
    pub(super) const MASKS: u8 = 2;
    /// A bound was reached, and all new text is masked.
    pub(super) const FULL: u8 = 3;
    /// Whom the website vouches for, as JSON; `null`: it does not.
    pub(super) const IDENTITY: u8 = 4;
    /// What the page says of its customer, as JSON.
    pub(super) const CLAIMED: u8 = 5;
    /// The page instance that is open.
    pub(super) const PAGE: u8 = 6;
}
/// Attributes of a customer as JSON: more than the most that a page may tell, with names and escapes.
const ATTRIBUTES_BYTES_MAX: usize = 256 << 10;

/// See the module. What is `None` was not told.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Memory {
    pub(super) masks: Masks,
    pub(super) identity: Option<Option<Identity>>,
    pub(super) claimed: Option<Attributes>,
    pub(super) instance: Option<String>,
}

impl Memory {
    /// Empty where there is nothing to tell.
    pub(super) fn write(mut self) -> Vec<u8> {
        let mut out = vec![VERSION];
        for (instance, levels) in &mut self.masks.instances {
            if levels.is_empty() {
                continue;
            }
            put(entry::INSTANCE, instance.as_bytes(), &mut out);
            for level in [Level::Mask, Level::Block, Level::Hide] {
                write_masks(levels, level, &mut out);
            }
        }
        if self.masks.is_full {
            out.push(entry::FULL);
        }
        if let Some(identity) = &self.identity {
            put(entry::IDENTITY, &serde_json::to_vec(identity).unwrap_or_default(), &mut out);
        }
        if let Some(claimed) = &self.claimed {
            put(entry::CLAIMED, &serde_json::to_vec(claimed).unwrap_or_default(), &mut out);
        }
        if let Some(instance) = &self.instance {
            put(entry::PAGE, instance.as_bytes(), &mut out);
        }
        if out.len() == 1 { Vec::new() } else { out }
    }

    /// Adds what one text tells to what others before it did.
    pub(super) fn read(&mut self, text: &[u8]) -> Result<(), Unreadable> {
        let mut bytes = Bytes::new(text);
        if bytes.byte()? != VERSION {
            return Err(Unreadable);
        }
        while !bytes.is_empty() {
            match bytes.byte()? {
                entry::INSTANCE => self.masks.instances.push((instance(&mut bytes)?, Vec::new())),
                entry::MASKS => {
                    let (_, levels) = self.masks.instances.last_mut().ok_or(Unreadable)?;
                    read_masks(&mut bytes, levels)?;
                }
                entry::FULL => self.masks.is_full = true,
                entry::IDENTITY => self.identity = Some(json(&mut bytes)?),
                entry::CLAIMED => self.claimed = Some(json(&mut bytes)?),
                entry::PAGE => self.instance = Some(instance(&mut bytes)?),
                _ => return Err(Unreadable),
            }
        }
        Ok(())
    }
}

fn put(entry: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(entry);
    write_number(u32::try_from(bytes.len()).unwrap_or(u32::MAX), out);
    out.extend_from_slice(bytes);
}

fn write_masks(levels: &[(NodeId, Level)], level: Level, out: &mut Vec<u8>) {
    let mut ids: Vec<u32> = levels.iter().filter(|(_, of)| *of == level).map(|(id, _)| id.get()).collect();
    if ids.is_empty() {
        return;
    }
    ids.sort_unstable();
    ids.dedup();
    out.extend([entry::MASKS, to_byte(level)]);
    write_number(u32::try_from(ids.len()).unwrap_or(u32::MAX), out);
    let mut before = 0;
    for id in ids {
        write_number(id - before, out);
        before = id;
    }
}

fn read_masks(bytes: &mut Bytes<'_>, levels: &mut Vec<(NodeId, Level)>) -> Result<(), Unreadable> {
    let level = from_byte(bytes.byte()?)?;
    let count = usize::try_from(bytes.number()?).map_err(|_| Unreadable)?;
    // Each takes a byte at least: a number alone makes no room.
    if count > bytes.len() {
        return Err(Unreadable);
    }
    let mut id = 0u32;
    for _ in 0..count {
        id = id.checked_add(bytes.number()?).ok_or(Unreadable)?;
        levels.push((NodeId::new(i64::from(id)).ok_or(Unreadable)?, level));
    }
    Ok(())
}

fn instance(bytes: &mut Bytes<'_>) -> Result<String, Unreadable> {
    let name = std::str::from_utf8(bytes.sized(INSTANCE_BYTES_MAX)?).map_err(|_| Unreadable)?;
    Ok(name.to_owned())
}

fn json<T: DeserializeOwned>(bytes: &mut Bytes<'_>) -> Result<T, Unreadable> {
    serde_json::from_slice(bytes.sized(ATTRIBUTES_BYTES_MAX)?).map_err(|_| Unreadable)
}

fn to_byte(level: Level) -> u8 {
    match level {
        Level::Clear => 0,
        Level::Mask => 1,
        Level::Block => 2,
        Level::Hide => 3,
    }
}

fn from_byte(byte: u8) -> Result<Level, Unreadable> {
    match byte {
        1 => Ok(Level::Mask),
        2 => Ok(Level::Block),
        3 => Ok(Level::Hide),
        _ => Err(Unreadable),
    }
}

#[cfg(test)]
mod tests;
