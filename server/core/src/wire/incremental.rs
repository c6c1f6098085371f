//! Incremental events, one function a source.

use std::borrow::Cow;

use super::decode::{EventRefusal, find_field, text};
use super::event::{Add, AttributeChange, Event, MediaChange, Mutation, Position, Range, Remove};
use super::json::{First, Peek, Reader};
use super::tree::Nodes;
use super::{canvas, sheets, tree};
use crate::limits::Limits;

pub(super) type Result<T> = std::result::Result<T, EventRefusal>;

/// Reads `data` of a type 3 event.
pub(super) fn read<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let source = find_field(reader, "source")?.ok_or(EventRefusal::Malformed)?.integer()?;
    match source {
        0 => mutation(reader, limits),
        1 => pointer(reader, 1, limits),
        6 => pointer(reader, 6, limits),
        12 => pointer(reader, 12, limits),
        2 => interaction(reader),
        3 => scroll(reader),
        4 => resize(reader),
        5 => input(reader, limits),
        7 => media(reader),
        8 => sheets::sheet_rule(reader, limits),
        9 => canvas::picture(reader, limits),
        10 => sheets::font(reader, limits),
        13 => sheets::declaration(reader, limits),
        14 => selection(reader, limits),
        15 => sheets::adopted(reader, limits),
        16 => custom_element(reader, limits),
        _ => {
            reader.skip()?;
            Ok(Event::Unknown(match source {
                11 => "event:log",
                _ => "event:unknown-source",
            }))
        }
    }
}

/// Reads an object: `each` is shown every key and says whether it took the value.
pub(super) fn object<'a>(
    reader: &mut Reader<'a>,
    each: impl FnMut(&mut Reader<'a>, &str) -> Result<bool>,
) -> Result<()> {
    let keys = reader.begin_object()?;
    fields(reader, keys, each)
}

/// As [`object`], from behind those fields on that [`Reader::word`] found where recorders write them.
fn fields<'a>(
    reader: &mut Reader<'a>,
    mut keys: First,
    mut each: impl FnMut(&mut Reader<'a>, &str) -> Result<bool>,
) -> Result<()> {
    while let Some(key) = reader.key(&mut keys)? {
        if !each(reader, &key)? {
            reader.skip()?;
        }
    }
    Ok(())
}

/// Most lists have no more items; there is room for these at once.
const FEW_ITEMS: usize = 8;

/// Reads an array of at most `items_max` items.
pub(super) fn list<'a, T>(
    reader: &mut Reader<'a>,
    items_max: usize,
    limit: &'static str,
    mut each: impl FnMut(&mut Reader<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    let mut items = reader.begin_array()?;
    while reader.item(&mut items)? {
        if found.len() >= items_max {
            return Err(EventRefusal::Limit(limit));
        }
        if found.is_empty() {
            found.reserve_exact(FEW_ITEMS);
        }
        found.push(each(reader)?);
    }
    Ok(found)
}

pub(super) fn need<T>(value: Option<T>) -> Result<T> {
    value.ok_or(EventRefusal::Malformed)
}

fn small(reader: &mut Reader<'_>, most: u8) -> Result<u8> {
    match u8::try_from(reader.integer()?) {
        Ok(number) if number <= most => Ok(number),
        _ => Err(EventRefusal::Malformed),
    }
}

