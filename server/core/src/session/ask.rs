//! What the agents' side of a session wants of its owner.

use serde::{Deserialize, Serialize};

use super::{EndReason, Identity, Person};
use crate::ids::AgentKey;

/// One thing asked of a session's owner, by a node with agents. Rights are judged there; what needs the customer or the page
/// is judged by the owner. Asks of one node are carried out in their order, each at most once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Who is there on one node now, in place of what that node said before; nobody: it has no agents any more.
    People {
        /// The node, by a number that no other running node has.
        node: u64,
        /// Its agents.
        people: Vec<Person>,
    },
    /// A command that the agent's role allows, as she sent it. Its answer is [`super::News::Result`].
    Command {
        /// Who sent it.
        agent: AgentKey,
        /// JSON text, at most `Limits::agent_frame_bytes`; from a stranger.
        frame: String,
    },
    /// The session is to end.
    End {
        /// Why.
        reason: EndReason,
        /// Who asked for it by her socket.
        agent: Option<AgentKey>,
    },
    /// The join code was used: another is wanted.
    CodeUsed,
    /// The website was asked who its customer is: it vouches for her, or what it said is not believed.
    Identified(Option<Identity>),
    /// An asset that only the customer's browser can get.
    WantAsset {
        /// The answer names it.
        request: u64,
        /// What is wanted, as a sealed token: a store learns no address.
        token: String,
        /// A larger one need not be sent.
        bytes_max: usize,
    },
}
