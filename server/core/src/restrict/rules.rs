//! The operator's rules, read once when the configuration is.

use std::sync::{Arc, Mutex, Weak};

use selectors::parser::Selector;
use url::Url;

use super::error::{Place, Problem, RuleError};
use super::fixed::FixedRule;
use super::page::PagePattern;
use super::page_rules::{Page, PageRules};
use super::patterns::{Pattern, PatternSet};
use super::syntax::{self, Rules};
use super::withheld::Questions;

/// Rule sets of one configuration.
const RULE_SETS_MAX: usize = 64;
/// Selectors of one list.
const SELECTORS_PER_LIST_MAX: usize = 256;
/// Page patterns of one rule set.
const PAGES_PER_SET_MAX: usize = 256;
/// One selector or page pattern.
const ENTRY_BYTES_MAX: usize = 1024;

/// `[dom-restrictions]` as the operator wrote it.
#[derive(Debug, Clone, Default)]
pub struct RestrictionInput {
    /// Masks all text except what `unmask` names.
    pub private_by_default: bool,
    /// Names of text patterns: `payment-card`, `iban`, `email`, `phone`.
    pub patterns: Vec<String>,
    /// `[[dom-restrictions.rule-set]]`, in order.
    pub rule_sets: Vec<RuleSetInput>,
}

/// One `[[dom-restrictions.rule-set]]` as the operator wrote it. All lists but `pages` hold CSS selectors.
#[derive(Debug, Clone, Default)]
pub struct RuleSetInput {
    /// Page patterns such as `https://*.shop.example/orders/*`; none means every page.
    pub pages: Vec<String>,
    /// Text and values become the filler.
    pub mask: Vec<String>,
    /// An empty box stands in the place.
    pub block: Vec<String>,
    /// Gone.
    pub hide: Vec<String>,
    /// An agent may not act on it.
    pub no_control: Vec<String>,
    /// Exempt from `private_by_default`, and from nothing else.
    pub unmask: Vec<String>,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Mask,
    Block,
    Hide,
    NoControl,
    Unmask,
}

/// One entry of a list.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) effect: Effect,
    /// As written.
    pub(super) text: Box<str>,
    /// More than one where the text has commas.
    pub(super) selectors: Vec<Selector<Rules>>,
}

#[derive(Debug, Clone)]
pub(super) struct RuleSet {
    /// Empty: every page.
    pages: Vec<PagePattern>,
    pub(super) rules: Vec<Rule>,
}

/// Which rule gave a judgement; [`PageRules::rule_text`] has its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleRef {
    /// One of this crate's, or one of the page's own attributes.
    Fixed(FixedRule),
    /// One of the operator's on this page.
    Selector(u32),
}

/// The operator's `[dom-restrictions]`, parsed: rule sets by page. Cheap to clone.
///
/// The default has no rules and no patterns; the fixed rules hold with it too.
#[derive(Debug, Clone, Default)]
pub struct RuleBook {
    pub(super) contents: Arc<Contents>,
}

#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) private_by_default: bool,
    pub(super) patterns: PatternSet,
    pub(super) rule_sets: Vec<RuleSet>,
    /// What all of them ask of attributes.
    pub(super) questions: Questions,
    /// The page that was made last, for as long as somebody has it.
    pub(super) latest: Mutex<Weak<Page>>,
}

impl RuleBook {
    /// Reads the operator's rules.
    ///
    /// # Errors
    /// The first entry that cannot be read, with its place; nothing of the input is then used.
    pub fn parse(input: &RestrictionInput) -> Result<Self, RuleError> {
        if input.rule_sets.len() > RULE_SETS_MAX {
            return Err(whole(None, "rule-set", Problem::TooMany(RULE_SETS_MAX)));
        }
        let rule_sets: Vec<RuleSet> = input.rule_sets.iter().enumerate().map(read_set).collect::<Result<_, _>>()?;
        let contents = Contents {
            questions: Questions::new(rule_sets.iter().flat_map(|set| &set.rules).flat_map(|rule| &rule.selectors)),
            private_by_default: input.private_by_default,
            patterns: read_patterns(&input.patterns)?,
            rule_sets,
            latest: Mutex::default(),
        };
        Ok(Self { contents: Arc::new(contents) })
    }

    /// The rules of one page, ready to match.
    ///
    /// Where the page's address is not known (`None`), the restricting rules of every page hold, and only the `unmask`
    /// rules that name no pages.
    #[must_use]
    pub fn for_page(&self, url: Option<&Url>) -> PageRules {
        let active = self.contents.rule_sets.iter().enumerate().filter_map(|(at, set)| {
            let everywhere = set.pages.is_empty();
            let meant = everywhere || url.is_none_or(|url| set.pages.iter().any(|pattern| pattern.matches(url)));
            meant.then_some(ActiveSet { at, unmasks: everywhere || url.is_some() })
        });
        PageRules::new(self, active.collect())
    }
}

/// A rule set that holds on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ActiveSet {
    /// Its index in the rule book.
    pub(super) at: usize,
    /// Whether its `unmask` rules hold too.
    pub(super) unmasks: bool,
}

fn read_set((at, input): (usize, &RuleSetInput)) -> Result<RuleSet, RuleError> {
    let lists = [
        (Effect::Hide, "hide", &input.hide),
        (Effect::Block, "block", &input.block),
        (Effect::Mask, "mask", &input.mask),
        (Effect::NoControl, "no-control", &input.no_control),
        (Effect::Unmask, "unmask", &input.unmask),
    ];
    let mut rules = Vec::new();
    for (effect, name, entries) in lists {
        let read = |text: &str| syntax::parse(text).map(|selectors| Rule { effect, text: text.into(), selectors });
        rules.extend(read_list(Some(at), name, entries, SELECTORS_PER_LIST_MAX, read)?);
    }
    let page = |text: &str| PagePattern::parse(text).map_err(|problem| (0, Problem::PagePattern(problem)));
    let pages = read_list(Some(at), "pages", &input.pages, PAGES_PER_SET_MAX, page)?;
    Ok(RuleSet { pages, rules })
}

fn read_patterns(names: &[String]) -> Result<PatternSet, RuleError> {
    let read = |name: &str| Pattern::named(name).ok_or((0, Problem::UnknownPattern));
    Ok(read_list(None, "patterns", names, SELECTORS_PER_LIST_MAX, read)?.into_iter().collect())
}

fn read_list<T>(
    rule_set: Option<usize>,
    list: &'static str,
    entries: &[String],
    entries_max: usize,
    read: impl Fn(&str) -> Result<T, (usize, Problem)>,
) -> Result<Vec<T>, RuleError> {
    if entries.len() > entries_max {
        return Err(whole(rule_set, list, Problem::TooMany(entries_max)));
    }
    let one = |(entry, text): (usize, &String)| {
        let result =
            if text.len() > ENTRY_BYTES_MAX { Err((0, Problem::TooLong(ENTRY_BYTES_MAX))) } else { read(text) };
        result.map_err(|(column, problem)| RuleError {
            place: Place { rule_set, list, entry: Some(entry), column },
            problem,
        })
    };
    entries.iter().enumerate().map(one).collect()
}

fn whole(rule_set: Option<usize>, list: &'static str, problem: Problem) -> RuleError {
    RuleError { place: Place { rule_set, list, entry: None, column: 0 }, problem }
}
