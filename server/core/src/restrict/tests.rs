//! Tests of the restrictions, over small pages written as indented text.

mod judge;
mod patterns;
mod properties;
mod reach;
mod rules;
mod select;
mod tree;

use super::{PageRules, RestrictionInput, RuleBook, RuleSetInput};

/// One rule set for every page, from words with `|` between the entries of a list.
fn set(fill: impl FnOnce(&mut RuleSetInput)) -> RuleSetInput {
    let mut set = RuleSetInput::default();
    fill(&mut set);
    set
}

fn entries(list: &[&str]) -> Vec<String> {
    list.iter().map(|&entry| entry.to_owned()).collect()
}

fn book(rule_sets: Vec<RuleSetInput>) -> RuleBook {
    RuleBook::parse(&RestrictionInput { rule_sets, ..RestrictionInput::default() }).unwrap()
}

fn rules(fill: impl FnOnce(&mut RuleSetInput)) -> PageRules {
    book(vec![set(fill)]).for_page(None)
}
