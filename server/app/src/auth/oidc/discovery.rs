//! The provider's discovery document: where its doors are, and what it says that it can do.

use std::sync::Arc;

use serde::Deserialize;
use url::Url;

use super::outgoing::parse;
use super::{Cause, KeyRing};
use crate::config::{Issuer, Oidc, is_private_way};

/// What is known of the provider.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) metadata: Arc<Metadata>,
    pub(super) keys: Arc<KeyRing>,
}

/// What its document says, as far as we use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    pub(super) userinfo: Option<Url>,
    pub(super) end_session: Option<Url>,
    pub(super) takes_secret: TakesSecret,
    /// Its answers to the browser name it (RFC 9207), so one that does not is not its.
    pub(super) names_itself: bool,
}

/// How it wants the client's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TakesSecret {
    InHeader,
    InForm,
}

const WHAT: &str = "discovery document";

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where an issuer's document is.
pub(super) fn address(issuer: &Issuer) -> Url {
    let mut url = issuer.url.clone();
    let path = format!("{}/.well-known/openid-configuration", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

/// Reads the document. One of another issuer is refused: by it, one provider could pass for another.
pub(super) fn read(body: &[u8], config: &Oidc) -> Result<Metadata, Cause> {
    let document: Document = parse(WHAT, body)?;
    if document.issuer != config.issuer.text {
        return Err(Cause::OtherIssuer);
    }
    // What is not said is what the standards take for granted; of PKCE they say nothing, and most providers do it.
    offers(document.response_types_supported.as_deref(), "code", "the response type \"code\"")?;
    offers(document.code_challenge_methods_supported.as_deref(), "S256", "PKCE with S256")?;
    Ok(Metadata {
        takes_secret: takes_secret(document.token_endpoint_auth_methods_supported.as_deref(), config)?,
        authorization: judged("authorization_endpoint", &document.authorization_endpoint)?,
        token: judged("token_endpoint", &document.token_endpoint)?,
        keys: judged("jwks_uri", &document.jwks_uri)?,
        userinfo: document.userinfo_endpoint.as_deref().map(|url| judged("userinfo_endpoint", url)).transpose()?,
        end_session: document
            .end_session_endpoint
            .as_deref()
            .map(|url| judged("end_session_endpoint", url))
            .transpose()?,
        names_itself: document.authorization_response_iss_parameter_supported,
    })
}

fn offers(list: Option<&[String]>, wanted: &str, what: &'static str) -> Result<(), Cause> {
    let is_offered = list.is_none_or(|list| list.iter().any(|one| one == wanted));
    if is_offered { Ok(()) } else { Err(Cause::Missing(what)) }
}

fn takes_secret(methods: Option<&[String]>, config: &Oidc) -> Result<TakesSecret, Cause> {
    let Some(methods) = methods.filter(|_| config.client_secret.is_some()) else { return Ok(TakesSecret::InHeader) };
    let has = |name: &str| methods.iter().any(|method| method == name);
    if has("client_secret_basic") {
        Ok(TakesSecret::InHeader)
    } else if has("client_secret_post") {
        Ok(TakesSecret::InForm)
    } else {
        Err(Cause::Missing("client_secret_basic or client_secret_post"))
    }
}

fn judged(what: &'static str, url: &str) -> Result<Url, Cause> {
    let url = Url::parse(url).map_err(|_| Cause::Address(what))?;
    let is_good = is_private_way(&url) && url.username().is_empty() && url.password().is_none();
    if is_good && url.fragment().is_none() { Ok(url) } else { Err(Cause::Address(what)) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::{TakesSecret, address, read};
    use crate::auth::oidc::Cause;
    use crate::config::{Issuer, Oidc};

    fn config(issuer: &str) -> Oidc {
        Oidc {
            issuer: Issuer { text: issuer.into(), url: issuer.parse().unwrap() },
            client_id: "vitrine".into(),
            client_secret: Some("secret".into()),
            scopes: vec!["openid".into()],
            name_claim: "name".into(),
            label: "Example".into(),
            clock_skew: Duration::ZERO,
            timeout: Duration::from_secs(1),
            ca_file: None,
        }
    }

    fn document(changes: &Value) -> Vec<u8> {
        let mut document = json!({
            "issuer": "https://id.example",
            "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://keys.example/jwks",
        });
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        document.to_string().into_bytes()
    }

    #[test]
    fn the_document_is_beneath_the_issuer() {
        for (issuer, expected) in [
            ("https://id.example", "https://id.example/.well-known/openid-configuration"),
            ("https://id.example/", "https://id.example/.well-known/openid-configuration"),
            ("https://id.example/realms/a", "https://id.example/realms/a/.well-known/openid-configuration"),
        ] {
            assert_eq!(address(&config(issuer).issuer).as_str(), expected);
        }
    }

    #[test]
    fn a_document_is_of_the_issuer_and_all_its_doors_are_private() {
        for (changes, expected) in [
            (json!({}), Ok(())),
            (json!({"issuer": "https://id.example/"}), Err(Cause::OtherIssuer)),
            (json!({"issuer": "https://ID.example"}), Err(Cause::OtherIssuer)),
            (json!({"token_endpoint": "http://id.example/token"}), Err(Cause::Address("token_endpoint"))),
            (json!({"token_endpoint": "http://127.0.0.1:1/token"}), Ok(())),
            (json!({"jwks_uri": "http://localhost.evil.example/"}), Err(Cause::Address("jwks_uri"))),
            (json!({"jwks_uri": "file:///etc/passwd"}), Err(Cause::Address("jwks_uri"))),
            (json!({"userinfo_endpoint": "https://a:b@id.example/"}), Err(Cause::Address("userinfo_endpoint"))),
            (json!({"end_session_endpoint": "javascript:alert(1)"}), Err(Cause::Address("end_session_endpoint"))),
            (json!({"authorization_endpoint": "nowhere"}), Err(Cause::Address("authorization_endpoint"))),
            (json!({"jwks_uri": null}), Err(Cause::Form("discovery document"))),
            (json!({"response_types_supported": ["id_token"]}), Err(Cause::Missing("the response type \"code\""))),
            (json!({"code_challenge_methods_supported": ["plain"]}), Err(Cause::Missing("PKCE with S256"))),
        ] {
            let read = read(&document(&changes), &config("https://id.example"));
            assert_eq!(read.map(|_| ()), expected, "{changes}");
        }
    }

    #[test]
    fn the_secret_goes_the_way_that_the_provider_takes_it() {
        for (methods, expected) in [
            (json!(null), Ok(TakesSecret::InHeader)),
            (json!(["client_secret_post", "client_secret_basic"]), Ok(TakesSecret::InHeader)),
            (json!(["client_secret_post"]), Ok(TakesSecret::InForm)),
            (json!(["private_key_jwt"]), Err(Cause::Missing("client_secret_basic or client_secret_post"))),
        ] {
            let document = document(&json!({"token_endpoint_auth_methods_supported": methods}));
            let read = read(&document, &config("https://id.example"));
            assert_eq!(read.map(|metadata| metadata.takes_secret), expected, "{methods}");
        }
    }
}
