//! E-mail addresses and telephone numbers. Both have no check, so that form alone decides.

use std::ops::Range;

use super::{PIECES_PART, digit, is_separator};

/// Digits in the shortest telephone number that is told from other numbers.
pub(super) const DIGITS_MIN: usize = 8;
/// Digits in the longest, by E.164.
const DIGITS_MAX: usize = 15;
/// Digits of a number with its area code's leading 0 but without a country's.
const NATIONAL: std::ops::RangeInclusive<usize> = 9..=12;
/// Bytes before the @.
const LOCAL_BYTES_MAX: usize = 64;
/// Bytes after it.
const DOMAIN_BYTES_MAX: usize = 255;

/// The first e-mail address.
pub(super) fn find_email(text: &str) -> Option<Range<usize>> {
    text.match_indices('@').find_map(|(at, _)| {
        let (local, domain) = (text.get(..at)?, text.get(at + 1..)?);
        let start = at - local_bytes(local)?;
        let end = at + 1 + domain_bytes(domain)?;
        Some(start..end)
    })
}

/// How many bytes at the end of `text` are the part before an @.
fn local_bytes(text: &str) -> Option<usize> {
    let of = |char: char| char.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(char) || char == PIECES_PART;
    let bytes = run_bytes(text.chars().rev(), of, LOCAL_BYTES_MAX);
    let part = text.get(text.len() - bytes..)?;
    part.contains(char::is_alphanumeric).then_some(bytes)
}

/// How many bytes at the start of `text` are a domain: labels with dots between, the last one of two letters or more.
fn domain_bytes(text: &str) -> Option<usize> {
    let of = |char: char| char.is_alphanumeric() || matches!(char, '-' | '.' | PIECES_PART);
    let bytes = run_bytes(text.chars(), of, DOMAIN_BYTES_MAX);
    let domain = text.get(..bytes)?.trim_end_matches(['.', '-', PIECES_PART]);
    let (before, last) = domain.rsplit_once('.')?;
    let plain =
        !before.is_empty() && !before.trim_start_matches(PIECES_PART).starts_with('.') && !domain.contains("..");
    let top = last.chars().filter(|char| char.is_alphabetic()).count() >= 2;
    (plain && top).then_some(domain.len())
}

fn run_bytes(chars: impl Iterator<Item = char>, of: impl Fn(char) -> bool, bytes_max: usize) -> usize {
    let mut bytes = 0;
    for char in chars.take_while(|char| of(*char)) {
        if bytes + char.len_utf8() > bytes_max {
            break;
        }
        bytes += char.len_utf8();
    }
    bytes
}

/// The first telephone number: with `+` or `00` and a country code, with an area code's leading 0, or in the North
/// American form of three groups.
pub(super) fn find_phone(text: &str) -> Option<Range<usize>> {
    let mut rest = text;
    loop {
        let start = text.len() - rest.len() + rest.find(|char| is_part(char) && !is_separator(char))?;
        let run = text.get(start..)?;
        let length = run.find(|char| !is_part(char)).unwrap_or(run.len());
        let run = run.get(..length)?.trim_end_matches(|char| digit(char).is_none());
        let attached =
            text.get(..start).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric);
        if !attached && Run::read(run).is_phone() {
            return Some(start..start + run.len());
        }
        rest = text.get(start + length..)?;
    }
}

fn is_part(char: char) -> bool {
    digit(char).is_some() || (is_separator(char) && char != '\n') || matches!(char, '+' | '(' | ')' | '/')
}

/// A run of digits and what may stand between them.
struct Run {
    plus: bool,
    digits: usize,
    /// The first two digits.
    first: [Option<u8>; 2],
    /// Lengths of the first groups of digits.
    groups: Vec<usize>,
    /// All that parts the groups are dots.
    dotted: bool,
}

impl Run {
    fn read(text: &str) -> Self {
        let mut first = text.chars().filter_map(digit);
        let groups =
            text.split(|char| digit(char).is_none()).map(|group| group.chars().count()).filter(|count| *count > 0);
        let between = |char: char| digit(char).is_none();
        Self {
            plus: text.starts_with('+') || text.starts_with("(+"),
            digits: text.chars().filter_map(digit).count(),
            first: [first.next(), first.next()],
            groups: groups.take(5).collect(),
            dotted: text.contains('.') && text.chars().filter(|char| between(*char)).all(|char| char == '.'),
        }
    }

    fn is_phone(&self) -> bool {
        let international = self.plus || self.first == [Some(0), Some(0)];
        if international {
            return (DIGITS_MIN..=DIGITS_MAX).contains(&self.digits);
        }
        let date_or_decimal = self.dotted && self.groups.len() <= 3;
        let national = self.first.first() == Some(&Some(0)) && NATIONAL.contains(&self.digits) && !date_or_decimal;
        national || matches!(*self.groups, [3, 3, 4] | [1, 3, 3, 4])
    }
}
