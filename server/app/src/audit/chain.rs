//! Lines, and the chain of hashes through them.
//!
//! A line is one JSON object. Its last field is `hash`: SHA-256 of the line's own bytes without that field, in hexadecimal.
//! The field before it, `previous`, is the `hash` of the line before, or 64 zeros in the first line of all. So a hash
//! vouches for every byte from the beginning up to it.

use std::fmt;
use std::net::IpAddr;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::event::{Actor, Event, Outcome};
use crate::ops::clock::Time;

/// The hash of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What the first line of all says of the line before it.
    pub const NONE: Self = Self([0; 32]);

    /// SHA-256.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        for (to, from) in hash.iter_mut().zip(digest::digest(&digest::SHA256, bytes).as_ref()) {
            *to = *from;
        }
        Self(hash)
    }

    /// Reads 64 hexadecimal digits in lower case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text.bytes().map(digit).collect::<Option<_>>()?;
        let mut hash = [0; 32];
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().fold(0, |byte, digit| byte << 4 | digit);
        }
        Some(Self(hash))
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// One line, with its fields in their order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditLine)]
pub struct Line {
    /// Numbers the lines from 1, without a gap.
    pub seq: u64,
    /// When it happened.
    pub time: Time,
    /// Who did it.
    pub actor: Actor,
    /// What: a word of the operators' table.
    pub action: &'static str,
    /// To which session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Of which website.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// From where.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub address: Option<IpAddr>,
    /// How it went.
    pub result: Outcome,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The hash of the line before.
    pub previous: String,
    /// The hash of this one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hash: String,
}

/// How far the chain has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chain {
    /// The last line's number.
    pub(super) seq: u64,
    /// The last line's hash.
    pub(super) last: Hash,
}

impl Chain {
    /// Before the first line of all.
    pub(super) const NEW: Self = Self { seq: 0, last: Hash::NONE };

    /// The next line, and its bytes with the end of line.
    pub(super) fn seal(&mut self, event: Event, time: Time) -> (Line, Vec<u8>) {
        let mut line = Line {
            seq: self.seq + 1,
            time,
            actor: event.actor,
            action: event.action.word(),
            session: event.session.map(|session| session.to_string()),
            site: event.site,
            address: event.address,
            result: event.outcome,
            reason: event.reason,
            count: event.count,
            previous: self.last.to_string(),
            hash: String::new(),
        };
        let mut bytes = json(&line);
        let hash = Hash::of(&bytes);
        line.hash = hash.to_string();
        *self = Self { seq: line.seq, last: hash };
        bytes.pop();
        bytes.extend_from_slice(HASH_FIELD);
        bytes.extend_from_slice(line.hash.as_bytes());
        bytes.extend_from_slice(b"\"}\n");
        (line, bytes)
    }
}

const HASH_FIELD: &[u8] = b",\"hash\":\"";

fn json(line: &Line) -> Vec<u8> {
    // Nothing in a line can fail to be written.
    serde_json::to_vec(line).unwrap_or_default()
}

/// What checking needs of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) seq: u64,
    pub(super) previous: Hash,
    pub(super) hash: Hash,
    pub(super) action: String,
}

/// Why a line is none of an audit log, as it stands by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It does not look like one.
    Foreign,
    /// Its hash is not that of its content.
    Changed,
}

#[derive(Deserialize)]
struct Fields {
    seq: u64,
    action: String,
    previous: String,
}

/// Reads a line, without its end of line, and checks its own hash.
pub(super) fn read(line: &[u8]) -> Result<Link, Fault> {
    let tail = HASH_FIELD.len() + 64 + 2;
    let (body, tail) = line.split_at_checked(line.len().saturating_sub(tail)).ok_or(Fault::Foreign)?;
    let hash = tail.strip_prefix(HASH_FIELD).and_then(|rest| rest.strip_suffix(b"\"}"));
    let hash = hash.and_then(|hash| std::str::from_utf8(hash).ok()).and_then(Hash::parse).ok_or(Fault::Foreign)?;
    let mut content = body.to_vec();
    content.push(b'}');
    if Hash::of(&content) != hash {
        return Err(Fault::Changed);
    }
    let fields: Fields = serde_json::from_slice(&content).map_err(|_| Fault::Foreign)?;
    let previous = Hash::parse(&fields.previous).ok_or(Fault::Foreign)?;
    Ok(Link { seq: fields.seq, previous, hash, action: fields.action })
}
