//! Signing in at an OpenID Connect provider: the authorization code flow with PKCE, and what the provider ends.
//!
//! The provider is believed as far as its signature goes. Nothing that it says reaches a page: what fails is one of
//! [`Refusal`]'s words there, and a [`Cause`] in the log.

mod claims;
pub mod cookie;
mod discovery;
mod flow;
mod logout;
mod outgoing;
mod refusal;
mod source;

use std::time::Duration;

use url::Url;

use super::jwt::{self, KeyRing, Wanted};
use crate::config::{ForwardProxy, Oidc, Server};
use crate::ops::clock::Time;

pub use claims::{Granted, Met, grant, meet};
pub use flow::{Attempt, Person, SIGN_IN_LASTS, SignIn};
pub use logout::Ended;
pub use outgoing::ClientError;
pub use refusal::{Cause, Refusal};

use discovery::Known;
use outgoing::Outgoing;
use source::{Asking, Source};

/// The provider of `[agents.oidc]`, as this server knows it.
#[derive(Debug)]
pub struct Provider {
    config: Oidc,
    outgoing: Outgoing,
    source: Source,
    /// Where it sends the browser back to.
    callback: String,
    /// Where it sends the browser after it has signed her out.
    page: String,
}

/// Which way a token of the provider's came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Via {
    /// Its token endpoint's answer: nobody else can put anything there.
    TokenEndpoint,
    /// A request of anybody's.
    Anybody,
}

/// An ID token that is valid for longer is no proof that somebody signed in just now.
const ID_TOKEN_LASTS_MAX: Duration = Duration::from_secs(31 * 24 * 3600);

impl Provider {
    /// Asks nothing yet: a provider that is away for the moment does not keep the server from starting.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn new(config: &Oidc, forward: Option<&ForwardProxy>, server: &Server) -> Result<Self, ClientError> {
        let base = format!("{}{}", server.agent_url.origin, server.base_path);
        Ok(Self {
            outgoing: Outgoing::new(config, forward)?,
            source: Source::default(),
            callback: format!("{base}{CALLBACK_PATH}"),
            page: format!("{base}/agent/"),
            config: config.clone(),
        })
    }

    /// What the sign-in button calls it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.config.label
    }

    /// Where a browser is sent to be signed out there too, if the provider has such a place.
    pub async fn end_session(&self, id_token: &str) -> Option<Url> {
        let known = self.known().await.ok()?;
        let mut url = known.metadata.end_session.clone()?;
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.config.client_id);
        query.append_pair("post_logout_redirect_uri", &self.page);
        if id_token.len() <= HINT_BYTES_MAX {
            query.append_pair("id_token_hint", id_token);
        }
        drop(query);
        Some(url)
    }

    async fn known(&self) -> Result<Known, Cause> {
        self.source.known(&Asking { outgoing: &self.outgoing, config: &self.config }).await
    }

    /// Reads a token of the provider's. A key that we do not know yet may be a new one: then its keys are fetched again,
    /// once a minute at most.
    async fn read(&self, token: &str, longest: Duration, via: Via) -> Result<jwt::Token<claims::Claims>, Cause> {
        let wanted = Wanted { longest, skew: self.config.clock_skew };
        let known = self.known().await?;
        let refused = match read_by(&known.keys, token, wanted) {
            Ok(token) => return Ok(token),
            Err(refused) => refused,
        };
        // Providers whose keys have no names, or always the same, show a new one by a signature that does not fit. Only
        // where nobody else can send us such a token is that worth a question.
        let may_be_new =
            refused == jwt::Refused::Key || (refused == jwt::Refused::Signature && via == Via::TokenEndpoint);
        if !may_be_new {
            return Err(refused.into());
        }
        let asking = Asking { outgoing: &self.outgoing, config: &self.config };
        let renewed = self.source.renewed(&known, via, &asking).await?;
        Ok(read_by(&renewed.ok_or(refused)?.keys, token, wanted)?)
    }
}

fn read_by(keys: &KeyRing, token: &str, wanted: Wanted) -> Result<jwt::Token<claims::Claims>, jwt::Refused> {
    jwt::read(keys, token, wanted, Time::now())
}

/// A longer token does not fit into an address; the provider then asks her.
const HINT_BYTES_MAX: usize = 4 << 10;
/// Beneath the base path.
pub const CALLBACK_PATH: &str = "/api/v1/agent/oidc/callback";
