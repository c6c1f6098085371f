//! What the product's tests share.
#![expect(clippy::expect_used, clippy::panic, reason = "a person of a test who cannot go on ends the test")]

pub mod agent;
pub mod balancer;
pub mod corpora;
pub mod customer;
pub mod dump;
pub mod files;
pub mod forge;
pub mod forward;
pub mod history;
pub mod link;
pub mod names;
pub mod node;
pub mod page;
pub mod provider;
pub mod redis;
pub mod server;
pub mod signer;
pub mod site;
pub mod socket;
pub mod stage;
pub mod tokens;
