//! The rules of one page, and the judgement of one element by them.

use std::sync::{Arc, PoisonError};

use selectors::context::SelectorCaches;
use selectors::parser::Selector;

use super::fixed::{self, FixedRule};
use super::index::{Index, Trail};
use super::patterns::{self, PatternSet, Signs};
use super::reach::Reach;
use super::rules::{ActiveSet, Contents, Effect, RuleBook, RuleRef};
use super::select::MirrorElement;
use super::syntax::Rules;
use super::verdict::{Level, Own, Verdict};
use super::withheld::Withheld;
use crate::mirror::{Mirror, Slot};

/// The rules that hold on one page. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PageRules {
    page: Arc<Page>,
}

#[derive(Debug)]
pub(super) struct Page {
    book: Arc<Contents>,
    active: Vec<ActiveSet>,
    rules: Vec<(Effect, Box<str>)>,
    entries: Vec<Entry>,
    index: Index,
    reach: Reach,
}

impl Page {
    fn new(book: Arc<Contents>, active: Vec<ActiveSet>) -> Self {
        let mut rules = Vec::new();
        let mut entries = Vec::new();
        for set in &active {
            let all = book.rule_sets.get(set.at).map(|set| set.rules.as_slice()).unwrap_or_default();
            for rule in all.iter().filter(|rule| set.unmasks || rule.effect != Effect::Unmask) {
                let number = u32::try_from(rules.len()).unwrap_or(u32::MAX);
                rules.push((rule.effect, rule.text.clone()));
                let of_rule = |selector: &Selector<Rules>| Entry {
                    selector: selector.clone(),
                    effect: rule.effect,
                    rule: number,
                };
                entries.extend(rule.selectors.iter().map(of_rule));
            }
        }
        let index = Index::new(entries.iter().map(|entry| &entry.selector));
        let reach = Reach::new(entries.iter().map(|entry| &entry.selector));
        Self { book, active, rules, entries, index, reach }
    }
}

/// One selector; a rule with commas has several.
#[derive(Debug)]
struct Entry {
    selector: Selector<Rules>,
    effect: Effect,
    rule: u32,
}

/// Selectors that the recorder applies at the source, so that the worst never leaves the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceRules<'a> {
    /// Text and values are masked before they are sent.
    pub mask: Vec<&'a str>,
    /// Only a box is sent.
    pub block: Vec<&'a str>,
    /// Nothing is sent.
    pub hide: Vec<&'a str>,
}

/// What one walk over an unchanged tree learns of ancestors, siblings and subtrees, so that judging every node stays
/// linear. It is best used parents first, and with one [`PageRules`] only.
///
/// It is void after any change of the tree, of an attribute that rules read (see [`Reach`]), or of a text to or from
/// empty. Verdicts may change, and what is masked may be overwritten, under it.
#[derive(Default)]
pub struct Walk {
    caches: SelectorCaches,
    trail: Trail,
}

impl PageRules {
    /// Those of the page that was asked for last, if the same sets hold on it: most sessions begin on the same page.
    pub(super) fn new(book: &RuleBook, active: Vec<ActiveSet>) -> Self {
        let mut latest = book.contents.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let page = latest.upgrade().filter(|page| page.active == active);
        let page = page.unwrap_or_else(|| Arc::new(Page::new(Arc::clone(&book.contents), active)));
        *latest = Arc::downgrade(&page);
        Self { page }
    }

    /// What is kept of a masked attribute beside `shown`, which agents get in its place (`None`: they do not get it).
    /// `None`: no selector of any page reads it.
    #[must_use]
    pub(crate) fn withhold(&self, name: &str, text: &str, shown: Option<&str>) -> Option<Withheld> {
        self.page.book.questions.withhold(name, text, shown)
    }

    /// Whether a selector reads a state from the attribute's very text, which then is no text of the page.
    #[must_use]
    pub(crate) fn is_keyword(&self, name: &str, text: &str) -> bool {
        self.page.book.questions.is_keyword(name, text)
    }

