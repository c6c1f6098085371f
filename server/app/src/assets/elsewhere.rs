//! Uploads where several nodes share sessions: what the customer's page sends may come to any of them, and goes to the node that
//! asked by way of the store. That node judges it: that another one took it makes it no better.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio::time::timeout;
use vitrine_core::ids::SessionId;

use super::uploads::{Answer, Upload};
use crate::hub::{Running, Shared};
use crate::store::sessions::{Refused, Sessions, Watch};

/// Wakes get lost: the store is looked at so often anyway.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The version that answers are written in for other nodes; a newer one counts as none.
const VERSION: u32 = 1;

/// A request of this node's whose answer may come to another. Nothing where the store does not know of it: then it is good for
/// this node alone.
#[derive(Debug)]
pub(super) struct Elsewhere(Option<Waiting>);

#[derive(Debug)]
struct Waiting {
    sessions: Sessions,
    session: SessionId,
    request: u64,
    watch: Watch,
}

impl Elsewhere {
    /// Tells the other nodes of a request, before it goes out.
    pub(super) async fn expect(running: &Running, request: u64) -> Self {
        let Some(Shared { sessions, .. }) = running.shared().cloned() else { return Self(None) };
        let session = running.id.clone();
        let watch = async {
            let watch = sessions.watch_uploads(&session).await?;
            sessions.expect_upload(&session, request).await?;
            Ok::<Watch, Refused>(watch)
        };
        Self(watch.await.ok().map(|watch| Waiting { sessions, session, request, watch }))
    }

    /// The answer, wherever it comes. `None`: it came here, and was none.
    pub(super) async fn or(&mut self, here: oneshot::Receiver<Answer>) -> Option<Answer> {
        let Some(waiting) = &mut self.0 else { return here.await.ok() };
        tokio::select! {
            answer = here => answer.ok(),
            answer = waiting.answer() => Some(answer),
        }
    }

    /// Waits no more. What came at the last moment counts.
    pub(super) async fn forget(self) -> Option<Answer> {
        let Waiting { sessions, session, request, .. } = self.0?;
        // Where it fails, the store forgets the request by itself.
        sessions.take_upload(&session, request, true).await.ok().flatten().as_ref().and_then(read)
    }
}

impl Waiting {
    async fn answer(&mut self) -> Answer {
        loop {
            let _ = timeout(LOOK_EVERY, self.watch.woken()).await;
            // A store that is away may be back before the time is up.
            if let Ok(Some(sent)) = self.sessions.take_upload(&self.session, self.request, false).await {
                return read(&sent).unwrap_or(Answer::Nothing);
            }
        }
    }
}

/// An answer of the customer's page that comes now. It is the only one to its request.
#[derive(Debug)]
pub struct Coming(To);

#[derive(Debug)]
enum To {
    Here(oneshot::Sender<Answer>),
    Elsewhere(Sessions, SessionId, u64),
}

impl Coming {
    /// Takes up a request, to answer it. `None`: nobody asked, or nobody waits any more.
    ///
    /// # Errors
    /// The store cannot say whether another node asked.
    pub async fn of(running: &Running, request: u64) -> Result<Option<Self>, Refused> {
        if let Some(answer) = running.uploads.claim(request) {
            return Ok(Some(Self(To::Here(answer))));
        }
        let Some(Shared { sessions, .. }) = running.shared() else { return Ok(None) };
        let is_asked = sessions.begin_upload(&running.id, request).await?;
        Ok(is_asked.then(|| Self(To::Elsewhere(sessions.clone(), running.id.clone(), request))))
    }

    /// Hands it to the node that asked. `false`: it does not wait any more.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn answer(self, answer: Answer) -> Result<bool, Refused> {
        match self.0 {
            To::Here(here) => Ok(here.send(answer).is_ok()),
            To::Elsewhere(sessions, session, request) => {
                match sessions.put_upload(&session, request, write(&answer)).await {
                    Ok(()) => Ok(true),
                    Err(Refused::Gone | Refused::Ended(_)) => Ok(false),
                    Err(refused) => Err(refused),
                }
            }
        }
    }
}

/// Tells the node that asked that the page was not.
pub async fn not_now(running: &Running, request: u64) {
    // A node that does not hear of it waits until its time is up.
    if let Ok(Some(coming)) = Coming::of(running, request).await {
        let _ = coming.answer(Answer::NotNow).await;
    }
}

/// The line before the body.
#[derive(Serialize, Deserialize)]
struct Head {
    v: u32,
    k: Kind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    content_type: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Sent,
    Nothing,
    NotNow,
}

fn write(answer: &Answer) -> Vec<u8> {
    let none = Bytes::new();
    let (k, content_type, body) = match answer {
        Answer::Sent(Upload { content_type, body }) => (Kind::Sent, content_type.clone(), body),
        Answer::Nothing => (Kind::Nothing, String::new(), &none),
        Answer::NotNow => (Kind::NotNow, String::new(), &none),
    };
    // Numbers, words and text have no way to fail.
    let mut written = serde_json::to_vec(&Head { v: VERSION, k, content_type }).unwrap_or_default();
    written.reserve_exact(body.len() + 1);
    written.push(b'\n');
    written.extend_from_slice(body);
    written
}

/// `None`: nobody of ours wrote it, or a newer node.
fn read(written: &Bytes) -> Option<Answer> {
    let end = written.iter().position(|byte| *byte == b'\n')?;
    let head: Head = serde_json::from_slice(written.get(..end)?).ok()?;
    if head.v > VERSION {
        return None;
    }
    Some(match head.k {
        Kind::Sent => Answer::Sent(Upload { content_type: head.content_type, body: written.slice(end + 1..) }),
        Kind::Nothing => Answer::Nothing,
        Kind::NotNow => Answer::NotNow,
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{Answer, Upload, read, write};

    #[test]
    fn an_answer_is_read_as_it_was_written() {
        let sent = |content_type: &str, body: &'static [u8]| {
            Answer::Sent(Upload { content_type: content_type.into(), body: Bytes::from_static(body) })
        };
        for answer in [sent("image/png", b"\n\0{}\n\xff"), sent("a\nb\"", b""), Answer::Nothing, Answer::NotNow] {
            assert_eq!(read(&Bytes::from(write(&answer))), Some(answer));
        }
        for other in
            ["", "\n", "{\"v\":2,\"k\":\"nothing\"}\n", "{\"v\":1,\"k\":\"song\"}\n", "{\"v\":1,\"k\":\"nothing\"}"]
        {
            assert_eq!(read(&Bytes::from(other)), None, "{other}");
        }
    }
}