fn mutation<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let mut found = Mutation::default();
    let mut nodes = Nodes::default();
    object(reader, |reader, key| {
        match key {
            "removes" => found.removes = list(reader, limits.nodes, "nodes", remove)?,
            "adds" => {
                nodes.reserve(reader, limits);
                found.adds = list(reader, limits.nodes, "nodes", |reader| add(reader, &mut nodes, limits))?;
            }
            "texts" => {
                found.texts = list(reader, limits.nodes, "nodes", |reader| text_change(reader, limits))?;
            }
            "attributes" => {
                found.attributes = list(reader, limits.nodes, "nodes", |reader| attribute_change(reader, limits))?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    found.tree = nodes.tree;
    Ok(Event::Mutation(found))
}

fn remove(reader: &mut Reader<'_>) -> Result<Remove> {
    let (mut parent, mut id) = (None, None);
    let mut keys = reader.begin_object()?;
    if reader.word(r#""parentId":"#) {
        (parent, keys) = (Some(reader.integer()?), First::GONE);
        if reader.word(r#","id":"#) {
            id = Some(reader.integer()?);
        }
    }
    fields(reader, keys, |reader, key| {
        match key {
            "parentId" => parent = Some(reader.integer()?),
            "id" => id = Some(reader.integer()?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Remove { parent: need(parent)?, id: need(id)? })
}

fn add<'a>(reader: &mut Reader<'a>, nodes: &mut Nodes<'a>, limits: &Limits) -> Result<Add> {
    let (mut parent, mut next, mut own) = (None, None, None);
    let mut keys = reader.begin_object()?;
    if reader.word(r#""parentId":"#) {
        (parent, keys) = (Some(reader.integer()?), First::GONE);
        if reader.word(r#","nextId":"#) {
            next = next_id(reader)?;
            if reader.word(r#","node":"#) {
                own = Some(nodes.read(reader, limits)?);
            }
        }
    }
    fields(reader, keys, |reader, key| {
        match key {
            "parentId" => parent = Some(reader.integer()?),
            "nextId" => next = next_id(reader)?,
            "node" => own = Some(nodes.read(reader, limits)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Add { parent: need(parent)?, next, nodes: need(own)? })
}

fn next_id(reader: &mut Reader<'_>) -> Result<Option<i64>> {
    Ok(if reader.null()? { None } else { Some(reader.integer()?) })
}

fn text_change<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<(i64, Cow<'a, str>)> {
    let (mut id, mut value) = (None, Cow::Borrowed(""));
    object(reader, |reader, key| {
        match key {
            "id" => id = Some(reader.integer()?),
            "value" => {
                if !reader.null()? {
                    value = text(reader, limits)?;
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((need(id)?, value))
}

fn attribute_change<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<AttributeChange<'a>> {
    let mut id = None;
    let mut values = Vec::new();
    let mut style = Vec::new();
    object(reader, |reader, key| {
        match key {
            "id" => id = Some(reader.integer()?),
            "attributes" => {
                let mut keys = reader.begin_object()?;
                while let Some(name) = reader.key(&mut keys)? {
                    if values.len() >= limits.attributes_per_element {
                        return Err(EventRefusal::Limit("attributes_per_element"));
                    }
                    if name == "style" && reader.peek()? == Peek::Object {
                        style = style_changes(reader, limits)?;
                    } else {
                        let value = tree::value(reader, limits)?;
                        values.push((name, value));
                    }
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(AttributeChange { id: need(id)?, values, style })
}

pub(super) type StyleChange<'a> = (Cow<'a, str>, Option<Cow<'a, str>>, bool);

/// `{property: value | [value, priority] | false}`.
fn style_changes<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Vec<StyleChange<'a>>> {
    let mut changes = Vec::new();
    let mut keys = reader.begin_object()?;
    while let Some(property) = reader.key(&mut keys)? {
        if changes.len() >= limits.attributes_per_element {
            return Err(EventRefusal::Limit("attributes_per_element"));
        }
        let change = match reader.peek()? {
            Peek::Text => (property, Some(text(reader, limits)?), false),
            Peek::Array => {
                let parts = list(reader, 2, "style", |reader| text(reader, limits))?;
                let mut parts = parts.into_iter();
                let value = parts.next();
                let important = parts.next().is_some_and(|priority| priority == "important");
                (property, value, important)
            }
            Peek::Bool | Peek::Null | Peek::Number | Peek::Object => {
                reader.skip()?;
                (property, None, false)
            }
        };
        changes.push(change);
    }
    Ok(changes)
}

fn pointer<'a>(reader: &mut Reader<'a>, source: u8, limits: &Limits) -> Result<Event<'a>> {
    let mut positions = None;
    object(reader, |reader, key| {
        if key != "positions" {
            return Ok(false);
        }
        positions = Some(list(reader, limits.pointer_positions, "pointer_positions", position)?);
        Ok(true)
    })?;
    Ok(Event::Pointer { source, positions: need(positions)? })
}

fn position(reader: &mut Reader<'_>) -> Result<Position> {
    let (mut x, mut y, mut id, mut offset_ms) = (None, None, None, 0.0);
    let mut keys = reader.begin_object()?;
    if reader.word(r#""x":"#) {
        (x, keys) = (Some(reader.number()?), First::GONE);
        if reader.word(r#","y":"#) {
            y = Some(reader.number()?);
        }
        if reader.word(r#","id":"#) {
            id = Some(reader.integer()?);
        }
        if reader.word(r#","timeOffset":"#) {
            offset_ms = reader.number()?;
        }
    }
    fields(reader, keys, |reader, key| {
        match key {
            "x" => x = Some(reader.number()?),
            "y" => y = Some(reader.number()?),
            "id" => id = Some(reader.integer()?),
            "timeOffset" => offset_ms = reader.number()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Position { x: need(x)?, y: need(y)?, id: need(id)?, offset_ms })
}

fn interaction<'a>(reader: &mut Reader<'a>) -> Result<Event<'a>> {
    let (mut kind, mut id, mut x, mut y, mut pointer) = (None, None, None, None, None);
    object(reader, |reader, key| {
        match key {
            "type" => kind = Some(small(reader, 10)?),
            "id" => id = Some(reader.integer()?),
            "x" => x = Some(reader.number()?),
            "y" => y = Some(reader.number()?),
            "pointerType" => pointer = Some(small(reader, 2)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Event::Interaction { kind: need(kind)?, id: need(id)?, at: x.zip(y), pointer })
}

fn scroll<'a>(reader: &mut Reader<'a>) -> Result<Event<'a>> {
    let (mut id, mut x, mut y) = (None, None, None);
    object(reader, |reader, key| {
        match key {
            "id" => id = Some(reader.integer()?),
            "x" => x = Some(reader.number()?),
            "y" => y = Some(reader.number()?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Event::Scroll { id: need(id)?, x: need(x)?, y: need(y)? })
}

fn resize<'a>(reader: &mut Reader<'a>) -> Result<Event<'a>> {
    let (mut width, mut height) = (None, None);
    object(reader, |reader, key| {
        match key {
            "width" => width = Some(reader.number()?),
            "height" => height = Some(reader.number()?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Event::Resize { width: need(width)?, height: need(height)? })
}

fn input<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let (mut id, mut value, mut is_checked) = (None, None, false);
    object(reader, |reader, key| {
        match key {
            "id" => id = Some(reader.integer()?),
            "text" => value = Some(text(reader, limits)?),
            "isChecked" => is_checked = reader.boolean()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Event::Input { id: need(id)?, text: need(value)?, is_checked })
}

fn media<'a>(reader: &mut Reader<'a>) -> Result<Event<'a>> {
    let (mut kind, mut id) = (None, None);
    let (mut current_time, mut volume, mut rate) = (None, None, None);
    let (mut muted, mut is_loop) = (None, None);
    object(reader, |reader, key| {
        match key {
            "type" => kind = Some(small(reader, 4)?),
            "id" => id = Some(reader.integer()?),
            _ if reader.null()? => {}
            "currentTime" => current_time = Some(reader.number()?),
            "volume" => volume = Some(reader.number()?),
            "playbackRate" => rate = Some(reader.number()?),
            "muted" => muted = Some(reader.boolean()?),
            "loop" => is_loop = Some(reader.boolean()?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Event::Media(MediaChange { kind: need(kind)?, id: need(id)?, current_time, volume, muted, is_loop, rate }))
}

fn selection<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let mut ranges = None;
    object(reader, |reader, key| {
        if key != "ranges" {
            return Ok(false);
        }
        ranges = Some(list(reader, limits.pointer_positions, "pointer_positions", range)?);
        Ok(true)
    })?;
    Ok(Event::Selection { ranges: need(ranges)? })
}

fn range(reader: &mut Reader<'_>) -> Result<Range> {
    let mut found = Range { start: 0, start_offset: 0, end: 0, end_offset: 0 };
    object(reader, |reader, key| {
        match key {
            "start" => found.start = reader.integer()?,
            "startOffset" => found.start_offset = reader.integer()?,
            "end" => found.end = reader.integer()?,
            "endOffset" => found.end_offset = reader.integer()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(found)
}

/// `{define: {name}}`: a custom element's name has a class from now on.
fn custom_element<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let mut name = None;
    object(reader, |reader, key| {
        if key != "define" {
            return Ok(false);
        }
        object(reader, |reader, key| {
            if key != "name" {
                return Ok(false);
            }
            name = Some(text(reader, limits)?);
            Ok(true)
        })?;
        Ok(true)
    })?;
    Ok(Event::Define { name: need(name)? })
}
