//! Roles: names for sets of privileges.

use std::collections::BTreeMap;

use super::PrivilegeSet;

/// What each role allows. A name that it does not know allows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles(BTreeMap<String, PrivilegeSet>);

impl Roles {
    /// What these roles allow together.
    #[must_use]
    pub fn allow(&self, roles: &[String]) -> PrivilegeSet {
        let known = roles.iter().filter_map(|role| self.0.get(role));
        known.fold(PrivilegeSet::default(), |all, more| all.union(*more))
    }

    /// Whether there is such a role.
    #[must_use]
    pub fn has(&self, role: &str) -> bool {
        self.0.contains_key(role)
    }

    /// All names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl FromIterator<(String, PrivilegeSet)> for Roles {
    fn from_iter<I: IntoIterator<Item = (String, PrivilegeSet)>>(roles: I) -> Self {
        Self(roles.into_iter().collect())
    }
}
