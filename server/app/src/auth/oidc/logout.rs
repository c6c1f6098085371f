//! Back-channel logout: the provider tells us, server to server, that a session or an account is signed out.

use std::time::Duration;

use super::claims;
use super::{Cause, Provider, Via};
use crate::auth::secret::Digest;
use crate::ops::clock::Time;

/// What is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The account; without `sid` all its sessions.
    pub sub: Option<String>,
    /// The session at the provider.
    pub sid: Option<String>,
    /// Names the message: it is believed once.
    pub id: Digest,
    /// Until when it could be shown again.
    pub until: Time,
}

/// A message that is good for longer could be held back and shown when it hurts.
const LOGOUT_TOKEN_LASTS_MAX: Duration = Duration::from_secs(3600);
/// What marks a token as such a message.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

impl Provider {
    /// Reads a logout token. That it was not read before is the caller's to see to.
    ///
    /// # Errors
    /// [`Cause`].
    pub async fn ended(&self, token: &str) -> Result<Ended, Cause> {
        let token = self.read(token, LOGOUT_TOKEN_LASTS_MAX, Via::Anybody).await?;
        let claims = token.claims;
        claims::judge_origin(&claims, &self.config)?;
        if !claims.get("events").and_then(|events| events.get(EVENT)).is_some_and(serde_json::Value::is_object) {
            return Err(Cause::Claim("events"));
        }
        // An ID token has one: neither may pass for the other.
        if claims.contains_key("nonce") {
            return Err(Cause::Claim("nonce"));
        }
        let (sub, sid) = (claims::id(&claims, "sub")?, claims::id(&claims, "sid")?);
        if sub.is_none() && sid.is_none() {
            return Err(Cause::Claim("sub"));
        }
        let id = claims::id(&claims, "jti")?.ok_or(Cause::Claim("jti"))?;
        let until = token.expires.plus(self.config.clock_skew);
        Ok(Ended { sub, sid, id: Digest::of(&format!("oidc logout:{id}")), until })
    }
}
