//! What the world is asked to do.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{News, frames};
use crate::asset::EarlyFetch;
use crate::trust::Safe;

/// A message to agents: JSON text, encoded once and shared by all who get it.
pub type AgentFrame = Safe<Arc<str>>;

/// One thing to do, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Fetch these assets now and keep them for the session: agents may ask for them later, and that they do tells what
    /// stands on the page. Comes before the news that name them.
    FetchEarly(Vec<EarlyFetch>),
    /// Send a message (JSON text) to the customer's page.
    ToCustomer(String),
    /// Tell the agents' side, on every node.
    Publish(News<AgentFrame>),
    /// The join code was used: call [`super::Session::set_join_code`] with another, or with none while there is no room.
    NewJoinCode,
    /// Count attributes of the customer that no agent may see.
    AttributesDropped(usize),
    /// Close the customer's socket.
    CloseCustomer(CloseCode),
    /// The session is over: forget it once all sockets are closed.
    Ended(EndReason),
}

/// WebSocket close codes of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum CloseCode {
    /// All is well.
    Normal = 1000,
    /// Bytes that are no socket's of RFC 6455.
    Protocol = 1002,
    /// Binary that is not gzip.
    NotGzip = 1003,
    /// Text that is not UTF-8.
    NotUtf8 = 1007,
    /// A message over the byte limit.
    TooBig = 1009,
    /// The server failed: its fault, and only this session's end.
    Internal = 1011,
    /// A malformed frame.
    Malformed = 4400,
    /// Not authenticated.
    NotAuthenticated = 4401,
    /// Not allowed.
    NotAllowed = 4403,
    /// No such session.
    NoSuchSession = 4404,
    /// Idle too long.
    Idle = 4408,
    /// Taken over by another tab.
    TakenOver = 4409,
    /// The session ended.
    Ended = 4410,
    /// Over any other limit.
    OverLimit = 4413,
    /// Too fast.
    TooFast = 4429,
    /// Draining, reconnect.
    Draining = 4503,
}

impl CloseCode {
    /// The number on the wire.
    #[must_use]
    pub fn code(self) -> u16 {
        self as u16
    }

    /// A word for it, where people read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Protocol => "protocol",
            Self::NotGzip => "not-gzip",
            Self::NotUtf8 => "not-utf8",
            Self::TooBig => "too-big",
            Self::Internal => "internal",
            Self::Malformed => "malformed",
            Self::NotAuthenticated => "not-authenticated",
            Self::NotAllowed => "not-allowed",
            Self::NoSuchSession => "no-such-session",
            Self::Idle => "idle",
            Self::TakenOver => "taken-over",
            Self::Ended => "ended",
            Self::OverLimit => "over-limit",
            Self::TooFast => "too-fast",
            Self::Draining => "draining",
        }
    }
}

/// Why a session ended; a fixed word on the wire (`ended.reason`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// The customer stopped sharing.
    Customer,
    /// An agent ended it.
    Agent,
    /// Nobody did anything for too long.
    Idle,
    /// It reached its longest duration.
    Duration,
    /// The customer did not come back.
    CustomerLost,
    /// The server is shutting down.
    Shutdown,
    /// The server failed at this session; others go on.
    #[serde(rename = "server-failure")]
    Failed,
}

impl EndReason {
    /// By which code the sockets of such a session are closed.
    #[must_use]
    pub fn close_code(self) -> CloseCode {
        match self {
            Self::Idle => CloseCode::Idle,
            Self::Shutdown => CloseCode::Draining,
            Self::Failed => CloseCode::Internal,
            Self::Customer | Self::Agent | Self::Duration | Self::CustomerLost => CloseCode::Ended,
        }
    }

    /// What is said to everybody before it, by either socket.
    #[must_use]
    pub fn farewell(self) -> AgentFrame {
        frames::ended(self)
    }

    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "agent",
            Self::Idle => "idle",
            Self::Duration => "duration",
            Self::CustomerLost => "customer-lost",
            Self::Shutdown => "shutdown",
            Self::Failed => "server-failure",
        }
    }
}
