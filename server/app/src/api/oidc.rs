//! Signing in at the provider, as a browser goes through it, and the provider's own message that somebody signed out there.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use url::{Url, form_urlencoded};
use utoipa::ToSchema;

use crate::api::login::{self, Arrival};
use crate::audit::{Act, Actor};
use crate::auth::login::AtProvider;
use crate::auth::oidc::{Attempt, Cause, Provider, Refusal, SignIn, cookie, meet};
use crate::auth::secret::Digest;
use crate::auth::standing::Standing;
use crate::auth::subject::Subject;
use crate::http::Problem;
use crate::http::address::Client;
use crate::http::gate::AgentAddress;
use crate::start::App;

/// What the sign-in page offers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaysToSignIn)]
pub struct Ways {
    /// A name and a password.
    password: bool,
    /// The provider, by what its button says.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
}

/// `GET /api/v1/agent/sign-in`.
pub async fn ways(State(app): State<Arc<App>>, _address: AgentAddress) -> Json<Ways> {
    let provider = app.oidc.as_ref().map(|provider| provider.label().to_owned());
    Json(Ways { password: !app.config().agents.accounts.is_empty(), provider })
}

/// `GET /api/v1/agent/oidc/login`: to the provider.
pub async fn begin(
    State(app): State<Arc<App>>,
    _address: AgentAddress,
    client: Client,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let provider = provider(&app, &headers)?;
    match leave(&app, provider, client).await {
        Ok((door, cookie)) => to(door.as_str(), &[cookie]),
        Err(refusal) => page(&app, refusal),
    }
}

async fn leave(app: &App, provider: &Provider, client: Client) -> Result<(Url, HeaderValue), Refusal> {
    app.rates.sign_in(client).await?;
    let attempt = Attempt::random().map_err(Problem::from)?;
    let door = provider.door(&attempt).await.map_err(told)?;
    app.store.put_sign_in(attempt.state.digest(), attempt.record()).await.map_err(Problem::from)?;
    let cookie = cookie::set(&app.config().server.base_path, Some(&attempt.browser));
    Ok((door, cookie.ok_or(Problem::Internal)?))
}

/// `GET /api/v1/agent/oidc/callback`: back from the provider.
///
/// The login cookie is `SameSite=Strict`, and this request is the end of a way through another site. That is no obstacle:
/// a browser keeps such a cookie from any answer, and only sends it with none that another site began. So the next request,
/// for the agent's page, goes without it; but that page is the same for everybody, and asks who is signed in by a request
/// of its own, which is same-site and has it.
pub async fn callback(
    State(app): State<Arc<App>>,
    _address: AgentAddress,
    act: Act,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let provider = provider(&app, &headers)?;
    let answer = Answer::read(query.as_deref().unwrap_or_default());
    match enter(&app, provider, &act, answer, &headers).await {
        Ok(login_cookie) => {
            let base_path = &app.config().server.base_path;
            let over = cookie::set(base_path, None).ok_or(Problem::Internal)?;
            to(&format!("{base_path}/agent/"), &[login_cookie, over])
        }
        Err(refusal) => {
            act.refused(refusal.word());
            page(&app, refusal)
        }
    }
}

/// The login cookie, if all of it holds.
async fn enter(
    app: &App,
    provider: &Provider,
    act: &Act,
    answer: Answer,
    headers: &HeaderMap,
) -> Result<HeaderValue, Refusal> {
    let sign_in = sign_in(app, &answer, headers).await?.ok_or(Refusal::Expired)?;
    provider.judge_issuer(answer.iss.as_deref()).await.map_err(told)?;
    let Some(code) = answer.code else {
        let is_denied = answer.error.as_deref() == Some("access_denied");
        tracing::info!("the sign-in provider sent an agent back without a code");
        return Err(if is_denied { Refusal::Denied } else { Refusal::Unreachable });
    };
    let config = app.config();
    let person = provider.redeem(&sign_in, &code, &config.claim_rows).await.map_err(told)?;
    let met = meet(&person.claims, &config.claim_rows);
    let (subject, name) = (Subject::Oidc(person.sub), person.name);
    if met.is_empty() {
        tracing::info!("an agent signed in at the provider and meets no row of [[rbac.claims]]");
        act.by(Actor::Agent { subject: subject.to_string(), name, roles: Vec::new() });
        return Err(Refusal::NoRole);
    }
    let provider = Some(AtProvider { sid: person.sid, id_token: person.id_token, met });
    let (_, _, cookie) = login::admit(app, act, Arrival { subject, name, provider, password: None }).await?;
    Ok(cookie)
}

