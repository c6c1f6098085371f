//! The management listener: is it alive, is it ready, how is it doing.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

use super::metrics;
use crate::start::App;

/// `GET /healthz`, `/readyz`, `/metrics`.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(|| async { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics::render()) }))
        .with_state(app)
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    if app.hub.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response()
    } else if !app.store.is_up() {
        (StatusCode::SERVICE_UNAVAILABLE, "redis: away\n").into_response()
    } else if app.live.has_refused() {
        "ready\nthe changed configuration is refused, the one before it is in force; the log tells why\n"
            .into_response()
    } else {
        "ready\n".into_response()
    }
}
