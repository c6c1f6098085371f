//! Where a parser would leave an element: in which namespace, under which name.

use super::names::Traits;
use crate::mirror::Namespace;

/// An open element, as a parser knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub(super) namespace: Namespace,
    /// Of its name, whatever its namespace.
    pub(super) traits: Traits,
}

impl Around {
    fn is_html(self, wanted: Traits) -> bool {
        self.namespace == Namespace::Html && self.traits.has(wanted)
    }

    /// Whether a parser does not look beyond it for an open element; `or` are names beyond which it does not look either.
    fn is_scope(self, or: Traits) -> bool {
        self.is_html(Traits::SCOPE.or(or)) || self.is_integration_point()
    }

    /// Whether a parser reads its content as HTML though it is none.
    fn is_integration_point(self) -> bool {
        match self.namespace {
            Namespace::Html => false,
            Namespace::Svg => self.traits.has(Traits::SVG_INTEGRATION),
            Namespace::MathMl => self.traits.has(Traits::MATHML_INTEGRATION),
        }
    }
}

/// The namespace that a parser gives to an element of that name inside `parent` (`None`: at the top). `None`: it would end
/// what it stands in.
pub(super) fn namespace_read(parent: Option<Around>, name: &str, traits: Traits) -> Option<Namespace> {
    let by_name = match name {
        "svg" => Namespace::Svg,
        "math" => Namespace::MathMl,
        _ => Namespace::Html,
    };
    let Some(parent) = parent.filter(|parent| parent.namespace != Namespace::Html) else { return Some(by_name) };
    let in_math = parent.namespace == Namespace::MathMl;
    match name {
        "mglyph" | "malignmark" if in_math => Some(Namespace::MathMl),
        _ if parent.is_integration_point() => Some(by_name),
        _ if traits.has(Traits::BREAKOUT) => None,
        "svg" if in_math && parent.traits.has(Traits::ANNOTATION_XML) => Some(Namespace::Svg),
        _ => Some(parent.namespace),
    }
}

/// The HTML name under which an element stands where a parser would not leave it under its own: a form in a form, a link in
/// a link, a block in a paragraph (in quirks mode a table may stand there). `above` are the open elements, innermost
/// first; `None`: under no name.
pub(super) fn name_read<'n>(
    name: &'n str,
    traits: Traits,
    above: &(impl Iterator<Item = Around> + Clone),
    is_quirks: bool,
) -> Option<&'n str> {
    let is_open = |wanted: Traits, scope: Traits| {
        let mut near = above.clone().take_while(|open| !open.is_scope(scope));
        near.any(|open| open.is_html(wanted))
    };
    let parent = above.clone().next().map_or_else(Traits::default, |open| open.traits);
    let stands = match name {
        "form" if above.clone().any(|open| open.is_html(Traits::FORM)) => {
            if parent.has(Traits::TABLE_FRAME) {
                return None;
            }
            "div"
        }
        "input" if is_open(Traits::SELECT, Traits::NONE) => return None,
        "a" | "nobr" | "button" | "select" if is_open(traits.and(Traits::ONCE), Traits::NONE) => "span",
        "li" | "dd" | "dt" if ends_item(traits.and(Traits::ITEM), above.clone()) => "div",
        "option" | "optgroup" if parent.has(Traits::OPTION.or(Traits::P)) => "span",
        _ if traits.has(Traits::HEADING) && parent.has(Traits::HEADING) => "div",
        _ if traits.has(Traits::TABLE_PART) && !parent.has(Traits::TABLE_PART.or(Traits::TABLE)) => "span",
        _ => name,
    };
    let is_block = stands == "div" || stands == name && traits.has(Traits::ENDS_P);
    let ends_p = is_block && !(is_quirks && name == "table");
    Some(if ends_p && is_open(Traits::P, Traits::BUTTON) { "span" } else { stands })
}

/// Whether an item of a list stands in another one with no list of its own around it.
fn ends_item(item: Traits, above: impl Iterator<Item = Around>) -> bool {
    for open in above {
        if open.is_html(item) {
            return true;
        }
        if open.traits.has(Traits::HOLDS_ITEMS) || open.is_scope(Traits::BUTTON) {
            return false;
        }
    }
    false
}
