//! What the benches share: the inputs, the policy of `tests/bench.toml`, rounds that alternate, and the table.
//!
//! All variants run in one process on one thread, in turn, each input by itself; time is the thread's own CPU time. A
//! ratio is the median of the rounds' ratios, so that a slow minute of the machine falls on both sides.

pub mod inputs;
pub mod names_sink;
pub mod policy;
pub mod rounds;
pub mod typed;

/// Whether the command line asks for a short run, which only shows that all of it works.
#[must_use]
pub fn is_quick() -> bool {
    std::env::args().any(|argument| argument == "--quick")
}
