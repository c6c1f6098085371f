//! The selector language of rules: what the `selectors` crate reads, less what the mirror cannot know.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use cssparser::{BasicParseErrorKind, ParseError, ParseErrorKind, Parser as CssParser, ToCss};
use precomputed_hash::PrecomputedHash;
use selectors::attr::{AttrSelectorOperator, ParsedAttrSelectorOperation};
use selectors::parser::{
    Component, NonTSPseudoClass, ParseRelative, Parser, PseudoElement, Selector, SelectorImpl, SelectorList,
    SelectorParseErrorKind,
};

use super::error::Problem;
use super::reach::{self, Scope};
use super::state::State;

/// Levels of parentheses and brackets in one selector.
const NESTING_MAX: u8 = 8;
/// Simple selectors and combinators of one selector, those in parentheses included. Matching may recurse once a part.
const PARTS_MAX: usize = 128;

/// Reads one entry of a list: a selector, or several with commas between.
///
/// The error is what is wrong and the character, counted from 1, at which reading stopped.
pub(super) fn parse(text: &str) -> Result<Vec<Selector<Rules>>, (usize, Problem)> {
    let reader = Reader::default();
    let mut input = CssParser::new(text);
    input.set_nested_block_limit(NESTING_MAX);
    let list = input.parse_entirely(|input| SelectorList::parse(&reader, input, ParseRelative::No));
    let stopped = column_of(text, input.position().byte_index());
    let list = list.map_err(|error| reader.explain(text, stopped, &error))?;
    for selector in list.slice() {
        check(selector).map_err(|problem| (stopped, problem))?;
    }
    Ok(list.slice().to_vec())
}

/// What the crate reads though a rule cannot mean it.
fn check(selector: &Selector<Rules>) -> Result<(), Problem> {
    let mut parts = 0;
    let mut foreign = None;
    reach::walk(selector, Scope::Subtree, &mut |component, _| {
        parts += 1;
        match component {
            Component::Host(_) => foreign = Some("host"),
            Component::Scope | Component::ImplicitScope => foreign = Some("scope"),
            _ => {}
        }
    });
    match foreign {
        Some(name) => Err(Problem::Unsupported(name.to_owned())),
        None if parts > PARTS_MAX => Err(Problem::TooComplex),
        None => Ok(()),
    }
}

/// The attribute that a part tests, in lower case.
pub(super) fn attribute_of(part: &Component<Rules>) -> Option<&html5ever::LocalName> {
    match part {
        Component::AttributeInNoNamespaceExists { local_name_lower, .. } => Some(&local_name_lower.0),
        Component::AttributeInNoNamespace { local_name, .. } => Some(&local_name.0),
        Component::AttributeOther(attribute) => Some(&attribute.local_name_lower.0),
        _ => None,
    }
}

/// How the attribute's text is compared with which word, if this part of a selector does so.
pub(super) fn question_of(part: &Component<Rules>) -> Option<(AttrSelectorOperator, &Word)> {
    match part {
        Component::AttributeInNoNamespace { operator, value, .. } => Some((*operator, value)),
        Component::AttributeOther(attribute) => match &attribute.operation {
            ParsedAttrSelectorOperation::WithValue { operator, value, .. } => Some((*operator, value)),
            ParsedAttrSelectorOperation::Exists => None,
        },
        _ => None,
    }
}

fn column_of(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count() + 1
}

/// Reads selectors, and remembers a pseudo-class that it refused.
#[derive(Default)]
struct Reader {
    refused: RefCell<Option<String>>,
}

impl Reader {
    fn refuse(&self, name: &str) -> ParseError<SelectorParseErrorKind> {
        self.refused.borrow_mut().get_or_insert_with(|| name.to_owned());
        ParseError::custom(SelectorParseErrorKind::UnsupportedPseudoClassOrElement)
    }

