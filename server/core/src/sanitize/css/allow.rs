//! What CSS may say, as data: at-rules, descriptors, functions, properties. What is in none of these tables is dropped.

mod properties;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// At-rules by name.
const AT_RULES: &[(&str, AtRule)] = &[
    // Conditions: they choose rules and fetch nothing.
    ("media", AtRule::Block(Body::Rules)),
    ("supports", AtRule::Block(Body::Rules)),
    ("container", AtRule::Block(Body::Rules)),
    ("scope", AtRule::Block(Body::Mixed)),
    ("starting-style", AtRule::Block(Body::Rules)),
    ("layer", AtRule::BlockOrStatement(Body::Rules)),
    // Movement.
    ("keyframes", AtRule::Block(Body::Keyframes)),
    ("-webkit-keyframes", AtRule::Block(Body::Keyframes)),
    ("-moz-keyframes", AtRule::Block(Body::Keyframes)),
    // Definitions that other rules name.
    ("font-face", AtRule::Block(Body::Declarations(Names::FontFace))),
    ("font-palette-values", AtRule::Block(Body::Declarations(Names::FontPalette))),
    ("property", AtRule::Block(Body::Declarations(Names::Property))),
    ("counter-style", AtRule::Block(Body::Declarations(Names::CounterStyle))),
    ("position-try", AtRule::Block(Body::Declarations(Names::Properties))),
    // Print layout: kept because rule indexes count it; its margin boxes are dropped.
    ("page", AtRule::Block(Body::Declarations(Names::Properties))),
    ("import", AtRule::Import),
    // The encoding is always UTF-8 here.
    ("charset", AtRule::Dropped("css:@charset")),
    // Selectors with a prefix go with it, so that none changes its meaning.
    ("namespace", AtRule::Dropped("css:@namespace")),
    // Rules that depend on the page's address, which the agent's copy does not have.
    ("document", AtRule::Dropped("css:@document")),
    ("-moz-document", AtRule::Dropped("css:@document")),
];

/// Descriptors of `@font-face`; `src` is the one that fetches.
const FONT_FACE: &str = "font-family src font-style font-weight font-stretch font-width font-display unicode-range \
     font-feature-settings font-variation-settings font-named-instance font-language-override font-variant \
     ascent-override descent-override line-gap-override size-adjust";

/// Descriptors of `@property`.
const PROPERTY: &str = "syntax inherits initial-value";

/// Descriptors of `@counter-style`.
const COUNTER_STYLE: &str = "system symbols additive-symbols negative prefix suffix range pad speak-as fallback";

/// Descriptors of `@font-palette-values`.
const FONT_PALETTE: &str = "font-family base-palette override-colors";

/// Properties whose `url()` names a part of a drawing rather than a picture.
const SVG_REFERENCES: &str = "clip-path -webkit-clip-path filter -webkit-filter backdrop-filter -webkit-backdrop-filter fill stroke marker \
     marker-start marker-mid marker-end offset-path offset";

/// Properties that put text of the sheet on the page.
const GENERATED_TEXT: &str =
    "content quotes list-style list-style-type symbols additive-symbols prefix suffix negative pad";

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

/// Functions that are not `Plain`.
const SPECIAL_FUNCTIONS: &[(&str, Function)] = &[
    ("url", Function::Url),
    ("src", Function::Url),
    ("image-set", Function::ImageSet),
    ("-webkit-image-set", Function::ImageSet),
    ("image", Function::ImageSet),
    ("var", Function::Substitution),
    ("env", Function::Substitution),
    ("attr", Function::Attribute),
    ("type", Function::MediaType),
];

