//! What a selector list asks for. It is read from the text as this module writes it, and only where that matters: most
//! rules fetch nothing and know no pointer.

use std::collections::BTreeSet;

use super::{allow, write};

/// The class that a player gives to what the pointer is over, as we write it: no browser of an agent's ever matches
/// `:hover` there.
const HOVER_CLASS: &str = ".\\3a hover";

/// Something that a selector says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'s> {
    /// A comma outside of all brackets.
    Comma,
    /// An attribute is asked for.
    Attribute(&'s str),
    /// `:name`; with `true` it opens a bracket.
    PseudoClass(&'s str, bool),
    /// `::name`.
    PseudoElement(&'s str),
    /// A bracket closes; so many are still open.
    Close(usize),
}

/// Reads pieces with the place where each begins.
struct Pieces<'s> {
    text: &'s str,
    at: usize,
    depth: usize,
}

impl<'s> Pieces<'s> {
    fn new(text: &'s str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The name that begins here. One with an escape in it is in no table, whatever it comes to.
    fn name(&mut self) -> &'s str {
        let start = self.at;
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'\\' => self.skip_escape(),
                b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.at += 1,
                _ => break,
            }
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Escapes are written by number, with a space behind.
    fn skip_escape(&mut self) {
        self.at += 1;
        while self.byte(self.at).is_some_and(|byte| byte.is_ascii_hexdigit()) {
            self.at += 1;
        }
        self.at += 1;
    }

    fn skip_string(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.byte(self.at) {
            self.at += 1;
            if byte == quote {
                return;
            }
        }
    }

    fn after_colon(&mut self) -> Piece<'s> {
        if self.byte(self.at) == Some(b':') {
            self.at += 1;
            return Piece::PseudoElement(self.name());
        }
        let name = self.name();
        Piece::PseudoClass(name, self.byte(self.at) == Some(b'('))
    }
}

impl<'s> Iterator for Pieces<'s> {
    type Item = (usize, Piece<'s>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.at;
            match self.byte(start)? {
                quote @ (b'"' | b'\'') => self.skip_string(quote),
                b'\\' => self.skip_escape(),
                b':' => {
                    self.at += 1;
                    return Some((start, self.after_colon()));
                }
                b'[' => {
                    self.at += 1;
                    self.depth += 1;
                    return Some((start, Piece::Attribute(self.name())));
                }
                b'(' => {
                    self.at += 1;
                    self.depth += 1;
                }
                b')' | b']' => {
                    self.at += 1;
                    self.depth = self.depth.saturating_sub(1);
                    return Some((start, Piece::Close(self.depth)));
                }
                b',' if self.depth == 0 => {
                    self.at += 1;
                    return Some((start, Piece::Comma));
                }
                _ => self.at += 1,
            }
        }
    }
}

/// Whether a match tells more than how the page is built.
pub(super) fn reads_data(selectors: &str) -> bool {
    Pieces::new(selectors).any(|(_, piece)| match piece {
        Piece::Attribute(name) => !allow::is_structural_attribute(name),
        Piece::PseudoClass(name, _) => !allow::is_structural_pseudo_class(name),
        Piece::PseudoElement(name) => !allow::is_structural_pseudo_element(name),
        Piece::Comma | Piece::Close(_) => false,
    })
}

/// One selector of a list, and where in it `:hover` stands.
#[derive(Debug, Default)]
struct One {
    start: usize,
    end: usize,
    hovers: Vec<(usize, usize)>,
    /// What must not be under the pointer: the selector with `:hover` would always match.
    in_not: bool,
}

impl One {
    fn text<'s>(&self, list: &'s str) -> &'s str {
        write::trimmed(list.get(self.start..self.end).unwrap_or_default())
    }

    fn with_class(&self, list: &str) -> String {
        let mut text = String::with_capacity(self.end - self.start + 8);
        let mut at = self.start;
        for (start, end) in &self.hovers {
            text.push_str(list.get(at..*start).unwrap_or_default());
            text.push_str(HOVER_CLASS);
            at = *end;
        }
        text.push_str(list.get(at..self.end).unwrap_or_default());
        write::trimmed(&text).to_owned()
    }
}

