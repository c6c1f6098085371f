//! Who was let into a session by code: places that are kept for a while, and never more than there are.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::auth::subject::Subject;

/// Who was let in by code, and how many more can be.
#[derive(Debug)]
pub struct Admission {
    agents: HashMap<Subject, Admitted>,
    most: usize,
}

#[derive(Debug)]
struct Admitted {
    sockets: usize,
    seen: Instant,
}

/// An agent who was let in keeps her place so long without a socket.
const PLACE_KEPT: Duration = Duration::from_secs(60);
/// Agents remembered in one session; further ones cannot join it.
const REMEMBERED_MAX: usize = 1_000;

impl Admission {
    /// For `most` agents at once.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { agents: HashMap::new(), most }
    }

    /// Lets an agent in who showed a code, if there is a place.
    pub(super) fn admit(&mut self, agent: &Subject, now: Instant) -> bool {
        if !self.holds_place(agent, now) && !self.has_room(now) {
            return false;
        }
        self.agents.entry(agent.clone()).or_insert(Admitted { sockets: 0, seen: now }).seen = now;
        true
    }

    /// Lets an agent in again; from now on her place is kept as if she had just been seen.
    pub(super) fn readmit(&mut self, agent: &Subject, now: Instant) -> bool {
        let may = self.holds_place(agent, now) || self.has_room(now);
        let known = self.agents.get_mut(agent).filter(|_| may);
        known.map(|admitted| admitted.seen = now).is_some()
    }

    /// Takes a place back that nobody sits on.
    pub(super) fn withdraw(&mut self, agent: &Subject) {
        self.agents.retain(|other, admitted| other != agent || admitted.sockets > 0);
    }

    /// Whether one more could be let in.
    pub(super) fn has_room(&self, now: Instant) -> bool {
        let places = self.agents.keys().filter(|agent| self.holds_place(agent, now)).count();
        places < self.most && self.agents.len() < REMEMBERED_MAX
    }

    /// Whether an agent was ever let in.
    pub(super) fn remembers(&self, agent: &Subject) -> bool {
        self.agents.contains_key(agent)
    }

    /// Whether she is here, or was a moment ago.
    fn holds_place(&self, agent: &Subject, now: Instant) -> bool {
        let is_here = |admitted: &Admitted| admitted.sockets > 0 || now.duration_since(admitted.seen) < PLACE_KEPT;
        self.agents.get(agent).is_some_and(is_here)
    }

    /// One more socket of hers is open.
    pub(super) fn entered(&mut self, agent: &Subject) {
        if let Some(admitted) = self.agents.get_mut(agent) {
            admitted.sockets += 1;
        }
    }

    /// One of her sockets is gone.
    pub(super) fn left(&mut self, agent: &Subject, now: Instant) {
        if let Some(admitted) = self.agents.get_mut(agent) {
            admitted.sockets = admitted.sockets.saturating_sub(1);
            admitted.seen = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Admission, Subject};

    fn local(name: &str) -> Subject {
        Subject::Local(name.to_owned())
    }

    #[test]
    fn places_are_kept_for_a_while_and_then_given_to_others() {
        let mut admission = Admission::new(1);
        let start = Instant::now();
        assert!(admission.admit(&local("ann"), start));
        admission.entered(&local("ann"));
        assert!(!admission.admit(&local("bob"), start));
        let later = start + Duration::from_secs(3600);
        assert!(!admission.admit(&local("bob"), later), "ann is here");
        admission.left(&local("ann"), later);
        assert!(!admission.admit(&local("bob"), later + Duration::from_secs(30)), "ann may come back");
        assert!(admission.readmit(&local("ann"), later + Duration::from_secs(30)));
        assert!(!admission.admit(&local("bob"), later + Duration::from_secs(61)), "ann is coming back");
        assert!(admission.admit(&local("bob"), later + Duration::from_secs(91)));
        assert!(!admission.readmit(&local("ann"), later + Duration::from_secs(91)), "bob has her place");
        assert!(!admission.readmit(&local("eve"), later), "eve never showed a code");
    }

    #[test]
    fn a_place_is_taken_back_from_who_is_not_there() {
        let mut admission = Admission::new(1);
        let start = Instant::now();
        assert!(admission.admit(&local("ann"), start));
        admission.withdraw(&local("ann"));
        assert!(!admission.remembers(&local("ann")));
        assert!(admission.admit(&local("bob"), start));
        admission.entered(&local("bob"));
        admission.withdraw(&local("bob"));
        assert!(admission.remembers(&local("bob")));
    }

    #[test]
    fn a_place_that_was_promised_is_taken() {
        let mut admission = Admission::new(1);
        let start = Instant::now();
        let hour = Duration::from_secs(3600);
        assert!(admission.admit(&local("ann"), start));
        assert!(admission.admit(&local("bob"), start + hour));
        // Both have gone; who comes back first has the place, before her socket is open.
        assert!(admission.readmit(&local("ann"), start + 2 * hour));
        assert!(!admission.readmit(&local("bob"), start + 2 * hour));
    }
}
