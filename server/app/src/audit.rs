//! The audit log: who did what to which session, and with which result. Its lines are chained by hashes, so that one that
//! was changed, removed or moved is found.
//!
//! No page content, attribute, join code, token or password is in it, because [`Event`] has no field that could hold one:
//! what is free text in it comes from the configuration or from who an agent is.

mod act;
mod action;
mod chain;
mod event;
mod file;
mod index;
mod limits;
mod log;
mod scribe;
mod verify;

pub use act::{Act, watch};
pub use action::{ACTIONS, Action, Row};
pub use chain::{Hash, Line};
pub use event::{Actor, Event, Outcome};
pub use file::OpenError;
pub use index::Page;
pub use log::Audit;
pub use verify::{Answer, Unreadable, Verify, verify};

#[cfg(test)]
mod tests;
