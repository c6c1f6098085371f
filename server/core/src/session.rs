//! One co-browse session as a state machine without IO: it is handed bytes and the time, and answers with steps to take.
//!
//! The world around it (`server/app`) owns the sockets. For each session it runs one task, which calls the methods of
//! [`Session`] one at a time and carries out the [`Step`]s in their order.

mod agents;
mod ask;
mod contact;
mod customer;
mod facts;
pub mod journal;
mod log;
mod messages;
mod news;
mod step;
mod timer;

pub use ask::Ask;
pub use contact::{Attributes, ContactRules, CustomerFacts, Identity};
pub use facts::{Facts, Person, State};
pub use news::News;
pub use step::{AgentFrame, CloseCode, EndReason, Step};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::Rights;
use crate::asset::{AssetKind, Sealer};
use crate::ids::{AgentKey, Epoch, Seq, SessionId};
use crate::limits::Limits;
use crate::policy::Policy;
use crate::report::Report;
use crate::view::View;
use agents::Agent;
use contact::Contact;
use customer::Customer;
use log::Log;

/// A moment, in milliseconds since 1970-01-01 UTC. The caller never lets it fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
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
    pub join_code: Option<JoinCode>,
    /// Whether the customer is told of supervisors who watch.
    pub show_supervisors: bool,
    /// How customers of the website make themselves known.
    pub contact: Arc<ContactRules>,
    /// What the website vouched for when the session began.
    pub identity: Option<Identity>,
}

/// A code that admits one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinCode {
    /// Its digits.
    pub code: String,
    /// Until when it is good.
    pub expires_at: Now,
}

/// An asset that the customer's browser is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRequest {
    /// The answer names it.
    pub request: u64,
    /// As the page named it.
    pub url: String,
    /// What it is used as.
    pub kind: AssetKind,
    /// A larger one need not be sent.
    pub bytes_max: usize,
}

/// An agent who comes in: already authenticated, and admitted by code or privilege.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentProfile {
    /// This connection.
    pub key: AgentKey,
    /// The name that the customer reads.
    pub name: String,
    /// What she may do.
    pub rights: Rights,
    /// Whether she came by code. Else she watches, as a supervisor.
    pub joined: bool,
}

/// What the list of sessions tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// `waiting` (no page yet), `live`, `paused`, `away` (the customer's socket is lost) or `ended`.
    pub state: &'static str,
    /// The page as an agent may know it: address under `[sanitizer] page-url`, and title.
    pub page: Option<(String, String)>,
    /// Who the customer is.
    pub customer: CustomerFacts,
    /// Names of the agents in it.
    pub agents: Vec<String>,
    /// When it began.
    pub started_at: Now,
    /// Its present epoch.
    pub epoch: Epoch,
}

/// One session.
///
/// The customer's side goes `away → hello → page → live ⇄ paused`; see [`Summary::state`]. The end is final: after it
/// every method answers with nothing.
#[derive(Debug)]
pub struct Session {
    setup: Setup,
    view: View,
    log: Log,
    epoch: Epoch,
    /// The number of the last event sent to agents.
    seq: Seq,
    /// The time that the last event sent carries.
    stamped_ms: u64,
    customer: Customer,
    contact: Contact,
    agents: BTreeMap<AgentKey, Agent>,
    started_at: Now,
    active_at: Now,
    report_due_ms: Option<u64>,
    is_ended: bool,
}

impl Session {
    /// A session that waits for its customer.
    #[must_use]
    pub fn new(mut setup: Setup, now: Now) -> Self {
        let contact = Contact::new(setup.identity.take(), now);
        let view = View::new(setup.policy.clone(), setup.limits.clone(), setup.sealer.clone(), setup.seed);
        Self {
            setup,
            view,
            log: Log::default(),
            epoch: Epoch(1),
            seq: Seq(0),
            stamped_ms: 0,
            customer: Customer::away(now),
            contact,
            agents: BTreeMap::new(),
            started_at: now,
            active_at: now,
            report_due_ms: None,
            is_ended: false,
        }
    }

    /// Ends the session for all: everybody is told, every socket is closed.
    pub fn end(&mut self, _now: Now, reason: EndReason) -> Vec<Step> {
        if std::mem::replace(&mut self.is_ended, true) {
            return Vec::new();
        }
        let close = reason.close_code();
        let message = reason.farewell();
        let mut steps = Vec::new();
        if self.customer.is_attached() {
            steps.push(Step::ToCustomer(message.get().to_string()));
            steps.push(Step::CloseCustomer(close));
        }
        let all: Arc<[AgentKey]> = self.agents.keys().copied().collect();
        if !all.is_empty() {
            steps.push(Step::ToAgents(all.clone(), message));
            steps.extend(all.iter().map(|agent| Step::CloseAgent(*agent, close)));
        }
        self.agents.clear();
        steps.push(Step::Ended(reason));
        steps
    }

    /// The steps, and before them the fetches of what they name that no browser may be left to fetch.
    fn after_early(&mut self, mut steps: Vec<Step>) -> Vec<Step> {
        let early = self.view.take_early();
        if !early.is_empty() {
            steps.insert(0, Step::FetchEarly(early));
        }
        steps
    }

    /// What the list of sessions tells of it.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary {
            state: self.state(),
            page: self.view.is_live().then(|| self.view.page()),
            customer: self.contact.facts(&self.setup.contact),
            agents: self.agents.values().map(|agent| agent.profile.name.clone()).collect(),
            started_at: self.started_at,
            epoch: self.epoch,
        }
    }

    /// What was removed, masked and blocked so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.view.report().clone()
    }

    fn state(&self) -> &'static str {
        if self.is_ended { "ended" } else { self.customer.state(self.view.is_live()) }
    }
}

#[cfg(test)]
mod tests;
