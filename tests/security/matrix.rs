//! Who may do what: every privilege, alone and in a session, against every row of the table, at a running server. What the
//! server answers is compared with the table, not with the judge that the server itself asks.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use vitrine_core::access::{ACTIONS, Action, Ask, Needs, PRIVILEGES, Privilege};
use vitrine_tests::agent::Agent;
use vitrine_tests::customer::Customer;
use vitrine_tests::server::{Server, app_token};
use vitrine_tests::socket::Socket;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A role, and whether its agent comes into sessions by code.
#[derive(Debug, Clone, PartialEq)]
struct Role {
    name: String,
    privileges: Vec<Privilege>,
}

impl Role {
    fn has(&self, privilege: Privilege) -> bool {
        self.privileges.contains(&privilege)
    }

    /// Whoever may join has joined.
    fn joins(&self) -> bool {
        self.has(Privilege::SessionJoin)
    }

    /// What the table says.
    fn may(&self, action: &Action) -> bool {
        match action.needs {
            Needs::Login => true,
            Needs::Privilege(privilege) => self.has(privilege),
            Needs::Session { unless_in, and } => {
                (self.joins() || self.has(unless_in)) && and.is_none_or(|and| self.has(and))
            }
            Needs::InSession(privilege) => self.joins() && self.has(privilege),
        }
    }

    fn watches(&self) -> bool {
        self.joins() || self.has(Privilege::SessionMonitor)
    }
}

/// Nothing, everything, each privilege alone, and each with the one to join, and with the one to watch.
fn roles() -> Vec<Role> {
    let role = |name: &str, privileges: Vec<Privilege>| Role { name: name.to_owned(), privileges };
    let all = PRIVILEGES.iter().map(|(privilege, _)| *privilege);
    let mut roles = vec![role("none", vec![]), role("all", all.collect())];
    for (privilege, name) in PRIVILEGES {
        roles.push(role(&name.replace('.', "-"), vec![privilege]));
        roles.push(role(&format!("in-{}", name.replace('.', "-")), vec![privilege, Privilege::SessionJoin]));
        roles.push(role(&format!("over-{}", name.replace('.', "-")), vec![privilege, Privilege::SessionMonitor]));
    }
    roles
}

fn settings(roles: &[Role]) -> String {
    let names: Vec<String> = roles.iter().map(|role| format!("{:?}", role.name)).collect();
    let rows = roles.iter().map(|role| {
        let privileges: Vec<&str> = role.privileges.iter().map(|privilege| privilege.name()).collect();
        format!("{:?} = {privileges:?}\n", role.name)
    });
    // The accounts of every test server want theirs.
    format!(
        "[sites.bank]\n[agents.apps.shop]\nkeys = [{KEY:?}]\nroles = [{0}]\n\
         [agents.apps.bank]\nkeys = [{KEY:?}]\nroles = [\"all\"]\nsites = [\"bank\"]\n\
         [session]\nmax-agents = 50\n[limits]\njoins-per-minute = 1000\nsessions-per-minute = 1000\n\
         [rbac.roles]\nagent = []\nsupervisor = []\n{1}",
        names.join(", "),
        rows.collect::<String>(),
    )
}

