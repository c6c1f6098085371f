//! What several nodes share, on Redis. Modules stand in reading order: the link to Redis, and what is kept behind it.

mod link;
mod dial;
mod node;
mod cluster;
mod keeper;
mod ears;
mod trouble;
mod keys;
mod record;
mod records;

pub use dial::DialError;
pub use ears::{Heard, Subscription};
pub use link::{Link, Script};
pub use records::Records;
pub use trouble::LinkError;
