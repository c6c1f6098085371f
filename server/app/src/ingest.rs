//! The customer's socket: the one place where unsanitized text passes, on its way to the session and nowhere else.

use std::future::pending;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use vitrine_core::session::CloseCode;

use crate::audit::{Act, Action, Actor, Event};
use crate::auth::socket::{credential, read_customer_token};
use crate::http::address::Client;
use crate::http::rate::Held;
use crate::http::{Problem, cors};
use crate::hub::{FromCustomer, Over, Running};
use crate::net::outbox::Outbox;
use crate::net::socket::{self, Bounds, Receiver};
use crate::net::upgrade::{Socket, Upgrade};
use crate::ops::metrics::{self, OpenSocket, Side};
use crate::start::App;

/// `GET /api/v1/customer/socket`. A listed origin and a token are wanted before the upgrade; a token that is no
/// longer good gets its reason as a close code, which a page can read.
pub async fn open(
    State(app): State<Arc<App>>,
    act: Act,
    client: Client,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, Problem> {
    let config = app.config();
    cors::judge(&headers, &config.cross_origin, None)?;
    if app.hub.is_draining() {
        return Err(Problem::Draining);
    }
    let token = credential(&headers, "bearer.").ok_or(Problem::NotSignedIn)?;
    let (id, secret) = read_customer_token(token).ok_or(Problem::NotSignedIn)?;
    let running = match app.hub.reach(&id).await? {
        None => Err(CloseCode::NoSuchSession),
        Some(running) if running.token != secret => Err(CloseCode::NotAuthenticated),
        Some(running) => {
            let site = config.sites.get(&running.site).ok_or(Problem::UnknownSite)?;
            cors::judge(&headers, &config.cross_origin, Some(site))?;
            Ok(running)
        }
    };
    let held = app.sockets.enter(client)?;
    let (message_bytes, in_force) = match &running {
        Ok(running) => (running.config.limits.core.frame_bytes, &running.config),
        // Who is nobody here has nothing to say.
        Err(_) => (NOBODYS_BYTES_MAX, &config),
    };
    match &running {
        Ok(running) => {
            act.by(Actor::Customer);
            act.on(running);
            act.done().await?;
        }
        Err(code) => act.refused(code.word()),
    }
    let bounds = Bounds::new(message_bytes, in_force);
    Ok(upgrade.open(bounds, move |socket| serve(socket, app, running, bounds, held)))
}

/// What may wait for a customer's page: small messages, and few.
const QUEUE_BYTES: usize = 1 << 20;

async fn serve(
    socket: Socket,
    app: Arc<App>,
    running: Result<Arc<Running>, CloseCode>,
    bounds: Bounds,
    _held: Held<Client>,
) {
    let _open = OpenSocket::of(Side::Customer);
    let outbox = Arc::new(Outbox::new(QUEUE_BYTES));
    let customer = match running {
        Ok(running) => Some(running),
        Err(code) => {
            outbox.close(code);
            None
        }
    };
    let Some(running) = customer else {
        return socket::run(socket, &outbox, bounds, Nobody, pending()).await;
    };
    let receiver = Customer { running: Arc::clone(&running), outbox: Arc::clone(&outbox), has_spoken: false };
    socket::run(socket, &outbox, bounds, receiver, running.over()).await;
    // An ended session does not care that its customer is gone.
    let _ = running.from_customer(FromCustomer::Detached(Arc::clone(&outbox))).await;
    let reason = outbox.close_code().map_or("left", CloseCode::word);
    app.audit.note(Event::done(Action::CustomerLeave, Actor::Customer).to(&running.id, &running.site).because(reason));
}

/// The largest message of a socket that is closed as soon as it is open.
const NOBODYS_BYTES_MAX: usize = 1 << 10;

/// Takes nothing: the socket is only open to be told why it is closed.
struct Nobody;

impl Receiver for Nobody {
    async fn take(&mut self, _message: Bytes) -> Result<(), CloseCode> {
        Ok(())
    }

    async fn caught_up(&self) {}
}

struct Customer {
    running: Arc<Running>,
    outbox: Arc<Outbox>,
    /// Only then does this socket take the session over from an earlier one: a page may have given it up, and gone
    /// elsewhere, before this server came to answer.
    has_spoken: bool,
}

impl Customer {
    async fn hand_over(&self, what: FromCustomer) -> Result<(), CloseCode> {
        match self.running.from_customer(what).await {
            Ok(()) => Ok(()),
            Err(Over) => Err(self.running.over().await),
        }
    }
}

impl Receiver for Customer {
    async fn take(&mut self, message: Bytes) -> Result<(), CloseCode> {
        metrics::count_frame_in(Side::Customer);
        if !std::mem::replace(&mut self.has_spoken, true) {
            self.hand_over(FromCustomer::Attached(Arc::clone(&self.outbox))).await?;
        }
        self.hand_over(FromCustomer::Frame(Arc::clone(&self.outbox), message)).await
    }

    async fn caught_up(&self) {}
}
