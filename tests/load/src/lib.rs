//! What benches of the whole server share: processes on a core of their own and what they cost, the load, the peer.
//!
//! Servers run on the first core and everything else on the second. A server's work is divided by the CPU time of its
//! own processes, so that what else runs on the machine counts for neither side.

#![expect(clippy::expect_used, reason = "a bench that cannot work ends by it")]

pub mod crowd;
pub mod nginx;
pub mod ours;
pub mod peers;
pub mod process;
pub mod room;
pub mod socket;
pub mod traffic;
pub mod wrk;

/// Whether the command line asks for a short run, which only shows that all of it works.
#[must_use]
pub fn is_quick() -> bool {
    std::env::args().any(|argument| argument == "--quick")
}

/// The middle one.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value below which 99 of 100 are.
#[must_use]
pub fn p99(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}
