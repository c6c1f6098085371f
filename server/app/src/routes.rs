//! Every public URL, beneath `[server] base-path`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::api::{customer, login, sessions, uploads};
use crate::http::{Problem, headers};
use crate::start::App;
use crate::{agent, assets, ingest, pages};

/// The public listener's routes.
pub fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        // A website's page
        .route("/vitrine.js", get(pages::loader))
        .route("/snippet/{file}", get(pages::snippet_file))
        .route("/api/v1/customer/socket", get(ingest::open))
        .route("/api/v1/customer/assets/{request}", post(uploads::take).options(uploads::preflight))
        // A website's page begins a session; an agent lists them
        .route("/api/v1/sessions", get(sessions::list).post(customer::begin).options(customer::preflight))
        // The agent's page
        .route("/agent", get(|| async { Redirect::permanent("agent/") }))
        .route("/agent/", get(pages::viewer))
        .route("/agent/{file}", get(pages::viewer_file))
        .route("/api/v1/agent/login", post(login::login))
        .route("/api/v1/agent/logout", post(login::logout))
        .route("/api/v1/agent/me", get(login::me))
        .route("/api/v1/sessions/join", post(sessions::join))
        .route("/api/v1/sessions/{id}", get(sessions::get).delete(sessions::end))
        .route("/api/v1/sessions/{id}/ticket", post(sessions::ticket))
        .route("/api/v1/sessions/{id}/socket", get(agent::open))
        .route("/asset/{token}", get(assets::serve))
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed });
    let base = app.config.server.base_path.clone();
    let routed = if base.is_empty() { routes } else { Router::new().nest(&base, routes) };
    routed
        .fallback(|| async { Problem::NotFound })
        .layer(DefaultBodyLimit::max(app.config.limits.request_bytes))
        .layer(from_fn_with_state(Arc::clone(&app), in_time))
        .layer(CatchPanicLayer::custom(|_| Problem::Internal.into_response()))
        .layer(from_fn_with_state(Arc::clone(&app), headers::add))
        .with_state(app)
}

/// A request that takes too long is given up. An open socket is no longer a request.
async fn in_time(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(app.config.server.request_timeout, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::TimedOut.into_response())
}
