//! The rules that no configuration turns off, and the attributes by which a page tightens its own. All tables.

use html5ever::{LocalName, local_name};

use super::verdict::Level;
use crate::mirror::{Attribute, Namespace, Value};

/// A rule of this crate. The order is that of preference where two give the same level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixedRule {
    /// A password field, also where the page shows the password as text for the moment.
    Password,
    /// A field that the page marks as part of a payment card.
    Card,
    /// A field for a one-time code.
    OneTimeCode,
    /// `input type=hidden`.
    HiddenInput,
    /// A `meta` that carries a token.
    MetaToken,
    /// A frame whose document the recorder could not read: often a payment field of another origin.
    Frame,
    /// Vitrine's own parts of the customer's page.
    OwnUi,
    /// `data-vitrine-mask`.
    PageMask,
    /// `data-vitrine-block`.
    PageBlock,
    /// `data-vitrine-hide`.
    PageHide,
    /// `data-vitrine-no-control`.
    PageNoControl,
}

/// Each fixed rule's name in the report, and what it does.
const RULES: [(FixedRule, &str, Level); 11] = [
    (FixedRule::Password, "fixed:password", Level::Mask),
    (FixedRule::Card, "fixed:card", Level::Mask),
    (FixedRule::OneTimeCode, "fixed:one-time-code", Level::Mask),
    (FixedRule::HiddenInput, "fixed:hidden-input", Level::Mask),
    (FixedRule::MetaToken, "fixed:meta-token", Level::Mask),
    (FixedRule::Frame, "fixed:frame", Level::Block),
    (FixedRule::OwnUi, "fixed:vitrine-ui", Level::Hide),
    (FixedRule::PageMask, "page:data-vitrine-mask", Level::Mask),
    (FixedRule::PageBlock, "page:data-vitrine-block", Level::Block),
    (FixedRule::PageHide, "page:data-vitrine-hide", Level::Hide),
    (FixedRule::PageNoControl, "page:data-vitrine-no-control", Level::Clear),
];

/// Attributes whose mere presence is a rule, on any element.
const PRESENCE: [(&str, FixedRule); 6] = [
    ("data-rr-is-password", FixedRule::Password),
    ("data-vitrine-ui", FixedRule::OwnUi),
    ("data-vitrine-mask", FixedRule::PageMask),
    ("data-vitrine-block", FixedRule::PageBlock),
    ("data-vitrine-hide", FixedRule::PageHide),
    ("data-vitrine-no-control", FixedRule::PageNoControl),
];

/// Tokens of `autocomplete`, in lower case. A last `-` stands for all tokens that begin so.
const AUTOCOMPLETE: [(&str, FixedRule); 4] = [
    ("cc-", FixedRule::Card),
    ("one-time-code", FixedRule::OneTimeCode),
    ("current-password", FixedRule::Password),
    ("new-password", FixedRule::Password),
];

/// What the name of a `meta` holds, in lower case, when its content lets someone act as the customer.
const META_TOKENS: [&str; 9] = ["csrf", "xsrf", "token", "nonce", "secret", "session", "api-key", "apikey", "api_key"];

/// Attributes that fixed rules read only on some elements.
const READ_ELSEWHERE: [&str; 4] = ["autocomplete", "type", "name", "rr_src"];

impl FixedRule {
    /// Its name in the report.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.row().map_or("", |(_, text, _)| text)
    }

    /// The level that it gives.
    pub(super) fn level(self) -> Level {
        self.row().map_or(Level::Clear, |(_, _, level)| *level)
    }

    fn row(self) -> Option<&'static (Self, &'static str, Level)> {
        RULES.iter().find(|(rule, _, _)| *rule == self)
    }
}

/// Every attribute that a fixed rule reads.
pub(super) fn attributes() -> impl Iterator<Item = &'static str> {
    PRESENCE.iter().map(|(name, _)| *name).chain(READ_ELSEWHERE)
}

/// Hands each fixed rule that an element meets through this attribute to `found`.
pub(super) fn each(element: (&LocalName, Namespace), attribute: &Attribute, found: &mut impl FnMut(FixedRule)) {
    let value = match &attribute.value {
        Value::Bool(false) => return,
        Value::Text(text) => text,
        Value::Bool(true) | Value::Number(_) | Value::Withheld(_) => "",
    };
    present(&attribute.name, found);
    match (&*attribute.name, element) {
        ("autocomplete", _) => value.split_ascii_whitespace().filter_map(autocomplete).for_each(found),
        ("type", (&local_name!("input"), Namespace::Html)) => {
            if value.eq_ignore_ascii_case("password") {
                found(FixedRule::Password);
            } else if value.eq_ignore_ascii_case("hidden") {
                found(FixedRule::HiddenInput);
            }
        }
        ("name", (&local_name!("meta"), Namespace::Html)) => {
            let value = value.to_ascii_lowercase();
            if META_TOKENS.iter().any(|part| value.contains(part)) {
                found(FixedRule::MetaToken);
            }
        }
        ("rr_src", (&(local_name!("iframe") | local_name!("frame")), Namespace::Html)) => found(FixedRule::Frame),
        _ => {}
    }
}

fn present(attribute: &str, found: &mut impl FnMut(FixedRule)) {
    if let Some((_, rule)) = PRESENCE.iter().find(|(name, _)| *name == attribute) {
        found(*rule);
    }
}

fn autocomplete(token: &str) -> Option<FixedRule> {
    let means = |known: &str| match known.strip_suffix('-') {
        Some(_) => token.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known)),
        None => token.eq_ignore_ascii_case(known),
    };
    AUTOCOMPLETE.iter().find(|(known, _)| means(known)).map(|(_, rule)| *rule)
}