/// `POST /api/v1/agent/oidc/back-channel`, by the provider itself: ends logins and closes what they opened.
pub async fn back_channel(
    State(app): State<Arc<App>>,
    _address: AgentAddress,
    act: Act,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let provider = app.oidc.as_ref().ok_or(Problem::NotFound)?;
    let body = body.map_err(|_| Problem::TooLarge)?;
    let is_form = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is_form);
    let token = Some(&body).filter(|_| is_form).and_then(|body| only(body, "logout_token"));
    let ended = provider.ended(&token.ok_or(Problem::LogoutRefused)?).await.map_err(|cause| {
        tracing::warn!(%cause, "a message that an agent signed out at the provider was refused");
        Problem::LogoutRefused
    })?;
    if !app.store.use_once(ended.id, ended.until).await? {
        tracing::warn!("a message that an agent signed out at the provider was shown again");
        return Err(Problem::LogoutRefused);
    }
    let subject = ended.sub.map(Subject::Oidc);
    for (id, login) in app.store.remove_logins_at_provider(subject.as_ref(), ended.sid.as_deref()).await? {
        app.hub.revoke(&id, &login.holder).await;
        let roles = Standing::of(&login, &app.config()).map(|standing| standing.roles).unwrap_or_default();
        act.by(Actor::Agent { subject: login.subject.to_string(), name: login.name.clone(), roles });
        act.done().await?;
        tracing::info!(agent = login.name, "signed out at the provider");
    }
    Ok(StatusCode::OK)
}

/// What the provider sends back with the browser.
#[derive(Debug, Default)]
struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

impl Answer {
    /// Of two values with one name none is taken: what was meant cannot be known.
    fn read(query: &str) -> Self {
        let value = |name: &str| only(query.as_bytes(), name);
        Self { state: value("state"), code: value("code"), error: value("error"), iss: value("iss") }
    }
}

/// The one value of that name in a form.
fn only(form: &[u8], name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(form).filter(|(key, _)| key == name);
    let value = values.next()?.1.into_owned();
    values.next().is_none().then_some(value).filter(|value| !value.is_empty())
}

/// The sign-in that this browser began with this `state`. Whoever brings a `state` ends it, right or wrong.
async fn sign_in(app: &App, answer: &Answer, headers: &HeaderMap) -> Result<Option<SignIn>, Problem> {
    let Some(state) = &answer.state else { return Ok(None) };
    let Some(kept) = app.store.take_sign_in(&Digest::of(state)).await? else { return Ok(None) };
    let browser = cookie::read(headers).map(Digest::of);
    Ok(Some(kept).filter(|kept| browser == Some(kept.browser)))
}

/// The provider, for a browser that goes there: a picture or a frame of another site's page does not.
fn provider<'a>(app: &'a App, headers: &HeaderMap) -> Result<&'a Provider, Problem> {
    let destination = headers.get("sec-fetch-dest").map(HeaderValue::as_bytes);
    if destination.is_some_and(|destination| destination != b"document") {
        return Err(Problem::CrossSite);
    }
    app.oidc.as_ref().ok_or(Problem::NotFound)
}

/// What she is told of it; the operator reads what exactly it was.
fn told(cause: Cause) -> Refusal {
    tracing::warn!(%cause, "a sign-in at the provider failed");
    cause.into()
}

/// To the agent's page, which says in a sentence what the word means. Nothing of the request is in the address.
fn page(app: &App, refusal: Refusal) -> Result<Response, Problem> {
    to(&format!("{}/agent/?sign-in={}", app.config().server.base_path, refusal.word()), &[])
}

fn to(address: &str, cookies: &[HeaderValue]) -> Result<Response, Problem> {
    let address = HeaderValue::from_str(address).map_err(|_| Problem::Internal)?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Ok(response)
}

fn is_form(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn a_name_that_stands_twice_has_no_value() {
        for (query, value) in [
            ("state=a&code=b", Some("a")),
            ("state=a%20b", Some("a b")),
            ("state=a&state=a", None),
            ("state=", None),
            ("xstate=a", None),
            ("", None),
        ] {
            assert_eq!(only(query.as_bytes(), "state").as_deref(), value, "{query}");
        }
    }
}
