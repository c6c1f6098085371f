//! What is known of the page beside its tree.

use url::Url;

use crate::policy::PageUrl;
use crate::wire::event::Range;

/// Address, viewport and scroll position.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    /// `None` where the recorder's address is not `http` or `https`.
    pub(super) url: Option<Url>,
    /// The address when its snapshot came. Relative addresses keep meaning what they meant then, whatever a script makes of
    /// the page's own: those who follow and those who come late must read the same.
    pub(super) base: Option<Url>,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Left and top.
    pub(super) offset: (f64, f64),
    /// The pointer's last position over something that agents may know of: x, y, node.
    pub(super) pointer: Option<(f64, f64, u32)>,
    /// Its document adopted sheets, now or before a snapshot that came since.
    pub(super) has_adopted: bool,
    /// The last selection that agents were told of.
    pub(super) selection: Vec<Range>,
}

impl Page {
    /// The address as agents may know it.
    pub(super) fn shown_url(&self, how: PageUrl) -> String {
        let Some(url) = &self.url else { return String::new() };
        match how {
            PageUrl::Full => url.to_string(),
            PageUrl::OriginPath => format!("{}{}", url.origin().ascii_serialization(), url.path()),
            PageUrl::Hidden => String::new(),
        }
    }
}

/// A viewport's side that a player can be given.
pub(super) fn viewport(side: f64, most: u32) -> f64 {
    if side.is_finite() { side.clamp(1.0, f64::from(most)) } else { 1.0 }
}

/// A coordinate or scroll position that a player can be given.
pub(super) fn coordinate(value: f64) -> f64 {
    if value.is_finite() { value.clamp(-1e7, 1e7) } else { 0.0 }
}
