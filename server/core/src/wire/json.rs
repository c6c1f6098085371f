//! A pull reader for JSON that never recurses, so that the depth of its input costs no stack.
//!
//! Derived decoders recurse with the page's depth and stop at 128 levels; real pages pass that. This reader is asked for
//! one piece at a time and leaves all nesting to its caller, who counts it. Whatever it lets through is encoded anew
//! before it leaves, so it is lenient where strictness would only cost time: raw control characters inside strings are
//! taken as they are, and a lone surrogate becomes U+FFFD.

use std::borrow::Cow;

/// The text is not JSON, or not of the type that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON: nothing more can be read.
    #[error("not JSON")]
    Syntax,
    /// JSON, but a value of another type was expected.
    #[error("a value has the wrong type")]
    Type,
}

/// What stands next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peek {
    /// `{`
    Object,
    /// `[`
    Array,
    /// A string.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
}

/// Strings up to this length are found without a search.
const SHORT_BYTES: usize = 24;

/// Reads one JSON text from front to back.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
}

type Result<T> = std::result::Result<T, JsonError>;

impl<'a> Reader<'a> {
    /// A reader at the beginning of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What is left to read.
    pub(super) fn rest_bytes(&self) -> usize {
        self.text.len() - self.at
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    /// What stands next, without taking it.
    pub fn peek(&mut self) -> Result<Peek> {
        self.skip_space();
        match self.byte() {
            Some(b'{') => Ok(Peek::Object),
            Some(b'[') => Ok(Peek::Array),
            Some(b'"') => Ok(Peek::Text),
            Some(b't' | b'f') => Ok(Peek::Bool),
            Some(b'n') => Ok(Peek::Null),
            Some(b'-' | b'0'..=b'9') => Ok(Peek::Number),
            _ => Err(JsonError::Syntax),
        }
    }

    /// Fails unless nothing but white space is left.
    pub fn end(&mut self) -> Result<()> {
        self.skip_space();
        if self.at == self.text.len() { Ok(()) } else { Err(JsonError::Syntax) }
    }

    #[inline]
    fn take(&mut self, wanted: u8) -> Result<()> {
        self.skip_space();
        if self.byte() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        Err(self.mistake())
    }

    /// What is wrong where something else was wanted next.
    #[cold]
    fn mistake(&mut self) -> JsonError {
        match self.peek() {
            Ok(_) => JsonError::Type,
            Err(error) => error,
        }
    }

    /// Goes into an object. Then [`Reader::key`] until it gives `None`.
    pub fn begin_object(&mut self) -> Result<First> {
        self.take(b'{')?;
        Ok(First(true))
    }

    /// Goes into an array. Then [`Reader::item`] until it gives `false`.
    pub fn begin_array(&mut self) -> Result<First> {
        self.take(b'[')?;
        Ok(First(true))
    }

    /// The next key of the object, its value standing next; `None` takes the closing brace.
    pub fn key(&mut self, first: &mut First) -> Result<Option<Cow<'a, str>>> {
        if !self.step(first, b'}')? {
            return Ok(None);
        }
        self.skip_space();
        if self.byte() != Some(b'"') {
            return Err(JsonError::Syntax);
        }
        self.at += 1;
        let key = self.quoted()?;
        self.skip_space();
        if self.byte() != Some(b':') {
            return Err(JsonError::Syntax);
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Whether another item of the array stands next; `false` takes the closing bracket.
    pub fn item(&mut self, first: &mut First) -> Result<bool> {
        self.step(first, b']')
    }

    #[inline]
    fn step(&mut self, first: &mut First, close: u8) -> Result<bool> {
        self.skip_space();
        let here = self.byte();
        if here == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        if !std::mem::replace(&mut first.0, false) {
            if here != Some(b',') {
                return Err(JsonError::Syntax);
            }
            self.at += 1;
            self.skip_space();
            if self.byte() == Some(close) {
                return Err(JsonError::Syntax);
            }
        }
        Ok(true)
    }

    /// A string. Borrowed from the input where it holds no escapes.
    pub fn text(&mut self) -> Result<Cow<'a, str>> {
        self.take(b'"')?;
        self.quoted()
    }

    /// The rest of a string, from behind its first quote on.
    #[inline]
    fn quoted(&mut self) -> Result<Cow<'a, str>> {
        let start = self.at;
        self.at = start + self.plain_bytes()?;
        let plain = self.slice(start, self.at)?;
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        self.escaped(plain).map(Cow::Owned)
    }

