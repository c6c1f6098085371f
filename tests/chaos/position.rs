//! What an agent has of a session's numbers, and what may come next: nothing twice, nothing out of order, and after a gap
//! or in a new epoch nothing but a keyframe.

/// The last event that an agent has: nothing at first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Position(Option<(u64, u64)>);

impl Position {
    /// Epoch and number, once there was a keyframe.
    pub(crate) fn known(self) -> Option<(u64, u64)> {
        self.0
    }

    /// Takes a keyframe.
    ///
    /// # Errors
    /// It goes back, or a new epoch's gives a number that was given before.
    pub(crate) fn keyframe(&mut self, epoch: u64, seq: u64) -> Result<(), String> {
        let is_right = self.0.is_none_or(|(at_epoch, at)| match epoch.cmp(&at_epoch) {
            std::cmp::Ordering::Less => false,
            // Who lagged or lost her position gets the page once more as it is.
            std::cmp::Ordering::Equal => seq >= at,
            std::cmp::Ordering::Greater => seq > at,
        });
        if !is_right {
            return Err(format!("a keyframe of {epoch}, {seq} after {:?}", self.0));
        }
        self.0 = Some((epoch, seq));
        Ok(())
    }

    /// Takes so many events, the first of which has this number.
    ///
    /// # Errors
    /// They are not the very next ones.
    pub(crate) fn events(&mut self, epoch: u64, seq: u64, count: u64) -> Result<(), String> {
        if count == 0 || self.0.is_none_or(|(at_epoch, at)| epoch != at_epoch || seq != at + 1) {
            return Err(format!("{count} events from {epoch}, {seq} on after {:?}", self.0));
        }
        self.0 = Some((epoch, seq + count - 1));
        Ok(())
    }
}

#[test]
fn what_may_not_come_next_is_found() {
    let at = |epoch, seq| Position(Some((epoch, seq)));
    for (before, epoch, seq, count, is_right) in [
        (at(1, 5), 1, 6, 2, true),
        (at(1, 5), 1, 5, 1, false),
        (at(1, 5), 1, 5, 2, false),
        (at(1, 5), 1, 7, 1, false),
        (at(1, 5), 2, 6, 1, false),
        (at(1, 5), 1, 6, 0, false),
        (Position::default(), 1, 1, 1, false),
    ] {
        assert_eq!({ before }.events(epoch, seq, count).is_ok(), is_right, "{before:?}, {epoch}, {seq}, {count}");
    }
    for (before, epoch, seq, is_right) in [
        (Position::default(), 3, 9, true),
        (at(1, 5), 1, 5, true),
        (at(1, 5), 1, 9, true),
        (at(1, 5), 1, 4, false),
        (at(2, 5), 1, 9, false),
        (at(1, 5), 2, 6, true),
        (at(1, 5), 2, 5, false),
    ] {
        assert_eq!({ before }.keyframe(epoch, seq).is_ok(), is_right, "{before:?}, {epoch}, {seq}");
    }
}
