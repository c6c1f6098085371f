//! The two services that docs/OPERATE.md plans, and what it says of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::figures::{Figure, Figures};
use crate::load::Service;
use crate::storm::{Death, play};

/// A quarter of a million sessions, and one of four cells with a million: a Redis Cluster has a thousand servers at most.
pub const CELL: Service = Service {
    sessions: 250_000.0,
    nodes: 32,
    cores: 16,
    node_bytes: 64e9,
    node_bits: 10e9,
    shards: 224,
    shard_bytes: 4e9,
    shard_bits: 1e9,
};

/// Three small nodes and one Redis, as compose.yaml has them.
pub const SMALL: Service = Service {
    sessions: 600.0,
    nodes: 3,
    cores: 2,
    node_bytes: 4e9,
    node_bits: 1e9,
    shards: 1,
    shard_bytes: 2e9,
    shard_bits: 1e9,
};

/// What is played.
pub const DEATHS: [(&str, Death); 4] = [
    ("a node's process dies", Death::NodesProcess),
    ("a node's machine dies", Death::NodesMachine),
    ("a Redis master dies", Death::Master),
    ("all of Redis was away and is back", Death::Redis),
];

/// As a table of the manual: what things cost.
#[must_use]
pub fn costs(figures: &BTreeMap<String, Figure>) -> String {
    let mut rows: Vec<_> = figures.values().collect();
    rows.sort_by_key(|figure| (figure.by.as_str(), figure.what.as_str()));
    let mut text = "| what | | by |\n|---|---|---|\n".to_owned();
    for Figure { value, unit, what, by } in rows {
        let _ = writeln!(text, "| {what} | {value} {unit} | `{by}` |");
    }
    text
}

/// As the tables of the manual: what is used of what there is, and what is seen after a death.
#[must_use]
pub fn table(service: &Service, figures: &Figures) -> String {
    let mut text = "| of | used | all of it at |\n|---|---|---|\n".to_owned();
    for used in service.used(figures) {
        let (part, most) = (used.part * 100.0, service.sessions / used.part / 1e3);
        let _ = writeln!(text, "| {} | {part:.0} % | {most:.0} thousand sessions |", used.what);
    }
    text += "\n| when | half of those whom it touches are whole after | 99 of 100 | all |\n|---|---|---|---|\n";
    for (what, death) in DEATHS {
        let of = play(service, figures, death, 1);
        let _ = writeln!(text, "| {what} | {:.1} s | {:.1} s | {:.1} s |", of.half, of.most, of.last);
    }
    text
}
