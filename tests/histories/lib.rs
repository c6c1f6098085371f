//! Random histories of a page, as a stock recorder would write them: a snapshot, then changes, typing, scrolling and all
//! else that happens on a page. The same seed gives the same history.
//!
//! The rules `.m` mask, `.b` block and `.h` hide are meant to hold, and `cdn.example` to be an allowed host.

mod chance;
mod nodes;
mod page;
mod steps;

use serde_json::Value;

use chance::Chance;
use page::Page;

/// The events of one history: meta, snapshot, then `steps` times what happens next, one or more events each.
#[must_use]
pub fn history(seed: u64, steps: usize) -> Vec<Vec<Value>> {
    let mut chance = Chance::new(seed);
    let mut page = Page::new(&mut chance);
    let mut events = vec![page.checkout()];
    events.extend((0..steps).map(|_| steps::next(&mut page, &mut chance)));
    events
}
