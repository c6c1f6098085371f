//! The last events sent, so that an agent who was away for a moment gets just what she missed.

use std::collections::VecDeque;

use crate::ids::{Epoch, Seq};
use crate::view::SafeEvent;

/// Beyond this a keyframe is the shorter way.
const BYTES_MAX: usize = 256 << 10;

/// Events since the last keyframe number, oldest first.
#[derive(Debug, Default)]
pub(super) struct Log {
    epoch: Option<Epoch>,
    events: VecDeque<(Seq, SafeEvent)>,
    bytes: usize,
}

impl Log {
    /// A keyframe took the place of all before it.
    pub(super) fn restart(&mut self, epoch: Epoch) {
        self.epoch = Some(epoch);
        self.events.clear();
        self.bytes = 0;
    }

    pub(super) fn push(&mut self, seq: Seq, event: &SafeEvent) {
        self.bytes += event.get().len();
        self.events.push_back((seq, event.clone()));
        while self.bytes > BYTES_MAX {
            let Some((_, gone)) = self.events.pop_front() else { break };
            self.bytes -= gone.get().len();
        }
    }

    /// What came after `seq`, if all of it is here.
    pub(super) fn since(&self, epoch: Epoch, seq: Seq, last: Seq) -> Option<Vec<&SafeEvent>> {
        if self.epoch != Some(epoch) || seq > last {
            return None;
        }
        if seq == last {
            return Some(Vec::new());
        }
        let (oldest, _) = self.events.front()?;
        if oldest.0 > seq.0 + 1 {
            return None;
        }
        Some(self.events.iter().filter(|(number, _)| *number > seq).map(|(_, event)| event).collect())
    }
}
