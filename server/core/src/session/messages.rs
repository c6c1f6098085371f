//! The messages of the customer's socket. What the server says is written here; what it hears is read here.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{AssetRequest, JoinCode, Person};
use crate::ids::Epoch;
use crate::limits::Limits;
use crate::restrict::{PageRules, SourceRules};

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

/// What a page that comes back has: of a customer the last frame of hers that was applied, of an agent the last event.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Resume {
    pub(crate) seq: u64,
    pub(crate) epoch: u64,
}

pub(super) fn json(message: &impl Serialize) -> String {
    // Nothing here can fail to be written: no maps with odd keys, no foreign serializers.
    serde_json::to_string(message).unwrap_or_default()
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

/// To the customer: all up to `applied` is in the mirror, all up to `stored` in the log too; and which epoch it is, if her
/// page wants to know.
pub(super) fn ack(applied: u64, stored: u64, epoch: Option<Epoch>) -> String {
    let epoch = epoch.map_or_else(String::new, |Epoch(epoch)| format!(",\"epoch\":{epoch}"));
    format!("{{\"t\":\"ack\",\"applied\":{applied},\"stored\":{stored}{epoch}}}")
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
    people: impl Iterator<Item = &'a Person>,
    join_code: Option<&JoinCode>,
) -> String {
    let agents = people.map(|person| Present { name: &person.name, role: person.role(), mode: "view" }).collect();
    json(&CustomerParticipants { t: "participants", agents, join_code: join_code.into() })
}
