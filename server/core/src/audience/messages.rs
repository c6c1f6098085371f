//! The messages of an agent's socket that her own node writes, and those that it reads.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::access::Action;
use crate::report::Report;
use crate::sanitize::JsonOut;
use crate::session::frames::{CommandId, safe};
use crate::session::{AgentFrame, CustomerFacts, Facts, Person, Resume};
use crate::trust::Safe;

/// What an agent's page may say.
#[derive(Debug, Deserialize)]
#[serde(tag = "t", rename_all = "kebab-case")]
pub(super) enum FromAgent {
    Hello { resume: Option<Resume> },
    Ping { sent: f64 },
    Command { id: CommandId, kind: Option<String> },
    RequestMode {},
    End {},
}

impl FromAgent {
    /// Its row in the table of what takes which privilege.
    pub(super) fn action(&self) -> Option<&'static Action> {
        match self {
            Self::Hello { .. } => Action::of_frame("hello"),
            Self::Ping { .. } => Action::of_frame("ping"),
            Self::Command { kind, .. } => Action::of_command(kind.as_deref()?),
            Self::RequestMode {} => Action::of_frame("request-mode"),
            Self::End {} => Action::of_frame("end"),
        }
    }
}

#[derive(Serialize)]
struct AgentWelcome<'a> {
    t: &'a str,
    session: &'a str,
    customer: &'a CustomerFacts,
    privileges: Vec<&'a str>,
    mode: &'a str,
    state: &'a str,
    epoch: u64,
    features: [&'a str; 1],
}

/// To an agent who came in.
pub(super) fn welcome(session: &str, facts: &Facts, privileges: Vec<&str>, state: &str) -> AgentFrame {
    safe(&AgentWelcome {
        t: "welcome",
        session,
        customer: &facts.customer,
        privileges,
        mode: "view",
        state,
        epoch: facts.epoch.0,
        features: ["gzip"],
    })
}

#[derive(Serialize)]
struct CustomerMessage<'a> {
    t: &'a str,
    customer: &'a CustomerFacts,
}

/// To agents: what is known of the customer now.
pub(super) fn customer(customer: &CustomerFacts) -> AgentFrame {
    safe(&CustomerMessage { t: "customer", customer })
}

#[derive(Serialize)]
struct Participant<'a> {
    name: &'a str,
    role: &'a str,
}

#[derive(Serialize)]
struct AgentParticipants<'a> {
    t: &'a str,
    participants: Vec<Participant<'a>>,
    state: &'a str,
}

/// To agents: who is there, and what the customer's side is doing.
pub(super) fn participants(people: &[Person], state: &str) -> AgentFrame {
    let participants = people.iter().map(|person| Participant { name: &person.name, role: person.role() }).collect();
    safe(&AgentParticipants { t: "participants", participants, state })
}

/// To an agent: her ping came.
pub(super) fn pong(sent: f64, now_ms: u64) -> AgentFrame {
    let mut out = JsonOut::default();
    out.raw("{\"t\":\"pong\",\"sent\":");
    out.number(sent);
    out.raw(",\"server\":");
    out.integer(now_ms);
    out.raw("}");
    Safe::vouch(Arc::from(out.finish()))
}

#[derive(Serialize)]
struct ReportMessage {
    t: &'static str,
    masked: u64,
    blocked: u64,
    removed: u64,
    refused: u64,
    rules: Vec<ReportRule>,
}

#[derive(Serialize)]
struct ReportRule {
    kind: &'static str,
    rule: String,
    count: u64,
}

/// To agents: what was kept from them, by rule and reason.
pub(super) fn report(report: &Report) -> AgentFrame {
    let lists = [("masked", &report.masked), ("blocked", &report.blocked), ("removed", &report.removed)];
    let rules = lists.iter().flat_map(|(kind, list)| {
        list.iter().map(|(rule, count)| ReportRule { kind, rule: rule.clone(), count: *count })
    });
    let sum = |list: &std::collections::BTreeMap<String, u64>| list.values().sum();
    safe(&ReportMessage {
        t: "report",
        masked: sum(&report.masked),
        blocked: sum(&report.blocked),
        removed: sum(&report.removed),
        refused: report.removed.iter().filter(|(word, _)| word.starts_with("url:")).map(|(_, count)| count).sum(),
        rules: rules.collect(),
    })
}
