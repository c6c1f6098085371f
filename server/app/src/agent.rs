//! The agent's socket: a ticket in, then safe frames out and commands in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use vitrine_core::access;
use vitrine_core::ids::AgentKey;
use vitrine_core::session::{AgentProfile, CloseCode};

use crate::audit::{Act, Action, Actor, Event};
use crate::auth::login::SignedIn;
use crate::auth::secret::Digest;
use crate::auth::socket::credential;
use crate::auth::standing::Standing;
use crate::http::address::Client;
use crate::http::gate::AgentAddress;
use crate::http::rate::{AgentSocketHeld, Held};
use crate::http::segment::Segment;
use crate::http::{Problem, cors};
use crate::hub::{Mail, Over, Running, Viewer, place};
use crate::net::outbox::Outbox;
use crate::net::socket::{self, Bounds, Receiver};
use crate::net::upgrade::{Socket, Upgrade};
use crate::ops::metrics::{self, OpenSocket, Side};
use crate::start::App;

/// As the table of what takes which privilege has it.
const ROUTE: &str = "/api/v1/sessions/{id}/socket";

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
    let standing = Standing::now(&ticket.signed_in, &app.store, &config).await?.ok_or(Problem::NotSignedIn)?;
    let actor = Actor::agent(&ticket.signed_in.login, &standing);
    act.by(actor.clone());
    if !ticket.admitted {
        act.is(Action::SessionWatch);
    }
    let running = app.hub.reach(&ticket.session).await?.ok_or(Problem::NoSuchSession)?;
    standing.rights.judge(access::Action::of_route("GET", ROUTE), Some(place(&running, ticket.admitted)))?;
    let held = (app.sockets.enter(client)?, app.agent_sockets.enter(&ticket.signed_in.login.subject, &running.id)?);
    let bounds = Bounds::new(running.config.limits.core.agent_frame_bytes, &running.config);
    act.done().await?;
    let key = app.hub.next_agent_key();
    let name = ticket.signed_in.login.name.clone();
    let profile = AgentProfile { key, name, rights: standing.rights, joined: ticket.admitted };
    let serve = move |socket| serve(socket, app, running, profile, (ticket.signed_in, actor), bounds, held);
    Ok(upgrade.open(bounds, serve))
}

async fn serve(
    socket: Socket,
    app: Arc<App>,
    running: Arc<Running>,
    profile: AgentProfile,
    (signed_in, actor): (SignedIn, Actor),
    bounds: Bounds,
    _held: (Held<Client>, AgentSocketHeld),
) {
    let _open = OpenSocket::of(Side::Agent);
    let (key, outbox) = (profile.key, Arc::new(Outbox::new(running.config.limits.agent_queue_bytes)));
    let holder = signed_in.login.holder;
    let viewer = Viewer { signed_in, actor: actor.clone(), admitted: profile.joined, outbox: Arc::clone(&outbox) };
    let _present = running.enter(key, viewer);
    // Boxed, so that a socket does not keep the room that this takes.
    Box::pin(enter(&app, &running, (profile, holder), &outbox)).await;
    let receiver = Agent { running: Arc::clone(&running), key };
    socket::run(socket, &outbox, bounds, receiver, running.over()).await;
    // An ended session does not care that an agent is gone.
    let _ = running.mail(Mail::AgentLeft(key)).await;
    let reason = outbox.close_code().map_or("left", CloseCode::word);
    app.audit.note(Event::done(Action::SessionLeave, actor).to(&running.id, &running.site).because(reason));
}

/// Lets the session take her in.
async fn enter(app: &App, running: &Running, (profile, holder): (AgentProfile, Digest), outbox: &Arc<Outbox>) {
    let key = profile.key;
    // Whoever signed out or lost her role since the ticket was taken could not yet close this socket, nor the asset door.
    let Some(rights) = app.hub.judge_viewer(running, key).await else { return };
    running.open_door(holder).await;
    // An error means that the session is over, which closes the socket below.
    let _ = running.mail(Mail::AgentJoined(AgentProfile { rights, ..profile }, Arc::clone(outbox))).await;
    // What changed while the session took her in reached nobody.
    app.hub.recheck_viewer(running, key).await;
}

struct Agent {
    running: Arc<Running>,
    key: AgentKey,
}

impl Receiver for Agent {
    async fn take(&mut self, message: Bytes) -> Result<(), CloseCode> {
        metrics::count_frame_in(Side::Agent);
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
