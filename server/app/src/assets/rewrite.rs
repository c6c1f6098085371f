//! Assets that can themselves name others, or hold script: cleaned by the core before they are served.

use std::sync::Arc;

use bytes::Bytes;
use vitrine_core::asset::{EarlyFetches, Sealer};
use vitrine_core::limits::Limits;
use vitrine_core::policy::Policy;
use vitrine_core::report::Report;
use vitrine_core::sanitize::css::Css;
use vitrine_core::sanitize::url::UrlSealer;
use vitrine_core::view::clean_svg;

use super::limits::SHEET_URLS_MAX;
use super::{Asset, Refusal};
use crate::net::frame::heavy;

/// Cleans by the operator's policy.
#[derive(Debug)]
pub(super) struct Rewriter {
    pub(super) policy: Arc<Policy>,
    limits: Limits,
}

impl Rewriter {
    pub(super) fn new(policy: Arc<Policy>, limits: Limits) -> Self {
        Self { policy, limits }
    }

    /// A style sheet whose own addresses are sealed for the session; relative ones are of where it came from.
    /// What of them no browser may be left to fetch is noted in `early`.
    pub(super) fn style(&self, asset: &Asset, sealer: &Sealer, early: &EarlyFetches) -> Asset {
        let text = String::from_utf8_lossy(&asset.body);
        let body = heavy(text.len(), || {
            let mut report = Report::default();
            let mut urls = UrlSealer::new(&self.policy, sealer, &self.limits, &mut report)
                .with_base(Some(&asset.from))
                .at_most(SHEET_URLS_MAX)
                .noting_early(self.policy.keeps_assets.then_some(early));
            let mut out = String::with_capacity(text.len());
            Css::new(&mut urls).stylesheet(&text, &mut out);
            out
        });
        asset.with_body(Bytes::from(body))
    }

    /// A drawing without script, handlers and addresses of other places.
    pub(super) fn svg(&self, asset: &Asset) -> Result<Asset, Refusal> {
        let text = std::str::from_utf8(&asset.body).map_err(|_| Refusal::NotClean)?;
        let cleaned = heavy(text.len(), || clean_svg(&self.limits, text)).map_err(|_| Refusal::NotClean)?;
        Ok(asset.with_body(Bytes::from(cleaned)))
    }
}
