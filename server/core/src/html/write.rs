//! Writes HTML that reads back as what was written, whatever a parser makes of the tree.
//!
//! Every `<` in the output begins a tag of the writer's own: in text and attribute values it is escaped, in style sheets
//! it is a CSS escape, and no element whose content a parser takes literally is ever written but `style`, `title`,
//! `textarea` and an empty `iframe`. So where a tree cannot be said in HTML (a `p` in a `p`, a form in a form) a parser
//! builds another tree, but of the same elements with the same attributes. An element that would change its namespace on
//! the way is left out.

use crate::mirror::Namespace;

use super::names::{Content, content, name_read, namespace_read};

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
    /// As written; empty for what stands for a frame's document.
    name: String,
    namespace: Namespace,
    starts_at: usize,
    content: Content,
    /// The document's own `head`, or that of a frame's document.
    head: Head,
    /// It stands under another name, and has only what any element has.
    is_renamed: bool,
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
        let content = content(name, namespace);
        if self.unwritten > 0 || content == Content::Never || !self.may_hold(name, namespace) {
            self.unwritten += 1;
            return;
        }
        let given = name;
        let (placed, head) = self.place(name, namespace);
        let name = self.name_read(placed, namespace).filter(|name| *name == placed || content != Content::Void);
        let Some(name) = name else {
            self.unwritten += 1;
            return;
        };
        self.complete_head(name, head);
        let starts_at = self.out.len();
        self.out.push('<');
        self.out.push_str(name);
        let is_renamed = name != given;
        self.open.push(Open { name: name.to_owned(), namespace, starts_at, content, head, is_renamed });
    }

    /// Whether the innermost element can have such a child, and a parser would see one there.
    fn may_hold(&self, name: &str, namespace: Namespace) -> bool {
        let Some(above) = self.open.last() else { return namespace_read(None, name) == Some(namespace) };
        let fits = match above.content {
            Content::Void | Content::Text | Content::Style | Content::Empty | Content::Never => false,
            Content::Nodes | Content::NodesAfterLineFeed => above.head != Head::OfFrame || name == "style",
        };
        fits && namespace_read(Some((&above.name, above.namespace)), name) == Some(namespace)
    }

    /// The name under which a parser would leave the element here; `None`: under none.
    fn name_read<'n>(&self, name: &'n str, namespace: Namespace) -> Option<&'n str> {
        let above = self.open.iter().rev().filter(|open| !open.name.is_empty());
        match namespace {
            Namespace::Html => {
                name_read(name, &above.map(|open| (open.name.as_str(), open.namespace)), !self.has_doctype)
            }
            Namespace::Svg | Namespace::MathMl => Some(name),
        }
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
        let above = self.open.last().map(|above| above.name.as_str());
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
            self.drops_line_feed = open.content == Content::NodesAfterLineFeed || open.name == "textarea";
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
        let after_body = self.has_body && self.open.last().is_none_or(|open| open.name == "html");
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
        for (at, byte) in css.bytes().enumerate() {
            let instead = match byte {
                b'<' => "\\3C ",
                b'&' if css.as_bytes().get(at + 1).is_none_or(|next| next.is_ascii_alphanumeric() || *next == b'#') => {
                    "\\26 "
                }
                0 => "\\FFFD ",
                _ => continue,
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
        let is_frame = |frame: &Open| frame.name == "iframe" && frame.namespace == Namespace::Html;
        if let Some(mut frame) = self.open.pop_if(|frame| is_frame(frame)) {
            let name = self.name_read("div", Namespace::Html).unwrap_or("div");
            let tag = self.out.split_off(frame.starts_at);
            self.out.push_str(&format!("<{name} {FRAME_LABEL}=\"srcdoc\""));
            for (attribute, value) in written(&tag).filter(|(attribute, _)| is_global(attribute)) {
                self.out.push_str(&format!(" {attribute}=\"{value}\""));
            }
            self.out.push('>');
            name.clone_into(&mut frame.name);
            frame.content = Content::Nodes;
            self.open.push(frame);
        }
        self.frames += 1;
        let starts_at = self.out.len();
        self.open.push(Open {
            name: String::new(),
            namespace: Namespace::Html,
            starts_at,
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
        let Some(Open { name, content, .. }) = self.open.pop() else { return };
        if name.is_empty() {
            self.frames -= 1;
        } else if content != Content::Void {
            if name == "html" && self.open.is_empty() && !self.has_body {
                self.complete_head("body", Head::No);
                self.out.push_str("<body></body>");
            }
            self.out.push_str("</");
            self.out.push_str(&name);
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
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let instead = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\r' => "&#13;",
            0 => "\u{fffd}",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(instead);
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
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
