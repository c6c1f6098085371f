//! Bounds of the audit log.

use std::time::Duration;

/// Lines that wait to be written.
pub(super) const QUEUE_MAX: usize = 1_024;
/// Of these, refusals may take so many: a flood of them leaves room for what was done.
pub(super) const REFUSALS_WAITING_MAX: usize = QUEUE_MAX / 2;
/// Lines that are written, and brought to the disk, at once.
pub(super) const BATCH_MAX: usize = 256;
/// An action waits so long for its line.
pub(super) const WAIT: Duration = Duration::from_secs(5);
/// Refusals a minute that are noted of one agent, or of one address where nobody is known.
pub(super) const REFUSALS_PER_MINUTE: u32 = 120;
/// Of all together.
pub(super) const REFUSALS_PER_MINUTE_TOTAL: u32 = 6_000;
/// Lines about sessions that are kept in memory.
pub(super) const KEPT_LINES_MAX: usize = 100_000;
/// Of these, about one session.
pub(super) const KEPT_OF_SESSION_MAX: usize = 1_000;
/// Lines in one answer.
pub(super) const PAGE_MAX: usize = 1_000;
/// The longest line, far above what the server writes.
pub(super) const LINE_BYTES_MAX: usize = 64 << 10;
