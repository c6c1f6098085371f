//! What CSS may say, as data: each table of this folder has rows that say why. What is in no row is dropped.

mod at_rules;
mod descriptors;
mod functions;
mod properties;
mod selectors;

use std::sync::LazyLock;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::sanitize::url::UrlUse;

/// What stands between an at-rule's braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Rules; inside a style rule also declarations.
    Rules,
    /// Declarations and nested rules.
    Mixed,
    /// `from { … } 50% { … }`.
    Keyframes,
    /// Declarations from one list of names.
    Declarations(Names),
}

/// Which list a declaration's name must be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Names {
    Properties,
    FontFace,
    Property,
    CounterStyle,
    FontPalette,
}

/// What the sanitizer does with an at-rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtRule {
    /// A prelude and a body in braces.
    Block(Body),
    /// Either that or, without braces, a statement that ends with `;`.
    BlockOrStatement(Body),
    /// `@import`: the sheet is fetched through the proxy, which cleans it by this same code.
    Import,
    /// Gone, under this word of the report.
    Dropped(&'static str),
}

/// When a browser fetches what a body names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matching {
    /// As if the body's rules stood where the at-rule stands.
    Same,
    /// When the selectors before it match.
    BySelector,
    /// When something else of the page uses it, which may be anything.
    ByName,
}

/// Properties whose `url()` names a part of a drawing rather than a picture.
const SVG_REFERENCES: &str = "clip-path -webkit-clip-path filter -webkit-filter backdrop-filter -webkit-backdrop-filter fill stroke marker \
     marker-start marker-mid marker-end offset-path offset";

/// Properties that put text of the sheet on the page.
const GENERATED_TEXT: &str = "content quotes list-style list-style-type symbols additive-symbols prefix suffix negative pad text-emphasis \
     text-emphasis-style -webkit-text-emphasis -webkit-text-emphasis-style text-overflow hyphenate-character \
     -webkit-hyphenate-character";

/// Media features that ask about the agent's screen. The customer's window is asked instead, as a player does.
const SCREEN_FEATURES: [(&str, &str); 4] = [
    ("max-device-width", "max-width"),
    ("min-device-width", "min-width"),
    ("max-device-height", "max-height"),
    ("min-device-height", "min-height"),
];

/// What a function means for the strings and URLs inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    /// Nothing: numbers, colours, shapes.
    Plain,
    /// Its one string is a URL.
    Url,
    /// Each string directly inside it is a URL.
    ImageSet,
    /// Stands for text that is known only later, so it may not stand where a URL is expected.
    Substitution,
    /// As `Substitution`, and may not be asked to read the attribute as a URL.
    Attribute,
    /// Names a media type in an image set; not a URL.
    MediaType,
}

/// A listed property or descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Property {
    /// The name in lower case.
    pub(super) name: &'static str,
    /// What a `url()` in its value is fetched as.
    pub(super) url_use: UrlUse,
    /// Its strings are shown on the page.
    pub(super) shows_text: bool,
}

impl Property {
    /// What holds for `--anything`.
    pub(super) const CUSTOM: Self = Self { name: "", url_use: UrlUse::Image, shows_text: true };

    fn listed(name: &'static str) -> Self {
        let url_use = if lists(SVG_REFERENCES, name) { UrlUse::SvgReference } else { UrlUse::Image };
        Self { name, url_use, shows_text: lists(GENERATED_TEXT, name) }
    }
}

/// Keys are this crate's own, so a fixed hasher cannot be attacked.
type Table<T> = HashMap<&'static str, T, FixedState>;

static PROPERTIES: LazyLock<Table<Property>> = LazyLock::new(|| {
    let names = properties::PROPERTIES.iter().flat_map(|(names, _)| names.split_ascii_whitespace());
    names.map(|name| (name, Property::listed(name))).collect()
});

static FUNCTIONS: LazyLock<Table<Function>> = LazyLock::new(|| {
    let rows = functions::FUNCTIONS.iter();
    rows.flat_map(|(meaning, names, _)| names.split_ascii_whitespace().map(move |name| (name, *meaning))).collect()
});

/// The listed property or descriptor of that name, in any case.
pub(super) fn property(names: Names, name: &str) -> Option<Property> {
    let mut buffer = [0; NAME_BYTES_MAX];
    let name = lower(name, &mut buffer)?;
    if names == Names::Properties {
        return PROPERTIES.get(name).copied();
    }
    let rows = descriptors::DESCRIPTORS.iter().filter(|(body, ..)| *body == names);
    let mut listed = rows.flat_map(|(_, listed, _)| listed.split_ascii_whitespace());
    let mut found = Property::listed(listed.find(|listed| *listed == name)?);
    if found.name == "src" {
        found.url_use = UrlUse::Font;
    }
    Some(found)
}

/// What a function means, if it is listed.
pub(super) fn function(name: &str) -> Option<Function> {
    let mut buffer = [0; NAME_BYTES_MAX];
    FUNCTIONS.get(lower(name, &mut buffer)?).copied()
}

/// Whether a function may stand in a selector or a condition.
pub(super) fn is_prelude_function(name: &str) -> bool {
    is_in(functions::PRELUDE_FUNCTIONS, name)
        || matches!(function(name), Some(Function::Plain | Function::Substitution))
}

