//! How far the customer's frames have come: applied here, and stored in the log.

/// A page cannot push a number so far that it could not rise any more.
const SEQ_MAX: u64 = 1 << 53;

/// Marks count frames over all page instances, so that a late answer of the store is never taken for one of another page.
/// The numbers on the wire begin anew with each instance.
#[derive(Debug, Default)]
pub(super) struct Marks {
    applied: u64,
    stored: u64,
    /// The mark at which the present instance began.
    base: u64,
}

impl Marks {
    /// Another page instance begins, whose frames up to `seq` are none of ours.
    pub(super) fn begin(&mut self, seq: u64) {
        self.base = self.applied;
        self.apply(seq.min(SEQ_MAX));
    }

    /// The last frame number applied, of this instance.
    pub(super) fn seq(&self) -> u64 {
        self.applied - self.base
    }

    /// The last one that the log answered.
    pub(super) fn stored_seq(&self) -> u64 {
        self.stored.saturating_sub(self.base)
    }

    pub(super) fn apply(&mut self, seq: u64) {
        self.applied = self.base.saturating_add(seq).max(self.applied);
    }

    pub(super) fn applied(&self) -> u64 {
        self.applied
    }

    /// `false`: that was known.
    pub(super) fn store(&mut self, mark: u64) -> bool {
        let before = self.stored_seq();
        self.stored = self.stored.max(mark.min(self.applied));
        self.stored_seq() > before
    }
}

#[cfg(test)]
mod tests {
    use super::Marks;

    #[test]
    fn what_is_stored_of_one_page_says_nothing_of_the_next() {
        let mut marks = Marks::default();
        marks.apply(7);
        let first = marks.applied();
        assert_eq!((marks.seq(), marks.stored_seq()), (7, 0));
        marks.begin(0);
        assert!(!marks.store(first), "late");
        assert_eq!((marks.seq(), marks.stored_seq()), (0, 0));
        marks.apply(3);
        assert!(marks.store(marks.applied()) && !marks.store(first));
        assert_eq!((marks.seq(), marks.stored_seq()), (3, 3));
        assert!(!marks.store(u64::MAX), "no more is stored than applied");
        assert_eq!(marks.stored_seq(), 3);
    }

    #[test]
    fn no_number_that_a_page_chooses_overflows() {
        let mut marks = Marks::default();
        for _ in 0..5 {
            marks.begin(u64::MAX);
            marks.apply(u64::MAX);
            assert!(marks.seq() <= u64::MAX - marks.base);
        }
    }
}
