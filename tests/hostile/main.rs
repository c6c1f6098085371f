//! Hostile websites, names and addresses against the asset door: each is refused, for the reason that it should be, and
//! nothing is connected to that may not be.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a step of a test that cannot be taken ends the test")]

mod corpora;
mod forward;
mod names;
mod rows;
mod scene;
mod slow;
mod tls;
mod upstream;
