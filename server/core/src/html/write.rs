//! Writes HTML that reads back as what was written, whatever a parser makes of the tree.
//!
//! Every `<` in the output begins a tag of the writer's own: in text and attribute values it is escaped, in style sheets
//! it is a CSS escape, and no element whose content a parser takes literally is ever written but `style`, `title`,
//! `textarea` and an empty `iframe`. So where a tree cannot be said in HTML (a `p` in a `p`, a form in a form) a parser
//! builds another tree, but of the same elements with the same attributes. An element that would change its namespace on
//! the way is left out.

use crate::mirror::Namespace;

use super::names::{Content, Traits, content};
use super::placing::{Around, name_read, namespace_read};

/// Says on the box of a frame's document what it is.
pub(crate) const FRAME_LABEL: &str = "data-vitrine-frame";

const CHARSET: &str = "<meta charset=\"utf-8\">";

/// HTML text under construction. Calls come in document order: `open`, `attribute`…, `open_end`, content, `close`.
#[derive(Debug, Default)]
pub struct HtmlWriter {
    out: String,
    open: Vec<Open>,
    /// Open elements that are not written, inside the last one that is.
    unwritten: usize,
    frames: usize,
    /// Without one a reader takes the page for one of the nineties.
    has_doctype: bool,
    /// The page's own `head` was begun.
    has_head: bool,
    /// The page's own `body` was begun.
    has_body: bool,
    /// The text that comes next follows a start tag after which a parser drops a line feed.
    drops_line_feed: bool,
}

#[derive(Debug)]
struct Open {
    /// Length of its name as written, behind the `<` at `starts_at`; 0 for what stands for a frame's document.
    name_bytes: usize,
    starts_at: usize,
    namespace: Namespace,
    traits: Traits,
    content: Content,
    /// The document's own `head`, or that of a frame's document.
    head: Head,
    /// It stands under another name, and has only what any element has.
    is_renamed: bool,
}

impl Open {
    fn is_frame_document(&self) -> bool {
        self.name_bytes == 0
    }

    fn as_known(&self) -> Around {
        Around { namespace: self.namespace, traits: self.traits }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    No,
    OfPage,
    OfFrame,
}

impl HtmlWriter {
    /// An empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The document type. Inside a frame's document it is left out; identifiers of unusual form are, too.
    pub fn doctype(&mut self, name: &str, public_id: &str, system_id: &str) {
        if self.unwritten > 0 || !self.open.is_empty() {
            return;
        }
        let name = if is_name(name) { name } else { "html" };
        self.has_doctype = true;
        self.out.push_str("<!DOCTYPE ");
        self.out.push_str(name);
        if is_identifier(public_id) && is_identifier(system_id) && !(public_id.is_empty() && system_id.is_empty()) {
            let word = if public_id.is_empty() { " SYSTEM" } else { " PUBLIC" };
            self.out.push_str(word);
            for id in [public_id, system_id].into_iter().filter(|id| !id.is_empty()) {
                self.out.push_str(" \"");
                self.out.push_str(id);
                self.out.push('"');
            }
        }
        self.out.push('>');
    }

    /// Begins an element. One that must not be written is left out with all beneath it.
    pub fn open(&mut self, name: &str, namespace: Namespace) {
        self.drops_line_feed = false;
        let traits = Traits::of(name);
        let content = content(name, traits, namespace);
        if self.unwritten > 0 || content == Content::Never || !self.may_hold(name, traits, namespace) {
            self.unwritten += 1;
            return;
        }
        let given = name;
        let (placed, head) = self.place(name, namespace);
        let traits_as = |name: &str| if name == given { traits } else { Traits::of(name) };
        let name = self
            .name_read(placed, traits_as(placed), namespace)
            .filter(|name| *name == placed || content != Content::Void);
        let Some(name) = name else {
            self.unwritten += 1;
            return;
        };
        self.complete_head(name, head);
        let starts_at = self.out.len();
        self.out.push('<');
        self.out.push_str(name);
        let is_renamed = name != given;
        let traits = traits_as(name);
        self.open.push(Open { name_bytes: name.len(), starts_at, namespace, traits, content, head, is_renamed });
    }

    /// An open element's name as written; empty for what stands for a frame's document.
    fn name(&self, open: &Open) -> &str {
        self.out.get(open.starts_at + 1..).and_then(|rest| rest.get(..open.name_bytes)).unwrap_or_default()
    }

    /// The name of the innermost element; `None` where nothing is open.
    fn innermost(&self) -> Option<&str> {
        self.open.last().map(|open| self.name(open))
    }

