//! Time as the server tells it: milliseconds since 1970 that never fall, and the text of a moment.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};
use vitrine_core::session::Now;

/// A moment, in milliseconds since 1970-01-01 UTC. As JSON it is RFC 3339 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub u64);

/// Where the steady clock stood when the server started. A wall clock that is set back would turn time around.
static START: LazyLock<(u64, Instant)> = LazyLock::new(|| {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (millis(since_1970), Instant::now())
});

impl Time {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        let (start, instant) = *START;
        Self(start.saturating_add(millis(instant.elapsed())))
    }

    /// So much later.
    #[must_use]
    pub fn plus(self, later: Duration) -> Self {
        Self(self.0.saturating_add(millis(later)))
    }

    /// How long from now; zero if it is past.
    #[must_use]
    pub fn from_now(self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(Self::now().0))
    }

    /// Whether it has come.
    #[must_use]
    pub fn is_past(self) -> bool {
        self <= Self::now()
    }

    /// As the core takes it.
    #[must_use]
    pub fn core(self) -> Now {
        Now(self.0)
    }
}

impl From<Now> for Time {
    fn from(now: Now) -> Self {
        Self(now.0)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nanos = i128::from(self.0) * 1_000_000;
        let text =
            OffsetDateTime::from_unix_timestamp_nanos(nanos).ok().and_then(|moment| moment.format(&Rfc3339).ok());
        serializer.serialize_str(text.as_deref().unwrap_or_default())
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for Time {}

/// A duration as the core takes it.
#[must_use]
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn moments_are_written_for_people_and_programs() {
        assert_eq!(serde_json::to_string(&Time(1_700_000_000_250)).unwrap(), "\"2023-11-14T22:13:20.25Z\"");
        assert!(Time::now() <= Time::now());
    }
}
