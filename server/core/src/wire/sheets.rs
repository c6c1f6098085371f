//! Events of style sheets and fonts.

use std::borrow::Cow;

use super::decode::{EventRefusal, text};
use super::event::{Adopted, Declaration, Event, FontDescriptor, RulePath, SheetRule};
use super::incremental::{Result, StyleChange, list, need, object};
use super::json::{Peek, Reader};
use crate::ids::NodeId;
use crate::limits::Limits;

/// A rule's place: one number, or a list of them.
fn path(reader: &mut Reader<'_>) -> Result<RulePath> {
    let index = |reader: &mut Reader<'_>| u32::try_from(reader.integer()?).map_err(|_| EventRefusal::Malformed);
    match reader.peek()? {
        Peek::Array => list(reader, 64, "rule depth", index),
        _ => Ok(vec![index(reader)?]),
    }
}

pub(super) fn sheet_rule<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let mut found = SheetRule::default();
    object(reader, |reader, key| {
        match key {
            "id" => found.id = Some(reader.integer()?),
            "styleId" => found.style_id = Some(reader.integer()?),
            "adds" => {
                found.adds = list(reader, limits.rules_per_sheet, "rules_per_sheet", |reader| rule(reader, limits))?;
            }
            "removes" => {
                found.removes = list(reader, limits.rules_per_sheet, "rules_per_sheet", |reader| {
                    let mut at = None;
                    object(reader, |reader, key| {
                        if key != "index" {
                            return Ok(false);
                        }
                        at = Some(path(reader)?);
                        Ok(true)
                    })?;
                    need(at)
                })?;
            }
            "replace" | "replaceSync" => found.replace = Some(text(reader, limits)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Event::SheetRule(found))
}

fn rule<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<(Cow<'a, str>, Option<RulePath>)> {
    let (mut css, mut at) = (None, None);
    object(reader, |reader, key| {
        match key {
            "rule" => css = Some(text(reader, limits)?),
            "index" if reader.null()? => {}
            "index" => at = Some(path(reader)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((need(css)?, at))
}

pub(super) fn declaration<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let mut found = Declaration::default();
    object(reader, |reader, key| {
        match key {
            "id" => found.id = Some(reader.integer()?),
            "styleId" => found.style_id = Some(reader.integer()?),
            "index" => found.index = path(reader)?,
            "set" => found.set = Some(property(reader, limits)?),
            "remove" => found.remove = Some(property(reader, limits)?.0),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Event::Declaration(found))
}

fn property<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<StyleChange<'a>> {
    let (mut name, mut value, mut important) = (None, None, false);
    object(reader, |reader, key| {
        match key {
            "property" => name = Some(text(reader, limits)?),
            _ if reader.null()? => {}
            // As the page's script gave it to `setProperty`: mostly text.
            "value" => value = Some(text_or_number(reader, limits)?),
            "priority" => important = text(reader, limits)? == "important",
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((need(name)?, value, important))
}

pub(super) fn adopted<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let mut found = Adopted::default();
    object(reader, |reader, key| {
        match key {
            "id" => found.id = reader.integer()?,
            "styleIds" => {
                found.style_ids =
                    list(reader, limits.adopted_sheets, "adopted_sheets", |reader| Ok(reader.integer()?))?;
            }
            "styles" => {
                found.styles =
                    list(reader, limits.adopted_sheets, "adopted_sheets", |reader| adopted_sheet(reader, limits))?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    // Recorders number sheets as they number nodes; what no player can hold as a number is no sheet's.
    found.styles.retain(|(id, _)| NodeId::new(*id).is_some());
    Ok(Event::Adopted(found))
}

fn adopted_sheet<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<(i64, Vec<Cow<'a, str>>)> {
    let (mut id, mut rules) = (None, Vec::new());
    object(reader, |reader, key| {
        match key {
            "styleId" => id = Some(reader.integer()?),
            "rules" => {
                rules = list(reader, limits.rules_per_sheet, "rules_per_sheet", |reader| {
                    rule(reader, limits).map(|(css, _)| css)
                })?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((need(id)?, rules))
}

pub(super) fn font<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Event<'a>> {
    let (mut family, mut source, mut is_buffer) = (None, None, false);
    let mut descriptors = Vec::new();
    object(reader, |reader, key| {
        match key {
            "family" => family = Some(text(reader, limits)?),
            "fontSource" => source = Some(text(reader, limits)?),
            "buffer" => is_buffer = reader.boolean()?,
            "descriptors" if reader.null()? => {}
            "descriptors" => descriptors = font_descriptors(reader, limits)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(Event::Font { family: need(family)?, source: need(source)?, is_buffer, descriptors })
}

/// The descriptors of a `FontFace`, by their names in a style sheet.
const FONT_DESCRIPTORS: [(&str, &str); 10] = [
    ("ascentOverride", "ascent-override"),
    ("descentOverride", "descent-override"),
    ("display", "font-display"),
    ("featureSettings", "font-feature-settings"),
    ("lineGapOverride", "line-gap-override"),
    ("sizeAdjust", "size-adjust"),
    ("stretch", "font-stretch"),
    ("style", "font-style"),
    ("unicodeRange", "unicode-range"),
    ("weight", "font-weight"),
];

fn font_descriptors<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Vec<FontDescriptor<'a>>> {
    let mut found: Vec<FontDescriptor<'a>> = Vec::new();
    object(reader, |reader, key| {
        let Some((name, property)) = FONT_DESCRIPTORS.iter().find(|(name, _)| *name == key) else { return Ok(false) };
        let value = text_or_number(reader, limits)?;
        if found.iter().all(|known| known.name != *name) {
            found.push(FontDescriptor { name, property, value });
        }
        Ok(true)
    })?;
    Ok(found)
}

fn text_or_number<'a>(reader: &mut Reader<'a>, limits: &Limits) -> Result<Cow<'a, str>> {
    match reader.peek()? {
        Peek::Number => Ok(Cow::Owned(reader.number()?.to_string())),
        _ => text(reader, limits),
    }
}
