//! Agent tokens: an app that embeds the viewer vouches for its agents, for five minutes at a time.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vitrine_core::access::Sites;
use vitrine_core::ids::SessionId;

use super::jwt::{self, KeyRing, Refused, Wanted};
use super::login::{Login, NAME_BYTES_MAX, SignedIn, is_plain};
use super::secret::{Digest, Secret, random_bytes};
use super::shared_keys::{SharedKeys, holder_of};
use super::subject::Subject;
use crate::config::{Config, SigningKey};
use crate::ops::clock::Time;

/// How long a token is good for, and the longest that one may be.
pub const LASTS: Duration = Duration::from_secs(5 * 60);
/// The longest `sub` and `jti`, in bytes.
pub const SUB_BYTES_MAX: usize = 128;
/// Clocks of two of our servers.
const SKEW: Duration = Duration::from_secs(1);
const AUDIENCE: &str = "vitrine";

/// Signs and reads them.
pub struct AgentTokens {
    /// Signs where the configuration lists no key.
    own: SigningKey,
}

impl fmt::Debug for AgentTokens {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("AgentTokens(***)")
    }
}

/// Who a token is for.
#[derive(Debug, Clone)]
pub struct Embedded {
    /// The app that vouches for her.
    pub app: String,
    /// What it knows her by.
    pub sub: String,
    /// What customers read.
    pub name: Option<String>,
    /// Her role.
    pub role: String,
    /// The only session that the token is for.
    pub session: Option<SessionId>,
}

/// What a token says, besides its times.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    role: String,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[derive(Serialize)]
struct Written<'c> {
    #[serde(flatten)]
    claims: &'c Claims,
    iat: u64,
    exp: u64,
}

/// Why no token can be made.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The system has no randomness to give.
    #[error("the system has no randomness to give: {0}")]
    Random(#[from] getrandom::Error),
    /// The system cannot sign.
    #[error("cannot sign: {0}")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

impl AgentTokens {
    /// With a key of this process's own, for where the configuration lists none.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn new() -> Result<Self, getrandom::Error> {
        let own = SigningKey { id: "own".to_owned(), secret: random_bytes::<32>()?.to_vec() };
        Ok(Self { own })
    }

    /// A token by the first key, and until when it is good.
    ///
    /// # Errors
    /// [`MintError`].
    pub fn mint(&self, config: &Config, agent: &Embedded, now: Time) -> Result<(String, Time), MintError> {
        mint(config.signing_keys.first().unwrap_or(&self.own), agent, now)
    }

    /// Whose token it is. The same for each request that shows it.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn read(&self, config: &Config, shared: &SharedKeys, token: &str, now: Time) -> Result<SignedIn, Refused> {
        let own = std::slice::from_ref(&self.own);
        let keys = if config.signing_keys.is_empty() { own } else { config.signing_keys.as_slice() };
        let ring = keys.iter().fold(KeyRing::default(), |ring, key| ring.with_secret(&key.id, &key.secret));
        let token = jwt::read::<Claims>(&ring, token, Wanted { longest: LASTS, skew: SKEW }, now)?;
        let claims = token.claims;
        let id = Digest::of(&format!("agent token:{}:{}", claims.iss, claims.jti));
        let asset_cookie = shared.asset_cookie(&claims.iss, &claims.sub);
        let holder = holder_of(&claims.iss, &claims.sub);
        let login = login(claims, holder, token.expires, config).ok_or(Refused::Claims)?;
        Ok(SignedIn { id, login, asset_cookie })
    }
}

/// A token by this key.
///
/// # Errors
/// [`MintError`].
pub fn mint(key: &SigningKey, agent: &Embedded, now: Time) -> Result<(String, Time), MintError> {
    let iat = now.0 / 1000;
    let exp = iat + LASTS.as_secs();
    let claims = Claims {
        iss: agent.app.clone(),
        aud: AUDIENCE.to_owned(),
        sub: agent.sub.clone(),
        role: agent.role.clone(),
        jti: Secret::random()?.text().to_owned(),
        sid: agent.session.as_ref().map(ToString::to_string),
        name: agent.name.clone(),
    };
    let token = jwt::sign(&Written { claims: &claims, iat, exp }, &key.id, &key.secret)?;
    Ok((token, Time(exp * 1000)))
}

