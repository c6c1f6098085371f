//! Every public URL, beneath `[server] base-path`.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use futures_util::FutureExt;
use tokio::time::timeout;

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
        .layer(DefaultBodyLimit::max(app.config.limits.request_bytes))
        // Nobody's body is read here, and nothing is asked for as often.
        .route("/asset/{token}", get(assets::serve))
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed });
    let base = app.config.server.base_path.clone();
    let routed = if base.is_empty() { routes } else { Router::new().nest(&base, routes) };
    routed.fallback(|| async { Problem::NotFound }).layer(from_fn_with_state(Arc::clone(&app), around)).with_state(app)
}

/// Around every request, in one layer, because each costs every request something: a request that takes too long is given
/// up (an open socket is no longer a request), a fault of ours is an answer too, and every answer has its headers.
async fn around(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let answer = timeout(app.config.server.request_timeout, next.run(request));
    let mut response = match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Problem::TimedOut.into_response(),
        Err(_) => Problem::Internal.into_response(),
    };
    headers::add(&app, response.headers_mut());
    response
}
