//! The one variable part of a route's path.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use super::Problem;

/// The variable part, decoded. What does not decode to text names nothing: it is not found, like any other name that
/// nobody has.
#[derive(Debug)]
pub struct Segment(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = Path::<String>::from_request_parts(parts, state).await;
        found.map(|Path(text)| Self(text)).map_err(|_| Problem::NotFound)
    }
}
