//! The allow-lists: what an agent's browser may be given.
//!
//! The tables are data, one file an idea: [`html`], [`svg`], [`mathml`], [`attributes`] (ARIA and input types with them).
//! CSS has its own in `css::allow`, URL schemes and `data:` types in `url::allow`. A row added to one of them is a change
//! of policy; each says why it is harmless. What is in no row does not pass.

mod attributes;
mod html;
mod mathml;
mod svg;

use std::sync::LazyLock;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use html5ever::LocalName;

use crate::mirror::Namespace;

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ElementFate {
    /// It stands, with its children.
    Keep,
    /// It stands, without children: its text is held in an attribute.
    KeepEmpty,
    /// It stands under another name.
    As(&'static str),
    /// An empty box stands in its place.
    Box,
    /// It does not leave, nor anything beneath it.
    Gone,
    /// A style sheet: judged by `sanitize::style`.
    Style,
}

/// What an attribute's value is, and so how it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeUse {
    /// A word, number or truth value that lays out: stays under a mask. No quotes, brackets or backslashes.
    Layout,
    /// A name that is only compared, whatever its signs: stays under a mask.
    Name,
    /// As `Layout`, but it tells of the content: gone under a mask.
    Content,
    /// Text that a person reads: the filler under a mask.
    Text,
    /// Free data of the page: dropped where it could be read as a URL; gone under a mask.
    Data,
    /// Declarations.
    Style,
    /// Paint or another value that may hold `url()`.
    Paint,
    /// A picture.
    Image,
    /// Pictures by size.
    ImageSet,
    /// Sound or video.
    Media,
    /// A place to go: an agent never follows it, so it becomes `#`.
    Link,
    /// A reference inside the document.
    Reference,
}

/// What becomes of elements, their names, and why that is harmless.
type ElementRow = (ElementFate, &'static str, &'static str);

