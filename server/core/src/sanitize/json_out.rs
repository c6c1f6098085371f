//! Writing JSON: the only form in which anything leaves.

use std::fmt::Write as _;

/// A JSON text under construction.
#[derive(Debug, Default)]
pub(crate) struct JsonOut {
    text: String,
}

impl JsonOut {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes) }
    }

    /// Text that is JSON already: punctuation and keys of ours.
    pub(crate) fn raw(&mut self, json: &str) {
        self.text.push_str(json);
    }

    /// A comma, unless the container has just been opened, or a key stands before.
    pub(crate) fn comma(&mut self) {
        if !matches!(self.text.as_bytes().last(), Some(b'{' | b'[' | b':') | None) {
            self.text.push(',');
        }
    }

    /// `"key":`, with a comma before it where one is due.
    pub(crate) fn key(&mut self, key: &str) {
        self.comma();
        self.name(key);
        self.text.push(':');
    }

    /// A string that is ours, or a name that an allow-list holds: none of them has anything to escape.
    pub(crate) fn name(&mut self, name: &str) {
        debug_assert!(first_escaped(name.as_bytes()).is_none(), "a name is plain");
        self.text.push('"');
        self.text.push_str(name);
        self.text.push('"');
    }

    /// A string.
    pub(crate) fn string(&mut self, text: &str) {
        self.text.push('"');
        let mut rest = text;
        while let Some(at) = first_escaped(rest.as_bytes()) {
            let (plain, from) = rest.split_at(at);
            self.text.push_str(plain);
            self.escape(from.bytes().next().unwrap_or_default());
            rest = from.get(1..).unwrap_or_default();
        }
        self.text.push_str(rest);
        self.text.push('"');
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'"' => self.text.push_str("\\\""),
            b'\\' => self.text.push_str("\\\\"),
            b'\n' => self.text.push_str("\\n"),
            b'\r' => self.text.push_str("\\r"),
            b'\t' => self.text.push_str("\\t"),
            _ => {
                let _ = write!(self.text, "\\u{byte:04x}");
            }
        }
    }

    /// A finite number.
    pub(crate) fn number(&mut self, number: f64) {
        let number = if number.is_finite() { number } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within the range")]
        if number.abs() < 1e15 && number.fract() == 0.0 && (number != 0.0 || number.is_sign_positive()) {
            self.raw(if number < 0.0 { "-" } else { "" });
            self.integer(number.abs() as u64);
        } else {
            let _ = write!(self.text, "{number}");
        }
    }

    /// A whole number.
    pub(crate) fn integer(&mut self, number: impl Into<u64>) {
        self.text.push_str(itoa::Buffer::new().format(number.into()));
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// Where the first byte stands that a string cannot hold as it is. Looks at eight bytes at a time: most texts have none.
fn first_escaped(bytes: &[u8]) -> Option<usize> {
    let (eights, rest) = bytes.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        let marks = escaped_in(u64::from_le_bytes(*eight));
        if marks != 0 {
            return Some(at * 8 + marks.trailing_zeros() as usize / 8);
        }
    }
    let is_escaped = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    rest.iter().position(is_escaped).map(|at| eights.len() * 8 + at)
}

/// The high bit of each byte that is a quote, a backslash or a control; marks above the lowest can be wrong.
fn escaped_in(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let controls = eight.wrapping_sub(ONES * 0x20) & !eight;
    (controls | is_zero(eight ^ (ONES * u64::from(b'"'))) | is_zero(eight ^ (ONES * u64::from(b'\\')))) & HIGHS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_as_they_were() {
        for text in ["", "plain", "q\"b\\s\nn\rr\tt", "\u{0}\u{1f}\u{7f}", "é😀\u{2028}"] {
            // In every place of the eight bytes that are looked at together.
            for before in 0..=16 {
                let text = format!("{}{text}{text} and more", "é".repeat(before / 2) + &"x".repeat(before % 2));
                let mut out = JsonOut::default();
                out.string(&text);
                assert_eq!(serde_json::from_str::<String>(&out.finish()).ok(), Some(text));
            }
        }
    }

    #[test]
    fn numbers_come_back_as_they_were() {
        for number in [0.0, -0.0, 1.0, 9.5, 10.0, 1e14, 1e15, 1e21, -3.0, -500.0, -1e15, 0.1, 123_456_789.0] {
            let mut out = JsonOut::default();
            out.number(number);
            assert_eq!(serde_json::from_str::<f64>(&out.finish()).ok(), Some(number));
        }
        for number in (0..1_000).chain([99_999, 100_000, 4_294_967_296, u64::MAX]) {
            let mut out = JsonOut::default();
            out.integer(number);
            assert_eq!(out.finish(), number.to_string());
        }
    }
}
