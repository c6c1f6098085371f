//! What stands behind the question mark: typed, and without names that the route does not know.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::Problem;

/// A request's query. The type refuses unknown names by `deny_unknown_fields`.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = Query::<T>::from_request_parts(parts, state).await;
        // What the library says may repeat what was sent; a name of a field is all that helps.
        found
            .map(|Query(params)| Self(params))
            .map_err(|_| Problem::Malformed("the query is not as it should be".into()))
    }
}
