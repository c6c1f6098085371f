//! The rrweb 2.x events that this crate understands, as they come from outside.

use std::borrow::Cow;
use std::ops;

use super::tree::{RawTree, RawValue};

/// An event with the recorder's own time.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamped<'a> {
    /// What happened.
    pub event: Event<'a>,
    /// Milliseconds by the customer's clock. Only the spacing within a batch is believed.
    pub timestamp_ms: f64,
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// Type 0: a document was parsed. It begins a new page instance in recorded files.
    PageStart,
    /// Type 1: the document is loaded. Agents see it in what it changes.
    PageLoad,
    /// Type 4.
    Meta {
        /// The page's address.
        href: Cow<'a, str>,
        /// Viewport, CSS pixels.
        width: f64,
        /// Viewport, CSS pixels.
        height: f64,
    },
    /// Type 2.
    Snapshot {
        /// The whole page.
        tree: RawTree<'a>,
        /// Scroll position, left and top.
        offset: (f64, f64),
    },
    /// Source 0.
    Mutation(Mutation<'a>),
    /// Sources 1, 6 and 12.
    Pointer {
        /// Which of them.
        source: u8,
        /// Where the pointer was.
        positions: Vec<Position>,
    },
    /// Source 2.
    Interaction {
        /// 0 to 10.
        kind: u8,
        /// Its node.
        id: i64,
        /// Where, if told.
        at: Option<(f64, f64)>,
        /// 0 mouse, 1 pen, 2 touch.
        pointer: Option<u8>,
    },
    /// Source 3.
    Scroll {
        /// Its node.
        id: i64,
        /// Left.
        x: f64,
        /// Top.
        y: f64,
    },
    /// Source 4.
    Resize {
        /// CSS pixels.
        width: f64,
        /// CSS pixels.
        height: f64,
    },
    /// Source 5.
    Input {
        /// Its node.
        id: i64,
        /// The field's value.
        text: Cow<'a, str>,
        /// Of a checkbox or radio button.
        is_checked: bool,
    },
    /// Source 7.
    Media(MediaChange),
    /// Source 8.
    SheetRule(SheetRule<'a>),
    /// Source 13.
    Declaration(Declaration<'a>),
    /// Source 9 in frames-per-second mode: one picture of the canvas.
    CanvasPicture {
        /// The canvas.
        id: i64,
        /// The picture, base64 as the recorder wrote it.
        base64: Cow<'a, str>,
    },
    /// Source 10.
    Font {
        /// Family name.
        family: Cow<'a, str>,
        /// A `src` descriptor.
        source: Cow<'a, str>,
        /// `source` is a list of bytes instead.
        is_buffer: bool,
        /// Each at most once.
        descriptors: Vec<FontDescriptor<'a>>,
    },
    /// Source 14.
    Selection {
        /// Ranges in document order.
        ranges: Vec<Range>,
    },
    /// Source 15.
    Adopted(Adopted<'a>),
    /// Source 16: a custom element's name got its class.
    Define {
        /// The element's name.
        name: Cow<'a, str>,
    },
    /// Type 5, tag `vitrine.sizes`: how large pictures and videos are on the customer's screen.
    Sizes(Vec<Size>),
    /// Understood to be of no use to agents, or not understood; the word says which.
    Unknown(&'static str),
}

/// One pointer position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// CSS pixels in the viewport.
    pub x: f64,
    /// CSS pixels in the viewport.
    pub y: f64,
    /// The node under it.
    pub id: i64,
    /// Milliseconds relative to the event, negative or 0.
    pub offset_ms: f64,
}

/// How large an element is laid out, borders and padding included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Its node.
    pub id: i64,
    /// CSS pixels; 0 where it is not shown.
    pub width: f64,
    /// CSS pixels; 0 where it is not shown.
    pub height: f64,
}

/// What a media element does now, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MediaChange {
    /// 0 play, 1 pause, 2 seeked, 3 volume, 4 rate.
    pub kind: u8,
    /// Its node.
    pub id: i64,
    /// Seconds.
    pub current_time: Option<f64>,
    /// 0 to 1.
    pub volume: Option<f64>,
    /// Muted.
    pub muted: Option<bool>,
    /// Looping.
    pub is_loop: Option<bool>,
    /// 1 is normal.
    pub rate: Option<f64>,
}

/// One descriptor of a font.
#[derive(Debug, Clone, PartialEq)]
pub struct FontDescriptor<'a> {
    /// As `FontFace` takes it: `unicodeRange`.
    pub name: &'static str,
    /// As a style sheet writes it: `unicode-range`.
    pub property: &'static str,
    /// Its value.
    pub value: Cow<'a, str>,
}

/// One selected range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Node of the start.
    pub start: i64,
    /// Offset in it.
    pub start_offset: i64,
    /// Node of the end.
    pub end: i64,
    /// Offset in it.
    pub end_offset: i64,
}

/// Source 0: the tree changed. Applied in this order: removes, adds, texts, attributes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mutation<'a> {
    /// Nodes gone.
    pub removes: Vec<Remove>,
    /// Nodes new or moved.
    pub adds: Vec<Add>,
    /// The nodes of all adds, one behind the other.
    pub tree: RawTree<'a>,
    /// New texts.
    pub texts: Vec<(i64, Cow<'a, str>)>,
    /// New attribute values.
    pub attributes: Vec<AttributeChange<'a>>,
}

/// A node gone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Remove {
    /// Its parent.
    pub parent: i64,
    /// The node.
    pub id: i64,
}

/// A node new or moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Add {
    /// Its parent.
    pub parent: i64,
    /// The sibling that it stands before; `None`: last.
    pub next: Option<i64>,
    /// The node in [`Mutation::tree`], and behind it those beneath it; only a frame's document brings its children along.
    pub nodes: ops::Range<usize>,
}

/// New attribute values of one element.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeChange<'a> {
    /// The element.
    pub id: i64,
    /// New values; `Null` removes.
    pub values: Vec<(Cow<'a, str>, RawValue<'a>)>,
    /// Single style properties: name, value (`None` removes), important.
    pub style: Vec<(Cow<'a, str>, Option<Cow<'a, str>>, bool)>,
}

/// Where a rule stands: index in the sheet, and inside grouping rules.
pub type RulePath = Vec<u32>;

/// Source 8: a sheet changed by rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SheetRule<'a> {
    /// The style element, or
    pub id: Option<i64>,
    /// the constructed sheet.
    pub style_id: Option<i64>,
    /// Rules to insert.
    pub adds: Vec<(Cow<'a, str>, Option<RulePath>)>,
    /// Rules to delete.
    pub removes: Vec<RulePath>,
    /// New text of the whole sheet.
    pub replace: Option<Cow<'a, str>>,
}

/// Source 13: one property of one rule changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Declaration<'a> {
    /// The style element, or
    pub id: Option<i64>,
    /// the constructed sheet.
    pub style_id: Option<i64>,
    /// Its rule.
    pub index: RulePath,
    /// Property to set: name, value, important.
    pub set: Option<(Cow<'a, str>, Option<Cow<'a, str>>, bool)>,
    /// Property to remove.
    pub remove: Option<Cow<'a, str>>,
}

/// Source 15: the constructed sheets of a document or shadow root.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Adopted<'a> {
    /// The document, or the shadow host.
    pub id: i64,
    /// All sheets that it adopts now, in order.
    pub style_ids: Vec<i64>,
    /// Rules of sheets not seen before.
    pub styles: Vec<(i64, Vec<Cow<'a, str>>)>,
}
