//! A forward proxy as stands at the edge of a network: CONNECT, and plain requests for `http`. Whatever a name is, it
//! connects to 127.0.0.1, and a test sees from its log what it was told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::site::{read_head, respond};

/// A running forward proxy. It stops when it is dropped.
#[derive(Debug)]
pub struct ForwardProxy {
    /// Where it listens.
    pub address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl ForwardProxy {
    /// Listens on this address; lets in who sends this `Proxy-Authorization`, or everybody where it is empty.
    pub async fn listen(host: &str, authorization: &str) -> Self {
        let listener = TcpListener::bind((host, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let heads: Arc<Mutex<Vec<String>>> = Arc::default();
        let (seen, authorization) = (Arc::clone(&heads), authorization.to_owned());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(stream, authorization.clone(), Arc::clone(&seen)));
            }
        });
        Self { address, heads, task }
    }

    /// The heads of the requests so far.
    #[must_use]
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for ForwardProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(mut client: TcpStream, authorization: String, seen: Arc<Mutex<Vec<String>>>) {
    let head = read_head(&mut client).await;
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(head.clone());
    let sent = head
        .lines()
        .find_map(|line| line.strip_prefix("proxy-authorization: "))
        .or_else(|| head.lines().find_map(|line| line.strip_prefix("Proxy-Authorization: ")));
    if !authorization.is_empty() && sent != Some(&*authorization) {
        let refusal = respond("407 Proxy Authentication Required", &[("proxy-authenticate", "Basic")], b"");
        let _ = client.write_all(&refusal).await;
        return;
    }
    let _ = forward(&mut client, &head).await;
}

async fn forward(client: &mut TcpStream, head: &str) -> std::io::Result<()> {
    let target = head.split(' ').nth(1).unwrap_or_default();
    let authority = target.strip_prefix("http://").unwrap_or(target).split('/').next().unwrap_or_default();
    let port = authority.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(80);
    let mut website = TcpStream::connect(("127.0.0.1", port)).await?;
    if head.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    } else {
        let path = &target["http://".len() + authority.len()..];
        let lines = head.lines().skip(1).filter(|line| !line.to_ascii_lowercase().starts_with("proxy-"));
        let lines: Vec<&str> = lines.collect();
        website.write_all(format!("GET {path} HTTP/1.1\r\n{}\r\n", lines.join("\r\n")).as_bytes()).await?;
    }
    copy_bidirectional(client, &mut website).await?;
    Ok(())
}
