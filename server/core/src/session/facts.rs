//! What a session is at the moment, beside its page: told to agents, kept in the store, and shown in the list of sessions.

use serde::{Deserialize, Serialize};

use super::{CustomerFacts, Now};
use crate::ids::{AgentKey, Epoch};
use crate::report::Report;

/// The last word on a session. A later one takes the place of an earlier one as a whole.
///
/// Written to a shared store as JSON: a field that a reader of an older version does not know is skipped by it, and one
/// that a writer of an older version did not write has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What the customer's side is doing.
    pub state: State,
    /// The page as an agent may know it: address under `[sanitizer] page-url`, and title. `None`: there is none yet.
    #[serde(default)]
    pub page: Option<(String, String)>,
    /// Who the customer is.
    #[serde(default)]
    pub customer: CustomerFacts,
    /// The agents in it, on all nodes.
    #[serde(default)]
    pub people: Vec<Person>,
    /// What was removed, masked and blocked so far. At most a moment behind.
    #[serde(default)]
    pub report: Report,
    /// When it began.
    pub started_at: Now,
    /// Its present epoch.
    pub epoch: Epoch,
}

impl Facts {
    /// Of a session that has just begun, or that has no owner yet.
    #[must_use]
    pub fn new(started_at: Now, customer: CustomerFacts) -> Self {
        Self {
            state: State::Away,
            page: None,
            customer,
            people: Vec::new(),
            report: Report::default(),
            started_at,
            epoch: Epoch(1),
        }
    }
}

/// What the customer's side is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// She is there; her page is not yet.
    Waiting,
    /// Her page is shown.
    Live,
    /// She paused.
    Paused,
    /// Her socket is lost, or was never there.
    Away,
    /// It is over.
    Ended,
}

impl State {
    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Away => "away",
            Self::Ended => "ended",
        }
    }
}

/// An agent in a session, on whichever node her socket is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Her connection: no other node gives the same.
    pub key: AgentKey,
    /// The name that the customer and the other agents read.
    pub name: String,
    /// Whether she came by code. Else she watches, as a supervisor.
    pub joined: bool,
}

impl Person {
    /// Her role in the session, as a word on the wire.
    #[must_use]
    pub fn role(&self) -> &'static str {
        if self.joined { "agent" } else { "supervisor" }
    }
}
