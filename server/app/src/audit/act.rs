//! One request that asks for an action: who asks is filled in on its way, and its refusal is noted in one place.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::RequestExt;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use vitrine_core::ids::SessionId;

use super::action::Action;
use super::event::{Actor, Event, Outcome};
use super::log::Audit;
use crate::http::Problem;
use crate::http::address::client_address;
use crate::http::problem::Refusal;
use crate::hub::Running;
use crate::start::App;

/// What is known so far of a request that asks for an action.
#[derive(Debug, Clone)]
pub struct Act(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    audit: Arc<Audit>,
    address: Option<IpAddr>,
    event: Mutex<Event>,
}

impl Act {
    fn new(app: &App, action: Action, address: Option<IpAddr>) -> Self {
        let mut event = Event::done(action, Actor::STRANGER);
        event.address = address.filter(|_| app.audit.tells_addresses);
        Self(Arc::new(Inner { audit: Arc::clone(&app.audit), address, event: Mutex::new(event) }))
    }

    /// It is known who asks.
    pub fn by(&self, actor: Actor) {
        self.event().actor = actor;
    }

    /// It is known which session it is about.
    pub fn on(&self, running: &Running) {
        self.about(&running.id, &running.site);
    }

    /// The same, where the session may be over.
    pub fn about(&self, session: &SessionId, site: &str) {
        let mut event = self.event();
        event.session = Some(session.clone());
        event.site = Some(site.to_owned()).filter(|site| !site.is_empty());
    }

    /// It turned out to be another action.
    pub fn is(&self, action: Action) {
        self.event().action = action;
    }

    /// Everything is judged: it is about to be done. Waits for the line.
    ///
    /// # Errors
    /// [`Problem::NotNoted`]: then it must not be done.
    pub async fn done(&self) -> Result<(), Problem> {
        let event = self.event().clone();
        self.0.audit.before(event).await
    }

    /// Notes a refusal that the peer is not told as a [`Problem`].
    pub fn refused(&self, reason: &'static str) {
        self.went(Outcome::Refused, reason);
    }

    fn went(&self, outcome: Outcome, reason: &'static str) {
        let event = self.event().clone().went(outcome).because(reason);
        let who = self.0.address.map_or_else(String::new, |address| address.to_string());
        self.0.audit.note_refusal(event, who);
    }

    fn event(&self) -> MutexGuard<'_, Event> {
        self.0.event.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only for routes in the table of actions: every other request has none.
impl FromRequestParts<Arc<App>> for Act {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::Internal)
    }
}

/// Around every route: a request for an action gets its [`Act`], and a refusal becomes a line, whoever refused it.
pub async fn watch(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let Some(action) = action_of(&request, &app) else { return next.run(request).await };
    let peer = request.extensions().get().map(|axum::extract::ConnectInfo(peer)| *peer);
    let address = peer.map(|peer| client_address(peer, request.headers(), &app.config().server.trusted_proxies));
    let act = Act::new(&app, action, address);
    if let Some(session) = session_of(&mut request, &app).await {
        let running = app.hub.find(&session);
        act.about(&session, running.as_ref().map_or("", |running| running.site.as_str()));
    }
    request.extensions_mut().insert(act.clone());
    let response = next.run(request).await;
    if let Some(Refusal(reason)) = response.extensions().get() {
        let outcome = if response.status().is_server_error() { Outcome::Failed } else { Outcome::Refused };
        act.went(outcome, reason);
    }
    response
}

fn action_of(request: &Request, app: &App) -> Option<Action> {
    let matched = request.extensions().get::<MatchedPath>()?;
    let path = matched.as_str().strip_prefix(app.config().server.base_path.as_str())?;
    Action::of_route(request.method().as_str(), path)
}

/// The session that the path names, if there is or was one: what else stands there may be anything.
async fn session_of(request: &mut Request, app: &App) -> Option<SessionId> {
    let params: RawPathParams = request.extract_parts().await.ok()?;
    let id = params.iter().find(|(name, _)| *name == "id").and_then(|(_, text)| SessionId::new(text))?;
    (app.hub.find(&id).is_some() || app.audit.knows(&id)).then_some(id)
}
