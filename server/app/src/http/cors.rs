//! Cross-origin answers: an origin is named back only if the configuration lists it, byte for byte.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::Problem;
use crate::config::{CrossOrigin, Site};

/// The one `Origin` header, as text. None, two, or one that is not text is `None`.
#[must_use]
pub fn origin(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::ORIGIN).iter();
    let first = all.next()?.to_str().ok()?;
    if all.next().is_some() { None } else { Some(first) }
}

/// Whether the page may talk to the server at all, and for `site` if one is named.
///
/// # Errors
/// [`Problem::OriginNotAllowed`], and the answer then names no origin.
pub fn judge(headers: &HeaderMap, config: &CrossOrigin, site: Option<&Site>) -> Result<HeaderValue, Problem> {
    let origin = origin(headers).ok_or(Problem::OriginNotAllowed)?;
    let is_allowed = config.allows(origin) && site.is_none_or(|site| site.allows(origin));
    if !is_allowed {
        return Err(Problem::OriginNotAllowed);
    }
    HeaderValue::from_str(origin).map_err(|_| Problem::OriginNotAllowed)
}

/// The answer to a preflight request for a `POST` with these headers, of which a browser names those that are not in
/// every request. Asked for anything else it allows nothing.
pub fn preflight(headers: &HeaderMap, config: &CrossOrigin, with: &'static str) -> Response {
    if let Err(problem) = judge(headers, config, None) {
        return problem.into_response();
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if is_wanted(headers, with) {
        let answer = response.headers_mut();
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(with));
        answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(config.max_age.as_secs()));
    } else {
        response.extensions_mut().insert(Unreadable);
    }
    response
}

/// Marks an answer that no page of another origin may use.
#[derive(Debug, Clone, Copy)]
struct Unreadable;

fn is_wanted(headers: &HeaderMap, with: &str) -> bool {
    let method = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut lines = headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter();
    let is_listed = |name: &str| with.split(", ").any(|listed| listed.eq_ignore_ascii_case(name.trim()));
    method.is_none_or(|method| method == "POST")
        && lines.all(|line| line.to_str().is_ok_and(|line| line.trim().is_empty() || line.split(',').all(is_listed)))
}

/// What answers to pages depend on.
const VARY: [HeaderName; 3] =
    [header::ORIGIN, header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_REQUEST_HEADERS];

/// A page's part in a request: who may read the answer, whatever it is and wherever it was made.
#[derive(Debug)]
pub struct Reader(Option<HeaderValue>);

impl Reader {
    /// Of a request for one of the pages' own routes; `None` for any other. `path` is beneath the base path.
    #[must_use]
    pub fn of(method: &Method, path: &str, headers: &HeaderMap, config: &CrossOrigin) -> Option<Self> {
        // Agents ask at this one too, from pages of ours.
        let is_ours = path == "/api/v1/sessions" && matches!(*method, Method::GET | Method::HEAD);
        let is_theirs = path == "/api/v1/sessions" || path.starts_with("/api/v1/customer/");
        (is_theirs && !is_ours).then(|| Self(judge(headers, config, None).ok()))
    }

    /// Lets a listed page read the answer, and tells caches that it is for this origin.
    pub fn admit(self, response: &mut Response) {
        let allowed = self.0.filter(|_| response.extensions().get::<Unreadable>().is_none());
        let headers = response.headers_mut();
        if let Some(origin) = allowed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        }
        for name in VARY {
            headers.append(header::VARY, HeaderValue::from(name));
        }
    }
}
