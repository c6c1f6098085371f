//! Time as the server tells it: milliseconds since 1970 that never fall, and the text of a moment.
//!
//! It runs by the machine's steady clock and follows one reference: the Redis that servers share, else the machine's wall
//! clock. Where it is behind (the machine slept, its clock was set) it is put forward; where it is ahead it runs at half
//! speed until it no longer is. So what has run out stays so, however clocks are set: a used token is never good again.

mod course;
mod follow;

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};
use vitrine_core::session::Now;

pub use course::{Clock, Reading, Verdict};
pub use follow::{begin_by, follow, follow_wall};

/// A moment, in milliseconds since 1970-01-01 UTC. As JSON it is RFC 3339 text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub u64);

/// This process's.
static CLOCK: LazyLock<Clock> =
    LazyLock::new(|| Clock::new(Reading { time: wall(), at: Instant::now(), within: Duration::ZERO }));

/// What the machine's own clock says.
fn wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

impl Time {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        Self(millis(CLOCK.at(Instant::now())))
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

    /// As libraries take it.
    #[must_use]
    pub fn system(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0)
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

/// As a number of milliseconds, for records.
pub mod as_ms {
    use super::{Deserialize, Deserializer, Serializer, Time};

    /// Writes it.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(time.0)
    }

    /// Reads it.
    ///
    /// # Errors
    /// It is no number.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        u64::deserialize(deserializer).map(Time)
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
