//! `[agents]` and `[rbac]`: who may sign in, and what roles may do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use vitrine_core::access::{PRIVILEGES, Privilege, PrivilegeSet, Roles, Sites};

use super::apps::{self, AgentApp};
use super::oidc::{self, Oidc};
use super::problem::nearest;
use super::reader::Reader;
use crate::auth::login::NAME_BYTES_MAX;

/// `[agents]`.
#[derive(Debug, Clone)]
pub struct Agents {
    /// How long a login lasts.
    pub login_duration: Duration,
    /// Local accounts by name.
    pub accounts: BTreeMap<String, Account>,
    /// `[agents.oidc]`, if it stands.
    pub oidc: Option<Oidc>,
    /// `[agents.apps]` by id.
    pub apps: BTreeMap<String, AgentApp>,
}

/// A local account.
#[derive(Clone)]
pub struct Account {
    /// What she signs in with, and what customers read.
    pub name: String,
    /// Her password as an Argon2id PHC string.
    pub password_hash: String,
    /// Her roles.
    pub roles: Vec<String>,
    /// The websites that they hold for.
    pub sites: Sites,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Account({}, ***, {:?})", self.name, self.roles)
    }
}

pub(super) fn read_roles(section: &mut Reader<'_, '_>) -> Roles {
    let mut roles = Vec::new();
    for (role, place, names) in section.free_table::<Vec<String>>("roles") {
        let mut privileges = PrivilegeSet::default();
        for name in &names {
            if let Some(privilege) = Privilege::from_name(name) {
                privileges = privileges.with(privilege);
            } else {
                let near = nearest(name, PRIVILEGES.iter().map(|(_, known)| *known));
                let what = format!("{name:?} is no privilege");
                section.findings.problem(&place, &format!("rbac.roles.{role}"), what, near);
            }
        }
        roles.push((role, privileges));
    }
    roles.into_iter().collect()
}

/// What an account can be given: roles, and websites by id.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) roles: &'k Roles,
    pub(super) sites: &'k BTreeSet<String>,
}

pub(super) fn read(mut section: Reader<'_, '_>, known: Known<'_>) -> Option<Agents> {
    let login_duration = section.span("login-duration")?;
    let mut accounts = BTreeMap::new();
    section.list("accounts", |place, mut table| {
        let account = read_account(&mut table, known)?;
        if let Some(twin) = accounts.insert(account.name.clone(), account) {
            table.findings.problem(place, "agents.accounts", format!("the name {:?} stands twice", twin.name), None);
        }
        Some(())
    });
    let oidc = section.inner("oidc").and_then(oidc::read);
    Some(Agents { login_duration, accounts, apps: apps::read(&mut section, known), oidc })
}

fn read_account(table: &mut Reader<'_, '_>, known: Known<'_>) -> Option<Account> {
    let name: Option<String> = table.required("name");
    let password_hash: Option<String> = table.required("password");
    let roles = read_role_names(table, known.roles)?;
    let sites = read_sites(table, known.sites);
    if name.as_ref().is_some_and(|name| name.trim().is_empty() || name.len() > NAME_BYTES_MAX) {
        table.complain("name", "a name is 1 to 64 bytes long", None);
    }
    if password_hash.as_ref().is_some_and(|hash| !is_argon2id(hash)) {
        table.complain("password", "not an Argon2id hash; make one with `vitrine password`", None);
    }
    Some(Account { name: name?, password_hash: password_hash?, roles, sites })
}

pub(super) fn read_role_names(table: &mut Reader<'_, '_>, known: &Roles) -> Option<Vec<String>> {
    let roles: Vec<String> = table.value("roles")?;
    for (index, role) in roles.iter().enumerate().filter(|(_, role)| !known.has(role)) {
        let what = format!("there is no role {role:?} in [rbac.roles]");
        table.complain_item("roles", index, what, nearest(role, known.names()));
    }
    Some(roles)
}

/// Without the key all sites. An empty list would let nobody see anything, which nobody means.
pub(super) fn read_sites(table: &mut Reader<'_, '_>, known: &BTreeSet<String>) -> Sites {
    let Some(sites) = table.optional::<Vec<String>>("sites") else { return Sites::All };
    if sites.is_empty() {
        table.complain("sites", "no site at all; for every site leave the key out", None);
    }
    for (index, site) in sites.iter().enumerate().filter(|(_, site)| !known.contains(*site)) {
        let near = nearest(site, known.iter().map(String::as_str));
        table.complain_item("sites", index, format!("there is no [sites.{site}]"), near);
    }
    sites.into_iter().collect()
}

fn is_argon2id(hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| hash.algorithm.as_str() == "argon2id" && hash.hash.is_some())
}
