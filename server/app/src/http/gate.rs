//! The gate of the agents' routes: the right address, no other site's page behind it, and a login.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};

use super::Problem;
use super::cors::origin;
use crate::audit::{Act, Actor};
use crate::auth::login::{self, Login};
use crate::auth::secret::Digest;
use crate::auth::standing::Standing;
use crate::net::handshake::ClientCertificate;
use crate::start::App;
use vitrine_core::access::Privilege;

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
        if is_own(&parts.method, &parts.headers, &app.config().server.agent_url.origin) {
            Ok(Self)
        } else {
            Err(Problem::CrossSite)
        }
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

/// A signed-in agent.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Who she is.
    pub login: Login,
    /// What she may do, and where.
    pub standing: Standing,
    /// Names the login itself; another sign-in of hers has another.
    pub id: Digest,
    /// Names her to the asset door; the same for every ticket of this login.
    pub asset_cookie: String,
}

impl Agent {
    /// Refuses what her roles do not allow.
    ///
    /// # Errors
    /// [`Problem::NotAllowed`].
    pub fn must(&self, privilege: Privilege) -> Result<(), Problem> {
        if self.may(privilege) { Ok(()) } else { Err(Problem::NotAllowed) }
    }

    /// Whether her roles allow it.
    #[must_use]
    pub fn may(&self, privilege: Privilege) -> bool {
        self.standing.privileges.has(privilege)
    }
}

impl FromRequestParts<Arc<App>> for Agent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        OwnPage::from_request_parts(parts, app).await?;
        let token = login::cookie(&parts.headers).ok_or(Problem::NotSignedIn)?;
        let id = Digest::of(token);
        let login = app.store.login(&id).await?.ok_or(Problem::NotSignedIn)?;
        let standing = Standing::of(&login, &app.config()).ok_or(Problem::NotSignedIn)?;
        if let Some(act) = parts.extensions.get::<Act>() {
            act.by(Actor::agent(&login, &standing));
        }
        Ok(Self { login, standing, id, asset_cookie: login::asset_cookie(token) })
    }
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
