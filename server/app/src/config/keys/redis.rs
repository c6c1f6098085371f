//! The section about what several nodes share.

use super::Reaches::Restart;
use super::{Section, Shape, key, secret};

pub(super) const REDIS: Section = Section {
    name: "redis",
    shape: Shape::Optional,
    about: "Where several nodes keep what they share: Redis 7.0 or newer. Without the section one node keeps everything in its \
                memory. With it [keys] assets and signing must be named, the same on each node. See docs/OPERATE.md.",
    keys: &[
        key(
            "urls",
            "",
            "redis:// or rediss://, a host and a port, e.g. [\"redis://redis.example:6379\"]",
            Restart,
            "Where it is: the server, some of the Cluster's servers, or all Sentinels. rediss:// is TLS, as tls = \"on\".",
        ),
        key(
            "mode",
            "\"single\"",
            "\"single\", \"sentinel\" or \"cluster\"",
            Restart,
            "What stands there: one server, Sentinels that know the master, or a Redis Cluster.",
        ),
        key(
            "tls",
            "\"off\"",
            "\"on\" or \"off\"",
            Restart,
            "Whether all of them, and the servers that they name, are spoken to over TLS.",
        ),
        key(
            "ca-file",
            "",
            "a PEM file, e.g. \"/etc/vitrine/redis-ca.pem\"",
            Restart,
            "Authorities that are believed instead of the system's.",
        ),
        key("username", "", "text, e.g. \"vitrine\"", Restart, "The ACL user. Without it: Redis' default user."),
        secret("password", "text", Restart, "The password of that user."),
        key("sentinel-master", "\"mymaster\"", "text", Restart, "What the Sentinels call the master."),
        key(
            "sentinel-username",
            "",
            "text, e.g. \"vitrine\"",
            Restart,
            "The ACL user at the Sentinels, if they have one.",
        ),
        secret("sentinel-password", "text", Restart, "The password at the Sentinels, if they ask for one."),
        key(
            "key-prefix",
            "\"v:\"",
            "1 to 32 of letters, digits, \":\", \"_\", \"-\" and \".\"",
            Restart,
            "Stands before every key and channel.",
        ),
    ],
};
