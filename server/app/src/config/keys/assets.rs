//! Sections about what is fetched for agents' browsers, and what those may keep and show.

use super::Reaches::{NewSessions, Now, Restart};
use super::{Section, Shape, key, secret};

pub(super) const HTTP_PROXY: Section = Section {
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
};

pub(super) const FORWARD_PROXY: Section = Section {
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
};

pub(super) const HTTP_SECURITY: Section = Section {
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
};
