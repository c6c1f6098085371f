//! Refusals, and the one place where a refusal becomes a response.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::access::Denied;

use crate::auth::login::TwoLogins;

/// Why a request was not done. Whose fault it is stands in the status; no text of a page is in any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nothing is there.
    NotFound,
    /// Something is there, and does not take this method.
    MethodNotAllowed,
    /// The body is not what the route takes.
    Malformed(String),
    /// The body is over `[limits] request-size`.
    TooLarge,
    /// The body is not JSON.
    NotJson,
    /// The page's origin is not in the configuration, or not of the site that it names.
    OriginNotAllowed,
    /// The page names a site that is not in the configuration.
    UnknownSite,
    /// The website does not vouch for its customer by this token; why is in the log.
    ContactTokenRefused,
    /// The website wants its customers known, and nobody vouches for this one.
    ContactRequired,
    /// No login, or one that ran out.
    NotSignedIn,
    /// A login cookie and a token, or two tokens.
    TwoLogins,
    /// Name or password is wrong; which one is not told.
    WrongLogin,
    /// The provider's message that somebody signed out does not hold.
    LogoutRefused,
    /// There is no such app, or its key is wrong.
    WrongAppKey,
    /// The agent's roles do not allow it.
    NotAllowed,
    /// Another site's page made the request.
    CrossSite,
    /// The session ended or never was.
    NoSuchSession,
    /// The join code is wrong, was used or ran out; which is not told.
    WrongCode,
    /// The session has as many agents as it may have.
    SessionFull,
    /// The connection showed no certificate, and `[tls] client-certificates` wants one of agents.
    CertificateRequired,
    /// The request came to an address that is not for it.
    Misdirected,
    /// The socket's request is not one of this protocol.
    NotOurSocket,
    /// The socket's request is of another version of the protocol.
    OtherSocketVersion,
    /// A limit per time was reached.
    TooMany {
        /// When to come again.
        retry_after_s: u64,
    },
    /// The server is full.
    Full,
    /// The server is stopping.
    Draining,
    /// It cannot be noted in the audit log, and so is not done.
    NotNoted,
    /// What servers share cannot be reached, and it needs that.
    StoreAway,
    /// It took too long.
    TimedOut,
    /// Our fault; the cause is in the log.
    Internal,
}

/// Goes with a refusal's response, for those who note it: the problem's name.
#[derive(Debug, Clone, Copy)]
pub struct Refusal(pub &'static str);

/// RFC 9457.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Explained {
    /// `urn:vitrine:problem:` and a name of the protocol's table.
    r#type: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Problem {
    /// Status, name and sentence: the table of `docs/PROTOCOL.md`.
    #[must_use]
    pub fn row(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::NotFound => (S::NOT_FOUND, "not-found", "There is nothing at this address"),
            Self::MethodNotAllowed => {
                (S::METHOD_NOT_ALLOWED, "method-not-allowed", "This address does not take the method")
            }
            Self::Malformed(_) => (S::UNPROCESSABLE_ENTITY, "malformed", "The request is not as it should be"),
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too-large", "The request is too large"),
            Self::NotJson => (S::UNSUPPORTED_MEDIA_TYPE, "not-json", "Send the request as application/json"),
            Self::OriginNotAllowed => (S::FORBIDDEN, "origin-not-allowed", "Pages of this website cannot be shared"),
            Self::UnknownSite => (S::UNPROCESSABLE_ENTITY, "unknown-site", "There is no website of this name here"),
            Self::ContactTokenRefused => (
                S::UNPROCESSABLE_ENTITY,
                "contact-token-refused",
                "The website does not vouch for its customer by this token",
            ),
            Self::ContactRequired => {
                (S::FORBIDDEN, "contact-required", "This website shares pages only of customers that it knows")
            }
            Self::NotSignedIn => (S::UNAUTHORIZED, "not-signed-in", "Sign in first"),
            Self::TwoLogins => (S::BAD_REQUEST, "two-logins", "Sign in one way at a time"),
            Self::WrongAppKey => (S::UNAUTHORIZED, "wrong-app-key", "The app or its key is not right"),
            Self::WrongLogin => (S::UNAUTHORIZED, "wrong-login", "The name or the password is not right"),
            Self::LogoutRefused => (S::BAD_REQUEST, "logout-refused", "This message does not end a login"),
            Self::NotAllowed => (S::FORBIDDEN, "not-allowed", "Your role does not allow this"),
            Self::CrossSite => (S::FORBIDDEN, "cross-site", "The request came from another website"),
            Self::NoSuchSession => (S::NOT_FOUND, "no-such-session", "This session has ended or never was"),
            Self::WrongCode => (S::NOT_FOUND, "wrong-code", "This code is not right, or no longer"),
            Self::SessionFull => (S::CONFLICT, "session-full", "No more agents can join this session"),
            Self::CertificateRequired => {
                (S::FORBIDDEN, "certificate-required", "Agents' connections must show a client certificate")
            }
            Self::Misdirected => {
                (S::MISDIRECTED_REQUEST, "misdirected", "This is not the address of the agents' pages")
            }
            Self::NotOurSocket => (S::BAD_REQUEST, "not-our-socket", "Open a socket of the protocol vitrine.v1 here"),
            Self::OtherSocketVersion => {
                (S::UPGRADE_REQUIRED, "other-socket-version", "Sockets here are of version 13, RFC 6455")
            }
            Self::TooMany { .. } => (S::TOO_MANY_REQUESTS, "too-many", "Too many tries; wait a moment"),
            Self::Full => (S::SERVICE_UNAVAILABLE, "full", "The server is full; try again later"),
            Self::Draining => (S::SERVICE_UNAVAILABLE, "draining", "The server is restarting; try again in a moment"),
            Self::NotNoted => (S::SERVICE_UNAVAILABLE, "not-noted", "This cannot be noted now, so it is not done"),
            Self::StoreAway => (S::SERVICE_UNAVAILABLE, "store-away", "The server cannot do this now; try again soon"),
            Self::TimedOut => (S::REQUEST_TIMEOUT, "timed-out", "The request took too long"),
            Self::Internal => (S::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side"),
        }
    }

    fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after_s } => Some(*retry_after_s),
            Self::Full | Self::Draining | Self::NotNoted | Self::StoreAway => Some(5),
            _ => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, name, title) = self.row();
        let (retry_after_s, is_other_version) = (self.retry_after_s(), self == Self::OtherSocketVersion);
        let detail = if let Self::Malformed(detail) = self { Some(detail) } else { None };
        let body = Explained { r#type: format!("urn:vitrine:problem:{name}"), title, status: status.as_u16(), detail };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if is_other_version {
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Refusal(name));
        response
    }
}

