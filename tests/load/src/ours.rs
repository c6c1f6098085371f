//! Our server as a process, and the people who use it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, RequestBuilder};
use rustls::ClientConfig;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio_tungstenite::tungstenite::Message;
use vitrine_tests::customer::wish;
use vitrine_tests::redis::Redis;
use vitrine_tests::server::{self, PASSWORD, SHOP};

use crate::process::{Server, beside, free_address};
use crate::socket::{Socket, open};

/// The server.
#[derive(Debug)]
pub struct Ours {
    /// Its process.
    pub process: Server,
    address: SocketAddr,
    server: server::Server,
    tls: Option<Arc<ClientConfig>>,
    login: OnceCell<String>,
}

/// No limit of the number of people stands in the way of measuring: only those of one socket's rates are near, and those
/// are raised as well.
const LIMITS: &str = "[limits]\nsessions = 1000000\nsockets-per-address = 1000000\nsockets-per-agent = 1000000\n\
     requests-per-second = 1000000\nsessions-per-minute = 1000000\njoins-per-minute = 1000000\n\
     joins-per-minute-total = 1000000\nframes-per-second = 100000\nbytes-per-second = \"1GiB\"\n";

impl Ours {
    /// Starts it on the servers' core, with TLS by the certificate and key in `folder`, or without.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start(folder: &Path, with_tls: bool) -> Self {
        Self::begin(folder, with_tls, "")
    }

    /// The same, without TLS, as one of several nodes that share a Redis.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start_sharing(folder: &Path, redis: &Redis) -> Self {
        Self::begin(folder, false, &redis.section())
    }

    fn begin(folder: &Path, with_tls: bool, store: &str) -> Self {
        let (address, management) = (free_address(), free_address());
        let here = folder.display();
        let tls = if with_tls {
            format!(
                "[tls]\ncertificate = \"{here}/certificate.pem\"\nkey = \"{here}/key.pem\"\nmin-version = \"1.3\"\n"
            )
        } else {
            "tls = \"off\"\ntrusted-proxies = [\"127.0.0.1\"]\ncompression = \"off\"\n".to_owned()
        };
        let more = format!(
            "listen = \"{address}\"\nmax-connections = 1000000\n{tls}\
             [management]\nlisten = \"{management}\"\n[log]\nlevel = \"error\"\n{LIMITS}{store}"
        );
        let file = folder.join(format!("vitrine-{}.toml", address.port()));
        std::fs::write(&file, server::config(address, &more)).expect("a file");
        let process = Server::start(beside("vitrine").args(["serve", "--config"]).arg(&file), address);
        let server = server::Server::elsewhere(address, management);
        let tls = with_tls.then(|| Arc::clone(&server.tls));
        Self { process, address, server, tls, login: OnceCell::new() }
    }

    /// A customer whose page shows these events: her session, the code of it, and her socket, past `welcome`.
    pub async fn customer(&self, begin: &str) -> (String, String, Socket) {
        let request = self.request(Method::POST, "/api/v1/sessions").header("origin", SHOP);
        let answer = answer(request.body(wish().to_string())).await;
        let text = |name: &str| answer[name].as_str().expect(name).to_owned();
        let protocols = format!("vitrine.v1, bearer.{}", text("token"));
        let mut socket = self.open("/api/v1/customer/socket", SHOP, &protocols).await;
        let page = json!({ "url": format!("{SHOP}/basket"), "title": "Basket", "tab": "tab", "instance": "first" });
        let hello = json!({ "t": "hello", "page": page, "snippet": "bench", "features": [] });
        send(&mut socket, hello.to_string()).await;
        until(&mut socket, "welcome").await;
        if !begin.is_empty() {
            send(&mut socket, format!("{{\"t\":\"events\",\"seq\":1,\"events\":{begin}}}")).await;
        }
        (text("session"), text("joinCode"), socket)
    }

    /// Lets the agent into a session.
    pub async fn join(&self, code: &str) {
        let body = json!({ "joinCode": code }).to_string();
        answer(self.signed_in(Method::POST, "/api/v1/sessions/join").await.body(body)).await;
    }

    /// An agent's socket, past `until`: `keyframe` where there is a page, else `welcome`.
    pub async fn agent(&self, session: &str, kind: &str) -> Socket {
        let ticket = answer(self.signed_in(Method::POST, &format!("/api/v1/sessions/{session}/ticket")).await).await;
        let protocols = format!("vitrine.v1, ticket.{}", ticket["ticket"].as_str().expect("a ticket"));
        let path = format!("/api/v1/sessions/{session}/socket");
        let mut socket = self.open(&path, &self.server.origin, &protocols).await;
        send(&mut socket, json!({ "t": "hello", "features": [] }).to_string()).await;
        until(&mut socket, kind).await;
        socket
    }

    async fn open(&self, path: &str, origin: &str, protocols: &str) -> Socket {
        let headers = [("origin", origin), ("sec-websocket-protocol", protocols)];
        open(self.address, self.tls.clone(), path, &headers).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://localhost:{}{path}", self.address.port());
        self.server.http1.request(method, url).header("content-type", "application/json")
    }

    fn own_page(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.request(method, path).header("origin", &self.server.origin);
        request.header("sec-fetch-site", "same-origin")
    }

    async fn signed_in(&self, method: Method, path: &str) -> RequestBuilder {
        let login = self.login.get_or_init(|| self.sign_in()).await;
        self.own_page(method, path).header("cookie", login)
    }

    async fn sign_in(&self) -> String {
        let request = self.own_page(Method::POST, "/api/v1/agent/login");
        let response = request.body(json!({ "name": "ann", "password": PASSWORD }).to_string()).send().await;
        let response = response.expect("an answer");
        let line = response.headers().get("set-cookie").and_then(|line| line.to_str().ok()).expect("a cookie");
        line.split(';').next().unwrap_or_default().to_owned()
    }
}

async fn answer(request: RequestBuilder) -> Value {
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let text = response.text().await.expect("a body");
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn send(socket: &mut Socket, text: String) {
    socket.send(Message::text(text)).await.expect("an open socket");
}

/// Reads up to a message of this kind; of those that are compressed here is only the page.
async fn until(socket: &mut Socket, kind: &str) {
    let begins = format!("{{\"t\":\"{kind}\"");
    loop {
        match socket.next().await.expect("an open socket").expect("a message") {
            Message::Text(text) if text.starts_with(&begins) => return,
            Message::Binary(_) if kind == "keyframe" => return,
            _ => {}
        }
    }
}
