//! Requests to the provider: small answers, little patience, no redirects. Its own client, since the asset proxy's refuses
//! private addresses, where a company's provider mostly is.

use std::path::PathBuf;

use bytes::{Bytes, BytesMut};
use reqwest::{Client, ClientBuilder, Proxy, RequestBuilder, redirect};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use url::Url;
use vitrine_core::asset::HostList;

use super::Cause;
use crate::config::{ForwardProxy, Oidc, is_private_way};

/// Makes requests.
#[derive(Debug)]
pub(super) struct Outgoing {
    direct: Client,
    forward: Option<(Client, HostList)>,
    patience: std::time::Duration,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// `[agents.oidc] ca-file` cannot be read.
    #[error("{}: {source}; [agents.oidc] ca-file names a PEM file", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Mostly that file is no PEM, or the system has no certificate authorities.
    #[error("cannot make connections to the provider: {0}")]
    Client(#[from] reqwest::Error),
}

/// Of any answer, after decompression. Real ones have a few KiB.
const ANSWER_BYTES_MAX: usize = 256 << 10;

impl Outgoing {
    pub(super) fn new(config: &Oidc, forward: Option<&ForwardProxy>) -> Result<Self, ClientError> {
        let forward = forward.map(|forward| through(config, forward)).transpose()?;
        Ok(Self { direct: builder(config)?.no_proxy().build()?, forward, patience: config.timeout })
    }

    /// Asks for a JSON document.
    pub(super) async fn get(&self, what: &'static str, url: &Url) -> Result<Bytes, Cause> {
        self.send(what, self.client(url).get(url.clone())).await
    }

    /// Asks for it with an access token.
    pub(super) async fn get_with(&self, what: &'static str, url: &Url, token: &str) -> Result<Bytes, Cause> {
        self.send(what, self.client(url).get(url.clone()).bearer_auth(token)).await
    }

    /// Sends a form; `login` goes into the `Authorization` header.
    pub(super) async fn post(
        &self,
        what: &'static str,
        url: &Url,
        form: String,
        login: Option<(String, String)>,
    ) -> Result<Bytes, Cause> {
        let request = self.client(url).post(url.clone()).body(form);
        let request = request.header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = match login {
            Some((name, password)) => request.basic_auth(name, Some(password)),
            None => request,
        };
        self.send(what, request).await
    }

    /// This machine is never reached through a proxy.
    fn client(&self, url: &Url) -> &Client {
        let is_here = url.scheme() == "http" && is_private_way(url);
        let forward = self.forward.as_ref().filter(|(_, no_proxy)| !is_here && !no_proxy.contains(url));
        forward.map_or(&self.direct, |(client, _)| client)
    }

    async fn send(&self, what: &'static str, request: RequestBuilder) -> Result<Bytes, Cause> {
        let request = request.header(http::header::ACCEPT, "application/json");
        let work = async {
            let mut response = request.send().await.map_err(|_| Cause::Unreachable)?;
            if !response.status().is_success() {
                return Err(Cause::Status(what, response.status().as_u16()));
            }
            let mut body = BytesMut::new();
            while let Some(piece) = response.chunk().await.map_err(|_| Cause::Unreachable)? {
                if body.len() + piece.len() > ANSWER_BYTES_MAX {
                    return Err(Cause::TooLarge(what));
                }
                body.extend_from_slice(&piece);
            }
            Ok(body.freeze())
        };
        timeout(self.patience, work).await.unwrap_or(Err(Cause::TimedOut))
    }
}

/// Reads an answer.
pub(super) fn parse<T: DeserializeOwned>(what: &'static str, body: &[u8]) -> Result<T, Cause> {
    serde_json::from_slice(body).map_err(|_| Cause::Form(what))
}

fn builder(config: &Oidc) -> Result<ClientBuilder, ClientError> {
    let client = Client::builder()
        .user_agent(concat!("Vitrine/", env!("CARGO_PKG_VERSION"), " (sign-in)"))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(config.timeout);
    let Some(path) = &config.ca_file else { return Ok(client) };
    let pem = std::fs::read(path).map_err(|source| ClientError::Unreadable { path: path.clone(), source })?;
    Ok(client.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem)?))
}

fn through(config: &Oidc, forward: &ForwardProxy) -> Result<(Client, HostList), ClientError> {
    let mut proxy = Proxy::all(forward.url.clone())?;
    if let Some(login) = &forward.login {
        proxy = proxy.basic_auth(&login.username, &login.password);
    }
    Ok((builder(config)?.proxy(proxy).build()?, forward.no_proxy.clone()))
}
