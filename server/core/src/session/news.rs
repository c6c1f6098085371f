//! What a session tells its agents' side, wherever that runs.

use std::sync::Arc;

use super::{EndReason, Facts};
use crate::ids::{AgentKey, Epoch, Seq};

/// One thing that a session tells, in order. It is made once, and shared by every node and agent.
///
/// `F` is a frame as agents get it: JSON text in the core, a socket's message in the world. The order of page frames is that
/// of (epoch, seq); within an epoch each begins where the one before ended.
#[derive(Debug, Clone, PartialEq)]
pub enum News<F> {
    /// Page events.
    Events {
        /// Their epoch.
        epoch: Epoch,
        /// The number of the first one.
        first: Seq,
        /// The number of the last one.
        last: Seq,
        /// All of them.
        frame: F,
    },
    /// The whole page after `seq`: a log can be cut before it.
    Keyframe {
        /// Its epoch. An epoch begins with one that is for all.
        epoch: Epoch,
        /// The last number that it contains.
        seq: Seq,
        /// It took a number, and everybody gets it; else only those who wait for one do.
        for_all: bool,
        /// The page.
        frame: F,
    },
    /// All up to `seq` went by while nobody was there and no log is kept: it was never encoded.
    Skipped {
        /// The present epoch.
        epoch: Epoch,
        /// The last number.
        seq: Seq,
    },
    /// What the session is now. The latest counts.
    Facts(Arc<Facts>),
    /// The answer to one agent's command.
    Result {
        /// Who sent it.
        agent: AgentKey,
        /// The answer.
        frame: F,
    },
    /// Assets that other nodes with agents fetch before any agent asks, as sealed tokens: a store learns no address. Comes
    /// before the frame that names them. Only where a log is kept: the owner itself is told by `Step::FetchEarly`.
    Early(Vec<String>),
    /// It is over.
    Ended(EndReason),
}

impl<F> News<F> {
    /// The same news with its frame in another form.
    pub fn map<G>(self, turn: impl FnOnce(F) -> G) -> News<G> {
        match self {
            Self::Events { epoch, first, last, frame } => News::Events { epoch, first, last, frame: turn(frame) },
            Self::Keyframe { epoch, seq, for_all, frame } => News::Keyframe { epoch, seq, for_all, frame: turn(frame) },
            Self::Skipped { epoch, seq } => News::Skipped { epoch, seq },
            Self::Facts(facts) => News::Facts(facts),
            Self::Result { agent, frame } => News::Result { agent, frame: turn(frame) },
            Self::Early(tokens) => News::Early(tokens),
            Self::Ended(reason) => News::Ended(reason),
        }
    }
}
