//! Sections about who may sign in, what roles may do, and the server's own secrets.

use super::Reaches::{NewSessions, Now, Restart};
use super::{Section, Shape, key, secret};

pub(super) const AGENTS: Section = Section {
    name: "agents",
    shape: Shape::Once,
    about: "Who may sign in.",
    keys: &[key("login-duration", "\"12h\"", "a duration", Now, "How long a login lasts.")],
};

pub(super) const AGENTS_ACCOUNTS: Section = Section {
    name: "agents.accounts",
    shape: Shape::List,
    about: "A local account. `vitrine password` makes the hash.",
    keys: &[
        key("name", "", "text, e.g. \"ann\"", Now, "What she signs in with, and what customers read."),
        secret("password", "an Argon2id PHC string", Now, "Her password's hash."),
        key("roles", "[\"agent\"]", "names of [rbac.roles]", Now, "What she may do: all of them together."),
        key(
            "sites",
            "",
            "ids of [sites], e.g. [\"shop\"]",
            Now,
            "The websites whose sessions she sees, joins and watches; others do not exist for her. Without it: all.",
        ),
    ],
};

pub(super) const AGENTS_OIDC: Section = Section {
    name: "agents.oidc",
    shape: Shape::Optional,
    about: "Signing in at an OpenID Connect provider. There the redirect URI {agent-url}{base-path}/api/v1/agent/oidc/callback is registered.",
    keys: &[
        key(
            "issuer",
            "",
            "an https address, byte for byte as the provider writes it, e.g. \"https://id.example\"",
            Restart,
            "Who signs agents in.",
        ),
        key("client-id", "", "text, e.g. \"vitrine\"", Restart, "What the provider knows this server by."),
        secret("client-secret", "text", Restart, "Proves that to it. Without it: a public client, by PKCE alone."),
        key("scopes", "[\"openid\", \"profile\"]", "scopes, \"openid\" among them", Restart, "What is asked for."),
        key(
            "name-claim",
            "\"name\"",
            "a claim, or a JSON pointer to one",
            Restart,
            "What customers read as the agent's name. Without that claim: preferred_username.",
        ),
        key(
            "label",
            "",
            "1 to 40 characters, e.g. \"Example ID\"",
            Restart,
            "What the button calls the provider: \"Sign in with …\". Without it: the issuer's host.",
        ),
        key(
            "clock-skew",
            "\"60s\"",
            "a duration, at most \"5m\"",
            Restart,
            "How far the provider's clock may be from ours.",
        ),
        key("timeout", "\"5s\"", "a duration", Restart, "For one answer of the provider."),
        key(
            "ca-file",
            "",
            "a PEM file, e.g. \"/etc/vitrine/ca.pem\"",
            Restart,
            "Certificate authorities believed besides the system's.",
        ),
    ],
};

pub(super) const AGENTS_APPS: Section = Section {
    name: "agents.apps",
    shape: Shape::Named,
    about: "A program that embeds the agent's page and vouches for its agents; the id is its name in `Authorization: Basic`.",
    keys: &[
        secret(
            "keys",
            "one or two texts of at least 32 bytes, e.g. [\"…\"]",
            Now,
            "What it proves itself by; two while one takes the other's place. `openssl rand -hex 32` makes one.",
        ),
        key("roles", "[\"agent\"]", "names of [rbac.roles]", Now, "The roles that it may hand out, one to each agent."),
        key(
            "sites",
            "",
            "ids of [sites], e.g. [\"shop\"]",
            Now,
            "The websites whose sessions its agents see, join and watch. Without it: all.",
        ),
    ],
};

pub(super) const RBAC: Section = Section {
    name: "rbac",
    shape: Shape::Once,
    about: "What roles may do.",
    keys: &[
        key(
            "roles",
            "{ agent = [\"session.list\", \"session.join\", \"session.point\", \"session.draw\", \"session.control\"], \
             supervisor = [\"session.list\", \"session.monitor\", \"session.end\", \"audit.read\"] }",
            "a table of role = [privileges]",
            Now,
            "Privileges by role.",
        ),
        key(
            "show-supervisors",
            "true",
            "true or false",
            NewSessions,
            "Whether a customer is told of who watches her session without a code.",
        ),
    ],
};

pub(super) const RBAC_CLAIMS: Section = Section {
    name: "rbac.claims",
    shape: Shape::List,
    about: "What the provider's claims amount to. Who meets no row is not let in. Rows for the same sites add their roles, rows of \
                the same roles their sites; of rows that differ in both the first counts.",
    keys: &[
        key(
            "claim",
            "",
            "a claim, or a JSON pointer to one such as \"/realm_access/roles\", e.g. \"groups\"",
            Now,
            "Which claim of the ID token, or else of the userinfo.",
        ),
        key("value", "", "text, e.g. \"support\"", Now, "What it is, or holds if it is a list."),
        key("roles", "[\"agent\"]", "names of [rbac.roles]", Now, "What she may do then."),
        key("sites", "", "ids of [sites], e.g. [\"shop\"]", Now, "Where. Without it: on all sites."),
    ],
};

pub(super) const KEYS: Section = Section {
    name: "keys",
    shape: Shape::Once,
    about: "Secrets of the server itself. Without them it makes its own at each start.",
    keys: &[],
};

pub(super) const KEYS_ASSETS: Section = Section {
    name: "keys.assets",
    shape: Shape::List,
    about: "A key that seals asset addresses. The first one seals, all of them open.",
    keys: &[
        key("id", "", "0 to 255", NewSessions, "Which key: stands readable in each address."),
        secret("secret", "64 hexadecimal digits", NewSessions, "256 random bits."),
    ],
};

pub(super) const KEYS_SIGNING: Section = Section {
    name: "keys.signing",
    shape: Shape::List,
    about: "A key that agent tokens are signed by. The first one signs, all of them verify.",
    keys: &[
        key("id", "", "text, e.g. \"2026-11\"", Now, "Which key: the token's `kid`."),
        secret("secret", "text of at least 32 bytes", Now, "The HS256 secret."),
    ],
};
