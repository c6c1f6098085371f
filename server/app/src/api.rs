//! The JSON interface: one file for each who asks.

pub mod audit;
pub mod contact;
pub mod customer;
pub mod login;
pub mod oidc;
pub mod openapi;
mod operations;
pub mod sessions;
pub mod tokens;
pub mod uploads;