/// The random source failed: nothing safe can be made.
impl From<getrandom::Error> for Problem {
    fn from(error: getrandom::Error) -> Self {
        tracing::error!(%error, "the system's random source failed");
        Self::Internal
    }
}

impl From<TwoLogins> for Problem {
    fn from(_: TwoLogins) -> Self {
        Self::TwoLogins
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotAllowed => Self::NotAllowed,
            Denied::NoSuchSession => Self::NoSuchSession,
        }
    }
}

impl From<crate::store::sessions::Refused> for Problem {
    fn from(refused: crate::store::sessions::Refused) -> Self {
        use crate::store::sessions::Refused;
        match refused {
            Refused::Gone | Refused::Ended(_) => Self::NoSuchSession,
            Refused::Full => Self::Full,
            Refused::Store(error) => error.into(),
            refused => {
                tracing::error!(%refused, "the store of sessions refused");
                Self::Internal
            }
        }
    }
}

impl From<crate::store::StoreError> for Problem {
    fn from(error: crate::store::StoreError) -> Self {
        match error {
            crate::store::StoreError::Full => Self::Full,
            crate::store::StoreError::Away => Self::StoreAway,
            error => {
                tracing::error!(%error, "the store failed");
                Self::Internal
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Problem;

    const ALL: &[Problem] = &[
        Problem::NotFound,
        Problem::MethodNotAllowed,
        Problem::Malformed(String::new()),
        Problem::TooLarge,
        Problem::NotJson,
        Problem::OriginNotAllowed,
        Problem::UnknownSite,
        Problem::ContactTokenRefused,
        Problem::ContactRequired,
        Problem::NotSignedIn,
        Problem::TwoLogins,
        Problem::WrongLogin,
        Problem::WrongAppKey,
        Problem::NotAllowed,
        Problem::LogoutRefused,
        Problem::CrossSite,
        Problem::NoSuchSession,
        Problem::WrongCode,
        Problem::SessionFull,
        Problem::CertificateRequired,
        Problem::Misdirected,
        Problem::NotOurSocket,
        Problem::OtherSocketVersion,
        Problem::TooMany { retry_after_s: 1 },
        Problem::Full,
        Problem::Draining,
        Problem::NotNoted,
        Problem::StoreAway,
        Problem::TimedOut,
        Problem::Internal,
    ];

    #[test]
    fn every_problem_is_in_the_protocols_table() {
        let text = include_str!("../../../../docs/PROTOCOL.md");
        for problem in ALL {
            let (status, name, _) = problem.row();
            assert!(text.contains(&format!("| {} | `{name}` |", status.as_u16())), "{name}");
        }
        let is_row = |line: &&str| line.starts_with("| 4") && line.contains(" | `");
        let of_clients = ALL.iter().filter(|problem| problem.row().0.is_client_error()).count();
        assert_eq!(text.lines().filter(is_row).count(), of_clients);
    }
}
