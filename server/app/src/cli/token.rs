//! `vitrine token agent`: what an app's back end would get, from the configuration alone.

use std::path::PathBuf;

use clap::Args;
use vitrine_core::ids::SessionId;

use crate::auth::agent_token::{self, Embedded, MintError};
use crate::config::Config;
use crate::ops::clock::Time;

/// Who the token is for.
#[derive(Debug, Args)]
pub(super) struct AgentToken {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// The app's id in [agents.apps]
    #[arg(long, value_name = "ID")]
    app: String,
    /// What the app knows the agent by
    #[arg(long, value_name = "TEXT")]
    sub: String,
    /// What customers read; without it the sub
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// One of the app's roles; without it the first
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// The only session that it is to be for
    #[arg(long, value_name = "SESSION", value_parser = session)]
    session: Option<SessionId>,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoToken {
    #[error("there is no [agents.apps.{0}]; name one of the configuration with --app")]
    App(String),
    #[error("[agents.apps.{0}] may not hand out this role; see its roles")]
    Role(String),
    #[error("no [[keys.signing]]: the running server made a key that nobody else has; list one for both")]
    Key,
    #[error(transparent)]
    Mint(#[from] MintError),
}

fn session(text: &str) -> Result<SessionId, String> {
    SessionId::new(text).ok_or_else(|| "no name of a session".to_owned())
}

impl AgentToken {
    /// The token.
    pub(super) fn mint(self, config: &Config) -> Result<String, NoToken> {
        let app = config.agents.apps.get(&self.app).ok_or_else(|| NoToken::App(self.app.clone()))?;
        let role = self.role.as_ref().or(app.roles.first()).filter(|role| app.roles.contains(role));
        let role = role.ok_or_else(|| NoToken::Role(self.app.clone()))?.clone();
        let key = config.signing_keys.first().ok_or(NoToken::Key)?;
        let agent = Embedded { app: self.app, sub: self.sub, name: self.name, role, session: self.session };
        Ok(agent_token::mint(key, &agent, Time::now())?.0)
    }
}
