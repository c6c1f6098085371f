//! An OpenID Connect provider that does as it is told: well by default, and wrong in any way that a test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use url::{Url, form_urlencoded};

use crate::signer::Signer;
use crate::site::{read_head, redirect, respond, typed};

/// What the server is known by to the provider.
pub const CLIENT_ID: &str = "vitrine";
/// Proves that.
pub const CLIENT_SECRET: &str = "a secret of the client's: +/%";
/// The account that signs in.
pub const SUB: &str = "account-7";
/// Her session at the provider.
pub const SID: &str = "session-3";
const ACCESS_TOKEN: &str = "an access token";

/// A running provider on this machine, by plain HTTP. It stops when it is dropped.
#[derive(Debug)]
pub struct Provider {
    /// Its name and address.
    pub issuer: String,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

/// How the provider behaves.
#[derive(Debug)]
pub struct State {
    issuer: String,
    /// Signs.
    pub signer: Signer,
    /// What is published; the signer's own key unless something is said here.
    pub published: Option<Vec<Value>>,
    /// Changes to its discovery document, to claims and headers of tokens, to userinfo, to the token endpoint's answer:
    /// what is `null` is taken away.
    pub document: Value,
    /// See `document`.
    pub claims: Value,
    /// See `document`.
    pub header: Value,
    /// See `document`.
    pub userinfo: Value,
    /// See `document`.
    pub answer: Value,
    /// Paths that misbehave.
    pub odd: HashMap<&'static str, Odd>,
    /// Requests so far, by path.
    pub requests: Vec<String>,
    codes: HashMap<String, Asked>,
}

/// How a path misbehaves.
#[derive(Debug, Clone)]
pub enum Odd {
    /// With this status.
    Status(&'static str),
    /// With so many bytes more, which mean nothing.
    Padded(usize),
    /// With no JSON.
    Text,
    /// Not in time.
    Late(Duration),
    /// By sending us elsewhere, where the right answer would be.
    Elsewhere,
}

#[derive(Debug)]
struct Asked {
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

impl Provider {
    /// Starts one that signs by `ES256`.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let state = State {
            issuer: issuer.clone(),
            signer: Signer::ec("key-1"),
            published: None,
            document: json!({}),
            claims: json!({}),
            header: json!({}),
            userinfo: json!({}),
            answer: json!({}),
            odd: HashMap::new(),
            requests: Vec::new(),
            codes: HashMap::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { issuer, state, task }
    }

    /// The part of a server's configuration that names it; `more` are keys of `[agents.oidc]`.
    #[must_use]
    pub fn config(&self, more: &str) -> String {
        format!(
            "[agents.oidc]\nissuer = \"{}\"\nclient-id = \"{CLIENT_ID}\"\nlabel = \"Example ID\"\nclock-skew = \"30s\"\n{more}\n\
             [[rbac.claims]]\nclaim = \"groups\"\nvalue = \"support\"\nroles = [\"agent\"]\n\
             [limits]\nlogins-per-minute = 10000\n",
            self.issuer
        )
    }

    /// How it behaves, to be changed.
    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Behaves well again, with the keys that it has.
    pub fn behave(&self) {
        let state = &mut *self.state();
        for changes in
            [&mut state.document, &mut state.claims, &mut state.header, &mut state.userinfo, &mut state.answer]
        {
            *changes = json!({});
        }
        state.published = None;
        state.odd.clear();
    }

    /// Requests to a path so far.
    #[must_use]
    pub fn asked(&self, path: &str) -> usize {
        self.state().requests.iter().filter(|one| one.as_str() == path).count()
    }

    /// Somebody signs in at the door that the server sent her to: the query that she is sent back with.
    pub fn sign_in(&self, door: &str) -> String {
        let url = Url::parse(door).expect("an address");
        assert!(door.starts_with(&format!("{}/auth?", self.issuer)), "{door}");
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let value = |name: &str| query.get(name).unwrap_or_else(|| panic!("{name} in {door}")).clone();
        for (name, wanted) in [
            ("response_type", "code"),
            ("client_id", CLIENT_ID),
            ("code_challenge_method", "S256"),
            ("scope", "openid profile"),
        ] {
            assert_eq!(value(name), wanted, "{name}");
        }
        let mut state = self.state();
        let code = format!("code {}", state.codes.len());
        let asked =
            Asked { nonce: value("nonce"), challenge: value("code_challenge"), redirect_uri: value("redirect_uri") };
        state.codes.insert(code.clone(), asked);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("code", &code).append_pair("state", &value("state")).finish()
    }

