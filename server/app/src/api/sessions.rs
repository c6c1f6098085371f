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
use vitrine_core::session::{Ask, CustomerFacts, EndReason, Facts};

use crate::audit::{Act, Actor};
use crate::auth::login::set_asset_cookie;
use crate::auth::secret::Secret;
use crate::auth::socket::Ticket;
use crate::http::Problem;
use crate::http::address::Client;
use crate::http::body::{Body, Nothing};
use crate::http::gate::{Agent, AgentAndSession};
use crate::http::together::{Limit, may_try, note_failure};
use crate::hub::{Mail, Shared};
use crate::ops::clock::Time;
use crate::start::App;
use crate::store::sessions::Listed;
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
    fn new(session: &SessionId, site: &str, facts: &Facts, joined: bool) -> Self {
        Self {
            session: session.to_string(),
            site: site.to_owned(),
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
    let mut sessions = match app.hub.shared() {
        Some(shared) => list_shared(shared, &agent).await?,
        None => list_here(&app, &agent).await?,
    };
    sessions.sort_by(|a, b| b.started_at.cmp(&a.started_at).then_with(|| a.session.cmp(&b.session)));
    Ok(Json(Sessions { sessions }))
}

async fn list_here(app: &App, agent: &Agent) -> Result<Vec<Entry>, Problem> {
    let mut entries = Vec::new();
    for running in app.hub.all() {
        if agent.standing.rights.reach(&running.id, &running.site) {
            let joined = agent.is_in(&running).await?;
            entries.push(Entry::new(&running.id, &running.site, &running.facts(), joined));
        }
    }
    Ok(entries)
}

/// Sessions that the list shows at most, where several nodes have them: those that last longest.
const LISTED_MAX: usize = 1_000;

async fn list_shared(shared: &Shared, agent: &Agent) -> Result<Vec<Entry>, Problem> {
    let subject = agent.signed_in.login.subject.to_string();
    let all = shared.sessions.list(Some(&subject), LISTED_MAX).await?;
    let hers = all.iter().filter(|listed| agent.standing.rights.reach(&listed.record.session, &listed.record.site));
    let entry = |Listed { record, is_remembered }: &Listed| {
        Entry::new(&record.session, &record.site, &record.facts, agent.may_be_in(*is_remembered))
    };
    Ok(hers.map(entry).collect())
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
    let running = app.hub.reach(&record.session).await?.ok_or(Problem::WrongCode)?;
    act.on(&running);
    let is_hers = agent.standing.rights.reach(&running.id, &running.site);
    let is_admitted = is_hers && running.admit(&login.subject).await?;
    running.mail(Mail::Ask(Ask::CodeUsed)).await.map_err(|_| Problem::WrongCode)?;
    if !is_hers {
        return Err(Problem::WrongCode);
    }
    if !is_admitted {
        return Err(Problem::SessionFull);
    }
    if let Err(problem) = act.done().await {
        running.withdraw(&login.subject).await?;
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
    let admitted = agent.is_in(&running).await? && running.readmit(&agent.signed_in.login.subject).await?;
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
pub(crate) async fn get(AgentAndSession(agent, running): AgentAndSession) -> Result<Json<Entry>, Problem> {
    let joined = agent.is_in(&running).await?;
    Ok(Json(Entry::new(&running.id, &running.site, &running.facts(), joined)))
}

/// `DELETE /api/v1/sessions/{id}`: of a session that the agent joined or may watch. 204 when its end is sure.
pub(crate) async fn end(AgentAndSession(agent, running): AgentAndSession) -> Result<StatusCode, Problem> {
    let login = &agent.signed_in.login;
    let by = Actor::agent(login, &agent.standing);
    running.end(EndReason::Agent, by).await?;
    tracing::info!(session = %running.id, agent = login.name, "ended by an agent");
    Ok(StatusCode::NO_CONTENT)
}
