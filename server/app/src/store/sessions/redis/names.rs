//! Names of keys and channels. What they hold is in the table of [`crate::store::keys`].

use vitrine_core::ids::SessionId;

/// Parts of the list of sessions: so many servers of a Cluster can share it.
pub(super) const PARTS: u64 = 16;

/// A session's keys and channels. All have its id as hash tag, and so one slot.
#[derive(Debug)]
pub(super) struct Names([String; 11]);

const OF_SESSION: [&str; 11] = ["s", "lease", "log", "in", "sticky", "seats", "here", "up", "w", "i", "u"];

impl Names {
    pub(super) fn of(prefix: &str, session: &SessionId) -> Self {
        Self(OF_SESSION.map(|name| format!("{prefix}{{{session}}}:{name}")))
    }

    /// In the order in which scripts take them.
    pub(super) fn keys(&self) -> [&str; 11] {
        self.0.each_ref().map(String::as_str)
    }

    /// The channel of those who read the log.
    pub(super) fn log_channel(&self) -> &str {
        &self.0[8]
    }

    /// The channel of the owner.
    pub(super) fn asks_channel(&self) -> &str {
        &self.0[9]
    }

    /// The channel of those who wait for an upload.
    pub(super) fn uploads_channel(&self) -> &str {
        &self.0[10]
    }
}

/// One part of the list of sessions.
pub(super) fn part(prefix: &str, number: u64) -> String {
    format!("{prefix}{{a{number:02}}}:all")
}

/// The part that a session stands in: the same for every node, whatever its version.
pub(super) fn part_of(session: &SessionId) -> u64 {
    session.as_str().bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))) % PARTS
}

/// The channel of all nodes.
pub(super) fn told(prefix: &str) -> String {
    format!("{prefix}{{all}}:told")
}