    /// A logout token of these changes.
    #[must_use]
    pub fn logout_token(&self, header: &Value, claims: &Value) -> String {
        let state = self.state();
        let own = json!({
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now(), "exp": now() + 120, "jti": format!("{:?}", SystemTime::now()),
            "sub": SUB, "sid": SID, "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        state.signer.token(&changed(state.header(), header), &changed(own, claims))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    fn header(&self) -> Value {
        json!({"alg": self.signer.algorithm(), "kid": self.signer.id, "typ": "JWT"})
    }

    fn answer(&mut self, path: &str, head: &str, form: &HashMap<String, String>) -> Option<Value> {
        let issuer = &self.issuer;
        match path {
            "/.well-known/openid-configuration" => {
                let own = json!({
                    "issuer": issuer, "authorization_endpoint": format!("{issuer}/auth"), "token_endpoint": format!("{issuer}/token"),
                    "jwks_uri": format!("{issuer}/keys"), "end_session_endpoint": format!("{issuer}/end"),
                    "code_challenge_methods_supported": ["S256"],
                });
                Some(changed(own, &self.document))
            }
            "/keys" => Some(json!({"keys": self.published.clone().unwrap_or_else(|| vec![self.signer.jwk()])})),
            "/token" => self.token(head, form),
            "/userinfo" => {
                assert!(head.contains(&format!("Bearer {ACCESS_TOKEN}")), "{head}");
                Some(changed(json!({"sub": SUB}), &self.userinfo))
            }
            _ => None,
        }
    }

    /// Takes a code once, from the client that asked for it and knows the verifier.
    fn token(&mut self, head: &str, form: &HashMap<String, String>) -> Option<Value> {
        let asked = self.codes.remove(form.get("code")?)?;
        let verifier = digest::digest(&digest::SHA256, form.get("code_verifier")?.as_bytes());
        let is_right = form.get("grant_type")? == "authorization_code"
            && *form.get("redirect_uri")? == asked.redirect_uri
            && URL_SAFE_NO_PAD.encode(verifier) == asked.challenge;
        if !is_right || !self.knows_client(head, form) {
            return None;
        }
        let hash = match self.signer.algorithm() {
            "EdDSA" => digest::digest(&digest::SHA512, ACCESS_TOKEN.as_bytes()),
            _ => digest::digest(&digest::SHA256, ACCESS_TOKEN.as_bytes()),
        };
        let left = &hash.as_ref()[..hash.as_ref().len() / 2];
        let own = json!({
            "iss": self.issuer, "aud": CLIENT_ID, "sub": SUB, "sid": SID, "iat": now(), "exp": now() + 300, "nonce": asked.nonce,
            "name": "Ann Lee", "groups": ["staff", "support"], "at_hash": URL_SAFE_NO_PAD.encode(left),
        });
        let token = self.signer.token(&changed(self.header(), &self.header), &changed(own, &self.claims));
        let own = json!({"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": token});
        Some(changed(own, &self.answer))
    }

    fn knows_client(&self, head: &str, form: &HashMap<String, String>) -> bool {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let login = format!("{}:{}", encoded(CLIENT_ID), encoded(CLIENT_SECRET));
        let login = base64::engine::general_purpose::STANDARD.encode(login);
        let (id, secret) = (form.get("client_id"), form.get("client_secret"));
        match self.document["token_endpoint_auth_methods_supported"][0].as_str() {
            Some("none") => id.is_some_and(|id| id == CLIENT_ID) && secret.is_none() && !head.contains("uthorization:"),
            Some("client_secret_post") => {
                id.is_some_and(|id| id == CLIENT_ID) && secret.is_some_and(|secret| secret == CLIENT_SECRET)
            }
            _ => head.contains(&format!("Basic {login}")) && id.is_none() && secret.is_none(),
        }
    }
}

/// A value with other fields; `null` takes one away.
fn changed(mut own: Value, changes: &Value) -> Value {
    let empty = Map::new();
    for (name, value) in changes.as_object().unwrap_or(&empty) {
        if value.is_null() {
            own.as_object_mut().expect("an object").remove(name);
        } else {
            own[name] = value.clone();
        }
    }
    own
}

/// In seconds since 1970.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs()
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let head = read_head(&mut stream).await;
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    if stream.read_exact(&mut body).await.is_err() {
        return;
    }
    let form = form_urlencoded::parse(&body).into_owned().collect();
    let (odd, answer) = {
        let mut state = lock(&state);
        state.requests.push(path.clone());
        (state.odd.get(path.as_str()).cloned(), state.answer(path.trim_end_matches("/elsewhere"), &head, &form))
    };
    let json = answer.map(|answer| answer.to_string().into_bytes());
    let bytes = match (odd, json) {
        (_, None) => respond("400 Bad Request", &[], b"{}"),
        (None, Some(json)) => typed("application/json", &json),
        (Some(Odd::Status(status)), Some(json)) => respond(status, &[], &json),
        (Some(Odd::Padded(bytes)), Some(json)) => typed("application/json", &[json, vec![b' '; bytes]].concat()),
        (Some(Odd::Text), Some(_)) => typed("text/html", b"<p>nothing here"),
        (Some(Odd::Elsewhere), Some(_)) => redirect(&format!("{path}/elsewhere")),
        (Some(Odd::Late(wait)), Some(json)) => {
            sleep(wait).await;
            typed("application/json", &json)
        }
    };
    // The client may have gone away: then there is nobody to tell.
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
