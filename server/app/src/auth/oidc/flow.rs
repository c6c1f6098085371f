//! The authorization code flow: the browser is sent to the provider, comes back with a code, and the code becomes an ID token.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::claims::{self, Claims};
use super::discovery::{Metadata, TakesSecret};
use super::outgoing::parse;
use super::{Cause, ID_TOKEN_LASTS_MAX, Provider, Via};
use crate::auth::secret::{Digest, Secret};
use crate::config::ClaimRow;
use crate::ops::clock::{Time, as_ms};

/// A sign-in that begins: all its secrets, of which the server keeps what [`Attempt::record`] says.
#[derive(Debug)]
pub struct Attempt {
    /// Travels through the provider and comes back.
    pub state: Secret,
    /// Stays in a cookie of the browser: who comes back with somebody else's `state` has another.
    pub browser: Secret,
    nonce: Secret,
    verifier: Secret,
}

/// A sign-in on its way; kept by the digest of its `state`, taken out by the first who brings that.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    /// The browser that began it.
    pub browser: Digest,
    /// When it is given up.
    #[serde(with = "as_ms")]
    pub ends: Time,
    /// Must stand in the ID token.
    nonce: String,
    /// Shows the provider that the code was ours to begin with.
    verifier: String,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("SignIn(***)")
    }
}

/// For her to sign in at the provider, with a second factor and a telephone in another room.
pub const SIGN_IN_LASTS: Duration = Duration::from_secs(600);

impl Attempt {
    /// A new one.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let (state, browser) = (Secret::random()?, Secret::random()?);
        Ok(Self { state, browser, nonce: Secret::random()?, verifier: Secret::random()? })
    }

    /// What is kept of it.
    #[must_use]
    pub fn record(&self) -> SignIn {
        SignIn {
            browser: self.browser.digest(),
            ends: Time::now().plus(SIGN_IN_LASTS),
            nonce: self.nonce.text().to_owned(),
            verifier: self.verifier.text().to_owned(),
        }
    }
}

/// Who signed in, as the provider vouches for it.
pub struct Person {
    /// Never another account's, however she is called.
    pub sub: String,
    /// As customers read it.
    pub name: String,
    /// Her session at the provider, if it tells.
    pub sid: Option<String>,
    /// Shown to the provider when she signs out.
    pub id_token: String,
    /// What roles follow from.
    pub claims: Claims,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Person(***)")
    }
}

#[derive(Deserialize)]
struct Answer {
    id_token: String,
    access_token: Option<String>,
}

