//! An HTML document in, a safe one out; what is safe stays as it is.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use vitrine_core::asset::AllowedDomains;
use vitrine_core::html::parse_document;
use vitrine_core::policy::Policy;
use vitrine_core::restrict::RuleBook;
use vitrine_core::view::{PreviewError, preview_html};
use vitrine_core_fuzz::judge::{require_safe_html, require_sound};
use vitrine_core_fuzz::world::{domains, limits, page_url, policy, rules};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    if let Ok(mirror) = parse_document(text, &limits(), 1) {
        require_sound(&mirror, &limits());
    }
    if let Some(html) = cleaned(text, &policy(rules(false), domains())) {
        require_safe_html(&html);
    }
    // Without rules, and with no address to seal, what was clean is left as it is. (The first pass writes boxes in its
    // own words, which the second spells as it does all others.)
    let bare = policy(RuleBook::default(), AllowedDomains::default());
    if let Some(once) = cleaned(text, &bare) {
        require_safe_html(&once);
        let twice = cleaned(&once, &bare);
        let thrice = twice.as_deref().and_then(|twice| cleaned(twice, &bare));
        assert!(twice.is_none() || thrice.is_none() || twice == thrice, "{text:?}\n{once}\n{twice:?}\n{thrice:?}");
    }
    Corpus::Keep
});

/// The page, unless it is over a limit.
fn cleaned(text: &str, policy: &Policy) -> Option<String> {
    match preview_html(policy, &limits(), Some(&page_url()), text) {
        Ok((html, _)) => Some(html),
        Err(PreviewError::OverLimit(_)) => None,
        Err(error) => panic!("{error}: {text:?}"),
    }
}
