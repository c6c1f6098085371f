//! HTML text into the mirror, and the sanitized mirror out as HTML text again.
//!
//! Reading is bounded while it happens: html5ever is quadratic in the depth of open elements and in the attributes of
//! one tag, and reopening formatting elements multiplies nodes. So the text is fed in small pieces, the sink keeps
//! nothing past a limit, and the first limit reached ends it.

mod feed;
mod flood;
mod frames;
mod growing;
mod names;
mod pieces;
mod placing;
mod sink;
mod write;

pub(crate) use write::FRAME_LABEL;
pub use write::HtmlWriter;

use crate::limits::Limits;
use crate::mirror::{Mirror, MirrorError, Namespace};

/// Why HTML text did not become a page. Nothing of it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HtmlError {
    /// A bound of [`Limits`] was reached; its field is named.
    #[error("the document is over a limit (limit: {0})")]
    OverLimit(&'static str),
    /// The parser asked for a tree that cannot be.
    #[error("the document has no tree: {0}")]
    NoTree(MirrorError),
}

impl From<MirrorError> for HtmlError {
    fn from(error: MirrorError) -> Self {
        match error {
            MirrorError::TooDeep => Self::OverLimit("depth"),
            MirrorError::TooManyNodes => Self::OverLimit("nodes"),
            MirrorError::TooMuchText => Self::OverLimit("mirror_bytes"),
            MirrorError::UnknownParent | MirrorError::Cycle | MirrorError::IdInUse | MirrorError::Misplaced => {
                Self::NoTree(error)
            }
        }
    }
}

/// Whether the browser that a text is read for runs scripts, which decides what `noscript` is to its parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scripting {
    /// As a customer's does. `noscript` is gone with its content, which is no markup.
    #[default]
    On,
    /// `noscript` stands like any other element; the sanitizer drops it.
    Off,
}

/// The page that a browser would build from `text`, as a mirror whose ids count up from 1.
///
/// `template` is gone with its content. A frame's `srcdoc` is gone as an attribute and stands as a
/// document beneath its frame element, frames inside it likewise. `script` stands with a space in place of its code; the
/// sanitizer drops it.
///
/// # Errors
/// [`HtmlError::OverLimit`] names the field of `limits`: `html_bytes` (frames' text counted again), `html_steps` (per document), `depth`, `nodes`,
/// `mirror_bytes`, `text_bytes` or `attributes_per_element`. Names of any length are taken; they count as text.
pub fn parse_document(text: &str, scripting: Scripting, limits: &Limits, seed: u64) -> Result<Mirror, HtmlError> {
    frames::parse_with_frames(text, None, scripting, limits, Mirror::new(limits, seed))
}

/// As [`parse_document`], of text that would be the content of an element: its nodes stand beneath an `html` element of
/// their own. `within` is the element's name and namespace.
///
/// # Errors
/// As [`parse_document`].
pub fn parse_fragment(
    text: &str,
    within: (&str, Namespace),
    scripting: Scripting,
    limits: &Limits,
    seed: u64,
) -> Result<Mirror, HtmlError> {
    frames::parse_with_frames(text, Some(within), scripting, limits, Mirror::new(limits, seed))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;
