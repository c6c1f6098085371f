//! What the fuzz targets share: a world for the core to run in, and judges that share no code with it.

pub mod bytes;
pub mod judge;
pub mod page;
pub mod world;

/// A model of its style sheets, as the core's own tests have it.
#[path = "../../src/view/tests/sheet_player.rs"]
mod sheet_player;

/// A second reading of the CSS that leaves, as the core's own tests have it.
#[path = "../../src/sanitize/css/tests/checker.rs"]
mod checker;

/// The ways into the cleaner of CSS, as the core's own tests have them.
#[path = "../../src/sanitize/css/tests/doors.rs"]
mod doors;

use vitrine_core::sanitize::css::Css;

/// One way into the cleaner of CSS.
pub type Door = fn(&mut Css<'_, '_>, &str) -> String;

/// All of them.
pub const DOORS: &[Door] = doors::DOORS;
