//! What a customer's page hands over while its session runs: its website vouches for her, anew or for the first time.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use vitrine_core::session::Ask;

use super::customer::of_session;
use crate::audit::{Act, Actor};
use crate::auth::contact;
use crate::http::body::Body;
use crate::http::{Problem, cors};
use crate::hub::Mail;
use crate::start::App;

/// The body of `POST /api/v1/customer/contact`.
#[derive(Deserialize, ToSchema)]
#[schema(as = ContactToken)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Handed {
    /// Null: nobody is signed in.
    contact_token: Option<String>,
}

/// `OPTIONS /api/v1/customer/contact`.
pub async fn preflight(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    cors::preflight(&headers, &app.config().cross_origin, "authorization, content-type")
}

/// `POST /api/v1/customer/contact`, by the session's token. 204; or `contact-token-refused`. Without a token, or with one
/// that is refused, the customer is not verified any more.
pub async fn take(
    State(app): State<Arc<App>>,
    act: Act,
    headers: HeaderMap,
    body: Result<Body<Handed>, Problem>,
) -> Result<StatusCode, Problem> {
    cors::judge(&headers, &app.config().cross_origin, None)?;
    try_take(&app, &act, &headers, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn try_take(
    app: &App,
    act: &Act,
    headers: &HeaderMap,
    body: Result<Body<Handed>, Problem>,
) -> Result<(), Problem> {
    let config = app.config();
    let running = of_session(app, &config, headers).await?;
    act.by(Actor::Customer);
    act.on(&running);
    app.rates.contact(&running.id)?;
    let Body(handed) = body?;
    let site = config.sites.get(&running.site).ok_or(Problem::UnknownSite)?;
    let judged = match &handed.contact_token {
        None => Ok(None),
        Some(token) => contact::verify(&app.store, site, token, &config.limits.core).await.map(Some),
    };
    if judged.is_ok() {
        act.done().await?;
    } else if judged != Err(Problem::ContactTokenRefused) {
        return judged.map(|_| ());
    }
    let (identity, answer) = judged.map_or_else(|problem| (None, Err(problem)), |identity| (identity, Ok(())));
    tracing::info!(session = %running.id, verified = identity.is_some(), "the website was asked who its customer is");
    running.mail(Mail::Ask(Ask::Identified(identity))).await.map_err(|_| Problem::NoSuchSession)?;
    answer
}
