//! Where rules and declarations stand inside a rule, in text as this module writes it.
//!
//! Scripts name a rule by its numbers from the sheet inward. Inside a kept rule none is missing (see [`super::GONE_RULE`]),
//! so these are the page's own numbers.

use std::ops::Range;

/// Groups of rules that a script can change rule by rule.
const GROUPS: [&str; 6] = ["@media", "@supports", "@layer", "@container", "@scope", "@starting-style"];

/// What stands between a rule's braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Group,
    /// The steps of an animation.
    Keyframes,
    /// Declarations, and behind them perhaps nested rules.
    Style,
    /// Declarations that are no properties, or nothing at all.
    Other,
}

/// A place inside a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// A rule's text, or the empty place between two.
    pub(crate) range: Range<usize>,
    /// So many numbers of the path lead through groups. What lies deeper is in a rule that players change as a whole.
    pub(crate) through_groups: usize,
}

/// Where the rule of that path stands; the path begins inside of `rule`. An empty one is the rule itself.
pub(crate) fn rule_at(rule: &str, path: &[u32]) -> Option<Place> {
    let mut place = Place { range: 0..rule.len(), through_groups: 0 };
    for (depth, index) in path.iter().enumerate() {
        let (inside, body) = body(rule, &place.range)?;
        place.range = children(rule, body, inside).nth(*index as usize)?;
        if inside == Inside::Group && place.through_groups == depth {
            place.through_groups = depth + 1;
        }
    }
    Some(place)
}

/// Where a rule would stand that is inserted at that path. `None`: a browser would refuse it.
pub(crate) fn gap_at(rule: &str, path: &[u32]) -> Option<Place> {
    let (index, above) = path.split_last()?;
    let outer = rule_at(rule, above)?;
    let (inside, body) = body(rule, &outer.range)?;
    if !matches!(inside, Inside::Group | Inside::Style) {
        return None;
    }
    let index = *index as usize;
    let mut rules = children(rule, body.clone(), inside);
    let at = match rules.by_ref().nth(index) {
        Some(next) => next.start,
        None if children(rule, body.clone(), inside).count() == index => body.end,
        None => return None,
    };
    let all_groups = outer.through_groups == above.len() && inside == Inside::Group;
    Some(Place { range: at..at, through_groups: if all_groups { path.len() } else { outer.through_groups } })
}

/// A rule's text with a property set (value with `!important`, if it has one) or removed. `None`: it holds none.
pub(crate) fn with_property(rule: &str, name: &str, value: Option<&str>) -> Option<String> {
    let (inside, body) = body(rule, &(0..rule.len()))?;
    if inside != Inside::Style {
        return None;
    }
    let own: Vec<Range<usize>> =
        Items::new(rule, body.clone()).take_while(|item| !item.is_rule).map(|item| item.range).collect();
    let end = own.last().map_or(body.start, |last| last.end);
    let is_of = |range: &Range<usize>| {
        rule.get(range.clone()).and_then(|text| text.split_once(':')).is_some_and(|(known, _)| known == name)
    };
    // A value that a browser does not know leaves the one before it as it was.
    let kept_old = value.and_then(|_| own.iter().rposition(is_of));
    let mut text = String::with_capacity(rule.len() + name.len() + 16);
    text.push_str(rule.get(..body.start)?);
    for (_, range) in own.iter().enumerate().filter(|(at, range)| Some(*at) == kept_old || !is_of(range)) {
        text.push_str(rule.get(range.clone())?);
    }
    if let Some(value) = value {
        for part in [name, ":", value, ";"] {
            text.push_str(part);
        }
    }
    text.push_str(rule.get(end..)?);
    Some(text)
}

