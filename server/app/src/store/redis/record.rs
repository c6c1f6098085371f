//! How a small record is written, before it is sealed: JSON with the version of its form.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

/// What this server writes, and the newest that it reads. A form that older servers misread is a new one; until they are
/// gone it is not written.
const VERSION: u32 = 1;
/// No record is longer: an ID token is most of the longest.
const RECORD_BYTES_MAX: usize = 64 << 10;

#[derive(Serialize)]
struct Written<'r, T> {
    v: u32,
    r: &'r T,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

#[derive(Deserialize)]
struct Read<T> {
    r: T,
}

/// # Errors
/// [`StoreError::Full`]: it is longer than a record may be.
pub(super) fn write<T: Serialize>(record: &T, what: &'static str) -> Result<Vec<u8>, StoreError> {
    let bytes = serde_json::to_vec(&Written { v: VERSION, r: record }).map_err(|_| StoreError::Broken(what))?;
    if bytes.len() > RECORD_BYTES_MAX { Err(StoreError::Full) } else { Ok(bytes) }
}

/// # Errors
/// [`StoreError::Newer`], [`StoreError::Broken`].
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T, StoreError> {
    let broken = |_| StoreError::Broken(what);
    let Version { v: version } = serde_json::from_slice(bytes).map_err(broken)?;
    if version > VERSION {
        return Err(StoreError::Newer { what, version });
    }
    serde_json::from_slice(bytes).map(|Read { r }| r).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::store::StoreError;

    #[test]
    fn a_record_is_read_by_its_version() {
        let bytes = write(&vec!["a"], "list").unwrap();
        assert_eq!(read::<Vec<String>>(&bytes, "list").unwrap(), ["a"]);
        for (text, error) in [
            ("{\"v\":2,\"r\":[1]}", StoreError::Newer { what: "list", version: 2 }),
            ("{\"v\":1,\"r\":[1]}", StoreError::Broken("list")),
            ("{\"v\":1}", StoreError::Broken("list")),
            ("x", StoreError::Broken("list")),
        ] {
            assert_eq!(read::<Vec<String>>(text.as_bytes(), "list"), Err(error), "{text}");
        }
        assert_eq!(write(&"a".repeat(70_000), "list"), Err(StoreError::Full));
    }
}
