//! Cross-origin answers: an origin is named back only if the configuration lists it, byte for byte.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

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

/// The answer to a preflight request for a `POST` with these headers.
pub fn preflight(headers: &HeaderMap, config: &CrossOrigin, with: &'static str) -> Response {
    let allowed = judge(headers, config, None);
    let mut response = match &allowed {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.clone().into_response(),
    };
    let answer = response.headers_mut();
    if let Ok(origin) = allowed {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(with));
        answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(config.max_age.as_secs()));
    }
    vary(answer);
    response
}

/// Lets the page read the answer, and tells caches that it is for this origin.
pub fn admit(response: &mut Response, origin: Option<HeaderValue>) {
    if let Some(origin) = origin {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let exposed = HeaderValue::from_static("retry-after");
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
    vary(response.headers_mut());
}

fn vary(headers: &mut HeaderMap) {
    const NAMES: [HeaderName; 3] =
        [header::ORIGIN, header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_REQUEST_HEADERS];
    for name in NAMES {
        headers.append(header::VARY, HeaderValue::from(name));
    }
}
