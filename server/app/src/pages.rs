//! The embedded files: the agent's page, the loader and the parts it loads later.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Problem;
use crate::http::gate::AgentAddress;
use crate::http::segment::Segment;
use crate::start::App;

include!(concat!(env!("OUT_DIR"), "/web.rs"));

/// One embedded file.
#[derive(Debug)]
pub struct File {
    /// Its name; a content hash in it lets browsers keep it for ever.
    pub name: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
    /// A strong validator: quoted, from its content.
    pub etag: &'static str,
}

/// Content-hashed names never mean other bytes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Names without one stay while their content changes: browsers ask each time whether it did.
const ASK_AGAIN: &str = "no-cache";
/// The file that a site includes, by the name that the snippet's build gives it.
const LOADER: &str = "vitrine.js";

/// `GET /agent/`.
pub async fn viewer(
    State(app): State<Arc<App>>,
    address: AgentAddress,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    viewer_file(State(app), address, headers, Segment("index.html".into())).await
}

/// `GET /agent/{file}`.
pub async fn viewer_file(
    State(app): State<Arc<App>>,
    _address: AgentAddress,
    headers: HeaderMap,
    Segment(name): Segment,
) -> Result<Response, Problem> {
    let file = find(VIEWER, &name)?;
    let mut response = answer(file, &headers);
    let now = app.live.now();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, now.viewer_policy.clone());
    if now.config.http_security.frame_ancestors.is_empty() {
        response.headers_mut().insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    Ok(response)
}

/// Which pages may show the agent's page in a frame.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FrameAncestors)]
#[serde(rename_all = "camelCase")]
pub struct Ancestors {
    frame_ancestors: Vec<String>,
}

/// `GET /api/v1/agent/frame-ancestors`: the list that the page's own policy names too, so that the page in a frame knows to
/// whom it may talk.
pub async fn ancestors(State(app): State<Arc<App>>, _address: AgentAddress) -> Json<Ancestors> {
    let config = app.live.config();
    let listed = config.http_security.frame_ancestors.iter();
    Json(Ancestors { frame_ancestors: listed.map(ToString::to_string).collect() })
}

/// `GET /vitrine.js`.
pub async fn loader(headers: HeaderMap) -> Result<Response, Problem> {
    Ok(for_other_sites(answer(find(SNIPPET, LOADER)?, &headers)))
}

/// `GET /snippet/{file}`.
pub async fn snippet_file(headers: HeaderMap, Segment(name): Segment) -> Result<Response, Problem> {
    Ok(for_other_sites(answer(find(SNIPPET, &name)?, &headers)))
}

/// Scripts for any website: they hold nothing private, and modules and integrity checks want an open answer.
fn for_other_sites(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn find(files: &'static [File], name: &str) -> Result<&'static File, Problem> {
    files.iter().find(|file| file.name == name).ok_or(Problem::NotFound)
}

fn answer(file: &'static File, request: &HeaderMap) -> Response {
    let is_known = request.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == file.etag.as_bytes());
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { file.bytes.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(file.name)));
    headers.insert(header::ETAG, HeaderValue::from_static(file.etag));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if is_hashed(file.name) { FOR_EVER } else { ASK_AGAIN }),
    );
    response
}

/// Whether the name ends with a hash before its ending, as both builds write it: `app-FB74EGIO.js`.
fn is_hashed(name: &str) -> bool {
    let hash = name.split_once('.').and_then(|(stem, _)| stem.rsplit_once('-')).map_or("", |(_, hash)| hash);
    let is_base32 = hash.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    let is_hex = hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    hash.len() >= HASH_CHARS_MIN && (is_base32 || is_hex)
}

/// Of a content hash in a name.
const HASH_CHARS_MIN: usize = 8;

pub(crate) fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::{LOADER, SNIPPET, VIEWER, find, is_hashed};

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for (name, is_kept) in [
            ("app-FB74EGIO.js", true),
            ("page-V3VNT52E.css", true),
            ("recorder-2a5cf571b648.js", true),
            ("app-FB74EGIO.js.map", true),
            ("index.html", false),
            ("vitrine.js", false),
            ("licences.txt", false),
            ("manifest.json", false),
            ("third-party-licences.txt", false),
            ("a-1.js", false),
        ] {
            assert_eq!(is_hashed(name), is_kept, "{name}");
        }
    }

    #[test]
    fn the_web_parts_are_embedded() {
        assert!(find(VIEWER, "index.html").is_ok());
        assert!(find(SNIPPET, LOADER).is_ok());
        assert!(find(SNIPPET, "../vitrine.js").is_err());
    }
}
