//! The gate of the agents' routes: the right address, no other site's page behind it, and a login.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use vitrine_core::access::{Action, Place, Privilege};
use vitrine_core::ids::SessionId;

use super::Problem;
use super::cors::origin;
use super::segment::Segment;
use crate::audit::{Act, Actor};
use crate::auth::login::{Shown, SignedIn, asset_cookie, shown};
use crate::auth::secret::Digest;
use crate::auth::standing::Standing;
use crate::hub::Running;
use crate::net::handshake::ClientCertificate;
use crate::ops::clock::Time;
use crate::start::App;

/// A request that came to `[server] agent-url`. Nothing is known yet about who made it.
#[derive(Debug, Clone, Copy)]
pub struct AgentAddress;

impl FromRequestParts<Arc<App>> for AgentAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Self::judge(parts, app)
    }
}

impl AgentAddress {
    /// Whether a request came to it, on a connection that agents may use.
    ///
    /// # Errors
    /// [`Problem::Misdirected`], [`Problem::CertificateRequired`].
    pub fn judge(Parts { uri, headers, extensions, .. }: &Parts, app: &App) -> Result<Self, Problem> {
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
        let host = uri.authority().map(http::uri::Authority::as_str).or(host);
        let now = app.live.now();
        if host != Some(now.config.server.agent_url.host.as_str()) {
            return Err(Problem::Misdirected);
        }
        let is_shown = extensions.get().is_some_and(|ClientCertificate(is_shown)| *is_shown);
        if now.config.tls.agents_show_certificates && !is_shown {
            return Err(Problem::CertificateRequired);
        }
        Ok(Self)
    }
}

/// A request of the agent's own page (or of a program, where nothing changes), not of another site's.
#[derive(Debug, Clone, Copy)]
pub struct OwnPage;

impl FromRequestParts<Arc<App>> for OwnPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        AgentAddress::from_request_parts(parts, app).await?;
        Self::judge(parts, app)
    }
}

impl OwnPage {
    fn judge(parts: &Parts, app: &App) -> Result<Self, Problem> {
        let is_own = is_own(&parts.method, &parts.headers, &app.config().server.agent_url.origin);
        if is_own { Ok(Self) } else { Err(Problem::CrossSite) }
    }
}

/// What changes something must name our origin or say that it is same-origin, and neither may say otherwise. Reading may
/// also come from nowhere: an address that somebody typed, or a program.
fn is_own(method: &Method, headers: &HeaderMap, own: &str) -> bool {
    let is_reading = matches!(*method, Method::GET | Method::HEAD);
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes).filter(|site| !is_reading || *site != b"none");
    let named = headers.contains_key(header::ORIGIN).then(|| origin(headers) == Some(own));
    match (site.map(|site| site == b"same-origin"), named) {
        (Some(false), _) | (_, Some(false)) => false,
        (None, None) => is_reading,
        (Some(true), _) | (_, Some(true)) => true,
    }
}

/// A signed-in agent who may do what she asks for, by the row of [`vitrine_core::access::ACTIONS`] for the route. A route
/// without a row is refused.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Who she is.
    pub signed_in: SignedIn,
    /// What she may do, and where.
    pub standing: Standing,
    /// The session that she asks for something of.
    asked: Option<Arc<Running>>,
}

impl Agent {
    /// Whether she is in a session by code, and may still be.
    pub async fn is_in(&self, running: &Running) -> Result<bool, Problem> {
        Ok(self.may_be_in(running.has_joined(&self.signed_in.login.subject).await?))
    }

    /// The same, where it is known whether she was ever let in by code.
    #[must_use]
    pub fn may_be_in(&self, has_joined: bool) -> bool {
        has_joined && self.standing.rights.privileges.has(Privilege::SessionJoin)
    }
}

