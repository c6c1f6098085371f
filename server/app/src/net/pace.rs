//! How much somebody may do in a time: a bucket that fills at the rate that is allowed.

use std::time::Duration;

use tokio::time::Instant;

/// What a burst may be: as much as the rate allows in this time.
const BURST: Duration = Duration::from_secs(10);

/// One bucket.
#[derive(Debug)]
pub struct Pace {
    per_second: f64,
    most: f64,
    left: f64,
    filled: Instant,
}

impl Pace {
    /// Full, of so much per second averaged over ten seconds; a single thing of size `largest` passes in any case.
    #[must_use]
    pub fn new(per_second: f64, largest: f64, now: Instant) -> Self {
        Self::with_burst(per_second, BURST, largest, now)
    }

    /// The same, averaged over another time.
    #[must_use]
    pub fn with_burst(per_second: f64, burst: Duration, largest: f64, now: Instant) -> Self {
        let most = (per_second * burst.as_secs_f64()).max(largest);
        Self { per_second, most, left: most, filled: now }
    }

    /// Takes `cost` out. Whether it was there.
    pub fn allows(&mut self, cost: f64, now: Instant) -> bool {
        self.take(cost, now).is_zero()
    }

    /// Takes `cost` out. How long until that much has been there.
    pub fn take(&mut self, cost: f64, now: Instant) -> Duration {
        let gained = now.duration_since(self.filled).as_secs_f64() * self.per_second;
        self.left = (self.left + gained).min(self.most) - cost;
        self.filled = now;
        Duration::try_from_secs_f64(-self.left.min(0.0) / self.per_second).unwrap_or(Duration::MAX)
    }

    /// Whether as much is left as comes in this time.
    #[must_use]
    pub fn is_ahead_by(&self, time: Duration) -> bool {
        self.left >= self.per_second * time.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Instant, Pace};

    #[test]
    fn a_burst_passes_and_a_flood_does_not() {
        let start = Instant::now();
        let mut pace = Pace::new(10.0, 1.0, start);
        assert!((0..100).all(|_| pace.allows(1.0, start)));
        assert!(!pace.allows(1.0, start));
        let later = start + Duration::from_secs(1);
        assert!((0..9).all(|_| pace.allows(1.0, later)));
        assert!(!pace.allows(1.0, later));
    }

    #[test]
    fn one_large_thing_passes() {
        let start = Instant::now();
        let mut pace = Pace::new(10.0, 500.0, start);
        assert!(pace.allows(500.0, start));
        assert!(!pace.allows(1.0, start));
    }
}
