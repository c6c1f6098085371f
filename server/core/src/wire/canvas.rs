//! Canvas events. The page's drawing commands never pass; pictures of a canvas do.

use std::borrow::Cow;

use super::decode::find_field;
use super::event::Event;
use super::incremental::{Result, object};
use super::json::Reader;
use crate::limits::Limits;

/// What stands in a canvas event.
enum Found<'a> {
    Picture(Cow<'a, str>),
    TooLarge,
}

/// The one thing understood is what the frames-per-second recorder writes: a `drawImage` of an encoded picture. All else
/// on a canvas is [`Event::Unknown`].
pub(super) fn picture<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let (mut id, mut found) = (None, None);
    object(reader, |reader, key| {
        match key {
            "id" => id = Some(reader.integer()?),
            "commands" => {
                let mut items = reader.begin_array()?;
                while reader.item(&mut items)? {
                    found = draw_image(reader, limits)?.or(found.take());
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(match (id, found) {
        (Some(id), Some(Found::Picture(base64))) => Event::CanvasPicture { id, base64 },
        (_, Some(Found::TooLarge)) => Event::Unknown("canvas:too-large"),
        _ => Event::Unknown("event:canvas-command"),
    })
}

/// The picture in `{property: "drawImage", args: [{rr_type: "ImageBitmap", args: [{rr_type: "Blob", data: [{rr_type:
/// "ArrayBuffer", base64}]}]}, …]}`, if that is what stands next; the value is taken in any case.
fn draw_image<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Option<Found<'a>>> {
    let whole = reader.clone();
    reader.skip()?;
    let Ok(Some(mut property)) = find_field(&whole, "property") else { return Ok(None) };
    if property.text().ok().as_deref() != Some("drawImage") {
        return Ok(None);
    }
    let picture = typed_item(&whole, "args", "ImageBitmap")
        .and_then(|bitmap| typed_item(&bitmap, "args", "Blob"))
        .and_then(|blob| typed_item(&blob, "data", "ArrayBuffer"))
        .and_then(|buffer| find_field(&buffer, "base64").ok().flatten());
    let Some(mut base64) = picture else { return Ok(None) };
    let base64 = base64.text()?;
    let is_large = base64.len() / 4 * 3 > limits.canvas_bytes.saturating_add(2);
    Ok(Some(if is_large { Found::TooLarge } else { Found::Picture(base64) }))
}

/// The first item of an object's list field, if it is an object whose `rr_type` is the wanted one.
fn typed_item<'a>(object: &Reader<'a>, list: &str, rr_type: &str) -> Option<Reader<'a>> {
    let mut items = find_field(object, list).ok()??;
    let mut first = items.begin_array().ok()?;
    if !items.item(&mut first).ok()? {
        return None;
    }
    let found = find_field(&items, "rr_type").ok()??.text().ok()?;
    (found == rr_type).then_some(items)
}
