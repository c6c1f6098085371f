//! What a parser does with elements of a name. Data for the writer; how it is applied stands in [`super::placing`].

use std::sync::LazyLock;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

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

/// What holds of one name, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Traits(u32);

impl Traits {
    /// HTML elements without an end tag.
    pub(super) const VOID: Self = Self(1);
    /// Not written in any namespace: a parser that breaks out of SVG or MathML would read them as HTML.
    pub(super) const NEVER: Self = Self(1 << 1);
    /// HTML elements that end SVG or MathML when they stand in it, whatever was meant.
    pub(super) const BREAKOUT: Self = Self(1 << 2);
    /// HTML elements that end a `p` they stand in.
    pub(super) const ENDS_P: Self = Self(1 << 3);
    /// HTML elements within which a parser does not look further out for an open element.
    pub(super) const SCOPE: Self = Self(1 << 4);
    /// HTML elements that a parser ignores outside a table.
    pub(super) const TABLE_PART: Self = Self(1 << 5);
    /// Parts of a table in which a parser moves what is no part of it.
    pub(super) const TABLE_FRAME: Self = Self(1 << 6);
    /// `h1` to `h6`.
    pub(super) const HEADING: Self = Self(1 << 7);
    /// Beyond these a parser does not look for an item of a list to end.
    pub(super) const HOLDS_ITEMS: Self = Self(1 << 8);
    /// SVG elements whose content a parser reads as HTML.
    pub(super) const SVG_INTEGRATION: Self = Self(1 << 9);
    /// MathML elements whose content a parser reads as HTML.
    pub(super) const MATHML_INTEGRATION: Self = Self(1 << 10);

    // Names that are looked for among the open elements.
    const A: Self = Self(1 << 11);
    const NOBR: Self = Self(1 << 12);
    pub(super) const BUTTON: Self = Self(1 << 13);
    pub(super) const SELECT: Self = Self(1 << 14);
    pub(super) const FORM: Self = Self(1 << 15);
    pub(super) const OPTION: Self = Self(1 << 16);
    pub(super) const P: Self = Self(1 << 17);
    pub(super) const TABLE: Self = Self(1 << 18);
    pub(super) const ANNOTATION_XML: Self = Self(1 << 19);
    const LI: Self = Self(1 << 20);
    const DD_DT: Self = Self(1 << 21);
    /// Names of which one cannot stand in another of the same name.
    pub(super) const ONCE: Self = Self::A.or(Self::NOBR).or(Self::BUTTON).or(Self::SELECT);
    /// Items of lists, which a parser ends at the next one of their kind.
    pub(super) const ITEM: Self = Self::LI.or(Self::DD_DT);
    /// Nothing.
    pub(super) const NONE: Self = Self(0);

    /// What holds of either.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What holds of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether any of `wanted` holds.
    #[inline]
    pub(super) fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 != 0
    }

    /// What holds of a name, spelled as here.
    pub(super) fn of(name: &str) -> Self {
        BY_NAME.get(name).copied().unwrap_or_default()
    }
}

const ROWS: &[(Traits, &str)] = &[
    (Traits::VOID, "area br col embed hr img input link meta param source track wbr"),
    (
        Traits::NEVER,
        "script template noscript noembed noframes plaintext xmp listing frameset frame image isindex base basefont bgsound \
         keygen object applet portal fencedframe",
    ),
    (
        Traits::BREAKOUT,
        "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr \
         ol p pre ruby s small span strike strong sub sup table tt u ul var",
    ),
    (
        Traits::ENDS_P,
        "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure footer form h1 \
         h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section summary table ul",
    ),
    (Traits::SCOPE, "html table td th caption marquee"),
    (Traits::TABLE_PART, "caption colgroup col tbody thead tfoot tr td th"),
    (Traits::TABLE_FRAME, "table tbody thead tfoot tr"),
    (Traits::HEADING, "h1 h2 h3 h4 h5 h6"),
    (
        Traits::HOLDS_ITEMS,
        "article aside blockquote center details dir dl dd dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header \
         hgroup hr li main menu nav ol pre search section summary table ul body head button select caption colgroup col \
         tbody thead tfoot tr td th",
    ),
    (Traits::SVG_INTEGRATION, "foreignObject desc title"),
    (Traits::MATHML_INTEGRATION, "mi mo mn ms mtext"),
    (Traits::A, "a"),
    (Traits::BUTTON, "button"),
    (Traits::DD_DT, "dd dt"),
    (Traits::FORM, "form"),
    (Traits::LI, "li"),
    (Traits::NOBR, "nobr"),
    (Traits::OPTION, "option"),
    (Traits::P, "p"),
    (Traits::SELECT, "select"),
    (Traits::TABLE, "table"),
    (Traits::ANNOTATION_XML, "annotation-xml"),
];

/// Keys are this crate's own, so a fixed hasher cannot be attacked.
static BY_NAME: LazyLock<HashMap<&'static str, Traits, FixedState>> = LazyLock::new(|| {
    let mut by_name: HashMap<&'static str, Traits, FixedState> = HashMap::default();
    for (traits, names) in ROWS {
        for name in names.split_ascii_whitespace() {
            let known = by_name.entry(name).or_default();
            *known = known.or(*traits);
        }
    }
    by_name
});

/// What may stand in an element of that name. `image` is written in SVG, where it is a picture.
pub(super) fn content(name: &str, traits: Traits, namespace: Namespace) -> Content {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let lower = name.to_ascii_lowercase();
        return content(&lower, Traits::of(&lower), namespace);
    }
    if traits.has(Traits::NEVER) && !(name == "image" && namespace == Namespace::Svg) {
        return Content::Never;
    }
    match (namespace, name) {
        (_, "style") => Content::Style,
        (_, "iframe") => Content::Empty,
        (Namespace::Html, "title" | "textarea") => Content::Text,
        (Namespace::Html, "pre") => Content::NodesAfterLineFeed,
        (Namespace::Html, _) if traits.has(Traits::VOID) => Content::Void,
        _ => Content::Nodes,
    }
}
