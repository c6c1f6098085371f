//! The messages of both sockets. What the server says is written here; what it hears is read here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{AgentFrame, AgentProfile, AssetRequest, CustomerFacts, EndReason, JoinCode};
use crate::access::Action;
use crate::ids::{Epoch, Seq};
use crate::limits::Limits;
use crate::report::Report;
use crate::restrict::{PageRules, SourceRules};
use crate::sanitize::JsonOut;
use crate::trust::Safe;
use crate::view::SafeEvent;

/// What a customer's page may say, beside `events`.
#[derive(Debug, Deserialize)]
#[serde(tag = "t", rename_all = "kebab-case")]
pub(super) enum FromCustomer {
    Hello(CustomerHello),
    Attributes { attributes: Map<String, Value> },
    Consent {},
    Result {},
    Pause {},
    End {},
}

#[derive(Debug, Deserialize)]
pub(super) struct CustomerHello {
    pub(super) page: HelloPage,
    pub(super) resume: Option<Resume>,
    #[serde(default)]
    pub(super) features: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct HelloPage {
    pub(super) url: String,
    pub(super) instance: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Resume {
    pub(super) seq: u64,
    pub(super) epoch: u64,
}

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

/// The viewer's own number of a command, given back with its result.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum CommandId {
    Number(u64),
    Text(String),
}

fn json(message: &impl Serialize) -> String {
    // Nothing here can fail to be written: no maps with odd keys, no foreign serializers.
    serde_json::to_string(message).unwrap_or_default()
}

fn safe(message: &impl Serialize) -> AgentFrame {
    Safe::vouch(Arc::from(json(message)))
}

/// Selectors that the snippet masks and blocks before anything leaves the page.
#[derive(Serialize)]
struct Rules<'a> {
    mask: &'a [&'a str],
    block: &'a [&'a str],
    hide: &'a [&'a str],
}

impl<'a> From<&'a SourceRules<'a>> for Rules<'a> {
    fn from(source: &'a SourceRules<'a>) -> Self {
        Self { mask: &source.mask, block: &source.block, hide: &source.hide }
    }
}

#[derive(Serialize)]
struct CustomerWelcome<'a> {
    t: &'a str,
    session: &'a str,
    #[serde(flatten)]
    join_code: CodeNews<'a>,
    mode: &'a str,
    epoch: u64,
    applied: u64,
    rules: Rules<'a>,
    limits: CustomerLimits,
    features: [&'a str; 3],
}

#[derive(Serialize)]
struct CustomerLimits {
    window_bytes: usize,
    frame_bytes: usize,
    events_per_frame: usize,
}

/// To the customer, in answer to her `hello`.
pub(super) fn customer_welcome(
    session: &str,
    join_code: Option<&JoinCode>,
    epoch: Epoch,
    applied: u64,
    rules: &PageRules,
    limits: &Limits,
) -> String {
    let source = rules.source_rules();
    json(&CustomerWelcome {
        t: "welcome",
        session,
        join_code: join_code.into(),
        mode: "view",
        epoch: epoch.0,
        applied,
        rules: (&source).into(),
        limits: CustomerLimits {
            window_bytes: limits.window_bytes,
            frame_bytes: limits.frame_bytes,
            events_per_frame: limits.events_per_frame,
        },
        features: ["gzip", "canvas", "attributes"],
    })
}

#[derive(Serialize)]
struct NewRules<'a> {
    t: &'a str,
    rules: Rules<'a>,
}

/// To the customer: what the page is to keep back from now on.
pub(super) fn rules(rules: &PageRules) -> String {
    let source = rules.source_rules();
    json(&NewRules { t: "rules", rules: (&source).into() })
}

/// To the customer: all up to `applied` is in the mirror and in the log.
pub(super) fn ack(applied: u64) -> String {
    format!("{{\"t\":\"ack\",\"applied\":{applied},\"stored\":{applied}}}")
}

#[derive(Serialize)]
struct AssetRequestMessage<'a> {
    t: &'a str,
    request: u64,
    url: &'a str,
    kind: &'a str,
    bytes_max: usize,
}

/// To the customer: fetch this and send it.
pub(super) fn asset_request(wanted: &AssetRequest) -> String {
    let AssetRequest { request, url, kind, bytes_max } = wanted;
    json(&AssetRequestMessage { t: "asset-request", request: *request, url, kind: kind.word(), bytes_max: *bytes_max })
}

