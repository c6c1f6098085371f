//! What happened, before it is a line.

use std::net::IpAddr;

use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::ids::SessionId;

use super::action::Action;
use crate::auth::login::Login;
use crate::auth::standing::Standing;

/// Who did it, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Actor {
    /// A signed-in agent.
    Agent {
        /// Names her for good: `local:ann`, `oidc:<sub>`, `app:<id>:<sub>`.
        subject: String,
        /// As customers read it.
        name: String,
        /// Her roles at that moment.
        roles: Vec<String>,
    },
    /// A customer's page.
    Customer,
    /// The server itself.
    System,
    /// Nobody that is known.
    Stranger {
        /// The account that was tried to sign in to, if there is one of that name. What else was typed there may be a
        /// password.
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
}

impl Actor {
    /// An agent, with the roles that count.
    #[must_use]
    pub fn agent(login: &Login, standing: &Standing) -> Self {
        Self::Agent { subject: login.subject.to_string(), name: login.name.clone(), roles: standing.roles.clone() }
    }

    /// Nobody that is known.
    pub const STRANGER: Self = Self::Stranger { account: None };
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done, or is about to be.
    Done,
    /// It was not allowed, or could not be as it was asked for.
    Refused,
    /// The server could not do it.
    Failed,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub action: Action,
    /// Who.
    pub actor: Actor,
    /// To which session.
    pub session: Option<SessionId>,
    /// Of which website: its id in `[sites]`.
    pub site: Option<String>,
    /// From where, under `[audit] addresses`.
    pub address: Option<IpAddr>,
    /// How it went.
    pub outcome: Outcome,
    /// Why, as one of the protocol's fixed words.
    pub reason: Option<&'static str>,
    /// How many, where that is all there is to tell.
    pub count: Option<u64>,
}

impl Event {
    /// Something that was done.
    #[must_use]
    pub fn done(action: Action, actor: Actor) -> Self {
        let (outcome, reason) = (Outcome::Done, None);
        Self { action, actor, session: None, site: None, address: None, outcome, reason, count: None }
    }

    /// Something that the server did by itself.
    #[must_use]
    pub fn of_system(action: Action) -> Self {
        Self::done(action, Actor::System)
    }

    /// The same, of a session.
    #[must_use]
    pub fn to(mut self, session: &SessionId, site: &str) -> Self {
        self.session = Some(session.clone());
        self.site = Some(site.to_owned());
        self
    }

    /// The same, for a reason.
    #[must_use]
    pub fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The same, with another result.
    #[must_use]
    pub fn went(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// The same, so many times.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }
}
