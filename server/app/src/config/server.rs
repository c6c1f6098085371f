//! `[server]`, `[tls]` and `[management]`: listeners, and how browsers reach them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use rustls::SupportedCipherSuite;

use super::origin::PublicUrl;
use super::problem::nearest;
use super::reader::Reader;
use crate::net::tls;

/// `[server]`.
#[derive(Debug, Clone)]
pub struct Server {
    /// The public listener.
    pub listen: SocketAddr,
    /// Prefix of every public path: empty, or `/` and words, without a slash at the end.
    pub base_path: String,
    /// How customers' browsers reach the server.
    pub public_url: PublicUrl,
    /// How agents' browsers reach it.
    pub agent_url: PublicUrl,
    /// Whether the public listener speaks TLS.
    pub tls: bool,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// For the TLS handshake.
    pub handshake_timeout: Duration,
    /// For a request's headers.
    pub header_timeout: Duration,
    /// For a request and its answer.
    pub request_timeout: Duration,
    /// For a peer to take any of what is sent.
    pub write_timeout: Duration,
    /// Between two questions whether a socket's peer is there.
    pub ping_interval: Duration,
    /// For everything to end at shutdown.
    pub shutdown_timeout: Duration,
    /// Connections at once.
    pub max_connections: usize,
    /// TLS handshakes at once.
    pub max_handshakes: usize,
    /// Whether large messages to agents leave as gzip.
    pub compression: bool,
}

pub(super) fn read(mut section: Reader<'_, '_>) -> Option<Server> {
    let public_url: PublicUrl = section.value("public-url")?;
    let server = Server {
        listen: section.value("listen")?,
        base_path: base_path(&mut section)?,
        agent_url: section.optional("agent-url").unwrap_or_else(|| public_url.clone()),
        public_url,
        tls: section.word("tls", &[("on", true), ("off", false)])?,
        trusted_proxies: section.value("trusted-proxies")?,
        handshake_timeout: section.span("handshake-timeout")?,
        header_timeout: section.span("header-timeout")?,
        request_timeout: section.span("request-timeout")?,
        write_timeout: section.span("write-timeout")?,
        ping_interval: section.span("ping-interval")?,
        shutdown_timeout: section.value("shutdown-timeout")?,
        max_connections: usize::try_from(section.number("max-connections", 1..=1_000_000)?).ok()?,
        max_handshakes: usize::try_from(section.number("max-handshakes", 1..=100_000)?).ok()?,
        compression: section.word("compression", &[("on", true), ("off", false)])?,
    };
    for (name, url) in [("public-url", &server.public_url), ("agent-url", &server.agent_url)] {
        if server.tls && url.socket_scheme != "wss" {
            section.complain(name, "begins with https:// unless tls is \"off\"", None);
        }
    }
    if !server.tls && server.trusted_proxies.is_empty() {
        section.complain("tls", "\"off\" needs trusted-proxies: name the proxy that ends TLS", None);
    }
    Some(server)
}

fn base_path(section: &mut Reader<'_, '_>) -> Option<String> {
    let path: String = section.value("base-path")?;
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let is_good = path.is_empty() || path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_word));
    if !is_good {
        section.complain("base-path", format!("{path:?} is no base path; write \"\" or \"/vitrine\""), None);
        return Some(String::new());
    }
    Some(path)
}

/// `[tls]`.
#[derive(Debug, Clone)]
pub struct Tls {
    /// PEM file of the chain.
    pub certificate: Option<PathBuf>,
    /// PEM file of the private key.
    pub key: Option<PathBuf>,
    /// Whether TLS 1.2 is spoken besides 1.3.
    pub allow_tls12: bool,
    /// In the order of the list.
    pub cipher_suites: Vec<SupportedCipherSuite>,
    /// PEM file of the authorities that sign agents' certificates.
    pub client_ca: Option<PathBuf>,
    /// Whether agents' routes are closed to who shows none.
    pub agents_show_certificates: bool,
}

pub(super) fn read_tls(mut section: Reader<'_, '_>, has_tls: bool) -> Option<Tls> {
    let tls = Tls {
        certificate: section.optional("certificate"),
        key: section.optional("key"),
        allow_tls12: section.word("min-version", &[("1.2", true), ("1.3", false)])?,
        cipher_suites: cipher_suites(&mut section)?,
        client_ca: section.optional("client-ca"),
        agents_show_certificates: section.word("client-certificates", &[("off", false), ("agents", true)])?,
    };
    for (name, file) in [("certificate", &tls.certificate), ("key", &tls.key), ("client-ca", &tls.client_ca)] {
        if let Some(path) = file.as_ref().filter(|path| !path.is_file()) {
            section.complain(name, format!("there is no file {}", path.display()), None);
        }
    }
    if !tls.cipher_suites.iter().any(|suite| tls.allow_tls12 || suite.tls13().is_some()) {
        section.complain("cipher-suites", "no suite is left for the versions that are spoken", None);
    }
    if tls.agents_show_certificates && tls.client_ca.is_none() {
        section.complain("client-certificates", "\"agents\" needs client-ca: who signs their certificates", None);
    }
    if tls.agents_show_certificates && !has_tls {
        section.complain("client-certificates", "\"agents\" needs [server] tls = \"on\"", None);
    }
    if tls.certificate.is_some() != tls.key.is_some() {
        let given = if tls.key.is_some() { "key" } else { "certificate" };
        section.complain(given, "certificate and key belong together; the other one is missing", None);
    }
    Some(tls)
}

fn cipher_suites(section: &mut Reader<'_, '_>) -> Option<Vec<SupportedCipherSuite>> {
    let names: Vec<String> = section.value("cipher-suites")?;
    let known: Vec<_> = tls::cipher_suites().collect();
    let mut suites = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if let Some((_, suite)) = known.iter().find(|(known, _)| known == name) {
            suites.push(*suite);
        } else {
            let near = nearest(name, known.iter().map(|(known, _)| known.as_str()));
            section.complain_item("cipher-suites", index, format!("{name:?} is no suite that is spoken here"), near);
        }
    }
    Some(suites)
}

/// `[management]`.
#[derive(Debug, Clone)]
pub struct Management {
    /// The listener for operators.
    pub listen: SocketAddr,
}

pub(super) fn read_management(mut section: Reader<'_, '_>) -> Option<Management> {
    Some(Management { listen: section.value("listen")? })
}
