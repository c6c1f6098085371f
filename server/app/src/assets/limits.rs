//! What fetching may cost, in one table. What an operator may choose is in `[http-proxy]`: the size of one asset, and
//! its time, of which the waits here are parts.

use std::time::Duration;

/// Redirects that are followed, each judged as if it came first.
pub(super) const REDIRECTS_MAX: usize = 3;
/// Idle connections that are kept for one host.
pub(super) const IDLE_CONNECTIONS: usize = 8;
/// A style sheet's own addresses that are sealed; a sealed one can be twenty times as long as it was.
pub(super) const SHEET_URLS_MAX: usize = 4_096;

/// How many may do something slow at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct AtOnce {
    /// In all.
    pub(super) all: usize,
    /// At one host: one that never answers leaves the others their turns.
    pub(super) one_host: usize,
}

/// Fetches of the whole server. Each holds one asset in memory at most.
pub(super) const FETCHES: AtOnce = AtOnce { all: 64, one_host: 16 };
/// Fetches of one session, about as many as a browser does at once.
pub(super) const SESSION_FETCHES: AtOnce = AtOnce { all: 8, one_host: 4 };
/// Fetches of one session that nobody asked for yet; they have turns of their own.
pub(super) const EARLY_FETCHES: AtOnce = AtOnce { all: 4, one_host: 2 };

/// What one session keeps of early assets. The rest of them is refused.
pub(super) const EARLY_BYTES: usize = 16 << 20;
/// After so long an early asset is tried again, once, if its host was out of reach.
pub(super) const EARLY_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Assets that a customer's page is asked for in one session, and what is kept of them.
pub(super) const UPLOADS: usize = 200;
/// See [`UPLOADS`].
pub(super) const UPLOADS_BYTES: usize = 16 << 20;
/// Those that it is busy with at once.
pub(super) const UPLOADS_AT_ONCE: usize = 4;
/// From the request to the last byte of the answer.
pub(super) const UPLOAD_WAIT: Duration = Duration::from_secs(10);

/// A host that was out of reach is asked again after so long.
pub(super) const REFUSAL_OF_THE_MOMENT_KEPT: Duration = Duration::from_secs(3);
/// A website that answered with an error is.
pub(super) const UPSTREAM_STATUS_KEPT: Duration = Duration::from_secs(10);
/// What is not there, or not fit to be served, is looked for again after so long.
pub(super) const REFUSAL_KEPT: Duration = Duration::from_secs(30);
/// That an answer is not for every session is remembered for so long.
pub(super) const EACH_FOR_ITSELF_KEPT: Duration = Duration::from_secs(60);
/// What is no longer fresh stays so long, if its website can be asked whether it is still so.
pub(super) const STALE_KEPT: Duration = Duration::from_secs(3600);
/// What an entry of the cache costs besides its bytes.
pub(super) const ENTRY_BYTES: usize = 1024;

/// How long each part of a fetch may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    /// For the name to be resolved and a connection to be made.
    pub(super) connect: Duration,
    /// For an answer's head, the connection included, at each redirect again.
    pub(super) head: Duration,
    /// Between two pieces of a body.
    pub(super) silence: Duration,
    /// For all of it, and for its turn to come.
    pub(super) total: Duration,
}

impl Waits {
    /// Parts of `[http-proxy] timeout`.
    pub(super) fn within(total: Duration) -> Self {
        Self { connect: total / 4, head: total / 2, silence: total / 4, total }
    }
}
