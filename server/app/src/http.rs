//! What every route shares: who asks, from where, how often, and how a refusal looks.

pub mod address;
pub mod body;
pub mod cors;
pub mod entry;
pub mod gate;
pub mod headers;
pub mod problem;
pub mod query;
pub mod rate;
pub mod segment;
pub mod together;

pub use problem::Problem;
