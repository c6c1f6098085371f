//! The configuration: one TOML file under environment variables, read into typed values or refused with every problem.

mod again;
mod agents;
mod apps;
mod asset_keys;
mod audit;
mod contacts;
mod explain;
mod forward_proxy;
mod keys;
mod log;
mod oidc;
mod origin;
mod policy;
mod problem;
mod proxy;
mod reader;
mod redis;
mod schema;
mod server;
mod session;
mod signing_keys;
mod sites;
mod source;
mod tree;
mod value;

pub use again::{Again, parse_again};
pub use agents::{Account, Agents};
pub use apps::AgentApp;
pub use audit::{Audit, AuditTo};
pub use contacts::{ContactKey, Contacts};
pub use explain::{reference, show, template};
pub use forward_proxy::{ForwardProxy, ProxyLogin, ResolveAt};
pub use keys::{Key, LATER_SECTIONS, Reaches, SECTIONS, Section, Shape};
pub use log::Log;
pub use oidc::{ClaimRow, Issuer, Oidc, is_private_way};
pub use origin::{OriginPattern, PublicUrl};
pub use policy::Sanitizer;
pub use problem::{Place, Problem};
pub use proxy::{HttpProxy, HttpSecurity};
pub use reader::Shown;
pub use redis::{Redis, RedisAddress, RedisLogin, RedisMode};
pub use schema::schema;
pub use server::{Management, Server, Tls};
pub use session::{Limits, Session};
pub use signing_keys::SigningKey;
pub use sites::{CrossOrigin, Site};
pub use source::{DEFAULT_FILE, Source, Unreadable, environment};
pub use value::Size;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use vitrine_core::access::Roles;
use vitrine_core::asset::AssetKey;
use vitrine_core::policy::Policy;

use again::Written;
use reader::{Findings, check_sections, named, once};

/// Everything an operator decides, typed.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[server]`.
    pub server: Server,
    /// `[tls]`.
    pub tls: Tls,
    /// `[management]`.
    pub management: Management,
    /// `[cross-origin]`.
    pub cross_origin: CrossOrigin,
    /// `[sites.<id>]` by id.
    pub sites: BTreeMap<String, Site>,
    /// `[http-proxy]`.
    pub http_proxy: HttpProxy,
    /// `[forward-proxy]`, if one is named.
    pub forward_proxy: Option<ForwardProxy>,
    /// `[http-security]`.
    pub http_security: HttpSecurity,
    /// `[session]`.
    pub session: Session,
    /// `[limits]`.
    pub limits: Limits,
    /// `[dom-restrictions]`, `[sanitizer]` and the domains of `[http-proxy]`, as the core takes them.
    pub policy: Arc<Policy>,
    /// `[agents]`.
    pub agents: Agents,
    /// `[rbac]`.
    pub roles: Roles,
    /// `[[rbac.claims]]`, in the file's order.
    pub claim_rows: Vec<ClaimRow>,
    /// `[rbac] show-supervisors`.
    pub show_supervisors: bool,
    /// `[keys] assets`; empty: the server makes one at start.
    pub asset_keys: Vec<AssetKey>,
    /// `[keys] signing`; empty: likewise.
    pub signing_keys: Vec<SigningKey>,
    /// `[redis]`, if everything is not kept in memory.
    pub redis: Option<Redis>,
    /// `[log]`.
    pub log: Log,
    /// `[audit]`.
    pub audit: Audit,
    /// What all of it was read from.
    written: Written,
}

impl Config {
    /// Other files that are read again with the configuration.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let jwks = self.sites.values().filter_map(|site| site.contacts.jwks.as_ref());
        self.tls.certificate.iter().chain(&self.tls.key).chain(&self.tls.client_ca).chain(jwks)
    }
}

/// The result of reading: a configuration, or what is wrong with it; and every effective value for `config show`.
#[derive(Debug)]
pub struct Loaded {
    /// The file's name in messages.
    pub file: String,
    /// The configuration, if nothing is wrong with it.
    pub config: Option<Config>,
    /// Everything that is wrong, in the file's order.
    pub problems: Vec<Problem>,
    /// Every effective value.
    pub shown: Vec<Shown>,
}

