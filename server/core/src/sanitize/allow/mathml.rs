//! MathML elements and attributes. A recorder does not mark the namespace, so in events they come as HTML elements of
//! these names, and show as text that our viewer lays out; HTML input has them as they are.

use super::AttributeUse::{Layout, Text};
use super::ElementFate::{As, Keep};
use super::{AttributeRow, ElementRow};

pub(super) const ELEMENTS: &[ElementRow] = &[
    (Keep, "math mrow mstyle mpadded mphantom merror menclose mfenced maction semantics", "Structure."),
    (Keep, "mi mn mo ms mtext mspace", "Signs and words."),
    (Keep, "mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mprescripts none", "Layout."),
    (Keep, "mtable mtr mtd", "Tables."),
    (Keep, "annotation", "The source of a formula: text that a browser does not show."),
    (As("span"), "annotation-xml", "A parser reads its content in another way by an attribute of it."),
];

/// Attributes of any MathML element. No address is among them: `href`, `src`, `altimg` and `definitionURL` are in no row.
pub(super) const ATTRIBUTES: &[AttributeRow] = &[
    (Layout, "*", "display displaystyle mathvariant mathsize mathcolor mathbackground scriptlevel", "Presentation."),
    (
        Layout,
        "*",
        "accent accentunder fence form largeop lspace maxsize minsize movablelimits rspace separator stretchy \
        symmetric",
        "How an operator stands.",
    ),
    (Layout, "*", "width height depth voffset linethickness numalign denomalign bevelled notation", "Sizes and marks."),
    (
        Layout,
        "*",
        "columnalign rowalign columnspacing rowspacing columnlines rowlines columnspan rowspan frame \
        framespacing equalcolumns equalrows side align",
        "Tables.",
    ),
    (Text, "*", "open close separators", "Signs that are shown."),
    (Text, "*", "alttext", "Read aloud in place of the formula."),
];
