//! The messages of agents that the session's owner writes: once, for all who get them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::messages::json;
use super::{AgentFrame, EndReason};
use crate::ids::{Epoch, Seq};
use crate::sanitize::JsonOut;
use crate::trust::Safe;
use crate::view::SafeEvent;

/// A message without page content.
pub(crate) fn safe(message: &impl Serialize) -> AgentFrame {
    Safe::vouch(Arc::from(json(message)))
}

/// Page events, or with `keyframe` the whole page. `seq` is the first event's number for `events`, the last number contained
/// for `keyframe`.
pub(super) fn page_frame(kind: &'static str, epoch: Epoch, seq: Seq, events: &[SafeEvent]) -> AgentFrame {
    let mut out = JsonOut::with_capacity(events.iter().map(|event| event.get().len() + 1).sum::<usize>() + 64);
    out.raw("{\"t\":");
    out.string(kind);
    out.raw(",\"epoch\":");
    out.integer(epoch.0);
    out.raw(",\"seq\":");
    out.integer(seq.0);
    out.raw(",\"events\":[");
    for event in events {
        out.comma();
        out.raw(event.get());
    }
    out.raw("]}");
    Safe::vouch(Arc::from(out.finish()))
}

/// The viewer's own number of a command, given back with its result.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum CommandId {
    Number(u64),
    Text(String),
}

#[derive(Serialize)]
struct CommandResult<'a> {
    t: &'a str,
    id: &'a CommandId,
    ok: bool,
    error: CommandError<'a>,
}

#[derive(Serialize)]
struct CommandError<'a> {
    code: &'a str,
    message: &'a str,
}

/// Her command was refused.
pub(crate) fn refused(id: &CommandId, (code, message): (&str, &str)) -> AgentFrame {
    safe(&CommandResult { t: "result", id, ok: false, error: CommandError { code, message } })
}

#[derive(Deserialize)]
struct Command {
    id: CommandId,
}

/// Her command is one that nobody can do at the moment. `None`: it is no command.
pub(super) fn not_available(command: &str) -> Option<AgentFrame> {
    let Command { id } = serde_json::from_str(command).ok()?;
    Some(refused(&id, ("not-available", "Acting on the page is not available here.")))
}

#[derive(Serialize)]
struct Ended {
    t: &'static str,
    reason: &'static str,
}

/// It is over. The customer's page is told by the same words.
pub(super) fn ended(reason: EndReason) -> AgentFrame {
    safe(&Ended { t: "ended", reason: reason.word() })
}
