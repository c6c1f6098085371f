//! Elements and attributes that the tables alone cannot judge.

use std::borrow::Cow;

use html5ever::{LocalName, local_name};

use super::allow;
use super::render::{SafeAttribute, SafeValue, Shape};
use crate::mirror::{Attribute, Kind, Mirror, Namespace, Node, Slot, Value};

/// How a `style` or `link` element is a style sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StyleKind {
    /// The recorder wrote its rules out, or they stand as text in it.
    Inline,
    /// An address to fetch it from.
    Linked,
    /// Not a style sheet: icons, preloads, manifests.
    Other,
}

/// How the element is a style sheet.
pub(super) fn style_kind(node: &Node) -> StyleKind {
    let is_link = node.is_html(&local_name!("link"));
    if !is_link || node.attribute("_cssText").is_some() {
        return StyleKind::Inline;
    }
    let rel = node.attribute_text("rel").unwrap_or_default();
    let is_sheet = rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("stylesheet"));
    let is_alternate = rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("alternate"));
    if is_sheet && !is_alternate && node.attribute("disabled").is_none() { StyleKind::Linked } else { StyleKind::Other }
}

/// The text of an inline sheet as recorded: `_cssText`, or the element's own text.
pub(crate) fn sheet_source(mirror: &Mirror, slot: Slot) -> Cow<'_, str> {
    if let Some(text) = mirror.get(slot).and_then(|node| node.attribute_text("_cssText")) {
        return Cow::Borrowed(text);
    }
    let mut texts = mirror.children(slot).filter_map(|child| mirror.get(child).and_then(Node::text));
    let first = texts.next().unwrap_or_default();
    let mut whole = Cow::Borrowed(first);
    for text in texts {
        whole.to_mut().push_str(text);
    }
    whole
}

/// What would show something through a mask: pictures, drawings, media, and bars whose length is the value.
pub(super) fn is_blocked_under_mask(name: &LocalName, namespace: Namespace) -> bool {
    match namespace {
        Namespace::Html => {
            matches!(&**name, "img" | "picture" | "canvas" | "audio" | "video" | "progress" | "meter" | "image")
        }
        Namespace::Svg => &**name == "svg",
        Namespace::MathMl => false,
    }
}

/// Elements whose place in a table, list or document would break if a box of another name stood there.
const BOX_KEEPS_NAME: [&str; 15] = [
    "html", "body", "head", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th", "li",
    "option",
];

/// Elements that flow with text.
const BOX_INLINE: &str = " a abbr audio b button canvas cite code em embed i iframe image img input kbd label mark meter \
    object output picture progress q s samp select small span strong sub sup svg textarea time u var video ";

/// The box that stands for a blocked element.
pub(super) fn box_shape(name: &LocalName, namespace: Namespace, parent: Option<&Node>) -> Shape {
    let inside_svg = parent.and_then(Node::element).is_some_and(|(name, parent_namespace)| {
        parent_namespace != Namespace::Html && &**name != "foreignObject" && &**name != "foreignobject"
    });
    if inside_svg {
        return Shape::Gone;
    }
    let keeps = namespace == Namespace::Html && BOX_KEEPS_NAME.contains(&&**name);
    let name = match () {
        () if keeps => Cow::Owned(name.to_string()),
        () if is_inline(name) => Cow::Borrowed("span"),
        () => Cow::Borrowed("div"),
    };
    Shape::Element { name, namespace: Namespace::Html, children: false, is_box: true }
}

fn is_inline(name: &str) -> bool {
    BOX_INLINE.split_ascii_whitespace().any(|known| known == name)
}

/// A box says that it is one, and keeps the size that the recorder reported, else its explicit one.
pub(super) fn box_attributes(node: &Node, out: &mut Vec<SafeAttribute<'_>>) {
    let Some((name, _)) = node.element() else { return };
    let mut style = String::new();
    if !BOX_KEEPS_NAME.contains(&&**name) {
        style.push_str(if is_inline(name) { "display:inline-block;" } else { "display:block;" });
    }
    for (property, reported) in [("width", "rr_width"), ("height", "rr_height")] {
        let pixels = node.attribute(reported).or_else(|| node.attribute(property)).and_then(pixels);
        if let Some(pixels) = pixels {
            style.push_str(&format!("{property}:{pixels}px;"));
        }
    }
    style.push_str("box-sizing:border-box;background:#cfd5d9");
    out.push(SafeAttribute { name: Cow::Borrowed("data-vitrine-blocked"), value: SafeValue::Text(Cow::Borrowed("")) });
    out.push(SafeAttribute { name: Cow::Borrowed("style"), value: SafeValue::Text(Cow::Owned(style)) });
}

