//! The agents' side of a session on one node, as a state machine without IO: it is handed what the session's owner tells, what
//! agents say, and the time, and answers with turns to take.
//!
//! Every node that has agents' sockets of a session has one, the owner too. It tells no agent a number twice or out of order;
//! where something is missing it asks for the whole page.

mod feed;
mod messages;
mod ring;
mod turn;

pub use turn::Turn;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::{Action, Denied, Place, Rights};
use crate::ids::{AgentKey, Epoch, Seq, SessionId};
use crate::limits::Limits;
use crate::session::frames;
use crate::session::{AgentFrame, AgentProfile, Ask, CloseCode, EndReason, Facts, Now, Person};
use feed::{Feed, Position};
use messages::FromAgent;

/// What a node's agents of one session share.
///
/// `F` is a frame of the session's as the world sends it: see [`crate::session::News`].
#[derive(Debug)]
pub struct Audience<F> {
    id: SessionId,
    site: String,
    limits: Arc<Limits>,
    facts: Arc<Facts>,
    /// The owner or the store cannot be heard.
    is_stalled: bool,
    /// Each by itself, because the map keeps room for others.
    agents: BTreeMap<AgentKey, Box<Agent>>,
    feed: Feed<F>,
    is_over: bool,
}

/// One agent with a socket on this node.
#[derive(Debug)]
struct Agent {
    profile: AgentProfile,
    hears: Hears,
    /// Pages that came while she waited and led less far than what she has seen.
    in_vain: u8,
}

/// What an agent gets of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hears {
    /// She has not said `hello`.
    Nothing,
    /// She waits for the whole page, and says that she has seen it up to there.
    Waits(Option<Position>),
    /// She has all up to the present, and gets what follows.
    All,
}

impl<F: Clone> Audience<F> {
    /// One without agents. `facts` is what is known of the session so far, `bytes` tells how large a frame is.
    #[must_use]
    pub fn new(id: SessionId, site: String, limits: Arc<Limits>, facts: Arc<Facts>, bytes: fn(&F) -> usize) -> Self {
        Self {
            id,
            site,
            limits,
            facts,
            is_stalled: false,
            agents: BTreeMap::new(),
            feed: Feed::new(bytes),
            is_over: false,
        }
    }

    /// An agent's socket is open. She gets `welcome`, and the page as soon as she said `hello`.
    pub fn joined(&mut self, agent: AgentProfile) -> Vec<Turn<F>> {
        let key = agent.key;
        if self.is_over {
            return vec![Turn::Close(key, CloseCode::Ended)];
        }
        // Those who watch take no place of those who help.
        let here = self.agents.values().filter(|other| other.profile.joined == agent.joined).count();
        let is_elsewhere = |other: &&Person| other.joined == agent.joined && !self.agents.contains_key(&other.key);
        if here + self.facts.people.iter().filter(is_elsewhere).count() >= self.limits.agents {
            return vec![Turn::Close(key, CloseCode::OverLimit)];
        }
        let welcome = self.welcome(&agent);
        self.agents.insert(key, Box::new(Agent { profile: agent, hears: Hears::Nothing, in_vain: 0 }));
        vec![Turn::tell(key, welcome), Turn::PeopleChanged]
    }

    /// One message of an agent's. A frame that is not ours answers with [`Turn::Close`] (4400).
    pub fn frame(&mut self, now: Now, agent: AgentKey, frame: &[u8]) -> Vec<Turn<F>> {
        if !self.agents.contains_key(&agent) {
            return Vec::new();
        }
        if frame.len() > self.limits.agent_frame_bytes {
            return vec![Turn::Close(agent, CloseCode::TooBig)];
        }
        let text = std::str::from_utf8(frame).ok();
        let Some((text, message)) = text.and_then(|text| Some((text, serde_json::from_str::<FromAgent>(text).ok()?)))
        else {
            return vec![Turn::Close(agent, CloseCode::Malformed)];
        };
        let is_allowed = self.judge(agent, message.action()).is_ok();
        match message {
            FromAgent::Command { .. } if is_allowed => {
                vec![Turn::Ask(Ask::Command { agent, frame: text.to_owned() })]
            }
            FromAgent::Command { id, .. } => {
                vec![Turn::tell(agent, frames::refused(&id, ("not-allowed", "Your role does not allow this.")))]
            }
            _ if !is_allowed => vec![Turn::Close(agent, CloseCode::NotAllowed)],
            FromAgent::Hello { resume } => {
                let mut turns = vec![Turn::tell(agent, messages::report(&self.facts.report))];
                turns.extend(self.hello(agent, resume.map(|had| (Epoch(had.epoch), Seq(had.seq)))));
                turns
            }
            FromAgent::Ping { sent } => vec![Turn::tell(agent, messages::pong(sent, now.0))],
            // The mode stays what it is, and she is told so.
            FromAgent::RequestMode {} => vec![Turn::tell(agent, self.participants())],
            FromAgent::End {} => vec![Turn::Ask(Ask::End { reason: EndReason::Agent, agent: Some(agent) })],
        }
    }

