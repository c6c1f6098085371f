//! Who gets an asset: the holder of the asset cookie of a login that watches the token's session, and nobody else.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::request::Parts;
use vitrine_core::ids::SessionId;

use super::cache::Kept;
use super::{Refusal, answer};
use crate::auth::login::{ASSET_COOKIE, named_cookie};
use crate::auth::secret::Digest;
use crate::http::Problem;
use crate::http::gate::AgentAddress;
use crate::hub::{Presences, Running};
use crate::ops::metrics;
use crate::start::App;

/// `GET /asset/{token}`.
pub async fn serve(app: &App, request: &Parts) -> Response {
    let headers = &request.headers;
    if let Err(refused) = AgentAddress::judge(request, app) {
        return refused.into_response();
    }
    // No token has a character that stands encoded.
    let token = request.uri.path().rsplit('/').next().unwrap_or_default();
    match find(app, headers, token).await {
        Ok(asset) => {
            app.assets.counters.served.increment(1);
            answer::answer(&asset, headers)
        }
        Err(refusal) => {
            metrics::count_asset(refusal.word());
            Problem::NotFound.into_response()
        }
    }
}

/// Whatever is wrong with a token, the same steps are taken before it is refused: how long the answer takes does not
/// tell a forged token from one of another session or of one that has ended.
async fn find(app: &App, headers: &HeaderMap, token: &str) -> Kept {
    let cookie = named_cookie(headers, ASSET_COOKIE).ok_or(Refusal::NoCookie)?;
    let live = app.live.now();
    let holder = live.shared.holder(cookie);
    let nowhere = &app.assets.nowhere;
    let opened = live.opener.open(token);
    drop(live);
    let running = app.hub.find(opened.as_ref().map_or(&nowhere.session, |asset| &asset.session));
    let is_viewed = running.as_ref().map_or(&nowhere.presences, |running| &running.presences).holds(&holder);
    let asset = opened.map_err(|_| Refusal::BadToken)?;
    let running = match running {
        Some(running) if is_viewed => running,
        here if app.hub.shared().is_some() => elsewhere(app, here, &asset.session, &holder).await?,
        Some(_) => return Err(Refusal::NotViewing),
        None => return Err(Refusal::NoSession),
    };
    app.assets.get(token, asset, &running).await
}

/// Her viewer may be on another node. Nothing but a key of ours makes a token that comes so far.
async fn elsewhere(
    app: &App,
    here: Option<Arc<Running>>,
    session: &SessionId,
    holder: &Digest,
) -> Result<Arc<Running>, Refusal> {
    let running = match here {
        Some(running) => running,
        None => app.hub.reach(session).await.ok().flatten().ok_or(Refusal::NoSession)?,
    };
    if running.serves(holder).await { Ok(running) } else { Err(Refusal::NotViewing) }
}

/// Where a token leads that leads nowhere.
#[derive(Debug)]
pub(super) struct Nowhere {
    /// A name as long as a session's. None has it: theirs are random.
    session: SessionId,
    presences: Presences,
}

impl Default for Nowhere {
    #[allow(clippy::expect_used, reason = "the text is fixed, and every test of the door makes it")]
    fn default() -> Self {
        let session = SessionId::new("nowhere-nowhere-nowher").expect("letters make a name");
        Self { session, presences: Presences::default() }
    }
}

#[cfg(test)]
mod tests;
