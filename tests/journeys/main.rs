//! The product as people meet it, over real TLS and real sockets.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a step of a test that cannot be taken ends the test")]

mod agents;
mod assets;
mod audit;
mod cluster;
mod contacts;
mod customers;
mod doors;
mod early;
mod endings;
mod headers;
mod examples;
mod kept;
mod provider;
mod nodes;
mod problems;
mod reload;
mod skew;
mod tls;
mod tokens;
mod uploads;
