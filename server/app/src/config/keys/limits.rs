//! The section of limits.

use super::Reaches::{NewSessions, Now, Restart};
use super::{Section, Shape, key};

pub(super) const LIMITS: Section = Section {
    name: "limits",
    shape: Shape::Once,
    about: "Bounds. None can be switched off.",
    keys: &[
        key(
            "frame-size",
            "\"16MiB\"",
            "64KiB to 256MiB",
            NewSessions,
            "One message of a customer's page, after decompression.",
        ),
        key("agent-frame-size", "\"64KiB\"", "1KiB to 1MiB", NewSessions, "One message of an agent's page."),
        key(
            "agent-queue-size",
            "\"8MiB\"",
            "64KiB to 256MiB",
            NewSessions,
            "What may wait for one slow agent; above it she gets the page anew.",
        ),
        key(
            "frames-per-second",
            "200",
            "10 to 100000",
            NewSessions,
            "Messages of one socket, averaged over ten seconds.",
        ),
        key(
            "bytes-per-second",
            "\"4MiB\"",
            "64KiB to 1GiB",
            NewSessions,
            "Bytes of one socket, as they come and again unpacked, averaged over ten seconds; two of the largest \
                 messages pass at once in any case. Who comes near is read later, and cut if that does not help.",
        ),
        key("events-per-frame", "10000", "100 to 1000000", NewSessions, "Page events in one message."),
        key("nodes", "200000", "1000 to 5000000", NewSessions, "Nodes of one page."),
        key("depth", "512", "16 to 512", NewSessions, "Levels of one page's tree."),
        key("text-size", "\"4MiB\"", "1KiB to 64MiB", NewSessions, "One text or attribute value."),
        key("mirror-size", "\"64MiB\"", "1MiB to 1GiB", NewSessions, "All text of one page."),
        key("request-size", "\"64KiB\"", "1KiB to 1MiB", Restart, "The body of one request."),
        key("sessions", "10000", "1 to 1000000", Now, "Sessions at once."),
        key(
            "sockets-per-address",
            "1000",
            "1 to 1000000",
            Now,
            "Sockets from one address at once; of connections twice as many.",
        ),
        key("sockets-per-agent", "50", "1 to 1000000", Now, "Sockets of one agent at once, wherever she looks."),
        key("sockets-per-session", "100", "1 to 1000000", Now, "Agents' sockets in one session at once."),
        key(
            "requests",
            "10000",
            "10 to 1000000",
            Restart,
            "Requests that are answered at once, assets aside; further ones get 503. One address has a tenth of them.",
        ),
        key(
            "requests-per-second",
            "1000",
            "1 to 1000000",
            Restart,
            "Requests from one address, and by one agent, averaged over ten seconds.",
        ),
        key("sessions-per-minute", "60", "1 to 1000000", Restart, "Sessions begun from one address."),
        key("logins-per-minute", "10", "1 to 1000000", Restart, "Tries to sign in from one address, and for one name."),
        key("logins-per-minute-total", "600", "1 to 1000000", Restart, "Tries to sign in by everybody together."),
        key(
            "tokens-per-minute",
            "600",
            "1 to 1000000",
            Restart,
            "Agent tokens asked for by one app, and tries from one address.",
        ),
        key("joins-per-minute", "20", "1 to 1000000", Restart, "Join codes tried by one agent, and from one address."),
        key(
            "wrong-codes-per-day",
            "100",
            "1 to 1000000",
            Restart,
            "Wrong join codes of one agent; after them she can try none until the day is over.",
        ),
        key("joins-per-minute-total", "600", "1 to 1000000", Restart, "Join codes tried by all agents together."),
    ],
};