impl FromRequestParts<Arc<App>> for Agent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let signed_in = authenticate(parts, app).await?;
        app.rates.agents_request(&signed_in.login.subject)?;
        let standing = Standing::of(&signed_in.login, &app.config()).ok_or(Problem::NotSignedIn)?;
        if let Some(act) = parts.extensions.get::<Act>() {
            act.by(Actor::agent(&signed_in.login, &standing));
        }
        let mut agent = Self { signed_in, standing, asked: None };
        let action = action(parts, app);
        if action.is_some_and(|action| action.needs.a_session()) {
            let Segment(id) = Segment::from_request_parts(parts, app).await?;
            if let Some(id) = SessionId::new(&id) {
                agent.asked = app.hub.reach(&id).await?;
            }
        }
        let place = match agent.asked.as_deref() {
            Some(running) => {
                Some(Place { session: &running.id, site: &running.site, joined: agent.is_in(running).await? })
            }
            None => None,
        };
        agent.standing.rights.judge(action, place)?;
        Ok(agent)
    }
}

/// An agent, and the session that she asks for something of.
#[derive(Debug, Clone)]
pub struct AgentAndSession(pub Agent, pub Arc<Running>);

impl FromRequestParts<Arc<App>> for AgentAndSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let mut agent = Agent::from_request_parts(parts, app).await?;
        let running = agent.asked.take().ok_or(Problem::NoSuchSession)?;
        Ok(Self(agent, running))
    }
}

/// A cookie is sent by browsers whoever made the request, so it counts from our own page alone. A token is added by the page
/// that makes the request, and no other website's page can.
async fn authenticate(parts: &Parts, app: &App) -> Result<SignedIn, Problem> {
    AgentAddress::judge(parts, app)?;
    let shown = shown(&parts.headers)?;
    if let Some(Shown::Token(token)) = shown {
        return by_token(token, app).await;
    }
    OwnPage::judge(parts, app)?;
    let Some(Shown::Cookie(cookie)) = shown else { return Err(Problem::NotSignedIn) };
    let id = Digest::of(cookie);
    let login = app.store.login(&id).await?.ok_or(Problem::NotSignedIn)?;
    Ok(SignedIn { id, login, asset_cookie: asset_cookie(cookie) })
}

async fn by_token(token: &str, app: &App) -> Result<SignedIn, Problem> {
    let live = app.live.now();
    let signed_in = app.agent_tokens.read(&live.config, &live.shared, token, Time::now()).map_err(|refused| {
        tracing::debug!(%refused, "an agent token was refused");
        Problem::NotSignedIn
    })?;
    drop(live);
    let is_revoked = app.store.is_revoked(&signed_in.id).await?;
    if is_revoked { Err(Problem::NotSignedIn) } else { Ok(signed_in) }
}

/// The row of a request's route.
fn action(parts: &Parts, app: &App) -> Option<&'static Action> {
    let path = parts.extensions.get::<MatchedPath>()?.as_str();
    let path = path.strip_prefix(app.config().server.base_path.as_str())?;
    let method = if parts.method == Method::HEAD { "GET" } else { parts.method.as_str() };
    Action::of_route(method, path)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method};

    use super::is_own;

    #[test]
    fn other_sites_change_nothing() {
        let own = "https://agents.example";
        for (method, fetch_site, origin, is_let_in) in [
            (Method::GET, None, None, true),
            (Method::GET, Some("none"), None, true),
            (Method::GET, Some("cross-site"), None, false),
            (Method::GET, None, Some("https://evil.example"), false),
            (Method::GET, Some("same-site"), None, false),
            (Method::POST, Some("none"), None, false),
            (Method::POST, None, None, false),
            (Method::POST, None, Some(own), true),
            (Method::POST, Some("same-origin"), Some(own), true),
            (Method::POST, Some("same-origin"), None, true),
            (Method::POST, Some("same-site"), Some(own), false),
            (Method::POST, Some("cross-site"), None, false),
            (Method::POST, Some("same-origin"), Some("https://evil.example"), false),
            (Method::POST, None, Some("null"), false),
            (Method::DELETE, None, None, false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = fetch_site {
                headers.insert("sec-fetch-site", HeaderValue::from_static(value));
            }
            if let Some(value) = origin {
                headers.insert("origin", HeaderValue::from_static(value));
            }
            assert_eq!(is_own(&method, &headers, own), is_let_in, "{method} {fetch_site:?} {origin:?}");
        }
    }
}
