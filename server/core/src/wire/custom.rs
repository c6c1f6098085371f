//! Custom events. One of them is ours: how large the page's pictures are, which no recorder tells.

use super::decode::find_field;
use super::event::{Event, Size};
use super::incremental::{Result, list, need, object};
use super::json::Reader;
use crate::limits::Limits;

/// The tag of the event that the snippet sends.
const SIZES: &str = "vitrine.sizes";

/// Reads `data` of a type 5 event.
pub(super) fn read<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let tag = find_field(reader, "tag").ok().flatten().and_then(|mut tag| tag.text().ok());
    if tag.as_deref() != Some(SIZES) {
        reader.skip()?;
        return Ok(Event::Unknown("event:custom"));
    }
    let mut sizes = Vec::new();
    object(reader, |reader, key| {
        if key == "payload" {
            sizes = list(reader, limits.sizes_per_event, "sizes_per_event", size)?;
        }
        Ok(key == "payload")
    })?;
    Ok(Event::Sizes(sizes))
}

fn size(reader: &mut Reader<'_>) -> Result<Size> {
    let (mut id, mut width, mut height) = (None, None, None);
    object(reader, |reader, key| {
        match key {
            "id" => id = Some(reader.integer()?),
            "width" => width = Some(reader.number()?),
            "height" => height = Some(reader.number()?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Size { id: need(id)?, width: need(width)?, height: need(height)? })
}
