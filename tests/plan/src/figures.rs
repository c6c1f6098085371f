//! The figures that the models go by: `figures.toml`, where each says what it is and by which command it was measured, or that it is a
//! budget: nodes must stay under it for the plan to hold.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The file.
pub const FILE: &str = include_str!("../figures.toml");

/// One figure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The number.
    pub value: f64,
    /// Of what.
    pub unit: String,
    /// What it is.
    pub what: String,
    /// The command that measures it; the file that it is a constant of; or `budget`.
    pub by: String,
}

/// All of them, as the models use them.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Events' frames of one session.
    pub events_per_s: f64,
    /// One such frame as it is stored and sent.
    pub event_bytes: f64,
    /// A page: a snapshot as it comes, a keyframe as it goes.
    pub snapshot_bytes: f64,
    /// A node's CPU for one frame from the customer's socket to one agent's.
    pub delivery_us: f64,
    /// A node's CPU for writing one frame to Redis, and for reading one.
    pub node_append_us: f64,
    /// See above.
    pub node_read_us: f64,
    /// A node's memory for one session.
    pub session_bytes: f64,
    /// A node's CPU to take in one customer and her page, and one agent who gets it.
    pub opening_ms: f64,
    /// Redis' CPU by operation.
    pub append_us: f64,
    /// A page's keyframe for all.
    pub keyframe_us: f64,
    /// One entry for a follower.
    pub read_us: f64,
    /// The record and the keyframe.
    pub page_us: f64,
    /// The lease.
    pub renew_us: f64,
    /// A node becomes the owner.
    pub claim_us: f64,
    /// Agents' places.
    pub seats_us: f64,
    /// Redis' memory for one session.
    pub redis_session_bytes: f64,
    /// A page tries again within this time after it lost its socket.
    pub soon_ms: f64,
    /// A page takes a silent server for gone after this time.
    pub silence_ms: f64,
}

/// Reads the file.
///
/// # Errors
/// What is wrong with it, or which figure is missing or is nobody's.
pub fn read(text: &str) -> Result<(Figures, BTreeMap<String, Figure>), String> {
    let table: BTreeMap<String, Figure> = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut wanted = 0;
    let mut take = |name: &str| {
        wanted += 1;
        table.get(name).map(|figure| figure.value).ok_or_else(|| format!("{name} is missing"))
    };
    let figures = Figures {
        events_per_s: take("events_per_s")?,
        event_bytes: take("event_bytes")?,
        snapshot_bytes: take("snapshot_bytes")?,
        delivery_us: take("delivery_us")?,
        node_append_us: take("node_append_us")?,
        node_read_us: take("node_read_us")?,
        session_bytes: take("session_bytes")?,
        opening_ms: take("opening_ms")?,
        append_us: take("append_us")?,
        keyframe_us: take("keyframe_us")?,
        read_us: take("read_us")?,
        page_us: take("page_us")?,
        renew_us: take("renew_us")?,
        claim_us: take("claim_us")?,
        seats_us: take("seats_us")?,
        redis_session_bytes: take("redis_session_bytes")?,
        soon_ms: take("soon_ms")?,
        silence_ms: take("silence_ms")?,
    };
    if table.len() > wanted { Err("a figure that no model uses".into()) } else { Ok((figures, table)) }
}
