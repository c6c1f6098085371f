//! From the mirror to what an agent may see. The only maker of [`crate::trust::Safe`] page content.
//!
//! A node is *rendered*: its shape is decided by its name, its place and its verdict, each of its attributes by the
//! allow-list and its use. A snapshot, an add, a mutation, a keyframe and an HTML preview are all made of the same
//! renderings, so none of them can forget what another knows.

pub mod css;
pub mod url;
mod allow;
mod json_out;
mod picture;
mod refused;
mod render;
mod shape;
mod special;
mod style_edit;
#[cfg(test)]
mod testing;

pub(crate) use allow::{gone_reason, is_custom_name, is_unknown_html, never_shows};
pub(crate) use json_out::JsonOut;
pub(crate) use picture::{canvas_data_url, canvas_data_url_again};
pub(crate) use refused::is_sized;
pub(crate) use render::{FILLER_WITHIN_NODES, Render, SafeAttribute, SafeValue, generated};
pub(crate) use shape::{SILENT_WITHIN_NODES, Shape, shape};
pub(crate) use special::{
    KeptUnderMask, is_inline_sheet, is_sheet, is_style_text, is_words, kept_of_match, kept_under_mask, sheet_source,
    takes_shadow_root,
};
pub(crate) use style_edit::with_properties;
pub(crate) use url::is_urlish;
