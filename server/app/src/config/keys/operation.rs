//! Sections about where the server listens, and what it tells its operator.

use super::Reaches::{NewSessions, Now, Restart};
use super::{Section, Shape, key};

pub(super) const SERVER: Section = Section {
    name: "server",
    shape: Shape::Once,
    about: "Where the server listens and how browsers reach it.",
    keys: &[
        key("listen", "\"0.0.0.0:8443\"", "address and port", Restart, "Where the public listener is."),
        key(
            "base-path",
            "\"\"",
            "a path such as \"/vitrine\", without a slash at the end",
            Restart,
            "Everything public lives beneath it.",
        ),
        key(
            "public-url",
            "\"https://localhost:8443\"",
            "an origin",
            Restart,
            "How customers' browsers reach the server.",
        ),
        key(
            "agent-url",
            "",
            "an origin, e.g. \"https://agents.example\"",
            Restart,
            "How agents' browsers reach it; another Host gets 421. Without it: as public-url.",
        ),
        key(
            "tls",
            "\"on\"",
            "\"on\" or \"off\"",
            Restart,
            "\"off\" only behind a proxy that ends TLS; trusted-proxies must name it, and nobody else is let in.",
        ),
        key(
            "trusted-proxies",
            "[]",
            "addresses and ranges",
            Restart,
            "Whose X-Forwarded-For is believed; from all others it is ignored.",
        ),
        key("handshake-timeout", "\"10s\"", "a duration", Restart, "For the TLS handshake."),
        key("header-timeout", "\"10s\"", "a duration", Restart, "For a request's headers to arrive."),
        key("request-timeout", "\"30s\"", "a duration", Restart, "For a request from its first byte to its answer."),
        key(
            "write-timeout",
            "\"30s\"",
            "a duration",
            Restart,
            "A connection that takes nothing of what is sent for so long is cut.",
        ),
        key(
            "ping-interval",
            "\"20s\"",
            "a duration",
            Restart,
            "Every socket's peer is asked so often whether it is there; one that sends nothing for two and a half times as \
                 long is gone.",
        ),
        key(
            "shutdown-timeout",
            "\"10s\"",
            "a duration",
            Restart,
            "For sessions and requests to end when the server stops.",
        ),
        key("max-connections", "20000", "1 to 1000000", Restart, "Connections open at once; more are turned away."),
        key(
            "max-handshakes",
            "1000",
            "1 to 100000",
            Restart,
            "TLS handshakes at once, a quarter of them from one address; more are turned away.",
        ),
        key(
            "compression",
            "\"on\"",
            "\"on\" or \"off\"",
            NewSessions,
            "Whether messages to agents that fill more than a packet leave as gzip. \"off\" saves the server time where bandwidth \
                 costs nothing.",
        ),
    ],
};

pub(super) const TLS: Section = Section {
    name: "tls",
    shape: Shape::Once,
    about: "The server's certificate, and what is spoken. A change reaches new connections; open ones go on.",
    keys: &[
        key(
            "certificate",
            "",
            "a PEM file, e.g. \"/etc/vitrine/fullchain.pem\"",
            Now,
            "The certificate and its chain.",
        ),
        key("key", "", "a PEM file, e.g. \"/etc/vitrine/key.pem\"", Now, "The certificate's private key."),
        key("min-version", "\"1.2\"", "\"1.2\" or \"1.3\"", Now, "The oldest TLS that is spoken."),
        key(
            "cipher-suites",
            "[\"TLS_AES_256_GCM_SHA384\", \"TLS_AES_128_GCM_SHA256\", \"TLS_CHACHA20_POLY1305_SHA256\", \
                 \"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\", \"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\", \
                 \"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256\", \"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\", \
                 \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\", \"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256\"]",
            "names of IANA, of the default ones",
            Now,
            "What is spoken, for both versions. There are no others: all have forward secrecy and authenticated encryption.",
        ),
        key(
            "client-ca",
            "",
            "a PEM file, e.g. \"/etc/vitrine/agents-ca.pem\"",
            Now,
            "Authorities that sign agents' certificates.",
        ),
        key(
            "client-certificates",
            "\"off\"",
            "\"off\" or \"agents\"",
            Restart,
            "\"agents\": every connection is asked for a certificate of client-ca, and everything that is for agents answers \
                 403 on a connection that showed none. Customers need none.",
        ),
    ],
};

pub(super) const LOG: Section = Section {
    name: "log",
    shape: Shape::Once,
    about: "What the server writes about itself, on standard error. Never page content, tokens or codes.",
    keys: &[
        key(
            "level",
            "\"info\"",
            "\"error\", \"warn\", \"info\", \"debug\" or \"trace\"",
            Restart,
            "The least important line that is written.",
        ),
        key("format", "\"text\"", "\"text\" or \"json\"", Restart, "The form of a line."),
    ],
};

pub(super) const AUDIT: Section = Section {
    name: "audit",
    shape: Shape::Once,
    about: "Who did what to which session, line by line, each chained to the one before. Never page content, attributes, \
                tokens or codes. See docs/OPERATE.md.",
    keys: &[
        key(
            "file",
            "",
            "a file, e.g. \"/var/log/vitrine/audit.jsonl\", or \"stdout\"",
            Restart,
            "Where lines go. Without it they are in memory only, the latest of them.",
        ),
        key(
            "required",
            "true",
            "true or false",
            Restart,
            "Whether an action is refused when its line cannot be written.",
        ),
        key("addresses", "false", "true or false", Restart, "Whether lines hold the clients' addresses."),
    ],
};

pub(super) const MANAGEMENT: Section = Section {
    name: "management",
    shape: Shape::Once,
    about: "The listener for operators: health and metrics, without TLS.",
    keys: &[key(
        "listen",
        "\"127.0.0.1:9464\"",
        "address and port",
        Restart,
        "Where it is. Keep it away from the public.",
    )],
};
