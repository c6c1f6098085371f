//! `[agents.apps.<id>]`: programs that embed the viewer and vouch for their agents.

use std::collections::BTreeMap;

use vitrine_core::access::Sites;

use super::agents::{Known, read_role_names, read_sites};
use super::reader::Reader;
use super::sites::check_id;
use crate::auth::secret::Digest;

/// One app.
#[derive(Debug, Clone)]
pub struct AgentApp {
    /// Of its keys: one, or two while one takes the other's place.
    pub keys: Vec<Digest>,
    /// The roles that it may hand out.
    pub roles: Vec<String>,
    /// The websites that they hold for.
    pub sites: Sites,
}

/// The shortest key that cannot be guessed, in bytes.
const KEY_BYTES_MIN: usize = 32;
/// One in use, and one that takes its place.
const KEYS_MAX: usize = 2;

pub(super) fn read(section: &mut Reader<'_, '_>, known: Known<'_>) -> BTreeMap<String, AgentApp> {
    let apps = section.named("apps", |id, place, mut table| {
        check_id(id, place, &mut table);
        let keys: Option<Vec<String>> = table.required("keys");
        let roles = read_role_names(&mut table, known.roles)?;
        let sites = read_sites(&mut table, known.sites);
        let keys = keys?;
        if keys.is_empty() || keys.len() > KEYS_MAX {
            table.complain("keys", "one key, or two while one takes the other's place", None);
        }
        for (index, _) in keys.iter().enumerate().filter(|(_, key)| key.len() < KEY_BYTES_MIN) {
            let what = "a key of less than 32 bytes can be guessed; make one with `openssl rand -hex 32`";
            table.complain_item("keys", index, what, None);
        }
        let keys = keys.iter().map(|key| Digest::of(key)).collect();
        Some((id.to_owned(), AgentApp { keys, roles, sites }))
    });
    apps.into_iter().collect()
}
