//! Every key and channel that the server has in Redis: its name, its shape, and how long it stays. A table;
//! `docs/OPERATE.md` shows it, and a test holds a real Redis against it.

/// One kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The name after `[redis] key-prefix`. Capitals stand for what differs: `SID` a session, `NN` two digits, `H` a digest.
    pub name: &'static str,
    /// Redis' type of it.
    pub shape: Shape,
    /// How long it stays.
    pub stays: &'static str,
    /// What is in it.
    pub holds: &'static str,
}

/// Redis' types, and a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    String,
    /// Fields with values.
    Hash,
    /// Values in order.
    List,
    /// Members by score.
    Zset,
    /// Entries in order.
    Stream,
    /// No key: a sharded channel, on which nothing stays.
    Channel,
}

impl Shape {
    /// As the command `TYPE` says it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Hash => "hash",
            Self::List => "list",
            Self::Zset => "zset",
            Self::Stream => "stream",
            Self::Channel => "channel",
        }
    }
}

/// How long what belongs to a session stays.
const SESSION: &str = "`reconnect-timeout` and a minute after its owner was last heard of; a minute after its end";

/// All of them.
pub const ROWS: &[Row] = &[
    Row {
        name: "{SID}:s",
        shape: Shape::Hash,
        stays: SESSION,
        holds: "the session's record: site, digest of the customer's token, times, epoch, owner; sealed, what it is and who its customer is",
    },
    Row { name: "{SID}:lease", shape: Shape::String, stays: "6 s, renewed every 2 s", holds: "the node that owns it" },
    Row {
        name: "{SID}:log",
        shape: Shape::Stream,
        stays: SESSION,
        holds: "what agents get: a keyframe, and sanitized events since, cut at keyframes; sealed, who the customer and the agents are",
    },
    Row {
        name: "{SID}:in",
        shape: Shape::Stream,
        stays: SESSION,
        holds: "what agents' nodes ask of its owner, sealed",
    },
    Row {
        name: "{SID}:sticky",
        shape: Shape::List,
        stays: SESSION,
        holds: "sealed, numbers of elements that stay restricted as long as their document lives, and who the customer is",
    },
    Row {
        name: "{SID}:seats",
        shape: Shape::Hash,
        stays: SESSION,
        holds: "agents who were let in by code, as digests under a key, and until when their place is kept",
    },
    Row {
        name: "{SID}:here",
        shape: Shape::Hash,
        stays: SESSION,
        holds: "digests of asset cookies that are served, and until when",
    },
    Row {
        name: "{SID}:up",
        shape: Shape::Hash,
        stays: "15 s after the last of them was asked for or came",
        holds: "assets that the customer's page is asked for, by number; sealed, what it sent to another node than asked",
    },
    Row {
        name: "{aNN}:all",
        shape: Shape::Zset,
        stays: "until the last session in it is over",
        holds: "a sixteenth of all sessions, by when they are over at the latest",
    },
    Row {
        name: "code:H",
        shape: Shape::String,
        stays: "`session.join-code-ttl`",
        holds: "a join code, under a key: its session",
    },
    Row {
        name: "login:H",
        shape: Shape::String,
        stays: "`agents.login-duration`",
        holds: "a login, by its cookie: who the agent is",
    },
    Row {
        name: "logins-of:H",
        shape: Shape::Zset,
        stays: "until the last of them ends",
        holds: "logins of a session at the provider, and of an account there",
    },
    Row { name: "ticket:H", shape: Shape::String, stays: "30 s", holds: "a ticket for a socket: who may open it" },
    Row {
        name: "sign-in:H",
        shape: Shape::String,
        stays: "10 min",
        holds: "a sign-in on its way to the provider, by its `state`",
    },
    Row {
        name: "used:H",
        shape: Shape::String,
        stays: "as long as the token",
        holds: "a token that is good once, and was used",
    },
    Row {
        name: "revoked:H",
        shape: Shape::String,
        stays: "as long as the token, and its sockets' tickets",
        holds: "an agent token that was revoked",
    },
    Row { name: "count:H", shape: Shape::String, stays: "a minute, or a day", holds: "what a limit counts" },
    Row { name: "{SID}:w", shape: Shape::Channel, stays: "", holds: "the log grew" },
    Row { name: "{SID}:i", shape: Shape::Channel, stays: "", holds: "the owner was asked something" },
    Row { name: "{SID}:u", shape: Shape::Channel, stays: "", holds: "an upload came to another node" },
    Row { name: "{all}:told", shape: Shape::Channel, stays: "", holds: "who was signed out, for all nodes" },
];

/// The row that a key of this prefix is of.
#[must_use]
pub fn row_of(prefix: &str, key: &str) -> Option<&'static Row> {
    let name = key.strip_prefix(prefix)?;
    ROWS.iter().find(|row| row.shape != Shape::Channel && fits(row.name, name))
}

/// Whether a name has a row's form.
fn fits(form: &str, name: &str) -> bool {
    let Some((before, rest)) = form.split_once(|c: char| c.is_ascii_uppercase()) else { return form == name };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let is_plain =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    name.strip_prefix(before).and_then(|name| name.strip_suffix(after)).is_some_and(is_plain)
}

#[cfg(test)]
mod tests {
    use super::{ROWS, row_of};

    #[test]
    fn a_key_is_of_one_row_or_none() {
        for (key, name) in [
            ("v:{abc-_9}:s", Some("{SID}:s")),
            ("v:{abc}:sticky", Some("{SID}:sticky")),
            ("v:{a07}:all", Some("{aNN}:all")),
            ("v:{abc}:w", None),
            ("v:{}:s", None),
            ("v:{a{b}}:s", None),
            ("{abc}:s", None),
            ("v:{abc}:s2", None),
        ] {
            assert_eq!(row_of("v:", key).map(|row| row.name), name, "{key}");
        }
    }

    #[test]
    fn the_operators_guide_shows_every_row() {
        let guide = include_str!("../../../../docs/OPERATE.md");
        for row in ROWS {
            let line = format!("| `{}` | {} | {} | {} |", row.name, row.shape.word(), row.stays, row.holds);
            assert!(guide.lines().any(|other| other == line), "missing in docs/OPERATE.md:\n{line}");
        }
    }
}
