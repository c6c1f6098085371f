//! The wire: what a customer's page sends, read under limits into types of our own.
//!
//! Nothing is kept in the shape in which it came. An event is read straight into [`event::Event`]; a field that is not
//! named there is skipped, an event type that is not named there becomes [`event::Event::Unknown`].

pub mod json;
pub mod event;
pub mod tree;
mod decode;
mod incremental;
mod canvas;
mod custom;
mod sheets;

pub(crate) use decode::one;
pub use decode::{Decoded, EventRefusal, events, find_field, pass_fields};
