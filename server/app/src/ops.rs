//! For operators: the clock, the log, health and metrics.

pub mod clock;
pub mod health;
pub mod log;
pub mod metrics;
