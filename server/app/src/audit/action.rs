//! What is noted, as data: every action, the routes that ask for it, and what becomes of it where no line can be written.

/// Something that somebody did or tried. Its word is stable: see `docs/OPERATE.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The server began to write.
    ServerStart,
    /// It stopped.
    ServerStop,
    /// The files of the configuration were read again.
    ConfigReload,
    /// The log goes on in a new file.
    AuditRotate,
    /// Lines were left out.
    AuditOmit,
    /// Somebody else wrote into the file, or cut it.
    AuditAlter,
    /// Somebody read a session's lines.
    AuditRead,
    /// An agent signed in.
    AgentSignIn,
    /// An agent signed in at the provider.
    AgentSignInAtProvider,
    /// An agent signed out.
    AgentSignOut,
    /// The provider said that an agent signed out there.
    AgentSignOutAtProvider,
    /// An app asked for an agent's token.
    AgentToken,
    /// A customer's page began a session.
    SessionBegin,
    /// A customer's page opened its socket.
    CustomerConnect,
    /// A customer's page handed over a contact token, or said that nobody is signed in.
    CustomerIdentify,
    /// That socket is gone.
    CustomerLeave,
    /// An agent asked for the list.
    SessionList,
    /// An agent asked for one session.
    SessionRead,
    /// An agent tried a join code.
    SessionJoin,
    /// An agent got a ticket.
    SessionTicket,
    /// An agent who was let in by code opened her socket.
    SessionOpen,
    /// An agent opened her socket without a code, to watch.
    SessionWatch,
    /// An agent's socket is gone.
    SessionLeave,
    /// The session ended.
    SessionEnd,
}

/// What becomes of an action whose line cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwritten {
    /// It is refused, under `[audit] required`. So it is with all that gives somebody something.
    Refused,
    /// It is done all the same, and counted: it takes something away, or was not ours to refuse.
    Done,
}

/// One row of the table.
#[derive(Debug)]
pub struct Row {
    /// Which.
    pub action: Action,
    /// As it stands in a line.
    pub word: &'static str,
    /// The route that asks for it, without the base path. Its refusals are noted in one place: see [`super::watch`].
    pub route: Option<(&'static str, &'static str)>,
    /// Whether a line is also written if it was done. Looking at a list is noted only when it was refused.
    pub when_done: bool,
    /// What becomes of it if its line cannot be written.
    pub unwritten: Unwritten,
}

const fn row(action: Action, word: &'static str, unwritten: Unwritten) -> Row {
    Row { action, word, route: None, when_done: true, unwritten }
}

const fn asked(
    action: Action,
    word: &'static str,
    method: &'static str,
    path: &'static str,
    unwritten: Unwritten,
) -> Row {
    Row { action, word, route: Some((method, path)), when_done: true, unwritten }
}

const fn looked(action: Action, word: &'static str, path: &'static str) -> Row {
    Row { action, word, route: Some(("GET", path)), when_done: false, unwritten: Done }
}

use Unwritten::{Done, Refused};

/// Every action.
pub const ACTIONS: &[Row] = &[
    row(Action::ServerStart, "server.start", Refused),
    row(Action::ServerStop, "server.stop", Done),
    row(Action::ConfigReload, "config.reload", Done),
    row(Action::AuditRotate, "audit.rotate", Done),
    row(Action::AuditOmit, "audit.omit", Done),
    row(Action::AuditAlter, "audit.alter", Done),
    asked(Action::AuditRead, "audit.read", "GET", "/api/v1/sessions/{id}/audit", Refused),
    asked(Action::AgentSignIn, "agent.sign-in", "POST", "/api/v1/agent/login", Refused),
    asked(Action::AgentSignInAtProvider, "agent.sign-in-at-provider", "GET", "/api/v1/agent/oidc/callback", Refused),
    asked(Action::AgentSignOut, "agent.sign-out", "POST", "/api/v1/agent/logout", Done),
    asked(
        Action::AgentSignOutAtProvider,
        "agent.sign-out-at-provider",
        "POST",
        "/api/v1/agent/oidc/back-channel",
        Done,
    ),
    asked(Action::AgentToken, "agent.token", "POST", "/api/v1/agent/tokens", Refused),
    asked(Action::SessionBegin, "session.begin", "POST", "/api/v1/sessions", Refused),
    asked(Action::CustomerConnect, "customer.connect", "GET", "/api/v1/customer/socket", Done),
    asked(Action::CustomerIdentify, "customer.identify", "POST", "/api/v1/customer/contact", Refused),
    row(Action::CustomerLeave, "customer.leave", Done),
    looked(Action::SessionList, "session.list", "/api/v1/sessions"),
    looked(Action::SessionRead, "session.read", "/api/v1/sessions/{id}"),
    asked(Action::SessionJoin, "session.join", "POST", "/api/v1/sessions/join", Refused),
    asked(Action::SessionTicket, "session.ticket", "POST", "/api/v1/sessions/{id}/ticket", Refused),
    asked(Action::SessionOpen, "session.open", "GET", "/api/v1/sessions/{id}/socket", Refused),
    row(Action::SessionWatch, "session.watch", Refused),
    row(Action::SessionLeave, "session.leave", Done),
    asked(Action::SessionEnd, "session.end", "DELETE", "/api/v1/sessions/{id}", Done),
];

impl Action {
    /// The action that a route asks for; `path` is without the base path.
    #[must_use]
    pub fn of_route(method: &str, path: &str) -> Option<Self> {
        ACTIONS.iter().find(|row| row.route == Some((method, path))).map(|row| row.action)
    }

    /// As it stands in a line.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().map_or("", |row| row.word)
    }

    /// Whether a line is also written if it was done.
    #[must_use]
    pub fn is_noted_when_done(self) -> bool {
        self.row().is_some_and(|row| row.when_done)
    }

    /// What becomes of it if its line cannot be written.
    #[must_use]
    pub fn unwritten(self) -> Unwritten {
        self.row().map_or(Refused, |row| row.unwritten)
    }

    fn row(self) -> Option<&'static Row> {
        ACTIONS.iter().find(|row| row.action == self)
    }
}

#[cfg(test)]
mod tests {
    use super::{ACTIONS, Action};

    #[test]
    fn every_action_has_one_row_and_a_line_in_the_operators_table() {
        let text = include_str!("../../../../docs/OPERATE.md");
        for (at, row) in ACTIONS.iter().enumerate() {
            assert_eq!(row.action as usize, at, "{}: rows stand in the order of the actions", row.word);
            assert!(text.contains(&format!("| `{}` |", row.word)), "{}", row.word);
            assert!(ACTIONS[..at].iter().all(|other| other.word != row.word), "{}", row.word);
        }
        assert_eq!(Action::SessionEnd as usize + 1, ACTIONS.len());
    }
}
