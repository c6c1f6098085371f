//! Who was let in, and who may ask for assets.

use vitrine_core::ids::SessionId;

use super::answer::Answer;
use super::scripts::SCRIPTS;
use super::{Redis, number};
use crate::auth::secret::Digest;
use crate::ops::clock::millis;
use crate::store::sessions::limits::{HOLDERS_MAX, SEATS_MAX};
use crate::store::sessions::ops::{Refused, Seat};

impl Redis {
    pub(in super::super) async fn seat(
        &self,
        session: &SessionId,
        subject: &str,
        most: usize,
    ) -> Result<bool, Refused> {
        self.seats(session, "seat", most, &[subject]).await?.next_flag()
    }

    pub(in super::super) async fn reseat(
        &self,
        session: &SessionId,
        subject: &str,
        most: usize,
    ) -> Result<bool, Refused> {
        self.seats(session, "reseat", most, &[subject]).await?.next_flag()
    }

    pub(in super::super) async fn unseat(&self, session: &SessionId, subject: &str) -> Result<(), Refused> {
        self.seats(session, "unseat", 0, &[subject]).await.map(drop)
    }

    pub(in super::super) async fn keep_seats(&self, session: &SessionId, subjects: &[String]) -> Result<(), Refused> {
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        self.seats(session, "keep", 0, &subjects).await.map(drop)
    }

    pub(in super::super) async fn seated(
        &self,
        session: &SessionId,
        subject: &str,
        most: usize,
    ) -> Result<Seat, Refused> {
        let mut answer = self.seats(session, "seated", most, &[subject]).await?;
        Ok(Seat { is_remembered: answer.next_flag()?, has_room: answer.next_flag()? })
    }

    async fn seats(&self, session: &SessionId, what: &str, most: usize, who: &[&str]) -> Result<Answer, Refused> {
        let mut arguments = vec![what.into(), number(millis(self.spans.seat)), number(most), number(SEATS_MAX)];
        arguments.extend(who.iter().map(|subject| self.seals.subject(session, subject)));
        self.script(session, &SCRIPTS.seats, arguments).await
    }

    pub(in super::super) async fn hold(&self, session: &SessionId, holders: &[Digest]) -> Result<(), Refused> {
        self.holders(session, "hold", holders).await.map(drop)
    }

    pub(in super::super) async fn let_go(&self, session: &SessionId, holder: &Digest) -> Result<(), Refused> {
        self.holders(session, "let-go", &[*holder]).await.map(drop)
    }

    pub(in super::super) async fn holds(&self, session: &SessionId, holder: &Digest) -> Result<bool, Refused> {
        self.holders(session, "holds", &[*holder]).await?.next_flag()
    }

    async fn holders(&self, session: &SessionId, what: &str, holders: &[Digest]) -> Result<Answer, Refused> {
        let mut arguments = vec![what.into(), number(millis(self.spans.holder)), number(HOLDERS_MAX)];
        arguments.extend(holders.iter().map(|holder| holder.key().into_bytes()));
        self.script(session, &SCRIPTS.holders, arguments).await
    }
}
