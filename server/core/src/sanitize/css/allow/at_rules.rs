//! At-rules.

use super::AtRule::{self, Block, BlockOrStatement, Dropped, Import};
use super::Body::{Declarations, Keyframes, Mixed, Rules};
use super::Matching::{self, ByName, BySelector, Same};
use super::Names;

/// Names, what becomes of them, what the fetches of a body depend on, and why.
pub(super) type AtRuleRow = (&'static str, AtRule, Matching, &'static str);

pub(super) const AT_RULES: &[AtRuleRow] = &[
    ("media", Block(Rules), Same, "Chooses rules by the window and the screen."),
    ("supports", Block(Rules), Same, "Chooses rules by what a browser knows."),
    ("layer", BlockOrStatement(Rules), Same, "Orders rules."),
    ("starting-style", Block(Rules), Same, "Where a transition begins."),
    ("scope", Block(Mixed), BySelector, "Keeps rules to a part of the page, which its selectors choose."),
    ("container", Block(Rules), ByName, "Chooses rules by the size of a box, and so by how much stands in it."),
    ("keyframes -webkit-keyframes -moz-keyframes", Block(Keyframes), ByName, "Movement, by the name of an animation."),
    ("font-face", Block(Declarations(Names::FontFace)), ByName, "A font, fetched when text is set in it."),
    ("font-palette-values", Block(Declarations(Names::FontPalette)), ByName, "Colours of a font."),
    ("property", Block(Declarations(Names::Property)), ByName, "The kind and first value of a variable."),
    ("counter-style", Block(Declarations(Names::CounterStyle)), ByName, "Marks of a list."),
    ("position-try", Block(Declarations(Names::Properties)), ByName, "Another place for a box that does not fit."),
    ("page", Block(Declarations(Names::Properties)), Same, "Print layout: kept because rule indexes count it."),
    ("import", Import, Same, "The sheet is fetched through the proxy, which cleans it by this same code."),
    ("charset", Dropped("css:@charset"), Same, "The encoding is always UTF-8 here."),
    (
        "namespace",
        Dropped("css:@namespace"),
        Same,
        "Selectors with a prefix go with it, so that none changes its meaning.",
    ),
    (
        "document -moz-document",
        Dropped("css:@document"),
        Same,
        "Depends on the page's address, which the copy has not.",
    ),
];
