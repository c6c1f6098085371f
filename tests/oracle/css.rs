//! A scanner for CSS text that knows comments, strings, escapes, names, functions and at-rules, and no grammar.

use super::Judge;
use super::names::AT_RULES;

/// Functions whose strings are URLs.
const URL_FUNCTIONS: &[&str] = &[
    "url",
    "src",
    "image-set",
    "-webkit-image-set",
    "image",
    "-webkit-cross-fade",
    "cross-fade",
    "url-prefix",
    "domain",
    "regexp",
    "attr",
];

/// Declarations that run code or load bindings.
const BANNED_PROPERTIES: &[&str] = &["behavior", "-ms-behavior", "-moz-binding", "binding"];

/// Where the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CssPlace {
    /// Text of a `<style>` element in HTML output: a `<` in it is the start of an escape.
    Markup,
    /// Anywhere else.
    Value,
}

struct Scan<'a> {
    judge: &'a mut Judge,
    text: Vec<char>,
    at: usize,
    place: &'a str,
    functions: Vec<String>,
    /// In the prelude of this at-rule.
    at_rule: Option<String>,
}

impl Judge {
    /// Requires CSS text to hold no URL but those that may stand, and no rule that could load.
    pub(super) fn css(&mut self, text: &str, kind: CssPlace, place: &str) {
        if kind == CssPlace::Markup {
            self.require(!text.contains('<'), "css", || format!("{place}: `<` in a style sheet"));
        }
        self.require(!text.contains("<!--"), "css", || format!("{place}: <!-- in CSS"));
        let text: Vec<char> = text.chars().collect();
        Scan { judge: self, text, at: 0, place, functions: Vec::new(), at_rule: None }.run();
    }
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn run(mut self) {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if self.peek(1) == Some('*') => self.comment(),
                '"' | '\'' => {
                    let text = self.string(c);
                    self.judge_string(&text);
                }
                '@' => {
                    self.at += 1;
                    let name = self.name().to_ascii_lowercase();
                    let known = AT_RULES.contains(&name.as_str());
                    self.judge.require(known, "css", || format!("{}: @{name}", self.place));
                    self.at_rule = Some(name);
                }
                ';' | '{' | '}' => {
                    self.at += 1;
                    self.at_rule = None;
                    // An error in the text must not leave a function open for the rest of it.
                    self.functions.clear();
                }
                '(' => {
                    self.at += 1;
                    self.functions.push(String::new());
                }
                ')' => {
                    self.at += 1;
                    self.functions.pop();
                }
                _ if self.starts_name() => self.word(),
                _ => self.at += 1,
            }
        }
    }

    fn starts_name(&self) -> bool {
        self.peek(0).is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-' | '\\') || !c.is_ascii())
    }

    fn comment(&mut self) {
        self.at += 2;
        loop {
            match self.peek(0) {
                None => return self.judge.say("css", format!("{}: a comment without end", self.place)),
                Some('*') if self.peek(1) == Some('/') => {
                    self.at += 2;
                    return;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn string(&mut self, quote: char) -> String {
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek(0) {
                None | Some('\n' | '\r' | '\u{c}') => {
                    self.judge.say("css", format!("{}: a string without end", self.place));
                    return text;
                }
                Some('\\') => text.extend(self.escape()),
                Some(c) => {
                    self.at += 1;
                    if c == quote {
                        return text;
                    }
                    text.push(c);
                }
            }
        }
    }

    /// From a backslash on: the character that it stands for.
    fn escape(&mut self) -> Option<char> {
        self.at += 1;
        let mut code = 0_u32;
        let mut digits = 0;
        while let Some(digit) = self.peek(0).and_then(|c| c.to_digit(16)).filter(|_| digits < 6) {
            code = code * 16 + digit;
            digits += 1;
            self.at += 1;
        }
        if digits > 0 {
            if self.peek(0).is_some_and(|c| c.is_ascii_whitespace()) {
                self.at += 1;
            }
            return Some(char::from_u32(code).filter(|c| *c != '\0').unwrap_or('\u{fffd}'));
        }
        let escaped = self.peek(0)?;
        self.at += 1;
        (escaped != '\n').then_some(escaped)
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek(0) {
            if c == '\\' {
                name.extend(self.escape());
            } else if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || !c.is_ascii() {
                name.push(c);
                self.at += 1;
            } else {
                break;
            }
        }
        name
    }

    fn word(&mut self) {
        let name = self.name().to_ascii_lowercase();
        if self.peek(0) != Some('(') {
            let is_property = self.text.iter().skip(self.at).find(|c| !c.is_whitespace()) == Some(&':');
            let banned = BANNED_PROPERTIES.contains(&name.as_str()) && is_property;
            return self.judge.require(!banned, "css", || format!("{}: {name}", self.place));
        }
        self.at += 1;
        self.judge.require(name != "expression", "css", || format!("{}: expression()", self.place));
        if name == "url" && self.raw_url() {
            return;
        }
        self.functions.push(name);
    }

    /// `url(` without quotes, to its end. `false`: it is quoted, nothing read.
    fn raw_url(&mut self) -> bool {
        let start = self.at;
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        if matches!(self.peek(0), Some('"' | '\'')) {
            self.at = start;
            return false;
        }
        let mut url = String::new();
        loop {
            match self.peek(0) {
                None => {
                    self.judge.say("css", format!("{}: url( without end", self.place));
                    return true;
                }
                Some(')') => {
                    self.at += 1;
                    self.judge.url(url.trim_end(), self.place);
                    return true;
                }
                Some('\\') => url.extend(self.escape()),
                Some(c) => {
                    if matches!(c, '"' | '\'' | '(') {
                        self.judge.say("css", format!("{}: a broken url()", self.place));
                    }
                    url.push(c);
                    self.at += 1;
                }
            }
        }
    }

    fn judge_string(&mut self, text: &str) {
        let in_url = self.functions.last().is_some_and(|name| URL_FUNCTIONS.contains(&name.as_str()));
        let in_import = self.functions.is_empty()
            && self.at_rule.as_deref().is_some_and(|name| matches!(name, "import" | "namespace" | "document"));
        if in_url || in_import {
            self.judge.url(text, self.place);
        }
    }
}
