//! A website of the demo: embedded files, with the demo's addresses written into them.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};

use crate::auth::contact;
use crate::config;
use crate::pages::{File, content_type};

/// What stands for the `{{…}}` in the files.
#[derive(Debug, Clone)]
pub(super) struct Words {
    pub(super) server: String,
    pub(super) server_socket: String,
    pub(super) shop: String,
    pub(super) allowed: String,
    pub(super) foreign: String,
    pub(super) agent_page: String,
    pub(super) agent_name: String,
    pub(super) agent_password: String,
}

impl Words {
    fn write_into(&self, text: &str) -> String {
        [
            ("{{SERVER}}", &self.server),
            ("{{SHOP}}", &self.shop),
            ("{{ALLOWED}}", &self.allowed),
            ("{{FOREIGN}}", &self.foreign),
            ("{{AGENT_PAGE}}", &self.agent_page),
            ("{{AGENT_NAME}}", &self.agent_name),
            ("{{AGENT_PASSWORD}}", &self.agent_password),
        ]
        .into_iter()
        .fold(text.to_owned(), |text, (mark, word)| text.replace(mark, word))
    }

    /// The shop's content security policy: as strict as a shop's should be, so that the demo proves that the snippet
    /// lives with it.
    pub(super) fn shop_policy(&self) -> String {
        let Self { server, server_socket, allowed, .. } = self;
        format!(
            "default-src 'none'; script-src 'self' {server}; style-src 'self' {allowed} 'unsafe-inline'; \
             img-src * data:; font-src 'self' {allowed}; connect-src 'self' {server} {server_socket}; \
             frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
        )
    }
}

/// One website.
#[derive(Debug, Clone)]
pub(super) struct Site {
    files: Arc<HashMap<&'static str, (&'static str, Bytes)>>,
    policy: Option<HeaderValue>,
    /// By whose keys it vouches for its customers.
    vouching: Option<Arc<config::Site>>,
}

impl Site {
    /// The files with the words written into those that are text.
    pub(super) fn new(files: &'static [File], words: &Words, policy: Option<String>) -> Self {
        let ready = |file: &'static File| {
            let kind = content_type(file.name);
            let is_text = kind.starts_with("text/") || kind == "image/svg+xml";
            let body = match std::str::from_utf8(file.bytes) {
                Ok(text) if is_text => Bytes::from(words.write_into(text)),
                _ => Bytes::from_static(file.bytes),
            };
            (file.name, (kind, body))
        };
        let policy = policy.and_then(|policy| HeaderValue::from_str(&policy).ok());
        Self { files: Arc::new(files.iter().map(ready).collect()), policy, vouching: None }
    }

    /// It vouches for its customers, as a website's own server does.
    pub(super) fn vouching(mut self, site: Option<config::Site>) -> Self {
        self.vouching = site.map(Arc::new);
        self
    }

    /// A contact token of the customer who is signed in; null for anybody else.
    fn contact_token(&self, is_member: bool) -> Response {
        let attributes = [("name", "Jane Harlow".into()), ("member since", 2019.into())];
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        let site = self.vouching.as_ref().filter(|_| is_member);
        let token = site.and_then(|site| contact::mint(site, &attributes).ok());
        let answer = Json(serde_json::json!({ "contactToken": token }));
        ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
    }

    fn answer(&self, path: &str, cookies: &str) -> Response {
        let name = path.trim_start_matches('/');
        let name = if name.is_empty() { "index.html" } else { name };
        let is_member = cookies.split(';').any(|pair| pair.trim() == MEMBER);
        if name == CONTACT_TOKEN {
            return self.contact_token(is_member);
        }
        if name.starts_with(MEMBERS_ONLY) && !is_member {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let found = self.files.get(name).map(|file| (StatusCode::OK, file));
        let missing = || self.files.get("404.html").map(|file| (StatusCode::NOT_FOUND, file));
        let Some((status, (kind, body))) = found.or_else(missing) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let mut response = (status, [(header::CONTENT_TYPE, *kind)], body.clone()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(policy) = &self.policy {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        } else {
            // An asset host lets every website use its fonts and pictures.
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            let resource = HeaderName::from_static("cross-origin-resource-policy");
            headers.insert(resource, HeaderValue::from_static("cross-origin"));
        }
        response
    }
}

/// What the shop gives only to who is signed in, and how it knows her.
const MEMBERS_ONLY: &str = "club/";
const MEMBER: &str = "tidewell-club=in";
/// By what it vouches for her.
const CONTACT_TOKEN: &str = "club/contact-token";

/// Serves the site until the process ends.
pub(super) fn serve(site: &Site, listener: TcpListener) {
    let router = Router::new().fallback(get(file)).with_state(site.clone());
    match axum_server::from_tcp(listener) {
        Ok(server) => {
            tokio::spawn(server.serve(router.into_make_service()));
        }
        Err(error) => tracing::error!(%error, "a site of the demo cannot be served"),
    }
}

async fn file(State(site): State<Site>, uri: Uri, headers: HeaderMap) -> Response {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    site.answer(uri.path(), cookies)
}