/// `12.5px`, `12` or a number, within what a screen can show.
fn pixels(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => *number,
        Value::Text(text) => text.trim().trim_end_matches("px").parse().ok()?,
        Value::Bool(_) => return None,
    };
    (0.0..=16_384.0).contains(&number).then_some(number)
}

/// A hidden input: it shows nothing and holds what is for programs. As a masked text field it would stand out.
pub(super) fn is_hidden_input(node: &Node) -> bool {
    node.is_html(&local_name!("input"))
        && node.attribute_text("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("hidden"))
}

/// `type` of an input for agents: never `password`; under a mask only what shows no value.
pub(super) fn safe_input_type(node: &Node, recorded: &str) -> &'static str {
    let listed = allow::input_type(recorded);
    if !node.verdict.masks() || matches!(listed, "checkbox" | "radio" | "button" | "submit" | "reset" | "image") {
        listed
    } else {
        "text"
    }
}

/// The recorder's own attributes, each where the player expects it and nowhere else.
pub(super) fn recorder_attribute<'a>(node: &'a Node, attribute: &'a Attribute, out: &mut Vec<SafeAttribute<'a>>) {
    let Some((element, _)) = node.element() else { return };
    let is_media = matches!(&**element, "audio" | "video");
    let masks = node.verdict.silences();
    let value = match (&*attribute.name, &attribute.value) {
        ("rr_scrollLeft" | "rr_scrollTop", Value::Number(number)) if !masks => {
            Some(SafeValue::Number(number.clamp(-1e7, 1e7)))
        }
        ("rr_mediaCurrentTime", Value::Number(number)) if is_media => Some(SafeValue::Number(number.clamp(0.0, 1e7))),
        ("rr_mediaVolume", Value::Number(number)) if is_media => Some(SafeValue::Number(number.clamp(0.0, 1.0))),
        ("rr_mediaPlaybackRate", Value::Number(number)) if is_media => {
            Some(SafeValue::Number(number.clamp(0.0625, 16.0)))
        }
        ("rr_mediaMuted" | "rr_mediaLoop", Value::Bool(value)) if is_media => Some(SafeValue::Bool(*value)),
        ("rr_mediaState", Value::Text(state)) if is_media && matches!(&**state, "played" | "paused") => {
            Some(SafeValue::Text(Cow::Borrowed(state)))
        }
        ("rr_open_mode", Value::Text(mode)) if &**element == "dialog" && matches!(&**mode, "modal" | "non-modal") => {
            Some(SafeValue::Text(Cow::Borrowed(mode)))
        }
        // Written only by `view`, from a checked picture.
        ("rr_dataURL", Value::Text(picture)) if &**element == "canvas" && is_own_picture(picture) => {
            Some(SafeValue::Text(Cow::Borrowed(picture)))
        }
        ("rr_width" | "rr_height", value) if &**element == "iframe" => {
            pixels(value).map(|pixels| SafeValue::Text(Cow::Owned(format!("{pixels}px"))))
        }
        _ => None,
    };
    if let Some(value) = value {
        out.push(SafeAttribute { name: Cow::Borrowed(&*attribute.name), value });
    }
}

fn is_own_picture(text: &str) -> bool {
    text.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,")).is_some_and(|(kind, data)| {
        matches!(kind, "png" | "jpeg" | "webp")
            && data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    })
}

/// The report's word for an attribute that does not pass.
pub(super) fn attribute_reason(name: &str) -> &'static str {
    let lower = name.to_ascii_lowercase();
    match &*lower {
        "srcdoc" => "attribute:srcdoc",
        "formaction" | "action" => "attribute:action",
        "ping" => "attribute:ping",
        "nonce" => "attribute:nonce",
        _ if lower.starts_with("on") || lower.contains(":on") => "attribute:handler",
        _ => "attribute:not-listed",
    }
}

/// Whether the attributes of an element make its value the page's secret even where no rule names it.
pub(crate) fn is_text_carrier(name: &str) -> bool {
    matches!(
        name,
        "value"
            | "placeholder"
            | "title"
            | "alt"
            | "label"
            | "content"
            | "src"
            | "srcset"
            | "poster"
            | "background"
            | "rr_dataURL"
            | "href"
            | "xlink:href"
            | "datetime"
            | "cite"
    ) || name.starts_with("aria-")
        || name.starts_with("data-")
}

/// Kept here beside the other judgements of kinds: whether the node's text is style, not words.
pub(crate) fn is_style_text(mirror: &Mirror, slot: Slot) -> bool {
    let parent = mirror.parent(slot).and_then(|parent| mirror.get(parent));
    parent.is_some_and(|node| matches!(&node.kind, Kind::Element { name, .. } if *name == local_name!("style")))
}