/// What a rule holds, and where.
fn body(text: &str, rule: &Range<usize>) -> Option<(Inside, Range<usize>)> {
    let own = text.get(rule.clone())?;
    let open = Scan { text: own, at: 0 }.find(|byte| byte == b'{')?;
    let name = own.split([' ', '{']).next().unwrap_or_default();
    let inside = match name {
        _ if GROUPS.contains(&name) => Inside::Group,
        _ if name.ends_with("keyframes") && name.starts_with('@') => Inside::Keyframes,
        "@page" | "@position-try" => Inside::Style,
        _ if name.starts_with('@') => Inside::Other,
        _ => Inside::Style,
    };
    Some((inside, rule.start + open + 1..rule.end.checked_sub(1)?))
}

/// What a browser counts among the rules inside: also declarations that stand behind a nested rule, or in a group that is
/// itself nested, each run of them as one.
fn children(text: &str, body: Range<usize>, inside: Inside) -> impl Iterator<Item = Range<usize>> {
    let mut items = Items::new(text, body).peekable();
    if inside == Inside::Style {
        while items.next_if(|item| !item.is_rule).is_some() {}
    }
    let has_children = inside != Inside::Other;
    std::iter::from_fn(move || {
        let first = items.next().filter(|_| has_children)?;
        let mut range = first.range;
        while !first.is_rule
            && let Some(next) = items.next_if(|item| !item.is_rule)
        {
            range.end = next.range.end;
        }
        Some(range)
    })
}

/// A declaration or rule.
struct Item {
    range: Range<usize>,
    is_rule: bool,
}

/// The declarations and rules of a body.
struct Items<'t> {
    text: &'t str,
    rest: Range<usize>,
}

impl<'t> Items<'t> {
    fn new(text: &'t str, body: Range<usize>) -> Self {
        Self { text, rest: body }
    }
}

impl Iterator for Items<'_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        let rest = self.text.get(self.rest.clone()).filter(|rest| !rest.is_empty())?;
        let mut scan = Scan { text: rest, at: 0 };
        let end = scan.find(|byte| matches!(byte, b';' | b'{'))?;
        let is_block = rest.as_bytes().get(end) == Some(&b'{');
        let end = if is_block { scan.skip_block() } else { end + 1 };
        let range = self.rest.start..self.rest.start + end;
        self.rest.start = range.end;
        Some(Item { range, is_rule: is_block || rest.starts_with('@') })
    }
}

