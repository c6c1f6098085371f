//! The state pseudo-classes that a rule can use: those that attributes tell.
//!
//! The recorder reports a changed tick or option as an event, not as an attribute; they can be judged because the mirror
//! keeps them as `checked` and `selected`.

use html5ever::{LocalName, local_name};

use crate::mirror::{Mirror, Namespace, Node, Slot};

/// A state that attributes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// `checked` of a tick box, `selected` of an option.
    Checked,
    /// A form control that is disabled, by itself or by what it stands in.
    Disabled,
    /// A form control that is not.
    Enabled,
    /// A form control that must be filled in.
    Required,
    /// A form control that need not.
    Optional,
    /// What cannot be typed into.
    ReadOnly,
    /// What can be typed into.
    ReadWrite,
}

/// Each state's name and the attributes that can change it.
const STATES: [(State, &str, &[&str]); 7] = [
    (State::Checked, "checked", &["checked", "selected", "type"]),
    (State::Disabled, "disabled", &["disabled"]),
    (State::Enabled, "enabled", &["disabled"]),
    (State::Required, "required", &["required"]),
    (State::Optional, "optional", &["required"]),
    (State::ReadOnly, "read-only", &["readonly", "disabled", "type", "contenteditable"]),
    (State::ReadWrite, "read-write", &["readonly", "disabled", "type", "contenteditable"]),
];

/// Types of `input` that are not typed into.
const NOT_TYPED_INTO: [&str; 10] =
    ["hidden", "range", "color", "checkbox", "radio", "file", "submit", "image", "reset", "button"];

impl State {
    /// The state of this name, in any case.
    pub(super) fn named(name: &str) -> Option<Self> {
        STATES.iter().find(|(_, known, _)| name.eq_ignore_ascii_case(known)).map(|(state, _, _)| *state)
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        STATES.iter().find(|(state, _, _)| *state == self).map_or("", |(_, name, _)| name)
    }

    /// The attributes that can change it, of the element or of what it stands in.
    pub(super) fn attributes(self) -> &'static [&'static str] {
        STATES.iter().find(|(state, _, _)| *state == self).map_or(&[], |(_, _, attributes)| attributes)
    }

    /// Whether an attribute's text is one of those that a state is told by; of all others only their presence counts.
    pub(super) fn reads(name: &str, text: &str) -> bool {
        let keywords: &[&str] = match name {
            "type" => &NOT_TYPED_INTO,
            "contenteditable" => &["false"],
            _ => &[],
        };
        keywords.iter().any(|known| text.eq_ignore_ascii_case(known))
    }

    /// Whether the element is in this state.
    pub(super) fn holds(self, mirror: &Mirror, slot: Slot, node: &Node) -> bool {
        let Some((name, Namespace::Html)) = node.element() else { return self == Self::ReadOnly };
        match self {
            Self::Checked => match *name {
                local_name!("input") => is_tick(node) && has(node, "checked"),
                local_name!("option") => has(node, "selected"),
                _ => false,
            },
            Self::Disabled => can_be_disabled(name) && is_disabled(mirror, slot, name, node),
            Self::Enabled => can_be_disabled(name) && !is_disabled(mirror, slot, name, node),
            Self::Required => can_be_required(name) && has(node, "required"),
            Self::Optional => can_be_required(name) && !has(node, "required"),
            Self::ReadOnly => !is_writable(mirror, slot, name, node),
            Self::ReadWrite => is_writable(mirror, slot, name, node),
        }
    }
}

fn has(node: &Node, attribute: &str) -> bool {
    node.attribute_text(attribute).is_some()
}

fn is_type(node: &Node, types: &[&str]) -> bool {
    node.attribute_text("type").is_some_and(|given| types.iter().any(|known| given.eq_ignore_ascii_case(known)))
}

fn is_tick(node: &Node) -> bool {
    is_type(node, &["checkbox", "radio"])
}

fn can_be_disabled(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("button")
            | local_name!("input")
            | local_name!("select")
            | local_name!("textarea")
            | local_name!("optgroup")
            | local_name!("option")
            | local_name!("fieldset")
    )
}

fn can_be_required(name: &LocalName) -> bool {
    matches!(*name, local_name!("input") | local_name!("select") | local_name!("textarea"))
}

/// A control is disabled with its `fieldset`, an option with its `optgroup`. The exception for controls in the
/// fieldset's first `legend` is not made.
fn is_disabled(mirror: &Mirror, slot: Slot, name: &LocalName, node: &Node) -> bool {
    let by = match *name {
        local_name!("option") => local_name!("optgroup"),
        local_name!("optgroup") => return has(node, "disabled"),
        _ => local_name!("fieldset"),
    };
    has(node, "disabled")
        || mirror
            .ancestors(slot)
            .filter_map(|above| mirror.get(above))
            .take_while(|above| !above.is_document())
            .any(|above| above.is_html(&by) && has(above, "disabled"))
}

fn is_writable(mirror: &Mirror, slot: Slot, name: &LocalName, node: &Node) -> bool {
    let free = || !has(node, "readonly") && !is_disabled(mirror, slot, name, node);
    match *name {
        local_name!("input") if !is_type(node, &NOT_TYPED_INTO) => free(),
        local_name!("textarea") => free(),
        _ => is_editable(mirror, slot),
    }
}

/// Whether the nearest `contenteditable` at or above the element says so.
fn is_editable(mirror: &Mirror, slot: Slot) -> bool {
    std::iter::once(slot)
        .chain(mirror.ancestors(slot))
        .filter_map(|above| mirror.get(above))
        .take_while(|above| !above.is_document())
        .find_map(|above| above.attribute_text("contenteditable"))
        .is_some_and(|value| !value.eq_ignore_ascii_case("false"))
}
