//! `srcset`: candidates by the WHATWG rules, each sealed.

use super::{UrlFate, UrlSealer, UrlUse};

/// More candidates than any page has.
const CANDIDATES_MAX: usize = 64;

/// Each candidate that survives, with its descriptors, joined by a comma.
pub(super) fn rewrite(raw: &str, urls: &mut UrlSealer<'_>) -> String {
    let mut out = String::new();
    let mut rest = raw;
    for _ in 0..CANDIDATES_MAX {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (address, after) = rest.split_at(end);
        let bare = address.trim_end_matches(',');
        let (descriptors, next) = if bare.len() < address.len() { ("", after) } else { split_descriptors(after) };
        rest = next;
        let Some(descriptors) = checked(descriptors) else {
            urls.report().removed("url:srcset");
            continue;
        };
        if let UrlFate::Asset(text) | UrlFate::Data(text) = urls.judge(bare, UrlUse::Image) {
            if !out.is_empty() {
                out.push_str(", ");
            }
            out.push_str(&text);
            out.push_str(&descriptors);
        }
    }
    out
}

/// Up to the next comma outside parentheses.
fn split_descriptors(text: &str) -> (&str, &str) {
    let mut inside = false;
    for (at, c) in text.char_indices() {
        match c {
            '(' => inside = true,
            ')' => inside = false,
            ',' if !inside => return text.split_at(at),
            _ => {}
        }
    }
    (text, "")
}

/// The descriptors written anew, each after a space, or nothing if one is none.
fn checked(text: &str) -> Option<String> {
    let mut out = String::new();
    for (count, word) in text.split_ascii_whitespace().enumerate() {
        let number = word.strip_suffix(['w', 'h', 'x'])?;
        let plain = number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
        if count >= 2 || word.len() > 24 || !plain || !number.parse::<f64>().ok()?.is_finite() {
            return None;
        }
        out.push(' ');
        out.push_str(word);
    }
    Some(out)
}
