//! What a session's task asks of the store, and what it hears when that is answered.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use vitrine_core::ids::{AgentKey, Epoch, SessionId};
use vitrine_core::session::journal::{Held, Renewal};
use vitrine_core::session::{Ask, EndReason};

use super::home::{Home, Shared, issue};
use super::running::Running;
use crate::assets;
use crate::auth::secret::Digest;
use crate::ops::clock::Time;
use crate::store::sessions::{
    Append, Appended, AskId, Claimed, LogId, NewSession, Page, Read, Refused, Renewed, Watch,
};

/// The store has answered.
pub(super) enum Done {
    /// The next join code, unless the session is full.
    Code(Option<(String, Time)>),
    /// An append of the journal's, by its turn; and the session's end, if it was in it.
    Appended(u64, Result<Appended, Refused>),
    /// A renewal of the journal's, by its turn.
    Leased(u64, Leased),
    /// Whether this node is still the owner, now that a customer has come.
    Confirmed(Result<Renewed, Refused>),
    /// This node is the owner, with the join code that its customer sees.
    Claimed(Result<Box<Claimed>, Refused>, Option<(String, Time)>),
    /// What the owner is asked.
    Asks(Result<Vec<(AskId, Ask)>, Refused>),
    /// The owner was asked.
    Asked(Result<AskId, Refused>, Ask),
    /// The session's end was asked for.
    EndAsked(Result<(), Refused>),
    /// News from the owner.
    Read(Result<Read, Refused>),
    /// The page, for agents who have none.
    Page(Result<Page, Refused>),
    /// Wakes for the role that this node has.
    Watch(bool, Result<Watch, Refused>),
    /// Another node may own the session.
    Released,
    /// Nothing that anybody waits for.
    Nothing,
}

/// What became of a renewal.
pub(super) struct Leased {
    pub(super) renewal: Renewal,
    pub(super) has_asks: bool,
    /// The store had forgotten that this node is the owner: it has begun a new term.
    pub(super) term: Option<Epoch>,
    /// The session ended meanwhile.
    pub(super) ended: Option<EndReason>,
}

type Work = BoxFuture<'static, Done>;

pub(super) fn new_code(home: Arc<Home>, running: Arc<Running>) -> Work {
    async move {
        let has_room = running.has_room().await;
        let code = async { issue(&home.codes, &home.store, &running.config, &running.id).await.ok() };
        Done::Code(if has_room { code.await } else { None })
    }
    .boxed()
}

/// Writes, and then ends the session if that is what was published.
pub(super) fn append(
    shared: Shared,
    id: SessionId,
    (turn, term): (u64, Epoch),
    append: Append,
    ended: Option<EndReason>,
) -> Work {
    async move {
        let written = shared.sessions.append(&id, append).await;
        let ended = match (ended, &written) {
            (Some(reason), Ok(_)) => shared.sessions.end(&id, shared.node, term, reason).await,
            _ => Ok(()),
        };
        Done::Appended(turn, ended.and(written))
    }
    .boxed()
}

/// Renews the lease. Where the store has forgotten the owner, or the session, it is told again.
pub(super) fn lease(
    shared: Shared,
    id: SessionId,
    turn: u64,
    (term, held): (Epoch, Epoch),
    record: impl FnOnce() -> NewSession + Send + 'static,
) -> Work {
    async move {
        let renewed = shared.sessions.renew(&id, shared.node, term).await;
        let claim = async || match shared.sessions.claim(&id, shared.node, held).await {
            Ok(Claimed { record, .. }) => Leased {
                renewal: Renewal::Done(Held { epoch: record.epoch, appends: 0 }),
                has_asks: false,
                term: Some(record.term),
                ended: None,
            },
            Err(refused) => Leased::refused(refused),
        };
        let leased = match renewed {
            Ok(Renewed { has_asks, epoch, n }) => {
                let renewal = Renewal::Done(Held { epoch, appends: n });
                Leased { renewal, has_asks, term: None, ended: None }
            }
            Err(Refused::Lost) => claim().await,
            Err(Refused::Gone) => match shared.sessions.create(record()).await {
                Ok(()) => claim().await,
                Err(refused) => Leased::refused(refused),
            },
            Err(refused) => Leased::refused(refused),
        };
        Done::Leased(turn, leased)
    }
    .boxed()
}

impl Leased {
    fn refused(refused: Refused) -> Self {
        let ended = if let Refused::Ended(reason) = refused { Some(reason) } else { None };
        let renewal = if refused == Refused::Fenced { Renewal::Fenced } else { Renewal::Failed };
        Self { renewal, has_asks: false, term: None, ended }
    }
}

/// Asks whether this node is still the owner.
pub(super) fn confirm(shared: Shared, id: SessionId, term: Epoch) -> Work {
    async move { Done::Confirmed(shared.sessions.renew(&id, shared.node, term).await) }.boxed()
}

