//! What was noted of one session.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use vitrine_core::ids::SessionId;

use super::operations::Kind;
use crate::audit::{Act, Page};
use crate::http::Problem;
use crate::http::gate::Agent;
use crate::http::query::Params;
use crate::http::segment::Segment;
use crate::start::App;

/// Which lines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Only lines with higher numbers.
    #[serde(default)]
    after: u64,
    /// So many at most.
    #[serde(default = "usual_limit")]
    limit: usize,
}

/// The same, for the description of the interface.
pub(crate) const QUERY: [(&str, Kind, &str); 2] = [
    ("after", Kind::Number, "Only lines with higher numbers"),
    ("limit", Kind::Number, "So many lines at most: 100, and never more than 1,000"),
];

fn usual_limit() -> usize {
    100
}

/// `GET /api/v1/sessions/{id}/audit`. Also of a session that is over, as long as its lines are in memory.
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    agent: Agent,
    act: Act,
    Segment(id): Segment,
    Params(Wanted { after, limit }): Params<Wanted>,
) -> Result<Json<Page>, Problem> {
    let id = SessionId::new(&id).ok_or(Problem::NoSuchSession)?;
    let page = app.audit.page(&id, after, limit).filter(|page| agent.standing.rights.reach(&id, &page.site));
    let page = page.ok_or(Problem::NoSuchSession)?;
    act.about(&id, &page.site);
    act.done().await?;
    Ok(Json(page))
}
