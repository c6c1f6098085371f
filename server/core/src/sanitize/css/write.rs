//! How names and strings are written so that every browser reads the same token, inside HTML too.

use std::fmt::Write;

/// A name: of an identifier, a function, a hash or an at-keyword, without its mark.
pub(super) fn name(raw: &str, value: &str, out: &mut String) {
    if raw == value && (value.is_ascii() || value.chars().all(is_name_char)) {
        out.push_str(raw);
        return;
    }
    for (at, c) in value.char_indices() {
        // A digit that would make it a number, a hyphen that would stand alone or become part of `-->`.
        let early_digit = c.is_ascii_digit() && (at == 0 || (at == 1 && value.starts_with('-')));
        let lone_hyphen = c == '-' && at + 1 == value.len() && (at == 0 || value == "--");
        if early_digit || lone_hyphen || !is_name_char(c) {
            escape(c, out);
        } else {
            out.push(c);
        }
    }
}

/// A string in quotes.
pub(super) fn text(raw: &str, value: &str, out: &mut String) {
    // Equal between equal quotes means: no escape, and not cut off by the end of the input.
    let inside = ['"', '\''].iter().find_map(|quote| raw.strip_prefix(*quote)?.strip_suffix(*quote));
    if inside == Some(value) && is_harmless_text(value) {
        out.push_str(raw);
    } else {
        quoted(value, out);
    }
}

/// Quotes of the other kind may stand in a string that is copied.
fn is_harmless_text(value: &str) -> bool {
    value.bytes().all(|byte| is_plain_in_string(byte) || byte == b'"')
}

fn is_plain_in_string(byte: u8) -> bool {
    byte >= b' ' && !matches!(byte, b'"' | b'\\' | b'<' | 0x7f)
}

/// A string in double quotes, whatever it holds.
pub(super) fn quoted(value: &str, out: &mut String) {
    out.push('"');
    if value.bytes().all(is_plain_in_string) {
        out.push_str(value);
        out.push('"');
        return;
    }
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '<' | '\u{7f}') || c < ' ' {
            escape(c, out);
        } else {
            out.push(c);
        }
    }
    out.push('"');
}

/// By number, with the space that ends it: `\3c ` is the same in a name, a string, a style element and an attribute.
fn escape(c: char, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "\\{:x} ", u32::from(c));
}

/// Without the spaces around it. One that ends an escape is part of it.
pub(super) fn trimmed(text: &str) -> &str {
    let text = text.trim_start_matches(' ');
    let bare = text.trim_end_matches(' ');
    let ends_in_escape = bare.trim_end_matches(|c: char| c.is_ascii_hexdigit()).ends_with('\\');
    if ends_in_escape { text.get(..=bare.len()).unwrap_or(text) } else { bare }
}

/// Characters that old and new browsers alike take as part of a name.
fn is_name_char(c: char) -> bool {
    matches!(c,
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '\u{b7}' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
        | '\u{200c}' | '\u{200d}' | '\u{203f}' | '\u{2040}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..)
}
