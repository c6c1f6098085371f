//! Who an agent is, however she signed in and whatever she is called.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One agent. Everything that counts or remembers agents goes by it: names are for reading, and two agents may share one.
///
/// Written as text it is unique across all ways of signing in: `local:ann`, `oidc:<sub>`, `app:<id>:<sub>` (an app's id
/// has no colon).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A local account, by its name.
    Local(String),
    /// An account of the OpenID Connect provider, by its `sub`.
    Oidc(String),
    /// An agent that an app vouches for.
    App {
        /// The app's id in `[agents.apps]`.
        app: String,
        /// What the app knows her by.
        sub: String,
    },
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(name) => write!(out, "local:{name}"),
            Self::Oidc(sub) => write!(out, "oidc:{sub}"),
            Self::App { app, sub } => write!(out, "app:{app}:{sub}"),
        }
    }
}
