//! A website with assets, as honest or hostile as a test wants it: each path answers with the very bytes given.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls_pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

/// A running website. It stops when it is dropped.
#[derive(Debug)]
pub struct Site {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

/// How a path answers.
#[derive(Debug, Clone)]
pub enum Act {
    /// With these bytes, and closes the connection.
    Say(Vec<u8>),
    /// With these bytes, and waits for the next request.
    Stay(Vec<u8>),
    /// With these bytes, and then not at all.
    Hang(Vec<u8>),
    /// With these bytes, and then with others, again and again with a pause between them.
    Repeat(Vec<u8>, Vec<u8>, Duration),
}

/// Before a path: the answer to whoever asks whether what he has is still so.
pub const AGAIN: &str = "again ";

type Answers = HashMap<String, Act>;

impl Site {
    /// Listens on this address, on a free port unless it names one, with these answers.
    pub async fn listen(host: &str, answers: &[(&str, Vec<u8>)]) -> Self {
        Self::acting(host, answers.iter().map(|(path, bytes)| ((*path).to_owned(), Act::Say(bytes.clone())))).await
    }

    /// The same with answers of any kind.
    pub async fn acting(host: &str, answers: impl IntoIterator<Item = (String, Act)>) -> Self {
        Self::begin(host, answers, None).await
    }

    /// The same over TLS, and its certificate, in PEM, made for this name.
    pub async fn secure(host: &str, name: &str, answers: &[(&str, Vec<u8>)]) -> (Self, String) {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![cert.der().clone()], key).expect("TLS");
        let answers = answers.iter().map(|(path, bytes)| ((*path).to_owned(), Act::Say(bytes.clone())));
        let site = Self::begin(host, answers, Some(TlsAcceptor::from(Arc::new(config)))).await;
        (site, cert.pem())
    }

    async fn begin(host: &str, answers: impl IntoIterator<Item = (String, Act)>, tls: Option<TlsAcceptor>) -> Self {
        let address = host.parse().unwrap_or_else(|_| SocketAddr::new(host.parse().expect("an address"), 0));
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let answers: Arc<Answers> = Arc::new(answers.into_iter().collect());
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, seen, tls) = (Arc::clone(&answers), Arc::clone(&seen), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &answers, &seen).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &answers, &seen).await,
                            Err(_) => note(&seen, String::new()),
                        },
                    }
                });
            }
        });
        Self { address, requests, task }
    }

    /// Every request so far, head and all. A connection that asked nothing counts as an empty one.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn note(seen: &Mutex<Vec<String>>, head: String) {
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(head);
}

/// The head of a request, or what came of it before the end.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, answers: &Answers, seen: &Mutex<Vec<String>>) {
    let missing = Act::Say(respond("404 Not Found", &[], b""));
    for turn in 0.. {
        let head = read_head(&mut stream).await;
        if turn > 0 && head.is_empty() {
            return;
        }
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let lower = head.to_ascii_lowercase();
        let is_conditional = ["\nif-none-match:", "\nif-modified-since:"].iter().any(|name| lower.contains(name));
        note(seen, head);
        let again = answers.get(&format!("{AGAIN}{path}")).filter(|_| is_conditional);
        // The client may have gone away: then there is nobody to tell.
        match again.or_else(|| answers.get(&path)).unwrap_or(&missing) {
            Act::Stay(bytes) => drop(stream.write_all(bytes).await),
            Act::Say(bytes) => {
                let _ = stream.write_all(bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Act::Hang(bytes) => {
                let _ = stream.write_all(bytes).await;
                let _ = stream.read_u8().await;
                return;
            }
            Act::Repeat(bytes, more, pause) => {
                let _ = stream.write_all(bytes).await;
                while stream.write_all(more).await.is_ok() {
                    sleep(*pause).await;
                }
                return;
            }
        }
    }
}

/// A whole answer that ends with its connection.
#[must_use]
pub fn respond(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// An answer of this type.
#[must_use]
pub fn typed(content_type: &str, body: &[u8]) -> Vec<u8> {
    respond("200 OK", &[("content-type", content_type)], body)
}

/// A redirect to this place.
#[must_use]
pub fn redirect(location: &str) -> Vec<u8> {
    respond("302 Found", &[("location", location)], b"")
}
