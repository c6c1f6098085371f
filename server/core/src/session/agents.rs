//! The agents' side of a session.

use std::sync::Arc;

use super::messages::{self, FromAgent, Resume};
use super::{AgentFrame, AgentProfile, CloseCode, EndReason, Now, Session, Step};
use crate::access::{Action, Denied, Place, Rights};
use crate::ids::{AgentKey, Epoch, Seq};

/// One agent in the session.
#[derive(Debug)]
pub(super) struct Agent {
    pub(super) profile: AgentProfile,
    /// She said `hello`: page events go to her.
    listens: bool,
}

impl Session {
    /// An agent's socket is open. She gets `welcome`, and a keyframe as soon as there is a page and she said `hello`.
    pub fn agent_joined(&mut self, now: Now, agent: AgentProfile) -> Vec<Step> {
        if self.is_ended {
            return vec![Step::CloseAgent(agent.key, CloseCode::Ended)];
        }
        // Those who watch take no place of those who help.
        let alike = self.agents.values().filter(|other| other.profile.joined == agent.joined).count();
        if alike >= self.setup.limits.agents {
            return vec![Step::CloseAgent(agent.key, CloseCode::OverLimit)];
        }
        self.active_at = now;
        let key = agent.key;
        let mut steps = vec![Step::ToAgent(key, self.welcome(&agent))];
        self.agents.insert(key, Agent { profile: agent, listens: false });
        steps.extend(self.tell_agents());
        steps.extend(self.tell_customer());
        steps
    }

    /// One message of an agent's. A frame that is not ours answers with [`Step::CloseAgent`] (4400).
    pub fn agent_frame(&mut self, now: Now, agent: AgentKey, frame: &[u8]) -> Vec<Step> {
        if self.is_ended || !self.agents.contains_key(&agent) {
            return Vec::new();
        }
        if frame.len() > self.setup.limits.agent_frame_bytes {
            return vec![Step::CloseAgent(agent, CloseCode::TooBig)];
        }
        let Ok(message) = serde_json::from_slice::<FromAgent>(frame) else {
            return vec![Step::CloseAgent(agent, CloseCode::Malformed)];
        };
        let judged = self.judge(agent, message.action());
        match message {
            FromAgent::Command { id, .. } => vec![Step::ToAgent(agent, messages::refused(&id, refusal(judged)))],
            _ if judged.is_err() => vec![Step::CloseAgent(agent, CloseCode::NotAllowed)],
            FromAgent::Hello { resume } => {
                let steps = self.agent_hello(now, agent, resume);
                self.after_early(steps)
            }
            FromAgent::Ping { sent } => vec![Step::ToAgent(agent, messages::pong(sent, now.0))],
            // The mode stays what it is, and she is told so.
            FromAgent::RequestMode {} => self.tell_agents(),
            FromAgent::End {} => self.end(now, EndReason::Agent),
        }
    }

    /// What she may do is another now. She is told by a new `welcome`.
    pub fn agent_rights(&mut self, agent: AgentKey, rights: Rights) -> Vec<Step> {
        let Some(known) = self.agents.get_mut(&agent).filter(|known| known.profile.rights != rights) else {
            return Vec::new();
        };
        known.profile.rights = rights;
        let profile = known.profile.clone();
        vec![Step::ToAgent(agent, self.welcome(&profile))]
    }

    fn welcome(&self, agent: &AgentProfile) -> AgentFrame {
        let privileges = agent.rights.within(agent.joined).names().collect();
        let customer = self.contact.facts(&self.setup.contact);
        messages::agent_welcome(self.setup.id.as_str(), &customer, privileges, self.state(), self.epoch)
    }

    fn judge(&self, agent: AgentKey, action: Option<&Action>) -> Result<(), Denied> {
        let profile = &self.agents.get(&agent).ok_or(Denied::NotAllowed)?.profile;
        let place = Place { session: &self.setup.id, site: &self.setup.site, joined: profile.joined };
        profile.rights.judge(action, Some(place))
    }

    fn agent_hello(&mut self, now: Now, agent: AgentKey, resume: Option<Resume>) -> Vec<Step> {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.listens = true;
        }
        self.report_due_ms.get_or_insert(now.0);
        let missed = resume.and_then(|resume| {
            self.log.since(Epoch(resume.epoch), Seq(resume.seq), self.seq).map(|events| (resume, events))
        });
        match missed {
            Some((_, events)) if events.is_empty() => Vec::new(),
            Some((resume, events)) => {
                let frame = messages::page_frame("events", self.epoch, Seq(resume.seq + 1), events);
                vec![Step::ToAgent(agent, frame)]
            }
            None => self.keyframe_for(agent),
        }
    }

    /// Her queue overflowed and was emptied: she gets a keyframe, and hears again who is there.
    pub fn agent_lagging(&mut self, _now: Now, agent: AgentKey) -> Vec<Step> {
        if self.is_ended || self.agents.get(&agent).is_none_or(|agent| !agent.listens) {
            return Vec::new();
        }
        let mut steps = self.tell_agents();
        steps.extend(self.keyframe_for(agent));
        self.after_early(steps)
    }

    fn keyframe_for(&mut self, agent: AgentKey) -> Vec<Step> {
        if !self.has_page() {
            return Vec::new();
        }
        vec![Step::ToAgent(agent, self.keyframe_message())]
    }

    /// Whether there is a page to show: the present one, or the last one while the next is awaited.
    fn has_page(&self) -> bool {
        self.seq.0 > 0
    }

    /// The whole page as it is after the last event sent.
    pub(super) fn keyframe_message(&mut self) -> AgentFrame {
        let events = self.view.keyframe(self.stamped_ms);
        messages::page_frame("keyframe", self.epoch, self.seq, &events)
    }

    /// An agent's socket is gone.
    pub fn agent_left(&mut self, now: Now, agent: AgentKey) -> Vec<Step> {
        if self.agents.remove(&agent).is_none() {
            return Vec::new();
        }
        self.active_at = now;
        let mut steps = self.tell_agents();
        steps.extend(self.tell_customer());
        steps
    }

    /// Agents who get page events.
    pub(super) fn listeners(&self) -> Vec<AgentKey> {
        self.agents.iter().filter(|(_, agent)| agent.listens).map(|(key, _)| *key).collect()
    }

    /// Tells agents who is there and what the customer's side is doing.
    pub(super) fn tell_agents(&self) -> Vec<Step> {
        if self.agents.is_empty() {
            return Vec::new();
        }
        let all: Arc<[AgentKey]> = self.agents.keys().copied().collect();
        let people = self.agents.values().map(|agent| &agent.profile);
        vec![Step::ToAgents(all, messages::agent_participants(people, self.state()))]
    }
}

/// Why a command is not done: its agent may not, or nobody can.
fn refusal(judged: Result<(), Denied>) -> (&'static str, &'static str) {
    match judged {
        Ok(()) => ("not-available", "Acting on the page is not available here."),
        Err(_) => ("not-allowed", "Your role does not allow this."),
    }
}
