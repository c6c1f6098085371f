//! Rule numbers: the page counts its own rules, the agent's sheet lacks those that were dropped.

/// Which of a sheet's top-level rules the agents have, in the page's order.
///
/// Whoever keeps one bounds it by [`crate::limits::Limits::rules_per_sheet`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleIndex {
    kept: Vec<bool>,
}

impl RuleIndex {
    /// How many rules the page counts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether the page counts none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The number, in the sheet as sent, of the page's rule `at`, or of the place before it if that rule is gone.
    ///
    /// A number past the end gives the end, where a browser would refuse it.
    #[must_use]
    pub fn sent(&self, at: usize) -> usize {
        self.kept.iter().take(at).filter(|kept| **kept).count()
    }

    /// Whether the agents have the page's rule `at`.
    #[must_use]
    pub fn is_kept(&self, at: usize) -> bool {
        self.kept.get(at).copied().unwrap_or(false)
    }

    /// The page inserted a rule before its rule `at`. The answer is where it stands as sent; `None` when it was not
    /// kept, or when `at` is past the end, which a browser refuses.
    pub fn insert(&mut self, at: usize, kept: bool) -> Option<usize> {
        if at > self.kept.len() {
            return None;
        }
        self.kept.insert(at, kept);
        kept.then(|| self.sent(at))
    }

    /// The page removed its rule `at`. The answer is where it stood as sent; `None` when agents never had it.
    pub fn remove(&mut self, at: usize) -> Option<usize> {
        let sent = self.is_kept(at).then(|| self.sent(at));
        if at < self.kept.len() {
            self.kept.remove(at);
        }
        sent
    }
}

impl FromIterator<bool> for RuleIndex {
    fn from_iter<I: IntoIterator<Item = bool>>(kept: I) -> Self {
        Self { kept: kept.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::RuleIndex;

    #[test]
    fn numbers_follow_what_was_sent() {
        let mut index: RuleIndex = [true, false, true, false].into_iter().collect();
        assert_eq!((0..6).map(|at| index.sent(at)).collect::<Vec<_>>(), [0, 1, 1, 2, 2, 2]);
        assert_eq!(index.insert(1, true), Some(1));
        assert_eq!(index.insert(1, false), None);
        assert_eq!(index.insert(7, true), None);
        assert_eq!(index, [true, false, true, false, true, false].into_iter().collect());
        assert_eq!(index.remove(4), Some(2));
        assert_eq!(index.remove(1), None);
        assert_eq!(index.remove(9), None);
        assert_eq!((index.len(), index.is_empty(), index.is_kept(1)), (4, false, true));
    }
}
