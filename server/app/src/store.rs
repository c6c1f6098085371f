//! What outlives a request: session records, join codes, logins, tickets, tokens that were used. In memory, or on Redis.

pub mod keys;
mod memory;
pub mod redis;
pub mod sessions;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vitrine_core::ids::SessionId;

use crate::auth::login::Login;
use crate::auth::oidc::SignIn;
use crate::auth::secret::Digest;
use crate::auth::socket::Ticket;
use crate::auth::subject::Subject;
use crate::live::Live;
use crate::ops::clock::{Time, as_ms};

pub use memory::Memory;
pub use redis::Records;
use redis::{DialError, Link};

/// Where it is kept.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a server has one of them")]
pub enum Store {
    /// In this process.
    Memory(Memory),
    /// On Redis, for several.
    Redis(Records),
}

/// Why something could not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store is at its bound.
    #[error("the store is full")]
    Full,
    /// The store did not answer, or not in time. Whether something was kept is not known.
    #[error("the store is away")]
    Away,
    /// A newer version of the server wrote what was found. Nothing of it is used, or changed.
    #[error("a newer version of the server (format {version}) wrote the {what}")]
    Newer {
        /// What was found.
        what: &'static str,
        /// In which version it is written.
        version: u32,
    },
    /// What was found is not the server's writing.
    #[error("the {0} is damaged")]
    Broken(&'static str),
}

/// A count as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// How many.
    pub count: u32,
    /// How long until it begins anew.
    pub left: Duration,
}

/// A join code as it is kept: by its digest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CodeRecord {
    /// The session that it lets into.
    pub session: SessionId,
    /// When it runs out.
    #[serde(with = "as_ms")]
    pub ends: Time,
}

impl Store {
    /// Whether other servers share it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Redis(_) => true,
        }
    }

    /// As the configuration says: on Redis where `[redis]` stands, else in memory.
    ///
    /// # Errors
    /// Redis is there and does not let this server in.
    pub async fn open(live: &Arc<Live>) -> Result<Self, DialError> {
        match &live.config().redis {
            None => Ok(Self::Memory(Memory::default())),
            Some(redis) => {
                let link = Arc::new(Link::connect(redis).await?);
                Ok(Self::Redis(Records::new(link, Arc::clone(live))))
            }
        }
    }

    /// What leads to the other servers, if there can be any.
    #[must_use]
    pub fn link(&self) -> Option<&Arc<Link>> {
        match self {
            Self::Memory(_) => None,
            Self::Redis(records) => Some(records.link()),
        }
    }

    /// Whether it can be expected to answer.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.link().is_none_or(|link| *link.is_up().borrow())
    }

    /// Counts `by` more of `name`, in a span of time that begins with its first; by 0 it only looks.
    pub async fn count(&self, name: Digest, by: u32, span: Duration) -> Result<Counted, StoreError> {
        match self {
            Self::Memory(memory) => memory.count(name, by, span),
            Self::Redis(records) => records.count(name, by, span).await,
        }
    }

    /// Keeps a join code, unless one of the same digest is kept: then the answer is `false`.
    pub async fn put_code(&self, code: Digest, record: CodeRecord) -> Result<bool, StoreError> {
        match self {
            Self::Memory(memory) => memory.put_code(code, record),
            Self::Redis(records) => records.put_code(code, &record).await,
        }
    }

    /// Takes a join code out: whoever gets the answer is the only one.
    pub async fn take_code(&self, code: &Digest) -> Result<Option<CodeRecord>, StoreError> {
        match self {
            Self::Memory(memory) => Ok(memory.take_code(code)),
            Self::Redis(records) => records.take_code(code).await,
        }
    }

    /// Keeps a login.
    pub async fn put_login(&self, id: Digest, login: Login) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.put_login(id, login),
            Self::Redis(records) => records.put_login(id, &login).await,
        }
    }

    /// The login, if it has not run out.
    pub async fn login(&self, id: &Digest) -> Result<Option<Login>, StoreError> {
        match self {
            Self::Memory(memory) => Ok(memory.login(id)),
            Self::Redis(records) => records.login(id).await,
        }
    }

    /// Ends a login.
    pub async fn remove_login(&self, id: &Digest) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => {
                memory.remove_login(id);
                Ok(())
            }
            Self::Redis(records) => records.remove_login(id).await,
        }
    }

    /// Ends the logins of a session at the provider, and of an account there; of both, if both are named. The answer is what
    /// was ended.
    pub async fn remove_logins_at_provider(
        &self,
        subject: Option<&Subject>,
        sid: Option<&str>,
    ) -> Result<Vec<(Digest, Login)>, StoreError> {
        match self {
            Self::Memory(memory) => Ok(memory.remove_logins_at_provider(subject, sid)),
            Self::Redis(records) => records.remove_logins_at_provider(subject, sid).await,
        }
    }

    /// Keeps a sign-in on its way to the provider.
    pub async fn put_sign_in(&self, state: Digest, sign_in: SignIn) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.put_sign_in(state, sign_in),
            Self::Redis(records) => records.put_sign_in(state, &sign_in).await,
        }
    }

    /// Takes it out: whoever gets the answer is the only one.
    pub async fn take_sign_in(&self, state: &Digest) -> Result<Option<SignIn>, StoreError> {
        match self {
            Self::Memory(memory) => Ok(memory.take_sign_in(state)),
            Self::Redis(records) => records.take_sign_in(state).await,
        }
    }

    /// Notes that something was used, until a time. `false`: it was used before.
    pub async fn use_once(&self, id: Digest, ends: Time) -> Result<bool, StoreError> {
        match self {
            Self::Memory(memory) => memory.use_once(id, ends),
            Self::Redis(records) => records.use_once(id, ends).await,
        }
    }

    /// Remembers that a token was revoked, for as long as it or a ticket for it could be shown.
    pub async fn revoke_token(&self, id: Digest, ends: Time) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.revoke_token(id, ends),
            Self::Redis(records) => records.revoke_token(id, ends).await,
        }
    }

    /// Whether a token was revoked.
    pub async fn is_revoked(&self, id: &Digest) -> Result<bool, StoreError> {
        match self {
            Self::Memory(memory) => Ok(memory.is_revoked(id)),
            Self::Redis(records) => records.is_revoked(id).await,
        }
    }

    /// Keeps a ticket.
    pub async fn put_ticket(&self, id: Digest, ticket: Ticket) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.put_ticket(id, ticket),
            Self::Redis(records) => records.put_ticket(id, &ticket).await,
        }
    }

    /// Takes a ticket out: whoever gets the answer is the only one.
    pub async fn take_ticket(&self, id: &Digest) -> Result<Option<Ticket>, StoreError> {
        match self {
            Self::Memory(memory) => Ok(memory.take_ticket(id)),
            Self::Redis(records) => records.take_ticket(id).await,
        }
    }
}
