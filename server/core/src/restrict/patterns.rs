//! Text patterns: what is masked wherever it stands, by its form alone.

mod card;
mod contact;
mod held;
mod iban;

use std::ops::Range;

pub(crate) use held::may_become;

/// A form of text that can be masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// A payment card's number: a known issuer's prefix and length, and the Luhn sum.
    PaymentCard,
    /// A bank account's number: a known country's length, and its check.
    Iban,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
}

/// Each pattern, its name in the configuration, and its rule in the report.
const PATTERNS: [(Pattern, &str, &str); 4] = [
    (Pattern::PaymentCard, "payment-card", "pattern:payment-card"),
    (Pattern::Iban, "iban", "pattern:iban"),
    (Pattern::Email, "email", "pattern:email"),
    (Pattern::Phone, "phone", "pattern:phone"),
];

impl Pattern {
    /// The pattern of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        PATTERNS.iter().find(|(_, known, _)| name == *known).map(|(pattern, _, _)| *pattern)
    }

    /// Its rule in the report.
    #[must_use]
    pub fn rule_text(self) -> &'static str {
        PATTERNS.iter().find(|(pattern, _, _)| *pattern == self).map_or("", |(_, _, rule)| rule)
    }

    fn bit(self) -> u8 {
        match self {
            Self::PaymentCard => 1,
            Self::Iban => 2,
            Self::Email => 4,
            Self::Phone => 8,
        }
    }
}

/// Some of the patterns; the default is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PatternSet(u8);

impl PatternSet {
    /// Whether the pattern is one of them.
    #[must_use]
    pub fn has(self, pattern: Pattern) -> bool {
        self.0 & pattern.bit() != 0
    }
}

impl FromIterator<Pattern> for PatternSet {
    fn from_iter<I: IntoIterator<Item = Pattern>>(patterns: I) -> Self {
        Self(patterns.into_iter().fold(0, |bits, pattern| bits | pattern.bit()))
    }
}

/// The first match of the first of `set`'s patterns, in the order card, IBAN, e-mail, phone, that the text holds.
///
/// The range is in bytes and lies on characters. Separators (white space, dots, hyphens and signs that have no width)
/// within a number do not matter. Takes time linear in the text.
#[must_use]
pub fn find(text: &str, set: PatternSet) -> Option<(Pattern, Range<usize>)> {
    find_by_signs(text, set, Signs::count(text))
}

/// Every match, first to last of each pattern. Takes time linear in the text.
pub(crate) fn find_all(text: &str, set: PatternSet) -> Vec<(Pattern, Range<usize>)> {
    let mut all = Vec::new();
    for (pattern, _, _) in PATTERNS.iter().filter(|(pattern, _, _)| set.has(*pattern)) {
        let one = PatternSet::from_iter([*pattern]);
        let mut from = 0;
        while let Some((_, range)) = text.get(from..).and_then(|rest| find(rest, one)) {
            all.push((*pattern, from + range.start..from + range.end));
            from += range.end;
        }
    }
    all
}

/// As [`find`], with what is known of the text.
pub(crate) fn find_by_signs(text: &str, set: PatternSet, signs: Signs) -> Option<(Pattern, Range<usize>)> {
    let look = |(pattern, _, _): &(Pattern, &str, &str)| {
        if !set.has(*pattern) {
            return None;
        }
        let range = match pattern {
            Pattern::PaymentCard if signs.digits >= card::DIGITS_MIN => card::find(text),
            Pattern::Iban if signs.digits >= iban::DIGITS_MIN => iban::find(text),
            Pattern::Email if signs.at => contact::find_email(text),
            Pattern::Phone if signs.digits >= contact::DIGITS_MIN => contact::find_phone(text),
            Pattern::PaymentCard | Pattern::Iban | Pattern::Email | Pattern::Phone => None,
        };
        range.map(|range| (*pattern, range))
    };
    if set == PatternSet::default() { None } else { PATTERNS.iter().find_map(look) }
}

/// What a text must have to be worth a closer look.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Signs {
    /// At least as many as there are digits.
    pub(crate) digits: usize,
    at: bool,
}

impl Signs {
    /// Whether the text can be a part of a match that begins or ends outside it, as far as signs go.
    pub(crate) fn is_any(self) -> bool {
        self.digits > 0 || self.at
    }

    /// Looks at each byte once.
    pub(crate) fn count(text: &str) -> Self {
        let mut signs = Self { digits: 0, at: false };
        // So few at a time that a byte counts them, which lets the compiler look at many together.
        for part in text.as_bytes().chunks(usize::from(u8::MAX)) {
            let (mut digits, mut ats) = (0_u8, 0_u8);
            for byte in part {
                let is_other = OTHER_DIGITS_BEGIN.iter().fold(false, |found, other| found | (byte == other));
                digits += u8::from(byte.is_ascii_digit() | is_other);
                ats |= u8::from(*byte == b'@');
            }
            signs.digits += usize::from(digits);
            signs.at |= ats != 0;
        }
        signs
    }
}

/// First bytes of the characters that [`digit`] knows beside ASCII.
const OTHER_DIGITS_BEGIN: [u8; 3] = [0xd9, 0xdb, 0xef];

/// The digit's value: ASCII, full-width, Arabic-Indic and its Persian form.
pub(crate) fn digit(char: char) -> Option<u8> {
    const ZEROS: [u32; 3] = [0xff10, 0x0660, 0x06f0];
    if char.is_ascii() {
        return char.is_ascii_digit().then(|| char as u8 - b'0');
    }
    let value = ZEROS.iter().map(|zero| u32::from(char).wrapping_sub(*zero)).find(|value| *value < 10)?;
    u8::try_from(value).ok()
}

/// Stands between two texts that are read as one: a separator, since a number may begin in either.
pub(crate) const PIECES_PART: char = '\u{2060}';

/// Whether a number is read over this character as if it were not there.
pub(crate) fn is_separator(char: char) -> bool {
    char.is_whitespace()
        || matches!(
            char,
            '.' | '-' | '\u{b7}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
}
