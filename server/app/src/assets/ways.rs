//! Which way a request goes, directly or through the forward proxy, and the judgement before either.

use std::path::PathBuf;
use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use reqwest::{Client, ClientBuilder, Proxy, Response, redirect};
use tokio::time::timeout;
use url::Url;
use vitrine_core::asset::{AllowedDomains, HostList};

use super::Refusal;
use super::guard::{AddressNotAllowed, Guard, Unjudged};
use super::limits::{IDLE_CONNECTIONS, Waits};
use super::names::Names;
use crate::config::{ForwardProxy, HttpProxy, ResolveAt};

/// Makes requests.
#[derive(Debug)]
pub(super) struct Ways {
    guard: Guard,
    direct: Client,
    forward: Option<Forward>,
    waits: Waits,
}

#[derive(Debug)]
struct Forward {
    client: Client,
    no_proxy: HostList,
    resolve_at: ResolveAt,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum FetcherError {
    /// `[http-proxy] ca-file` cannot be read.
    #[error("{}: {source}; [http-proxy] ca-file names a PEM file", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The client cannot be made: mostly that file is no PEM, or the system has no certificate authorities.
    #[error("cannot make connections for assets: {0}")]
    Client(#[from] reqwest::Error),
}

impl Ways {
    pub(super) fn new(
        config: &HttpProxy,
        forward: Option<&ForwardProxy>,
        names: Arc<dyn Names>,
    ) -> Result<Self, FetcherError> {
        let waits = Waits::within(config.timeout);
        let forward = forward.map(|forward| Forward::new(config, forward, Arc::clone(&names))).transpose()?;
        let guard = Guard::new(&config.domains, &config.allow_private_addresses, names);
        let direct = builder(config, waits)?.dns_resolver(Arc::new(guard.clone())).build()?;
        Ok(Self { guard, direct, forward, waits })
    }

    /// Asks these hosts from now on, and no others. Whether they are others than before.
    pub(super) fn permit(&self, domains: &AllowedDomains) -> bool {
        self.guard.permit(domains)
    }

    /// Judges the URL and asks for it. Redirects are answers like others: who follows one asks here again.
    pub(super) async fn get(&self, url: &Url, headers: HeaderMap) -> Result<Response, Refusal> {
        self.guard.judge(url)?;
        let answer = async {
            match self.forward.as_ref().filter(|forward| !forward.no_proxy.contains(url)) {
                Some(forward) => forward.get(&self.guard, url, headers).await,
                None => get(&self.direct, url, headers).await.map_err(|error| refusal(&error)),
            }
        };
        timeout(self.waits.head, answer).await.unwrap_or(Err(Refusal::SlowAnswer))
    }
}

impl Forward {
    fn new(config: &HttpProxy, forward: &ForwardProxy, names: Arc<dyn Names>) -> Result<Self, FetcherError> {
        let mut proxy = Proxy::all(forward.url.clone())?;
        if let Some(login) = &forward.login {
            proxy = proxy.basic_auth(&login.username, &login.password);
        }
        let client = builder(config, Waits::within(config.timeout))?;
        let client = client.proxy(proxy).dns_resolver(Arc::new(Unjudged(names))).build()?;
        Ok(Self { client, no_proxy: forward.no_proxy.clone(), resolve_at: forward.resolve_at })
    }

    async fn get(&self, guard: &Guard, url: &Url, headers: HeaderMap) -> Result<Response, Refusal> {
        if self.resolve_at == ResolveAt::Here {
            guard.judge_addresses(url).await?;
        }
        match get(&self.client, url, headers).await {
            Ok(response) if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Err(Refusal::ForwardProxy)
            }
            Err(error) if error.is_connect() && !error.is_timeout() => Err(Refusal::ForwardProxy),
            answer => answer.map_err(|error| refusal(&error)),
        }
    }
}

fn builder(config: &HttpProxy, waits: Waits) -> Result<ClientBuilder, FetcherError> {
    let client = Client::builder()
        .user_agent(concat!("Vitrine/", env!("CARGO_PKG_VERSION"), " (asset proxy)"))
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(waits.connect)
        .pool_max_idle_per_host(IDLE_CONNECTIONS);
    let Some(path) = &config.ca_file else { return Ok(client) };
    let pem = std::fs::read(path).map_err(|source| FetcherError::Unreadable { path: path.clone(), source })?;
    Ok(client.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem)?))
}

async fn get(client: &Client, url: &Url, headers: HeaderMap) -> reqwest::Result<Response> {
    client.get(url.clone()).headers(headers).send().await
}

/// What an error of the client means.
pub(super) fn refusal(error: &reqwest::Error) -> Refusal {
    if error.is_timeout() {
        return Refusal::SlowConnection;
    }
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        if inner.is::<AddressNotAllowed>() {
            return Refusal::AddressNotAllowed;
        }
        cause = inner.source();
    }
    Refusal::Unreachable
}
