//! Asking the customer's page for an asset, and judging what it sends as if its website had sent it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use url::Url;
use vitrine_core::asset::{AssetKind, AssetRef};
use vitrine_core::session::AssetRequest;

use super::asset::Asset;
use super::cache::Kept;
use super::elsewhere::Elsewhere;
use super::fresh::{Keep, Reach};
use super::limits::UPLOAD_WAIT;
use super::uploads::{Answer, Upload};
use super::{Assets, Refusal, kind, rewrite};
use crate::hub::{Mail, Running};
use crate::ops::metrics;

impl Assets {
    /// An asset that could not be fetched from here, from the customer's browser; `refused` where that cannot help.
    /// A style sheet is only taken `with_sheets`.
    pub(super) async fn from_customer(
        self: &Arc<Self>,
        refused: Refusal,
        asset: AssetRef,
        running: &Arc<Running>,
        with_sheets: bool,
    ) -> Kept {
        let is_hers = Url::parse(&asset.url).is_ok_and(|url| running.config.policy.allows(&url));
        if !self.takes_uploads || !refused.may_be_only_ours() || !is_hers || asset.kind == AssetKind::Media {
            return Err(refused);
        }
        let (assets, running_too, wanted) = (Arc::clone(self), Arc::clone(running), asset.clone());
        running.uploads.once(&asset, || assets.ask_customer(wanted, running_too, with_sheets))?.await
    }

    async fn ask_customer(self: Arc<Self>, asset: AssetRef, running: Arc<Running>, with_sheets: bool) -> Kept {
        let _turn = running.uploads.turn().await.ok_or(Refusal::NoSession)?;
        let (request, answer) = running.uploads.open();
        let wanted =
            AssetRequest { request, url: asset.url.clone(), kind: asset.kind, bytes_max: self.fetcher.max_bytes };
        metrics::count_asset("asked-customer");
        let mut elsewhere = Elsewhere::expect(&running, request).await;
        running.mail(Mail::WantAsset(wanted)).await.map_err(|_| Refusal::NoSession)?;
        let answer = timeout(UPLOAD_WAIT, elsewhere.or(answer)).await.ok().flatten();
        drop(running.uploads.claim(request));
        let late = elsewhere.forget().await;
        match answer.or(late) {
            Some(Answer::Sent(upload)) => self.judge_upload(&asset, upload, &running, with_sheets).map(Arc::new),
            Some(Answer::NotNow) => Err(Refusal::CustomerAway),
            Some(Answer::Nothing) | None => Err(Refusal::NotUploaded),
        }
    }

    fn judge_upload(
        self: &Arc<Self>,
        asset: &AssetRef,
        upload: Upload,
        running: &Arc<Running>,
        with_sheets: bool,
    ) -> Result<Asset, Refusal> {
        let from = Url::parse(&asset.url).map_err(|_| Refusal::BadToken)?;
        let judged = kind::judge(asset.kind, &upload.content_type, upload.body);
        let (content_type, body) = judged.ok_or(Refusal::WrongType)?;
        if body.len() > self.fetcher.max_bytes {
            return Err(Refusal::TooLarge);
        }
        // What stands behind a login stays in no browser's cache either.
        let keep = Keep { reach: Reach::Nobody, fresh: Duration::ZERO };
        let uploaded = Asset::new(content_type, body, from, keep);
        metrics::count_asset("uploaded");
        match content_type {
            kind::SVG => rewrite::svg(&uploaded, &running.config.limits.core),
            kind::CSS if with_sheets => {
                let (style, early) = {
                    let noted = running.early.noted();
                    (rewrite::style(&uploaded, running, &noted), noted.take_new())
                };
                self.fetch_early(running, early);
                Ok(style)
            }
            kind::CSS => Err(Refusal::NotClean),
            _ => Ok(uploaded),
        }
    }
}
