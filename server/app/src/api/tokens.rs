//! What an app's back end asks for: a token for an agent whom it has signed in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::ids::SessionId;

use crate::audit::{Act, Actor};
use crate::auth::agent_token::{Embedded, SUB_BYTES_MAX};
use crate::auth::app_key;
use crate::auth::login::{NAME_BYTES_MAX, is_plain};
use crate::auth::subject::Subject;
use crate::config::AgentApp;
use crate::http::Problem;
use crate::http::address::Client;
use crate::http::body::Body;
use crate::http::gate::AgentAddress;
use crate::ops::clock::Time;
use crate::start::App;

/// The body of `POST /api/v1/agent/tokens`: who the agent is.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AgentTokenRequest)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What the app knows her by.
    sub: String,
    /// What customers read.
    name: String,
    /// One of the roles that the app may hand out.
    role: String,
    /// The only session that the token is to be for.
    sid: Option<String>,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentToken)]
#[serde(rename_all = "camelCase")]
pub struct Issued {
    token: String,
    expires_at: Time,
}

/// `POST /api/v1/agent/tokens`. Every try counts, the right one too; nothing is told of the body before the key is right.
pub async fn issue(
    State(app): State<Arc<App>>,
    _address: AgentAddress,
    act: Act,
    client: Client,
    headers: HeaderMap,
    body: Result<Body<Wanted>, Problem>,
) -> Result<Json<Issued>, Problem> {
    app.rates.token(client).await?;
    let config = app.config();
    let Some((id, vouching)) = app_key::authenticate(&headers, &config.agents.apps) else {
        tracing::info!("an app's key was refused");
        return Err(Problem::WrongAppKey);
    };
    app.rates.token_of_app(id).await?;
    let Body(wanted) = body?;
    let agent = embedded(id, vouching, wanted)?;
    act.by(actor(&agent));
    act.done().await?;
    let (token, expires_at) = app.agent_tokens.mint(&config, &agent, Time::now()).map_err(|error| {
        tracing::error!(%error, "no agent token could be made");
        Problem::Internal
    })?;
    tracing::info!(app = id, agent = agent.sub, "a token was made");
    Ok(Json(Issued { token, expires_at }))
}

fn actor(agent: &Embedded) -> Actor {
    let subject = Subject::App { app: agent.app.clone(), sub: agent.sub.clone() };
    let name = agent.name.clone().unwrap_or_default();
    Actor::Agent { subject: subject.to_string(), name, roles: vec![agent.role.clone()] }
}

fn embedded(id: &str, vouching: &AgentApp, wanted: Wanted) -> Result<Embedded, Problem> {
    let bounded = |name: &str, text: &str, most: usize| {
        let what = || Problem::Malformed(format!("{name} is 1 to {most} bytes of text in one line"));
        if is_plain(text, most) { Ok(()) } else { Err(what()) }
    };
    bounded("sub", &wanted.sub, SUB_BYTES_MAX)?;
    bounded("name", &wanted.name, NAME_BYTES_MAX)?;
    if !vouching.roles.contains(&wanted.role) {
        return Err(Problem::Malformed("role is none that this app may hand out".into()));
    }
    let read = |sid: &str| SessionId::new(sid).ok_or_else(|| Problem::Malformed("sid is no session's name".into()));
    let session = wanted.sid.as_deref().map(read).transpose()?;
    Ok(Embedded { app: id.to_owned(), sub: wanted.sub, name: Some(wanted.name), role: wanted.role, session })
}
