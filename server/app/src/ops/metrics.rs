//! Counters for Prometheus. Names and labels are fixed words; nothing in them comes from outside.

use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use metrics::Counter;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Sessions running, a gauge.
pub const SESSIONS: &str = "vitrine_sessions";
/// Sessions that ended, by `reason`.
pub const SESSIONS_ENDED: &str = "vitrine_sessions_ended_total";
/// Times this node became the owner of a session that nodes share.
pub const SESSIONS_CLAIMED: &str = "vitrine_sessions_claimed_total";
/// Times another node became the owner of a session of this one.
pub const SESSIONS_FENCED: &str = "vitrine_sessions_fenced_total";
/// Times a session began a new epoch because the store did not answer, or lost something.
pub const SESSIONS_RESTARTED: &str = "vitrine_sessions_restarted_total";
/// Bytes that wait for the store, of the sessions that this node owns, a gauge.
pub const STORE_PENDING: &str = "vitrine_store_pending_bytes";
/// Sockets open, by `side`, a gauge.
pub const SOCKETS: &str = "vitrine_sockets";
/// Messages that came in, by `side`.
pub const FRAMES_IN: &str = "vitrine_frames_received_total";
/// Messages handed to sockets, by `side`.
pub const FRAMES_OUT: &str = "vitrine_frames_sent_total";
/// Agents whose queue overflowed and who got a keyframe instead.
pub const AGENTS_LAGGED: &str = "vitrine_agents_lagged_total";
/// Times a socket was read later because its peer sends too fast.
pub const SOCKETS_HELD: &str = "vitrine_sockets_held_total";
/// Assets asked for, by `outcome`.
pub const ASSETS: &str = "vitrine_assets_total";
/// What the asset cache came to, by `result`.
pub const ASSET_CACHE: &str = "vitrine_asset_cache_total";
/// Requests for assets that wait for a turn of their session, a gauge.
pub const ASSETS_WAITING: &str = "vitrine_assets_waiting";

/// Readings of a changed configuration, by `result`.
pub const CONFIG_RELOADS: &str = "vitrine_config_reloads_total";
/// 1 while the files say something that was refused, a gauge.
pub const CONFIG_REFUSED: &str = "vitrine_config_refused";
/// Seconds by which the server's time is ahead of its reference, a gauge.
pub const CLOCK_AHEAD: &str = "vitrine_clock_ahead_seconds";
/// Lines of the audit log.
pub const AUDIT_LINES: &str = "vitrine_audit_lines_total";
/// Events that are not in the audit log; the log has their number.
pub const AUDIT_OMITTED: &str = "vitrine_audit_omitted_total";
/// Times the audit log could not be written.
pub const AUDIT_FAILURES: &str = "vitrine_audit_failures_total";
/// Contact tokens, by `outcome`.
pub const CONTACT_TOKENS: &str = "vitrine_contact_tokens_total";
/// Attributes of customers that no agent may see.
pub const ATTRIBUTES_DROPPED: &str = "vitrine_attributes_dropped_total";

/// 1 while Redis can be expected to answer, a gauge.
pub const REDIS_UP: &str = "vitrine_redis_up";
/// Seconds until Redis answered, a histogram.
pub const REDIS_SECONDS: &str = "vitrine_redis_seconds";
/// Commands without a result, by `reason`.
pub const REDIS_ERRORS: &str = "vitrine_redis_errors_total";
/// Connections to servers of Redis that were made again.
pub const REDIS_RECONNECTS: &str = "vitrine_redis_reconnects_total";

/// What was refused because of a limit, by `limit`: the name of its key.
pub const LIMITED: &str = "vitrine_limited_total";
/// TLS handshakes under way, a gauge.
pub const HANDSHAKES_OPEN: &str = "vitrine_handshakes";
/// TLS handshakes that are over, by `result`.
pub const HANDSHAKES: &str = "vitrine_handshakes_total";

