//! Passwords: Argon2id, away from the async threads, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::http::Problem;

/// Judges passwords.
#[derive(Debug, Clone)]
pub struct Passwords {
    /// Each hash takes 19 MiB and a tenth of a second: so many at once.
    slots: Arc<Semaphore>,
    /// Checked where there is no account, so that an unknown name takes as long as a wrong password.
    decoy: Arc<str>,
    patience: Duration,
}

/// Hashes that are worked on at once.
const SLOTS: usize = 4;
/// Who cannot begin within this time is told to come again.
const WAIT: Duration = Duration::from_secs(5);

impl Passwords {
    /// Makes the decoy, which takes a moment.
    ///
    /// # Errors
    /// As [`hash`].
    pub fn new() -> Result<Self, argon2::password_hash::Error> {
        let decoy = hash("a name that nobody has")?.into();
        Ok(Self { slots: Arc::new(Semaphore::new(SLOTS)), decoy, patience: WAIT })
    }

    /// Whether `password` is the one that `stored` (a PHC string) was made of. `None`: there is no such account.
    ///
    /// # Errors
    /// [`Problem::TooMany`] when too many others wait.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Problem> {
        let slot = tokio::time::timeout(self.patience, Arc::clone(&self.slots).acquire_owned()).await;
        let Ok(Ok(slot)) = slot else { return Err(Problem::TooMany { retry_after_s: WAIT.as_secs() }) };
        let (is_known, decoy) = (stored.is_some(), Arc::clone(&self.decoy));
        let work = move || {
            let _held = slot;
            let hash = stored.as_deref().unwrap_or(&decoy);
            let is_right = Argon2::default().verify_password(password.as_bytes(), hash).is_ok();
            is_right && is_known
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Problem::Internal)
    }
}

/// The longest password that is looked at, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// An Argon2id PHC string of `password`, with a salt of its own.
///
/// # Errors
/// The system has no randomness to give.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Passwords, SLOTS, WAIT, hash};
    use crate::http::Problem;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_passes() {
        let passwords = Passwords::new().unwrap();
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        for (password, stored, is_right) in [
            ("correct horse", Some(stored.clone()), true),
            ("wrong horse", Some(stored), false),
            ("a name that nobody has", None, false),
        ] {
            assert_eq!(passwords.verify(password.into(), stored).await, Ok(is_right), "{password}");
        }
    }

    #[tokio::test]
    async fn no_more_are_judged_at_once_than_there_are_slots() {
        let passwords = Passwords { patience: Duration::from_millis(20), ..Passwords::new().unwrap() };
        let all = u32::try_from(SLOTS).unwrap();
        let held = Arc::clone(&passwords.slots).acquire_many_owned(all).await.unwrap();
        let come_again = Problem::TooMany { retry_after_s: WAIT.as_secs() };
        assert_eq!(passwords.verify("correct horse".into(), None).await, Err(come_again));
        drop(held);
        assert_eq!(passwords.verify("correct horse".into(), None).await, Ok(false));
    }
}
