//! A whole server in the test's own process, over real TLS on a port of its own; or one that runs by itself.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Client, ClientBuilder, Method, RequestBuilder};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use vitrine::assets::{Names, SystemNames};
use vitrine::auth::password;
use vitrine::config::{self, Source};
use vitrine::net::tls;
use vitrine::reload::Outcome;
use vitrine::start::{self, Listeners};

/// The website whose pages may be shared.
pub const SHOP: &str = "https://shop.example";
/// Every account's password.
pub const PASSWORD: &str = "correct horse";

/// By one of several nodes; after it a person tries again.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// A running server and how to reach it.
#[derive(Debug)]
pub struct Server {
    pub(crate) inner: Option<start::Server>,
    /// `https://localhost:…`, both public and agent address.
    pub origin: String,
    /// Where it listens.
    pub address: SocketAddr,
    /// The operators' listener.
    pub management: SocketAddr,
    /// Believes the server's certificate; speaks HTTP/2.
    pub http: Client,
    /// The same by HTTP/1.1, which has a `Host` header.
    pub http1: Client,
    /// Believes it on a bare connection.
    pub tls: Arc<ClientConfig>,
}

struct Identity {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
    pem: (String, String),
    password_hash: String,
}

/// Made once: a key and a hash take a moment.
fn identity() -> &'static Identity {
    static IDENTITY: OnceLock<Identity> = OnceLock::new();
    IDENTITY.get_or_init(|| {
        tls::install_provider();
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).expect("a certificate");
        Identity {
            certificate: cert.der().clone(),
            key: signing_key.serialize_der(),
            pem: (cert.pem(), signing_key.serialize_pem()),
            password_hash: password::hash(PASSWORD).expect("a hash"),
        }
    })
}

impl Server {
    /// Starts with the site `shop`, the agents `ann` and `bob` and the supervisor `sue`; `more` is TOML that goes behind
    /// it. It may begin with keys of `[server]`.
    pub async fn start(more: &str) -> Self {
        Self::start_resolving(more, Arc::new(SystemNames)).await
    }

    /// The same, with a resolver of the test's for assets' hosts.
    pub async fn start_resolving(more: &str, names: Arc<dyn Names>) -> Self {
        let identity = identity();
        let (public, management) = (listener(), listener());
        let (address, management_address) = (local(&public), local(&management));
        let config = parse(&config(address, more));
        let key = PrivateKeyDer::try_from(identity.key.clone()).expect("a key");
        let tls = tls::config(vec![identity.certificate.clone()], key, &config.tls).expect("TLS");
        let inner =
            start::start_with(config, Some(tls), Listeners { public, management }, names).await.expect("a server");
        Self { inner: Some(inner), ..Self::elsewhere(address, management_address) }
    }

    /// A server that was started elsewhere, with [`config()`] and [`pem`].
    #[must_use]
    pub fn elsewhere(address: SocketAddr, management: SocketAddr) -> Self {
        let identity = identity();
        Self {
            inner: None,
            origin: origin(address),
            address,
            management,
            http: http_client(identity, address).build().expect("a client"),
            http1: http_client(identity, address).http1_only().build().expect("a client"),
            tls: client_tls(identity),
        }
    }

    /// Several nodes behind one address: every request takes a connection of its own, and none waits for long.
    #[must_use]
    pub fn behind(balancer: SocketAddr) -> Self {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let http = http_client(identity(), balancer).http1_only().pool_max_idle_per_host(0).timeout(ANSWERED_WITHIN);
        let http = http.build().expect("a client");
        Self { http1: http.clone(), http, ..Self::elsewhere(balancer, nowhere) }
    }

    /// A request to the server.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.origin))
    }

    /// Puts another configuration into force; `more` as in [`Server::start`].
    ///
    /// # Panics
    /// It is not taken.
    pub async fn reload(&self, more: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("vitrine.toml");
        std::fs::write(&path, config(self.address, more)).expect("a file");
        let server = self.inner.as_ref().expect("a server of this process");
        let reloader = server.reloader(Source::new(Some(&path), Vec::new()));
        let outcome = tokio::task::spawn_blocking(move || reloader.reload()).await.expect("an outcome");
        assert!(matches!(outcome, Outcome::Applied(_)), "{outcome:?}");
    }

    /// What the operators' listener answers: status and text.
    pub async fn operators(&self, path: &str) -> (u16, String) {
        let response = self.http.get(format!("http://{}{path}", self.management)).send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("text"))
    }

    /// Stops it as a signal would.
    pub async fn stop(self) {
        if let Some(inner) = self.inner {
            inner.stop().await;
        }
    }
}

/// Asks for an agent token as an app's back end does, or gives the status of the refusal.
pub async fn app_token(server: &Server, app: &str, key: &str, agent: &Value) -> Result<String, u16> {
    let request = server.request(Method::POST, "/api/v1/agent/tokens").basic_auth(app, Some(key));
    let request = request.header("content-type", "application/json").body(agent.to_string());
    let response = request.send().await.expect("an answer");
    if response.status() != 200 {
        return Err(response.status().as_u16());
    }
    let answer: Value = serde_json::from_str(&response.text().await.expect("text")).expect("JSON");
    Ok(answer["token"].as_str().expect("a token").to_owned())
}

/// Reads a configuration that must be right.
///
/// # Panics
/// It is wrong.
#[must_use]
pub fn parse(text: &str) -> config::Config {
    let loaded = config::parse("test.toml", text, &[]);
    let problems: Vec<String> = loaded.problems.iter().map(|problem| problem.line("test.toml")).collect();
    loaded.config.unwrap_or_else(|| panic!("{}", problems.join("\n")))
}

fn origin(address: SocketAddr) -> String {
    format!("https://localhost:{}", address.port())
}

/// Certificate and key, as files hold them: ECDSA with P-256, for `localhost` and its address.
#[must_use]
pub fn pem() -> (&'static str, &'static str) {
    let (certificate, key) = &identity().pem;
    (certificate, key)
}

/// The configuration of a server at this address; `more` as in [`Server::start`].
#[must_use]
pub fn config(address: SocketAddr, more: &str) -> String {
    let (origin, hash) = (origin(address), &identity().password_hash);
    let account = |name: &str, role: &str| {
        format!("[[agents.accounts]]\nname = \"{name}\"\npassword = \"{hash}\"\nroles = [\"{role}\"]\n")
    };
    let split = if more.trim_start().starts_with('[') { 0 } else { more.find("\n[").map_or(more.len(), |at| at + 1) };
    let (server_keys, sections) = more.split_at(split);
    let mut text = format!("[server]\npublic-url = \"{origin}\"\n{server_keys}\n");
    text += &account("ann", "agent");
    text += &account("bob", "agent");
    text += &account("sue", "supervisor");
    if !sections.contains("[cross-origin]") {
        text += &format!("[cross-origin]\nallowed-origins = [\"{SHOP}\"]\n");
    }
    if !sections.contains("[sites.shop]") {
        text += "[sites.shop]\n";
    }
    text + sections
}

pub(crate) fn listener() -> TcpListener {
    start::listen(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port")
}

pub(crate) fn local(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("an address")
}

fn http_client(identity: &Identity, address: SocketAddr) -> ClientBuilder {
    let certificate = reqwest::Certificate::from_der(&identity.certificate).expect("a certificate");
    Client::builder()
        .tls_certs_only([certificate])
        .resolve("localhost", address)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
}

fn client_tls(identity: &Identity) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(identity.certificate.clone()).expect("a root");
    Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}