async fn agent<'s>(server: &'s Server, app: &str, role: &Role) -> Agent<'s> {
    let wish = json!({ "sub": role.name, "name": role.name, "role": role.name });
    Agent::with_token(server, &app_token(server, app, KEY, &wish).await.expect("a token"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_may_what_the_table_says_and_nothing_else() {
    let roles = roles();
    let server = Server::start(&settings(&roles)).await;
    let mut shared = Customer::begin(&server).await;
    let mut code = shared.code.clone();
    for role in &roles {
        let mut agent = agent(&server, "shop", role).await;
        if role.joins() {
            assert_eq!(agent.join(&code).await, 200, "{role:?} joins");
            shared.code = code;
            code = shared.next_code().await;
        }
        for action in ACTIONS {
            match action.ask {
                Ask::Route(method, path) => route(&server, &mut agent, role, action, (method, path), &shared).await,
                Ask::Frame(_) | Ask::Command(_) => {}
            }
        }
        Box::pin(frames(&server, &mut agent, role, &shared.session)).await;
        let logout = self::agent(&server, "shop", role).await;
        assert_eq!(logout.request(Method::POST, "/api/v1/agent/logout").await.status(), 204, "{role:?}");
    }
}

/// A session that may end: with its customer, and with the agent in it if she joins.
async fn another(server: &Server, agent: &Agent<'_>, role: &Role) -> Customer {
    let customer = Customer::begin(server).await;
    if role.joins() {
        assert_eq!(agent.join(&customer.code).await, 200);
    }
    customer
}

/// Asks for a route, and compares the answer with what the table says.
async fn route(
    server: &Server,
    agent: &mut Agent<'_>,
    role: &Role,
    action: &Action,
    (method, path): (&'static str, &'static str),
    shared: &Customer,
) {
    // What ends the session, or the agent's token, is tried where that does no harm.
    let fresh = match (method, role.may(action)) {
        ("DELETE", true) => Some(another(server, agent, role).await),
        _ => None,
    };
    let session = fresh.as_ref().map_or(&shared.session, |fresh| &fresh.session);
    let status = match (method, path) {
        ("POST", "/api/v1/agent/logout") => return,
        ("POST", "/api/v1/sessions/join") => agent.join("000000000").await,
        (_, path) if path.ends_with("/socket") => socket_status(server, agent, session).await,
        (method, path) => {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            agent.request(method, &path.replace("{id}", session)).await.status().as_u16()
        }
    };
    let wanted = match (role.may(action), path) {
        (false, _) => 403,
        (true, "/api/v1/sessions/join") => 404,
        (true, path) if path.ends_with("/socket") => 101,
        (true, _) if method == "DELETE" => 204,
        (true, _) => 200,
    };
    assert_eq!(status, wanted, "{role:?} {method} {path}");
}

/// 101, or the status of the refusal: of the ticket, without which no socket opens.
async fn socket_status(server: &Server, agent: &mut Agent<'_>, session: &str) -> u16 {
    match agent.ticket(session).await {
        Err(status) => status,
        Ok(ticket) => agent.socket(session, Some(&server.origin), &ticket).await.err().unwrap_or(101),
    }
}

/// Says everything on a socket, and compares the answers with what the table says.
async fn frames(server: &Server, agent: &mut Agent<'_>, role: &Role, session: &str) {
    if !role.watches() {
        assert_eq!(agent.ticket(session).await, Err(403), "{role:?}");
        return;
    }
    let mut socket = agent.open(session).await;
    for action in ACTIONS {
        let may = role.may(action);
        match action.ask {
            Ask::Route(..) | Ask::Frame("hello") => {}
            Ask::Frame("ping") => {
                socket.send(&json!({ "t": "ping", "sent": 1 })).await;
                assert_eq!(heard(&mut socket, "pong").await, may, "{role:?} ping");
            }
            Ask::Frame("request-mode") => {
                socket.send(&json!({ "t": "request-mode", "mode": "control" })).await;
                assert_eq!(heard(&mut socket, "participants").await, may, "{role:?} request-mode");
            }
            Ask::Frame("end") => {
                assert_eq!(Box::pin(ends(server, agent, role, session)).await, may, "{role:?} end");
            }
            Ask::Frame(other) => panic!("the frame {other} is in the table and not in this test"),
            Ask::Command(kind) => {
                socket
                    .send(&json!({ "t": "command", "id": kind, "kind": kind, "view": { "epoch": 1, "seq": 1 } }))
                    .await;
                let error = socket.until("result").await["error"]["code"].clone();
                assert_eq!(error, if may { "not-available" } else { "not-allowed" }, "{role:?} {kind}");
            }
        }
    }
}

/// Whether a frame of the kind comes before the socket closes.
async fn heard(socket: &mut Socket, kind: &str) -> bool {
    loop {
        match socket.next().await {
            Ok(frame) if frame["t"] == kind => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Whether her `end` ends a session; else her socket is closed for it.
async fn ends(server: &Server, agent: &mut Agent<'_>, role: &Role, shared: &str) -> bool {
    let may = role.has(Privilege::SessionEnd);
    let fresh = if may { Some(another(server, agent, role).await) } else { None };
    let session = fresh.as_ref().map_or(shared, |fresh| &fresh.session).to_owned();
    let mut socket = agent.open(&session).await;
    socket.send(&json!({ "t": "end" })).await;
    match socket.closed().await {
        4410 => true,
        4403 => false,
        other => panic!("{role:?}: closed with {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_a_foreign_site_is_one_that_does_not_exist() {
    let roles = roles();
    let server = Server::start(&settings(&roles)).await;
    let customer = Customer::begin(&server).await;
    let stranger = agent(&server, "bank", &roles[1]).await;
    assert_eq!(stranger.get("/api/v1/sessions").await, json!({ "sessions": [] }));
    for action in ACTIONS {
        let Ask::Route(method, path) = action.ask else { continue };
        if !path.contains("{id}") || path.ends_with("/socket") {
            continue;
        }
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let ask =
            async |session: &str| told(stranger.request(method.clone(), &path.replace("{id}", session)).await).await;
        let (foreign, missing) = (ask(&customer.session).await, ask("nobody-has-this-name").await);
        assert_eq!(foreign, missing, "{method} {path}");
        assert_eq!(foreign.0, 404, "{method} {path}");
    }
    assert_eq!(stranger.join(&customer.code).await, 404, "as a code that nobody has");
    let home = agent(&server, "shop", &roles[1]).await;
    assert_eq!(home.get("/api/v1/sessions").await["sessions"].as_array().unwrap().len(), 1);
}

async fn told(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
}
