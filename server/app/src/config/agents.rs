//! `[agents]` and `[rbac]`: who may sign in, and what roles may do.

use std::collections::BTreeMap;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use vitrine_core::access::{PRIVILEGES, Privilege, PrivilegeSet};

use super::problem::nearest;
use super::reader::Reader;

/// `[agents]`.
#[derive(Debug, Clone)]
pub struct Agents {
    /// How long a login lasts.
    pub login_duration: Duration,
    /// Local accounts by name.
    pub accounts: BTreeMap<String, Account>,
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
    /// What they allow together.
    pub privileges: PrivilegeSet,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Account({}, ***, {:?})", self.name, self.roles)
    }
}

/// What each role allows.
pub type Roles = BTreeMap<String, PrivilegeSet>;

pub(super) fn read_roles(mut section: Reader<'_, '_>) -> Roles {
    let mut roles = Roles::new();
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
        roles.insert(role, privileges);
    }
    roles
}

/// The longest name that an account can have, in bytes.
pub const NAME_BYTES_MAX: usize = 64;

pub(super) fn read(mut section: Reader<'_, '_>, roles: &Roles) -> Option<Agents> {
    let login_duration = section.span("login-duration")?;
    let mut accounts = BTreeMap::new();
    section.list("accounts", |place, mut table| {
        let account = read_account(&mut table, roles)?;
        if let Some(twin) = accounts.insert(account.name.clone(), account) {
            table.findings.problem(place, "agents.accounts", format!("the name {:?} stands twice", twin.name), None);
        }
        Some(())
    });
    Some(Agents { login_duration, accounts })
}

fn read_account(table: &mut Reader<'_, '_>, known: &Roles) -> Option<Account> {
    let name: Option<String> = table.required("name");
    let password_hash: Option<String> = table.required("password");
    let roles: Vec<String> = table.value("roles")?;
    if name.as_ref().is_some_and(|name| name.trim().is_empty() || name.len() > NAME_BYTES_MAX) {
        table.complain("name", "a name is 1 to 64 bytes long", None);
    }
    if password_hash.as_ref().is_some_and(|hash| !is_argon2id(hash)) {
        table.complain("password", "not an Argon2id hash; make one with `vitrine password`", None);
    }
    let mut privileges = PrivilegeSet::default();
    for (index, role) in roles.iter().enumerate() {
        if let Some(more) = known.get(role) {
            privileges = privileges.union(*more);
        } else {
            let near = nearest(role, known.keys().map(String::as_str));
            table.complain_item("roles", index, format!("there is no role {role:?} in [rbac.roles]"), near);
        }
    }
    Some(Account { name: name?, password_hash: password_hash?, roles, privileges })
}

fn is_argon2id(hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| hash.algorithm.as_str() == "argon2id" && hash.hash.is_some())
}
