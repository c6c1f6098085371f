//! What is taken away is gone within a second: a login, a token, a role, a site, an account, a session.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use vitrine::auth::password;
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::server::{PASSWORD, Server, app_token};
use vitrine_tests::socket::Socket;

const KEY: &str = "0123456789abcdef0123456789abcdef";
const SECOND: Duration = Duration::from_secs(1);

/// The configuration with the roles of local agents, and what the app may hand out.
fn settings(agent: &str, app: &str) -> String {
    format!(
        "[sites.bank]\n[agents.apps.crm]\nkeys = [{KEY:?}]\n{app}\n\
         [rbac.roles]\nagent = {agent}\nsupervisor = [\"session.monitor\"]\nguest = [\"session.join\"]\n"
    )
}

const ALL: &str = r#"["session.list", "session.join", "session.end"]"#;
const OURS: &str = "roles = [\"agent\", \"guest\"]\nsites = [\"shop\", \"bank\"]";

async fn embedded<'s>(server: &'s Server, role: &str) -> Agent<'s> {
    let wish = json!({ "sub": "7", "name": "Eve", "role": role });
    Agent::with_token(server, &app_token(server, "crm", KEY, &wish).await.expect("a token"))
}

/// The close code, which must come within a second from `since`.
async fn closed(mut view: Socket, since: Instant) -> u16 {
    let code = view.closed().await;
    assert!(since.elapsed() < SECOND, "closed after {:?}", since.elapsed());
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_and_the_end_of_a_session_close_sockets_within_a_second() {
    let server = Server::start(&settings(ALL, OURS)).await;
    let mut customer = Customer::begin(&server).await;
    let (mut ann, mut eve) = (Agent::sign_in(&server, "ann").await, embedded(&server, "agent").await);
    assert_eq!(ann.join(&customer.code).await, 200);
    let code = customer.next_code().await;
    assert_eq!(eve.join(&code).await, 200);
    let mut again = embedded(&server, "agent").await;
    let (hers, own, other) =
        (ann.open(&customer.session).await, eve.open(&customer.session).await, again.open(&customer.session).await);
    let since = Instant::now();
    assert_eq!(ann.request(Method::POST, "/api/v1/agent/logout").await.status(), 204);
    assert_eq!(closed(hers, since).await, 4401);
    let since = Instant::now();
    assert_eq!(eve.request(Method::POST, "/api/v1/agent/logout").await.status(), 204);
    assert_eq!(closed(own, since).await, 4401);
    assert_eq!(eve.request(Method::GET, "/api/v1/agent/me").await.status(), 401, "the token is remembered");
    assert_eq!(again.request(Method::GET, "/api/v1/agent/me").await.status(), 200, "her other one is good");
    let since = Instant::now();
    let end = again.request(Method::DELETE, &format!("/api/v1/sessions/{}", customer.session)).await;
    assert_eq!(end.status(), 204);
    assert_eq!(closed(other, since).await, 4410);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_a_login_that_is_gone_opens_nothing() {
    let server = Server::start(&settings(ALL, OURS)).await;
    let customer = Customer::begin(&server).await;
    let mut eve = embedded(&server, "agent").await;
    eve.join(&customer.code).await;
    let ticket = eve.ticket(&customer.session).await.unwrap();
    eve.request(Method::POST, "/api/v1/agent/logout").await;
    assert_eq!(eve.socket(&customer.session, Some(&server.origin), &ticket).await.err(), Some(401));
}

/// The configuration after, and how the sockets are closed: of Ann's account, of the app's agent, of the supervisor; 0 is one
/// that stays.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_configuration_takes_away_is_gone_within_a_second() {
    for (after, codes) in [
        (settings(ALL, OURS), [0, 0, 0]),
        (settings(r#"["session.list"]"#, OURS), [4403, 0, 0]),
        (settings(ALL, "roles = [\"agent\"]"), [0, 4401, 0]),
        (settings(ALL, "roles = [\"guest\"]\nsites = [\"bank\"]"), [0, 4403, 0]),
        (settings(ALL, OURS).replace("crm", "erp"), [0, 4401, 0]),
        (settings(ALL, OURS).replace("[\"session.monitor\"]", "[]"), [0, 0, 4403]),
    ] {
        let server = Server::start(&settings(ALL, OURS)).await;
        let mut customer = Customer::begin(&server).await;
        let mut ann = Agent::sign_in(&server, "ann").await;
        let (mut eve, mut sue) = (embedded(&server, "guest").await, Agent::sign_in(&server, "sue").await);
        assert_eq!(ann.join(&customer.code).await, 200);
        let code = customer.next_code().await;
        assert_eq!(eve.join(&code).await, 200);
        let views =
            [ann.open(&customer.session).await, eve.open(&customer.session).await, sue.open(&customer.session).await];
        server.reload(&after).await;
        let since = Instant::now();
        for (view, code) in views.into_iter().zip(codes) {
            match code {
                0 => stays(view).await,
                code => assert_eq!(closed(view, since).await, code, "{after}"),
            }
        }
    }
}

/// Whoever learned the old password is out as soon as there is a new one, or the same one hashed again.
#[tokio::test(flavor = "multi_thread")]
async fn an_exchanged_password_ends_the_logins_that_it_opened() {
    let with_pat = |hash: &str| {
        format!(
            "[[agents.accounts]]\nname = \"pat\"\nroles = [\"agent\"]\npassword = {hash:?}\n{}",
            settings(ALL, OURS)
        )
    };
    let (old, new) = (password::hash(PASSWORD).unwrap(), password::hash(PASSWORD).unwrap());
    let server = Server::start(&with_pat(&old)).await;
    let customer = Customer::begin(&server).await;
    let mut pat = Agent::sign_in(&server, "pat").await;
    pat.join(&customer.code).await;
    let view = pat.open(&customer.session).await;
    server.reload(&with_pat(&new)).await;
    assert_eq!(closed(view, Instant::now()).await, 4401);
    assert_eq!(pat.request(Method::GET, "/api/v1/agent/me").await.status(), 401);
    Agent::sign_in(&server, "pat").await;
}

async fn stays(mut view: Socket) {
    view.send(&json!({ "t": "ping", "sent": 1 })).await;
    view.until("pong").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_privilege_that_is_taken_away_is_gone_and_the_socket_stays() {
    let server = Server::start(&settings(ALL, OURS)).await;
    let customer = Customer::begin(&server).await;
    let mut ann = Agent::sign_in(&server, "ann").await;
    ann.join(&customer.code).await;
    let mut view = ann.open(&customer.session).await;
    let privileges = |welcome: &Value| welcome["privileges"].to_string();
    assert!(privileges(&view.until("welcome").await).contains("session.end"));
    server.reload(&settings(r#"["session.list", "session.join"]"#, OURS)).await;
    assert!(!privileges(&view.until("welcome").await).contains("session.end"));
    view.send(&json!({ "t": "end" })).await;
    assert_eq!(view.closed().await, 4403);
    let end = ann.request(Method::DELETE, &format!("/api/v1/sessions/{}", customer.session)).await;
    assert_eq!(end.status(), 403);
}
