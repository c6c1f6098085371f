//! The live tree of one page: an arena of nodes, linked by index, that the recorder's events keep up to date.
//!
//! The mirror holds what the page says, except where a restriction masks it: there it holds the filler. It never
//! holds what was not understood. Every walk is a loop; nothing recurses on the page's depth.

mod arena;
mod ids;
mod node;
mod walk;

pub(crate) use ids::ById;

pub use arena::{Mirror, MirrorError};
pub use node::{Attribute, Doctype, DocumentMode, Kind, Marks, Namespace, Node, Slot, Value};
pub use walk::{Ancestors, Children, Descendants};
