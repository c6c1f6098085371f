//! `[dom-restrictions]` and `[sanitizer]`: what agents may see of a page.

use vitrine_core::policy::PageUrl;
use vitrine_core::restrict::{RestrictionInput, RuleBook, RuleError, RuleSetInput};

use super::reader::Reader;

/// `[sanitizer]`.
#[derive(Debug, Clone)]
pub struct Sanitizer {
    /// How much of the page's address agents see.
    pub page_url: PageUrl,
    /// Whether `data:` pictures are shown.
    pub allow_data_images: bool,
}

pub(super) fn read_sanitizer(mut section: Reader<'_, '_>) -> Option<Sanitizer> {
    let page_urls = [("origin-path", PageUrl::OriginPath), ("full", PageUrl::Full), ("hidden", PageUrl::Hidden)];
    Some(Sanitizer {
        page_url: section.word("page-url", &page_urls)?,
        allow_data_images: section.value("allow-data-images")?,
    })
}

const LISTS: [&str; 6] = ["pages", "mask", "block", "hide", "no-control", "unmask"];

pub(super) fn read_rules(mut section: Reader<'_, '_>) -> Option<RuleBook> {
    let private_by_default = section.value("private-by-default")?;
    let patterns: Vec<String> = section.value("patterns")?;
    let before = section.findings.problems.len();
    for (index, name) in patterns.iter().enumerate() {
        let alone = RestrictionInput { patterns: vec![name.clone()], ..RestrictionInput::default() };
        complain(&mut section, "patterns", index, RuleBook::parse(&alone));
    }
    let rule_sets = section.list("rule-set", |_, mut set| {
        let mut lists = LISTS.map(|name| set.value::<Vec<String>>(name).unwrap_or_default());
        for (name, list) in LISTS.iter().zip(&lists) {
            for (index, entry) in list.iter().enumerate() {
                complain(&mut set, name, index, RuleBook::parse(&alone(name, entry)));
            }
        }
        Some(rule_set(&mut lists))
    });
    if section.findings.problems.len() > before {
        return Some(RuleBook::default());
    }
    let input = RestrictionInput { private_by_default, patterns, rule_sets };
    match RuleBook::parse(&input) {
        Ok(rules) => Some(rules),
        Err(error) => {
            section.complain("rule-set", error.to_string(), None);
            Some(RuleBook::default())
        }
    }
}

/// One entry by itself, so that every bad one is told and not only the first.
fn alone(list: &str, entry: &str) -> RestrictionInput {
    let mut lists = LISTS.map(|name| if name == list { vec![entry.to_owned()] } else { Vec::new() });
    RestrictionInput { rule_sets: vec![rule_set(&mut lists)], ..RestrictionInput::default() }
}

/// `lists` in the order of [`LISTS`]; they are taken.
fn rule_set(lists: &mut [Vec<String>; LISTS.len()]) -> RuleSetInput {
    let [pages, mask, block, hide, no_control, unmask] = lists.each_mut().map(std::mem::take);
    RuleSetInput { pages, mask, block, hide, no_control, unmask }
}

fn complain(section: &mut Reader<'_, '_>, list: &'static str, index: usize, result: Result<RuleBook, RuleError>) {
    let Err(error) = result else { return };
    let column = error.place.column;
    let at = if column > 0 { format!(" (character {column})") } else { String::new() };
    section.complain_item(list, index, format!("{}{at}", error.problem), None);
}
