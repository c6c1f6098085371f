//! What nodes with agents do.

use vitrine_core::ids::{Epoch, SessionId};
use vitrine_core::session::EndReason;

use super::answer::record;
use super::names::Names;
use super::scripts::SCRIPTS;
use super::seal::Part;
use super::{Redis, number};
use crate::store::sessions::entry::LogId;
use crate::store::sessions::limits::{ASKS_MAX, READ_ENTRIES_MAX};
use crate::store::sessions::ops::{AskId, Page, Read, Refused};
use crate::store::sessions::watch::Watch;

impl Redis {
    pub(in super::super) async fn read_log(&self, session: &SessionId, after: LogId) -> Result<Read, Refused> {
        let arguments = vec![after.to_string().into_bytes(), number(READ_ENTRIES_MAX)];
        let mut answer = self.script(session, &SCRIPTS.read, arguments).await?;
        let (is_owned, term) = (answer.next_flag()?, Epoch(answer.next_number()?));
        let (cut, last) = (answer.next_id()?, answer.next_id()?);
        let entries = answer.next_entries(&self.seals, session)?;
        let has_more = entries.last().is_some_and(|(id, _)| *id < last);
        Ok(Read { has_more, has_missed: cut > after, entries, is_owned, term })
    }

    pub(in super::super) async fn page(&self, session: &SessionId) -> Result<Page, Refused> {
        let mut answer = self.script(session, &SCRIPTS.page, Vec::new()).await?;
        let is_owned = answer.next_flag()?;
        let record = record(&self.seals, session, is_owned, answer.next()?)?;
        Ok(Page { record, entries: answer.next_entries(&self.seals, session)? })
    }

    pub(in super::super) async fn ask(
        &self,
        session: &SessionId,
        term: Epoch,
        ask: Vec<u8>,
        end: Option<EndReason>,
    ) -> Result<AskId, Refused> {
        let ask = self.seals.seal(session, Part::Ask, ask)?;
        let end = end.map_or(Vec::new(), |reason| reason.word().into());
        let mut answer = self.script(session, &SCRIPTS.ask, vec![number(term.0), number(ASKS_MAX), ask, end]).await?;
        let LogId { epoch, n } = answer.next_id()?;
        Ok(AskId { ms: epoch, n })
    }

    pub(in super::super) fn watch_log(&self, session: &SessionId) -> Watch {
        Watch::heard(self.link.subscribe(Names::of(self.link.prefix(), session).log_channel()))
    }

    pub(in super::super) fn watch_asks(&self, session: &SessionId) -> Watch {
        Watch::heard(self.link.subscribe(Names::of(self.link.prefix(), session).asks_channel()))
    }
}
