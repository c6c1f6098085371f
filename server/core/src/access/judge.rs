//! The one judge of what an agent may do: by HTTP and on her socket.

use super::action::watching;
use super::{Action, Needs, Privilege, PrivilegeSet, Sites};
use crate::ids::SessionId;

/// What an agent may do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// What her roles allow together.
    pub privileges: PrivilegeSet,
    /// The websites that they hold for.
    pub sites: Sites,
    /// The only session that they hold for, if there is one.
    pub session: Option<SessionId>,
}

/// A session that something is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// Its name.
    pub session: &'p SessionId,
    /// Its website.
    pub site: &'p str,
    /// Whether the agent came into it by code.
    pub joined: bool,
}

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Her roles do not allow it.
    #[error("her roles do not allow it")]
    NotAllowed,
    /// There is no such session, as far as she may know.
    #[error("no such session")]
    NoSuchSession,
}

impl Rights {
    /// Whether she may know that a session exists.
    #[must_use]
    pub fn reach(&self, session: &SessionId, site: &str) -> bool {
        self.sites.cover(site) && self.session.as_ref().is_none_or(|only| only == session)
    }

    /// What she may do in a session. Who came by code and may no longer join is as if she had not.
    #[must_use]
    pub fn within(&self, joined: bool) -> PrivilegeSet {
        if joined && self.privileges.has(Privilege::SessionJoin) { self.privileges } else { watching(self.privileges) }
    }

    /// Judges. `action` is the row of [`super::ACTIONS`], `None` if there is none; `place` the session that it is asked of.
    ///
    /// # Errors
    /// [`Denied`]; also for what is not in the table, and for what is about a session where none is named.
    pub fn judge(&self, action: Option<&Action>, place: Option<Place<'_>>) -> Result<(), Denied> {
        let needs = action.ok_or(Denied::NotAllowed)?.needs;
        if place.is_some_and(|place| !self.reach(place.session, place.site)) {
            return Err(Denied::NoSuchSession);
        }
        let is_in = place.is_some_and(|place| place.joined) && self.privileges.has(Privilege::SessionJoin);
        let has = |privilege| self.privileges.has(privilege);
        let is_allowed = match needs {
            Needs::Login => true,
            Needs::Privilege(privilege) => has(privilege),
            Needs::Session { .. } | Needs::InSession(_) if place.is_none() => return Err(Denied::NoSuchSession),
            Needs::Session { unless_in, and } => (is_in || has(unless_in)) && and.is_none_or(has),
            Needs::InSession(privilege) => is_in && has(privilege),
        };
        if is_allowed { Ok(()) } else { Err(Denied::NotAllowed) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Denied, Place, Rights};
    use crate::access::{ACTIONS, Action, PRIVILEGES, Privilege, PrivilegeSet, Sites};
    use crate::ids::SessionId;

    fn rights(privileges: &[Privilege]) -> Rights {
        let privileges = privileges.iter().fold(PrivilegeSet::default(), |set, more| set.with(*more));
        Rights { privileges, sites: Sites::All, session: None }
    }

    #[test]
    fn what_is_not_in_the_table_is_refused() {
        let all: Vec<Privilege> = PRIVILEGES.iter().map(|(privilege, _)| *privilege).collect();
        for unknown in [Action::of_route("PUT", "/api/v1/sessions"), Action::of_frame("x"), Action::of_command("fly")] {
            assert_eq!(rights(&all).judge(unknown, None), Err(Denied::NotAllowed));
        }
    }

    #[test]
    fn a_session_out_of_reach_does_not_exist_whatever_is_asked_of_it() {
        let session = SessionId::new("s-1").unwrap();
        let all: Vec<Privilege> = PRIVILEGES.iter().map(|(privilege, _)| *privilege).collect();
        let place = Place { session: &session, site: "shop", joined: true };
        let elsewhere = Rights { sites: ["bank".to_owned()].into_iter().collect(), ..rights(&all) };
        let other = Rights { session: SessionId::new("s-2"), ..rights(&all) };
        for action in ACTIONS.iter().filter(|action| action.needs.a_session()) {
            assert_eq!(rights(&all).judge(Some(action), Some(place)), Ok(()), "{action:?}");
            assert_eq!(elsewhere.judge(Some(action), Some(place)), Err(Denied::NoSuchSession), "{action:?}");
            assert_eq!(other.judge(Some(action), Some(place)), Err(Denied::NoSuchSession), "{action:?}");
            assert_eq!(rights(&all).judge(Some(action), None), Err(Denied::NoSuchSession), "{action:?}");
        }
    }

    #[test]
    fn who_watches_does_not_act_and_who_may_no_longer_join_is_not_in() {
        use Privilege::{SessionControl as Control, SessionJoin as Join, SessionMonitor as Monitor};
        let session = SessionId::new("s-1").unwrap();
        for (held, joined, may_watch, may_act) in [
            (&[Join, Control][..], true, true, true),
            (&[Join, Control], false, false, false),
            (&[Monitor, Control], false, true, false),
            (&[Monitor, Control], true, true, false),
            (&[Control], true, false, false),
            (&[Join, Monitor, Control], true, true, true),
        ] {
            let (rights, place) = (rights(held), Place { session: &session, site: "shop", joined });
            assert_eq!(rights.judge(Action::of_frame("hello"), Some(place)).is_ok(), may_watch, "{held:?} {joined}");
            assert_eq!(rights.judge(Action::of_command("click"), Some(place)).is_ok(), may_act, "{held:?} {joined}");
            assert_eq!(rights.within(joined).has(Control), joined && held.contains(&Join), "{held:?} {joined}");
        }
    }
}
