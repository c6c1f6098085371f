//! Choices made from the fuzzer's bytes. Where they run out, the first choice is taken.

use arbitrary::Unstructured;

/// The bytes of one run.
pub struct Bytes<'a>(Unstructured<'a>);

impl<'a> Bytes<'a> {
    /// All of an input.
    pub fn new(data: &'a [u8]) -> Self {
        Self(Unstructured::new(data))
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        self.0.int_in_range(0..=end.max(1) - 1).unwrap_or(0)
    }

    /// Once in `times`.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 1
    }

    /// One of a list.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u32) as usize]
    }

    /// Any number of 64 bits.
    pub fn any(&mut self) -> u64 {
        self.0.arbitrary().unwrap_or(0)
    }

    /// A short text of the input itself.
    pub fn text(&mut self) -> String {
        let length = self.below(24) as usize;
        let bytes = self.0.bytes(length.min(self.0.len())).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// What is left.
    pub fn rest(self) -> &'a [u8] {
        self.0.take_rest()
    }
}
