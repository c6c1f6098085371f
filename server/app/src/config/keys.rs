//! Every key of the configuration as data: the one table that reading, checking, showing and documenting go by.

/// What a changed value reaches once the server has read its configuration again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaches {
    /// Everything, at once.
    Now,
    /// Sessions that begin afterwards.
    NewSessions,
    /// Nothing before the next start.
    Restart,
}

impl Reaches {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::NewSessions => "new sessions",
            Self::Restart => "restart",
        }
    }
}

/// How often a section stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `[name]`, once.
    Once,
    /// `[name.<id>]`, once for each id that the operator chooses.
    Named,
    /// `[[name]]`, any number of times.
    List,
    /// `[name]`, once or not at all: what it is about is switched on by it.
    Optional,
}

/// One section.
#[derive(Debug)]
pub struct Section {
    /// As it is written, with dots.
    pub name: &'static str,
    /// How often it stands.
    pub shape: Shape,
    /// What it is for.
    pub about: &'static str,
    /// Its keys in the order of the reference.
    pub keys: &'static [Key],
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// In kebab-case.
    pub name: &'static str,
    /// As TOML. Empty: there is none.
    pub default: &'static str,
    /// Valid values, in words; where there is no default also an example.
    pub valid: &'static str,
    /// What a change reaches.
    pub reaches: Reaches,
    /// What it means.
    pub meaning: &'static str,
    /// Never shown.
    pub secret: bool,
}

const fn key(
    name: &'static str,
    default: &'static str,
    valid: &'static str,
    reaches: Reaches,
    meaning: &'static str,
) -> Key {
    Key { name, default, valid, reaches, meaning, secret: false }
}

const fn secret(name: &'static str, valid: &'static str, reaches: Reaches, meaning: &'static str) -> Key {
    Key { name, default: "", valid, reaches, meaning, secret: true }
}

use Reaches::{NewSessions, Now, Restart};

