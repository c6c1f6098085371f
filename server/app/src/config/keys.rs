//! Every key of the configuration as data: the one table that reading, checking, showing and documenting go by.

mod agents;
mod assets;
mod limits;
mod operation;
mod pages;
mod redis;

/// What a changed value reaches once the server has read its configuration again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaches {
    /// Everything, at once.
    Now,
    /// Sessions that begin afterwards.
    NewSessions,
    /// Nothing before the next start.
    Restart,
}

impl Reaches {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::NewSessions => "new sessions",
            Self::Restart => "restart",
        }
    }
}

/// How often a section stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `[name]`, once.
    Once,
    /// `[name.<id>]`, once for each id that the operator chooses.
    Named,
    /// `[[name]]`, any number of times.
    List,
    /// `[name]`, once or not at all: what it is about is switched on by it.
    Optional,
}

/// One section.
#[derive(Debug)]
pub struct Section {
    /// As it is written, with dots.
    pub name: &'static str,
    /// How often it stands.
    pub shape: Shape,
    /// What it is for.
    pub about: &'static str,
    /// Its keys in the order of the reference.
    pub keys: &'static [Key],
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// In kebab-case.
    pub name: &'static str,
    /// As TOML. Empty: there is none.
    pub default: &'static str,
    /// Valid values, in words; where there is no default also an example.
    pub valid: &'static str,
    /// What a change reaches.
    pub reaches: Reaches,
    /// What it means.
    pub meaning: &'static str,
    /// Never shown.
    pub secret: bool,
}

const fn key(
    name: &'static str,
    default: &'static str,
    valid: &'static str,
    reaches: Reaches,
    meaning: &'static str,
) -> Key {
    Key { name, default, valid, reaches, meaning, secret: false }
}

const fn secret(name: &'static str, valid: &'static str, reaches: Reaches, meaning: &'static str) -> Key {
    Key { name, default: "", valid, reaches, meaning, secret: true }
}

/// All sections that this version knows, in the order of the reference.
pub const SECTIONS: &[Section] = &[
    operation::SERVER,
    operation::TLS,
    pages::CROSS_ORIGIN,
    assets::HTTP_PROXY,
    assets::FORWARD_PROXY,
    assets::HTTP_SECURITY,
    pages::SESSION,
    pages::DOM_RESTRICTIONS,
    pages::DOM_RESTRICTIONS_RULE_SET,
    pages::SANITIZER,
    pages::SITES,
    pages::SITES_CONTACT_KEYS,
    agents::AGENTS,
    agents::AGENTS_ACCOUNTS,
    agents::AGENTS_OIDC,
    agents::AGENTS_APPS,
    agents::RBAC,
    agents::RBAC_CLAIMS,
    agents::KEYS,
    agents::KEYS_ASSETS,
    agents::KEYS_SIGNING,
    redis::REDIS,
    limits::LIMITS,
    operation::LOG,
    operation::AUDIT,
    operation::MANAGEMENT,
];

/// Sections that belong to later versions: naming one is an error that says so.
pub const LATER_SECTIONS: &[&str] = &["metrics", "tracing", "recording", "webhooks"];

/// The section of that name.
pub(super) fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name == name)
}
