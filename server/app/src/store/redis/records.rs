//! Small records on Redis: codes, logins, tickets, sign-ins, what was used or revoked, and counts. Each is one key that goes
//! by itself. How long it stays is told to Redis as a duration, so no clock but Redis' own decides when it has run out.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use redis::{Cmd, cmd};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::{CODE, COUNT, Kind, LOGIN, LOGINS_OF, REVOKED, SIGN_IN, TICKET, USED};
use super::link::{Link, Script};
use super::record;
use super::trouble::LinkError;
use crate::auth::login::Login;
use crate::auth::oidc::{SIGN_IN_LASTS, SignIn};
use crate::auth::secret::Digest;
use crate::auth::socket::Ticket;
use crate::auth::subject::Subject;
use crate::live::Live;
use crate::ops::clock::{Time, millis};
use crate::store::{CodeRecord, Counted, StoreError};

/// Sign-ins that can be begun while one lasts: they cost nothing to begin.
const SIGN_INS_MAX: u32 = 50_000;
/// Logins of one account at the provider.
const LOGINS_MAX: u32 = 1_000;

/// Counts, and gives the count a time when it begins: number, milliseconds left.
static COUNT_UP: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/count.lua")));
/// Notes a login under what it can be found by: 0 if there are too many.
static NOTE_LOGIN: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/note_login.lua")));

/// The store of small records.
#[derive(Debug, Clone)]
pub struct Records {
    link: Arc<Link>,
    /// Whose keys seal.
    live: Arc<Live>,
}

impl From<LinkError> for StoreError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Full => Self::Full,
            LinkError::Away | LinkError::Unanswered | LinkError::Refused(_) => Self::Away,
        }
    }
}

impl Records {
    /// Behind a link, sealed by the keys in force.
    #[must_use]
    pub fn new(link: Arc<Link>, live: Arc<Live>) -> Self {
        Self { link, live }
    }

    /// The link that it is behind.
    #[must_use]
    pub fn link(&self) -> &Arc<Link> {
        &self.link
    }

    pub(in crate::store) async fn put_code(&self, code: Digest, kept: &CodeRecord) -> Result<bool, StoreError> {
        let bytes = self.write(CODE, &code, kept)?;
        self.put_new(CODE, &code, &bytes, kept.ends).await
    }

    pub(in crate::store) async fn take_code(&self, code: &Digest) -> Result<Option<CodeRecord>, StoreError> {
        self.take(CODE, code).await
    }

    pub(in crate::store) async fn put_ticket(&self, id: Digest, ticket: &Ticket) -> Result<(), StoreError> {
        self.put(TICKET, &id, ticket, ticket.ends).await
    }

    pub(in crate::store) async fn take_ticket(&self, id: &Digest) -> Result<Option<Ticket>, StoreError> {
        self.take(TICKET, id).await
    }

    pub(in crate::store) async fn put_sign_in(&self, state: Digest, sign_in: &SignIn) -> Result<(), StoreError> {
        let begun = self.count(Digest::of("sign-ins that were begun"), 1, SIGN_IN_LASTS).await?;
        if begun.count > SIGN_INS_MAX {
            return Err(StoreError::Full);
        }
        self.put(SIGN_IN, &state, sign_in, sign_in.ends).await
    }

    pub(in crate::store) async fn take_sign_in(&self, state: &Digest) -> Result<Option<SignIn>, StoreError> {
        self.take(SIGN_IN, state).await
    }

    pub(in crate::store) async fn use_once(&self, id: Digest, ends: Time) -> Result<bool, StoreError> {
        self.put_new(USED, &id, b"", ends).await
    }

    pub(in crate::store) async fn revoke_token(&self, id: Digest, ends: Time) -> Result<(), StoreError> {
        let key = self.key(REVOKED, &id);
        match left(ends) {
            Some(left) => Ok(self.link.run(&key, &set(&key, b"", left)).await?),
            None => Ok(()),
        }
    }

    pub(in crate::store) async fn is_revoked(&self, id: &Digest) -> Result<bool, StoreError> {
        let key = self.key(REVOKED, id);
        Ok(self.link.run(&key, cmd("EXISTS").arg(&key)).await?)
    }

    /// A login is noted before it is kept: none is ever kept that could not be found and ended.
    pub(in crate::store) async fn put_login(&self, id: Digest, login: &Login) -> Result<(), StoreError> {
        for index in indexes(login) {
            let Some(left) = left(login.ends) else { return Ok(()) };
            let key = self.key(LOGINS_OF, &index);
            let arguments = (id.key(), left, LOGINS_MAX);
            if !self.link.script(&NOTE_LOGIN, &[&key], arguments).await? {
                return Err(StoreError::Full);
            }
        }
        self.put(LOGIN, &id, login, login.ends).await
    }

    pub(in crate::store) async fn login(&self, id: &Digest) -> Result<Option<Login>, StoreError> {
        let key = self.key(LOGIN, id);
        self.read(LOGIN, id, self.link.run(&key, cmd("GET").arg(&key)).await?)
    }

