//! The agent: signs in, joins by code, opens a socket by ticket.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::server::{PASSWORD, Server};
use crate::socket::{PATIENCE, Socket};

/// A signed-in agent.
#[derive(Debug)]
pub struct Agent<'s> {
    server: &'s Server,
    /// `vitrine-login=…`; empty for one who comes by token.
    pub login_cookie: String,
    token: Option<String>,
    /// `vitrine-asset=…`, after the first ticket.
    pub asset_cookie: String,
}

/// Tries to sign in.
pub async fn sign_in(server: &Server, name: &str, password: &str) -> Response {
    let body = json!({ "name": name, "password": password });
    // A hash takes its time, and more where all share one machine.
    post(server, "/api/v1/agent/login", &body).timeout(PATIENCE).send().await.expect("an answer")
}

fn post(server: &Server, path: &str, body: &Value) -> RequestBuilder {
    let request = server.request(Method::POST, path).header("origin", &server.origin);
    request.header("sec-fetch-site", "same-origin").header("content-type", "application/json").body(body.to_string())
}

fn cookie(response: &Response) -> String {
    let line = response.headers().get("set-cookie").expect("a cookie").to_str().expect("text");
    line.split(';').next().expect("a pair").to_owned()
}

impl<'s> Agent<'s> {
    /// Signs in.
    pub async fn sign_in(server: &'s Server, name: &str) -> Self {
        let response = sign_in(server, name, PASSWORD).await;
        assert_eq!(response.status(), 200, "{name} signs in");
        Self { server, login_cookie: cookie(&response), token: None, asset_cookie: String::new() }
    }

    /// Comes by an agent token, as in a page that embeds the viewer.
    #[must_use]
    pub fn with_token(server: &'s Server, token: &str) -> Self {
        Self { server, login_cookie: String::new(), token: Some(token.to_owned()), asset_cookie: String::new() }
    }

    fn signed_in(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request.header("cookie", &self.login_cookie),
        }
    }

    /// Somebody who signed in by other means, with her `vitrine-login=…`.
    #[must_use]
    pub fn with_cookie(server: &'s Server, cookie: &str) -> Self {
        Self { server, login_cookie: cookie.to_owned(), token: None, asset_cookie: String::new() }
    }

    /// A request with her login.
    pub async fn request(&self, method: Method, path: &str) -> Response {
        let request = self.signed_in(self.server.request(method, path));
        request.header("origin", &self.server.origin).send().await.expect("an answer")
    }

    /// What a path answers, as JSON.
    pub async fn get(&self, path: &str) -> Value {
        let text = self.request(Method::GET, path).await.text().await.expect("text");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Tries a join code; the status tells how it went.
    pub async fn join(&self, code: &str) -> u16 {
        let request = post(self.server, "/api/v1/sessions/join", &json!({ "joinCode": code }));
        self.signed_in(request).send().await.expect("an answer").status().as_u16()
    }

    /// Asks for a ticket, or gives the status of the refusal.
    pub async fn ticket(&mut self, session: &str) -> Result<String, u16> {
        let response = self.request(Method::POST, &format!("/api/v1/sessions/{session}/ticket")).await;
        if response.status() != 200 {
            return Err(response.status().as_u16());
        }
        self.asset_cookie = cookie(&response);
        let answer: Value = serde_json::from_str(&response.text().await.expect("text")).expect("JSON");
        Ok(answer["ticket"].as_str().expect("a ticket").to_owned())
    }

    /// Opens a session that she may open, and says hello.
    pub async fn open(&mut self, session: &str) -> Socket {
        let ticket = self.ticket(session).await.expect("a ticket");
        let mut socket = self.socket(session, Some(&self.server.origin), &ticket).await.expect("a socket");
        socket.send(&json!({ "t": "hello", "features": [] })).await;
        socket
    }

    /// Opens a socket with a ticket, or gives the status of the refusal.
    pub async fn socket(&self, session: &str, origin: Option<&str>, ticket: &str) -> Result<Socket, u16> {
        let path = format!("/api/v1/sessions/{session}/socket");
        Socket::open(self.server, &path, origin, &format!("vitrine.v1, ticket.{ticket}")).await
    }

    /// Asks for an asset with her asset cookie.
    pub async fn asset(&self, path: &str) -> Response {
        self.server.request(Method::GET, path).header("cookie", &self.asset_cookie).send().await.expect("an answer")
    }
}
