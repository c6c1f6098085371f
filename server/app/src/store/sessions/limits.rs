//! Bounds of what one session may keep in the store, and for how long. A table; `docs/OPERATE.md` shows it.

use std::time::Duration;

/// Entries of a session's log. Past it the owner is told [`super::Refused::Full`], and begins anew with a keyframe.
pub const LOG_ENTRIES_MAX: u64 = 8_192;
/// Bytes of a session's log: two of the largest keyframes.
pub const LOG_BYTES_MAX: u64 = 64 << 20;
/// One entry: a keyframe of the largest page, compressed.
pub const ENTRY_BYTES_MAX: usize = 32 << 20;
/// Entries in one append.
pub const APPEND_ENTRIES_MAX: usize = 512;
/// Entries that one read answers with; there may be more.
pub const READ_ENTRIES_MAX: usize = 256;

/// Asks that wait for the owner.
pub const ASKS_MAX: usize = 256;
/// One ask: an agent's frame, and who asks.
pub const ASK_BYTES_MAX: usize = 128 << 10;

/// Assets that customers' pages are asked for at once, by all nodes.
pub const UPLOADS_MAX: usize = 32;
/// What of them came to other nodes, and was not taken yet.
pub const UPLOADS_BYTES_MAX: usize = 32 << 20;

/// What a session keeps besides its sticky sets.
pub const KEPT_BYTES_MAX: usize = 256 << 10;
/// Pieces of sticky sets; the owner puts them together again before.
pub const STICKY_PIECES_MAX: usize = 1_024;
/// All pieces of sticky sets.
pub const STICKY_BYTES_MAX: usize = 16 << 20;

/// Agents that a session remembers; further ones cannot join it.
pub const SEATS_MAX: usize = 1_000;
/// Holders of asset cookies that may ask for a session's assets.
pub const HOLDERS_MAX: usize = 1_000;
/// An agent's subject, as text.
pub const SUBJECT_BYTES_MAX: usize = 1 << 10;
/// Records that a list asks for at once.
pub const LISTED_AT_ONCE: usize = 64;
/// Sessions that the memory store keeps; Redis has its own memory limit.
pub const SESSIONS_MAX: usize = 1_000_000;

/// A claim raises the epoch by this much: a Redis master that died may have known of later ones.
pub const EPOCHS_SKIPPED: u64 = 16;
/// And the number of the last event by this much, so that no number is given twice.
pub const SEQS_SKIPPED: u64 = 1 << 16;
/// A customer's page is believed to have seen an epoch at most so far ahead of the store's.
pub const SEEN_AHEAD_MAX: u64 = 1 << 20;

/// How long things hold without being renewed. Tests shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spans {
    /// An owner that was not heard of for so long counts as gone. Owners renew three times as often.
    pub lease: Duration,
    /// An agent's place is kept so long without a socket. Nodes renew it every 10 s.
    pub seat: Duration,
    /// A holder's assets are served so long after her last socket. Nodes renew it every 10 s.
    pub holder: Duration,
    /// What a customer's page is asked for may come so long, and waits so long for the node that asked.
    pub upload: Duration,
    /// An ended session's last word stays so long, for nodes that have not heard it.
    pub ended: Duration,
    /// What is left of a session goes so long after its longest duration.
    pub margin: Duration,
}

impl Default for Spans {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(6),
            seat: Duration::from_secs(60),
            holder: Duration::from_secs(30),
            upload: Duration::from_secs(15),
            ended: Duration::from_secs(60),
            margin: Duration::from_secs(60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        APPEND_ENTRIES_MAX, ASK_BYTES_MAX, ASKS_MAX, ENTRY_BYTES_MAX, HOLDERS_MAX, KEPT_BYTES_MAX, LOG_BYTES_MAX,
        LOG_ENTRIES_MAX, SEATS_MAX, STICKY_BYTES_MAX, STICKY_PIECES_MAX, SUBJECT_BYTES_MAX, UPLOADS_BYTES_MAX,
        UPLOADS_MAX,
    };

    #[test]
    fn the_operators_guide_has_the_bounds() {
        let guide = include_str!("../../../../../docs/OPERATE.md");
        let thousands = |number: u64| format!("{},{:03}", number / 1_000, number % 1_000);
        let (mib, kib) = (|bytes: usize| bytes >> 20, |bytes: usize| bytes >> 10);
        assert_eq!(SEATS_MAX, HOLDERS_MAX);
        for line in [
            format!(
                "| log | {} entries and {} MiB; one entry {} MiB, {APPEND_ENTRIES_MAX} in one append |",
                thousands(LOG_ENTRIES_MAX),
                LOG_BYTES_MAX >> 20,
                mib(ENTRY_BYTES_MAX)
            ),
            format!("| asks that wait for the owner | {ASKS_MAX}, of {} KiB each |", kib(ASK_BYTES_MAX)),
            format!(
                "| sticky sets | {} pieces and {} MiB |",
                thousands(STICKY_PIECES_MAX as u64),
                mib(STICKY_BYTES_MAX)
            ),
            format!("| uploads that other nodes wait for | {UPLOADS_MAX}, and {} MiB |", mib(UPLOADS_BYTES_MAX)),
            format!("| what else outlives a node | {} KiB |", kib(KEPT_BYTES_MAX)),
            format!(
                "| agents that were let in, holders of asset cookies | {} each; a subject has {} KiB |",
                thousands(SEATS_MAX as u64),
                kib(SUBJECT_BYTES_MAX)
            ),
        ] {
            assert!(guide.lines().any(|other| other == line), "missing in docs/OPERATE.md:\n{line}");
        }
    }
}
