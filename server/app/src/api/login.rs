//! Signing in and out.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::access::Sites;

use super::sessions::TICKET_TTL;
use crate::audit::{Act, Actor};
use crate::auth::login::{self, AtProvider, Login, NAME_BYTES_MAX, SignedIn};
use crate::auth::password::PASSWORD_BYTES_MAX;
use crate::auth::secret::{Digest, Secret};
use crate::auth::standing::Standing;
use crate::auth::subject::Subject;
use crate::http::Problem;
use crate::http::address::Client;
use crate::http::body::{Body, Nothing};
use crate::http::gate::{Agent, OwnPage};
use crate::http::query::Params;
use crate::ops::clock::Time;
use crate::start::App;

/// The body of `POST /api/v1/agent/login`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    name: String,
    password: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    name: String,
    roles: Vec<String>,
    privileges: Vec<&'static str>,
    expires_at: Time,
    /// Digits of a join code, so that the page can draw as many boxes.
    join_code_length: usize,
}

impl Me {
    fn new(login: &Login, standing: &Standing, app: &App) -> Self {
        Self {
            name: login.name.clone(),
            roles: standing.roles.clone(),
            privileges: standing.rights.privileges.names().collect(),
            expires_at: login.ends,
            join_code_length: app.config().session.join_code_length,
        }
    }
}

/// `POST /api/v1/agent/login`.
pub async fn login(
    State(app): State<Arc<App>>,
    _page: OwnPage,
    act: Act,
    client: Client,
    Body(credentials): Body<Credentials>,
) -> Result<Response, Problem> {
    if credentials.name.len() > NAME_BYTES_MAX || credentials.password.len() > PASSWORD_BYTES_MAX {
        return Err(Problem::WrongLogin);
    }
    app.rates.login(client, &credentials.name).await?;
    let config = app.config();
    let account = config.agents.accounts.get(&credentials.name);
    act.by(Actor::Stranger { account: account.map(|account| account.name.clone()) });
    let stored = account.map(|account| account.password_hash.clone());
    let is_right = app.passwords.verify(credentials.password, stored).await?;
    let Some(account) = account.filter(|_| is_right) else {
        tracing::info!("a sign-in was refused");
        return Err(Problem::WrongLogin);
    };
    let (subject, name) = (Subject::Local(account.name.clone()), account.name.clone());
    let arrival = Arrival { subject, name, provider: None, password: Some(Digest::of(&account.password_hash)) };
    let (login, standing, cookie) = admit(&app, &act, arrival).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(Me::new(&login, &standing, &app))).into_response())
}

/// Who has shown who she is.
pub(super) struct Arrival {
    pub(super) subject: Subject,
    pub(super) name: String,
    pub(super) provider: Option<AtProvider>,
    pub(super) password: Option<Digest>,
}

/// Makes her login, and the cookie for it.
pub(super) async fn admit(app: &App, act: &Act, arrival: Arrival) -> Result<(Login, Standing, HeaderValue), Problem> {
    let config = app.config();
    let Arrival { subject, name, provider, password } = arrival;
    let (token, lasts) = (Secret::random()?, config.agents.login_duration);
    let (ends, holder) = (Time::now().plus(lasts), Digest::of(&login::asset_cookie(token.text())));
    let (roles, sites, session) = (Vec::new(), Sites::All, None);
    let login = Login { subject, name, roles, sites, session, ends, holder, provider, password };
    let standing = Standing::of(&login, &config).ok_or(Problem::WrongLogin)?;
    act.by(Actor::agent(&login, &standing));
    act.done().await?;
    app.store.put_login(token.digest(), login.clone()).await?;
    let cookie = login::set_cookie(&config.server.base_path, Some(token.text()), lasts).ok_or(Problem::Internal)?;
    tracing::info!(agent = login.name, "signed in");
    Ok((login, standing, cookie))
}

/// A token that was revoked is remembered until nothing can be opened by it: also no ticket that it got last.
const REMEMBERED: Duration = TICKET_TTL.saturating_mul(2);

/// Where else to sign out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedOut {
    /// The provider's page for it.
    provider: String,
}

/// `POST /api/v1/agent/logout`. Closes the sockets that the login opened, and the asset door to it. Where she signed in at
/// a provider that can sign her out, the answer says where; else it is empty.
pub async fn logout(
    State(app): State<Arc<App>>,
    agent: Agent,
    act: Act,
    _body: Body<Nothing>,
) -> Result<Response, Problem> {
    act.done().await?;
    let SignedIn { id, login, .. } = agent.signed_in;
    match login.subject {
        Subject::App { .. } => app.store.revoke_token(id, login.ends.plus(REMEMBERED)).await?,
        Subject::Local(_) | Subject::Oidc(_) => app.store.remove_login(&id).await?,
    }
    app.hub.revoke(&id, &login.holder).await;
    let config = app.config();
    let lasts = config.agents.login_duration;
    let cookie = login::set_cookie(&config.server.base_path, None, lasts).ok_or(Problem::Internal)?;
    tracing::info!(agent = login.name, "signed out");
    let answer = match at_provider(&app, &login).await {
        Some(provider) => Json(SignedOut { provider }).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    Ok(([(header::SET_COOKIE, cookie)], answer).into_response())
}

async fn at_provider(app: &App, login: &Login) -> Option<String> {
    let (provider, session) = (app.oidc.as_ref()?, login.provider.as_ref()?);
    provider.end_session(&session.id_token).await.map(String::from)
}

/// The query of `GET /api/v1/agent/me`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MayBeNobody {
    #[serde(default)]
    optional: bool,
}

/// `GET /api/v1/agent/me`. With `?optional=true` nobody signed in is no error, which a browser would write to its console,
/// but 204.
pub async fn me(
    State(app): State<Arc<App>>,
    Params(MayBeNobody { optional }): Params<MayBeNobody>,
    agent: Result<Agent, Problem>,
) -> Result<Response, Problem> {
    match agent {
        Ok(agent) => Ok(Json(Me::new(&agent.signed_in.login, &agent.standing, &app)).into_response()),
        Err(Problem::NotSignedIn) if optional => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(problem) => Err(problem),
    }
}
