//! How a parser reads the content of an element, by name. Data for the writer.

use crate::mirror::Namespace;

/// What may stand inside an element when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Elements and text.
    Nodes,
    /// As `Nodes`, but a parser drops a line feed right after the start tag.
    NodesAfterLineFeed,
    /// Text only: tags inside would be read as text.
    Text,
    /// A style sheet.
    Style,
    /// Nothing, but it has an end tag.
    Empty,
    /// Nothing, and no end tag.
    Void,
    /// The element is not written at all: a parser reads its content in a way of its own, or makes another element of it.
    Never,
}

/// HTML elements without an end tag.
const VOID: &[&str] =
    &["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Not written in any namespace: a parser that breaks out of SVG or MathML would read them as HTML.
const NEVER: &[&str] = &[
    "script",
    "template",
    "noscript",
    "noembed",
    "noframes",
    "plaintext",
    "xmp",
    "listing",
    "frameset",
    "frame",
    "image",
    "isindex",
    "base",
    "basefont",
    "bgsound",
    "keygen",
    "object",
    "applet",
    "portal",
    "fencedframe",
];

/// What may stand in an element of that name. `image` is written in SVG, where it is a picture.
pub(super) fn content(name: &str, namespace: Namespace) -> Content {
    let lower = name.to_ascii_lowercase();
    let name = lower.as_str();
    if NEVER.contains(&name) && !(name == "image" && namespace == Namespace::Svg) {
        return Content::Never;
    }
    match (namespace, name) {
        (_, "style") => Content::Style,
        (_, "iframe") => Content::Empty,
        (Namespace::Html, "title" | "textarea") => Content::Text,
        (Namespace::Html, "pre") => Content::NodesAfterLineFeed,
        (Namespace::Html, _) if VOID.contains(&name) => Content::Void,
        _ => Content::Nodes,
    }
}