/// Borders of the histogram, in seconds: a command that takes longer than one is given up.
const REDIS_BUCKETS: &[f64] = &[0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0];
/// Records and entries that a newer version of the server wrote, and that were left alone, by `what`.
pub const STORE_NEWER: &str = "vitrine_store_newer_total";

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting, once per process.
pub fn start() {
    HANDLE.get_or_init(|| {
        let seconds = Matcher::Full(REDIS_SECONDS.to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, REDIS_BUCKETS);
        let handle = builder.ok().and_then(|builder| builder.install_recorder().ok());
        metrics::describe_gauge!(REDIS_UP, "1 while Redis can be expected to answer");
        metrics::describe_histogram!(REDIS_SECONDS, "Seconds until Redis answered");
        metrics::describe_counter!(REDIS_ERRORS, "Commands to Redis without a result");
        metrics::describe_counter!(REDIS_RECONNECTS, "Connections to Redis that were made again");
        metrics::describe_gauge!(SESSIONS, "Sessions running");
        metrics::describe_counter!(SESSIONS_ENDED, "Sessions that ended");
        metrics::describe_counter!(SESSIONS_CLAIMED, "Sessions that this node came to own");
        metrics::describe_counter!(SESSIONS_FENCED, "Sessions that another node came to own");
        metrics::describe_counter!(
            SESSIONS_RESTARTED,
            "Sessions that began anew after the store was away or lost something"
        );
        metrics::describe_gauge!(STORE_PENDING, "Bytes that wait for the store");
        metrics::describe_gauge!(SOCKETS, "Sockets open");
        metrics::describe_counter!(LIMITED, "What was refused because of a limit");
        metrics::describe_counter!(FRAMES_IN, "Messages received");
        metrics::describe_counter!(FRAMES_OUT, "Messages sent");
        metrics::describe_counter!(AGENTS_LAGGED, "Agents who fell behind and got a keyframe");
        metrics::describe_counter!(SOCKETS_HELD, "Times a socket was read later because its peer sends too fast");
        metrics::describe_counter!(ASSETS, "Assets asked for");
        metrics::describe_counter!(ASSET_CACHE, "What the asset cache came to");
        metrics::describe_counter!(AUDIT_LINES, "Lines of the audit log");
        metrics::describe_counter!(AUDIT_OMITTED, "Events that are not in the audit log");
        metrics::describe_counter!(AUDIT_FAILURES, "Times the audit log could not be written");
        metrics::describe_gauge!(ASSETS_WAITING, "Requests for assets that wait for a turn");
        metrics::describe_gauge!(HANDSHAKES_OPEN, "TLS handshakes under way");
        metrics::describe_counter!(HANDSHAKES, "TLS handshakes that are over");
        metrics::describe_counter!(CONFIG_RELOADS, "Readings of a changed configuration");
        metrics::describe_gauge!(CLOCK_AHEAD, "Seconds by which the server's time is ahead of its reference");
        metrics::describe_gauge!(CONFIG_REFUSED, "1 while the files say something that was refused");
        metrics::describe_counter!(STORE_NEWER, "Records of a newer version that were left alone");
        metrics::describe_counter!(CONTACT_TOKENS, "Contact tokens");
        metrics::describe_counter!(ATTRIBUTES_DROPPED, "Attributes of customers that were dropped");
        handle
    });
}

/// The present values as Prometheus reads them.
#[must_use]
pub fn render() -> String {
    HANDLE.get().and_then(Option::as_ref).map(PrometheusHandle::render).unwrap_or_default()
}

/// Takes in what histograms have gathered, which otherwise grows until somebody reads the metrics.
pub fn tidy() {
    if let Some(handle) = HANDLE.get().and_then(Option::as_ref) {
        handle.run_upkeep();
    }
}

/// Notes whether Redis can be expected to answer.
pub fn set_redis_up(is_up: bool) {
    metrics::gauge!(REDIS_UP).set(if is_up { 1.0 } else { 0.0 });
}

/// Counts a command to Redis: how long it took, and why it came to nothing, if it did.
pub fn count_redis(took: Duration, error: Option<&'static str>) {
    metrics::histogram!(REDIS_SECONDS).record(took.as_secs_f64());
    if let Some(reason) = error {
        metrics::counter!(REDIS_ERRORS, "reason" => reason).increment(1);
    }
}

/// Adds to a counter.
pub fn count(name: &'static str, more: u64) {
    metrics::counter!(name).increment(more);
}

/// Adds to a gauge, or takes away.
pub fn gauge_add(name: &'static str, more: f64) {
    metrics::gauge!(name).increment(more);
}

