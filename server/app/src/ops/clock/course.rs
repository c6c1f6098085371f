//! How the server's time runs: by the steady clock, corrected by a reference, and never back.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

/// A reading that is off by more than this is believed when the next one says the same: one odd answer moves nothing.
pub(super) const DOUBTED_FROM: Duration = Duration::from_secs(1);
/// Differences below this are noise.
const NOISE: Duration = Duration::from_millis(1);

/// What a reference said.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Its time, since 1970-01-01 UTC.
    pub time: Duration,
    /// When it said so, by this machine's steady clock.
    pub at: Instant,
    /// How far `at` may be wrong, either way.
    pub within: Duration,
}

/// What came of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It says what is known already.
    Agrees,
    /// Too far off to be believed at once: ask again soon.
    Doubted,
    /// The clock was so much behind what it should be, and has been put right.
    Behind(Duration),
    /// The clock is so much ahead of what it should be, and runs at half speed until it no longer is.
    Ahead(Duration),
}

/// A clock that never falls. Reading it takes no lock.
#[derive(Debug)]
pub struct Clock {
    course: ArcSwap<Course>,
    doubted: Mutex<Option<Off>>,
}

/// From a moment on; so much ahead of the reference then.
#[derive(Debug, Clone, Copy)]
struct Course {
    from: Instant,
    time: Duration,
    ahead: Duration,
}

/// How far a clock is off from what it should be.
#[derive(Debug, Clone, Copy)]
enum Off {
    Behind(Duration),
    Ahead(Duration),
}

impl Clock {
    /// One that starts where the reference is.
    #[must_use]
    pub fn new(start: Reading) -> Self {
        let course = Course { from: start.at, time: start.time, ahead: Duration::ZERO };
        Self { course: ArcSwap::from_pointee(course), doubted: Mutex::default() }
    }

    /// The time since 1970-01-01 UTC at a moment of the steady clock. A later moment's is never less.
    #[must_use]
    pub fn at(&self, moment: Instant) -> Duration {
        self.course.load().at(moment)
    }

    /// How far it is ahead of the reference, as far as it knows.
    #[must_use]
    pub fn ahead(&self, moment: Instant) -> Duration {
        let course = self.course.load();
        course.at(moment).saturating_sub(course.reference_at(moment))
    }

    /// Takes another reference's time as it is, back as well as forth: for the start, before anything was told the time.
    pub fn begin(&self, reading: Reading) {
        self.course.store(Course { from: reading.at, time: reading.time, ahead: Duration::ZERO }.into());
    }

    /// Hears what the reference says.
    pub fn hear(&self, reading: Reading) -> Verdict {
        let mut doubted = self.doubted.lock().unwrap_or_else(PoisonError::into_inner);
        let off = self.course.load().off(reading);
        let said_before = doubted.take();
        if off.much() <= reading.within.max(NOISE) {
            return Verdict::Agrees;
        }
        if off.much() > DOUBTED_FROM && !said_before.is_some_and(|before| before.is_about(off)) {
            *doubted = Some(off);
            return Verdict::Doubted;
        }
        let time = self.at(reading.at).max(reading.time);
        self.course.store(Course { from: reading.at, time, ahead: time - reading.time }.into());
        match off {
            Off::Behind(much) => Verdict::Behind(much),
            Off::Ahead(much) => Verdict::Ahead(much),
        }
    }
}

impl Course {
    fn at(&self, moment: Instant) -> Duration {
        let passed = moment.saturating_duration_since(self.from);
        self.time + passed - self.ahead.min(passed / 2)
    }

    /// What the reference should say.
    fn reference_at(&self, moment: Instant) -> Duration {
        (self.time + moment.saturating_duration_since(self.from)).saturating_sub(self.ahead)
    }

    fn off(&self, reading: Reading) -> Off {
        let known = self.reference_at(reading.at);
        reading.time.checked_sub(known).map_or_else(|| Off::Ahead(known.saturating_sub(reading.time)), Off::Behind)
    }
}

impl Off {
    fn much(self) -> Duration {
        match self {
            Self::Behind(much) | Self::Ahead(much) => much,
        }
    }

    fn is_about(self, other: Self) -> bool {
        let same_side = matches!((self, other), (Self::Behind(_), Self::Behind(_)) | (Self::Ahead(_), Self::Ahead(_)));
        same_side && self.much().abs_diff(other.much()) <= DOUBTED_FROM
    }
}

#[cfg(test)]
mod tests;
