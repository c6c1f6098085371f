//! `[agents.oidc]` and `[rbac] claims`: signing in at an OpenID Connect provider, and what its claims amount to.

use std::path::PathBuf;
use std::time::Duration;

use url::{Host, Url};
use vitrine_core::access::Sites;

use super::agents::{Known, read_role_names, read_sites};
use super::reader::Reader;
use super::value::FromText;

/// `[agents.oidc]`.
#[derive(Clone)]
pub struct Oidc {
    /// The provider, exactly as it names itself in its tokens.
    pub issuer: Issuer,
    /// What the provider knows this server by.
    pub client_id: String,
    /// Proves that to it. A public client has none.
    pub client_secret: Option<String>,
    /// What is asked for; `openid` is among them.
    pub scopes: Vec<String>,
    /// The claim that is shown as her name.
    pub name_claim: String,
    /// What the button calls the provider.
    pub label: String,
    /// How far its clock may be from ours.
    pub clock_skew: Duration,
    /// For one answer of it.
    pub timeout: Duration,
    /// Authorities believed besides the system's.
    pub ca_file: Option<PathBuf>,
}

impl std::fmt::Debug for Oidc {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Oidc({}, {}, ***)", self.issuer.text, self.client_id)
    }
}

/// A provider's name, which is an address too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Compared byte for byte.
    pub text: String,
    /// `https`, or `http` at a loopback host.
    pub url: Url,
}

/// Whether nobody between can read or change what goes there: `https`, or this very machine.
#[must_use]
pub fn is_private_way(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.host().is_some() && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback))
}

impl FromText for Issuer {
    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no issuer; write it as the provider does, such as \"https://id.example\"");
        let url = Url::parse(text).map_err(|_| wrong())?;
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if !is_bare || !matches!(url.scheme(), "http" | "https") {
            return Err(wrong());
        }
        if !is_private_way(&url) {
            return Err("an issuer is reached by https; by http only on this machine".into());
        }
        Ok(Self { text: text.to_owned(), url })
    }
}

/// A row of `[[rbac.claims]]`: who has this claim has these roles.
#[derive(Debug, Clone)]
pub struct ClaimRow {
    /// A claim's name, or a JSON pointer into the claims if it begins with `/`.
    pub claim: String,
    /// The claim is this text, or a list that holds it.
    pub value: String,
    /// What it gives.
    pub roles: Vec<String>,
    /// Where.
    pub sites: Sites,
}

/// The button's longest text, in characters.
const LABEL_CHARS_MAX: usize = 40;
/// Clocks that are further apart are not right any more.
const SKEW_MAX: Duration = Duration::from_secs(300);

pub(super) fn read(mut section: Reader<'_, '_>) -> Option<Oidc> {
    let issuer: Option<Issuer> = section.required("issuer");
    let client_id: Option<String> = section.required("client-id");
    let label = section.optional::<String>("label");
    let host = issuer.as_ref().and_then(|issuer| issuer.url.host_str()).unwrap_or_default();
    let oidc = Oidc {
        label: label.unwrap_or_else(|| host.to_owned()),
        client_secret: section.optional("client-secret"),
        scopes: section.value("scopes")?,
        name_claim: section.value("name-claim")?,
        clock_skew: section.value("clock-skew")?,
        timeout: section.span("timeout")?,
        ca_file: section.optional("ca-file"),
        issuer: issuer?,
        client_id: client_id?,
    };
    check(&mut section, &oidc);
    Some(oidc)
}

fn check(section: &mut Reader<'_, '_>, oidc: &Oidc) {
    if !oidc.scopes.iter().any(|scope| scope == "openid") {
        section.complain("scopes", "without \"openid\" a provider says nothing about who signs in", None);
    }
    let is_scope = |scope: &String| !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic());
    for (index, scope) in oidc.scopes.iter().enumerate().filter(|(_, scope)| !is_scope(scope)) {
        section.complain_item("scopes", index, format!("{scope:?} is no scope"), None);
    }
    if oidc.client_id.is_empty() {
        section.complain("client-id", "it is empty", None);
    }
    if oidc.client_secret.as_ref().is_some_and(String::is_empty) {
        section.complain("client-secret", "it is empty; for a public client leave the key out", None);
    }
    if oidc.label.trim().is_empty() || oidc.label.chars().count() > LABEL_CHARS_MAX {
        section.complain("label", format!("a label is 1 to {LABEL_CHARS_MAX} characters long"), None);
    }
    if oidc.clock_skew > SKEW_MAX {
        section.complain("clock-skew", "at most \"5m\"", None);
    }
    if let Some(path) = oidc.ca_file.as_ref().filter(|path| !path.is_file()) {
        section.complain("ca-file", format!("there is no file {}", path.display()), None);
    }
}

pub(super) fn read_claims(section: &mut Reader<'_, '_>, known: Known<'_>) -> Vec<ClaimRow> {
    section.list("claims", |_, mut row| {
        let (claim, value) = (row.required::<String>("claim"), row.required::<String>("value"));
        let roles = read_role_names(&mut row, known.roles)?;
        if roles.is_empty() {
            row.complain("roles", "a row without roles lets nobody in", None);
        }
        let sites = read_sites(&mut row, known.sites);
        Some(ClaimRow { claim: claim?, value: value?, roles, sites })
    })
}
