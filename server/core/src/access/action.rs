//! Everything that an agent can ask for, and what she needs for it, as data. What does not stand here is refused.

use super::{Privilege, PrivilegeSet};

/// One row: what is asked, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// What is asked.
    pub ask: Ask,
    /// What it takes.
    pub needs: Needs,
}

/// How something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// By HTTP: method and path beneath the base path, as the router writes it.
    Route(&'static str, &'static str),
    /// On her socket: a frame of this `t`.
    Frame(&'static str),
    /// On her socket: a `command` of this `kind`.
    Command(&'static str),
}

/// What something takes, besides being signed in. Whoever asks for something of a session must also be within her reach of
/// sites: a session outside of it does not exist for her.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing more.
    Login,
    /// A privilege, whether it is about a session or not. If it is, whoever answers looks whether it is within her reach: it may
    /// be over, and then nobody is in it.
    Privilege(Privilege),
    /// To be in the session by code, or to have `unless_in`; and in either case `and`, if it is named.
    Session {
        /// What gets in whoever is not in it.
        unless_in: Privilege,
        /// What it takes besides.
        and: Option<Privilege>,
    },
    /// To be in the session by code, and the privilege. Who watches without a code never has it.
    InSession(Privilege),
}

impl Needs {
    /// Whether it is about one session.
    #[must_use]
    pub fn a_session(self) -> bool {
        matches!(self, Self::Session { .. } | Self::InSession(_))
    }
}

/// To be in the session, or to watch it.
const WATCH: Needs = Needs::Session { unless_in: Privilege::SessionMonitor, and: None };
const END: Needs = Needs::Session { unless_in: Privilege::SessionMonitor, and: Some(Privilege::SessionEnd) };
const POINT: Needs = Needs::InSession(Privilege::SessionPoint);
const DRAW: Needs = Needs::InSession(Privilege::SessionDraw);
const NOTE: Needs = Needs::InSession(Privilege::SessionNote);
const CONTROL: Needs = Needs::InSession(Privilege::SessionControl);
const NAVIGATE: Needs = Needs::InSession(Privilege::SessionNavigate);

const fn route(method: &'static str, path: &'static str, needs: Needs) -> Action {
    Action { ask: Ask::Route(method, path), needs }
}

const fn frame(t: &'static str, needs: Needs) -> Action {
    Action { ask: Ask::Frame(t), needs }
}

const fn command(kind: &'static str, needs: Needs) -> Action {
    Action { ask: Ask::Command(kind), needs }
}

/// The table.
pub const ACTIONS: &[Action] = &[
    route("GET", "/api/v1/agent/me", Needs::Login),
    route("POST", "/api/v1/agent/logout", Needs::Login),
    route("GET", "/api/v1/sessions", Needs::Privilege(Privilege::SessionList)),
    route("POST", "/api/v1/sessions/join", Needs::Privilege(Privilege::SessionJoin)),
    route("GET", "/api/v1/sessions/{id}", Needs::Session { unless_in: Privilege::SessionList, and: None }),
    route("DELETE", "/api/v1/sessions/{id}", END),
    route("POST", "/api/v1/sessions/{id}/ticket", WATCH),
    route("GET", "/api/v1/sessions/{id}/socket", WATCH),
    route("GET", "/api/v1/sessions/{id}/audit", Needs::Privilege(Privilege::AuditRead)),
    frame("hello", WATCH),
    frame("ping", WATCH),
    frame("request-mode", WATCH),
    frame("end", END),
    command("pointer", POINT),
    command("highlight", POINT),
    command("draw", DRAW),
    command("clear", DRAW),
    command("note", NOTE),
    command("click", CONTROL),
    command("double-click", CONTROL),
    command("context-menu", CONTROL),
    command("drag", CONTROL),
    command("select-text", CONTROL),
    command("input", CONTROL),
    command("select", CONTROL),
    command("key", CONTROL),
    command("scroll", CONTROL),
    command("navigate", NAVIGATE),
    command("back", NAVIGATE),
    command("forward", NAVIGATE),
    command("reload", NAVIGATE),
];

impl Action {
    /// The row of a route.
    #[must_use]
    pub fn of_route(method: &str, path: &str) -> Option<&'static Self> {
        ACTIONS.iter().find(|action| matches!(action.ask, Ask::Route(m, p) if m == method && p == path))
    }

    /// The row of a frame.
    #[must_use]
    pub fn of_frame(t: &str) -> Option<&'static Self> {
        ACTIONS.iter().find(|action| matches!(action.ask, Ask::Frame(known) if known == t))
    }

    /// The row of a command.
    #[must_use]
    pub fn of_command(kind: &str) -> Option<&'static Self> {
        ACTIONS.iter().find(|action| matches!(action.ask, Ask::Command(known) if known == kind))
    }
}

impl std::fmt::Display for Ask {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Route(method, path) => write!(out, "`{method} {path}`"),
            Self::Frame(t) => write!(out, "`{t}`"),
            Self::Command(kind) => write!(out, "`command` `{kind}`"),
        }
    }
}

impl std::fmt::Display for Needs {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Login => write!(out, "to be signed in"),
            Self::Privilege(privilege) => write!(out, "`{}`", privilege.name()),
            Self::Session { unless_in, and } => {
                write!(out, "to be in the session, or `{}`", unless_in.name())?;
                and.map_or(Ok(()), |and| write!(out, "; and `{}`", and.name()))
            }
            Self::InSession(privilege) => write!(out, "to be in the session, and `{}`", privilege.name()),
        }
    }
}

/// What is left of `privileges` for who watches without a code.
#[must_use]
pub(super) fn watching(privileges: PrivilegeSet) -> PrivilegeSet {
    let acts = |privilege| ACTIONS.iter().any(|action| action.needs == Needs::InSession(privilege));
    let kept = privileges.iter().filter(|privilege| !acts(*privilege));
    kept.fold(PrivilegeSet::default(), PrivilegeSet::with)
}

#[cfg(test)]
mod tests {
    use super::{ACTIONS, Action};

    #[test]
    fn the_table_stands_in_the_protocol() {
        let text = include_str!("../../../../docs/PROTOCOL.md");
        let mut seen = Vec::new();
        for Action { needs, .. } in ACTIONS {
            if seen.contains(needs) {
                continue;
            }
            seen.push(*needs);
            let asks = ACTIONS.iter().filter(|action| action.needs == *needs).map(|action| action.ask.to_string());
            let row = format!("| {} | {needs} |", asks.collect::<Vec<_>>().join(", "));
            assert!(text.contains(&row), "not in docs/PROTOCOL.md:\n{row}");
        }
    }
}
