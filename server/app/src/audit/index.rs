//! The latest lines about sessions, in memory: what `GET …/audit` answers from.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;
use vitrine_core::ids::SessionId;

use super::action::Action;
use super::chain::Line;
use super::event::Outcome;
use super::limits::{KEPT_LINES_MAX, KEPT_OF_SESSION_MAX, PAGE_MAX};

/// Some lines of one session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditPage)]
pub struct Page {
    /// In their order.
    pub lines: Vec<Line>,
    /// Where to go on: `after` of the next request. Nothing: these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Of which website it is.
    #[serde(skip)]
    pub site: String,
    /// Lines of the session that are no longer in memory; the file has them.
    pub forgotten: u64,
}

/// Bounded: a line more than there may be pushes out the oldest.
#[derive(Debug, Default)]
pub(super) struct Index(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    sessions: HashMap<String, OfSession>,
    /// Sessions and numbers of all lines, the oldest first; some of them may be gone already.
    order: VecDeque<(String, u64)>,
}

#[derive(Debug, Default)]
struct OfSession {
    lines: VecDeque<Line>,
    forgotten: u64,
}

impl OfSession {
    fn forget(&mut self) {
        self.lines.pop_front();
        self.forgotten += 1;
    }
}

impl Index {
    /// Keeps a line, if it is about a session. Not that the lines were read: whoever reads them page by page would never
    /// come to an end.
    pub(super) fn keep(&self, line: Line) {
        let is_reading = line.action == Action::AuditRead.word() && line.result == Outcome::Done;
        let Some(session) = line.session.clone().filter(|_| !is_reading) else { return };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.order.push_back((session.clone(), line.seq));
        let of_session = kept.sessions.entry(session).or_default();
        if of_session.lines.len() >= KEPT_OF_SESSION_MAX {
            of_session.forget();
        }
        of_session.lines.push_back(line);
        while kept.order.len() > KEPT_LINES_MAX {
            kept.forget_oldest();
        }
    }

    /// Whether anything is kept of a session.
    pub(super) fn knows(&self, session: &SessionId) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.sessions.contains_key(session.as_str())
    }

    /// Lines of a session with numbers above `after`. `None`: nothing is known of it.
    pub(super) fn page(&self, session: &SessionId, after: u64, most: usize) -> Option<Page> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_session = kept.sessions.get(session.as_str())?;
        let mut later = of_session.lines.iter().skip_while(|line| line.seq <= after);
        let lines: Vec<Line> = later.by_ref().take(most.clamp(1, PAGE_MAX)).cloned().collect();
        let next = later.next().and(lines.last().map(|line| line.seq));
        let site = of_session.lines.iter().find_map(|line| line.site.clone()).unwrap_or_default();
        Some(Page { lines, next, site, forgotten: of_session.forgotten })
    }
}

impl Kept {
    fn forget_oldest(&mut self) {
        let Some((session, seq)) = self.order.pop_front() else { return };
        let Some(of_session) = self.sessions.get_mut(&session) else { return };
        if of_session.lines.front().is_some_and(|line| line.seq <= seq) {
            of_session.forget();
        }
        if of_session.lines.is_empty() {
            self.sessions.remove(&session);
        }
    }
}
