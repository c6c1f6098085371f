//! How far a change reaches: which nodes must be judged again after it.

use std::collections::BTreeMap;

use selectors::parser::{Combinator, Component, NthType, Selector};

use super::fixed;
use super::syntax::{self, Rules};
use super::uncased::UncasedMap;

/// Which nodes a change can give another judgement. The wider is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Scope {
    /// None.
    #[default]
    None,
    /// The node and all beneath it.
    Subtree,
    /// The node, its later siblings, and all beneath them.
    Siblings,
    /// Any element of the document.
    Document,
}

type Scopes = UncasedMap<Scope>;

/// What the rules of a page depend on.
///
/// Newly added and moved nodes are always judged, with all beneath them; this speaks of the others.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    attributes: Scopes,
    classes: Scopes,
    ids: Scopes,
    children: Scope,
    /// The order of siblings decides.
    reads_order: bool,
    text: Scope,
}

impl Reach {
    pub(super) fn new<'a>(selectors: impl Iterator<Item = &'a Selector<Rules>>) -> Self {
        let mut reach = Self::default();
        for name in fixed::attributes() {
            widen(&mut reach.attributes, name, Scope::Subtree);
        }
        for selector in selectors {
            walk(selector, Scope::Subtree, &mut |component, scope| reach.note(component, scope));
        }
        reach
    }

    fn note(&mut self, component: &Component<Rules>, scope: Scope) {
        if let Some(name) = syntax::attribute_of(component) {
            widen(&mut self.attributes, name, scope);
        }
        match component {
            Component::Class(class) => widen(&mut self.classes, class.as_ref(), scope),
            Component::ID(id) => widen(&mut self.ids, id.as_ref(), scope),
            Component::NonTSPseudoClass(state) => {
                for name in state.attributes() {
                    widen(&mut self.attributes, name, scope);
                }
            }
            Component::Empty => {
                self.children = self.children.max(scope);
                self.text = self.text.max(scope);
            }
            Component::Nth(nth) => self.note_place(nth.ty, scope),
            Component::NthOf(nth) => self.note_place(nth.nth_data().ty, scope),
            Component::Combinator(combinator) if combinator.is_sibling() => self.reads_order = true,
            Component::Has(_) => self.children = Scope::Document,
            _ => {}
        }
    }

    /// A place among a parent's children is counted. From the end, everything before what comes or goes is counted anew,
    /// and lists mostly grow there: all that is beneath this parent, unless within `:has()`.
    fn note_place(&mut self, counted: NthType, scope: Scope) {
        if counted.is_from_end() || counted.is_only() {
            let beneath = if scope == Scope::Document { Scope::Document } else { Scope::Subtree };
            self.children = self.children.max(beneath);
        } else {
            self.reads_order = true;
        }
    }

    /// After an attribute of a node was set, changed or removed; seen from this node.
    ///
    /// For `class` and `id` this is the widest of all rules; [`Reach::scope_of_change`] looks at the values.
    #[must_use]
    pub fn scope_of_attribute(&self, name: &str) -> Scope {
        let named = self.scope_of_name(name);
        match name {
            "class" => widest(&self.classes).max(named),
            "id" => widest(&self.ids).max(named),
            _ => named,
        }
    }

    /// As [`Reach::scope_of_attribute`], knowing the values: classes that came or went and stand in no rule reach nothing.
    #[must_use]
    pub fn scope_of_change<'a>(&self, name: &str, old: Option<&'a str>, new: Option<&'a str>) -> Scope {
        if old == new {
            return Scope::None;
        }
        let known = match name {
            "class" => &self.classes,
            "id" => &self.ids,
            _ => return self.scope_of_name(name),
        };
        let words = |text: Option<&'a str>| match name {
            "id" => known_words(known, text.into_iter()),
            _ => known_words(known, text.unwrap_or_default().split_ascii_whitespace()),
        };
        let (old, new) = (words(old), words(new));
        let gone = old.iter().filter(|(word, _)| !new.contains_key(*word));
        let come = new.iter().filter(|(word, _)| !old.contains_key(*word));
        gone.chain(come).map(|(_, scope)| *scope).max().unwrap_or_default().max(self.scope_of_name(name))
    }

    fn scope_of_name(&self, name: &str) -> Scope {
        self.attributes.get(name).copied().unwrap_or_default()
    }

    /// After nodes were added to, removed from or reordered in a parent; seen from this parent. [`Reach::reads_order`]
    /// speaks of siblings.
    #[must_use]
    pub fn scope_of_children(&self) -> Scope {
        self.children
    }

    /// After an element was added to, removed from or moved in a parent: whether this reaches the siblings behind its
    /// place, with all beneath them.
    #[must_use]
    pub fn reads_order(&self) -> bool {
        self.reads_order
    }

    /// After a text node's text changed; seen from its parent.
    #[must_use]
    pub fn scope_of_text(&self) -> Scope {
        self.text
    }
}

fn widen(scopes: &mut Scopes, word: &str, scope: Scope) {
    let place = scopes.entry(word, Scope::default);
    *place = scope.max(*place);
}

fn widest(scopes: &Scopes) -> Scope {
    scopes.values().copied().max().unwrap_or_default()
}

/// The words that rules know, with their scopes.
fn known_words<'a>(known: &Scopes, words: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, Scope> {
    words.filter_map(|word| known.get(word).map(|scope| (word, *scope))).collect()
}

/// Visits every part of a selector, those in parentheses included, with the scope of a change that decides this part.
///
/// `subject` is the scope where a part belongs to the selector's subject. A part further left reaches as far as the
/// first combinator to its right says: downwards into its own subtree, or to its later siblings and what is beneath
/// them. Whatever follows further right stays within that. Recurses once a level of parentheses, which parsing bounds.
pub(super) fn walk(selector: &Selector<Rules>, subject: Scope, visit: &mut dyn FnMut(&Component<Rules>, Scope)) {
    let mut here = subject;
    for component in selector.iter_raw_match_order() {
        visit(component, here);
        match component {
            Component::Combinator(combinator) if subject != Scope::Document => here = after(*combinator),
            Component::Is(list) | Component::Where(list) | Component::Negation(list) => {
                list.slice().iter().for_each(|inner| walk(inner, here, visit));
            }
            Component::NthOf(nth) => {
                let from_end = nth.nth_data().ty.is_from_end();
                let counted = if from_end { Scope::Document } else { here.max(Scope::Siblings) };
                nth.selectors().iter().for_each(|inner| walk(inner, counted, visit));
            }
            Component::Has(list) => list.iter().for_each(|inner| walk(&inner.selector, Scope::Document, visit)),
            _ => {}
        }
    }
}

fn after(combinator: Combinator) -> Scope {
    if combinator.is_sibling() { Scope::Siblings } else { Scope::Subtree }
}
