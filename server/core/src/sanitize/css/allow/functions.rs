//! Functions. A declaration with any other is dropped, and so is a rule with any other in its selector or condition.

use super::Function::{self, Attribute, ImageSet, MediaType, Plain, Substitution, Url};

/// What they mean for the strings and URLs inside them, their names, and why.
pub(super) type FunctionRow = (Function, &'static str, &'static str);

/// Functions of values.
pub(super) const FUNCTIONS: &[FunctionRow] = &[
    (Url, "url src", "An address: sealed or gone."),
    (ImageSet, "image-set -webkit-image-set image", "Pictures to choose from; a string in it is an address."),
    (MediaType, "type", "Says what a picture of a set is."),
    (Substitution, "var env", "Text that is known only later: it may not stand where an address is expected."),
    (Attribute, "attr", "As these, and may not ask for an attribute as an address."),
    (
        Plain,
        "calc -webkit-calc -moz-calc calc-size min max clamp round mod rem sin cos tan asin acos atan atan2 pow sqrt \
         hypot log exp abs sign progress sibling-index sibling-count",
        "Numbers.",
    ),
    (
        Plain,
        "rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark contrast-color device-cmyk palette-mix \
         dynamic-range-limit-mix",
        "Colours.",
    ),
    (
        Plain,
        "linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient \
         repeating-conic-gradient -webkit-linear-gradient -webkit-radial-gradient -webkit-repeating-linear-gradient \
         -webkit-repeating-radial-gradient -webkit-gradient from to color-stop -moz-linear-gradient \
         -moz-radial-gradient -moz-repeating-linear-gradient -moz-repeating-radial-gradient cross-fade \
         -webkit-cross-fade element -moz-element",
        "Pictures that are computed; those inside them are judged by themselves.",
    ),
    (Plain, "circle ellipse inset rect xywh polygon path shape ray superellipse anchor anchor-size", "Shapes, places."),
    (
        Plain,
        "matrix matrix3d perspective rotate rotate3d rotatex rotatey rotatez scale scale3d scalex scaley scalez skew \
         skewx skewy translate translate3d translatex translatey translatez",
        "Transforms.",
    ),
    (
        Plain,
        "blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia",
        "Filters that are computed.",
    ),
    (Plain, "cubic-bezier steps linear frames scroll view", "Time."),
    (Plain, "repeat minmax fit-content", "Layout."),
    (Plain, "counter counters symbols", "Numbers and marks of a list."),
    (
        Plain,
        "local format tech stylistic styleset character-variant swash ornaments annotation",
        "Fonts: names, and what a browser must know for them.",
    ),
];

/// Functions of selectors and conditions; those of values may stand there too. None of them fetches.
pub(super) const PRELUDE_FUNCTIONS: &[(&str, &str)] = &[
    ("is where not has matches -webkit-any -moz-any", "Selectors in selectors."),
    ("nth-child nth-last-child nth-of-type nth-last-of-type nth-col nth-last-col heading", "Places in the tree."),
    ("lang dir", "Language and direction."),
    ("host host-context slotted part", "Across the border of a shadow tree."),
    ("state highlight cue picker scroll-button", "Parts and states that only a browser makes."),
    ("selector font-tech font-format", "What a browser knows."),
    ("style scroll-state", "Values and scroll positions of a container."),
    ("layer supports", "Conditions of an import."),
];
