//! An HTML document in, a safe one out; what is safe stays as it is.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use vitrine_core::asset::AllowedDomains;
use vitrine_core::html::{Scripting, parse_document};
use vitrine_core::policy::Policy;
use vitrine_core::restrict::RuleBook;
use vitrine_core::view::{PreviewError, preview_html};
use vitrine_core_fuzz::judge::{require_safe_html, require_sound};
use vitrine_core_fuzz::world::{domains, limits, page_url, policy, rules};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    if let Ok(mirror) = parse_document(text, Scripting::On, &limits(), 1) {
        require_sound(&mirror, &limits(), &text);
    }
    if let Some(html) = cleaned(text, &policy(rules(false), domains())) {
        require_safe_html(&html);
    }
    // A browser may build another page from what left than the one that was meant: forms in forms, for one. It holds
    // nothing more for that, however often it is written and read.
    let bare = policy(RuleBook::default(), AllowedDomains::default());
    let mut page = cleaned(text, &bare);
    for _ in 0..3 {
        let Some(html) = page else { break };
        require_safe_html(&html);
        page = cleaned(&html, &bare);
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
