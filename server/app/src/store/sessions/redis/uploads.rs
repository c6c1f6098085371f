//! What customers' pages are asked for, and what came of it to another node.

use bytes::Bytes;
use redis::Value;
use vitrine_core::ids::SessionId;

use super::answer::Answer;
use super::names::Names;
use super::scripts::SCRIPTS;
use super::seal::Part;
use super::{Redis, number};
use crate::ops::clock::millis;
use crate::store::sessions::limits::{UPLOADS_BYTES_MAX, UPLOADS_MAX};
use crate::store::sessions::ops::Refused;
use crate::store::sessions::watch::Watch;

impl Redis {
    pub(in super::super) async fn expect_upload(&self, session: &SessionId, request: u64) -> Result<(), Refused> {
        self.uploads(session, "expect", request, Vec::new()).await.map(drop)
    }

    pub(in super::super) async fn begin_upload(&self, session: &SessionId, request: u64) -> Result<bool, Refused> {
        self.uploads(session, "begin", request, Vec::new()).await?.next_flag()
    }

    pub(in super::super) async fn put_upload(
        &self,
        session: &SessionId,
        request: u64,
        sent: Vec<u8>,
    ) -> Result<(), Refused> {
        let sealed = self.seals.seal(session, Part::Upload(request), sent)?;
        self.uploads(session, "put", request, sealed).await.map(drop)
    }

    pub(in super::super) async fn take_upload(
        &self,
        session: &SessionId,
        request: u64,
        is_last: bool,
    ) -> Result<Option<Bytes>, Refused> {
        let what = if is_last { "forget" } else { "take" };
        let came = self.uploads(session, what, request, Vec::new()).await?.next()?;
        let Value::Array(came) = came else { return Ok(None) };
        Ok(came.into_iter().find_map(|came| match came {
            Value::BulkString(sealed) => self.seals.open(session, Part::Upload(request), &sealed),
            _ => None,
        }))
    }

    pub(in super::super) fn watch_uploads(&self, session: &SessionId) -> Watch {
        Watch::heard(self.link.subscribe(Names::of(self.link.prefix(), session).uploads_channel()))
    }

    async fn uploads(&self, session: &SessionId, what: &str, request: u64, sent: Vec<u8>) -> Result<Answer, Refused> {
        let bounds = [number(millis(self.spans.upload)), number(UPLOADS_MAX), number(UPLOADS_BYTES_MAX)];
        let mut arguments = vec![what.into()];
        arguments.extend(bounds);
        arguments.extend([number(request), sent]);
        self.script(session, &SCRIPTS.uploads, arguments).await
    }
}
