//! The agents' side of a session.

use std::sync::Arc;

use super::messages::{self, FromAgent, Resume};
use super::{AgentFrame, AgentProfile, CloseCode, EndReason, Now, Session, Step};
use crate::access::Privilege;
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
        if self.agents.len() >= self.setup.limits.agents {
            return vec![Step::CloseAgent(agent.key, CloseCode::OverLimit)];
        }
        self.active_at = now;
        let key = agent.key;
        let privileges = agent.privileges.names().collect();
        let welcome = messages::agent_welcome(self.setup.id.as_str(), privileges, self.state(), self.epoch);
        self.agents.insert(key, Agent { profile: agent, listens: false });
        let mut steps = vec![Step::ToAgent(key, welcome)];
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
        match message {
            FromAgent::Hello { resume } => {
                let steps = self.agent_hello(now, agent, resume);
                self.after_early(steps)
            }
            FromAgent::Ping { sent } => vec![Step::ToAgent(agent, messages::pong(sent, now.0))],
            FromAgent::Command { id } => {
                let refusal = messages::refused(&id, "not-available", "Acting on the page is not available here.");
                vec![Step::ToAgent(agent, refusal)]
            }
            // The mode stays what it is, and she is told so.
            FromAgent::RequestMode {} => self.tell_agents(),
            FromAgent::End {} if self.may(agent, Privilege::SessionEnd) => self.end(now, EndReason::Agent),
            FromAgent::End {} => vec![Step::CloseAgent(agent, CloseCode::NotAllowed)],
        }
    }

    fn may(&self, agent: AgentKey, privilege: Privilege) -> bool {
        self.agents.get(&agent).is_some_and(|agent| agent.profile.privileges.has(privilege))
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
        let names = self.agents.values().map(|agent| agent.profile.name.as_str());
        vec![Step::ToAgents(all, messages::agent_participants(names, self.state()))]
    }
}
