//! What the world is asked to do for a session's agents.

use std::sync::Arc;

use crate::ids::AgentKey;
use crate::session::{AgentFrame, Ask, CloseCode};

/// One thing to do, in order. Agents are those with a socket on this node.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn<F> {
    /// Send a message to these agents, by the same bytes.
    Tell(Arc<[AgentKey]>, AgentFrame),
    /// Hand a frame of the session's on to these agents, as it is.
    Pass(Arc<[AgentKey]>, F),
    /// Close an agent's socket.
    Close(AgentKey, CloseCode),
    /// Hand this to the session's owner.
    Ask(Ask),
    /// [`super::Audience::people`] is another now; the owner wants to know.
    PeopleChanged,
    /// Some agents need the whole page: answer with [`super::Audience::page`], with nothing if there is none.
    WantPage,
}

impl<F> Turn<F> {
    pub(super) fn tell(agent: AgentKey, message: AgentFrame) -> Self {
        Self::Tell(Arc::new([agent]), message)
    }
}