/// A list with, beside each selector that knows the pointer, the same by the player's class.
pub(super) fn with_hover_class(list: &str) -> String {
    let all = split(list);
    let known: BTreeSet<&str> = all.iter().map(|one| one.text(list)).collect();
    let mut out: Vec<String> = Vec::with_capacity(all.len() * 2);
    out.extend(all.iter().filter(|one| !one.in_not).map(|one| one.text(list).to_owned()));
    let classed = all.iter().filter(|one| !one.hovers.is_empty()).map(|one| one.with_class(list));
    out.extend(classed.filter(|text| !known.contains(text.as_str())));
    out.join(",")
}

fn split(list: &str) -> Vec<One> {
    let mut all = Vec::new();
    let mut one = One::default();
    let mut not_depth = None;
    let mut pieces = Pieces::new(list);
    while let Some((at, piece)) = pieces.next() {
        match piece {
            Piece::Comma => {
                one.end = at;
                all.push(std::mem::take(&mut one));
                one.start = at + 1;
            }
            Piece::PseudoClass(name, false) if name.eq_ignore_ascii_case("hover") => {
                one.hovers.push((at, pieces.at));
                one.in_not |= not_depth.is_some();
            }
            Piece::PseudoClass(name, true) if name.eq_ignore_ascii_case("not") => {
                not_depth.get_or_insert(pieces.depth);
            }
            Piece::Close(depth) if not_depth == Some(depth) => not_depth = None,
            _ => {}
        }
    }
    one.end = list.len();
    all.push(one);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_player_s_class_stands_beside_hover() {
        let rows = [
            ("a:hover", "a:hover,a.\\3a hover"),
            ("a:HOVER b, c", "a:HOVER b,c,a.\\3a hover b"),
            (":hover", ":hover,.\\3a hover"),
            ("a,b:hover:hover::before", "a,b:hover:hover::before,b.\\3a hover.\\3a hover::before"),
            (":is(a:hover,b)", ":is(a:hover,b),:is(a.\\3a hover,b)"),
            ("a:not(:hover) b", "a:not(.\\3a hover) b"),
            ("a:not(b) c:hover", "a:not(b) c:hover,a:not(b) c.\\3a hover"),
            ("a:not(:is(b):hover),c", "c,a:not(:is(b).\\3a hover)"),
            ("[x=\":hover,\"]:hover", "[x=\":hover,\"]:hover,[x=\":hover,\"].\\3a hover"),
            ("a:hover,a.\\3a hover", "a:hover,a.\\3a hover"),
            ("a:not(.\\3a hover)", "a:not(.\\3a hover)"),
            ("a::hover", "a::hover"),
            (".a\\2c b:hover", ".a\\2c b:hover,.a\\2c b.\\3a hover"),
        ];
        for (list, expected) in rows {
            assert_eq!(with_hover_class(list), expected, "{list}");
            assert_eq!(with_hover_class(expected), expected, "again: {list}");
        }
    }

    #[test]
    fn what_a_selector_reads_is_found_wherever_it_stands() {
        for list in [
            "a",
            "ul>li:nth-child(2n+1)~b::before",
            "input[type=checkbox]",
            "[class~='x']:is(.a,#b)",
            ".\\3a hover",
            ".a\\5b value",
            "[id='[value=x]:checked']",
            ":root:has(>.a)",
        ] {
            assert!(!reads_data(list), "{list}");
        }
        for list in [
            "[value^=a]",
            "a,b[VALUE]",
            "[*|value]",
            "[|value]",
            "[ty\\70 e=x]",
            ":checked",
            "a b:hover",
            ":is(a,:not([data-x]))",
            ":has(:checked) b",
            ":where(:empty)+p::before",
            "p:nth-child(1 of :valid)",
            "::selection",
            ":state(x)",
            "input::placeholder",
            ".\\3a :checked",
            "[id='x'][value]",
        ] {
            assert!(reads_data(list), "{list}");
        }
    }
}
