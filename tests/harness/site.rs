//! A website with assets, as honest or hostile as a test wants it: each path answers with the very bytes given.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running website. It stops when it is dropped.
#[derive(Debug)]
pub struct Site {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

/// Before a path: the answer to whoever asks whether what he has is still so.
pub const AGAIN: &str = "again ";

type Answers = HashMap<String, Vec<u8>>;

impl Site {
    /// Listens on this address, on a free port, with these answers.
    pub async fn listen(host: &str, answers: &[(&str, Vec<u8>)]) -> Self {
        let listener = TcpListener::bind((host, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let answers: Arc<Answers> =
            Arc::new(answers.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.clone())).collect());
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answers), Arc::clone(&seen)));
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

async fn serve(mut stream: TcpStream, answers: Arc<Answers>, seen: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let is_conditional =
        ["\nif-none-match:", "\nif-modified-since:"].iter().any(|name| head.to_ascii_lowercase().contains(name));
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(head);
    let missing = respond("404 Not Found", &[], b"");
    let again = answers.get(&format!("{AGAIN}{path}")).filter(|_| is_conditional);
    // The client may have gone away: then there is nobody to tell.
    let _ = stream.write_all(again.or_else(|| answers.get(&path)).unwrap_or(&missing)).await;
    let _ = stream.shutdown().await;
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
