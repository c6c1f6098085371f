//! When to try again, by the rules of both pages: at once after a good connection, then twice as late each time, and never
//! two people in the same instant.

use std::time::Duration;

use tokio::time::Instant;

use crate::wire::Lost;

/// After a good connection: within this time.
const SOON: Duration = Duration::from_millis(300);
const LONGEST: Duration = Duration::from_secs(8);
/// From the first packet to an open socket, at first.
const OPENS_FIRST: Duration = Duration::from_millis(2_500);
const OPENS_LONGEST: Duration = Duration::from_secs(10);
/// A connection that held so long was a good one.
const STABLE: Duration = Duration::from_secs(10);
/// The same where the server itself sent its people on.
const STABLE_BEFORE_MOVING: Duration = Duration::from_secs(1);
/// Too fast: not again so soon.
const AFTER_FLOOD: Duration = Duration::from_secs(5);
/// Codes after which a page does not try again.
const FINAL: [u16; 5] = [4401, 4403, 4404, 4408, 4410];
/// Answers from this status on are those of a server that cannot now.
const NOT_NOW: u16 = 429;

/// The tries of one person's page.
#[derive(Debug)]
pub(crate) struct Tries {
    /// Which one since the last good connection the next is.
    count: u32,
    first: Duration,
    welcomed_at: Option<Instant>,
    chance: u64,
}

impl Tries {
    pub(crate) fn new(first: Duration, seed: u64) -> Self {
        Self { count: 1, first, welcomed_at: None, chance: seed }
    }

    pub(crate) fn welcomed(&mut self) {
        self.welcomed_at.get_or_insert_with(Instant::now);
    }

    /// How long a try may take.
    pub(crate) fn patience(&self) -> Duration {
        doubled(OPENS_FIRST, self.count, OPENS_LONGEST)
    }

    /// How long to wait after this loss.
    ///
    /// # Panics
    /// A page would not try again after it, and no journey brings that about.
    pub(crate) fn wait(&mut self, lost: Lost) -> Duration {
        match lost {
            Lost::Closed(code) => assert!(!FINAL.contains(&code), "a page gives up: {code}"),
            Lost::Refused(status) => assert!(status >= NOT_NOW, "a page gives up: {status}"),
            Lost::Broken | Lost::Silent => {}
        }
        let stable = if lost == Lost::Closed(4503) { STABLE_BEFORE_MOVING } else { STABLE };
        if self.welcomed_at.take().is_some_and(|at| at.elapsed() >= stable) {
            self.count = 0;
        }
        let longest = if self.count == 0 { SOON } else { doubled(self.first, self.count, LONGEST) };
        self.count += 1;
        let least = if lost == Lost::Closed(4429) { AFTER_FLOOD } else { Duration::ZERO };
        longest.mul_f64(self.next_chance()).max(least)
    }

    /// From 0 to 1.
    fn next_chance(&mut self) -> f64 {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.chance >> 33).unwrap_or(0)) / f64::from(1_u32 << 31)
    }
}

fn doubled(first: Duration, count: u32, most: Duration) -> Duration {
    most.min(first * 2_u32.pow(count.saturating_sub(1).min(8)))
}
