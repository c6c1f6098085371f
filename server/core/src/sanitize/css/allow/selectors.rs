//! What a selector may ask without the answer telling anything about the customer.
//!
//! A fetch that a browser makes only when a selector matches tells the asset's host that it did. By these names a rule asks
//! how the page is built, which is the same for every customer. By any other attribute, pseudo-class or pseudo-element
//! it may ask what she typed, chose, has or points at; then the server fetches the rule's URLs at once, match or not.
//! A row here says: hosts of assets may learn this.

/// Attributes: names, and why.
pub(super) const STRUCTURAL_ATTRIBUTES: &[(&str, &str)] = &[
    ("class id name part slot", "Names that the page's author gave."),
    ("type role rel", "What kind of thing an element is."),
    ("for scope headers colspan rowspan", "How elements belong together."),
    ("lang dir", "Language and direction."),
];

/// Pseudo-classes: names, and why.
pub(super) const STRUCTURAL_PSEUDO_CLASSES: &[(&str, &str)] = &[
    ("root scope host host-context defined", "Where a tree begins, and whether an element is known."),
    ("first-child last-child only-child first-of-type last-of-type only-of-type", "Places among siblings."),
    ("nth-child nth-last-child nth-of-type nth-last-of-type", "Places among siblings."),
    ("is where not has matches -webkit-any -moz-any", "Nothing by themselves; what stands in them is judged too."),
    ("link any-link", "Whether an element is a link."),
    ("lang dir", "Language and direction."),
    ("before after", "Pseudo-elements, as they were written once."),
];

/// Pseudo-elements: names, and why.
pub(super) const STRUCTURAL_PSEUDO_ELEMENTS: &[(&str, &str)] = &[
    ("before after marker", "Boxes that every element has."),
    ("part slotted", "Across the border of a shadow tree."),
];
