//! Log lines on standard error: what happened to which session, never what was in it.

use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::Log;

/// Logs where a fault is and nothing else: what a panic says can hold text of a page.
pub fn hide_panic_messages() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        tracing::error!(place, "a fault in the server");
    }));
}

/// Starts logging. A second call in one process changes nothing.
pub fn start(log: &Log) {
    // Libraries log request headers and socket frames at low levels: they stay silent below warnings.
    let filter = Targets::new().with_default(LevelFilter::WARN).with_target("vitrine", log.level);
    // What a stranger's handshake lacks is not worth a line; the metrics count those that fail.
    let filter = filter.with_target("rustls", LevelFilter::ERROR);
    let registry = tracing_subscriber::registry().with(filter);
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let started = if log.json { registry.with(lines.json()).try_init() } else { registry.with(lines).try_init() };
    if started.is_err() {
        tracing::debug!("logging was started before");
    }
}