impl Provider {
    /// Where the browser is sent to sign in.
    ///
    /// # Errors
    /// [`Cause`]: the provider is not known yet, and cannot be asked.
    pub async fn door(&self, attempt: &Attempt) -> Result<Url, Cause> {
        let known = self.known().await?;
        let mut url = known.metadata.authorization.clone();
        let challenge = digest::digest(&digest::SHA256, attempt.verifier.text().as_bytes());
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", &self.callback)
            .append_pair("scope", &self.config.scopes.join(" "))
            .append_pair("state", attempt.state.text())
            .append_pair("nonce", attempt.nonce.text())
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Judges the `iss` beside a code (RFC 9207): a code of another provider's is not shown to this one.
    ///
    /// # Errors
    /// [`Cause::Claim`].
    pub async fn judge_issuer(&self, named: Option<&str>) -> Result<(), Cause> {
        let is_named = match named {
            Some(issuer) => issuer == self.config.issuer.text,
            None => !self.known().await?.metadata.names_itself,
        };
        if is_named { Ok(()) } else { Err(Cause::Claim("iss")) }
    }

    /// Turns the code into who signed in. `rows` tell which claims are wanted; those that the ID token lacks are asked of
    /// the provider's userinfo, since many put no more than the account's number into the token.
    ///
    /// # Errors
    /// [`Cause`].
    pub async fn redeem(&self, sign_in: &SignIn, code: &str, rows: &[ClaimRow]) -> Result<Person, Cause> {
        let known = self.known().await?;
        let answer = self.exchange(&known.metadata, sign_in, code).await?;
        let token = self.read(&answer.id_token, ID_TOKEN_LASTS_MAX, Via::TokenEndpoint).await?;
        let mut claims = token.claims;
        claims::judge_origin(&claims, &self.config)?;
        if !claims::is(&claims, "nonce", &sign_in.nonce) {
            return Err(Cause::Claim("nonce"));
        }
        judge_access_token(&claims, token.algorithm, answer.access_token.as_deref())?;
        let sub = claims::id(&claims, "sub")?.ok_or(Cause::Claim("sub"))?;
        let sid = claims::id(&claims, "sid")?;
        self.complete(&mut claims, &sub, &known.metadata, answer.access_token.as_deref(), rows).await?;
        let name = claims::name(&claims, &self.config.name_claim);
        Ok(Person { sub, name, sid, id_token: answer.id_token, claims })
    }

    async fn exchange(&self, metadata: &Metadata, sign_in: &SignIn, code: &str) -> Result<Answer, Cause> {
        const WHAT: &str = "token endpoint";
        let (form, login) = self.form(metadata, sign_in, code);
        let answer = self.outgoing.post(WHAT, &metadata.token, form, login).await.map_err(|cause| match cause {
            Cause::Status(_, status @ 400..=499) => Cause::Code(status),
            other => other,
        });
        parse(WHAT, &answer?)
    }

    /// The form of the exchange, and what goes into the header in its place.
    fn form(&self, metadata: &Metadata, sign_in: &SignIn, code: &str) -> (String, Option<(String, String)>) {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code");
        form.append_pair("code", code);
        form.append_pair("redirect_uri", &self.callback);
        form.append_pair("code_verifier", &sign_in.verifier);
        let id = &self.config.client_id;
        let login = match (&self.config.client_secret, metadata.takes_secret) {
            // RFC 6749, 2.3.1: both are encoded as in a form before they go into the header.
            (Some(secret), TakesSecret::InHeader) => Some((encoded(id), encoded(secret))),
            (Some(secret), TakesSecret::InForm) => {
                form.append_pair("client_id", id).append_pair("client_secret", secret);
                None
            }
            (None, _) => {
                form.append_pair("client_id", id);
                None
            }
        };
        (form.finish(), login)
    }

    async fn complete(
        &self,
        claims: &mut Claims,
        sub: &str,
        metadata: &Metadata,
        access_token: Option<&str>,
        rows: &[ClaimRow],
    ) -> Result<(), Cause> {
        const WHAT: &str = "userinfo endpoint";
        let mut wanted = rows.iter().map(|row| row.claim.as_str()).chain([self.config.name_claim.as_str()]);
        let has_all = wanted.all(|name| claims::find(claims, name).is_some());
        let (Some(url), Some(access_token), false) = (&metadata.userinfo, access_token, has_all) else { return Ok(()) };
        let more: Claims = parse(WHAT, &self.outgoing.get_with(WHAT, url, access_token).await?)?;
        // An access token of somebody else's must not lend her his claims.
        if more.get("sub").and_then(Value::as_str) != Some(sub) {
            return Err(Cause::Claim("sub"));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// `at_hash` binds the access token to the ID token, where the provider says it.
fn judge_access_token(claims: &Claims, algorithm: Algorithm, access_token: Option<&str>) -> Result<(), Cause> {
    let (Some(_), Some(access_token)) = (claims.get("at_hash"), access_token) else { return Ok(()) };
    let by = match algorithm {
        Algorithm::EdDSA => &digest::SHA512,
        Algorithm::ES384 => &digest::SHA384,
        _ => &digest::SHA256,
    };
    let hash = digest::digest(by, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    if claims::is(claims, "at_hash", &URL_SAFE_NO_PAD.encode(left)) { Ok(()) } else { Err(Cause::Claim("at_hash")) }
}
