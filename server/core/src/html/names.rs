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

/// SVG elements whose content a parser reads as HTML.
const SVG_INTEGRATION: &[&str] = &["foreignObject", "desc", "title"];

/// MathML elements whose content a parser reads as HTML.
const MATHML_INTEGRATION: &[&str] = &["mi", "mo", "mn", "ms", "mtext"];

/// HTML elements that end SVG or MathML when they stand in it, whatever was meant.
const BREAKOUT: &[&str] = &[
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "listing",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tt",
    "u",
    "ul",
    "var",
];

/// The namespace that a parser gives to an element of that name inside `parent` (name and namespace; `None`: at the top).
/// `None`: it would end what it stands in.
pub(super) fn namespace_read(parent: Option<(&str, Namespace)>, name: &str) -> Option<Namespace> {
    let by_name = match name {
        "svg" => Namespace::Svg,
        "math" => Namespace::MathMl,
        _ => Namespace::Html,
    };
    Some(match parent {
        None | Some((_, Namespace::Html)) => by_name,
        Some((parent, Namespace::Svg)) if SVG_INTEGRATION.contains(&parent) => by_name,
        Some((parent, Namespace::MathMl)) if MATHML_INTEGRATION.contains(&parent) => match name {
            "mglyph" | "malignmark" => Namespace::MathMl,
            _ => by_name,
        },
        Some(_) if BREAKOUT.contains(&name) => return None,
        Some(("annotation-xml", Namespace::MathMl)) if name == "svg" => Namespace::Svg,
        Some((_, namespace)) => namespace,
    })
}

/// Elements that end a `p` they stand in.
const ENDS_P: &str = " address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure \
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section summary table ul ";

/// Ignored outside a table.
const TABLE_PARTS: [&str; 9] = ["caption", "colgroup", "col", "tbody", "thead", "tfoot", "tr", "td", "th"];

/// HTML elements within which a parser does not look further out for an open element.
const SCOPES: &str = " html table td th caption marquee ";

/// The HTML name under which an element stands where a parser would not leave it under its own: a form in a form, a link in
/// a link, a block in a paragraph (in quirks mode a table may stand there). `above` are the open elements, innermost first; `None`: under no name.
pub(super) fn name_read<'n, 'a>(
    name: &'n str,
    above: &(impl Iterator<Item = (&'a str, Namespace)> + Clone),
    is_quirks: bool,
) -> Option<&'n str> {
    let is_open = |wanted: &str, with_button: bool| {
        let near = above.clone().take_while(|(name, namespace)| !is_scope(name, *namespace, with_button));
        let mut near = near.filter(|(_, namespace)| *namespace == Namespace::Html);
        near.any(|(name, _)| name == wanted)
    };
    let parent = above.clone().next().map_or("", |(name, _)| name);
    let name = match name {
        "form" if above.clone().any(|open| open == ("form", Namespace::Html)) => {
            if matches!(parent, "table" | "tbody" | "thead" | "tfoot" | "tr") {
                return None;
            }
            "div"
        }
        "a" | "nobr" | "button" if is_open(name, false) => "span",
        "input" if is_open("select", false) => return None,
        "select" if is_open(name, false) => "span",
        "li" | "dd" | "dt" if ends_item(name, above.clone()) => "div",
        "option" | "optgroup" if matches!(parent, "option" | "p") => "span",
        _ if is_heading(name) && is_heading(parent) => "div",
        _ if TABLE_PARTS.contains(&name) && !TABLE_PARTS.contains(&parent) && parent != "table" => "span",
        _ => name,
    };
    let ends_p = ENDS_P.split(' ').any(|known| known == name) && !(is_quirks && name == "table");
    Some(if ends_p && is_open("p", true) { "span" } else { name })
}

/// Whether an item of a list stands in another one with no list of its own around it.
fn ends_item<'a>(name: &str, above: impl Iterator<Item = (&'a str, Namespace)>) -> bool {
    for (open, namespace) in above {
        let is_item = if name == "li" { open == "li" } else { matches!(open, "dd" | "dt") };
        if is_item && namespace == Namespace::Html {
            return true;
        }
        let is_block =
            ENDS_P.split(' ').any(|known| known == open) && !matches!(open, "address" | "div" | "p" | "dialog");
        let is_other = matches!(open, "body" | "head" | "button" | "select") || TABLE_PARTS.contains(&open);
        if is_block || is_other || is_scope(open, namespace, true) {
            return false;
        }
    }
    false
}

fn is_scope(name: &str, namespace: Namespace, with_button: bool) -> bool {
    match namespace {
        Namespace::Html => SCOPES.split(' ').any(|known| known == name) || with_button && name == "button",
        Namespace::Svg => SVG_INTEGRATION.contains(&name),
        Namespace::MathMl => MATHML_INTEGRATION.contains(&name),
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}
