//! URLs that are fetched before anybody asks for them, so that no fetch tells what stands on a page.

use std::cell::RefCell;

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use super::AssetKind;

/// An asset that is wanted now, whoever may ask for it later.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EarlyFetch {
    /// The absolute URL, as the WHATWG parser wrote it.
    pub url: String,
    /// What it will be used as.
    pub kind: AssetKind,
}

/// Notes what one session wants to be fetched early; each asset is told once.
///
/// Whether a rule's URL is fetched at once or only when the rule matches must not be left to a browser where the match
/// reads what a customer typed: the asset's host would learn it from the fetch.
#[derive(Debug)]
pub struct EarlyFetches {
    most: usize,
    noted: RefCell<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    /// Few enough that a fixed hasher cannot be attacked.
    known: HashSet<EarlyFetch, FixedState>,
    new: Vec<EarlyFetch>,
}

impl EarlyFetches {
    /// Notes at most so many, over all pages of the session ([`crate::limits::Limits::early_urls`]).
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, noted: RefCell::default() }
    }

    /// Notes an asset. `false`: there are too many, and its URL may not leave.
    pub(crate) fn note(&self, url: &str, kind: AssetKind) -> bool {
        let mut noted = self.noted.borrow_mut();
        let fetch = EarlyFetch { url: url.to_owned(), kind };
        if noted.known.contains(&fetch) {
            return true;
        }
        if noted.known.len() >= self.most {
            return false;
        }
        noted.known.insert(fetch.clone());
        noted.new.push(fetch);
        true
    }

    /// What was noted since this was last asked.
    #[must_use]
    pub fn take_new(&self) -> Vec<EarlyFetch> {
        std::mem::take(&mut self.noted.borrow_mut().new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_asset_is_told_once_up_to_the_bound() {
        let early = EarlyFetches::new(2);
        let told = |early: &EarlyFetches| early.take_new().into_iter().map(|fetch| fetch.url).collect::<Vec<_>>();
        assert!(early.note("a", AssetKind::Image) && early.note("a", AssetKind::Image));
        assert_eq!(told(&early), ["a"]);
        assert!(early.note("a", AssetKind::Font) && early.note("a", AssetKind::Image));
        assert!(!early.note("b", AssetKind::Image));
        assert_eq!(told(&early), ["a"], "as a font");
        assert_eq!(told(&early), Vec::<String>::new());
    }
}
