//! Agents in sessions whose login, roles or sites are no longer what they were when they came in.

use vitrine_core::access::{Action, Place, Rights};
use vitrine_core::ids::AgentKey;
use vitrine_core::session::CloseCode;

use super::Hub;
use super::running::{Mail, Running};
use crate::auth::standing::Standing;
use crate::store::StoreError;

/// The session as the judge takes it.
#[must_use]
pub fn place(running: &Running, joined: bool) -> Place<'_> {
    Place { session: &running.id, site: &running.site, joined }
}

impl Hub {
    /// Judges every agent's socket again by the logins and the configuration that are in force now: 4401 where the login is
    /// gone, 4403 where it no longer reaches the session; whoever may stay is held to what she may do now.
    pub async fn recheck(&self) {
        let all = self.all();
        let viewers = all.iter().flat_map(|running| running.viewer_keys().into_iter().map(move |key| (running, key)));
        for (running, key) in viewers {
            self.recheck_viewer(running, key).await;
        }
    }

    /// The same for one of them. She was let in while the store answered: while it does not, she stays as far as the
    /// configuration and the end of her login let her. A sign-out at another node is heard when it answers again.
    pub async fn recheck_viewer(&self, running: &Running, key: AgentKey) {
        let Some((signed_in, admitted)) = running.viewer(key) else { return };
        let config = self.home.live.config();
        let standing = match Standing::now(&signed_in, &self.home.store, &config).await {
            Err(StoreError::Away) => Ok(Standing::without_store(&signed_in.login, &config)),
            standing => standing,
        };
        if let Some(rights) = judge(running, key, admitted, standing)
            && !running.try_mail(Mail::AgentRights(key, rights))
        {
            // A session too busy to hear that somebody may do less: she comes back and is told anew.
            running.turn_out(key, CloseCode::Draining);
        }
    }

    /// What an agent with a socket may do now. `None`: nothing, and the socket is closed; also when the store cannot be asked.
    pub async fn judge_viewer(&self, running: &Running, key: AgentKey) -> Option<Rights> {
        let (signed_in, admitted) = running.viewer(key)?;
        let standing = Standing::now(&signed_in, &self.home.store, &self.home.live.config()).await;
        judge(running, key, admitted, standing)
    }
}

fn judge(
    running: &Running,
    key: AgentKey,
    admitted: bool,
    standing: Result<Option<Standing>, StoreError>,
) -> Option<Rights> {
    let judged = match standing {
        Ok(Some(Standing { rights, .. })) => {
            let verdict = rights.judge(Action::of_frame("hello"), Some(place(running, admitted)));
            verdict.map(|()| rights).map_err(|_| CloseCode::NotAllowed)
        }
        Ok(None) => Err(CloseCode::NotAuthenticated),
        // A store that cannot be asked says nothing for her.
        Err(_) => Err(CloseCode::Draining),
    };
    judged.map_err(|code| running.turn_out(key, code)).ok()
}