/// Counts something that a newer version wrote.
pub fn count_store_newer(what: &'static str) {
    metrics::counter!(STORE_NEWER, "what" => what).increment(1);
}

/// Counts a refusal because of a limit.
pub fn count_limited(limit: &'static str) {
    metrics::counter!(LIMITED, "limit" => limit).increment(1);
}

/// On which side of a session a socket is.
#[derive(Debug, Clone, Copy)]
pub enum Side {
    /// Where the page is.
    Customer,
    /// Where it is shown.
    Agent,
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Agent => "agent",
        }
    }
}

/// Counters of messages, found once: by the side, those that came in and those that were handed to sockets.
static FRAMES: LazyLock<[(Counter, Counter); 2]> = LazyLock::new(|| {
    start();
    [Side::Customer, Side::Agent]
        .map(Side::word)
        .map(|side| (metrics::counter!(FRAMES_IN, "side" => side), metrics::counter!(FRAMES_OUT, "side" => side)))
});

fn frames(side: Side) -> &'static (Counter, Counter) {
    let [customer, agent] = &*FRAMES;
    match side {
        Side::Customer => customer,
        Side::Agent => agent,
    }
}

/// Counts a message from `side`.
pub fn count_frame_in(side: Side) {
    frames(side).0.increment(1);
}

/// Counts a message handed to so many of `side`'s sockets.
pub fn count_frames_out(side: Side, sockets: usize) {
    frames(side).1.increment(u64::try_from(sockets).unwrap_or(u64::MAX));
}

/// Counts a contact token.
pub fn count_contact_token(outcome: &'static str) {
    metrics::counter!(CONTACT_TOKENS, "outcome" => outcome).increment(1);
}

/// Counts attributes that no agent may see.
pub fn count_attributes_dropped(attributes: usize) {
    count(ATTRIBUTES_DROPPED, u64::try_from(attributes).unwrap_or(u64::MAX));
}

/// Counts an asset that was asked for.
pub fn count_asset(outcome: &'static str) {
    metrics::counter!(ASSETS, "outcome" => outcome).increment(1);
}

/// The counters of what happens most often, found once.
pub struct AssetCounters {
    /// Assets served.
    pub served: Counter,
    /// Assets that the cache had.
    pub hits: Counter,
}

impl Default for AssetCounters {
    fn default() -> Self {
        let served = metrics::counter!(ASSETS, "outcome" => "served");
        Self { served, hits: metrics::counter!(ASSET_CACHE, "result" => "hit") }
    }
}

impl std::fmt::Debug for AssetCounters {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("AssetCounters")
    }
}

/// What else the asset cache came to.
#[derive(Debug, Clone, Copy)]
pub enum CacheResult {
    /// It remembered a refusal.
    Refused,
    /// Somebody was asking the website already.
    Joined,
    /// The website said that nothing has changed.
    Revalidated,
    /// The website was asked for all of it.
    Miss,
}

/// Counts what the asset cache came to.
pub fn count_cache(result: CacheResult) {
    let word = match result {
        CacheResult::Refused => "refused",
        CacheResult::Joined => "joined",
        CacheResult::Revalidated => "revalidated",
        CacheResult::Miss => "miss",
    };
    metrics::counter!(ASSET_CACHE, "result" => word).increment(1);
}

/// Counts a reading of the configuration.
pub fn count_reload(result: &'static str) {
    metrics::counter!(CONFIG_RELOADS, "result" => result).increment(1);
}

/// Notes by how much the server's time is ahead.
pub fn set_clock_ahead(ahead: Duration) {
    metrics::gauge!(CLOCK_AHEAD).set(ahead.as_secs_f64());
}

/// Notes whether the files say something that was refused.
pub fn set_config_refused(is_refused: bool) {
    metrics::gauge!(CONFIG_REFUSED).set(if is_refused { 1.0 } else { 0.0 });
}

/// Counts a session's end.
pub fn session_ended(reason: &'static str) {
    metrics::counter!(SESSIONS_ENDED, "reason" => reason).increment(1);
}

/// A waiting request in the gauge, for as long as it waits; also when whoever asked goes away.
#[derive(Debug)]
pub struct WaitingAsset(());

