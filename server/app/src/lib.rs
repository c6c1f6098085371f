//! Vitrine's server: everything around the core that touches the world. Modules stand in reading order.

pub mod cli;
pub mod config;
pub mod start;
pub mod live;
pub mod reload;
pub mod routes;
pub mod http;
pub mod auth;
pub mod net;
pub mod ingest;
pub mod hub;
pub mod agent;
pub mod store;
pub mod audit;
pub mod api;
pub mod assets;
pub mod pages;
pub mod preview;
pub mod demo;
pub mod ops;
