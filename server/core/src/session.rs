//! One co-browse session as a state machine without IO: it is handed bytes and the time, and answers with steps to take.
//!
//! The world around it (`server/app`) owns the sockets. For each session it runs one task, which calls the methods of
//! [`Session`] one at a time and carries out the [`Step`]s in their order.

mod step;

pub use step::{AgentFrame, CloseCode, EndReason, Step};

use std::sync::Arc;

use crate::access::PrivilegeSet;
use crate::asset::Sealer;
use crate::ids::{AgentKey, Epoch, SessionId};
use crate::limits::Limits;
use crate::policy::Policy;
use crate::report::Report;

/// A moment, in milliseconds since 1970-01-01 UTC. The caller never lets it fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Now(pub u64);

/// How long a session may wait, rest and last. All in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// Without a customer's event or an agent's command.
    pub idle_timeout_ms: u64,
    /// From start to end, whatever happens.
    pub max_duration_ms: u64,
    /// From the loss of the customer's socket to the end.
    pub reconnect_timeout_ms: u64,
}

/// What a session is made of.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Its public name.
    pub id: SessionId,
    /// The website's id in `[sites]`.
    pub site: String,
    /// What agents may see.
    pub policy: Arc<Policy>,
    /// Its bounds.
    pub limits: Arc<Limits>,
    /// Its clocks.
    pub timing: Timing,
    /// Seals its URLs.
    pub sealer: Sealer,
    /// Random, from the world: keeps the customer from choosing colliding ids.
    pub seed: u64,
    /// The code that the next agent joins by; the customer's page shows it.
    pub join_code: Option<String>,
}

/// An agent who comes in: already authenticated, and admitted by code or privilege.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentProfile {
    /// This connection.
    pub key: AgentKey,
    /// The name that the customer reads.
    pub name: String,
    /// What her roles allow.
    pub privileges: PrivilegeSet,
}

/// What the list of sessions tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// `waiting` (no page yet), `live`, `paused`, `away` (the customer's socket is lost) or `ended`.
    pub state: &'static str,
    /// The page as an agent may know it: address under `[sanitizer] page-url`, and title.
    pub page: Option<(String, String)>,
    /// Names of the agents in it.
    pub agents: Vec<String>,
    /// When it began.
    pub started_at: Now,
    /// Its present epoch.
    pub epoch: Epoch,
}

/// One session.
#[derive(Debug)]
pub struct Session {
    _setup: Setup,
}

impl Session {
    /// A session that waits for its customer.
    #[must_use]
    pub fn new(setup: Setup, _now: Now) -> Self {
        Self { _setup: setup }
    }

    /// The customer's socket is open; an earlier one gets [`Step::CloseCustomer`] before (4409 from another tab).
    /// Her first frame must be `hello`.
    pub fn customer_attached(&mut self, _now: Now) -> Vec<Step> {
        Vec::new()
    }

    /// One message of the customer's, decompressed. Bad ones answer with [`Step::CloseCustomer`] and change nothing.
    pub fn customer_frame(&mut self, _now: Now, _frame: &[u8]) -> Vec<Step> {
        Vec::new()
    }

    /// The customer's socket is gone. Agents are told; the session waits for `reconnect_timeout_ms`.
    pub fn customer_detached(&mut self, _now: Now) -> Vec<Step> {
        Vec::new()
    }

    /// A new join code, after the old one was used or ran out. Told to the customer.
    pub fn set_join_code(&mut self, _now: Now, _code: Option<String>) -> Vec<Step> {
        Vec::new()
    }

    /// An agent's socket is open. She gets `welcome`, and a keyframe as soon as there is a page and she said `hello`.
    pub fn agent_joined(&mut self, _now: Now, _agent: AgentProfile) -> Vec<Step> {
        Vec::new()
    }

    /// One message of an agent's.
    pub fn agent_frame(&mut self, _now: Now, _agent: AgentKey, _frame: &[u8]) -> Vec<Step> {
        Vec::new()
    }

    /// Her queue overflowed and was emptied: she gets a keyframe.
    pub fn agent_lagging(&mut self, _now: Now, _agent: AgentKey) -> Vec<Step> {
        Vec::new()
    }

    /// An agent's socket is gone.
    pub fn agent_left(&mut self, _now: Now, _agent: AgentKey) -> Vec<Step> {
        Vec::new()
    }

    /// Ends the session for all.
    pub fn end(&mut self, _now: Now, _reason: EndReason) -> Vec<Step> {
        Vec::new()
    }

    /// When [`Session::handle_timeout`] wants to be called next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Now> {
        None
    }

    /// Does what is due: acknowledgements, idle and absolute ends, repeated snapshot requests.
    pub fn handle_timeout(&mut self, _now: Now) -> Vec<Step> {
        Vec::new()
    }

    /// What the list of sessions tells of it.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary { state: "waiting", page: None, agents: Vec::new(), started_at: Now(0), epoch: Epoch(0) }
    }

    /// What was removed, masked and blocked so far.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::default()
    }
}
