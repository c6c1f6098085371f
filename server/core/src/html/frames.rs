//! Frames that carry their document in `srcdoc`, one after the other instead of one inside the other.

use std::collections::VecDeque;

use html5ever::local_name;

use super::feed::{Source, feed};
use super::sink::{Parsed, Sink};
use super::{HtmlError, Scripting};
use crate::limits::Limits;
use crate::mirror::{Mirror, Namespace, Slot, Value};

/// Parses the page and, breadth first, the documents in its frames. All share the mirror's bounds and one count of
/// bytes read. `within` names the element whose content the page's text is, if it is no whole page.
pub(super) fn parse_with_frames(
    text: &str,
    within: Option<(&str, Namespace)>,
    scripting: Scripting,
    limits: &Limits,
    mut mirror: Mirror,
) -> Result<Mirror, HtmlError> {
    let mut left = limits.html_bytes;
    spend(&mut left, text)?;
    // Hardly a page has more nodes than tags.
    mirror.reserve(memchr::memchr_iter(b'<', text.as_bytes()).count());
    let sink = Sink::for_page(mirror, scripting, limits)?;
    let source = match within {
        None => Source::Page,
        Some((name, namespace)) => Source::ContentOf(sink.context(name, namespace)),
    };
    let parsed = feed(text, sink, limits, source)?.finish_document()?;
    let Parsed { mut mirror, mut budget, frames } = parsed;
    let mut waiting = VecDeque::from(frames);
    while let Some(frame) = waiting.pop_front() {
        let text = take_srcdoc(&mut mirror, frame)?;
        spend(&mut left, &text)?;
        let sink = Sink::for_frame(mirror, scripting, limits, budget, frame)?;
        let parsed = feed(&text, sink, limits, Source::Frame)?.finish_document()?;
        (mirror, budget) = (parsed.mirror, parsed.budget);
        waiting.extend(parsed.frames);
    }
    Ok(mirror)
}

fn spend(left: &mut usize, text: &str) -> Result<(), HtmlError> {
    *left = left.checked_sub(text.len()).ok_or(HtmlError::OverLimit("html_bytes"))?;
    Ok(())
}

/// The frame's document text. The attribute and the frame's fallback text are gone afterwards.
fn take_srcdoc(mirror: &mut Mirror, frame: Slot) -> Result<Box<str>, HtmlError> {
    while let Some(fallback) = mirror.first_child(frame) {
        mirror.detach(fallback);
        mirror.free(fallback);
    }
    Ok(match mirror.set_attribute(frame, &local_name!("srcdoc"), None)? {
        Some(Value::Text(text)) => text,
        Some(Value::Number(_) | Value::Bool(_) | Value::Withheld(_)) | None => Box::default(),
    })
}
