//! Many rooms at once, on ours or on a peer.

use std::sync::Arc;

use futures_util::{StreamExt, stream};

use crate::ours::Ours;
use crate::peers::Peer;
use crate::room::{Dialect, Room};
use crate::traffic::Page;

/// Rooms that are opened at the same time.
const AT_ONCE: usize = 8;

/// What happens in each room.
#[derive(Debug)]
pub struct Scene {
    /// The page that the room shows.
    pub page: Page,
    /// What happens on it, in turn.
    pub events: Arc<[String]>,
    /// Agents in each.
    pub viewers: usize,
}

/// Opens rooms on ours: each a session with its page, its customer at one node and its agents at the same or another.
pub async fn of_ours(customers: &Ours, agents: &Ours, scene: &Scene, rooms: usize) -> Vec<Room> {
    let open = |_| async {
        let (session, code, customer) = customers.customer(&scene.page.begin).await;
        agents.join(&code).await;
        let mut viewers = Vec::new();
        for _ in 0..scene.viewers {
            viewers.push(agents.agent(&session, "keyframe").await);
        }
        Room::new(Dialect::Ours, session, Arc::clone(&scene.events), customer, viewers)
    };
    stream::iter(0..rooms).map(open).buffer_unordered(AT_ONCE).collect().await
}

/// The same on a peer, which shows no page.
pub async fn of_peer(peer: &Peer, scene: &Scene, rooms: usize) -> Vec<Room> {
    let open = |number| async move {
        // A name of its own: the peer may have had other rooms before.
        let name = format!("{}-{}-{number}", scene.viewers, scene.events[0].len());
        let (sender, viewers) = peer.room(&name, scene.viewers).await;
        Room::new(peer.dialect, name, Arc::clone(&scene.events), sender, viewers)
    };
    stream::iter(0..rooms).map(open).buffer_unordered(AT_ONCE).collect().await
}