    fn explain(&self, text: &str, stopped: usize, error: &ParseError<SelectorParseErrorKind>) -> (usize, Problem) {
        use ParseErrorKind::{Basic, Custom};
        use SelectorParseErrorKind as Kind;
        if let (Custom(Kind::UnsupportedPseudoClassOrElement), Some(name)) =
            (&error.kind, self.refused.borrow().as_ref())
        {
            let at = text.find(&format!(":{name}")).map_or(stopped, |byte| column_of(text, byte));
            return (at, Problem::Unsupported(name.clone()));
        }
        let problem = match &error.kind {
            Basic(BasicParseErrorKind::TooManyNestedBlocks) => return (stopped, Problem::TooComplex),
            Basic(BasicParseErrorKind::EndOfInput) => "it ends too early",
            Basic(_) => "a character stands where none can",
            Custom(Kind::EmptySelector) => "a selector is empty",
            Custom(Kind::DanglingCombinator) => "nothing follows a combinator",
            Custom(Kind::ExpectedNamespace) => "namespace prefixes are not known here",
            Custom(Kind::ClassNeedsIdent) => "a class needs a name",
            Custom(Kind::InvalidState) => "a pseudo-class stands where it cannot",
            Custom(
                Kind::NoQualifiedNameInAttributeSelector
                | Kind::UnexpectedTokenInAttributeSelector
                | Kind::ExpectedBarInAttr
                | Kind::BadValueInAttr
                | Kind::InvalidQualNameInAttr,
            ) => "an attribute selector is malformed",
            Custom(_) => "a part cannot be read",
        };
        (stopped, Problem::Syntax(problem))
    }
}

impl<'i> Parser<'i> for Reader {
    type Impl = Rules;
    type Error = SelectorParseErrorKind;

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }

    fn parse_nth_child_of(&self) -> bool {
        true
    }

    /// A branch with a typo must not vanish from a mask.
    fn allow_forgiving_selectors(&self) -> bool {
        false
    }

    fn parse_non_ts_pseudo_class(&self, name: &str) -> Result<State, ParseError<SelectorParseErrorKind>> {
        State::named(name).ok_or_else(|| self.refuse(name))
    }

    fn parse_non_ts_functional_pseudo_class(
        &self,
        name: &str,
        _arguments: &mut CssParser<'i>,
        _after_part: bool,
    ) -> Result<State, ParseError<SelectorParseErrorKind>> {
        Err(self.refuse(name))
    }

    fn parse_pseudo_element(&self, name: &str) -> Result<NoPseudoElement, ParseError<SelectorParseErrorKind>> {
        Err(self.refuse(name))
    }

    fn parse_functional_pseudo_element(
        &self,
        name: &str,
        _arguments: &mut CssParser<'i>,
    ) -> Result<NoPseudoElement, ParseError<SelectorParseErrorKind>> {
        Err(self.refuse(name))
    }
}

/// Names the types that rules are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rules;

impl SelectorImpl for Rules {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Word;
    type Identifier = Word;
    type LocalName = Name;
    type NamespaceUrl = html5ever::Namespace;
    type NamespacePrefix = Word;
    type BorrowedNamespaceUrl = html5ever::Namespace;
    type BorrowedLocalName = Name;
    type NonTSPseudoClass = State;
    type PseudoElement = NoPseudoElement;
}

/// An element's or attribute's name, interned as in the mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(pub(super) html5ever::LocalName);

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(html5ever::LocalName::from(text))
    }
}

impl PrecomputedHash for Name {
    fn precomputed_hash(&self) -> u32 {
        self.0.precomputed_hash()
    }
}

impl ToCss for Name {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        cssparser::serialize_identifier(&self.0, out)
    }
}

/// A class, an id or an attribute's value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Word(Arc<str>);

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PrecomputedHash for Word {
    /// FNV-1a. The crate keeps such hashes in ancestor filters only, and of operators' words, never of pages'.
    fn precomputed_hash(&self) -> u32 {
        self.0.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

impl ToCss for Word {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        cssparser::serialize_identifier(&self.0, out)
    }
}

impl ToCss for State {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        write!(out, ":{}", self.name())
    }
}

impl NonTSPseudoClass for State {
    fn is_active_or_hover(&self) -> bool {
        false
    }

    fn is_user_action_state(&self) -> bool {
        false
    }
}

/// Rules have no pseudo-elements: what they show is the element's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoPseudoElement {}

impl ToCss for NoPseudoElement {
    fn to_css<W: fmt::Write>(&self, _out: &mut W) -> fmt::Result {
        match *self {}
    }
}

impl PseudoElement for NoPseudoElement {}
