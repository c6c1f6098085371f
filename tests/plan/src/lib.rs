//! Whether so many nodes and shards carry so many sessions, and what the sessions see when some of them die.
//!
//! Two models of one service, both fed by [`figures`], measured ones and budgets. [`load`] adds up what the sessions cost
//! each second. [`storm`] plays what happens after a death event by event: reconnections, claims, snapshots and keyframes
//! queue for cores and for Redis while the rest of the traffic goes on. The same seed gives the same answer.

pub mod chance;
pub mod figures;
pub mod load;
pub mod plan;
pub mod queue;
pub mod storm;

#[cfg(test)]
mod tests;