    fn judge(&self, agent: AgentKey, action: Option<&Action>) -> Result<(), Denied> {
        let profile = &self.agents.get(&agent).ok_or(Denied::NotAllowed)?.profile;
        let place = Place { session: &self.id, site: &self.site, joined: profile.joined };
        profile.rights.judge(action, Some(place))
    }

    /// What she may do is another now. She is told by a new `welcome`.
    pub fn rights(&mut self, agent: AgentKey, rights: Rights) -> Vec<Turn<F>> {
        let Some(known) = self.agents.get_mut(&agent).filter(|known| known.profile.rights != rights) else {
            return Vec::new();
        };
        known.profile.rights = rights;
        let profile = known.profile.clone();
        vec![Turn::tell(agent, self.welcome(&profile))]
    }

    /// Her queue overflowed and was emptied: she hears again what the session is, and gets the whole page.
    pub fn lagging(&mut self, agent: AgentKey) -> Vec<Turn<F>> {
        let Some(known) = self.agents.get_mut(&agent).filter(|known| known.hears != Hears::Nothing) else {
            return Vec::new();
        };
        known.hears = Hears::Waits(None);
        self.feed.listeners_changed();
        let mut turns = vec![
            Turn::tell(agent, messages::customer(&self.facts.customer)),
            Turn::tell(agent, self.participants()),
            Turn::tell(agent, messages::report(&self.facts.report)),
        ];
        turns.extend(self.want_page());
        turns
    }

    /// An agent's socket is gone.
    pub fn left(&mut self, agent: AgentKey) -> Vec<Turn<F>> {
        if self.agents.remove(&agent).is_none() {
            return Vec::new();
        }
        self.feed.listeners_changed();
        vec![Turn::PeopleChanged]
    }

    /// Whether news are late: the owner or the store cannot be heard. Agents are told that the picture waits.
    pub fn stalled(&mut self, is_stalled: bool) -> Vec<Turn<F>> {
        if std::mem::replace(&mut self.is_stalled, is_stalled) == is_stalled {
            return Vec::new();
        }
        self.tell_all(self.participants())
    }

    /// The agents with a socket here, for the owner.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        let person = |AgentProfile { key, name, joined, .. }: &AgentProfile| Person {
            key: *key,
            name: name.clone(),
            joined: *joined,
        };
        self.agents.values().map(|agent| person(&agent.profile)).collect()
    }

    /// What is known of the session.
    #[must_use]
    pub fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    /// The session is what it is now: whoever is there hears what is another than before.
    fn learn(&mut self, facts: Arc<Facts>) -> Vec<Turn<F>> {
        let before = std::mem::replace(&mut self.facts, facts);
        let now = Arc::clone(&self.facts);
        let mut turns = Vec::new();
        if now.customer != before.customer {
            turns.extend(self.tell_all(messages::customer(&now.customer)));
        }
        if now.people != before.people || now.state != before.state {
            turns.extend(self.tell_all(self.participants()));
        }
        if now.report != before.report {
            let hear = self.agents.iter().filter(|(_, agent)| agent.hears != Hears::Nothing);
            let keys: Arc<[AgentKey]> = hear.map(|(key, _)| *key).collect();
            turns.extend((!keys.is_empty()).then(|| Turn::Tell(keys, messages::report(&now.report))));
        }
        turns
    }

    fn end(&mut self, reason: EndReason) -> Vec<Turn<F>> {
        self.is_over = true;
        let mut turns = self.tell_all(reason.farewell());
        let close = reason.close_code();
        turns.extend(std::mem::take(&mut self.agents).into_keys().map(|agent| Turn::Close(agent, close)));
        self.feed.listeners_changed();
        turns
    }

    fn tell_all(&self, message: AgentFrame) -> Vec<Turn<F>> {
        let all: Arc<[AgentKey]> = self.agents.keys().copied().collect();
        if all.is_empty() { Vec::new() } else { vec![Turn::Tell(all, message)] }
    }

    fn welcome(&self, agent: &AgentProfile) -> AgentFrame {
        let privileges = agent.rights.within(agent.joined).names().collect();
        messages::welcome(self.id.as_str(), &self.facts, privileges, self.state())
    }

    /// Who is there, and what the customer's side is doing.
    fn participants(&self) -> AgentFrame {
        messages::participants(&self.facts.people, self.state())
    }

    fn state(&self) -> &'static str {
        if self.is_stalled { "stalled" } else { self.facts.state.word() }
    }
}

#[cfg(test)]
mod tests;
