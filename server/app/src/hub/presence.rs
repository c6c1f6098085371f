//! Who may ask for a session's assets: holders of asset cookies that have, or had a moment ago, a viewer in it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::auth::secret::Digest;

/// How long after her socket closed an agent still gets the assets of what she sees: a reconnection takes a moment.
const LINGER: Duration = Duration::from_secs(30);

/// The holders of one session.
#[derive(Debug)]
pub struct Presences(Mutex<HashMap<Digest, Presence>>);

#[derive(Debug, Clone, Copy)]
struct Presence {
    open: usize,
    left: Option<Instant>,
}

impl Presence {
    /// Of one who was never here. Each session has it, so that looking somebody up takes as long where nobody is.
    const NEVER: Self = Self { open: 0, left: None };

    fn holds(self, now: Instant) -> bool {
        self.open > 0 || self.left.is_some_and(|left| now.duration_since(left) < LINGER)
    }
}

impl Default for Presences {
    fn default() -> Self {
        Self(Mutex::new(HashMap::from([(Digest::of(""), Presence::NEVER)])))
    }
}

impl Presences {
    /// Whether this holder's requests are answered.
    #[must_use]
    pub fn holds(&self, holder: &Digest) -> bool {
        self.holds_at(holder, Instant::now())
    }

    fn holds_at(&self, holder: &Digest, now: Instant) -> bool {
        self.lock().get(holder).is_some_and(|presence| presence.holds(now))
    }

    /// One more viewer of the holder's.
    pub(super) fn enter(&self, holder: Digest) {
        self.lock().entry(holder).or_insert(Presence::NEVER).open += 1;
    }

    /// One less.
    pub(super) fn leave(&self, holder: &Digest) {
        let now = Instant::now();
        let mut holders = self.lock();
        if let Some(presence) = holders.get_mut(holder) {
            *presence = Presence { open: presence.open.saturating_sub(1), left: Some(now) };
        }
        holders.retain(|_, presence| presence.left.is_none() || presence.holds(now));
    }

    /// Takes the holder's right, at once and without a grace.
    pub(super) fn revoke(&self, holder: &Digest) {
        self.lock().remove(holder);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Presence>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{LINGER, Presences};
    use crate::auth::secret::Digest;

    #[test]
    fn a_holder_is_let_in_for_a_moment_after_the_last_viewer_left() {
        let (presences, ann) = (Presences::default(), Digest::of("ann"));
        assert!(!presences.holds(&ann) && !presences.holds(&Digest::of("")));
        presences.enter(ann);
        presences.enter(ann);
        presences.leave(&ann);
        let hour = Duration::from_secs(3600);
        assert!(presences.holds_at(&ann, Instant::now() + hour), "another tab is open");
        presences.leave(&ann);
        assert!(presences.holds_at(&ann, Instant::now() + LINGER - Duration::from_secs(1)), "she reconnects");
        assert!(!presences.holds_at(&ann, Instant::now() + LINGER));
        presences.enter(ann);
        assert!(presences.holds_at(&ann, Instant::now() + hour));
        presences.revoke(&ann);
        assert!(!presences.holds(&ann));
        presences.leave(&ann);
        assert!(!presences.holds(&ann), "what was taken away does not linger");
    }
}
