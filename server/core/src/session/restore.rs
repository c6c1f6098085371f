//! What a session's next owner needs to go on with it.

use std::sync::Arc;

use super::contact::Contact;
use super::customer::Customer;
use super::kept::Memory;
use super::people::People;
use super::{Facts, Identity, Now, Person, Session, Setup, Unreadable};
use crate::ids::{Epoch, Seq};

/// A session as the store has it.
#[derive(Debug, Clone, Copy)]
pub struct Restored<'r> {
    /// The agents in it, as its facts told last: they count until their nodes have told anew.
    pub people: &'r [Person],
    /// The epoch that the claim raised; what agents get next is of a later one.
    pub epoch: Epoch,
    /// The last number that any owner may have given.
    pub seq: Seq,
    /// When the session began.
    pub started_at: Now,
    /// What [`first_kept`] and [`Session::kept`] told, in that order; of the latter, what came before [`Session::kept_whole`] may
    /// be missing.
    pub kept: &'r [&'r [u8]],
}

/// What is kept of a session that nobody has owned yet.
#[must_use]
pub fn first_kept(identity: Option<Identity>) -> Vec<u8> {
    Memory { identity: Some(identity), ..Memory::default() }.write()
}

impl Session {
    /// A session that another node owned, or that nobody has owned yet. It waits for its customer, whose page is asked for a
    /// snapshot as soon as it says `hello`; what was masked stays so. [`Setup::identity`] counts where nothing later was kept.
    ///
    /// # Errors
    /// [`Unreadable`]: what was masked is not known. The session cannot go on.
    pub fn restore(setup: Setup, restored: Restored<'_>, now: Now) -> Result<Self, Unreadable> {
        let mut memory = Memory::default();
        for text in restored.kept {
            memory.read(text)?;
        }
        let mut session = Self::new(setup, now);
        session.view.take_up(memory.masks);
        // That much is in the store.
        session.view.sticky_mut().take_changes();
        if let Some(identity) = memory.identity {
            session.contact = Contact::new(identity, now);
        }
        session.contact.claimed = memory.claimed.unwrap_or_default();
        session.customer = Customer::restored(now, memory.instance.unwrap_or_default());
        (session.epoch, session.seq) = (restored.epoch, restored.seq);
        session.started_at = restored.started_at;
        session.people = People::restored(now, restored.people);
        let customer = session.contact.facts(&session.setup.contact);
        session.facts = Arc::new(Facts {
            epoch: session.epoch,
            people: restored.people.to_vec(),
            ..Facts::new(restored.started_at, customer)
        });
        Ok(session)
    }

    /// What is new since this was last asked, of what must outlive this node: bytes to be added to the session's record. Nothing
    /// counts as `stored` before they are. Empty: nothing is new.
    pub fn kept(&mut self) -> Vec<u8> {
        let masks = self.view.sticky_mut().take_changes();
        let is_known = std::mem::take(&mut self.contact.is_new);
        let has_other_page = std::mem::take(&mut self.customer.has_other_page);
        Memory {
            masks,
            identity: is_known.then(|| self.contact.verified.clone()),
            claimed: is_known.then(|| self.contact.claimed.clone()),
            instance: has_other_page.then(|| self.customer.instance.clone()),
        }
        .write()
    }

    /// The same as a whole: bytes that can take the place of all that were told before.
    pub fn kept_whole(&mut self) -> Vec<u8> {
        // It holds what is new, too.
        self.kept();
        Memory {
            masks: self.view.sticky_mut().all(),
            identity: Some(self.contact.verified.clone()),
            claimed: Some(self.contact.claimed.clone()),
            instance: Some(self.customer.instance.clone()),
        }
        .write()
    }
}
