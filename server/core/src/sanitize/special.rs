//! Elements and attributes that the tables alone cannot judge.

use std::borrow::Cow;

use html5ever::{LocalName, local_name};

use super::allow::{self, AttributeUse};
use super::render::{SafeAttribute, SafeValue};
use super::shape::{Shape, TagName};
use crate::html::FRAME_LABEL;
use crate::mirror::{Attribute, Mirror, Namespace, Node, Slot, Value};
use crate::restrict::{FILLER, mask_text};

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

/// The text of an inline sheet as recorded: `_cssText`, and the element's own texts, which are empty beside it until
/// they change.
pub(crate) fn sheet_source(mirror: &Mirror, slot: Slot) -> Cow<'_, str> {
    let written = mirror.get(slot).and_then(|node| node.attribute_text("_cssText"));
    let texts = mirror.children(slot).filter_map(|child| mirror.get(child).and_then(Node::text));
    let mut whole = Cow::Borrowed("");
    for text in written.into_iter().chain(texts).filter(|text| !text.is_empty()) {
        if whole.is_empty() {
            whole = Cow::Borrowed(text);
        } else {
            whole.to_mut().push_str(text);
        }
    }
    whole
}

/// What would show something through a mask: pictures, drawings, media, and bars whose length is the value.
pub(super) fn is_blocked_under_mask(name: &LocalName, namespace: Namespace) -> bool {
    match namespace {
        Namespace::Html => {
            matches!(&**name, "img" | "picture" | "canvas" | "audio" | "video" | "progress" | "meter" | "image")
        }
        // A part of a drawing is told by its shape and place; there is no filler for those.
        Namespace::Svg => true,
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
        () if keeps => TagName::Own(name.clone()),
        () if &**name == "frameset" => TagName::Other("body"),
        () if is_inline(name) => TagName::Other("span"),
        () => TagName::Other("div"),
    };
    Shape::Element { name, namespace: Namespace::Html, children: false, is_box: true }
}

/// HTML elements that a browser attaches a shadow root to, beside custom ones. Elsewhere it throws, and the player stops.
const SHADOW_HOSTS: [&str; 18] = [
    "article",
    "aside",
    "blockquote",
    "body",
    "div",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "main",
    "nav",
    "p",
    "section",
    "span",
];

/// Whether what the element becomes can have a shadow root.
pub(crate) fn takes_shadow_root(shape: &Shape) -> bool {
    match shape {
        Shape::Element { name, namespace: Namespace::Html, children: true, .. } => {
            SHADOW_HOSTS.contains(&&**name) || allow::is_custom_name(name)
        }
        _ => false,
    }
}

fn is_inline(name: &str) -> bool {
    BOX_INLINE.split_ascii_whitespace().any(|known| known == name)
}

const BLOCKED_LABEL: &str = "data-vitrine-blocked";

/// The text of a label of our own. A page that has such an attribute puts no words of its own there.
pub(super) fn own_label(name: &str) -> Option<&'static str> {
    match name {
        BLOCKED_LABEL => Some(""),
        FRAME_LABEL => Some("srcdoc"),
        _ => None,
    }
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
    style.push_str("box-sizing:border-box;background:#cfd5d9;");
    out.push(SafeAttribute { name: Cow::Borrowed(BLOCKED_LABEL), value: SafeValue::Text(Cow::Borrowed("")) });
    out.push(SafeAttribute { name: Cow::Borrowed("style"), value: SafeValue::Text(Cow::Owned(style)) });
}

/// `12.5px`, `12` or a number, within what a screen can show.
fn pixels(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => *number,
        Value::Text(text) => text.trim().trim_end_matches("px").parse().ok()?,
        Value::Bool(_) | Value::Withheld(_) => return None,
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
    if !node.verdict.masks_text() || matches!(listed, "checkbox" | "radio" | "button" | "submit" | "reset" | "image") {
        listed
    } else {
        "text"
    }
}

/// The recorder's own attributes, each where the player expects it and nowhere else.
pub(super) fn recorder_attribute<'a>(node: &'a Node, attribute: &'a Attribute, out: &mut Vec<SafeAttribute<'a>>) {
    let Some((element, Namespace::Html)) = node.element() else { return };
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
        // A closed dialog has no mode: the recorder still tells one, the player takes it away.
        ("rr_open_mode", Value::Text(mode))
            if &**element == "dialog"
                && node.attribute("open").is_some()
                && matches!(&**mode, "modal" | "non-modal") =>
        {
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
    let lower = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    };
    match &*lower {
        "srcdoc" => "attribute:srcdoc",
        "formaction" | "action" => "attribute:action",
        "ping" => "attribute:ping",
        "nonce" => "attribute:nonce",
        _ if lower.starts_with("on") || lower.contains(":on") => "attribute:handler",
        _ => "attribute:not-listed",
    }
}

