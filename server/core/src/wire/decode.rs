//! From text to events: the envelope, and what every event has.

use std::borrow::Cow;

use super::event::{Event, Stamped};
use super::json::{First, JsonError, Peek, Reader};
use super::tree::{self, Nodes, RawTree};
use super::{custom, incremental};
use crate::limits::Limits;
use crate::trust::Untrusted;

/// Why one event was refused. The events before it stand; the mirror waits for a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventRefusal {
    /// A known event whose fields are missing or of the wrong type.
    #[error("an event's fields are missing or of the wrong type")]
    Malformed,
    /// Over one of `Limits`; the word is the field's name.
    #[error("an event is over a limit: {0}")]
    Limit(&'static str),
    /// Not JSON. The whole frame is refused.
    #[error("not JSON")]
    Syntax,
}

impl From<JsonError> for EventRefusal {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Syntax => Self::Syntax,
            JsonError::Type => Self::Malformed,
        }
    }
}

/// One event of a frame: understood, or refused by itself.
pub type Decoded<'a> = Result<Untrusted<Stamped<'a>>, EventRefusal>;

/// Reads the array of events that stands next and hands each to `each`, in order.
///
/// # Errors
/// [`EventRefusal::Syntax`]: not JSON (close code 4400). [`EventRefusal::Limit`]: over `Limits::events_per_frame` (4413).
/// What is wrong with a single event reaches `each` instead.
pub fn events<'a>(
    reader: &mut Reader<'a>,
    limits: &Limits,
    mut each: impl FnMut(Decoded<'a>),
) -> Result<(), EventRefusal> {
    let mut items = reader.begin_array()?;
    let mut count = 0;
    while reader.item(&mut items)? {
        count += 1;
        if count > limits.events_per_frame {
            return Err(EventRefusal::Limit("events_per_frame"));
        }
        each(one(reader, limits)?);
    }
    Ok(())
}

/// Reads one event. A refusal that leaves the reader behind the event comes as the inner error.
pub(crate) fn one<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Decoded<'a>, EventRefusal> {
    let mut ahead = reader.clone();
    match event(&mut ahead, limits) {
        Ok(event) => {
            *reader = ahead;
            Ok(Ok(Untrusted::new(event)))
        }
        Err(EventRefusal::Syntax) => Err(EventRefusal::Syntax),
        Err(refusal) => {
            reader.skip()?;
            Ok(Err(refusal))
        }
    }
}

fn event<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Stamped<'a>, EventRefusal> {
    let mut keys = reader.begin_object()?;
    let mut kind = None;
    let mut data = None;
    let mut event = None;
    let mut timestamp_ms = 0.0;
    while let Some(key) = reader.key(&mut keys)? {
        match &*key {
            "type" => kind = Some(reader.integer()?),
            "timestamp" => timestamp_ms = reader.number()?,
            "data" => match kind {
                Some(kind) => event = Some(payload(reader, kind, limits)?),
                None => {
                    data = Some(reader.clone());
                    reader.skip()?;
                }
            },
            _ => {
                reader.skip()?;
            }
        }
    }
    let kind = kind.ok_or(EventRefusal::Malformed)?;
    let event = match (event, data) {
        (Some(event), _) => event,
        (None, Some(mut data)) => payload(&mut data, kind, limits)?,
        (None, None) => return Err(EventRefusal::Malformed),
    };
    Ok(Stamped { event, timestamp_ms })
}

/// Reads `data` for an event type. Types without use for agents are passed over.
fn payload<'a>(reader: &mut Reader<'a>, kind: i64, limits: &Limits) -> Result<Event<'a>, EventRefusal> {
    match kind {
        2 => snapshot(reader, limits),
        3 => incremental::read(reader, limits),
        4 => meta(reader, limits),
        5 => custom::read(reader, limits),
        _ => {
            reader.skip()?;
            Ok(match kind {
                0 => Event::PageStart,
                1 => Event::PageLoad,
                6 => Event::Unknown("event:plugin"),
                7 => Event::Unknown("event:asset"),
                8 => Event::Unknown("event:annotation"),
                _ => Event::Unknown("event:unknown-type"),
            })
        }
    }
}

fn snapshot<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>, EventRefusal> {
    let mut keys = reader.begin_object()?;
    let mut tree = None;
    let mut offset = (0.0, 0.0);
    while let Some(key) = reader.key(&mut keys)? {
        match &*key {
            "node" => tree = Some(page(reader, limits)?),
            "initialOffset" => offset = position(reader)?,
            _ => {
                reader.skip()?;
            }
        }
    }
    Ok(Event::Snapshot { tree: tree.ok_or(EventRefusal::Malformed)?, offset })
}

/// A page's nodes, with room for all of them from the start.
fn page<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<RawTree<'a>, EventRefusal> {
    let mut nodes = Nodes::default();
    nodes.reserve(reader, limits);
    nodes.read(reader, limits)?;
    Ok(nodes.tree)
}

fn position(reader: &mut Reader<'_>) -> Result<(f64, f64), EventRefusal> {
    let mut offset = (0.0, 0.0);
    let mut keys = reader.begin_object()?;
    while let Some(key) = reader.key(&mut keys)? {
        match &*key {
            "left" => offset.0 = reader.number()?,
            "top" => offset.1 = reader.number()?,
            _ => {
                reader.skip()?;
            }
        }
    }
    Ok(offset)
}

fn meta<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>, EventRefusal> {
    let (mut href, mut width, mut height) = (None, None, None);
    let mut keys = reader.begin_object()?;
    while let Some(key) = reader.key(&mut keys)? {
        match &*key {
            "href" => href = Some(reader.text()?),
            "width" => width = Some(reader.number()?),
            "height" => height = Some(reader.number()?),
            _ => {
                reader.skip()?;
            }
        }
    }
    match (href, width, height) {
        (Some(href), Some(width), Some(height)) if href.len() <= limits.url_bytes => {
            Ok(Event::Meta { href, width, height })
        }
        (Some(_), Some(_), Some(_)) => Err(EventRefusal::Limit("url_bytes")),
        _ => Err(EventRefusal::Malformed),
    }
}

/// The text of one field of the object that stands next, wherever in it that field stands; nothing is taken.
///
/// # Errors
/// [`JsonError::Syntax`]: not JSON; [`JsonError::Type`]: no object.
pub fn find_field<'a>(reader: &Reader<'a>, wanted: &str) -> Result<Option<Reader<'a>>, JsonError> {
    let mut ahead = reader.clone();
    if ahead.peek()? != Peek::Object {
        return Err(JsonError::Type);
    }
    let mut keys = ahead.begin_object()?;
    while let Some(key) = ahead.key(&mut keys)? {
        if key == wanted {
            return Ok(Some(ahead));
        }
        ahead.skip()?;
    }
    Ok(None)
}

/// Passes over what is left of an object of which the value of `field` was read from where [`find_field`] found it.
///
/// # Errors
/// [`JsonError::Syntax`]: not JSON.
pub fn pass_fields(field: &mut Reader<'_>) -> Result<(), JsonError> {
    let mut keys = First::GONE;
    while field.key(&mut keys)?.is_some() {
        field.skip()?;
    }
    Ok(())
}

/// Text within `Limits::text_bytes`.
pub(super) fn text<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Cow<'a, str>, EventRefusal> {
    tree::bounded(reader.text()?, limits)
}
