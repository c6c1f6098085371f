//! The customer: a page of the shop that begins a session and sends what happens on it.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::page::Page;
use crate::server::{SHOP, Server};
use crate::socket::Socket;

/// A customer with an open socket.
#[derive(Debug)]
pub struct Customer {
    /// Her session.
    pub session: String,
    /// The code that her page showed first.
    pub code: String,
    /// Opens her socket.
    pub token: String,
    /// Her socket.
    pub socket: Socket,
    sent: u64,
}

/// Asks for a session from a page of `origin`.
pub async fn ask(server: &Server, origin: &str, body: &Value) -> Response {
    let request = server.request(Method::POST, "/api/v1/sessions").header("origin", origin);
    let request = request.header("content-type", "application/json").body(body.to_string());
    request.send().await.expect("an answer")
}

/// The body of that request.
#[must_use]
pub fn wish() -> Value {
    json!({ "site": "shop", "page": { "url": format!("{SHOP}/basket"), "title": "Basket" } })
}

/// Opens a customer's socket.
pub async fn open(server: &Server, origin: Option<&str>, token: &str) -> Result<Socket, u16> {
    Socket::open(server, "/api/v1/customer/socket", origin, &format!("vitrine.v1, bearer.{token}")).await
}

impl Customer {
    /// Begins a session and says hello.
    pub async fn begin(server: &Server) -> Self {
        Self::begin_by(server, &wish()).await
    }

    /// The same by a request of the test's.
    pub async fn begin_by(server: &Server, body: &Value) -> Self {
        let mut customer = Self::begin_silently_by(server, body).await;
        customer.hello("first").await;
        customer.socket.until("welcome").await;
        customer
    }

    /// Begins a session and opens its socket.
    pub async fn begin_silently(server: &Server) -> Self {
        Self::begin_silently_by(server, &wish()).await
    }

    async fn begin_silently_by(server: &Server, body: &Value) -> Self {
        let response = ask(server, SHOP, body).await;
        assert_eq!(response.status(), 201);
        let answer: Value = serde_json::from_str(&response.text().await.expect("text")).expect("JSON");
        let text = |name: &str| answer[name].as_str().expect(name).to_owned();
        let token = text("token");
        let socket = open(server, Some(SHOP), &token).await.expect("a socket");
        Self { session: text("session"), code: text("joinCode"), token, socket, sent: 0 }
    }

    /// Says hello for a page instance.
    pub async fn hello(&mut self, instance: &str) {
        let page = json!({ "url": format!("{SHOP}/basket"), "title": "Basket", "tab": "tab", "instance": instance });
        self.socket
            .send(&json!({ "t": "hello", "page": page, "snippet": "test", "features": ["assets", "contact"] }))
            .await;
    }

    /// Shows a page.
    pub async fn shows(&mut self, page: &Page) {
        let events = page.events();
        self.sends(&events).await;
    }

    /// Sends events.
    pub async fn sends(&mut self, events: &Value) {
        self.sent += 1;
        let frame = json!({ "t": "events", "seq": self.sent, "events": events });
        self.socket.send_zipped(&frame).await;
    }

    /// Waits for the next join code that the server tells her.
    pub async fn next_code(&mut self) -> String {
        loop {
            let frame = self.socket.until("participants").await;
            if let Some(code) = frame["joinCode"].as_str().filter(|code| *code != self.code) {
                return code.to_owned();
            }
        }
    }
}
