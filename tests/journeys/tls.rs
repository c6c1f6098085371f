//! TLS as clients meet it: certificates that are exchanged, versions and suites, clients' certificates, slow handshakes.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, CertifiedKey, IsCa, KeyPair};
use reqwest::{Client, Identity, Method};
use rustls::crypto::aws_lc_rs;
use rustls::version::TLS12;
use rustls::{CipherSuite, ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use vitrine::reload::Outcome;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::files::{Files, HERE};
use vitrine_tests::server::{Server, pem};
use vitrine_tests::socket::PATIENCE;

/// A certificate for `localhost`, and its key.
fn certificate() -> (String, String) {
    let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (cert.pem(), signing_key.serialize_pem())
}

/// A new connection by a client that believes these.
async fn connect(server: &Server, believed: &[&str], tls12_only: bool) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for pem in believed {
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    }
    let versions: &[_] = if tls12_only { &[&TLS12] } else { rustls::ALL_VERSIONS };
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let tcp = TcpStream::connect(server.address).await?;
    TlsConnector::from(config).connect(ServerName::try_from("localhost").unwrap(), tcp).await
}

fn shown(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

fn der(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_exchanged_and_nobody_is_cut_off() {
    let (server, files) = Files::start("").await;
    let mut customer = Customer::begin(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    assert_eq!(ann.join(&customer.code).await, 200);
    let mut view = ann.open(&customer.session).await;
    view.until("welcome").await;
    let ((old, _), (new, key)) = (pem(), certificate());

    files.put("certificate.pem", &new);
    assert!(matches!(files.reload().await, Outcome::Refused(_)), "the key is still the old one's");
    assert_eq!(shown(&connect(&server, &[old, &new], false).await.unwrap()), der(old));
    files.put("key.pem", &key);
    assert_eq!(files.reload().await, Outcome::Applied(vec![]));
    assert_eq!(shown(&connect(&server, &[old, &new], false).await.unwrap()), der(&new));
    assert!(connect(&server, &[old], false).await.is_err());

    files.put("certificate.pem", "nothing of use");
    assert!(matches!(files.reload().await, Outcome::Refused(_)));
    assert_eq!(shown(&connect(&server, &[old, &new], false).await.unwrap()), der(&new));

    // The client of these believes the old certificate alone, so they went on by their old connections.
    assert_eq!(ann.request(Method::GET, "/api/v1/agent/me").await.status(), 200);
    view.send(&json!({ "t": "ping", "sent": 1 })).await;
    view.until("pong").await;
    customer.socket.send(&json!({ "t": "end" })).await;
    customer.socket.until("ended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_suites_are_those_of_the_configuration() {
    let (certificate, _) = pem();
    let only = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    let (server, files) = Files::start(&format!("[tls]\ncipher-suites = [\"{only}\"]\n")).await;
    let spoken = connect(&server, &[certificate], false).await.unwrap();
    assert_eq!(spoken.get_ref().1.negotiated_cipher_suite().unwrap().suite().as_str(), Some(only));
    files.change("[tls]\nmin-version = \"1.3\"\n");
    assert_eq!(files.reload().await, Outcome::Applied(vec![]));
    assert!(connect(&server, &[certificate], true).await.is_err(), "1.2 is too old");
    let spoken = connect(&server, &[certificate], false).await.unwrap();
    let suite = spoken.get_ref().1.negotiated_cipher_suite().unwrap().suite();
    assert_ne!(suite, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
}

/// An authority, and an agent's certificate with its key, signed by it.
fn authority() -> (String, String) {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let agent = CertificateParams::new(["ann".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    (issuer.pem(), agent.pem() + &key.serialize_pem())
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_show_certificates_and_customers_need_none() {
    let ((ours, of_ours), (_, of_others)) = (authority(), authority());
    let more = format!("[tls]\nclient-certificates = \"agents\"\nclient-ca = \"{HERE}/ca.pem\"\n");
    let (server, _files) = Files::start_with(&more, &[("ca.pem", &ours)]).await;
    let customer = Customer::begin(&server).await;
    let session = &customer.session;
    for path in
        ["/agent/".to_owned(), "/api/v1/agent/me".to_owned(), "/api/v1/sessions".to_owned(), "/asset/AAAA".to_owned()]
    {
        let response = server.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), 403, "{path}");
        let problem: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(problem["type"], "urn:vitrine:problem:certificate-required", "{path}");
    }
    let path = format!("/api/v1/sessions/{session}/socket");
    let socket =
        vitrine_tests::socket::Socket::open(&server, &path, Some(&server.origin), "vitrine.v1, ticket.x").await;
    assert_eq!(socket.err(), Some(403));

    for (pem, status) in [(&of_ours, Some(401)), (&of_others, None)] {
        let believed = reqwest::Certificate::from_pem(vitrine_tests::server::pem().0.as_bytes()).unwrap();
        let client = Client::builder().tls_certs_only([believed]).resolve("localhost", server.address).no_proxy();
        let client = client.identity(Identity::from_pem(pem.as_bytes()).unwrap()).build().unwrap();
        let response = client.get(format!("{}/api/v1/agent/me", server.origin)).send().await;
        assert_eq!(response.ok().map(|response| response.status().as_u16()), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn handshakes_are_few_at_once_and_end_in_time() {
    let server = Server::start("max-handshakes = 4\nhandshake-timeout = \"500ms\"\n").await;
    let (certificate, _) = pem();
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    // One address has a quarter of them.
    while connect(&server, &[certificate], false).await.is_ok() {}
    let mut byte = [0];
    let read = timeout(PATIENCE, silent.read(&mut byte)).await.expect("cut in time");
    assert!(matches!(read, Ok(0) | Err(_)));
    while connect(&server, &[certificate], false).await.is_err() {}
    let (_, metrics) = server.operators("/metrics").await;
    for result in ["done", "refused", "timed-out"] {
        assert!(metrics.contains(&format!("vitrine_handshakes_total{{result=\"{result}\"}}")), "{result}: {metrics}");
    }
}