    /// Whether the other page has the very same rules, so that a change of address needs no new judgement.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.page.book, &other.page.book) && self.page.active == other.page.active
    }

    /// What holds for a document by itself: only `private-by-default`.
    #[must_use]
    pub fn root_verdict(&self) -> Verdict {
        Verdict { private: self.page.book.private_by_default, ..Verdict::default() }
    }

    /// What the rules say of one element by itself; nodes of other kinds have no rules.
    ///
    /// To judge many elements of an unchanged tree, use [`PageRules::judge_in`].
    #[must_use]
    pub fn judge(&self, mirror: &Mirror, slot: Slot) -> Own {
        self.judge_in(mirror, slot, &mut Walk { trail: Trail::single(), ..Walk::default() })
    }

    /// As [`PageRules::judge`], with what the walk has learned.
    #[must_use]
    pub fn judge_in(&self, mirror: &Mirror, slot: Slot, walk: &mut Walk) -> Own {
        let mut own = Own::default();
        let Some(node) = mirror.get(slot) else { return own };
        let (Some(name), Some(element)) = (node.element(), MirrorElement::new(mirror, slot)) else { return own };
        let index = &self.page.index;
        for attribute in node.attributes().iter().filter(|attribute| index.is_fixed(&attribute.name)) {
            fixed::each(name, attribute, &mut |rule| note_fixed(&mut own, rule));
        }
        index.candidates(mirror, slot, &mut walk.trail, |at| {
            let Some(entry) = self.page.entries.get(at as usize) else { return };
            if entry.says_more_than(&own) && element.matches(&entry.selector, &mut walk.caches) {
                entry.note(&mut own);
            }
        });
        own
    }

    /// The rule's words for the report: the operator's selector, or a name such as `fixed:password`.
    #[must_use]
    pub fn rule_text(&self, rule: RuleRef) -> &str {
        match rule {
            RuleRef::Fixed(rule) => rule.text(),
            RuleRef::Selector(at) => self.page.rules.get(at as usize).map_or("", |(_, text)| text),
        }
    }

    /// The words of the first `no-control` rule that an element meets by itself. Tries each of them: for single nodes.
    #[must_use]
    pub fn no_control_rule(&self, mirror: &Mirror, slot: Slot) -> Option<&str> {
        let node = mirror.get(slot)?;
        let mut by_page = false;
        for attribute in node.attributes() {
            fixed::each(node.element()?, attribute, &mut |rule| by_page |= rule == FixedRule::PageNoControl);
        }
        if by_page {
            return Some(FixedRule::PageNoControl.text());
        }
        let element = MirrorElement::new(mirror, slot)?;
        let entries = self.page.entries.iter().filter(|entry| entry.effect == Effect::NoControl);
        let mut caches = SelectorCaches::default();
        entries
            .into_iter()
            .find(|entry| element.matches(&entry.selector, &mut caches))
            .map(|entry| self.rule_text(RuleRef::Selector(entry.rule)))
    }

    /// How far changes reach.
    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.page.reach
    }

    /// Whether the text holds what a pattern names; then all of it is masked. The word is the rule for the report.
    #[must_use]
    pub fn text_is_masked(&self, text: &str) -> Option<&'static str> {
        patterns::find(text, self.page.book.patterns).map(|(pattern, _)| pattern.rule_text())
    }

    /// As [`PageRules::text_is_masked`], with the signs of the text, which say whether it can be part of a longer match.
    pub(crate) fn text_and_signs(&self, text: &str) -> (Option<&'static str>, Signs) {
        if self.page.book.patterns == PatternSet::default() {
            return (None, Signs::default());
        }
        let signs = Signs::count(text);
        let found = patterns::find_by_signs(text, self.page.book.patterns, signs);
        (found.map(|(pattern, _)| pattern.rule_text()), signs)
    }

    /// The text patterns that hold.
    pub(crate) fn patterns(&self) -> PatternSet {
        self.page.book.patterns
    }

    /// The selectors for the recorder.
    #[must_use]
    pub fn source_rules(&self) -> SourceRules<'_> {
        let mut source = SourceRules::default();
        for (effect, text) in &self.page.rules {
            match effect {
                Effect::Mask => source.mask.push(text),
                Effect::Block => source.block.push(text),
                Effect::Hide => source.hide.push(text),
                Effect::NoControl | Effect::Unmask => {}
            }
        }
        source
    }
}

impl Entry {
    fn level(&self) -> Level {
        match self.effect {
            Effect::Mask => Level::Mask,
            Effect::Block => Level::Block,
            Effect::Hide => Level::Hide,
            Effect::NoControl | Effect::Unmask => Level::Clear,
        }
    }

    /// Whether a match would add anything; of rules with the same level the first is named.
    fn says_more_than(&self, own: &Own) -> bool {
        match self.effect {
            Effect::NoControl => !own.no_control,
            Effect::Unmask => !own.unmask,
            Effect::Mask | Effect::Block | Effect::Hide => is_stricter(own, self.level(), RuleRef::Selector(self.rule)),
        }
    }

    fn note(&self, own: &mut Own) {
        match self.effect {
            Effect::NoControl => own.no_control = true,
            Effect::Unmask => own.unmask = true,
            Effect::Mask | Effect::Block | Effect::Hide => {
                own.level = self.level();
                own.rule = Some(RuleRef::Selector(self.rule));
            }
        }
    }
}

fn is_stricter(own: &Own, level: Level, rule: RuleRef) -> bool {
    level > own.level || (level == own.level && own.rule.is_some_and(|known| rule < known))
}

fn note_fixed(own: &mut Own, rule: FixedRule) {
    if rule == FixedRule::PageNoControl {
        own.no_control = true;
    } else if is_stricter(own, rule.level(), RuleRef::Fixed(rule)) {
        own.level = rule.level();
        own.rule = Some(RuleRef::Fixed(rule));
    }
}