/// `None`: the claims are not ours, or of no app that may hand out the role.
fn login(claims: Claims, holder: Digest, ends: Time, config: &Config) -> Option<Login> {
    let app = config.agents.apps.get(&claims.iss)?;
    let is_right = claims.aud == AUDIENCE
        && app.roles.contains(&claims.role)
        && is_plain(&claims.sub, SUB_BYTES_MAX)
        && is_plain(&claims.jti, SUB_BYTES_MAX)
        && claims.name.as_deref().is_none_or(|name| is_plain(name, NAME_BYTES_MAX));
    let session = claims.sid.as_deref().map(SessionId::new);
    if !is_right || session == Some(None) {
        return None;
    }
    let name = claims.name.unwrap_or_else(|| claims.sub.chars().take(NAME_BYTES_MAX / 4).collect());
    Some(Login {
        subject: Subject::App { app: claims.iss, sub: claims.sub },
        name,
        roles: vec![claims.role],
        sites: Sites::All,
        session: session.flatten(),
        ends,
        holder,
        provider: None,
        password: None,
    })
}

#[cfg(test)]
mod tests {
    use super::{AgentTokens, Embedded};
    use crate::auth::shared_keys::SharedKeys;
    use crate::config::{self, Config};
    use crate::ops::clock::Time;

    fn config(keys: &str) -> Config {
        let text = format!("[agents.apps.crm]\nkeys = [\"{}\"]\n{keys}", "k".repeat(32));
        let loaded = config::parse("test.toml", &text, &[]);
        assert_eq!(loaded.problems, []);
        loaded.config.unwrap()
    }

    fn key(id: &str) -> String {
        format!("[[keys.signing]]\nid = \"{id}\"\nsecret = \"{}\"\n", id.repeat(32))
    }

    fn ann() -> Embedded {
        let text = str::to_owned;
        Embedded { app: text("crm"), sub: text("7"), name: Some(text("Ann")), role: text("agent"), session: None }
    }

    #[test]
    fn keys_rotate_and_the_holder_of_assets_stays() {
        let tokens = AgentTokens::new().unwrap();
        let now = Time::now();
        let read = |tokens: &AgentTokens, config: &Config, token: &str| {
            tokens.read(config, &SharedKeys::new(&config.signing_keys, &tokens.own), token, now)
        };
        let [old, both, new] = [key("a"), key("b") + &key("a"), key("b")].map(|keys| config(&keys));
        let (first, ends) = tokens.mint(&old, &ann(), now).unwrap();
        assert!(ends <= now.plus(super::LASTS));
        let (second, _) = tokens.mint(&both, &ann(), now).unwrap();
        assert!(read(&tokens, &old, &second).is_err(), "the first key signs");
        assert!(read(&tokens, &new, &first).is_err(), "a removed key opens nothing");
        let [first, second] = [first, second].map(|token| read(&tokens, &both, &token).unwrap());
        assert_eq!(first.login.holder, second.login.holder);
        assert_ne!(first.id, second.id, "revoked one by one");
        let other = AgentTokens::new().unwrap();
        let (own, _) = tokens.mint(&config(""), &ann(), now).unwrap();
        assert!(read(&tokens, &config(""), &own).is_ok());
        assert!(read(&other, &config(""), &own).is_err());
        let (elsewhere, _) = other.mint(&new, &ann(), now).unwrap();
        assert_eq!(
            read(&tokens, &new, &elsewhere).unwrap().login.holder,
            first.login.holder,
            "whichever server minted it"
        );
    }
}
