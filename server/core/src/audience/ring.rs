//! The last frames, so that an agent who was away for a moment gets just what she missed.

use std::collections::VecDeque;

use crate::ids::Seq;

/// Beyond this a keyframe is the shorter way.
const BYTES_MAX: usize = 256 << 10;
/// What keeping a frame takes beside its own bytes.
const FRAME_BYTES: usize = 64;

/// Frames since the last keyframe, without a gap, oldest first.
#[derive(Debug)]
pub(super) struct Ring<F> {
    frames: VecDeque<Kept<F>>,
    bytes: usize,
    bytes_of: fn(&F) -> usize,
}

#[derive(Debug)]
struct Kept<F> {
    first: Seq,
    last: Seq,
    frame: F,
}

impl<F: Clone> Ring<F> {
    pub(super) fn new(bytes_of: fn(&F) -> usize) -> Self {
        Self { frames: VecDeque::new(), bytes: 0, bytes_of }
    }

    /// A keyframe took the place of all before it.
    pub(super) fn clear(&mut self) {
        self.frames.clear();
        self.bytes = 0;
    }

    /// The next frame, by its first and last number.
    pub(super) fn push(&mut self, (first, last): (Seq, Seq), frame: F) {
        self.bytes += self.cost(&frame);
        self.frames.push_back(Kept { first, last, frame });
        while self.bytes > BYTES_MAX {
            let Some(gone) = self.frames.pop_front() else { break };
            self.bytes -= self.cost(&gone.frame);
        }
    }

    /// All that came after `seq`, each with its last number, if that was a frame's end and all of it is here. `last` is the last
    /// number of all.
    pub(super) fn since(&self, seq: Seq, last: Seq) -> Option<impl Iterator<Item = (Seq, F)> + use<'_, F>> {
        let at = self.frames.partition_point(|kept| kept.first <= seq);
        let is_end = match self.frames.get(at) {
            Some(next) => seq.0.checked_add(1) == Some(next.first.0),
            None => seq == last,
        };
        is_end.then(|| self.frames.range(at..).map(|kept| (kept.last, kept.frame.clone())))
    }

    fn cost(&self, frame: &F) -> usize {
        (self.bytes_of)(frame) + FRAME_BYTES
    }
}
