//! Headers of every answer, and the content security policy of the agent's page.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::config::Config;
use crate::start::App;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

const NO_FEATURES: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// What every answer says, unless its route said it otherwise.
pub fn add(app: &App, headers: &mut HeaderMap) {
    let mut default = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    default(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    default(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    default(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CLOSED_POLICY));
    default(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    default(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    default(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    default(PERMISSIONS_POLICY, HeaderValue::from_static(NO_FEATURES));
    if let Some(value) = &app.live.now().strict_transport_security {
        default(header::STRICT_TRANSPORT_SECURITY, value.clone());
    }
}

/// Of everything that is no page.
const CLOSED_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// The agent's page: its own files, assets by path, its own interface, and nothing else. `'unsafe-inline'` for
/// styles, because the player writes style elements; never for scripts.
#[must_use]
pub fn viewer_policy(config: &Config) -> String {
    let base = &config.server.base_path;
    let agent = &config.server.agent_url;
    let here = format!("{}{base}", agent.origin);
    let socket = format!("{}://{}{base}", agent.socket_scheme, agent.host);
    let ancestors: Vec<String> = config.http_security.frame_ancestors.iter().map(ToString::to_string).collect();
    let ancestors = if ancestors.is_empty() { "'none'".to_owned() } else { ancestors.join(" ") };
    format!(
        "default-src 'none'; script-src {here}/agent/; style-src {here}/agent/ {here}/asset/ 'unsafe-inline'; \
         img-src {here}/asset/ {here}/agent/ data:; font-src {here}/asset/ data:; media-src {here}/asset/; \
         connect-src {here}/api/ {socket}/api/; frame-src 'none'; form-action 'none'; base-uri 'none'; \
         frame-ancestors {ancestors}"
    )
}
