//! One co-browse session as a state machine without IO: it is handed bytes and the time, and answers with steps to take.
//!
//! This is the owner's half: the customer's side, the page and its numbers. It lives where the customer's socket is, and tells
//! its [`News`] to the agents' half, one [`crate::audience::Audience`] on every node with agents' sockets. The world around it
//! (`server/app`) owns the sockets; it calls the methods of [`Session`] one at a time and carries out the [`Step`]s in order.

mod ask;
mod contact;
mod customer;
mod facts;
pub(crate) mod frames;
pub mod journal;
mod kept;
mod marks;
mod messages;
mod news;
mod page;
mod people;
mod reader;
mod restore;
mod step;
mod timer;

pub use ask::Ask;
pub use contact::{Attributes, ContactRules, CustomerFacts, Identity};
pub use facts::{Facts, Person, State};
pub use kept::Unreadable;
pub(crate) use messages::Resume;
pub use news::News;
pub use restore::{Restored, first_kept};
pub use step::{AgentFrame, CloseCode, EndReason, Step};

use std::sync::Arc;

use crate::access::Rights;
use crate::asset::{AssetKind, Opener, Sealer};
use crate::ids::{AgentKey, Epoch, Seq, SessionId};
use crate::limits::Limits;
use crate::policy::Policy;
use crate::report::Report;
use crate::view::View;
use contact::Contact;
use customer::Customer;
use people::People;

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
    /// Opens what other nodes sealed.
    pub opener: Arc<Opener>,
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
    /// Whether its news are kept in a log that other nodes read. Then all of it is encoded, whoever is there; what must outlive
    /// the node is told by [`Session::kept`]; and `stored` follows [`Session::stored`].
    pub has_log: bool,
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

/// One session, as its owner has it.
///
/// The customer's side goes `away → hello → page → live ⇄ paused`; see [`State`]. The end is final: after it every method
/// answers with nothing.
#[derive(Debug)]
pub struct Session {
    setup: Setup,
    view: View,
    epoch: Epoch,
    /// The number of the last event published.
    seq: Seq,
    /// The time that the last event published carries.
    stamped_ms: u64,
    customer: Customer,
    contact: Contact,
    people: People,
    /// As they were last published.
    facts: Arc<Facts>,
    /// When what changes often in them is published again.
    facts_due_ms: Option<u64>,
    started_at: Now,
    active_at: Now,
    is_ended: bool,
}

impl Session {
    /// A session that waits for its customer.
    #[must_use]
    pub fn new(mut setup: Setup, now: Now) -> Self {
        let contact = Contact::new(setup.identity.take(), now);
        let mut view = View::new(setup.policy.clone(), setup.limits.clone(), setup.sealer.clone(), setup.seed);
        if setup.has_log {
            view.sticky_mut().note_changes();
        }
        Self {
            facts: Arc::new(Facts::new(now, contact.facts(&setup.contact))),
            setup,
            view,
            epoch: Epoch(1),
            seq: Seq(0),
            stamped_ms: 0,
            customer: Customer::away(now),
            contact,
            people: People::default(),
            facts_due_ms: None,
            started_at: now,
            active_at: now,
            is_ended: false,
        }
    }

    /// Ends the session for all: everybody is told, every socket is closed.
    pub fn end(&mut self, _now: Now, reason: EndReason) -> Vec<Step> {
        if std::mem::replace(&mut self.is_ended, true) {
            return Vec::new();
        }
        let mut steps = Vec::new();
        if self.customer.is_attached() {
            steps.push(Step::ToCustomer(reason.farewell().get().to_string()));
            steps.push(Step::CloseCustomer(reason.close_code()));
        }
        self.people = People::default();
        steps.push(Step::Publish(News::Ended(reason)));
        steps.push(Step::Ended(reason));
        steps
    }

    /// What the session is now: as it was last published.
    #[must_use]
    pub fn facts(&self) -> Arc<Facts> {
        Arc::clone(&self.facts)
    }

    /// What was removed, masked and blocked so far.
    #[must_use]
    pub fn report(&self) -> Report {
        self.view.report().clone()
    }

    /// What was asked for up to now is applied up to this mark; see [`Session::stored`].
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.customer.marks.applied()
    }

    /// All that was published and [`Session::kept`] up to a mark that [`Session::applied`] told is in the log now, or needs none.
    /// The customer's page is told with the next acknowledgement, as `stored`.
    pub fn stored(&mut self, applied: u64) {
        self.customer.owes_ack |= self.customer.marks.store(applied);
    }

    fn state(&self) -> State {
        if self.is_ended { State::Ended } else { self.customer.state(self.view.is_live()) }
    }
}

#[cfg(test)]
mod tests;
