//! Bank account numbers by ISO 13616.

use std::ops::Range;

use super::{digit, is_separator};

/// Digits in the shortest number of any country that has one; words of a sentence have fewer.
pub(super) const DIGITS_MIN: usize = 8;

/// Countries and the length of their numbers, in characters.
const COUNTRIES: [(&[u8; 2], usize); 91] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
    (b"CM", 27),
    (b"SN", 28),
];

/// The first account number.
///
/// A number begins where a word begins and ends where one ends; separators within it do not matter. Reads at most 33
/// letters and digits from each word that begins like a country's number.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let mut before = None;
    for (at, char) in text.char_indices() {
        let begins = char.is_ascii_alphabetic() && !before.is_some_and(char::is_alphanumeric);
        before = Some(char);
        if begins && let Some(end) = number_at(text.get(at..)?) {
            return Some(at..at + end);
        }
    }
    None
}

/// The account number that `text` begins with: where it ends, in bytes.
fn number_at(text: &str) -> Option<usize> {
    let mut number = Number::default();
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if let Some(value) = digit(char) {
            number.digit(value)?;
        } else if char.is_ascii_alphabetic() {
            number.letter(char)?;
        } else if is_separator(char) {
            continue;
        } else {
            return None;
        }
        if number.is_whole() {
            let apart = chars.peek().is_none_or(|(_, next)| !next.is_alphanumeric());
            return (apart && number.holds()).then_some(at + char.len_utf8());
        }
    }
    None
}

/// The length of a country's numbers; 0 where it has none.
pub(super) fn length_of(country: [u8; 2]) -> usize {
    COUNTRIES.iter().find(|(code, _)| **code == country).map_or(0, |(_, length)| *length)
}

#[derive(Default)]
struct Number {
    country: [u8; 2],
    /// As the country wants it; 0 before it is known.
    length_wanted: usize,
    length: usize,
    digits: usize,
    /// Country and check digits, which count last.
    head: u32,
    /// Remainder by 97 of all that follows.
    rest: u32,
}

impl Number {
    fn digit(&mut self, value: u8) -> Option<()> {
        self.digits += 1;
        match self.length {
            0 | 1 => return None,
            2 | 3 => self.head = self.head * 10 + u32::from(value),
            _ => self.rest = (self.rest * 10 + u32::from(value)) % 97,
        }
        self.length += 1;
        Some(())
    }

    fn letter(&mut self, char: char) -> Option<()> {
        let letter = u8::try_from(char).ok()?.to_ascii_uppercase();
        let value = u32::from(letter - b'A') + 10;
        match self.length {
            place @ (0 | 1) => {
                *self.country.get_mut(place)? = letter;
                self.head = self.head * 100 + value;
                if place == 1 {
                    self.length_wanted = length_of(self.country);
                    if self.length_wanted == 0 {
                        return None;
                    }
                }
            }
            2 | 3 => return None,
            _ => self.rest = (self.rest * 100 + value) % 97,
        }
        self.length += 1;
        Some(())
    }

    fn is_whole(&self) -> bool {
        self.length_wanted > 0 && self.length == self.length_wanted
    }

    /// The check: the number with its head moved to the end leaves 1 by 97.
    fn holds(&self) -> bool {
        self.digits >= DIGITS_MIN && (self.rest * 1_000_000 + self.head) % 97 == 1
    }
}
