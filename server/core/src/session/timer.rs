//! What a session does by the clock.

use super::customer::{ACK_EVERY_MS, ACK_WITHIN_MS};
use super::messages;
use super::{EndReason, Now, Session, Step};

impl Session {
    /// When [`Session::handle_timeout`] wants to be called next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Now> {
        if self.is_ended {
            return None;
        }
        let timing = &self.setup.timing;
        let ends = [
            Some(self.active_at.0.saturating_add(timing.idle_timeout_ms)),
            Some(self.started_at.0.saturating_add(timing.max_duration_ms)),
            self.customer.away_since().map(|since| since.0.saturating_add(timing.reconnect_timeout_ms)),
            self.ack_due_ms(),
            self.customer.snapshot_at_ms.filter(|_| self.customer.has_said_hello()),
            self.facts_due_ms,
            self.people.due().map(|due| due.0),
            self.contact_due_ms(),
        ];
        ends.into_iter().flatten().min().map(Now)
    }

    fn ack_due_ms(&self) -> Option<u64> {
        let wait_ms = if self.customer.owes_ack { ACK_WITHIN_MS } else { ACK_EVERY_MS };
        self.customer.has_said_hello().then(|| self.customer.acked_at_ms + wait_ms)
    }

    /// Does what is due: acknowledgements, idle and absolute ends, contact tokens, repeated snapshot requests, facts that change often.
    pub fn handle_timeout(&mut self, now: Now) -> Vec<Step> {
        if self.is_ended {
            return Vec::new();
        }
        if let Some(reason) = self.due_end(now) {
            return self.end(now, reason);
        }
        let mut steps = self.contact_timeout(now);
        steps.extend(self.people_timeout(now));
        if self.ack_due_ms().is_some_and(|due| due <= now.0) {
            self.customer.owes_ack = false;
            self.customer.acked_at_ms = now.0;
            steps.push(Step::ToCustomer(messages::ack(
                self.customer.marks.seq(),
                self.stored_seq(),
                self.customer.noted(self.epoch),
            )));
        }
        if self.customer.has_said_hello() && self.customer.snapshot_at_ms.is_some_and(|due| due <= now.0) {
            steps.extend(self.want_snapshot(now));
        }
        if self.facts_due_ms.is_some_and(|due| due <= now.0) {
            self.facts_due_ms = None;
            steps.extend(self.tell_agents());
        }
        steps
    }

    /// Without a log, what is applied is as well kept as it can be.
    fn stored_seq(&self) -> u64 {
        let marks = &self.customer.marks;
        if self.setup.has_log { marks.stored_seq() } else { marks.seq() }
    }

    fn due_end(&self, now: Now) -> Option<EndReason> {
        let timing = &self.setup.timing;
        let since = |then: Now| now.0.saturating_sub(then.0);
        if since(self.started_at) >= timing.max_duration_ms {
            return Some(EndReason::Duration);
        }
        if self.customer.away_since().is_some_and(|then| since(then) >= timing.reconnect_timeout_ms) {
            return Some(EndReason::CustomerLost);
        }
        (since(self.active_at) >= timing.idle_timeout_ms).then_some(EndReason::Idle)
    }
}
