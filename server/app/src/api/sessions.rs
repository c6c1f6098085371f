//! Sessions as agents find, join and end them.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use vitrine_core::access::Privilege;
use vitrine_core::ids::SessionId;
use vitrine_core::session::EndReason;

use crate::audit::{Act, Actor};
use crate::auth::login::set_asset_cookie;
use crate::auth::secret::{Digest, Secret};
use crate::auth::socket::Ticket;
use crate::http::Problem;
use crate::http::address::Client;
use crate::http::body::{Body, Nothing};
use crate::http::gate::Agent;
use crate::http::segment::Segment;
use crate::hub::{Mail, Running};
use crate::ops::clock::Time;
use crate::start::App;

/// One session in the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    session: String,
    site: String,
    state: &'static str,
    started_at: Time,
    joined: bool,
    agents: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<Page>,
}

#[derive(Debug, Serialize)]
struct Page {
    url: String,
    title: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Sessions {
    sessions: Vec<Entry>,
}

impl Entry {
    /// State, site and age; page and people only of a session that the agent joined.
    fn new(running: &Running, agent: &Agent) -> Self {
        let summary = running.summary();
        let joined = running.has_joined(&agent.login.subject);
        Self {
            session: running.id.to_string(),
            site: running.site.clone(),
            state: summary.state,
            started_at: summary.started_at.into(),
            joined,
            agents: if joined { summary.agents } else { Vec::new() },
            page: summary.page.filter(|_| joined).map(|(url, title)| Page { url, title }),
        }
    }
}

/// `GET /api/v1/sessions`.
pub(crate) async fn list(State(app): State<Arc<App>>, agent: Agent) -> Result<Json<Sessions>, Problem> {
    agent.must(Privilege::SessionList)?;
    let all = app.hub.all();
    let hers = all.iter().filter(|running| agent.standing.sites.cover(&running.site));
    let mut sessions: Vec<Entry> = hers.map(|running| Entry::new(running, &agent)).collect();
    sessions.sort_by(|a, b| b.started_at.cmp(&a.started_at).then_with(|| a.session.cmp(&b.session)));
    Ok(Json(Sessions { sessions }))
}

/// The body of `POST /api/v1/sessions/join`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Join {
    join_code: String,
}

#[derive(Debug, Serialize)]
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
    agent.must(Privilege::SessionJoin)?;
    app.rates.join(client, &agent.login.subject)?;
    let code = app.codes.digest(&join_code).ok_or(Problem::WrongCode)?;
    let record = app.store.take_code(&code).await?.ok_or(Problem::WrongCode)?;
    let running = app.hub.find(&record.session).ok_or(Problem::WrongCode)?;
    act.on(&running);
    let is_hers = agent.standing.sites.cover(&running.site);
    let is_admitted = is_hers && running.admit(&agent.login.subject);
    running.mail(Mail::CodeUsed).await.map_err(|_| Problem::WrongCode)?;
    if !is_hers {
        return Err(Problem::WrongCode);
    }
    if !is_admitted {
        return Err(Problem::SessionFull);
    }
    if let Err(problem) = act.done().await {
        running.withdraw(&agent.login.subject);
        return Err(problem);
    }
    tracing::info!(session = %running.id, agent = agent.login.name, "joined");
    Ok(Json(Joined { session: running.id.to_string() }))
}

/// How long a ticket is good for.
const TICKET_TTL: Duration = Duration::from_secs(30);

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ticketed {
    ticket: String,
    expires_at: Time,
}

/// `POST /api/v1/sessions/{id}/ticket`. Also opens the asset door to this login.
pub(crate) async fn ticket(
    State(app): State<Arc<App>>,
    agent: Agent,
    act: Act,
    Segment(id): Segment,
    _body: Body<Nothing>,
) -> Result<Response, Problem> {
    let running = find(&app, &agent, &id)?;
    let admitted = running.readmit(&agent.login.subject);
    if !admitted && !agent.may(Privilege::SessionMonitor) {
        return Err(if running.has_joined(&agent.login.subject) { Problem::SessionFull } else { Problem::NotAllowed });
    }
    act.done().await?;
    let (config, secret, ends) = (app.config(), Secret::random()?, Time::now().plus(TICKET_TTL));
    let ticket = Ticket {
        session: running.id.clone(),
        login: agent.id,
        holder: Digest::of(&agent.asset_cookie),
        admitted,
        origin: config.server.agent_url.origin.clone(),
        ends,
    };
    app.store.put_ticket(secret.digest(), ticket).await?;
    let cookie = set_asset_cookie(&config.server.base_path, &agent.asset_cookie).ok_or(Problem::Internal)?;
    let answer = Ticketed { ticket: secret.text().to_owned(), expires_at: ends };
    Ok(([(header::SET_COOKIE, cookie)], Json(answer)).into_response())
}

/// `GET /api/v1/sessions/{id}`.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    agent: Agent,
    Segment(id): Segment,
) -> Result<Json<Entry>, Problem> {
    let running = find(&app, &agent, &id)?;
    if !running.has_joined(&agent.login.subject) {
        agent.must(Privilege::SessionList)?;
    }
    Ok(Json(Entry::new(&running, &agent)))
}

/// `DELETE /api/v1/sessions/{id}`: of a session that the agent joined or may watch.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    agent: Agent,
    Segment(id): Segment,
) -> Result<StatusCode, Problem> {
    agent.must(Privilege::SessionEnd)?;
    let running = find(&app, &agent, &id)?;
    if !running.has_joined(&agent.login.subject) {
        agent.must(Privilege::SessionMonitor)?;
    }
    let by = Actor::agent(&agent.login, &agent.standing);
    running.mail(Mail::End(EndReason::Agent, by)).await.map_err(|_| Problem::NoSuchSession)?;
    tracing::info!(session = %running.id, agent = agent.login.name, "ended by an agent");
    Ok(StatusCode::NO_CONTENT)
}

/// A session of a foreign site is, to her, none.
fn find(app: &App, agent: &Agent, id: &str) -> Result<Arc<Running>, Problem> {
    let running = SessionId::new(id).and_then(|id| app.hub.find(&id));
    running.filter(|running| agent.standing.sites.cover(&running.site)).ok_or(Problem::NoSuchSession)
}
