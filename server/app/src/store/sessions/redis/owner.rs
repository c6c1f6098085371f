//! What owners do.

use std::convert::Infallible;

use bytes::Bytes;
use vitrine_core::ids::{Epoch, SessionId};
use vitrine_core::session::{Ask, EndReason, News};

use super::answer::record;
use super::scripts::SCRIPTS;
use super::seal::Part;
use super::{Arguments, Redis, number};
use crate::ops::clock::millis;
use crate::store::sessions::entry::LogEntry;
use crate::store::sessions::limits::{
    EPOCHS_SKIPPED, LOG_BYTES_MAX, LOG_ENTRIES_MAX, SEEN_AHEAD_MAX, SEQS_SKIPPED, STICKY_BYTES_MAX, STICKY_PIECES_MAX,
};
use crate::store::sessions::ops::{Append, Appended, AskId, Refused, Renewed, Sticky};
use crate::store::sessions::record::{Claimed, Node};

impl Redis {
    pub(in super::super) async fn claim(
        &self,
        session: &SessionId,
        node: Node,
        seen: Epoch,
    ) -> Result<Claimed, Refused> {
        let skip = [EPOCHS_SKIPPED, SEQS_SKIPPED, SEEN_AHEAD_MAX].map(number);
        let mut arguments = vec![number(node.0), number(seen.0), self.lease()];
        arguments.extend(skip);
        arguments.push(number(millis(self.spans.ended)));
        let mut answer = self.script(session, &SCRIPTS.claim, arguments).await?;
        let record = record(&self.seals, session, true, answer.next()?)?;
        Ok(Claimed { record, sticky: answer.next_pieces(&self.seals, session)? })
    }

    pub(in super::super) async fn renew(
        &self,
        session: &SessionId,
        node: Node,
        term: Epoch,
    ) -> Result<Renewed, Refused> {
        let arguments = vec![number(node.0), number(term.0), self.lease()];
        let mut answer = self.script(session, &SCRIPTS.renew, arguments).await?;
        Ok(Renewed { has_asks: answer.next_flag()?, epoch: Epoch(answer.next_number()?), n: answer.next_number()? })
    }

    pub(in super::super) async fn append(&self, session: &SessionId, append: Append) -> Result<Appended, Refused> {
        let mut answer = self.script(session, &SCRIPTS.append, self.append_arguments(session, &append)?).await?;
        Ok(Appended {
            last: answer.next_id()?,
            entries: answer.next_number()?,
            bytes: answer.next_number()?,
            pieces: answer.next_number()?,
        })
    }

    fn append_arguments(&self, session: &SessionId, append: &Append) -> Result<Arguments, Refused> {
        let seal = |part, bytes: &[u8]| self.seals.seal(session, part, bytes.to_vec());
        let keyframe_at = append.written().enumerate().filter(|(_, entry)| entry.is_keyframe()).last();
        let facts = append.facts().and_then(|facts| serde_json::to_vec(&**facts).ok());
        let (mode, piece) = match &append.sticky {
            Sticky::Same => ("same", Bytes::new()),
            Sticky::More(piece) => ("more", piece.clone()),
            Sticky::All(piece) => ("all", piece.clone()),
        };
        let mut arguments = vec![
            number(append.node.0),
            number(append.held.0),
            number(append.epoch.0),
            number(append.n),
            number(append.seq.0),
            self.lease(),
            number(u8::from(append.is_for_all())),
            number(keyframe_at.map_or(0, |(at, _)| at + 1)),
            number(LOG_ENTRIES_MAX),
            number(LOG_BYTES_MAX),
            number(STICKY_PIECES_MAX),
            number(STICKY_BYTES_MAX),
            seal(Part::Facts, &facts.unwrap_or_default())?,
            seal(Part::Kept, append.kept.as_deref().unwrap_or_default())?,
            mode.into(),
            seal(Part::Piece, &piece)?,
        ];
        for entry in append.written() {
            arguments.push(entry.encode(|facts| self.seals.seal(session, Part::Facts, facts))?);
        }
        Ok(arguments)
    }

    pub(in super::super) async fn release(&self, session: &SessionId, node: Node, term: Epoch) -> Result<(), Refused> {
        let arguments = vec![number(node.0), number(term.0), self.lease()];
        self.script(session, &SCRIPTS.release, arguments).await.map(drop)
    }

    pub(in super::super) async fn end(
        &self,
        session: &SessionId,
        (node, term): (Node, Epoch),
        reason: EndReason,
    ) -> Result<(), Refused> {
        let mut arguments = self.end_arguments("owner", reason);
        arguments.extend([number(node.0), number(term.0), self.lease()]);
        self.script(session, &SCRIPTS.end, arguments).await?;
        self.unlist(session).await;
        Ok(())
    }

    pub(in super::super) async fn end_unowned(
        &self,
        session: &SessionId,
        term: Epoch,
        reason: EndReason,
    ) -> Result<(), Refused> {
        let mut arguments = self.end_arguments("unowned", reason);
        arguments.push(number(term.0));
        self.script(session, &SCRIPTS.end, arguments).await?;
        self.unlist(session).await;
        Ok(())
    }

    fn end_arguments(&self, by: &str, reason: EndReason) -> Arguments {
        let Ok(last) = LogEntry::News(News::Ended(reason)).encode(Ok::<_, Infallible>);
        vec![by.into(), reason.word().into(), number(millis(self.spans.ended)), last]
    }

    pub(in super::super) async fn asks(
        &self,
        session: &SessionId,
        (node, term): (Node, Epoch),
        after: AskId,
        most: usize,
    ) -> Result<Vec<(AskId, Ask)>, Refused> {
        let arguments = vec![
            number(node.0),
            number(term.0),
            self.lease(),
            format!("{}-{}", after.ms, after.n).into_bytes(),
            format!("{}-{}", after.ms, after.n.saturating_add(1)).into_bytes(),
            number(most),
        ];
        self.script(session, &SCRIPTS.asks, arguments).await?.next_asks(&self.seals, session)
    }
}
