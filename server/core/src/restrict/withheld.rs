//! What is kept of a masked attribute that the operator's selectors read: not its text, but which of their questions it
//! answers. So later events are judged as if the text were still there.

use std::fmt;

use selectors::attr::{AttrSelectorOperation, AttrSelectorOperator, CaseSensitivity};
use selectors::parser::{Component, Selector};

use super::reach::{Scope, walk};
use super::state::State;
use super::syntax::{self, Rules, Word};
use super::uncased::UncasedMap;

/// An attribute whose text is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    shown: Option<Box<str>>,
    /// The operator's words, and how each stands in what was the text.
    answers: Box<[Answer]>,
}

#[derive(Clone, PartialEq, Eq)]
struct Answer {
    operator: AttrSelectorOperator,
    case: CaseSensitivity,
    word: Word,
}

impl fmt::Debug for Answer {
    /// The operator's word; how it stood in the text is nobody's business.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.word.fmt(out)
    }
}

impl Withheld {
    /// What stands in the place of the text; `None`: agents do not get the attribute.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// Whether the text that was here is what a selector asks for.
    pub(super) fn answers(&self, operation: &AttrSelectorOperation<&Word>) -> bool {
        match operation {
            AttrSelectorOperation::Exists => true,
            AttrSelectorOperation::WithValue { operator, case_sensitivity, value } => self
                .answers
                .iter()
                .any(|known| known.operator == *operator && known.case == *case_sensitivity && known.word == **value),
        }
    }

    /// What it weighs.
    pub(crate) fn bytes(&self) -> usize {
        self.shown().map_or(0, str::len) + self.answers.len() * size_of::<Answer>()
    }
}

/// What the selectors of a rule book ask of attributes, by name.
#[derive(Default)]
pub(super) struct Questions(UncasedMap<Vec<(AttrSelectorOperator, Word)>>);

impl fmt::Debug for Questions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Questions")
    }
}

impl Questions {
    /// Those of these selectors.
    pub(super) fn new<'a>(selectors: impl Iterator<Item = &'a Selector<Rules>>) -> Self {
        let mut questions = Self::default();
        for selector in selectors {
            walk(selector, Scope::Subtree, &mut |component, _| questions.note(component));
        }
        questions
    }

    fn note(&mut self, component: &Component<Rules>) {
        if let Some(name) = syntax::attribute_of(component) {
            let asked = self.0.entry(name, Vec::new);
            if let Some((operator, word)) = syntax::question_of(component)
                && !asked.iter().any(|(known, of)| *known == operator && of == word)
            {
                asked.push((operator, word.clone()));
            }
        }
        if let Component::NonTSPseudoClass(state) = component {
            for name in state.attributes() {
                self.0.entry(name, Vec::new);
            }
        }
    }

    /// Keeps of an attribute what these selectors need, beside what agents see in its place. `None`: nothing is asked of
    /// it.
    pub(super) fn withhold(&self, name: &str, text: &str, shown: Option<&str>) -> Option<Withheld> {
        let asked = self.0.get(name)?;
        let mut answers = Vec::new();
        for (operator, word) in asked {
            for case in [CaseSensitivity::CaseSensitive, CaseSensitivity::AsciiCaseInsensitive] {
                if operator.eval_str(text, word.as_ref(), case) {
                    answers.push(Answer { operator: *operator, case, word: word.clone() });
                }
            }
        }
        Some(Withheld { shown: shown.map(Into::into), answers: answers.into() })
    }

    /// Whether the attribute's text is a keyword that a state is told by, so that it is no text of the page.
    pub(super) fn is_keyword(&self, name: &str, text: &str) -> bool {
        self.0.get(name).is_some() && State::reads(name, text)
    }
}
