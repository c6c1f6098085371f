//! What a login amounts to under the configuration in force: a role or an account that is taken away is gone at once.

use vitrine_core::access::{Rights, Sites};

use super::login::{Login, SignedIn};
use super::oidc;
use super::secret::Digest;
use super::subject::Subject;
use crate::config::Config;
use crate::store::{Store, StoreError};

/// What an agent may do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Her roles.
    pub roles: Vec<String>,
    /// What they allow together, and where.
    pub rights: Rights,
}

impl Standing {
    /// `None`: the configuration no longer knows her, and the login is worth nothing.
    #[must_use]
    pub fn of(login: &Login, config: &Config) -> Option<Self> {
        let (roles, sites) = roles_and_sites(login, config)?;
        let rights = Rights { privileges: config.roles.allow(&roles), sites, session: login.session.clone() };
        Some(Self { roles, rights })
    }

    /// The same, of a login that is looked up again: `None` also after it was revoked.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn now(signed_in: &SignedIn, store: &Store, config: &Config) -> Result<Option<Self>, StoreError> {
        let is_good = match signed_in.login.subject {
            Subject::App { .. } => !store.is_revoked(&signed_in.id).await?,
            Subject::Local(_) | Subject::Oidc(_) => store.login(&signed_in.id).await?.is_some(),
        };
        Ok(if is_good { Self::of(&signed_in.login, config) } else { None })
    }

    /// The same while the store cannot be asked: as if the login had not been revoked, until it would have run out.
    #[must_use]
    pub fn without_store(login: &Login, config: &Config) -> Option<Self> {
        let is_over = match login.subject {
            // A socket outlives its token.
            Subject::App { .. } => false,
            Subject::Local(_) | Subject::Oidc(_) => login.ends.is_past(),
        };
        if is_over { None } else { Self::of(login, config) }
    }
}

fn roles_and_sites(login: &Login, config: &Config) -> Option<(Vec<String>, Sites)> {
    match &login.subject {
        Subject::Local(name) => {
            let account = config.agents.accounts.get(name)?;
            let is_same = login.password == Some(Digest::of(&account.password_hash));
            is_same.then(|| (account.roles.clone(), account.sites.clone()))
        }
        Subject::Oidc(_) => {
            let granted = oidc::grant(&login.provider.as_ref()?.met, &config.claim_rows)?;
            Some((granted.roles, granted.sites))
        }
        // What the app may no longer hand out, it has not handed out.
        Subject::App { app, .. } => {
            let app = config.agents.apps.get(app)?;
            let is_lent = login.roles.iter().all(|role| app.roles.contains(role));
            is_lent.then(|| (login.roles.clone(), app.sites.clone()))
        }
    }
}
