//! Numbers that are not whole yet: what is being typed, and may become a card's or an account's number.

use std::ops::Range;

use super::{Pattern, PatternSet, card, digit, iban, is_separator};

/// From so many characters on what is typed tells too much.
const HELD_CHARACTERS_MIN: usize = 7;

/// The parts of a text that begin as a payment card's or a bank account's number does, have seven characters or more,
/// and can still become one.
///
/// Ranges are in bytes and may overlap. Takes time linear in the text.
pub(crate) fn may_become(text: &str, set: PatternSet) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if set.has(Pattern::PaymentCard) {
        // A card's number begins wherever digits do, an account's where a word does.
        each_run(text, |char| digit(char).is_some(), |_| true, |run| found.extend(card_in(&run)));
    }
    if set.has(Pattern::Iban) {
        let of = |char: char| digit(char).is_some() || char.is_ascii_alphabetic();
        each_run(text, of, |before| !before.is_alphanumeric(), |run| found.extend(iban_in(&run)));
    }
    found
}

/// A character of a run: where it stands, itself, and whether it begins a group.
type Part = (usize, char, bool);

/// Hands each longest run of such characters, with separators between, to `found`.
fn each_run(
    text: &str,
    of: impl Fn(char) -> bool,
    begins_after: impl Fn(char) -> bool,
    mut found: impl FnMut(Vec<Part>),
) {
    let mut run = Vec::new();
    let mut begins = true;
    for (at, char) in text.char_indices() {
        if of(char) {
            run.push((at, char, begins));
            begins = false;
        } else if is_separator(char) {
            begins = true;
        } else {
            found(std::mem::take(&mut run));
            begins = begins_after(char);
        }
    }
    found(run);
}

fn bytes_of(run: &[Part], from: usize) -> Option<Range<usize>> {
    let (start, _, _) = *run.get(from)?;
    let (last, char, _) = *run.last()?;
    Some(start..last + char.len_utf8())
}

/// From the first group on from which the digits up to the run's end can be the beginning of a card's number.
fn card_in(run: &[Part]) -> Option<Range<usize>> {
    let starts = (0..run.len()).filter(|at| run.get(*at).is_some_and(|(_, _, begins)| *begins));
    let held = |at: &usize| {
        let digits = run.get(*at..).unwrap_or_default();
        let prefix = digits.iter().take(card::PREFIX_DIGITS).filter_map(|(_, char, _)| digit(*char));
        let prefix = prefix.fold(0, |prefix, value| prefix * 10 + u16::from(value));
        digits.len() >= HELD_CHARACTERS_MIN && digits.len() < card::digits_max(prefix)
    };
    bytes_of(run, starts.into_iter().find(held)?)
}

fn iban_in(run: &[Part]) -> Option<Range<usize>> {
    let starts = (0..run.len()).filter(|at| run.get(*at).is_some_and(|(_, _, begins)| *begins));
    let held = |at: &usize| {
        let rest = run.get(*at..).unwrap_or_default();
        // Country and check are written as one; "no 12" begins a sentence.
        let [(_, one, _), (_, two, false), (_, three, false), (_, four, false), ..] = *rest else { return false };
        let [Ok(one), Ok(two)] = [one, two].map(u8::try_from) else { return false };
        let country = [one.to_ascii_uppercase(), two.to_ascii_uppercase()];
        let is_checked = digit(three).is_some() && digit(four).is_some();
        is_checked && rest.len() >= HELD_CHARACTERS_MIN && rest.len() < iban::length_of(country)
    };
    bytes_of(run, starts.into_iter().find(held)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_become_a_number_is_held() {
        let set = PatternSet::from_iter([Pattern::PaymentCard, Pattern::Iban]);
        let cases = [
            ("4111 11", ""),
            ("4111 111", "4111 111"),
            ("4111-1111-1111-111", "4111-1111-1111-111"),
            ("4111 1111 1111 1112", "4111 1111 1111 1112"),
            ("4111111111111112000", ""),
            ("5555555555555550", ""),
            ("5555 5555 5555 5550", "5555 5555 5550"),
            ("my card 4111 111", "4111 111"),
            ("12 4111 111 so far", "12 4111 111"),
            ("99 4111 111", "4111 111"),
            ("7111 111", ""),
            ("a4111111", "4111111"),
            ("４１１１１１１", "４１１１１１１"),
            ("DE89 37", ""),
            ("DE89 370", "DE89 370"),
            ("to de89 3704 00", "de89 3704 00"),
            ("no 12 people came", ""),
            ("XX89 8704 0044", ""),
            ("DE8A 8704 0044", ""),
            ("NO93 8601 9117 947", ""),
            ("éDE89 370", ""),
            ("2026-11-21", ""),
            ("", ""),
        ];
        for (text, wanted) in cases {
            let held =
                may_become(text, set).into_iter().map(|range| text.get(range).unwrap()).min_by_key(|held| held.len());
            assert_eq!(held.unwrap_or_default(), wanted, "{text}");
        }
        assert!(may_become("4111 1111", PatternSet::from_iter([Pattern::Email])).is_empty());
    }

    #[test]
    fn long_texts_take_linear_time() {
        for unit in ["4", "4 ", "DE89 ", "de"] {
            let set = PatternSet::from_iter([Pattern::PaymentCard, Pattern::Iban]);
            let _ = may_become(&unit.repeat(1 << 16), set);
        }
    }
}
