//! Payment card numbers.

use std::ops::Range;

use super::{digit, is_separator};

/// The shortest card number.
pub(super) const DIGITS_MIN: usize = 12;
/// The longest.
const DIGITS_MAX: usize = 19;
/// Digits that tell the issuer.
pub(super) const PREFIX_DIGITS: usize = 4;

/// First four digits, from and to, and the lengths of numbers that begin so. Where issuers share a prefix, the wider
/// lengths hold.
const ISSUERS: [(u16, u16, usize, usize); 22] = [
    (1000, 1999, 15, 15), // UATP
    (2014, 2014, 15, 15), // Diners Club enRoute
    (2149, 2149, 15, 15), // Diners Club enRoute
    (2200, 2205, 16, 19), // Mir, Borica
    (2221, 2720, 16, 16), // Mastercard
    (3000, 3059, 14, 19), // Diners Club
    (3095, 3095, 14, 19), // Diners Club
    (3400, 3499, 15, 15), // American Express
    (3528, 3589, 16, 19), // JCB, LankaPay
    (3600, 3699, 14, 19), // Diners Club
    (3700, 3799, 15, 15), // American Express
    (3800, 3999, 14, 19), // Diners Club
    (4000, 4999, 13, 19), // Visa, Switch, Elo, Dankort
    (5000, 5099, 12, 19), // Maestro, Dankort, RuPay, Verve, Elo
    (5100, 5599, 16, 16), // Mastercard
    (5600, 5899, 12, 19), // Maestro, Bankcard
    (6000, 6999, 12, 19), // Discover, UnionPay, Maestro, RuPay, InterPayment, Hipercard, Verve
    (8100, 8199, 16, 19), // UnionPay, RuPay
    (8200, 8299, 16, 16), // RuPay
    (8600, 8600, 16, 16), // Uzcard
    (9792, 9792, 16, 16), // Troy
    (9860, 9860, 16, 16), // Humo
];

/// The first card number.
///
/// A number may begin and end wherever digits begin, end or are parted by a separator, so that an expiry date beside it
/// does not hide it. Tries at most 19 digits from each group of digits on.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let mut before = None;
    for (at, char) in text.char_indices() {
        let begins = digit(char).is_some() && before.and_then(digit).is_none();
        before = Some(char);
        if begins && let Some(end) = number_at(text.get(at..)?) {
            return Some(at..at + end);
        }
    }
    None
}

/// The longest card number that `text` begins with: where it ends, in bytes.
fn number_at(text: &str) -> Option<usize> {
    let mut number = Number::default();
    let mut longest = None;
    for (at, char) in text.char_indices() {
        match digit(char) {
            Some(value) if number.digits < DIGITS_MAX => number.push(value),
            Some(_) => return longest,
            None if is_separator(char) => {
                if number.ended_at.is_none() {
                    number.ended_at = Some(at);
                    longest = number.is_card().then_some(at).or(longest);
                }
            }
            None => return if number.ended_at.is_none() && number.is_card() { Some(at) } else { longest },
        }
    }
    if number.ended_at.is_none() && number.is_card() { Some(text.len()) } else { longest }
}

/// The most digits of a number that begins with these four; 0 where no issuer's does.
pub(super) fn digits_max(prefix: u16) -> usize {
    let of = |(from, to, _, max): &(u16, u16, usize, usize)| (*from..=*to).contains(&prefix).then_some(*max);
    ISSUERS.iter().filter_map(of).max().unwrap_or_default()
}

#[derive(Default)]
struct Number {
    digits: usize,
    prefix: u16,
    /// Luhn sums as if the last digit were doubled, and as if it were not.
    doubled: u32,
    plain: u32,
    /// Where the group of digits read last ended; `None` within a group.
    ended_at: Option<usize>,
}

impl Number {
    fn push(&mut self, value: u8) {
        let value = u32::from(value);
        let twice = if value < 5 { value * 2 } else { value * 2 - 9 };
        (self.doubled, self.plain) = (self.plain + twice, self.doubled + value);
        if self.digits < PREFIX_DIGITS {
            self.prefix = self.prefix * 10 + u16::try_from(value).unwrap_or_default();
        }
        self.digits += 1;
        self.ended_at = None;
    }

    fn is_card(&self) -> bool {
        let known = |(from, to, min, max): &(u16, u16, usize, usize)| {
            (*from..=*to).contains(&self.prefix) && (*min..=*max).contains(&self.digits)
        };
        self.plain.is_multiple_of(10) && ISSUERS.iter().any(known)
    }
}