/// Reads a configuration from text.
#[must_use]
pub fn parse(file: &str, text: &str, environment: &[(String, String)]) -> Loaded {
    let mut findings = Findings::default();
    let config = match tree::parse(text) {
        Err(problem) => {
            findings.problems.push(problem);
            None
        }
        Ok(mut root) => {
            tree::overlay(&mut root, environment);
            check_sections(&root, &mut findings);
            read(&root, &mut findings)
        }
    };
    findings.problems.sort_by_key(|problem| match &problem.place {
        Place::File { line, column } => (1, *line, *column),
        Place::Default => (0, 0, 0),
        Place::Environment(_) => (2, 0, 0),
    });
    let config = config.filter(|_| findings.problems.is_empty());
    Loaded { file: file.to_owned(), config, problems: findings.problems, shown: findings.shown }
}

/// `None` comes with at least one problem, or from a wrong default, which a test excludes.
fn read(root: &tree::Table, findings: &mut Findings) -> Option<Config> {
    let server = server::read(once(root, "server", findings)?)?;
    let tls = server::read_tls(once(root, "tls", findings)?, server.tls)?;
    let cross_origin = sites::read_cross_origin(once(root, "cross-origin", findings)?)?;
    let http_proxy = proxy::read(once(root, "http-proxy", findings)?)?;
    let forward_proxy = forward_proxy::read(once(root, "forward-proxy", findings)?)?;
    let http_security = proxy::read_security(once(root, "http-security", findings)?)?;
    let session = session::read(once(root, "session", findings)?)?;
    let rules = policy::read_rules(once(root, "dom-restrictions", findings)?)?;
    let sanitizer = policy::read_sanitizer(once(root, "sanitizer", findings)?)?;
    let sites =
        named(root, "sites", findings, |id, place, section| sites::read_site(id, place, section, &cross_origin));
    let site_ids = sites.iter().map(|site| site.id.clone()).collect();
    let mut rbac = once(root, "rbac", findings)?;
    let roles = agents::read_roles(&mut rbac);
    let show_supervisors = rbac.value("show-supervisors")?;
    let known = agents::Known { roles: &roles, sites: &site_ids };
    let claim_rows = oidc::read_claims(&mut rbac, known);
    let agents = agents::read(once(root, "agents", findings)?, known)?;
    let mut keys = once(root, "keys", findings)?;
    let (asset_keys, signing_keys) = (asset_keys::read(&mut keys), signing_keys::read(&mut keys));
    let redis = match root.get("redis") {
        Some(node) => {
            redis::check_keys(&node.place, !asset_keys.is_empty(), !signing_keys.is_empty(), findings);
            Some(redis::read(once(root, "redis", findings)?)?)
        }
        None => None,
    };
    let limits = session::read_limits(once(root, "limits", findings)?)?;
    let policy = Policy {
        domains: http_proxy.domains.clone(),
        rules,
        page_url: sanitizer.page_url,
        allow_data_images: sanitizer.allow_data_images,
        keeps_assets: !http_security.disable_caching,
        allow_media: http_proxy.media,
        customer_uploads: http_proxy.customer_upload,
        base_path: server.base_path.clone(),
    };
    Some(Config {
        management: server::read_management(once(root, "management", findings)?)?,
        log: log::read(once(root, "log", findings)?)?,
        audit: audit::read(once(root, "audit", findings)?)?,
        sites: sites.into_iter().map(|site| (site.id.clone(), site)).collect(),
        policy: Arc::new(policy),
        server,
        tls,
        cross_origin,
        http_proxy,
        forward_proxy,
        http_security,
        session,
        limits,
        agents,
        roles,
        claim_rows,
        show_supervisors,
        asset_keys,
        signing_keys,
        redis,
        written: Written(root.clone()),
    })
}

#[cfg(test)]
mod tests;
