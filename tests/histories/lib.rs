//! Random histories of a page, as a stock recorder would write them: a snapshot, then changes, typing, scrolling and all
//! else that happens on a page. The same seed gives the same history.
//!
//! The rules `.m` mask, `.b` block and `.h` hide are meant to hold, and `cdn.example` to be an allowed host.

mod chance;
mod nodes;
mod page;
mod player;
mod steps;

pub use player::Player;

use serde_json::{Value, json};

use chance::Chance;
use page::Page;

/// The events of one history: meta, snapshot, then `steps` times what happens next, one or more events each.
#[must_use]
pub fn history(seed: u64, steps: usize) -> Vec<Vec<Value>> {
    let mut chance = Chance::new(seed);
    let mut page = Page::new(&mut chance, false);
    let mut events = vec![page.checkout()];
    events.extend((0..steps).map(|_| steps::next(&mut page, &mut chance)));
    events
}

/// What is typed and written under restrictions of a [`Browsing`], again and again, and nowhere else.
pub const CANARY: &str = "canary-7f3a9c";

/// A page that somebody is on, for as long as one likes. What is restricted on it stays so, and nothing becomes it, so that who
/// looks at it for the first time sees just what one sees who followed all along.
#[derive(Debug)]
pub struct Browsing {
    page: Page,
    chance: Chance,
}

impl Browsing {
    /// The same seed makes the same page and the same steps.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        Self { page: Page::new(&mut chance, true), chance }
    }

    /// The page as a whole: meta, snapshot, frames.
    pub fn snapshot(&mut self) -> Vec<Value> {
        self.page.checkout()
    }

    /// What [`Self::snapshot`] would be. Nothing is recorded.
    #[must_use]
    pub fn look(&self) -> Vec<Value> {
        self.page.clone().checkout()
    }

    /// What happens next, as events without times: one or more of them, or none.
    pub fn step(&mut self) -> Vec<Value> {
        steps::next(&mut self.page, &mut self.chance)
    }

    /// Writes a number where [`Player::mark`] finds it.
    pub fn mark(&mut self, number: u64) -> Value {
        let attributes = json!({ MARK: number.to_string() });
        if let Some(body) = self.page.nodes.get_mut(&page::BODY) {
            body.attributes.extend(attributes.as_object().cloned().unwrap_or_default());
        }
        let change = json!([{ "id": page::BODY, "attributes": attributes }]);
        json!({ "type": 3, "data": { "source": 0, "removes": [], "adds": [], "texts": [], "attributes": change } })
    }
}

/// The attribute of `<body>` that holds the number of [`Browsing::mark`].
const MARK: &str = "data-mark";
