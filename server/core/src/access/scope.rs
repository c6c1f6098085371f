//! Which websites an agent's sessions may be of.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A scope of sites. A session outside of it is, to her, one that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sites {
    /// Every site, later ones too.
    All,
    /// These, by their ids.
    Only(BTreeSet<String>),
}

impl Sites {
    /// Whether sessions of this site are within it.
    #[must_use]
    pub fn cover(&self, site: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(sites) => sites.contains(site),
        }
    }
}

impl FromIterator<String> for Sites {
    fn from_iter<I: IntoIterator<Item = String>>(sites: I) -> Self {
        Self::Only(sites.into_iter().collect())
    }
}
