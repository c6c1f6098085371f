//! Sessions as agents find, join and end them.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::access::Privilege;
use vitrine_core::ids::SessionId;
use vitrine_core::session::{CustomerFacts, EndReason};

use crate::audit::{Act, Actor};
use crate::auth::login::set_asset_cookie;
use crate::auth::secret::Secret;
use crate::auth::socket::Ticket;
use crate::http::Problem;
use crate::http::address::Client;
use crate::http::body::{Body, Nothing};
use crate::http::gate::{Agent, AgentAndSession};
use crate::http::together::{Limit, may_try, note_failure};
use crate::hub::{Mail, Running};
use crate::ops::clock::Time;
use crate::start::App;
use crate::store::{CodeRecord, StoreError};

/// One session in the list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub struct Entry {
    session: String,
    site: String,
    state: &'static str,
    started_at: Time,
    joined: bool,
    agents: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<Page>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    customer: Option<CustomerFacts>,
}

/// The page that is shared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SharedPage)]
struct Page {
    url: String,
    title: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sessions {
    sessions: Vec<Entry>,
}

impl Entry {
    /// State, site and age; page, people and customer only of a session that the agent joined.
    fn new(running: &Running, agent: &Agent) -> Self {
        let facts = running.facts();
        let joined = agent.is_in(running);
        Self {
            session: running.id.to_string(),
            site: running.site.clone(),
            state: facts.state.word(),
            started_at: facts.started_at.into(),
            joined,
            agents: facts.people.iter().filter(|_| joined).map(|person| person.name.clone()).collect(),
            customer: joined.then(|| facts.customer.clone()),
            page: facts.page.clone().filter(|_| joined).map(|(url, title)| Page { url, title }),
        }
    }
}

/// `GET /api/v1/sessions`.
pub(crate) async fn list(State(app): State<Arc<App>>, agent: Agent) -> Result<Json<Sessions>, Problem> {
    let all = app.hub.all();
    let hers = all.iter().filter(|running| agent.standing.rights.reach(&running.id, &running.site));
    let mut sessions: Vec<Entry> = hers.map(|running| Entry::new(running, &agent)).collect();
    sessions.sort_by(|a, b| b.started_at.cmp(&a.started_at).then_with(|| a.session.cmp(&b.session)));
    Ok(Json(Sessions { sessions }))
}

/// The body of `POST /api/v1/sessions/join`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Join {
    join_code: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Joined {
    session: String,
}

/// `POST /api/v1/sessions/join`. Every try counts, the right one too.
pub(crate) async fn join(
    State(app): State<Arc<App>>,
    agent: Agent,
    act: Act,
    client: Client,
    Body(Join { join_code }): Body<Join>,
) -> Result<Json<Joined>, Problem> {
    let subject = &agent.signed_in.login.subject;
    let wrong = Limit { key: "wrong-codes-per-day", most: app.config().limits.wrong_codes_per_day };
    may_try(&app.store, wrong, subject).await?;
    app.rates.join(client, subject).await?;
    let joined = try_join(&app, &agent, &act, &join_code).await;
    if joined == Err(Problem::WrongCode) {
        note_failure(&app.store, wrong, subject).await?;
    }
    let session = joined?;
    tracing::info!(%session, agent = agent.signed_in.login.name, "joined");
    Ok(Json(Joined { session: session.to_string() }))
}

async fn try_join(app: &App, agent: &Agent, act: &Act, join_code: &str) -> Result<SessionId, Problem> {
    let login = &agent.signed_in.login;
    let record = take(app, join_code).await?.ok_or(Problem::WrongCode)?;
    let running = app.hub.find(&record.session).ok_or(Problem::WrongCode)?;
    act.on(&running);
    let is_hers = agent.standing.rights.reach(&running.id, &running.site);
    let is_admitted = is_hers && running.admit(&login.subject);
    running.mail(Mail::CodeUsed).await.map_err(|_| Problem::WrongCode)?;
    if !is_hers {
        return Err(Problem::WrongCode);
    }
    if !is_admitted {
        return Err(Problem::SessionFull);
    }
    if let Err(problem) = act.done().await {
        running.withdraw(&login.subject);
        return Err(problem);
    }
    Ok(running.id.clone())
}

/// Takes a code out, whichever key it is kept under.
async fn take(app: &App, join_code: &str) -> Result<Option<CodeRecord>, StoreError> {
    for digest in app.codes.digests(join_code) {
        if let Some(record) = app.store.take_code(&digest).await? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

/// How long a ticket is good for.
pub(super) const TICKET_TTL: Duration = Duration::from_secs(30);

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ticket)]
pub(crate) struct Ticketed {
    ticket: String,
    expires_at: Time,
}

/// `POST /api/v1/sessions/{id}/ticket`. Also opens the asset door to this login.
pub(crate) async fn ticket(
    State(app): State<Arc<App>>,
    AgentAndSession(agent, running): AgentAndSession,
    act: Act,
    _body: Body<Nothing>,
) -> Result<Response, Problem> {
    let admitted = agent.is_in(&running) && running.readmit(&agent.signed_in.login.subject);
    if !admitted && !agent.standing.rights.privileges.has(Privilege::SessionMonitor) {
        return Err(Problem::SessionFull);
    }
    act.done().await?;
    let (config, secret, ends) = (app.config(), Secret::random()?, Time::now().plus(TICKET_TTL));
    let ticket = Ticket {
        session: running.id.clone(),
        signed_in: agent.signed_in,
        admitted,
        origin: config.server.agent_url.origin.clone(),
        ends,
    };
    let cookie = set_asset_cookie(&config.server.base_path, &ticket.signed_in.asset_cookie).ok_or(Problem::Internal)?;
    app.store.put_ticket(secret.digest(), ticket).await?;
    let answer = Ticketed { ticket: secret.text().to_owned(), expires_at: ends };
    Ok(([(header::SET_COOKIE, cookie)], Json(answer)).into_response())
}

/// `GET /api/v1/sessions/{id}`.
pub(crate) async fn get(AgentAndSession(agent, running): AgentAndSession) -> Json<Entry> {
    Json(Entry::new(&running, &agent))
}

/// `DELETE /api/v1/sessions/{id}`: of a session that the agent joined or may watch.
pub(crate) async fn end(AgentAndSession(agent, running): AgentAndSession) -> Result<StatusCode, Problem> {
    let login = &agent.signed_in.login;
    let by = Actor::agent(login, &agent.standing);
    running.mail(Mail::End(EndReason::Agent, by)).await.map_err(|_| Problem::NoSuchSession)?;
    tracing::info!(session = %running.id, agent = login.name, "ended by an agent");
    Ok(StatusCode::NO_CONTENT)
}