impl WaitingAsset {
    /// One more.
    #[must_use]
    pub fn begin() -> Self {
        metrics::gauge!(ASSETS_WAITING).increment(1.0);
        Self(())
    }
}

impl Drop for WaitingAsset {
    fn drop(&mut self) {
        metrics::gauge!(ASSETS_WAITING).decrement(1.0);
    }
}

/// What one session has waiting for the store, in the gauge for as long as it is owned here.
#[derive(Debug, Default)]
pub struct PendingBytes(usize);

impl PendingBytes {
    /// It is so much now.
    pub fn set(&mut self, bytes: usize) {
        if bytes != self.0 {
            let size = |bytes: usize| f64::from(u32::try_from(bytes).unwrap_or(u32::MAX));
            metrics::gauge!(STORE_PENDING).increment(size(bytes) - size(self.0));
            self.0 = bytes;
        }
    }
}

impl Drop for PendingBytes {
    fn drop(&mut self) {
        self.set(0);
    }
}

/// Counts a handshake that is over.
pub fn count_handshake(result: &'static str) {
    metrics::counter!(HANDSHAKES, "result" => result).increment(1);
}

/// A handshake in the gauge, for as long as it takes.
#[derive(Debug)]
pub struct OpenHandshake(());

impl OpenHandshake {
    /// One more.
    #[must_use]
    pub fn begin() -> Self {
        metrics::gauge!(HANDSHAKES_OPEN).increment(1.0);
        Self(())
    }
}

impl Drop for OpenHandshake {
    fn drop(&mut self) {
        metrics::gauge!(HANDSHAKES_OPEN).decrement(1.0);
    }
}

/// A socket in the gauge, for as long as it lives.
#[derive(Debug)]
pub struct OpenSocket(Side);

impl OpenSocket {
    /// Of `side`.
    #[must_use]
    pub fn of(side: Side) -> Self {
        metrics::gauge!(SOCKETS, "side" => side.word()).increment(1.0);
        Self(side)
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        metrics::gauge!(SOCKETS, "side" => self.0.word()).decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::{
        AGENTS_LAGGED, ASSET_CACHE, ASSETS, ASSETS_WAITING, AUDIT_FAILURES, AUDIT_LINES, AUDIT_OMITTED, CLOCK_AHEAD,
        CONFIG_REFUSED, CONFIG_RELOADS, FRAMES_IN, FRAMES_OUT, HANDSHAKES, HANDSHAKES_OPEN, LIMITED, PendingBytes,
        REDIS_ERRORS, REDIS_RECONNECTS, REDIS_SECONDS, REDIS_UP, SESSIONS, SESSIONS_ENDED, SOCKETS, SOCKETS_HELD,
        STORE_PENDING,
    };

    #[test]
    fn what_waits_for_the_store_is_in_the_gauge_until_it_is_gone() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let shown = || handle.render().lines().rfind(|line| line.starts_with(STORE_PENDING)).map(str::to_owned);
        metrics::with_local_recorder(&recorder, || {
            let (mut one, mut other) = (PendingBytes::default(), PendingBytes::default());
            one.set(700);
            other.set(50);
            one.set(20);
            assert_eq!(shown().as_deref(), Some("vitrine_store_pending_bytes 70"));
            drop(one);
            assert_eq!(shown().as_deref(), Some("vitrine_store_pending_bytes 50"));
        });
    }

    #[test]
    fn every_metric_is_in_the_operators_table() {
        let text = include_str!("../../../../docs/OPERATE.md");
        for name in [
            SESSIONS,
            SESSIONS_ENDED,
            LIMITED,
            STORE_PENDING,
            SOCKETS,
            FRAMES_IN,
            FRAMES_OUT,
            AGENTS_LAGGED,
            SOCKETS_HELD,
            ASSETS,
            ASSET_CACHE,
            ASSETS_WAITING,
            CONFIG_RELOADS,
            CLOCK_AHEAD,
            CONFIG_REFUSED,
            AUDIT_LINES,
            AUDIT_OMITTED,
            AUDIT_FAILURES,
            HANDSHAKES_OPEN,
            HANDSHAKES,
            REDIS_UP,
            REDIS_SECONDS,
            REDIS_ERRORS,
            REDIS_RECONNECTS,
        ] {
            assert!(text.contains(&format!("| `{name}` |")), "{name}");
        }
    }
}
