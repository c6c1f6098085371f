//! Who is in the session, as the nodes tell it, and telling everybody what the session is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Ask, AssetRequest, Facts, News, Now, Person, Session, Step, frames, messages};
use crate::ids::AgentKey;

/// Agents that are known of, on all nodes together. Each node admits far fewer.
const PEOPLE_MAX: usize = 1_000;
/// What changes often is published again after this time.
const FACTS_EVERY_MS: u64 = 2_000;
/// After the last agent left, page events are encoded for so long: she may come back for what she missed.
const RESUME_WITHIN_MS: u64 = 30_000;

/// A new owner believes what the one before it knew for so long; until then every node has told anew.
const BELIEVED_MS: u64 = 5_000;

/// The agents, by the number of their node.
#[derive(Debug, Default)]
pub(super) struct People {
    by_node: BTreeMap<u64, Vec<Person>>,
    /// As the owner before knew them, and until when that counts.
    before: Option<(Vec<Person>, Now)>,
    /// Since when there has been nobody any more.
    alone_since: Option<Now>,
}

impl People {
    /// Those of another owner.
    pub(super) fn restored(now: Now, people: &[Person]) -> Self {
        let people = people.iter().take(PEOPLE_MAX).cloned().collect();
        Self { before: Some((people, Now(now.0 + BELIEVED_MS))), ..Self::default() }
    }

    /// When what the owner before knew does not count any more.
    pub(super) fn due(&self) -> Option<Now> {
        self.before.as_ref().map(|(_, until)| *until)
    }

    /// Everybody.
    fn all(&self) -> Vec<Person> {
        let mut all: Vec<Person> = self.by_node.values().flatten().cloned().collect();
        if let Some((before, _)) = &self.before {
            let told: BTreeSet<AgentKey> = all.iter().map(|person| person.key).collect();
            all.extend(before.iter().filter(|person| !told.contains(&person.key)).cloned());
        }
        all
    }

    /// `false`: they are the same as before.
    fn replace(&mut self, now: Now, node: u64, mut people: Vec<Person>) -> bool {
        if self.by_node.get(&node).map_or(&[][..], |known| known) == people {
            return false;
        }
        self.by_node.remove(&node);
        people.truncate(PEOPLE_MAX.saturating_sub(self.by_node.values().map(Vec::len).sum()));
        if !people.is_empty() {
            self.by_node.insert(node, people);
        }
        self.alone_since = self.by_node.is_empty().then_some(now);
        true
    }

    /// Whether somebody gets page events, or may soon ask for those of now.
    pub(super) fn listen(&self, now: Now) -> bool {
        !self.by_node.is_empty()
            || self.before.is_some()
            || self.alone_since.is_some_and(|since| now.0 < since.0 + RESUME_WITHIN_MS)
    }
}

impl Session {
    /// Who is on one node now, in place of all that it said before; an empty list removes it. Everybody is told.
    pub fn people(&mut self, now: Now, node: u64, people: Vec<Person>) -> Vec<Step> {
        if self.is_ended || !self.people.replace(now, node, people) {
            return Vec::new();
        }
        self.active_at = now;
        let mut steps = self.tell_agents();
        steps.extend(self.tell_customer());
        steps
    }

    /// Something that the agents' side wants. Its rights are judged already.
    pub fn ask(&mut self, now: Now, ask: Ask) -> Vec<Step> {
        if self.is_ended {
            return Vec::new();
        }
        match ask {
            Ask::People { node, people } => self.people(now, node, people),
            Ask::Command { agent, frame } => {
                self.active_at = now;
                let refused = frames::not_available(&frame);
                refused.map(|frame| Step::Publish(News::Result { agent, frame })).into_iter().collect()
            }
            Ask::End { reason, .. } => self.end(now, reason),
            Ask::CodeUsed => vec![Step::NewJoinCode],
            Ask::Identified(identity) => self.identify(now, identity),
            Ask::WantAsset { request, token, bytes_max } => match self.setup.opener.open(&token) {
                Ok(asset) if asset.session == self.setup.id => {
                    self.want_asset(&AssetRequest { request, url: asset.url, kind: asset.kind, bytes_max })
                }
                _ => Vec::new(),
            },
        }
    }

    /// Tells agents what the session is, if that is another than they know.
    pub(super) fn tell_agents(&mut self) -> Vec<Step> {
        let page = self.view.is_live().then(|| self.view.page());
        let facts = Facts {
            state: self.state(),
            page,
            customer: self.contact.facts(&self.setup.contact),
            people: self.people.all(),
            report: self.view.report().clone(),
            started_at: self.started_at,
            epoch: self.epoch,
        };
        if facts == *self.facts {
            return Vec::new();
        }
        self.facts = Arc::new(facts);
        vec![Step::Publish(News::Facts(self.facts()))]
    }

    /// Those of whom no node has told are not there any more.
    pub(super) fn people_timeout(&mut self, now: Now) -> Vec<Step> {
        if self.people.due().is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.people.before = None;
        let mut steps = self.tell_agents();
        if !steps.is_empty() {
            steps.extend(self.tell_customer());
        }
        steps
    }

    /// What changes often in them is to be told, soon.
    pub(super) fn owe_facts(&mut self, now: Now) {
        self.facts_due_ms.get_or_insert(now.0 + FACTS_EVERY_MS);
    }

    /// Tells the customer who is there and which code is good.
    pub(super) fn tell_customer(&self) -> Vec<Step> {
        if self.is_ended || !self.customer.has_said_hello() {
            return Vec::new();
        }
        let people = self.people.all();
        let shown = people.iter().filter(|person| person.joined || self.setup.show_supervisors);
        vec![Step::ToCustomer(messages::customer_participants(shown, self.setup.join_code.as_ref()))]
    }
}