/// To the customer: let your website vouch for her, anew or for the first time.
pub(super) fn contact_request() -> String {
    "{\"t\":\"contact-request\"}".to_owned()
}

/// To the customer: send a full snapshot.
pub(super) fn snapshot() -> String {
    "{\"t\":\"snapshot\"}".to_owned()
}

#[derive(Serialize)]
struct Present<'a> {
    name: &'a str,
    role: &'a str,
    mode: &'a str,
}

#[derive(Serialize)]
struct CustomerParticipants<'a> {
    t: &'a str,
    agents: Vec<Present<'a>>,
    #[serde(flatten)]
    join_code: CodeNews<'a>,
}

/// The code that the next agent joins by: null where there is none. `expiresAt` is in milliseconds since 1970.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeNews<'a> {
    join_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
}

impl<'a> From<Option<&'a JoinCode>> for CodeNews<'a> {
    fn from(code: Option<&'a JoinCode>) -> Self {
        Self { join_code: code.map(|code| code.code.as_str()), expires_at: code.map(|code| code.expires_at.0) }
    }
}

/// To the customer: who is there, and the code that the next agent joins by.
pub(super) fn customer_participants<'a>(
    people: impl Iterator<Item = &'a AgentProfile>,
    join_code: Option<&JoinCode>,
) -> String {
    let agents = people.map(|agent| Present { name: &agent.name, role: role(agent), mode: "view" }).collect();
    json(&CustomerParticipants { t: "participants", agents, join_code: join_code.into() })
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
pub(super) fn agent_welcome(
    session: &str,
    customer: &CustomerFacts,
    privileges: Vec<&str>,
    state: &str,
    epoch: Epoch,
) -> AgentFrame {
    safe(&AgentWelcome {
        t: "welcome",
        session,
        customer,
        privileges,
        mode: "view",
        state,
        epoch: epoch.0,
        features: ["gzip"],
    })
}

#[derive(Serialize)]
struct CustomerMessage<'a> {
    t: &'a str,
    customer: &'a CustomerFacts,
}

/// To agents: what is known of the customer now.
pub(super) fn agent_customer(customer: &CustomerFacts) -> AgentFrame {
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

fn role(agent: &AgentProfile) -> &'static str {
    if agent.joined { "agent" } else { "supervisor" }
}

/// To agents: who is there, and what the customer's side is doing.
pub(super) fn agent_participants<'a>(people: impl Iterator<Item = &'a AgentProfile>, state: &str) -> AgentFrame {
    let participants = people.map(|agent| Participant { name: &agent.name, role: role(agent) }).collect();
    safe(&AgentParticipants { t: "participants", participants, state })
}

/// To agents: page events, or with `keyframe` the whole page. `seq` is the first event's number for `events`, the last
/// number contained for `keyframe`.
pub(super) fn page_frame<'a>(
    kind: &'static str,
    epoch: Epoch,
    seq: Seq,
    events: impl IntoIterator<Item = &'a SafeEvent>,
) -> AgentFrame {
    let events: Vec<&SafeEvent> = events.into_iter().collect();
    let mut out = JsonOut::with_capacity(events.iter().map(|event| event.get().len() + 1).sum::<usize>() + 64);
    out.raw("{\"t\":");
    out.string(kind);
    out.raw(",\"epoch\":");
    out.integer(epoch.0);
    out.raw(",\"seq\":");
    out.integer(seq.0);
    out.raw(",\"events\":[");
    for event in events {
        out.comma();
        out.raw(event.get());
    }
    out.raw("]}");
    Safe::vouch(Arc::from(out.finish()))
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
struct CommandResult<'a> {
    t: &'a str,
    id: &'a CommandId,
    ok: bool,
    error: CommandError<'a>,
}

#[derive(Serialize)]
struct CommandError<'a> {
    code: &'a str,
    message: &'a str,
}

/// To an agent: her command was refused.
pub(super) fn refused(id: &CommandId, (code, message): (&str, &str)) -> AgentFrame {
    safe(&CommandResult { t: "result", id, ok: false, error: CommandError { code, message } })
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

#[derive(Serialize)]
struct Ended {
    t: &'static str,
    reason: &'static str,
}

/// To everybody: it is over.
pub(super) fn ended(reason: EndReason) -> AgentFrame {
    safe(&Ended { t: "ended", reason: reason.word() })
}