    pub(in crate::store) async fn remove_login(&self, id: &Digest) -> Result<(), StoreError> {
        let key = self.key(LOGIN, id);
        Ok(self.link.run(&key, cmd("DEL").arg(&key)).await?)
    }

    pub(in crate::store) async fn remove_logins_at_provider(
        &self,
        subject: Option<&Subject>,
        sid: Option<&str>,
    ) -> Result<Vec<(Digest, Login)>, StoreError> {
        let index = match (sid, subject) {
            (Some(sid), _) => index_of_session(sid),
            (None, Some(subject)) => index_of_account(subject),
            (None, None) => return Ok(Vec::new()),
        };
        let key = self.key(LOGINS_OF, &index);
        let ids: Vec<String> = self.link.run(&key, cmd("ZRANGE").arg(&key).arg(0).arg(-1)).await?;
        let mut ended = Vec::new();
        for id in ids.iter().filter_map(|id| Digest::from_key(id)) {
            let Some(login) = self.login(&id).await? else { continue };
            if login.is_at_provider(subject, sid) && self.take::<Login>(LOGIN, &id).await?.is_some() {
                ended.push((id, login));
            }
        }
        Ok(ended)
    }

    pub(in crate::store) async fn count(&self, name: Digest, by: u32, span: Duration) -> Result<Counted, StoreError> {
        let key = self.key(COUNT, &name);
        let (count, left): (u32, u64) = self.link.script(&COUNT_UP, &[&key], (by, millis(span).max(1))).await?;
        Ok(Counted { count, left: Duration::from_millis(left) })
    }

    fn key(&self, kind: Kind, id: &Digest) -> String {
        kind.key(self.link.prefix(), id)
    }

    async fn put<T: Serialize>(&self, kind: Kind, id: &Digest, kept: &T, ends: Time) -> Result<(), StoreError> {
        let (key, bytes) = (self.key(kind, id), self.write(kind, id, kept)?);
        match left(ends) {
            Some(left) => Ok(self.link.run(&key, &set(&key, &bytes, left)).await?),
            None => Ok(()),
        }
    }

    /// `false`: there is one of the same name.
    async fn put_new(&self, kind: Kind, id: &Digest, bytes: &[u8], ends: Time) -> Result<bool, StoreError> {
        let key = self.key(kind, id);
        let Some(left) = left(ends) else {
            let is_there: bool = self.link.run(&key, cmd("EXISTS").arg(&key)).await?;
            return Ok(!is_there);
        };
        let answer: Option<String> = self.link.run(&key, set(&key, bytes, left).arg("NX")).await?;
        Ok(answer.is_some())
    }

    async fn take<T: DeserializeOwned>(&self, kind: Kind, id: &Digest) -> Result<Option<T>, StoreError> {
        let key = self.key(kind, id);
        self.read(kind, id, self.link.run(&key, cmd("GETDEL").arg(&key)).await?)
    }

    fn write<T: Serialize>(&self, kind: Kind, id: &Digest, kept: &T) -> Result<Vec<u8>, StoreError> {
        let record = record::write(kept, kind.word)?;
        let sealed = self.live.now().shared.seal(&bound_to(kind, id), record);
        sealed.map_err(|_| StoreError::Broken(kind.word))
    }

    /// What no key in force opens is not there: it was sealed by a key that was taken away, or never by a server.
    fn read<T: DeserializeOwned>(
        &self,
        kind: Kind,
        id: &Digest,
        bytes: Option<Vec<u8>>,
    ) -> Result<Option<T>, StoreError> {
        let record = bytes.and_then(|bytes| self.live.now().shared.open(&bound_to(kind, id), &bytes));
        record.map(|record| record::read(&record, kind.word)).transpose()
    }
}

/// What a sealed record is bound to: the same under every prefix.
fn bound_to(kind: Kind, id: &Digest) -> String {
    kind.key("", id)
}

fn set(key: &str, bytes: &[u8], left_ms: u64) -> Cmd {
    cmd("SET").arg(key).arg(bytes).arg("PX").arg(left_ms).to_owned()
}

/// How long until then, in milliseconds; `None`: it is past.
fn left(ends: Time) -> Option<u64> {
    Some(millis(ends.from_now())).filter(|left| *left > 0)
}

/// What a login is found by when the provider ends it.
fn indexes(login: &Login) -> Vec<Digest> {
    let Some(session) = &login.provider else { return Vec::new() };
    let of_session = session.sid.as_deref().map(index_of_session);
    of_session.into_iter().chain([index_of_account(&login.subject)]).collect()
}

fn index_of_session(sid: &str) -> Digest {
    Digest::of(&format!("session\n{sid}"))
}

fn index_of_account(subject: &Subject) -> Digest {
    Digest::of(&format!("account\n{subject}"))
}