/// Functions that compute, draw or move, and fetch nothing. A declaration with any other function is dropped.
const PLAIN_FUNCTIONS: &[&str] = &[
    // Numbers.
    "calc -webkit-calc -moz-calc calc-size min max clamp round mod rem sin cos tan asin acos atan atan2 pow sqrt \
     hypot log exp abs sign progress sibling-index sibling-count",
    // Colours.
    "rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark contrast-color device-cmyk palette-mix \
     dynamic-range-limit-mix",
    // Pictures that are computed.
    "linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient \
     repeating-conic-gradient -webkit-linear-gradient -webkit-radial-gradient -webkit-repeating-linear-gradient \
     -webkit-repeating-radial-gradient -webkit-gradient from to color-stop -moz-linear-gradient \
     -moz-radial-gradient -moz-repeating-linear-gradient -moz-repeating-radial-gradient cross-fade \
     -webkit-cross-fade element -moz-element",
    // Shapes and places.
    "circle ellipse inset rect xywh polygon path shape ray superellipse anchor anchor-size",
    // Transforms and filters.
    "matrix matrix3d perspective rotate rotate3d rotatex rotatey rotatez scale scale3d scalex scaley scalez skew \
     skewx skewy translate translate3d translatex translatey translatez blur brightness contrast drop-shadow \
     grayscale hue-rotate invert opacity saturate sepia",
    // Time.
    "cubic-bezier steps linear frames scroll view",
    // Layout, counters, fonts.
    "repeat minmax fit-content counter counters symbols local format tech stylistic styleset character-variant \
     swash ornaments annotation",
];

/// Functions of selectors and conditions; those of values may stand there too.
const PRELUDE_FUNCTIONS: &[&str] = &[
    // Selectors.
    "is where not has matches -webkit-any -moz-any nth-child nth-last-child nth-of-type nth-last-of-type nth-col \
     nth-last-col lang dir host host-context slotted part state highlight cue picker scroll-button heading",
    // Conditions.
    "selector font-tech font-format style scroll-state layer supports",
];

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
    let names = properties::GROUPS.iter().flat_map(|group| group.split_ascii_whitespace());
    names.map(|name| (name, Property::listed(name))).collect()
});

static FUNCTIONS: LazyLock<Table<Function>> = LazyLock::new(|| {
    let plain = PLAIN_FUNCTIONS.iter().flat_map(|group| group.split_ascii_whitespace());
    plain.map(|name| (name, Function::Plain)).chain(SPECIAL_FUNCTIONS.iter().copied()).collect()
});

/// The listed property or descriptor of that name, in any case.
pub(super) fn property(names: Names, name: &str) -> Option<Property> {
    let mut buffer = [0; NAME_BYTES_MAX];
    let name = lower(name, &mut buffer)?;
    let list = match names {
        Names::Properties => return PROPERTIES.get(name).copied(),
        Names::FontFace => FONT_FACE,
        Names::Property => PROPERTY,
        Names::CounterStyle => COUNTER_STYLE,
        Names::FontPalette => FONT_PALETTE,
    };
    let mut found = Property::listed(list.split_ascii_whitespace().find(|listed| *listed == name)?);
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
    let mut buffer = [0; NAME_BYTES_MAX];
    lower(name, &mut buffer).is_some_and(|name| PRELUDE_FUNCTIONS.iter().any(|group| lists(group, name)))
        || matches!(function(name), Some(Function::Plain | Function::Substitution))
}

/// What becomes of an at-rule, and its name as we write it. Unknown ones are dropped.
pub(super) fn at_rule(name: &str) -> (&'static str, AtRule) {
    let mut buffer = [0; NAME_BYTES_MAX];
    let known = lower(name, &mut buffer).and_then(|name| AT_RULES.iter().find(|(listed, _)| *listed == name));
    known.copied().unwrap_or(("", AtRule::Dropped("css:at-rule")))
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

    #[test]
    fn each_name_is_listed_once_in_lower_case() {
        fn split(lists: &[&'static str]) -> Vec<&'static str> {
            lists.iter().flat_map(|list| list.split_ascii_whitespace()).collect()
        }
        let lists: [Vec<&str>; 5] = [
            split(properties::GROUPS),
            split(PLAIN_FUNCTIONS).into_iter().chain(SPECIAL_FUNCTIONS.iter().map(|(name, _)| *name)).collect(),
            split(PRELUDE_FUNCTIONS),
            split(&[FONT_FACE]),
            AT_RULES.iter().map(|(name, _)| *name).collect(),
        ];
        for mut list in lists {
            assert!(list.iter().all(|name| name.len() <= NAME_BYTES_MAX && *name == name.to_ascii_lowercase()));
            let all = list.len();
            list.sort_unstable();
            list.dedup();
            assert_eq!(list.len(), all);
        }
        assert!(split(&[SVG_REFERENCES]).into_iter().all(|name: &str| PROPERTIES.contains_key(name)));
    }
}