/// Reads bytes that are in no string and no escape.
struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl Scan<'_> {
    fn next_byte(&mut self) -> Option<(usize, u8)> {
        loop {
            let (at, byte) = (self.at, *self.text.as_bytes().get(self.at)?);
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'"' | b'\'' => self.skip_string(byte),
                _ => return Some((at, byte)),
            }
        }
    }

    fn skip_string(&mut self, quote: u8) {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            self.at += 1;
            match *byte {
                b'\\' => self.at += 1,
                byte if byte == quote => return,
                _ => {}
            }
        }
    }

    /// The first such byte outside of round and square brackets; reading goes on behind it.
    fn find(&mut self, wanted: impl Fn(u8) -> bool) -> Option<usize> {
        let mut depth = 0_usize;
        while let Some((at, byte)) = self.next_byte() {
            match byte {
                _ if depth == 0 && wanted(byte) => return Some(at),
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        None
    }

    /// Where the block ends whose opening brace was read.
    fn skip_block(&mut self) -> usize {
        let mut depth = 1_usize;
        while let Some((at, byte)) = self.next_byte() {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return at + 1;
            }
        }
        self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "@media (a:b){x{c:\"}\";}@layer l;@supports (d){y{e:f;}z[g=\"{\"]{h:i;}}.\\7b a{}}";
    const STYLE: &str = "a{b:c;d:e;&:f{g:h;}i:j;k:l;@media m{n:o;p{q:r;}}}";
    /// A rule, a path in it, and what is found: a text, and how far the path leads through groups.
    type Row = (&'static str, &'static [u32], Option<(&'static str, usize)>);

    const STEPS: &str = "@keyframes k{from{a:b;}to{c:d;}}";

    #[test]
    fn rules_are_found_by_their_numbers() {
        let rows: [Row; 19] = [
            (GROUP, &[], Some((GROUP, 0))),
            (GROUP, &[0], Some(("x{c:\"}\";}", 1))),
            (GROUP, &[1], Some(("@layer l;", 1))),
            (GROUP, &[2, 0], Some(("y{e:f;}", 2))),
            (GROUP, &[2, 1], Some(("z[g=\"{\"]{h:i;}", 2))),
            (GROUP, &[3], Some((".\\7b a{}", 1))),
            (GROUP, &[4], None),
            (GROUP, &[2, 2], None),
            (GROUP, &[0, 0], None),
            (GROUP, &[1, 0], None),
            (STYLE, &[0], Some(("&:f{g:h;}", 0))),
            (STYLE, &[1], Some(("i:j;k:l;", 0))),
            (STYLE, &[2], Some(("@media m{n:o;p{q:r;}}", 0))),
            (STYLE, &[2, 0], Some(("n:o;", 0))),
            (STYLE, &[2, 1], Some(("p{q:r;}", 0))),
            (STYLE, &[3], None),
            (STEPS, &[1], Some(("to{c:d;}", 0))),
            (STEPS, &[2], None),
            ("@font-face {src:a;}", &[0], None),
        ];
        for (rule, path, expected) in rows {
            let found = rule_at(rule, path).map(|place| (&rule[place.range], place.through_groups));
            assert_eq!(found, expected, "{rule} {path:?}");
        }
    }

    #[test]
    fn gaps_are_where_a_browser_inserts() {
        let rows: [Row; 12] = [
            ("@media m{}", &[0], Some(("@media m{|}", 1))),
            ("@media m{a{}}", &[0], Some(("@media m{|a{}}", 1))),
            ("@media m{a{}}", &[1], Some(("@media m{a{}|}", 1))),
            ("@media m{a{}}", &[2], None),
            ("@media m{@layer l{}}", &[0, 0], Some(("@media m{@layer l{|}}", 2))),
            ("@media m{a{b:c;}}", &[0, 0], Some(("@media m{a{b:c;|}}", 1))),
            ("a{b:c;d{}}", &[0], Some(("a{b:c;|d{}}", 0))),
            ("a{b:c;}", &[0], Some(("a{b:c;|}", 0))),
            ("a{}", &[], None),
            ("@keyframes k{from{}}", &[0], None),
            ("@font-face {}", &[0], None),
            ("@layer l;", &[0], None),
        ];
        for (rule, path, expected) in rows {
            let found = gap_at(rule, path).map(|place| {
                (format!("{}|{}", &rule[..place.range.start], &rule[place.range.end..]), place.through_groups)
            });
            let expected = expected.map(|(text, through)| (text.to_owned(), through));
            assert_eq!(found, expected, "{rule} {path:?}");
        }
    }

    #[test]
    fn properties_are_set_behind_the_others() {
        let rows = [
            ("a{}", "b", Some("c"), Some("a{b:c;}")),
            ("a{b:c;d:e;}", "b", Some("f!important"), Some("a{b:c;d:e;b:f!important;}")),
            ("a{b:c;d:e;b:f;}", "b", Some("g"), Some("a{d:e;b:f;b:g;}")),
            ("a{b:c;d:e;}", "b", None, Some("a{d:e;}")),
            ("a{b:\";}\";d:e;f{b:g;}b:h;}", "b", None, Some("a{d:e;f{b:g;}b:h;}")),
            ("a{b:c;f{}}", "d", Some("e"), Some("a{b:c;d:e;f{}}")),
            ("a{bb:c;}", "b", None, Some("a{bb:c;}")),
            ("@page{margin:0;}", "margin", None, Some("@page{}")),
            ("@font-face {src:a;}", "src", None, None),
            ("@media m{a{}}", "b", Some("c"), None),
            ("b:c;", "b", None, None),
        ];
        for (rule, name, value, expected) in rows {
            assert_eq!(with_property(rule, name, value).as_deref(), expected, "{rule} {name}");
        }
    }
}