/// What the mirror keeps of an attribute of a masked element.
pub(crate) enum KeptUnderMask {
    /// It lays out, or says where a style sheet is.
    AsIs,
    /// This in place of its text.
    Text(&'static str),
    /// Its declarations without what could show text.
    Style,
    /// It goes.
    Nothing,
}

/// What is kept of an attribute: what leaves under a mask, and what rules need; nothing else.
pub(crate) fn kept_under_mask(node: &Node, attribute: &Attribute) -> KeptUnderMask {
    let Some((element, namespace)) = node.element() else { return KeptUnderMask::Nothing };
    let name: &str = &attribute.name;
    let is_link = *element == local_name!("link") && namespace == Namespace::Html;
    match (name, &attribute.value) {
        ("rr_width" | "rr_height" | "width" | "height", value) if pixels(value).is_some() => KeptUnderMask::AsIs,
        ("rr_src" | "data-rr-is-password", Value::Text(_)) => KeptUnderMask::Text(""),
        _ if name.starts_with("rr_") && !matches!(attribute.value, Value::Text(_)) => KeptUnderMask::AsIs,
        _ if name.starts_with("data-vitrine-") => KeptUnderMask::Text(""),
        ("rel" | "href" | "media" | "_cssText", _) if is_link => KeptUnderMask::AsIs,
        ("_cssText", _) if *element == local_name!("style") => KeptUnderMask::AsIs,
        ("class" | "id", _) => KeptUnderMask::AsIs,
        _ => match allow::attribute(element, namespace, &attribute.name) {
            Some(AttributeUse::Layout | AttributeUse::Name) if namespace != Namespace::Svg => KeptUnderMask::AsIs,
            Some(AttributeUse::Text) => KeptUnderMask::Text(mask_text(&attribute.value.as_text())),
            Some(AttributeUse::Link) => KeptUnderMask::Text("#"),
            Some(AttributeUse::Style) => KeptUnderMask::Style,
            _ => KeptUnderMask::Nothing,
        },
    }
}

/// What stands in the place of an attribute whose value a pattern names: `Some(None)` where it goes, `None` where the
/// value is no text of the page.
pub(crate) fn kept_of_match(
    element: &LocalName,
    namespace: Namespace,
    name: &LocalName,
) -> Option<Option<&'static str>> {
    match allow::attribute(element, namespace, name) {
        Some(AttributeUse::Text) => Some(Some(FILLER)),
        // An option is chosen by its value.
        Some(AttributeUse::Data) if *element == local_name!("option") => Some(Some(FILLER)),
        Some(AttributeUse::Content | AttributeUse::Data) | None => Some(None),
        Some(_) => None,
    }
}

/// Whether an attribute's value is words or data of the page.
pub(crate) fn is_words(element: &LocalName, namespace: Namespace, name: &LocalName) -> bool {
    let used = allow::attribute(element, namespace, name);
    matches!(used, Some(AttributeUse::Text | AttributeUse::Content | AttributeUse::Data))
}

/// Whether agents get the element as a style sheet whose rules are known here.
pub(crate) fn is_inline_sheet(node: &Node) -> bool {
    is_sheet(node) && style_kind(node) == StyleKind::Inline
}

/// Whether the element holds the text of a style sheet.
pub(crate) fn is_sheet(node: &Node) -> bool {
    is_style(node) || node.is_html(&local_name!("link")) && node.attribute("_cssText").is_some()
}

/// Kept here beside the other judgements of kinds: whether the node's text is style, not words.
pub(crate) fn is_style_text(mirror: &Mirror, slot: Slot) -> bool {
    let parent = mirror.parent(slot).and_then(|parent| mirror.get(parent));
    parent.is_some_and(is_style)
}

/// MathML has no style element: an element of this name is shown there with its text.
fn is_style(node: &Node) -> bool {
    node.element().is_some_and(|(name, namespace)| *name == local_name!("style") && namespace != Namespace::MathMl)
}