    /// How many bytes stand before the next quote or backslash. Most strings are shorter than what a search for it costs
    /// to begin, so the first bytes are looked at here.
    fn plain_bytes(&self) -> Result<usize> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let (eights, _) = rest.as_chunks::<8>();
        for (at, eight) in eights.iter().take(SHORT_BYTES / 8).enumerate() {
            let marks = stops_in(u64::from_le_bytes(*eight));
            if marks != 0 {
                return Ok(at * 8 + marks.trailing_zeros() as usize / 8);
            }
        }
        let seen = eights.len().min(SHORT_BYTES / 8) * 8;
        let later = rest.get(seen..).unwrap_or_default();
        memchr::memchr2(b'"', b'\\', later).map(|at| at + seen).ok_or(JsonError::Syntax)
    }

    fn slice(&self, start: usize, end: usize) -> Result<&'a str> {
        self.text.get(start..end).ok_or(JsonError::Syntax)
    }

    /// The rest of a string, from its first escape on.
    #[inline(never)]
    fn escaped(&mut self, plain: &str) -> Result<String> {
        // No longer than what is written up to the next quote, which seldom is an escaped one.
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let mut out = String::with_capacity(plain.len() + memchr::memchr(b'"', rest).unwrap_or_default());
        out.push_str(plain);
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    let letter = self.escape()?;
                    out.push(letter);
                }
                _ => {
                    let start = self.at;
                    self.at = start + self.plain_bytes()?;
                    out.push_str(self.slice(start, self.at)?);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let kind = self.byte().ok_or(JsonError::Syntax)?;
        self.at += 1;
        Ok(match kind {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.code_point()?,
            _ => return Err(JsonError::Syntax),
        })
    }

    fn code_point(&mut self) -> Result<char> {
        let high = self.hex4()?;
        if !(0xD800..0xDC00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let mark = self.at;
        if self.text.as_bytes().get(mark..mark + 2) == Some(br"\u") {
            self.at += 2;
            let low = self.hex4()?;
            if (0xDC00..0xE000).contains(&low) {
                let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = mark;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).ok_or(JsonError::Syntax)?;
        let mut code = 0;
        for digit in digits {
            code = code * 16 + char::from(*digit).to_digit(16).ok_or(JsonError::Syntax)?;
        }
        self.at += 4;
        Ok(code)
    }

    /// A finite number.
    pub fn number(&mut self) -> Result<f64> {
        if let Some((is_negative, whole)) = self.digits() {
            #[expect(clippy::cast_precision_loss, reason = "fifteen digits are exact")]
            let number = whole as f64;
            return Ok(if is_negative { -number } else { number });
        }
        if self.peek()? != Peek::Number {
            return Err(JsonError::Type);
        }
        let start = self.at;
        while let Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') = self.byte() {
            self.at += 1;
        }
        let number: f64 = self.slice(start, self.at)?.parse().map_err(|_| JsonError::Syntax)?;
        if number.is_finite() { Ok(number) } else { Err(JsonError::Type) }
    }

    /// A whole number.
    pub fn integer(&mut self) -> Result<i64> {
        if let Some((is_negative, whole)) = self.digits() {
            return Ok(if is_negative { -whole } else { whole });
        }
        let number = self.number()?;
        if number.fract() == 0.0 && number.abs() < 9.0e15 {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within the range just checked")]
            return Ok(number as i64);
        }
        Err(JsonError::Type)
    }

    /// A number of nothing but a few digits, and whether it is negative. Of others nothing is taken.
    #[inline]
    fn digits(&mut self) -> Option<(bool, i64)> {
        self.skip_space();
        let start = self.at;
        let is_negative = self.byte() == Some(b'-');
        self.at += usize::from(is_negative);
        let first = self.at;
        let mut whole: i64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            whole = whole.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            self.at += 1;
        }
        if (1..=15).contains(&(self.at - first)) && !matches!(self.byte(), Some(b'.' | b'e' | b'E' | b'+' | b'-')) {
            return Some((is_negative, whole));
        }
        self.at = start;
        None
    }

    /// `true` or `false`.
    pub fn boolean(&mut self) -> Result<bool> {
        if self.peek()? != Peek::Bool {
            return Err(JsonError::Type);
        }
        if self.word("true") {
            return Ok(true);
        }
        if self.word("false") { Ok(false) } else { Err(JsonError::Syntax) }
    }

    /// Takes `null`, if that stands next.
    pub fn null(&mut self) -> Result<bool> {
        if self.peek()? != Peek::Null {
            return Ok(false);
        }
        if self.word("null") { Ok(true) } else { Err(JsonError::Syntax) }
    }

    /// Takes `word` if it stands next exactly so. Where recorders always write the same, that is faster than reading it
    /// piece by piece; where it does not stand so nothing is taken.
    #[inline]
    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes().get(self.at..self.at + word.len()) == Some(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    /// Passes over one value of any type and depth, and gives its text.
    pub fn skip(&mut self) -> Result<&'a str> {
        self.skip_space();
        let start = self.at;
        let mut open = Nesting::default();
        loop {
            match self.peek()? {
                Peek::Object => {
                    self.at += 1;
                    open.push(true);
                }
                Peek::Array => {
                    self.at += 1;
                    open.push(false);
                }
                Peek::Text => self.skip_text()?,
                Peek::Number => {
                    self.number()?;
                }
                Peek::Bool => {
                    self.boolean()?;
                }
                Peek::Null => {
                    self.null()?;
                }
            }
            if !self.after_value(&mut open)? {
                return self.slice(start, self.at);
            }
        }
    }

    /// Moves to where the next value stands; `false` when the outermost value is done.
    fn after_value(&mut self, open: &mut Nesting) -> Result<bool> {
        loop {
            let Some(level) = open.top() else { return Ok(false) };
            let close = if level.object { b'}' } else { b']' };
            let mut first = First(level.first);
            if !self.step(&mut first, close)? {
                open.pop();
                continue;
            }
            open.seen();
            if level.object {
                self.skip_space();
                self.skip_text()?;
                self.skip_space();
                if self.byte() != Some(b':') {
                    return Err(JsonError::Syntax);
                }
                self.at += 1;
            }
            return Ok(true);
        }
    }

    fn skip_text(&mut self) -> Result<()> {
        if self.byte() != Some(b'"') {
            return Err(JsonError::Syntax);
        }
        self.at += 1;
        loop {
            self.at += self.plain_bytes()?;
            if self.byte() == Some(b'"') {
                self.at += 1;
                return Ok(());
            }
            self.at += 1;
            self.escape()?;
        }
    }
}

