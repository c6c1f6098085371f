//! Assets that can themselves name others, or hold script: cleaned by the core before they are served.

use bytes::Bytes;
use vitrine_core::asset::EarlyFetches;
use vitrine_core::limits::Limits;
use vitrine_core::report::Report;
use vitrine_core::sanitize::css::Css;
use vitrine_core::sanitize::url::UrlSealer;
use vitrine_core::view::clean_svg;

use super::limits::SHEET_URLS_MAX;
use super::{Asset, Refusal};
use crate::hub::Running;
use crate::net::frame::heavy;

/// A style sheet whose own addresses are sealed for the session; relative ones are of where it came from.
/// What of them no browser may be left to fetch is noted in `early`.
pub(super) fn style(asset: &Asset, running: &Running, early: &EarlyFetches) -> Asset {
    let text = String::from_utf8_lossy(&asset.body);
    let (policy, limits) = (&running.config.policy, &running.config.limits.core);
    let body = heavy(text.len(), || {
        let mut report = Report::default();
        let mut urls = UrlSealer::new(policy, &running.sealer, limits, &mut report)
            .with_base(Some(&asset.from))
            .at_most(SHEET_URLS_MAX)
            .noting_early(policy.keeps_assets.then_some(early));
        let mut out = String::with_capacity(text.len());
        Css::new(&mut urls).stylesheet(&text, &mut out);
        out
    });
    asset.with_body(Bytes::from(body))
}

/// A drawing without script, handlers and addresses of other places.
pub(super) fn svg(asset: &Asset, limits: &Limits) -> Result<Asset, Refusal> {
    let text = std::str::from_utf8(&asset.body).map_err(|_| Refusal::NotClean)?;
    let cleaned = heavy(text.len(), || clean_svg(limits, text)).map_err(|_| Refusal::NotClean)?;
    Ok(asset.with_body(Bytes::from(cleaned)))
}
