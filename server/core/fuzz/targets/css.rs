//! CSS by every door: what leaves reads as the same again, and holds no address but sealed ones.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use vitrine_core::asset::AllowedDomains;
use vitrine_core::report::Report;
use vitrine_core::restrict::RuleBook;
use vitrine_core::sanitize::css::Css;
use vitrine_core::sanitize::url::UrlSealer;
use vitrine_core_fuzz::judge::require_safe_css;
use vitrine_core_fuzz::world::{domains, limits, page_url, policy, sealer};
use vitrine_core_fuzz::{DOORS, Door};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(data) else { return Corpus::Reject };
    for (number, door) in DOORS.iter().enumerate() {
        let sealed = clean(*door, text, domains());
        require_safe_css(&sealed);
        // Where every address is gone, a second pass finds nothing more to do.
        let once = clean(*door, text, AllowedDomains::default());
        require_safe_css(&once);
        let twice = clean(*door, &once, AllowedDomains::default());
        assert_eq!(once, twice, "door {number}, from {text:?}");
    }
    Corpus::Keep
});

fn clean(door: Door, text: &str, domains: AllowedDomains) -> String {
    let (policy, sealer, limits, base) = (policy(RuleBook::default(), domains), sealer(), limits(), page_url());
    let mut report = Report::default();
    let mut urls = UrlSealer::new(&policy, &sealer, &limits, &mut report).with_base(Some(&base));
    door(&mut Css::new(&mut urls), text)
}
