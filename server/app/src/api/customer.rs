//! What a website's page asks for: a session.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;
use vitrine_core::limits::Limits;
use vitrine_core::session::EndReason;

use crate::audit::{Act, Actor};
use crate::auth::contact;
use crate::auth::socket::read_customer_token;
use crate::config::Config;
use crate::http::address::Client;
use crate::http::body::Body;
use crate::http::{Problem, cors};
use crate::hub::{Mail, Running};
use crate::ops::clock::Time;
use crate::start::App;

/// The body of `POST /api/v1/sessions`.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewSession)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wanted {
    site: String,
    page: Page,
    contact_token: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewSessionPage)]
#[serde(deny_unknown_fields)]
struct Page {
    url: String,
    title: String,
}

/// What the page gets.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Begun {
    session: String,
    join_code: String,
    token: String,
    /// Of the join code; the token lasts as long as the session may.
    expires_at: Time,
    socket: String,
}

/// `OPTIONS /api/v1/sessions`.
pub async fn preflight(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    cors::preflight(&headers, &app.config().cross_origin, "content-type")
}

/// `POST /api/v1/sessions`. Refuses an unlisted origin before anything else.
pub async fn begin(
    State(app): State<Arc<App>>,
    act: Act,
    client: Client,
    headers: HeaderMap,
    body: Result<Body<Wanted>, Problem>,
) -> Result<Response, Problem> {
    let origin = cors::judge(&headers, &app.config().cross_origin, None)?;
    try_begin(&app, &act, client, &headers, &origin, body).await
}

async fn try_begin(
    app: &App,
    act: &Act,
    client: Client,
    headers: &HeaderMap,
    origin: &HeaderValue,
    body: Result<Body<Wanted>, Problem>,
) -> Result<Response, Problem> {
    app.rates.session(client).await?;
    let Body(wanted) = body?;
    let config = app.config();
    let site = config.sites.get(&wanted.site).ok_or(Problem::UnknownSite)?;
    cors::judge(headers, &config.cross_origin, Some(site))?;
    check_page(&wanted.page, origin, &config.limits.core)?;
    let identity = match &wanted.contact_token {
        Some(token) => Some(contact::verify(&app.store, site, token, &config.limits.core).await?),
        None if site.contacts.required => return Err(Problem::ContactRequired),
        None => None,
    };
    let verified = identity.is_some();
    act.by(Actor::Customer);
    let begun = app.hub.begin(site, identity).await?;
    act.about(&begun.id, &site.id);
    if let Err(problem) = act.done().await {
        if let Some(running) = app.hub.reach(&begun.id).await? {
            // An error means that it is over already.
            let _ = running.mail(Mail::End(EndReason::Failed, Actor::System, None)).await;
        }
        return Err(problem);
    }
    tracing::info!(session = %begun.id, site = site.id, verified, "session begun");
    let server = &config.server;
    let answer = Begun {
        session: begun.id.to_string(),
        join_code: begun.code,
        token: begun.token,
        expires_at: begun.code_ends,
        socket: format!(
            "{}://{}{}/api/v1/customer/socket",
            server.public_url.socket_scheme, server.public_url.host, server.base_path
        ),
    };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// A page can only be shared by itself.
fn check_page(page: &Page, origin: &HeaderValue, limits: &Limits) -> Result<(), Problem> {
    let url = Url::parse(&page.url).ok().filter(|_| page.url.len() <= limits.url_bytes);
    let url = url.ok_or_else(|| Problem::Malformed("page.url is no address of a page".into()))?;
    if url.origin().ascii_serialization().as_bytes() != origin.as_bytes() {
        return Err(Problem::Malformed("page.url is not of the page's own origin".into()));
    }
    if page.title.len() > limits.text_bytes {
        return Err(Problem::Malformed("page.title is too long".into()));
    }
    Ok(())
}

/// The session whose token the request carries, if its page may talk to us.
///
/// # Errors
/// [`Problem::NotSignedIn`], [`Problem::UnknownSite`], [`Problem::OriginNotAllowed`].
pub(super) async fn of_session(app: &App, config: &Config, headers: &HeaderMap) -> Result<Arc<Running>, Problem> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let (id, secret) = bearer.and_then(read_customer_token).ok_or(Problem::NotSignedIn)?;
    let running = app.hub.reach(&id).await?.filter(|running| running.token == secret);
    let running = running.ok_or(Problem::NotSignedIn)?;
    let site = config.sites.get(&running.site).ok_or(Problem::UnknownSite)?;
    cors::judge(headers, &config.cross_origin, Some(site))?;
    Ok(running)
}
