//! The policy of `tests/bench.toml`, and which of its rules meet something.

use std::collections::BTreeSet;

use serde::Deserialize;
use url::Url;
use vitrine_core::asset::AllowedDomains;
use vitrine_core::policy::{PageUrl, Policy};
use vitrine_core::report::Report;
use vitrine_core::restrict::{RestrictionInput, RuleBook, RuleSetInput};

/// So many rules are measured under.
const RULES: usize = 20;
/// So many of them must meet something in real inputs, or the figures say nothing of rules.
const RULES_MET_MIN: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    http_proxy: HttpProxy,
    dom_restrictions: DomRestrictions,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct HttpProxy {
    allowed_external_domains: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct DomRestrictions {
    patterns: Vec<String>,
    rule_set: Vec<RuleSet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RuleSet {
    mask: Vec<String>,
    block: Vec<String>,
    hide: Vec<String>,
    no_control: Vec<String>,
}

/// The rules of `tests/bench.toml`, `times` over: the further ones are alike and meet nothing.
///
/// # Panics
/// Where the file is wrong: there is nothing to measure then.
#[must_use]
#[expect(clippy::expect_used, reason = "a bench without its policy ends by it")]
pub fn policy(times: usize) -> Policy {
    let file: File = toml::from_str(include_str!("../../bench.toml")).expect("tests/bench.toml reads");
    let rule_sets: Vec<RuleSetInput> = (0..times).flat_map(|copy| rule_sets(&file.dom_restrictions, copy)).collect();
    let count: usize =
        rule_sets.iter().map(|set| set.mask.len() + set.block.len() + set.hide.len() + set.no_control.len()).sum();
    assert_eq!(count, RULES * times, "tests/bench.toml holds {RULES} rules");
    let input = RestrictionInput { patterns: file.dom_restrictions.patterns, rule_sets, ..RestrictionInput::default() };
    let schemes = ["https".to_owned(), "http".to_owned()];
    Policy {
        domains: AllowedDomains::parse(&file.http_proxy.allowed_external_domains, &[443, 80], &schemes)
            .expect("the domains of tests/bench.toml parse"),
        rules: RuleBook::parse(&input).expect("the rules of tests/bench.toml parse"),
        page_url: PageUrl::OriginPath,
        allow_data_images: true,
        allow_media: true,
        base_path: String::new(),
        keeps_assets: true,
        customer_uploads: false,
    }
}

fn rule_sets(file: &DomRestrictions, copy: usize) -> Vec<RuleSetInput> {
    let alike = |list: &Vec<String>| list.iter().map(|selector| alike(selector, copy)).collect();
    let sets = file.rule_set.iter();
    sets.map(|set| RuleSetInput {
        mask: alike(&set.mask),
        block: alike(&set.block),
        hide: alike(&set.hide),
        no_control: alike(&set.no_control),
        ..RuleSetInput::default()
    })
    .collect()
}

/// The selector with each of its classes, ids and attribute values changed; the first copy is the selector itself.
fn alike(selector: &str, copy: usize) -> String {
    if copy == 0 {
        return selector.to_owned();
    }
    let is_plain = selector.chars().all(|char| char.is_ascii_alphanumeric());
    let mut out = String::new();
    let mut in_word = false;
    for char in selector.chars() {
        let goes_on = char.is_ascii_alphanumeric() || char == '-' || char == '_';
        if in_word && !goes_on {
            out.push_str(&copy.to_string());
            in_word = false;
        }
        in_word |= matches!(char, '.' | '#' | '=');
        out.push(char);
    }
    if in_word || is_plain {
        let class = if is_plain { ".like" } else { "" };
        out.push_str(class);
        out.push_str(&copy.to_string());
    }
    out
}

/// The page that an HTML input is said to be.
#[must_use]
pub fn page_url() -> Option<Url> {
    Url::parse("https://shop.example/page/").ok()
}

/// Which rules met something, over many reports.
#[derive(Debug, Default)]
pub struct RulesMet(BTreeSet<String>);

impl RulesMet {
    /// Takes the operator's rules of a report; fixed rules and patterns are named with a colon or a word of ours.
    pub fn note(&mut self, report: &Report) {
        let all = report.masked.keys().chain(report.blocked.keys()).chain(report.hidden.keys());
        let ours = ["payment-card", "iban", "inherited"];
        self.0.extend(all.filter(|rule| !ours.contains(&rule.as_str()) && !rule.contains("fixed:")).cloned());
    }

    /// Says how many met something.
    ///
    /// # Panics
    /// Where real inputs meet fewer than ten.
    pub fn tell(&self, are_real: bool) {
        println!("rules: {RULES}, of which {} meet something here", self.0.len());
        assert!(!are_real || self.0.len() >= RULES_MET_MIN, "too few rules meet anything: {:?}", self.0);
    }
}
