//! The peer for what is not in the cache: a handler that asks a website by reqwest and passes on what comes. It judges
//! nothing and keeps nothing.
//!
//!   vitrine-load bare-proxy ADDRESS WEBSITE CERTIFICATE KEY

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use axum_server::tls_rustls::RustlsConfig;
use vitrine::config;
use vitrine::net::tls;

pub(crate) async fn run() {
    tls::install_provider();
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    let [address, site, certificate, key] = <[String; 4]>::try_from(arguments).expect("four arguments");
    let address: SocketAddr = address.parse().expect("an address");
    let files = format!("[tls]\nmin-version = \"1.3\"\ncertificate = {certificate:?}\nkey = {key:?}\n");
    let config = config::parse("bare-proxy.toml", &files, &[]).config.expect("a configuration");
    let tls = tls::from_files(&config.tls).expect("TLS");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let router = Router::new().fallback(pass).with_state((client, format!("http://{site}")));
    let server = axum_server::bind_rustls(address, RustlsConfig::from_config(tls));
    server.serve(router.into_make_service()).await.expect("a listener");
}

async fn pass(State((client, site)): State<(reqwest::Client, String)>, OriginalUri(uri): OriginalUri) -> Response {
    let response = client.get(format!("{site}{uri}")).send().await.expect("an answer");
    let status = response.status();
    (status, response.bytes().await.expect("a body")).into_response()
}
