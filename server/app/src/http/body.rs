//! JSON bodies: typed, bounded, and without fields that the route does not know.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::Problem;

/// A request's JSON body. The type refuses unknown fields by `deny_unknown_fields`.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A body that says nothing: none at all, or `{}`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_json = content_type.is_some_and(is_json);
        let content_type_is_missing = content_type.is_none();
        let bytes = Bytes::from_request(request, state).await.map_err(|_| Problem::TooLarge)?;
        let is_empty = content_type_is_missing && bytes.is_empty();
        if !is_json && !is_empty {
            return Err(Problem::NotJson);
        }
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(text).map(Self).map_err(|error| Problem::Malformed(error.to_string()))
    }
}

fn is_json(content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
