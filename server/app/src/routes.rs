//! Every public URL, beneath `[server] base-path`.

use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::HttpBody;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{BoxError, Router};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::request::Parts;
use http::{Method, Request};
use tokio::time::timeout;
use tower::Service;

use crate::api::{self, contact, customer, login, oidc, sessions, tokens, uploads};
use crate::http::{Problem, cors, entry, headers};
use crate::net::unsent::Unsent;
use crate::start::App;
use crate::{agent, assets, audit, ingest, pages};

/// What answers on the public listener.
#[derive(Debug, Clone)]
pub struct Routes {
    app: Arc<App>,
    router: Router,
}

impl Routes {
    /// All of them.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        Self { router: router(Arc::clone(&app)), app }
    }

    /// The path beneath the base path.
    fn beneath<'r, B>(&self, request: &'r Request<B>) -> Option<&'r str> {
        request.uri().path().strip_prefix(self.app.live.now().config.server.base_path.as_str())
    }

    /// Whether a request is for an asset. Nothing is asked for as often, so it goes past the router, which costs as much
    /// as all that is judged.
    fn is_for_asset<B>(&self, request: &Request<B>) -> bool {
        let token = self.beneath(request).and_then(|path| path.strip_prefix("/asset/"));
        *request.method() == Method::GET && token.is_some_and(|token| !token.is_empty() && !token.contains('/'))
    }
}

impl<B> Service<Request<B>> for Routes
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (app, unsent) = (Arc::clone(&self.app), request.extensions().get::<Unsent>().cloned());
        let counted = entry::count(&app, request.headers(), request.extensions());
        if self.is_for_asset(&request) {
            let (head, _) = request.into_parts();
            return Box::pin(async move {
                let served = async {
                    counted.map(|_| ())?;
                    Ok(assets::serve(&app, &head).await)
                };
                Ok(held(unsent, around(&app, served).await))
            });
        }
        let reader = self.beneath(&request).and_then(|path| {
            cors::Reader::of(request.method(), path, request.headers(), &app.live.now().config.cross_origin)
        });
        let entered = counted.and_then(|client| app.entry.enter(client));
        let routed = entered.is_ok().then(|| self.router.call(request));
        Box::pin(async move {
            let answered = async {
                let _entered = entered?;
                match routed {
                    Some(routed) => routed.await.map_err(|never| match never {}),
                    None => Err(Problem::Internal),
                }
            };
            let mut response = around(&app, answered).await;
            if let Some(reader) = reader {
                reader.admit(&mut response);
            }
            Ok(held(unsent, response))
        })
    }
}

fn router(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/openapi.json", get(api::openapi::serve))
        // A website's page
        .route("/vitrine.js", get(pages::loader))
        .route("/snippet/{file}", get(pages::snippet_file))
        .route("/api/v1/customer/socket", get(ingest::open))
        .route("/api/v1/customer/assets/{request}", post(uploads::take).options(uploads::preflight))
        .route("/api/v1/customer/contact", post(contact::take).options(contact::preflight))
        // A website's page begins a session; an agent lists them
        .route("/api/v1/sessions", get(sessions::list).post(customer::begin).options(customer::preflight))
        // The agent's page
        .route("/agent", get(|| async { Redirect::permanent("agent/") }))
        .route("/agent/", get(pages::viewer))
        .route("/agent/{file}", get(pages::viewer_file))
        .route("/api/v1/agent/frame-ancestors", get(pages::ancestors))
        .route("/api/v1/agent/login", post(login::login))
        .route("/api/v1/agent/logout", post(login::logout))
        .route("/api/v1/agent/me", get(login::me))
        .route("/api/v1/agent/sign-in", get(oidc::ways))
        .route("/api/v1/agent/oidc/login", get(oidc::begin))
        .route("/api/v1/agent/oidc/callback", get(oidc::callback))
        .route("/api/v1/agent/oidc/back-channel", post(oidc::back_channel))
        .route("/api/v1/agent/tokens", post(tokens::issue))
        .route("/api/v1/sessions/join", post(sessions::join))
        .route("/api/v1/sessions/{id}", get(sessions::get).delete(sessions::end))
        .route("/api/v1/sessions/{id}/ticket", post(sessions::ticket))
        .route("/api/v1/sessions/{id}/socket", get(agent::open))
        .route("/api/v1/sessions/{id}/audit", get(api::audit::read))
        .route_layer(from_fn_with_state(Arc::clone(&app), audit::watch))
        .layer(DefaultBodyLimit::max(app.config().limits.request_bytes))
        // For HEAD, and to refuse every other method.
        .route(
            "/asset/{token}",
            get(|State(app): State<Arc<App>>, head: Parts| async move { assets::serve(&app, &head).await }),
        )
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed });
    let base = app.config().server.base_path.clone();
    let routed = if base.is_empty() { routes } else { Router::new().nest(&base, routes) };
    routed.fallback(|| async { Problem::NotFound }).with_state(app)
}

/// Around every request: one that takes too long is given up (an open socket is no longer a request), a fault of ours is
/// an answer too, and every answer has its headers.
async fn around(app: &App, answer: impl Future<Output = Result<Response, Problem>>) -> Response {
    let answer = timeout(app.live.now().config.server.request_timeout, answer);
    let mut response = match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(Ok(answered)) => answered.unwrap_or_else(IntoResponse::into_response),
        Ok(Err(_)) => Problem::TimedOut.into_response(),
        Err(_) => Problem::Internal.into_response(),
    };
    headers::add(app, response.headers_mut());
    response
}

/// By HTTP/2 an answer is the connection's until its peer has taken it.
fn held(unsent: Option<Unsent>, response: Response) -> Response {
    match unsent {
        Some(unsent) => unsent.hold(response),
        None => response,
    }
}
