//! The policy that the rows run under.

use serde_json::Value;
use url::Url;
use vitrine_core::asset::AllowedDomains;
use vitrine_core::policy::{PageUrl, Policy};
use vitrine_core::restrict::{RestrictionInput, RuleBook, RuleSetInput};

use super::{BASE_PATH, texts};

/// The page that the input is said to come from.
pub(crate) fn page_url() -> Option<Url> {
    Url::parse("https://shop.example/basket").ok()
}

/// A policy with the restrictions that a row names: `mask`, `block`, `hide`, `unmask`, `patterns`, `private`.
pub(crate) fn policy(rules: &Value) -> Policy {
    let owned = |key: &str| texts(rules, key).into_iter().map(str::to_owned).collect::<Vec<String>>();
    let rule_set = RuleSetInput {
        mask: owned("mask"),
        block: owned("block"),
        hide: owned("hide"),
        unmask: owned("unmask"),
        ..RuleSetInput::default()
    };
    let input = RestrictionInput {
        private_by_default: rules.get("private") == Some(&Value::Bool(true)),
        patterns: owned("patterns"),
        rule_sets: vec![rule_set],
    };
    let hosts = ["shop.example".to_owned(), "cdn.ok.example".to_owned()];
    let domains = AllowedDomains::parse(&hosts, &[443], &["https".to_owned()]);
    match (domains, RuleBook::parse(&input)) {
        (Ok(domains), Ok(rules)) => Policy {
            domains,
            rules,
            page_url: PageUrl::OriginPath,
            allow_data_images: true,
            allow_media: true,
            keeps_assets: true,
            customer_uploads: false,
            base_path: BASE_PATH.to_owned(),
        },
        (domains, rules) => panic!("the row's rules are wrong: {domains:?} {rules:?}"),
    }
}
