//! Wrong join codes by agent and day. Trying is also limited by the minute; this is what makes finding one take years.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Problem;
use crate::auth::subject::Subject;
use crate::ops::metrics;

const DAY: Duration = Duration::from_hours(24);

/// Counts them.
#[derive(Debug)]
pub struct WrongCodes {
    a_day: u32,
    agents: Mutex<HashMap<Subject, (u32, Instant)>>,
}

impl WrongCodes {
    /// So many a day for each agent.
    #[must_use]
    pub fn new(a_day: u32) -> Self {
        Self { a_day, agents: Mutex::default() }
    }

    /// Whether the agent may try one.
    ///
    /// # Errors
    /// [`Problem::TooMany`] until a day after the first wrong one.
    pub fn may_try(&self, agent: &Subject, now: Instant) -> Result<(), Problem> {
        let agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let left = agents.get(agent).filter(|(wrong, _)| *wrong >= self.a_day);
        let left =
            left.and_then(|(_, first)| DAY.checked_sub(now.duration_since(*first))).filter(|left| !left.is_zero());
        let Some(left) = left else { return Ok(()) };
        metrics::count_limited("wrong-codes-per-day");
        Err(Problem::TooMany { retry_after_s: left.as_secs() + 1 })
    }

    /// One was wrong.
    pub fn note(&self, agent: &Subject, now: Instant) {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let (wrong, first) = agents.entry(agent.clone()).or_insert((0, now));
        if now.duration_since(*first) >= DAY {
            (*wrong, *first) = (0, now);
        }
        *wrong += 1;
    }

    /// Forgets who did nothing wrong for a day.
    pub fn forget_idle(&self, now: Instant) {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        agents.retain(|_, (_, first)| now.duration_since(*first) < DAY);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{DAY, WrongCodes};
    use crate::auth::subject::Subject;

    #[test]
    fn an_agent_has_so_many_wrong_codes_a_day() {
        let codes = WrongCodes::new(2);
        let [ann, bob] = ["ann", "bob"].map(|name| Subject::Local(name.into()));
        let start = Instant::now();
        for _ in 0..2 {
            assert!(codes.may_try(&ann, start).is_ok());
            codes.note(&ann, start);
        }
        assert!(codes.may_try(&ann, start).is_err());
        assert!(codes.may_try(&bob, start).is_ok());
        let later = start + DAY - Duration::from_secs(1);
        codes.forget_idle(later);
        assert!(codes.may_try(&ann, later).is_err());
        let tomorrow = start + DAY;
        assert!(codes.may_try(&ann, tomorrow).is_ok());
        codes.note(&ann, tomorrow);
        assert!(codes.may_try(&ann, tomorrow).is_ok(), "the day began anew");
    }
}
