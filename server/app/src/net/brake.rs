//! Holds back who sends faster than she may, by reading her socket later, and tells when that did not help.

use std::time::Duration;

use tokio::time::Instant;

use super::pace::Pace;
use super::socket::Bounds;

/// Of what may come in ten seconds half is taken at once; from then on she is held to the rate.
const BURST: Duration = Duration::from_secs(5);
/// Who is held back for so long altogether, without letting up for a second, sends whatever we say.
const HELD_MAX: Duration = Duration::from_secs(5);
/// What has to be left again of the rate before it is forgotten that she was held back.
const LET_UP: Duration = Duration::from_secs(1);

/// One socket's.
#[derive(Debug)]
pub(super) struct Brake {
    pace: Pace,
    until: Option<Instant>,
    /// Altogether, since she let up last.
    held: Duration,
}

/// What becomes of the next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is read when it comes.
    Go,
    /// It is read later; her system's buffers fill up meanwhile.
    Hold,
    /// There is none: she was held back for too long.
    Cut,
}

impl Brake {
    pub(super) fn new(bounds: Bounds, now: Instant) -> Self {
        let largest = 2.0 * Bounds::cost(bounds.message_bytes);
        let pace = Pace::with_burst(Bounds::cost(bounds.bytes_per_second), BURST, largest, now);
        Self { pace, until: None, held: Duration::ZERO }
    }

    /// When the next message may be read, if not now.
    pub(super) fn held_until(&self) -> Option<Instant> {
        self.until
    }

    /// A message of so many bytes was read.
    pub(super) fn read(&mut self, bytes: usize, now: Instant) -> Verdict {
        let debt = self.pace.take(Bounds::cost(bytes), now);
        if debt.is_zero() {
            if self.pace.is_ahead_by(LET_UP) {
                self.held = Duration::ZERO;
            }
            self.until = None;
            return Verdict::Go;
        }
        self.held = self.held.saturating_add(debt);
        if self.held > HELD_MAX {
            return Verdict::Cut;
        }
        self.until = Some(now + debt);
        Verdict::Hold
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::super::socket::Bounds;
    use super::{Brake, Verdict};

    const BOUNDS: Bounds = Bounds {
        message_bytes: 100,
        frames_per_second: 1_000,
        bytes_per_second: 1_000,
        ping_interval: Duration::from_secs(20),
    };

    /// Sends messages of 100 bytes as fast as they are read, until it is cut or so much time has passed. How much was read.
    fn flood(brake: &mut Brake, mut now: Instant, lasts: Duration) -> (usize, Verdict) {
        let (end, mut read) = (now + lasts, 0);
        while now < end {
            read += 100;
            match brake.read(100, now) {
                Verdict::Go => {}
                Verdict::Hold => now = brake.held_until().unwrap(),
                Verdict::Cut => return (read, Verdict::Cut),
            }
        }
        (read, Verdict::Go)
    }

    #[test]
    fn who_does_not_let_up_is_held_to_the_rate_and_then_cut() {
        let now = Instant::now();
        let (read, verdict) = flood(&mut Brake::new(BOUNDS, now), now, Duration::from_secs(60));
        assert_eq!(verdict, Verdict::Cut);
        assert!((9_900..=10_200).contains(&read), "five seconds at once, and five more at the rate: {read}");
    }

    #[test]
    fn who_lets_up_is_only_held() {
        let mut now = Instant::now();
        let mut brake = Brake::new(BOUNDS, now);
        for _ in 0..20 {
            assert_eq!(flood(&mut brake, now, Duration::from_secs(4)).1, Verdict::Go);
            now += Duration::from_secs(7);
        }
    }

    #[test]
    fn two_of_the_largest_messages_pass_at_once() {
        let now = Instant::now();
        let mut brake = Brake::new(Bounds { message_bytes: 9_000, ..BOUNDS }, now);
        assert_eq!([brake.read(9_000, now), brake.read(9_000, now)], [Verdict::Go; 2]);
        assert_eq!(brake.read(1_000, now), Verdict::Hold);
        assert_eq!(brake.held_until(), Some(now + Duration::from_secs(1)));
        assert_eq!(brake.read(9_000, now), Verdict::Cut);
    }
}
