//! TLS as its protocol's attackers meet it. What needs a client that breaks the protocol is asked by the scanners of
//! `tests/run --long`: renegotiation, old versions, weak suites.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::{ClientConfig, ClientConnection, HandshakeKind, Stream};
use rustls_pki_types::ServerName;
use vitrine_tests::server::Server;
use vitrine_tests::socket::PATIENCE;

const REQUEST: &[u8] = b"GET /vitrine.js HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// What is sent before the handshake is done could be sent again by whoever listens. A client that would do so resumes
/// its connection, and is given no leave.
#[tokio::test(flavor = "multi_thread")]
pub(crate) async fn nothing_is_sent_before_the_handshake_is_done() {
    let server = Server::start("").await;
    let mut config = ClientConfig::clone(&server.tls);
    config.enable_early_data = true;
    let (config, address) = (Arc::new(config), server.address);
    let asking = move || [ask(&config, address), ask(&config, address)];
    let kinds = tokio::task::spawn_blocking(asking).await.unwrap();
    assert_eq!(kinds[1], HandshakeKind::Resumed, "or it shows nothing");
}

fn ask(config: &Arc<ClientConfig>, address: SocketAddr) -> HandshakeKind {
    let mut tcp = TcpStream::connect(address).unwrap();
    tcp.set_read_timeout(Some(PATIENCE)).unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(Arc::clone(config), name).unwrap();
    assert!(connection.early_data().is_none(), "the server's ticket permits none");
    let mut stream = Stream::new(&mut connection, &mut tcp);
    stream.write_all(REQUEST).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 "));
    connection.handshake_kind().unwrap()
}