    /// Whether the innermost element can have such a child, and a parser would see one there.
    fn may_hold(&self, name: &str, traits: Traits, namespace: Namespace) -> bool {
        let Some(above) = self.open.last() else { return namespace_read(None, name, traits) == Some(namespace) };
        let fits = match above.content {
            Content::Void | Content::Text | Content::Style | Content::Empty | Content::Never => false,
            Content::Nodes | Content::NodesAfterLineFeed => above.head != Head::OfFrame || name == "style",
        };
        fits && namespace_read(Some(above.as_known()), name, traits) == Some(namespace)
    }

    /// The name under which a parser would leave the element here; `None`: under none.
    fn name_read<'n>(&self, name: &'n str, traits: Traits, namespace: Namespace) -> Option<&'n str> {
        if namespace != Namespace::Html {
            return Some(name);
        }
        let above = self.open.iter().rev().filter(|open| !open.is_frame_document()).map(Open::as_known);
        name_read(name, traits, &above, !self.has_doctype)
    }

    /// A parser gives a page both a head and a body, whatever was hidden.
    fn complete_head(&mut self, name: &str, head: Head) {
        if name == "body" && !self.has_head {
            self.out.push_str("<head>");
            self.out.push_str(CHARSET);
            self.out.push_str("</head>");
        }
        self.has_head |= head == Head::OfPage || name == "body";
        self.has_body |= name == "body";
    }

    /// The name under which an element stands here: `html`, `head` and `body` are what they say only once, at the top.
    fn place<'n>(&self, name: &'n str, namespace: Namespace) -> (&'n str, Head) {
        let above = self.innermost();
        match name {
            _ if namespace != Namespace::Html => {}
            "html" if above.is_some() => return ("div", Head::No),
            "head" if self.frames > 0 => return ("div", Head::OfFrame),
            "head" if above == Some("html") => return ("head", Head::OfPage),
            "head" => return ("div", Head::No),
            "body" if above != Some("html") => return ("div", Head::No),
            _ => {}
        }
        match name {
            _ if is_name(name) => (name, Head::No),
            _ if namespace == Namespace::Html => ("span", Head::No),
            _ => ("g", Head::No),
        }
    }

    /// One attribute of the element just begun. A name that no parser gives back is left out.
    pub fn attribute(&mut self, name: &str, value: &str) {
        let is_renamed = self.open.last().is_some_and(|open| open.is_renamed);
        if self.unwritten == 0 && is_attribute_name(name) && (!is_renamed || is_global(name)) {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(&mut self.out, value);
            self.out.push('"');
        }
    }

    /// Ends the start tag.
    pub fn open_end(&mut self) {
        if self.unwritten > 0 {
            return;
        }
        self.out.push('>');
        if let Some(open) = self.open.last() {
            self.drops_line_feed = match open.content {
                Content::NodesAfterLineFeed => true,
                Content::Text => self.name(open) == "textarea",
                _ => false,
            };
            if open.head == Head::OfPage {
                // Nothing is left to a reader's guess of the encoding.
                self.out.push_str(CHARSET);
            }
        }
    }

    /// Text. Nothing is written where an element holds none.
    pub fn text(&mut self, text: &str) {
        let content = self.open.last().map_or(Content::Nodes, |open| open.content);
        let in_frame_head = self.open.last().is_some_and(|open| open.head == Head::OfFrame);
        // A parser would move it into the body.
        let after_body = self.has_body && self.innermost().is_none_or(|name| name == "html");
        if self.unwritten > 0 || in_frame_head || after_body || text.is_empty() {
            return;
        }
        match content {
            Content::Void | Content::Empty | Content::Never => {}
            Content::Style => self.raw_css(text),
            Content::Nodes | Content::NodesAfterLineFeed | Content::Text => {
                if self.drops_line_feed && text.starts_with('\n') {
                    self.out.push('\n');
                }
                self.drops_line_feed = false;
                escape(&mut self.out, text);
            }
        }
    }

    /// A style sheet's text, inside `style` only. It reads the same whether a parser takes it literally (HTML) or looks
    /// for character references in it (SVG).
    pub fn raw_css(&mut self, css: &str) {
        if self.unwritten > 0 || self.open.last().is_none_or(|open| open.content != Content::Style) {
            return;
        }
        let mut from = 0;
        for at in memchr::memchr3_iter(b'<', b'&', 0, css.as_bytes()) {
            let next = css.as_bytes().get(at + 1);
            let instead = match css.as_bytes().get(at) {
                Some(b'<') => "\\3C ",
                Some(b'&') if next.is_some_and(|next| !next.is_ascii_alphanumeric() && *next != b'#') => continue,
                Some(b'&') => "\\26 ",
                _ => "\\FFFD ",
            };
            self.out.push_str(css.get(from..at).unwrap_or_default());
            self.out.push_str(instead);
            from = at + 1;
        }
        self.out.push_str(css.get(from..).unwrap_or_default());
    }

    /// The document inside the frame element just opened: the frame becomes a labelled `div` (in a paragraph a `span`), and so
    /// do the document's `html`, `head` (style sheets only) and `body`.
    pub fn open_frame_document(&mut self) {
        if self.unwritten > 0 {
            self.unwritten += 1;
            return;
        }
        let in_frame =
            self.open.last().is_some_and(|open| open.namespace == Namespace::Html && self.name(open) == "iframe");
        if let Some(mut frame) = self.open.pop_if(|_| in_frame) {
            let name = self.name_read("div", Traits::of("div"), Namespace::Html).unwrap_or("div");
            let tag = self.out.split_off(frame.starts_at);
            self.out.push_str(&format!("<{name} {FRAME_LABEL}=\"srcdoc\""));
            for (attribute, value) in written(&tag).filter(|(attribute, _)| is_global(attribute)) {
                self.out.push_str(&format!(" {attribute}=\"{value}\""));
            }
            self.out.push('>');
            frame.name_bytes = name.len();
            frame.traits = Traits::of(name);
            frame.content = Content::Nodes;
            self.open.push(frame);
        }
        self.frames += 1;
        let starts_at = self.out.len();
        self.open.push(Open {
            name_bytes: 0,
            starts_at,
            namespace: Namespace::Html,
            traits: Traits::NONE,
            content: Content::Nodes,
            head: Head::No,
            is_renamed: false,
        });
    }

    /// Ends the innermost element or frame document.
    pub fn close(&mut self) {
        self.drops_line_feed = false;
        if self.unwritten > 0 {
            self.unwritten -= 1;
            return;
        }
        let Some(open) = self.open.pop() else { return };
        if open.is_frame_document() {
            self.frames -= 1;
        } else if open.content != Content::Void {
            if self.open.is_empty() && !self.has_body && self.name(&open) == "html" {
                self.complete_head("body", Head::No);
                self.out.push_str("<body></body>");
            }
            self.out.push_str("</");
            let starts_at = open.starts_at + 1;
            self.out.extend_from_within(starts_at..starts_at + open.name_bytes);
            self.out.push('>');
        }
    }

    /// The text. Elements still open are closed.
    #[must_use]
    pub fn finish(mut self) -> String {
        while self.unwritten > 0 || !self.open.is_empty() {
            self.close();
        }
        self.out
    }
}

