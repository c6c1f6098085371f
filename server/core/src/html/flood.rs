//! Counting the attributes of a tag that is still open.
//!
//! The tokenizer compares each new attribute with all before it and tells nobody until the tag ends, so one tag of some
//! megabytes would hold a core for hours. Only tags that stay open over several pieces of input are looked at.

/// Reads along inside one tag, from just after its `<`.
#[derive(Debug)]
pub(super) struct OpenTag {
    at: At,
    attributes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Just after `<`.
    Open,
    /// Just after `</`.
    EndOpen,
    TagName,
    BeforeAttribute,
    AttributeName,
    AfterAttributeName,
    BeforeValue,
    Unquoted,
    Quoted(u8),
    /// A comment, a doctype: has no attributes.
    NoTag,
    Closed,
}

impl OpenTag {
    pub(super) fn new() -> Self {
        Self { at: At::Open, attributes: 0 }
    }

    /// Reads on. Gives the attributes seen so far, or `None` once the tag has ended.
    pub(super) fn read(&mut self, text: &str) -> Option<usize> {
        for byte in text.bytes() {
            let next = step(self.at, byte);
            if next == At::AttributeName && self.at != At::AttributeName {
                self.attributes += 1;
            }
            self.at = next;
        }
        (self.at != At::Closed).then_some(self.attributes)
    }
}

fn step(at: At, byte: u8) -> At {
    let space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0C);
    match (at, byte) {
        (At::Closed, _) => At::Closed,
        (At::NoTag, _) => At::NoTag,
        (At::Open, b'/') => At::EndOpen,
        (At::Open | At::EndOpen, _) if byte.is_ascii_alphabetic() => At::TagName,
        (At::EndOpen, b'>') => At::Closed,
        (At::Open | At::EndOpen, _) => At::NoTag,
        (At::Quoted(quote), _) if byte == quote => At::BeforeAttribute,
        (At::Quoted(quote), _) => At::Quoted(quote),
        (_, b'>') => At::Closed,
        (At::BeforeValue, b'"' | b'\'') => At::Quoted(byte),
        (At::BeforeValue, _) if space => At::BeforeValue,
        (At::BeforeValue, _) => At::Unquoted,
        (At::Unquoted, _) if !space => At::Unquoted,
        (At::AttributeName | At::AfterAttributeName, b'=') => At::BeforeValue,
        (At::AttributeName | At::AfterAttributeName, _) if space => At::AfterAttributeName,
        (At::TagName, _) if !space && byte != b'/' => At::TagName,
        _ if space || byte == b'/' => At::BeforeAttribute,
        _ => At::AttributeName,
    }
}
