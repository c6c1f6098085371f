//! The ways into the cleaner, for what must hold at each.

use super::Css;

/// One of them.
pub(super) type Door = fn(&mut Css<'_, '_>, &str) -> String;

/// All of them.
pub(super) const DOORS: &[Door] = &[
    |css, text| {
        let mut out = String::new();
        css.stylesheet(text, &mut out);
        out
    },
    |css, text| {
        let mut out = String::new();
        css.declarations(text, &mut out);
        out
    },
    |css, text| css.value("background", text).unwrap_or_default(),
    |css, text| css.value("--x", text).unwrap_or_default(),
    |css, text| css.font_source(text).unwrap_or_default(),
    |css, text| css.rules(text).into_iter().filter_map(|rule| rule.text).collect(),
    |css, text| css.rule(text).unwrap_or_default(),
];
