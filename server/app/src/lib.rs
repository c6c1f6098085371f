//! Vitrine's server: everything around the core that touches the world.
pub mod config;