/// All sections that this version knows.
pub const SECTIONS: &[Section] = &[
    Section {
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
            key(
                "request-timeout",
                "\"30s\"",
                "a duration",
                Restart,
                "For a request from its first byte to its answer.",
            ),
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
        ],
    },
    Section {
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
    },
    Section {
        name: "cross-origin",
        shape: Shape::Once,
        about: "Websites whose pages may be shared.",
        keys: &[
            key(
                "allowed-origins",
                "[]",
                "origins; \"https://*.shop.example\" is exactly one label more",
                Now,
                "Pages of these may begin sessions and connect to them. Empty allows none.",
            ),
            key(
                "max-age",
                "\"10m\"",
                "a duration of up to 2h",
                Now,
                "How long a browser may remember the answer to a preflight request.",
            ),
        ],
    },
    Section {
        name: "http-proxy",
        shape: Shape::Once,
        about: "What the server fetches so that agents see pictures, fonts and styles.",
        keys: &[
            key(
                "allowed-external-domains",
                "[]",
                "hosts, also with a port: \"localhost:8445\"; \"*.img.example\" is exactly one label more",
                NewSessions,
                "Hosts that assets are fetched from, the website's own included. Empty allows none. Of one that is taken off \
                 the list nothing more is fetched for any session.",
            ),
            key(
                "allowed-ports",
                "[443]",
                "ports",
                NewSessions,
                "Ports that are connected to, at hosts that are listed without one.",
            ),
            key("allowed-schemes", "[\"https\"]", "\"https\", \"http\"", NewSessions, "Schemes that are fetched."),
            key(
                "allow-private-addresses",
                "[]",
                "addresses and ranges",
                Restart,
                "Private and other special addresses that may be connected to all the same.",
            ),
            key(
                "ca-file",
                "",
                "a PEM file, e.g. \"/etc/vitrine/ca.pem\"",
                Restart,
                "Certificate authorities believed besides the system's.",
            ),
            key(
                "customer-upload",
                "false",
                "true or false",
                Restart,
                "Whether the customer's browser may be asked to send an asset of a listed host that cannot be fetched from \
                 here: one behind a login, in an internal network, or made by her page itself.",
            ),
            key(
                "media",
                "false",
                "true or false",
                NewSessions,
                "Whether agents get sound and video of listed hosts: MP4, WebM, Ogg and MP3, each up to max-size. Without it a field \
                 of their size says that they are not allowed.",
            ),
            key("max-size", "\"10MiB\"", "a size", Restart, "Of one asset, after decompression."),
            key(
                "timeout",
                "\"20s\"",
                "a duration",
                Restart,
                "For one asset, from its turn to its last byte: a quarter of it for a connection and for each silence, half of it \
                 for an answer to begin.",
            ),
            key("cache-size", "\"64MiB\"", "a size; \"0B\" for none", Restart, "Memory for assets that were fetched."),
            key(
                "cache-ttl",
                "\"5m\"",
                "a duration",
                Restart,
                "How long an asset is served at most before its website is asked again; its headers may say sooner.",
            ),
        ],
    },
    Section {
        name: "forward-proxy",
        shape: Shape::Once,
        about: "A proxy of the operator's own network through which assets are fetched. Without a url there is none.",
        keys: &[
            key("url", "", "an origin, e.g. \"http://proxy.corp.example:3128\"", Restart, "Where it is."),
            key("username", "", "text without a colon, e.g. \"vitrine\"", Restart, "What to sign in to it with."),
            secret("password", "text", Restart, "The password for it."),
            key(
                "no-proxy",
                "[]",
                "hosts as in allowed-external-domains; without a port all of them",
                Restart,
                "Hosts that are connected to directly all the same.",
            ),
            key(
                "resolve",
                "\"here\"",
                "\"here\" or \"proxy\"",
                Restart,
                "Who keeps assets from private addresses. \"here\": this server resolves each name first, and refuses it if any \
                 of its addresses is not permitted; the proxy resolves it again and connects to what it finds then. \"proxy\": \
                 names are not resolved here, and the proxy alone must refuse private addresses. Either way hosts, ports and \
                 addresses that are written as such are judged here.",
            ),
        ],
    },
    Section {
        name: "http-security",
        shape: Shape::Once,
        about: "Headers of every answer.",
        keys: &[
            key(
                "disable-caching",
                "false",
                "true or false",
                Restart,
                "Whether assets are never cached, here or in browsers. Fonts, and pictures of rules that read what a customer \
                 types or chooses, are then left out: fetched when they are needed, they would tell.",
            ),
            key(
                "strict-transport-security",
                "\"max-age=63072000\"",
                "the header's value; \"\" for none",
                Now,
                "Tells browsers to come by TLS only.",
            ),
            key("frame-ancestors", "[]", "origins", Now, "Pages that may show the agent's page in a frame."),
        ],
    },
    Section {
        name: "session",
        shape: Shape::Once,
        about: "How sessions begin, rest and end.",
        keys: &[
            key("join-code-length", "9", "6 to 12", Restart, "Digits of a join code, and boxes on the agents' page."),
            key(
                "join-code-ttl",
                "\"10m\"",
                "a duration",
                NewSessions,
                "How long a join code is good for; then comes a new one.",
            ),
            key("idle-timeout", "\"20m\"", "a duration", NewSessions, "A session without any event ends after it."),
            key("max-duration", "\"8h\"", "a duration", NewSessions, "A session ends after it whatever happens."),
            key(
                "reconnect-timeout",
                "\"2m\"",
                "a duration",
                NewSessions,
                "How long a session waits for a customer who lost the connection.",
            ),
            key("max-agents", "5", "1 to 50", NewSessions, "Agents in one session."),
        ],
    },
    Section {
        name: "dom-restrictions",
        shape: Shape::Once,
        about: "What agents never see, on every page.",
        keys: &[
            key(
                "private-by-default",
                "false",
                "true or false",
                NewSessions,
                "Masks all text except what a rule's `unmask` names.",
            ),
            key(
                "patterns",
                "[\"payment-card\", \"iban\"]",
                "\"payment-card\", \"iban\", \"email\", \"phone\"",
                NewSessions,
                "Kinds of text that are masked wherever they stand.",
            ),
        ],
    },
    Section {
        name: "dom-restrictions.rule-set",
        shape: Shape::List,
        about: "What agents never see, by page. Selectors are CSS.",
        keys: &[
            key(
                "pages",
                "[]",
                "URL patterns, e.g. [\"https://shop.example/*\"]; [] is every page",
                NewSessions,
                "Where the rules hold.",
            ),
            key("mask", "[]", "selectors", NewSessions, "Text and values become dots."),
            key("block", "[]", "selectors", NewSessions, "The element becomes an empty box."),
            key("hide", "[]", "selectors", NewSessions, "The element is not there at all."),
            key("no-control", "[]", "selectors", NewSessions, "Agents see the element and cannot act on it."),
            key("unmask", "[]", "selectors", NewSessions, "Exceptions from private-by-default, and from it alone."),
        ],
    },
    Section {
        name: "sanitizer",
        shape: Shape::Once,
        about: "What a page loses before an agent sees it, beyond what it always loses.",
        keys: &[
            key(
                "page-url",
                "\"origin-path\"",
                "\"full\", \"origin-path\" or \"hidden\"",
                NewSessions,
                "How much of the page's address agents see.",
            ),
            key(
                "allow-data-images",
                "true",
                "true or false",
                NewSessions,
                "Whether pictures written into the page itself are shown.",
            ),
        ],
    },
    Section {
        name: "sites",
        shape: Shape::Named,
        about: "The websites; the id is what their snippet names in data-site.",
        keys: &[
            key(
                "origins",
                "[]",
                "origins",
                Now,
                "Narrows [cross-origin] allowed-origins for this site. Empty: all of them.",
            ),
            key(
                "name",
                "\"\"",
                "text; \"\" is the id",
                NewSessions,
                "What agents know the website by: \"Verified by \u{2026}\".",
            ),
            key(
                "contact-jwks",
                "",
                "a file, e.g. \"/etc/vitrine/shop-jwks.json\"",
                Now,
                "The website's public keys for contact tokens, a JWK set: RS256, PS256, ES256, ES384 or EdDSA. In place of \
                 contact-keys.",
            ),
            key(
                "contact-lifetime",
                "\"500s\"",
                "a duration of at most 1h",
                Now,
                "How long a contact token may be good for, exp \u{2212} iat. Before it is over the page is asked for the next one.",
            ),
            key(
                "contact-required",
                "false",
                "true or false",
                Now,
                "Whether a session begins only with a contact token.",
            ),
            key(
                "attributes",
                "[]",
                "names, e.g. [\"name\", \"plan\"]",
                NewSessions,
                "What agents may know of a customer, from contact tokens or from the page. All else is dropped.",
            ),
        ],
    },
    Section {
        name: "sites.contact-keys",
        shape: Shape::List,
        about: "By these the website signs contact tokens. At most two, to exchange them; any of them verifies.",
        keys: &[
            key("id", "", "text, e.g. \"2026-11\"", Now, "Which key: the token's `kid`."),
            secret("secret", "text of at least 32 bytes", Now, "The HS256 secret."),
        ],
    },
    Section {
        name: "agents",
        shape: Shape::Once,
        about: "Who may sign in.",
        keys: &[key("login-duration", "\"12h\"", "a duration", Now, "How long a login lasts.")],
    },
    Section {
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
    },
    Section {
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
    },
    Section {
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
            key(
                "roles",
                "[\"agent\"]",
                "names of [rbac.roles]",
                Now,
                "The roles that it may hand out, one to each agent.",
            ),
            key(
                "sites",
                "",
                "ids of [sites], e.g. [\"shop\"]",
                Now,
                "The websites whose sessions its agents see, join and watch. Without it: all.",
            ),
        ],
    },
    Section {
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
    },
    Section {
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
    },
    Section {
        name: "keys",
        shape: Shape::Once,
        about: "Secrets of the server itself. Without them it makes its own at each start.",
        keys: &[],
    },
    Section {
        name: "keys.assets",
        shape: Shape::List,
        about: "A key that seals asset addresses. The first one seals, all of them open.",
        keys: &[
            key("id", "", "0 to 255", NewSessions, "Which key: stands readable in each address."),
            secret("secret", "64 hexadecimal digits", NewSessions, "256 random bits."),
        ],
    },
    Section {
        name: "keys.signing",
        shape: Shape::List,
        about: "A key that agent tokens are signed by. The first one signs, all of them verify.",
        keys: &[
            key("id", "", "text, e.g. \"2026-11\"", Now, "Which key: the token's `kid`."),
            secret("secret", "text of at least 32 bytes", Now, "The HS256 secret."),
        ],
    },
    Section {
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
                 messages pass at once in any case.",
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
            key(
                "logins-per-minute",
                "10",
                "1 to 1000000",
                Restart,
                "Tries to sign in from one address, and for one name.",
            ),
            key("logins-per-minute-total", "600", "1 to 1000000", Restart, "Tries to sign in by everybody together."),
            key(
                "tokens-per-minute",
                "600",
                "1 to 1000000",
                Restart,
                "Agent tokens asked for by one app, and tries from one address.",
            ),
            key(
                "joins-per-minute",
                "20",
                "1 to 1000000",
                Restart,
                "Join codes tried by one agent, and from one address.",
            ),
            key(
                "wrong-codes-per-day",
                "100",
                "1 to 1000000",
                Restart,
                "Wrong join codes of one agent; after them she can try none until the day is over.",
            ),
            key("joins-per-minute-total", "600", "1 to 1000000", Restart, "Join codes tried by all agents together."),
        ],
    },
    Section {
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
    },
    Section {
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
    },
    Section {
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
    },
];

/// Sections that belong to later versions: naming one is an error that says so.
pub const LATER_SECTIONS: &[&str] = &["redis", "metrics", "tracing", "recording", "webhooks"];

/// The section of that name.
pub(super) fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name == name)
}