/// How attributes are judged, on which elements (`*`: any of the namespace), their names, and why they are wanted.
type AttributeRow = (AttributeUse, &'static str, &'static str, &'static str);

type Names<V> = HashMap<LocalName, V, FixedState>;

/// One namespace's tables, by name.
struct Tables {
    elements: Names<ElementFate>,
    anywhere: Names<AttributeUse>,
    by_element: HashMap<(LocalName, LocalName), AttributeUse, FixedState>,
}

impl Tables {
    fn new(elements: &[ElementRow], attributes: &[AttributeRow]) -> Self {
        let mut tables = Self {
            elements: HashMap::with_hasher(FixedState::default()),
            anywhere: HashMap::with_hasher(FixedState::default()),
            by_element: HashMap::with_hasher(FixedState::default()),
        };
        for (fate, names, _) in elements {
            tables.elements.extend(spellings(names).map(|name| (name, *fate)));
        }
        for (used, elements, names, _) in attributes {
            for name in spellings(names) {
                if *elements == "*" {
                    tables.anywhere.insert(name, *used);
                } else {
                    tables.by_element.extend(spellings(elements).map(|element| ((element, name.clone()), *used)));
                }
            }
        }
        tables
    }

    fn attribute(&self, element: &LocalName, name: &LocalName) -> Option<AttributeUse> {
        self.anywhere.get(name).copied().or_else(|| {
            if self.by_element.is_empty() {
                return None;
            }
            self.by_element.get(&(element.clone(), name.clone())).copied()
        })
    }
}

/// The words of a row as written, and in lower case: some recorders lower SVG's names, and players put them right.
fn spellings(words: &str) -> impl Iterator<Item = LocalName> {
    words.split_ascii_whitespace().flat_map(|word| {
        let lower = word.bytes().any(|b| b.is_ascii_uppercase()).then(|| LocalName::from(word.to_ascii_lowercase()));
        std::iter::once(LocalName::from(word)).chain(lower)
    })
}

static HTML: LazyLock<Tables> = LazyLock::new(|| Tables::new(html::ELEMENTS, attributes::ATTRIBUTES));
static SVG: LazyLock<Tables> = LazyLock::new(|| Tables::new(svg::ELEMENTS, svg::ATTRIBUTES));
static MATHML: LazyLock<Tables> = LazyLock::new(|| Tables::new(mathml::ELEMENTS, mathml::ATTRIBUTES));

/// What becomes of an element of this name. Unknown names become a `span` (in SVG a `g`, in MathML an `mrow`), custom
/// elements stay.
pub(crate) fn element(name: &LocalName, namespace: Namespace) -> ElementFate {
    let listed = |tables: &Tables| tables.elements.get(name).copied();
    match namespace {
        Namespace::Html => listed(&HTML)
            .or_else(|| listed(&MATHML))
            .unwrap_or_else(|| if is_custom_name(name) { ElementFate::Keep } else { ElementFate::As("span") }),
        Namespace::Svg => listed(&SVG).unwrap_or(ElementFate::As("g")),
        Namespace::MathMl => {
            listed(&MATHML).filter(|fate| *fate == ElementFate::Keep).unwrap_or(ElementFate::As("mrow"))
        }
    }
}

/// Whether no row of HTML names the element: a custom one, a sign of MathML, or one that no browser knows.
pub(crate) fn is_unknown_html(name: &LocalName) -> bool {
    !HTML.elements.contains_key(name)
}

/// Whether the element shows nothing of itself, here or in the customer's browser.
pub(crate) fn never_shows(name: &LocalName, namespace: Namespace) -> bool {
    matches!(element(name, namespace), ElementFate::Gone | ElementFate::Style)
}

/// The report's word for an element that never leaves; `None` for all others.
pub(crate) fn gone_reason(name: &LocalName, namespace: Namespace) -> Option<String> {
    (element(name, namespace) == ElementFate::Gone).then(|| format!("element:{name}"))
}

/// A custom element's name, in the part of the grammar that needs no table of letters.
pub(crate) fn is_custom_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.contains('-')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
        && !matches!(
            name,
            "color-profile"
                | "font-face"
                | "font-face-src"
                | "font-face-uri"
                | "font-face-format"
                | "font-face-name"
                | "missing-glyph"
        )
}

/// How the attribute of an element is judged; `None`: it does not pass.
pub(crate) fn attribute(element: &LocalName, namespace: Namespace, name: &LocalName) -> Option<AttributeUse> {
    if let Some(used) = by_prefix(name) {
        return used;
    }
    match namespace {
        Namespace::Html => HTML.attribute(element, name).or_else(|| {
            let is_mathml = MATHML.elements.contains_key(element);
            if is_mathml { MATHML.attribute(element, name) } else { None }
        }),
        Namespace::Svg => SVG.attribute(element, name),
        Namespace::MathMl => MATHML.attribute(element, name).or_else(|| HTML.anywhere.get(name).copied()),
    }
}

/// `aria-*` by its lists, `data-*` whatever it is; `None`: a name of neither form.
fn by_prefix(name: &str) -> Option<Option<AttributeUse>> {
    if let Some(rest) = name.strip_prefix("aria-") {
        let is_in = |list: &str| list.split_ascii_whitespace().any(|known| known == rest);
        return Some(match () {
            () if is_in(attributes::ARIA_TEXT) => Some(AttributeUse::Text),
            () if is_in(attributes::ARIA_STATE) => Some(AttributeUse::Data),
            () => None,
        });
    }
    let rest = name.strip_prefix("data-")?;
    let is_plain = !rest.is_empty() && name.len() <= 64 && rest.bytes().all(is_name_byte);
    Some(is_plain.then_some(AttributeUse::Data))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
}

/// `type` of an `input` as an agent sees it. A type not named in the list is a text field.
pub(crate) fn input_type(recorded: &str) -> &'static str {
    let listed = attributes::INPUT_TYPES.iter().find(|known| known.eq_ignore_ascii_case(recorded.trim()));
    listed.copied().unwrap_or("text")
}

#[cfg(test)]
mod tests;
