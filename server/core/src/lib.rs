//! The promise of Vitrine as pure code: what a customer's page may become before an agent sees it.
//!
//! Nothing in this crate knows sockets, files, environment, clock or randomness; a lint bans them. It is handed bytes
//! and the time, and answers with steps to take. Three sentences hold for all of it:
//!
//! 1. Only [`sanitize`] makes a [`trust::Safe`] value, and whatever leaves the server is one.
//! 2. Text is judged by the restrictions before it is kept; where it is masked, only the filler is kept.
//! 3. Bad input is refused whole: the mirror stays as it was, and the error carries no page text.
//!
//! The modules stand in the order in which an event meets them.

pub mod limits;
pub mod ids;
pub mod trust;
pub mod wire;
pub mod mirror;
pub mod policy;
pub mod restrict;
pub mod sanitize;
pub mod asset;
pub mod report;
pub mod view;
pub mod html;
pub mod access;
pub mod session;
pub mod audience;
