//! `[cross-origin]` and `[sites.<id>]`: whose pages may be shared.

use std::time::Duration;

use super::contacts::{self, Contacts};
use super::origin::OriginPattern;
use super::problem::Place;
use super::reader::Reader;

/// The longest time that browsers remember the answer to a preflight request.
const MAX_AGE: Duration = Duration::from_secs(7_200);

/// `[cross-origin]`.
#[derive(Debug, Clone)]
pub struct CrossOrigin {
    /// Origins whose pages may begin sessions.
    pub allowed_origins: Vec<OriginPattern>,
    /// For the answer to a preflight request.
    pub max_age: Duration,
}

impl CrossOrigin {
    /// Whether an `Origin` header, byte for byte, is allowed at all.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        self.allowed_origins.iter().any(|entry| entry.matches(origin))
    }
}

pub(super) fn read_cross_origin(mut section: Reader<'_, '_>) -> Option<CrossOrigin> {
    let max_age = section.value("max-age")?;
    if max_age > MAX_AGE {
        section.complain("max-age", "no browser remembers it for longer than 2h", None);
    }
    Some(CrossOrigin { allowed_origins: section.value("allowed-origins")?, max_age })
}

/// One website.
#[derive(Debug, Clone)]
pub struct Site {
    /// What its snippet names in `data-site`.
    pub id: String,
    /// Its origins; empty: all that `[cross-origin]` allows.
    pub origins: Vec<OriginPattern>,
    /// How it vouches for its customers.
    pub contacts: Contacts,
}

impl Site {
    /// Whether a page of this origin may begin a session of the site. Asked besides [`CrossOrigin::allows`].
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        self.origins.is_empty() || self.origins.iter().any(|entry| entry.matches(origin))
    }
}

/// An id that the operator chose for a section.
pub(super) fn check_id(id: &str, place: &Place, section: &mut Reader<'_, '_>) {
    let is_plain =
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !is_plain {
        section.complain_at(place, "an id is 1 to 64 letters, digits, - and _");
    }
}

pub(super) fn read_site(
    id: &str,
    place: &Place,
    mut section: Reader<'_, '_>,
    cross_origin: &CrossOrigin,
) -> Option<Site> {
    check_id(id, place, &mut section);
    let origins: Vec<OriginPattern> = section.value("origins")?;
    for (index, origin) in origins.iter().enumerate() {
        if !cross_origin.allowed_origins.iter().any(|wider| origin.within(wider)) {
            section.complain_item(
                "origins",
                index,
                "not among [cross-origin] allowed-origins, so it never works",
                None,
            );
        }
    }
    let contacts = contacts::read(id, &mut section)?;
    Some(Site { id: id.to_owned(), origins, contacts })
}
