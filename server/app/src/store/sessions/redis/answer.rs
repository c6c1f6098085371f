//! What scripts answer, read strictly: another version of the server, or somebody else, may have written what they found.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use redis::Value;
use vitrine_core::ids::{Epoch, Seq, SessionId};
use vitrine_core::session::{Ask, Facts};

use super::seal::{Part, Seals};
use crate::auth::secret::Digest;
use crate::ops::clock::Time;
use crate::ops::metrics;
use crate::store::StoreError;
use crate::store::sessions::asked;
use crate::store::sessions::entry::{LogEntry, LogId, end_reason};
use crate::store::sessions::ops::{AskId, Refused};
use crate::store::sessions::record::{Node, Record};

/// Something is not as this server writes it.
const BROKEN: Refused = Refused::Store(StoreError::Broken("session's record"));

/// What follows an `ok`.
#[derive(Debug)]
pub(super) struct Answer(std::vec::IntoIter<Value>);

impl Answer {
    /// The answer, or why there is none.
    pub(super) fn read(value: Value) -> Result<Self, Refused> {
        let Value::Array(values) = value else { return Err(BROKEN) };
        let mut values = values.into_iter();
        let word = values.next();
        let word = word.as_ref().and_then(text).ok_or(BROKEN)?;
        let mut more = Self(values);
        if word == "ok" { Ok(more) } else { Err(more.refused(word)) }
    }

    fn refused(&mut self, word: &str) -> Refused {
        match word {
            "gone" => Refused::Gone,
            "taken" => Refused::Taken,
            "fenced" => Refused::Fenced,
            "lost" => Refused::Lost,
            "unowned" => Refused::Unowned,
            "owned" => Refused::Owned,
            "full" => Refused::Full,
            "ended" => self.next_text().ok().and_then(|word| end_reason(&word)).map_or(BROKEN, Refused::Ended),
            "term" => self.next_number().map_or_else(|broken| broken, |term| Refused::OtherTerm(Epoch(term))),
            "newer" => {
                metrics::count_store_newer("session's record");
                let version = self.next_number().ok().and_then(|version| u32::try_from(version).ok());
                Refused::Store(StoreError::Newer { what: "session's record", version: version.unwrap_or(u32::MAX) })
            }
            _ => BROKEN,
        }
    }

    pub(super) fn next(&mut self) -> Result<Value, Refused> {
        self.0.next().ok_or(BROKEN)
    }

    pub(super) fn next_text(&mut self) -> Result<String, Refused> {
        text(&self.next()?).map(str::to_owned).ok_or(BROKEN)
    }

    pub(super) fn next_number(&mut self) -> Result<u64, Refused> {
        number(&self.next()?).ok_or(BROKEN)
    }

    pub(super) fn next_flag(&mut self) -> Result<bool, Refused> {
        self.next_number().map(|number| number != 0)
    }

    pub(super) fn next_id(&mut self) -> Result<LogId, Refused> {
        LogId::parse(&self.next_text()?).ok_or(BROKEN)
    }

    /// Pieces of what outlives a node. One that does not open is not left out: what it hides would be shown.
    pub(super) fn next_pieces(&mut self, seals: &Seals, session: &SessionId) -> Result<Vec<Bytes>, Refused> {
        let Value::Array(values) = self.next()? else { return Err(BROKEN) };
        let open = |value| seals.open(session, Part::Piece, &blob(value)?);
        values.into_iter().map(|value| open(value).ok_or(BROKEN)).collect()
    }

    /// Entries of the log.
    pub(super) fn next_entries(
        &mut self,
        seals: &Seals,
        session: &SessionId,
    ) -> Result<Vec<(LogId, LogEntry)>, Refused> {
        let Value::Array(values) = self.next()? else { return Err(BROKEN) };
        values.into_iter().map(|value| entry(seals, session, value)).collect()
    }

    /// Entries of the inbox.
    pub(super) fn next_asks(&mut self, seals: &Seals, session: &SessionId) -> Result<Vec<(AskId, Ask)>, Refused> {
        let Value::Array(values) = self.next()? else { return Err(BROKEN) };
        let asks = values.into_iter().map(|value| {
            let (id, bytes) = stream_entry(value).ok_or(BROKEN)?;
            let LogId { epoch, n } = LogId::parse(&id).ok_or(BROKEN)?;
            let ask = seals.open(session, Part::Ask, &bytes).ok_or(BROKEN)?;
            Ok((AskId { ms: epoch, n }, asked::read(&ask).inspect_err(note_newer)?))
        });
        asks.collect()
    }
}

pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        other => text(other)?.parse().ok(),
    }
}

fn blob(value: Value) -> Option<Bytes> {
    if let Value::BulkString(bytes) = value { Some(Bytes::from(bytes)) } else { None }
}

/// `[id, [field, value]]`.
fn stream_entry(value: Value) -> Option<(String, Bytes)> {
    let Value::Array(parts) = value else { return None };
    let mut parts = parts.into_iter();
    let id = parts.next().as_ref().and_then(text)?.to_owned();
    let Some(Value::Array(fields)) = parts.next() else { return None };
    Some((id, blob(fields.into_iter().nth(1)?)?))
}

fn entry(seals: &Seals, session: &SessionId, value: Value) -> Result<(LogId, LogEntry), Refused> {
    let (id, bytes) = stream_entry(value).ok_or(BROKEN)?;
    let id = LogId::parse(&id).ok_or(BROKEN)?;
    let open = |sealed: &[u8]| seals.open(session, Part::Facts, sealed);
    Ok((id, LogEntry::decode(&bytes, open).inspect_err(note_newer)?))
}

fn note_newer(error: &StoreError) {
    if let StoreError::Newer { what, .. } = error {
        metrics::count_store_newer(what);
    }
}

/// The fields of a record; those that a newer version added are ignored.
pub(super) fn record(seals: &Seals, session: &SessionId, is_owned: bool, fields: Value) -> Result<Record, Refused> {
    read_record(seals, session, is_owned, fields).ok_or(BROKEN)
}

fn read_record(seals: &Seals, session: &SessionId, is_owned: bool, fields: Value) -> Option<Record> {
    let Value::Array(values) = fields else { return None };
    let mut fields: HashMap<String, Bytes> = HashMap::new();
    let mut values = values.into_iter();
    while let (Some(name), Some(value)) = (values.next(), values.next()) {
        fields.insert(text(&name)?.to_owned(), blob(value)?);
    }
    let word = |name: &str| fields.get(name).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let number = |name: &str| word(name)?.parse::<u64>().ok();
    let facts: Facts = serde_json::from_slice(&seals.open(session, Part::Facts, fields.get("facts")?)?).ok()?;
    Some(Record {
        session: session.clone(),
        site: word("site")?.to_owned(),
        token: Digest::from_key(word("token")?)?,
        started: Time(number("started")?),
        ends: Time(number("ends")?),
        epoch: Epoch(number("epoch")?),
        term: Epoch(number("term")?),
        seq: Seq(number("seq")?),
        owner: number("owner").map(Node),
        is_owned,
        last: LogId::parse(word("last")?)?,
        facts: Arc::new(facts),
        kept: match fields.get("kept") {
            Some(kept) => seals.open(session, Part::Kept, kept)?,
            None => Bytes::new(),
        },
        ended: match word("ended") {
            Some(reason) => Some(end_reason(reason)?),
            None => None,
        },
    })
}
