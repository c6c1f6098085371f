//! What a customer's page sends because it was asked for: an asset that only her browser can get.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};

use super::customer::of_session;
use crate::assets::{Answer, Coming, Upload};
use crate::http::segment::Segment;
use crate::http::{Problem, cors};
use crate::start::App;

/// `OPTIONS /api/v1/customer/assets/{request}`.
pub async fn preflight(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    cors::preflight(&headers, &app.config().cross_origin, "authorization, content-type")
}

/// `POST /api/v1/customer/assets/{request}`. The body is the asset, of the type that its website gave it; an empty one
/// says that there is none. 204, once for each request; 404 for one that nobody made or that nobody waits for.
pub async fn take(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Segment(number): Segment,
    request: Request,
) -> Result<StatusCode, Problem> {
    cors::judge(&headers, &app.config().cross_origin, None)?;
    try_take(&app, &headers, &number, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn try_take(app: &App, headers: &HeaderMap, number: &str, request: Request) -> Result<(), Problem> {
    let config = app.config();
    let running = of_session(app, &config, headers).await?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let number = number.parse().map_err(|_| Problem::NotFound)?;
    let coming = Coming::of(&running, number).await?.ok_or(Problem::NotFound)?;
    let body = to_bytes(request.into_body(), config.http_proxy.max_size_bytes).await;
    let Ok(body) = body else {
        coming.answer(Answer::Nothing).await?;
        return Err(Problem::TooLarge);
    };
    let given = if body.is_empty() { Answer::Nothing } else { Answer::Sent(Upload { content_type, body }) };
    if coming.answer(given).await? { Ok(()) } else { Err(Problem::NotFound) }
}
