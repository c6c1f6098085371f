//! Sessions on Redis: each operation is one script, which sees and changes the keys of one session at once.

mod answer;
mod names;
mod owner;
mod people;
mod reader;
mod scripts;
mod seal;
mod uploads;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use redis::Value;
use vitrine_core::ids::SessionId;

use super::limits::{LISTED_AT_ONCE, Spans};
use super::ops::Refused;
use super::record::{Listed, NewSession, Record};
use super::watch::Told;
use crate::live::Live;
use crate::ops::clock::millis;
use crate::store::StoreError;
use crate::store::redis::{Link, LinkError, Script};
use answer::{Answer, record, text};
use names::{Names, PARTS, part, part_of};
use scripts::SCRIPTS;
use seal::{Part, Seals};

/// All sessions. Clones share the link.
#[derive(Clone)]
pub struct Redis {
    link: Arc<Link>,
    seals: Seals,
    spans: Spans,
}

impl fmt::Debug for Redis {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Redis")
    }
}

/// Arguments of a script, in its order.
type Arguments = Vec<Vec<u8>>;

impl Redis {
    /// By a link, sealed by the keys in force.
    #[must_use]
    pub fn new(link: Arc<Link>, live: Arc<Live>, spans: Spans) -> Self {
        Self { link, seals: Seals::new(live), spans }
    }

    pub(super) async fn create(&self, new: NewSession) -> Result<(), Refused> {
        let facts = serde_json::to_vec(&new.facts).unwrap_or_default();
        let arguments = vec![
            new.site.into_bytes(),
            new.token.key().into_bytes(),
            number(millis(new.lasts)),
            number(millis(new.stays)),
            number(millis(self.spans.margin)),
            self.seals.seal(&new.session, Part::Facts, facts)?,
            self.seals.seal(&new.session, Part::Kept, new.kept.to_vec())?,
        ];
        let mut answer = self.script(&new.session, &SCRIPTS.create, arguments).await?;
        let ends = answer.next_text()?;
        let margin = number(millis(self.spans.margin));
        let add = vec![b"add".to_vec(), new.session.as_str().into(), ends.into_bytes(), margin];
        self.part(part_of(&new.session), add).await.map(drop)
    }

    pub(super) async fn record(&self, session: &SessionId) -> Result<Record, Refused> {
        self.listed(session, None).await.map(|listed| listed.record)
    }

    async fn listed(&self, session: &SessionId, subject: Option<&str>) -> Result<Listed, Refused> {
        let subject = self.seals.subject(session, subject.unwrap_or_default());
        let mut answer = self.script(session, &SCRIPTS.record, vec![subject]).await?;
        let (is_owned, is_remembered) = (answer.next_flag()?, answer.next_flag()?);
        Ok(Listed { record: record(&self.seals, session, is_owned, answer.next()?)?, is_remembered })
    }

    pub(super) async fn list(&self, subject: Option<&str>, most: usize) -> Result<Vec<Listed>, Refused> {
        let parts = (0..PARTS).map(|part| self.part(part, vec![b"list".to_vec(), number(most)]));
        let mut found: Vec<(u64, SessionId)> = Vec::new();
        for part in join_all(parts).await {
            found.extend(ends_of(&part?));
        }
        found.sort_unstable_by(|one, two| two.0.cmp(&one.0).then_with(|| one.1.as_str().cmp(two.1.as_str())));
        found.truncate(most);
        let records = stream::iter(found).map(|(_, session)| self.listed_or_gone(session, subject));
        let records: Vec<Result<Option<Listed>, Refused>> = records.buffered(LISTED_AT_ONCE).collect().await;
        records.into_iter().filter_map(Result::transpose).collect()
    }

    /// What stands in the list, unless it is over.
    async fn listed_or_gone(&self, session: SessionId, subject: Option<&str>) -> Result<Option<Listed>, Refused> {
        match self.listed(&session, subject).await {
            Ok(listed) => Ok(Some(listed).filter(|listed| listed.record.ended.is_none())),
            Err(Refused::Gone) => {
                self.unlist(&session).await;
                Ok(None)
            }
            // A session of a newer version does not hide the others.
            Err(Refused::Store(StoreError::Newer { .. } | StoreError::Broken(_))) => Ok(None),
            Err(refused) => Err(refused),
        }
    }

    pub(super) async fn broadcast(&self, word: &Bytes) -> Result<(), Refused> {
        self.link.publish(&names::told(self.link.prefix()), word).await.map_err(away)
    }

    pub(super) fn told(&self) -> Told {
        Told::heard(self.link.subscribe(&names::told(self.link.prefix())))
    }

    /// Takes a session out of the list. One that stays in it is left out by whoever lists, and goes when it would be over.
    async fn unlist(&self, session: &SessionId) {
        let _ = self.part(part_of(session), vec![b"remove".to_vec(), session.as_str().into()]).await;
    }

    /// Runs a script on the session's keys; what it refuses is an error.
    async fn script(&self, session: &SessionId, script: &Script, arguments: Arguments) -> Result<Answer, Refused> {
        let names = Names::of(self.link.prefix(), session);
        let value: Value = self.link.script(script, &names.keys(), arguments).await.map_err(away)?;
        Answer::read(value)
    }

    async fn part(&self, number: u64, arguments: Arguments) -> Result<Vec<Value>, Refused> {
        let key = part(self.link.prefix(), number);
        self.link.script(&SCRIPTS.index, &[&key], arguments).await.map_err(away)
    }

    fn lease(&self) -> Vec<u8> {
        number(millis(self.spans.lease))
    }
}

/// Members and their scores, alternately.
fn ends_of(part: &[Value]) -> Vec<(u64, SessionId)> {
    let pairs = part.chunks_exact(2).filter_map(|pair| {
        let [session, ends] = pair else { return None };
        Some((text(ends)?.parse().ok()?, SessionId::new(text(session)?)?))
    });
    pairs.collect()
}

fn number(number: impl fmt::Display) -> Vec<u8> {
    number.to_string().into_bytes()
}

fn away(error: LinkError) -> Refused {
    Refused::Store(error.into())
}
