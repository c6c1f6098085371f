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

    /// A comma, unless the container has just been opened.
    pub(crate) fn comma(&mut self) {
        if !matches!(self.text.as_bytes().last(), Some(b'{' | b'[') | None) {
            self.text.push(',');
        }
    }

    /// `"key":`, with a comma before it where one is due. Keys are ours, or checked names: they need no escapes.
    pub(crate) fn key(&mut self, key: &str) {
        self.comma();
        self.string(key);
        self.text.push(':');
    }

    /// A string.
    pub(crate) fn string(&mut self, text: &str) {
        self.text.push('"');
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            let escape = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                0..=0x1f => "",
                _ => continue,
            };
            self.text.push_str(text.get(from..at).unwrap_or_default());
            if escape.is_empty() {
                let _ = write!(self.text, "\\u{byte:04x}");
            } else {
                self.text.push_str(escape);
            }
            from = at + 1;
        }
        self.text.push_str(text.get(from..).unwrap_or_default());
        self.text.push('"');
    }

    /// A finite number.
    pub(crate) fn number(&mut self, number: f64) {
        let _ = write!(self.text, "{}", if number.is_finite() { number } else { 0.0 });
    }

    /// A whole number.
    pub(crate) fn integer(&mut self, number: impl Into<u64>) {
        let _ = write!(self.text, "{}", number.into());
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_as_they_were() {
        for text in ["", "plain", "q\"b\\s\nn\rr\tt", "\u{0}\u{1f}\u{7f}", "é😀\u{2028}"] {
            let mut out = JsonOut::default();
            out.string(text);
            assert_eq!(serde_json::from_str::<String>(&out.finish()).ok().as_deref(), Some(text));
        }
    }
}
