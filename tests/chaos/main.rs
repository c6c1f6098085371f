//! Several nodes while something goes wrong: real processes behind a balancer of our own, and people who keep to the rules of
//! the two pages. After every fault each agent's page is the customer's, and no number came twice or out of order.
#![expect(clippy::expect_used, clippy::panic, reason = "a step of a journey that cannot be taken ends it")]

mod alone;
mod channel;
mod customer;
mod kept;
mod known;
mod links;
mod many;
mod nodes;
mod picture;
mod position;
mod scene;
mod servers;
mod tries;
mod truth;
mod versions;
mod viewer;
mod wire;
mod wrong;
