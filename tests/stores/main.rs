//! The stores: in memory, and on every set-up of Redis that is supported, as docs/OPERATE.md lets them in.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a step of a test that cannot be taken ends the test")]

mod ends;
mod forgets;
mod linear;
mod links;
mod records;
mod servers;
mod sessions;
mod sizes;
mod uploads;
