//! Descriptors: what the bodies of at-rules may declare that hold no properties.

use super::Names;

/// Names by body, and why.
pub(super) const DESCRIPTORS: &[(Names, &str, &str)] = &[
    (Names::FontFace, "src", "The one that fetches: addresses are sealed or gone."),
    (Names::FontFace, "font-family font-style font-weight font-stretch font-width font-named-instance", "Which font."),
    (Names::FontFace, "unicode-range font-language-override", "For which letters."),
    (Names::FontFace, "font-display", "What is shown while it is fetched."),
    (Names::FontFace, "font-feature-settings font-variation-settings font-variant", "How letters are shaped."),
    (Names::FontFace, "ascent-override descent-override line-gap-override size-adjust", "How large it is set."),
    (Names::Property, "syntax inherits initial-value", "The kind and first value of a variable."),
    (
        Names::CounterStyle,
        "system symbols additive-symbols negative prefix suffix range pad speak-as fallback",
        "Marks of a list; pictures among them are sealed or gone.",
    ),
    (Names::FontPalette, "font-family base-palette override-colors", "Colours of a font."),
];
