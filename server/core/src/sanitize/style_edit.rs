//! Single style properties, set or removed in the text of a style attribute.

use std::borrow::Cow;

use cssparser::{Parser, Token};

/// Name, value (`None` removes), important.
pub(crate) type StyleChange<'a> = (Cow<'a, str>, Option<Cow<'a, str>>, bool);

/// The text of a style attribute after changes by property. The result is as untrusted as what went in.
pub(crate) fn with_properties(style: &str, changes: &[StyleChange<'_>]) -> String {
    let mut kept: Vec<(String, &str)> = declarations(style);
    let mut added: Vec<String> = Vec::new();
    for (property, value, important) in changes {
        let name = folded(property);
        kept.retain(|(known, _)| *known != name);
        added.retain(|text| !text.starts_with(&format!("{name}:")));
        // A value that holds `;` or a block would be read as more than one declaration.
        if let Some(value) = value.as_deref().filter(|value| is_one_value(value)) {
            added.push(format!("{name}: {value}{}", if *important { " !important" } else { "" }));
        }
    }
    let mut text = String::with_capacity(style.len() + 32);
    for declaration in kept.iter().map(|(_, text)| *text).chain(added.iter().map(String::as_str)) {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(declaration);
    }
    text
}

/// A property's name as it is compared: in lower case, but for custom ones.
fn folded(name: &str) -> String {
    let name = name.trim();
    if name.starts_with("--") { name.to_owned() } else { name.to_ascii_lowercase() }
}

/// The declarations of a style text with their names in lower case, split at semicolons outside of blocks.
fn declarations(style: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let mut parser = Parser::new(style);
    let mut start = parser.position();
    loop {
        let end = parser.position();
        let token = parser.next_including_whitespace_and_comments();
        let is_end = token.is_err();
        if is_end || matches!(token, Ok(Token::Semicolon)) {
            let text = parser.slice(start..end).trim();
            if let Some((name, _)) = text.split_once(':') {
                found.push((folded(name), text));
            }
            start = parser.position();
        }
        if is_end {
            return found;
        }
    }
}

fn is_one_value(value: &str) -> bool {
    let mut parser = Parser::new(value);
    loop {
        match parser.next() {
            Ok(Token::Semicolon | Token::CurlyBracketBlock | Token::BadString(_) | Token::BadUrl(_)) => return false,
            Ok(_) => {}
            Err(_) => return true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_set_and_removed() {
        let set = |name: &'static str, value: &'static str| (Cow::Borrowed(name), Some(Cow::Borrowed(value)), false);
        let gone = |name: &'static str| (Cow::Borrowed(name), None, false);
        let rows: [(&str, Vec<StyleChange<'_>>, &str); 8] = [
            ("--Own: 1; --own: 2", vec![set("--Own", "3")], "--own: 2; --Own: 3"),
            ("", vec![set("color", "red")], "color: red"),
            ("color: red", vec![set("color", "blue")], "color: blue"),
            ("color: red; top: 1px", vec![gone("color")], "top: 1px"),
            ("background: url(a;b); top: 1px", vec![set("left", "0")], "background: url(a;b); top: 1px; left: 0"),
            ("content: \";\"; top: 1px", vec![gone("top")], "content: \";\""),
            ("top: 1px", vec![set("left", "0; right: 0")], "top: 1px"),
            ("", vec![(Cow::Borrowed("top"), Some(Cow::Borrowed("2px")), true)], "top: 2px !important"),
        ];
        for (style, changes, expected) in rows {
            assert_eq!(with_properties(style, &changes), expected, "{style}");
        }
    }
}
