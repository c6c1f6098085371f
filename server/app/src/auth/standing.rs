//! What a login amounts to under the configuration in force: a role or an account that is taken away is gone at once.

use vitrine_core::access::{PrivilegeSet, Sites};

use super::login::Login;
use super::oidc;
use super::subject::Subject;
use crate::config::Config;

/// What an agent may do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Her roles.
    pub roles: Vec<String>,
    /// What they allow together.
    pub privileges: PrivilegeSet,
    /// The websites that they hold for.
    pub sites: Sites,
}

impl Standing {
    /// `None`: the configuration no longer knows her, and the login is worth nothing.
    #[must_use]
    pub fn of(login: &Login, config: &Config) -> Option<Self> {
        let (roles, sites) = match &login.subject {
            Subject::Local(name) => {
                let account = config.agents.accounts.get(name)?;
                (account.roles.clone(), account.sites.clone())
            }
            Subject::Oidc(_) => {
                let granted = oidc::grant(&login.provider.as_ref()?.met, &config.claim_rows)?;
                (granted.roles, granted.sites)
            }
            Subject::App { .. } => (login.roles.clone(), login.sites.clone()),
        };
        Some(Self { privileges: config.roles.allow(&roles), roles, sites })
    }
}
