//! Elements that show something by an address, where the policy refuses it: nothing of the address leaves, but that there
//! was one, of which kind, and how large the element is on the customer's screen.

use std::borrow::Cow;
use std::fmt::Write;

use super::render::{SafeAttribute, SafeValue};
use crate::mirror::{Namespace, Node};

/// Our own mark on an element whose address was refused; its value is a word of [`PLACES`].
const REFUSED: &str = "data-vitrine-refused";

/// Elements that show something by an address: namespace, name, the attributes that hold it, the word for what is shown.
const PLACES: [(Namespace, &str, &[&str], &str); 6] = [
    (Namespace::Html, "img", &["src", "srcset"], "picture"),
    (Namespace::Html, "input", &["src"], "picture"),
    (Namespace::Svg, "image", &["href", "xlink:href"], "picture"),
    (Namespace::Html, "video", &["src"], "video"),
    (Namespace::Html, "audio", &["src"], "sound"),
    (Namespace::Html, "source", &["src"], "video"),
];

/// Elements whose size the customer's page may tell: those that have one of their own.
const SIZED: [&str; 3] = ["img", "input", "video"];

/// Whether the size of this element can be of use.
pub(crate) fn is_sized(node: &Node) -> bool {
    node.element().is_some_and(|(name, namespace)| namespace == Namespace::Html && SIZED.contains(&&**name))
}

/// What became of the addresses of one element.
pub(super) struct Addresses {
    names: &'static [&'static str],
    shows: &'static str,
    is_refused: bool,
    is_shown: bool,
}

impl Addresses {
    /// `None` for elements that show nothing by an address, and for masked ones: neither their marks nor their sizes leave.
    pub(super) fn of(node: &Node) -> Option<Self> {
        let (name, namespace) = node.element().filter(|_| !node.verdict.masks())?;
        let (.., names, shows) = PLACES.iter().find(|row| row.0 == namespace && row.1 == &**name)?;
        Some(Self { names, shows, is_refused: false, is_shown: false })
    }

    /// Whether an attribute is our own mark. One that a page brings along holds where it could be ours: what was sanitized
    /// before stays as it is.
    pub(super) fn is_mark(addresses: &mut Option<Self>, name: &str, recorded: &str) -> bool {
        if name != REFUSED {
            return false;
        }
        if let Some(addresses) = addresses {
            addresses.is_refused |= recorded == addresses.shows;
        }
        true
    }

    /// One attribute of the element became `safe`.
    pub(super) fn note(&mut self, name: &str, recorded: &str, safe: &str) {
        if self.names.contains(&name) && !recorded.trim().is_empty() {
            self.is_shown |= !safe.is_empty();
            self.is_refused |= safe.is_empty();
        }
    }

    /// Marks an element that shows nothing because its addresses were refused. With its size it also keeps its place: an
    /// `alt` would be laid out as text, so those words become its label. A video without an address has it in the elements
    /// beneath, which bear the mark; its size is kept in any case.
    pub(super) fn mark(&self, size: Option<(f64, f64)>, out: &mut Vec<SafeAttribute<'_>>) {
        if self.is_shown {
            return;
        }
        if !self.is_refused {
            if let Some(size) = size.filter(|_| self.shows == "video") {
                keep_size(size, out);
            }
            return;
        }
        out.push(SafeAttribute { name: Cow::Borrowed(REFUSED), value: SafeValue::Text(Cow::Borrowed(self.shows)) });
        if let Some(size) = size {
            keep_size(size, out);
            if self.names.contains(&"srcset") {
                keep_alt(out);
            }
        }
    }
}

fn keep_size((width, height): (f64, f64), out: &mut Vec<SafeAttribute<'_>>) {
    let mut style = match out.iter().position(|attribute| attribute.name == "style").map(|at| out.swap_remove(at).value)
    {
        Some(SafeValue::Text(style)) => style.into_owned(),
        _ => String::new(),
    };
    if !style.is_empty() && !style.ends_with(';') {
        style.push(';');
    }
    let _ = write!(style, "width:{width}px!important;height:{height}px!important;box-sizing:border-box!important;");
    out.push(SafeAttribute { name: Cow::Borrowed("style"), value: SafeValue::Text(Cow::Owned(style)) });
}

fn keep_alt(out: &mut Vec<SafeAttribute<'_>>) {
    let Some(at) = out.iter().position(|attribute| attribute.name == "alt") else { return };
    let words = out.swap_remove(at).value;
    let is_empty = words == SafeValue::Text(Cow::Borrowed(""));
    if !is_empty && !out.iter().any(|attribute| attribute.name == "aria-label") {
        out.push(SafeAttribute { name: Cow::Borrowed("aria-label"), value: words });
    }
}