/// What becomes of an at-rule, its name as we write it, and when its body matches. Unknown ones are dropped.
pub(super) fn at_rule(name: &str) -> (&'static str, AtRule, Matching) {
    let mut buffer = [0; NAME_BYTES_MAX];
    let row = lower(name, &mut buffer).and_then(|name| {
        let named = |names: &'static str| names.split_ascii_whitespace().find(|listed| *listed == name);
        at_rules::AT_RULES.iter().find_map(|(names, rule, matching, _)| Some((named(names)?, *rule, *matching)))
    });
    row.unwrap_or(("", AtRule::Dropped("css:at-rule"), Matching::ByName))
}

/// What is asked in place of a media feature about the agent's screen.
pub(super) fn window_feature(name: &str) -> Option<&'static str> {
    let asked = SCREEN_FEATURES.iter().find(|(screen, _)| screen.eq_ignore_ascii_case(name));
    asked.map(|(_, window)| *window)
}

/// Whether asking for an attribute of that name tells how the page is built, and nothing else.
pub(super) fn is_structural_attribute(name: &str) -> bool {
    is_in(selectors::STRUCTURAL_ATTRIBUTES, name)
}

/// Whether a pseudo-class of that name tells how the page is built, and nothing else.
pub(super) fn is_structural_pseudo_class(name: &str) -> bool {
    is_in(selectors::STRUCTURAL_PSEUDO_CLASSES, name)
}

/// Whether a pseudo-element of that name is there whatever the page holds.
pub(super) fn is_structural_pseudo_element(name: &str) -> bool {
    is_in(selectors::STRUCTURAL_PSEUDO_ELEMENTS, name)
}

fn is_in(table: &[(&str, &str)], name: &str) -> bool {
    let mut buffer = [0; NAME_BYTES_MAX];
    lower(name, &mut buffer).is_some_and(|name| table.iter().any(|(names, _)| lists(names, name)))
}

/// Whether the name is one of those in the list, which stand apart by white space.
fn lists(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == name)
}

/// No listed name is longer.
const NAME_BYTES_MAX: usize = 48;

/// The name in lower case, without an allocation; nothing if it is too long to be listed.
fn lower<'b>(name: &'b str, buffer: &'b mut [u8; NAME_BYTES_MAX]) -> Option<&'b str> {
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some(name);
    }
    let space = buffer.get_mut(..name.len())?;
    space.copy_from_slice(name.as_bytes());
    space.make_ascii_lowercase();
    std::str::from_utf8(space).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every table as lists of names, each with its word on why.
    fn tables() -> Vec<Vec<(&'static str, &'static str)>> {
        let descriptors = |of: Names| {
            let rows = descriptors::DESCRIPTORS.iter().filter(move |(names, ..)| *names == of);
            rows.map(|(_, names, why)| (*names, *why)).collect()
        };
        vec![
            properties::PROPERTIES.to_vec(),
            functions::FUNCTIONS.iter().map(|(_, names, why)| (*names, *why)).collect(),
            functions::PRELUDE_FUNCTIONS.to_vec(),
            at_rules::AT_RULES.iter().map(|(names, _, _, why)| (*names, *why)).collect(),
            selectors::STRUCTURAL_ATTRIBUTES.to_vec(),
            selectors::STRUCTURAL_PSEUDO_CLASSES.to_vec(),
            selectors::STRUCTURAL_PSEUDO_ELEMENTS.to_vec(),
            descriptors(Names::FontFace),
            descriptors(Names::Property),
            descriptors(Names::CounterStyle),
            descriptors(Names::FontPalette),
        ]
    }

    #[test]
    fn each_name_is_listed_once_in_lower_case_and_each_row_says_why() {
        for table in tables() {
            assert!(!table.is_empty() && table.iter().all(|(_, why)| why.ends_with('.')), "{table:?}");
            let mut names: Vec<&str> = table.iter().flat_map(|(names, _)| names.split_ascii_whitespace()).collect();
            assert!(names.iter().all(|name| name.len() <= NAME_BYTES_MAX && *name == name.to_ascii_lowercase()));
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{names:?}");
        }
        assert!(SVG_REFERENCES.split_ascii_whitespace().all(|name| PROPERTIES.contains_key(name)));
    }

    #[test]
    fn only_structure_may_be_asked_for_free() {
        for name in ["value", "checked", "data-x", "aria-label", "href", "src", "title", "hidden", "disabled", "style"]
        {
            assert!(!is_structural_attribute(name), "{name}");
        }
        for name in [
            "checked",
            "valid",
            "invalid",
            "user-valid",
            "user-invalid",
            "in-range",
            "out-of-range",
            "empty",
            "default",
            "placeholder-shown",
            "indeterminate",
            "autofill",
            "-webkit-autofill",
            "required",
            "optional",
            "read-only",
            "hover",
            "focus",
            "active",
            "target",
            "disabled",
            "enabled",
            "open",
            "blank",
            "modal",
            "state",
            "visited",
        ] {
            assert!(!is_structural_pseudo_class(name), "{name}");
        }
        assert!(is_structural_attribute("TYPE") && is_structural_pseudo_class("First-Child"));
    }
}