/// The attributes of a start tag of the writer's own, with their values as they are written.
fn written(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        Some((name.rsplit(' ').next().unwrap_or_default(), value))
    })
}

/// Text or a value in double quotes. A parser drops a zero and turns a bare carriage return into a line feed.
fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some((at, instead)) = first_to_escape(rest) {
        let (plain, after) = rest.split_at_checked(at).unwrap_or_default();
        out.push_str(plain);
        out.push_str(instead);
        rest = after.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// So many bytes are looked at together, without a branch for each.
const STRIDE_BYTES: usize = 32;

/// The first byte that does not stand for itself, and what is written instead.
fn first_to_escape(text: &str) -> Option<(usize, &'static str)> {
    let is_plain = |part: &[u8]| !part.iter().fold(false, |found, byte| found | instead_of(*byte).is_some());
    let plain = text.as_bytes().chunks(STRIDE_BYTES).take_while(|part| is_plain(part)).count() * STRIDE_BYTES;
    let rest = text.as_bytes().get(plain..)?;
    rest.iter().enumerate().find_map(|(at, byte)| Some((plain + at, instead_of(*byte)?)))
}

fn instead_of(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\r' => Some("&#13;"),
        0 => Some("\u{fffd}"),
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(is_name_byte)
}

fn is_attribute_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':') && name.bytes().all(is_name_byte)
}

/// Whether any element can have it.
fn is_global(name: &str) -> bool {
    matches!(name, "class" | "id" | "style" | "title" | "lang" | "dir" | "hidden" | "role")
        || name.starts_with("data-")
        || name.starts_with("aria-")
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':')
}

fn is_identifier(text: &str) -> bool {
    text.bytes().all(|b| b == b' ' || b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'&'))
}
