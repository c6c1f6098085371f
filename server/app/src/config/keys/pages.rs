//! Sections about whose pages may be shared, and what agents see of them.

use super::Reaches::{NewSessions, Now, Restart};
use super::{Section, Shape, key, secret};

pub(super) const CROSS_ORIGIN: Section = Section {
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
};

pub(super) const SESSION: Section = Section {
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
};

pub(super) const DOM_RESTRICTIONS: Section = Section {
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
};

pub(super) const DOM_RESTRICTIONS_RULE_SET: Section = Section {
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
};

pub(super) const SANITIZER: Section = Section {
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
};

pub(super) const SITES: Section = Section {
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
        key("contact-required", "false", "true or false", Now, "Whether a session begins only with a contact token."),
        key(
            "attributes",
            "[]",
            "names, e.g. [\"name\", \"plan\"]",
            NewSessions,
            "What agents may know of a customer, from contact tokens or from the page. All else is dropped.",
        ),
    ],
};

pub(super) const SITES_CONTACT_KEYS: Section = Section {
    name: "sites.contact-keys",
    shape: Shape::List,
    about: "By these the website signs contact tokens. At most two, to exchange them; any of them verifies.",
    keys: &[
        key("id", "", "text, e.g. \"2026-11\"", Now, "Which key: the token's `kid`."),
        secret("secret", "text of at least 32 bytes", Now, "The HS256 secret."),
    ],
};
