//! The agent's socket: a ticket in, then safe frames out and commands in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use vitrine_core::access::{Privilege, PrivilegeSet};
use vitrine_core::ids::AgentKey;
use vitrine_core::session::{AgentProfile, CloseCode};

use crate::audit::{Act, Action, Actor, Event};
use crate::auth::login::Login;
use crate::auth::secret::Digest;
use crate::auth::socket::{Ticket, credential};
use crate::auth::standing::Standing;
use crate::http::address::Client;
use crate::http::gate::AgentAddress;
use crate::http::rate::SocketHeld;
use crate::http::segment::Segment;
use crate::http::{Problem, cors};
use crate::hub::{Mail, Over, Running, Viewer};
use crate::net::outbox::Outbox;
use crate::net::socket::{self, Bounds, Receiver};
use crate::net::upgrade::{Socket, Upgrade};
use crate::ops::metrics::{self, OpenSocket};
use crate::start::App;

/// `GET /api/v1/sessions/{id}/socket`. Our own origin and a ticket are wanted before the upgrade; a cookie alone opens
/// nothing.
pub async fn open(
    State(app): State<Arc<App>>,
    _address: AgentAddress,
    act: Act,
    client: Client,
    Segment(id): Segment,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, Problem> {
    let config = app.config();
    let origin = cors::origin(&headers).filter(|origin| *origin == config.server.agent_url.origin);
    let origin = origin.ok_or(Problem::CrossSite)?;
    let presented = Digest::of(credential(&headers, "ticket.").ok_or(Problem::NotSignedIn)?);
    let ticket = app.store.take_ticket(&presented).await?.ok_or(Problem::NotSignedIn)?;
    if ticket.session.as_str() != id || ticket.origin != origin {
        return Err(Problem::NotSignedIn);
    }
    let login = app.store.login(&ticket.login).await?.ok_or(Problem::NotSignedIn)?;
    let standing = Standing::of(&login, &app.config()).ok_or(Problem::NotSignedIn)?;
    let actor = Actor::agent(&login, &standing);
    act.by(actor.clone());
    let running = app.hub.find(&ticket.session).filter(|running| standing.sites.cover(&running.site));
    let running = running.ok_or(Problem::NoSuchSession)?;
    if !ticket.admitted {
        act.is(Action::SessionWatch);
    }
    let held = app.sockets.enter(client)?;
    let bounds = Bounds::new(running.config.limits.core.agent_frame_bytes, &running.config);
    act.done().await?;
    let key = app.hub.next_agent_key();
    let profile = profile(key, login.name.clone(), &standing, &ticket);
    let serve = move |socket| serve(socket, app, running, profile, (login, actor, ticket), bounds, held);
    Ok(upgrade.open(bounds, serve))
}

/// What acts on the customer's page. Who came in without a code only watches.
const ACTING: [Privilege; 5] = [
    Privilege::SessionPoint,
    Privilege::SessionDraw,
    Privilege::SessionControl,
    Privilege::SessionNavigate,
    Privilege::SessionNote,
];

fn profile(key: AgentKey, name: String, standing: &Standing, ticket: &Ticket) -> AgentProfile {
    let is_kept = |privilege: &Privilege| ticket.admitted || !ACTING.contains(privilege);
    let held = vitrine_core::access::PRIVILEGES.iter().map(|(privilege, _)| *privilege);
    let kept = held.filter(|privilege| standing.privileges.has(*privilege)).filter(is_kept);
    let privileges = kept.fold(PrivilegeSet::default(), PrivilegeSet::with);
    AgentProfile { key, name, privileges }
}

async fn serve(
    socket: Socket,
    app: Arc<App>,
    running: Arc<Running>,
    profile: AgentProfile,
    (login, actor, ticket): (Login, Actor, Ticket),
    bounds: Bounds,
    _held: SocketHeld,
) {
    let _open = OpenSocket::of("agent");
    let (key, outbox) = (profile.key, Arc::new(Outbox::new(running.config.limits.agent_queue_bytes)));
    let viewer = Viewer {
        actor: actor.clone(),
        agent: login.subject,
        login: ticket.login,
        holder: ticket.holder,
        admitted: ticket.admitted,
        outbox: Arc::clone(&outbox),
    };
    let _present = running.enter(key, viewer);
    // Whoever signed out since the ticket was taken could not yet close this socket, nor the asset door behind it.
    if matches!(app.store.login(&ticket.login).await, Ok(Some(_))) {
        // An error means that the session is over, which closes the socket below.
        let _ = running.mail(Mail::AgentJoined(profile, Arc::clone(&outbox))).await;
    } else {
        running.revoke(&ticket.login, &ticket.holder);
    }
    let receiver = Agent { running: Arc::clone(&running), key };
    socket::run(socket, &outbox, bounds, receiver, running.over()).await;
    // An ended session does not care that an agent is gone.
    let _ = running.mail(Mail::AgentLeft(key)).await;
    let reason = outbox.close_code().map_or("left", CloseCode::word);
    app.audit.note(Event::done(Action::SessionLeave, actor).to(&running.id, &running.site).because(reason));
}

struct Agent {
    running: Arc<Running>,
    key: AgentKey,
}

impl Receiver for Agent {
    async fn take(&mut self, message: Bytes) -> Result<(), CloseCode> {
        metrics::count_frame_in("agent");
        match self.running.mail(Mail::AgentFrame(self.key, message)).await {
            Ok(()) => Ok(()),
            Err(Over) => Err(self.running.over().await),
        }
    }

    async fn caught_up(&self) {
        // If the session is over, its goodbye is already in the outbox.
        let _ = self.running.mail(Mail::AgentCaughtUp(self.key)).await;
    }
}

#[cfg(test)]
mod tests {
    use vitrine_core::access::{Privilege, PrivilegeSet, Sites};
    use vitrine_core::ids::{AgentKey, SessionId};

    use super::{Standing, Ticket, profile};
    use crate::auth::secret::Digest;
    use crate::ops::clock::Time;

    #[test]
    fn who_came_in_without_a_code_only_watches() {
        let all = PrivilegeSet::default().with(Privilege::SessionMonitor).with(Privilege::SessionControl);
        let standing = Standing { roles: Vec::new(), privileges: all, sites: Sites::All };
        for (admitted, may_act) in [(true, true), (false, false)] {
            let ticket = Ticket {
                session: SessionId::new("s").unwrap(),
                login: Digest::of("l"),
                holder: Digest::of("h"),
                admitted,
                origin: String::new(),
                ends: Time(0),
            };
            let privileges = profile(AgentKey(1), "eve".into(), &standing, &ticket).privileges;
            assert_eq!(privileges.has(Privilege::SessionControl), may_act);
            assert!(privileges.has(Privilege::SessionMonitor));
        }
    }
}