/// The high bit of each byte that is a quote or a backslash; marks above the lowest can be wrong.
fn stops_in(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zero_in = |word: u64| word.wrapping_sub(ONES) & !word;
    (zero_in(eight ^ (ONES * u64::from(b'"'))) | zero_in(eight ^ (ONES * u64::from(b'\\')))) & HIGHS
}

/// Whether the next key or item is its container's first.
#[derive(Debug, Clone)]
pub struct First(bool);

impl First {
    /// The first one was taken by [`Reader::word`].
    pub(super) const GONE: Self = Self(false);
}

/// The open containers while a value is passed over: two bits a level.
#[derive(Default)]
struct Nesting(Vec<u8>);

#[derive(Clone, Copy)]
struct Level {
    object: bool,
    first: bool,
}

impl Nesting {
    fn push(&mut self, object: bool) {
        self.0.push(u8::from(object) | 2);
    }

    fn top(&self) -> Option<Level> {
        self.0.last().map(|bits| Level { object: bits & 1 != 0, first: bits & 2 != 0 })
    }

    fn seen(&mut self) {
        if let Some(bits) = self.0.last_mut() {
            *bits &= 1;
        }
    }

    fn pop(&mut self) {
        self.0.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_as_javascript_writes_them() {
        let rows = [
            (r#""plain""#, "plain"),
            (r#""""#, ""),
            (r#""a\nb\"c\\d\/""#, "a\nb\"c\\d/"),
            (r#""\u00e9\ud83d\ude00""#, "\u{e9}\u{1f600}"),
            (r#""\ud83dx""#, "\u{fffd}x"),
            (r#""\udc00""#, "\u{fffd}"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
        ];
        for (text, expected) in rows {
            assert_eq!(Reader::new(text).text().unwrap(), expected, "{text}");
            // In every place of the bytes that are looked at together, and behind them.
            for before in 0..40 {
                let (start, inside) = ("x".repeat(before), &text[1..text.len() - 1]);
                let text = format!("\"{start}{inside}{inside}é\"");
                assert_eq!(Reader::new(&text).text().unwrap(), format!("{start}{expected}{expected}é"), "{text}");
            }
        }
    }

    #[test]
    fn bad_text_is_refused() {
        for text in [
            "",
            "{",
            "[1",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "\"x",
            "\"\\x\"",
            "tru",
            "nul",
            "[1 2]",
            "{1:2}",
            "\"\\u12\"",
            "-",
        ] {
            assert_eq!(Reader::new(text).skip().err(), Some(JsonError::Syntax), "{text}");
        }
        assert_eq!(Reader::new("1e999").number(), Err(JsonError::Type));
        assert_eq!(Reader::new("1.5").integer(), Err(JsonError::Type));
        assert_eq!(Reader::new("1e3").integer(), Ok(1000));
        assert_eq!(Reader::new("-2").integer(), Ok(-2));
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        assert_eq!(Reader::new(&deep).skip().map(str::len), Ok(400_000));
        let mut reader = Reader::new("{\"a\":[{},[],{\"b\":null}],\"c\":false} ");
        assert!(reader.skip().is_ok());
        assert!(reader.end().is_ok());
    }
}
