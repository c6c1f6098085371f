//! The agents' side of a session on one node, as a state machine without IO: it is handed what the session's owner tells, what
//! agents say, and the time, and answers with turns to take.
//!
//! Every node that has agents' sockets of a session has one, the owner too. It tells no agent a number twice or out of order;
//! where something is missing it asks for the whole page.

mod turn;

pub use turn::Turn;
