//! `[dom-restrictions]` and `[sanitizer]`: what agents may see of a page.

use vitrine_core::policy::PageUrl;
use vitrine_core::restrict::RuleBook;

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

pub(super) fn read_rules(mut section: Reader<'_, '_>) -> Option<RuleBook> {
    let _private: bool = section.value("private-by-default")?;
    let _patterns: Vec<String> = section.value("patterns")?;
    section.list("rule-set", |_, mut set| {
        for name in ["pages", "mask", "block", "hide", "no-control", "unmask"] {
            let _list: Vec<String> = set.value(name)?;
        }
        Some(())
    });
    Some(RuleBook::default())
}