/// Makes this node the owner. The code that the customer saw elsewhere is nowhere in clear: she gets another, unless it was
/// given out here.
pub(super) fn claim(home: Arc<Home>, shared: Shared, running: Arc<Running>, needs_code: bool) -> Work {
    async move {
        let claimed = shared.sessions.claim(&running.id, shared.node, Epoch(0)).await;
        let code = match &claimed {
            Ok(_) if needs_code && running.has_room().await => {
                issue(&home.codes, &home.store, &running.config, &running.id).await.ok()
            }
            _ => None,
        };
        Done::Claimed(claimed.map(Box::new), code)
    }
    .boxed()
}

pub(super) fn asks(shared: Shared, id: SessionId, term: Epoch, after: AskId) -> Work {
    async move { Done::Asks(shared.sessions.asks(&id, (shared.node, term), after, ASKS_AT_ONCE).await) }.boxed()
}

/// Asks that are taken in one go.
const ASKS_AT_ONCE: usize = 64;

pub(super) fn ask(shared: Shared, id: SessionId, term: Epoch, ask: Ask) -> Work {
    async move {
        let asked = shared.sessions.ask(&id, term, ask.clone()).await;
        Done::Asked(asked, ask)
    }
    .boxed()
}

/// The customer's page cannot be asked for what another node wants of it.
pub(super) fn not_now(running: Arc<Running>, request: u64) -> Work {
    async move {
        assets::not_now(&running, request).await;
        Done::Nothing
    }
    .boxed()
}

pub(super) fn read(shared: Shared, id: SessionId, after: LogId) -> Work {
    async move { Done::Read(shared.sessions.read(&id, after).await) }.boxed()
}

pub(super) fn page(shared: Shared, id: SessionId) -> Work {
    async move { Done::Page(shared.sessions.page(&id).await) }.boxed()
}

pub(super) fn watch(shared: Shared, id: SessionId, is_owner: bool) -> Work {
    async move {
        let watch = if is_owner { shared.sessions.watch_asks(&id).await } else { shared.sessions.watch_log(&id).await };
        Done::Watch(is_owner, watch)
    }
    .boxed()
}

pub(super) fn end_unowned(shared: Shared, id: SessionId, term: Epoch, reason: EndReason) -> Work {
    async move {
        // Whoever else ended or owns it meanwhile is right.
        let _ = shared.sessions.end_unowned(&id, term, reason).await;
        Done::Nothing
    }
    .boxed()
}

pub(super) fn end_wherever(shared: Shared, id: SessionId, reason: EndReason, agent: Option<AgentKey>) -> Work {
    async move { Done::EndAsked(try_end_wherever(&shared, &id, reason, agent).await) }.boxed()
}

/// Sees to it that a session ends: asks its owner, or ends it where there is none at the moment. When that is answered the end
/// is sure, also if the owner dies.
pub(super) async fn try_end_wherever(
    shared: &Shared,
    id: &SessionId,
    reason: EndReason,
    agent: Option<AgentKey>,
) -> Result<(), Refused> {
    let sessions = &shared.sessions;
    let mut moved = Refused::Owned;
    for _ in 0..MOVES_MAX {
        let asked = match sessions.record(id).await {
            Ok(record) => match sessions.ask(id, record.term, Ask::End { reason, agent }).await {
                Err(Refused::Unowned) => sessions.end_unowned(id, record.term, reason).await,
                asked => asked.map(drop),
            },
            Err(refused) => Err(refused),
        };
        match asked {
            Err(Refused::Gone | Refused::Ended(_)) => return Ok(()),
            Err(refused @ (Refused::Owned | Refused::OtherTerm(_))) => moved = refused,
            asked => return asked,
        }
    }
    Err(moved)
}

/// Times that a session may come to another owner while its end is asked for.
const MOVES_MAX: usize = 4;

pub(super) fn end(shared: Shared, id: SessionId, term: Epoch, reason: EndReason) -> Work {
    async move {
        // If it cannot be ended now, it is when nobody has owned it for a while.
        let _ = shared.sessions.end(&id, shared.node, term, reason).await;
        Done::Nothing
    }
    .boxed()
}

pub(super) fn release(shared: Shared, id: SessionId, term: Epoch) -> Work {
    async move {
        // A lease that is not given back runs out.
        let _ = shared.sessions.release(&id, shared.node, term).await;
        Done::Released
    }
    .boxed()
}

/// Keeps the places and the asset doors of the agents who are here.
pub(super) fn keep(shared: Shared, id: SessionId, seats: Vec<String>, holders: Vec<Digest>) -> Work {
    async move {
        // The next time comes before they run out.
        let _ = shared.sessions.keep_seats(&id, &seats).await;
        let _ = shared.sessions.hold(&id, &holders).await;
        Done::Nothing
    }
    .boxed()
}
