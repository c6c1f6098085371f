//! `[log]`: what the server writes about itself.

use super::reader::Reader;

/// `[log]`.
#[derive(Debug, Clone)]
pub struct Log {
    /// The least important level that is written.
    pub level: tracing::Level,
    /// Whether lines are JSON.
    pub json: bool,
}

pub(super) fn read(mut section: Reader<'_, '_>) -> Option<Log> {
    let levels = [
        ("info", tracing::Level::INFO),
        ("error", tracing::Level::ERROR),
        ("warn", tracing::Level::WARN),
        ("debug", tracing::Level::DEBUG),
        ("trace", tracing::Level::TRACE),
    ];
    Some(Log {
        level: section.word("level", &levels)?,
        json: section.word("format", &[("text", false), ("json", true)])?,
    })
}
