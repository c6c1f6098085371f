//! CSS, in every place where it can stand, written anew from its tokens.
//!
//! [`Css`] reads with `cssparser`, judges each token by the tables in `css/allow.rs`, and writes what stays. Three
//! things hold for its output, whatever came in:
//!
//! - Every URL went through the [`UrlSealer`], in whatever spelling and place it stood; a string that reads as an
//!   absolute address is a URL too, and is emptied where no URL belongs.
//! - It reads as the same tokens again, in a style element and in an attribute: brackets are closed, comments gone, and
//!   `<` stands only in a comparison, before `=` or a space.
//! - What does not parse is gone as a whole: a declaration, or a rule. Nothing is guessed.
//!
//! A URL that is gone leaves `url("")`, which no browser fetches; an `@import` goes as a whole.

mod allow;
mod engine;
mod place;
mod prelude;
mod selector;
mod tokens;
mod value;
mod write;

pub(crate) use place::{gap_at, rule_at, with_property};

use std::borrow::Cow;

use self::allow::{Names, Property};
use self::engine::{End, Engine};
use crate::sanitize::url::UrlSealer;

/// Stands for a dropped rule inside another rule, so that the indexes of its neighbours stay as the page counts them.
pub const GONE_RULE: &str = ":not(*){}";

/// What the recorder writes where one sheet was spread over several text nodes; kept between rules, dropped in them.
pub const SPLIT_MARK: &str = "/* rr_split */";

/// One top-level rule of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeRule {
    /// The rule as it may leave the server; `None` when it is gone. Inside it no rule is missing: [`GONE_RULE`] stands
    /// for each that is gone.
    pub text: Option<String>,
}

/// How much of its generated text a sheet keeps (`content`, list markers, quotes, counters).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Generated {
    /// All.
    #[default]
    Shown,
    /// What has neither letters nor digits: arrows, and the glyphs of icon fonts. Custom properties stay, but may not be
    /// shown as text.
    Symbols,
    /// Nothing; custom properties, which can become text, go too.
    Nothing,
}

/// Cleans CSS; URLs go through the [`UrlSealer`] that it was made with, and reasons are counted in its report.
#[derive(Debug)]
pub struct Css<'u, 'a> {
    urls: &'u mut UrlSealer<'a>,
    generated: Generated,
    is_early: bool,
}

impl<'u, 'a> Css<'u, 'a> {
    /// A cleaner whose URLs go through `urls`.
    pub fn new(urls: &'u mut UrlSealer<'a>) -> Self {
        Self { urls, generated: Generated::Shown, is_early: false }
    }

    /// Takes every URL as one whose fetch would tell what the page's data are: for parts of rules whose selectors are not
    /// at hand.
    #[must_use]
    pub fn fetching_early(mut self, is_early: bool) -> Self {
        self.is_early = is_early;
        self
    }

    /// Leaves generated text empty as far as said: for sheets that could show text of masked parts.
    #[must_use]
    pub fn keeping(mut self, generated: Generated) -> Self {
        self.generated = generated;
        self
    }

    /// A whole style sheet, written at the end of `out`. Dropped top-level rules leave nothing.
    pub fn stylesheet(&mut self, text: &str, out: &mut String) {
        let text = without_nul(text);
        let mut engine = Engine::new(&text, self.urls, out, self.generated).fetching_early(self.is_early);
        while engine.top_level_rule().is_some() {}
    }

    /// Every top-level rule of a sheet in order, gone ones included, so that rule indexes can be
    /// translated.
    ///
    /// The order is that of the browser's own list where the text came from one (`cssText`), as recorders send it.
    /// `@charset` is in no such list and is not counted.
    pub fn rules(&mut self, text: &str) -> Vec<SafeRule> {
        let text = without_nul(text);
        let mut out = String::new();
        let mut rules = Vec::new();
        let mut engine = Engine::new(&text, self.urls, &mut out, self.generated).fetching_early(self.is_early);
        while let Some(kept) = engine.top_level_rule() {
            let text = engine.take();
            let text = if text.contains(SPLIT_MARK) { text.replace(SPLIT_MARK, "") } else { text };
            rules.push(SafeRule { text: kept.then_some(text) });
        }
        rules
    }

    /// One rule, as `insertRule` takes it. `None` when it is gone, or when `text` is not exactly one rule.
    pub fn rule(&mut self, text: &str) -> Option<String> {
        let mut rules = self.rules(text);
        let rule = rules.pop()?;
        if rules.is_empty() { rule.text } else { None }
    }

    /// A `style` attribute, written at the end of `out`.
    pub fn declarations(&mut self, text: &str, out: &mut String) {
        let text = without_nul(text);
        Engine::new(&text, self.urls, out, self.generated).fetching_early(self.is_early).declaration_list();
    }

    /// The value of one property, as `setProperty` takes it: without `!important`, which is an argument of its own.
    ///
    /// `None` when the property is not listed or the value is no value.
    pub fn value(&mut self, property: &str, value: &str) -> Option<String> {
        let listed = if is_custom(property) {
            Property::CUSTOM
        } else {
            match allow::property(Names::Properties, property) {
                Some(listed) => listed,
                None => {
                    self.urls.report().removed("css:property");
                    return None;
                }
            }
        };
        self.single_value(listed, value).map(|(text, _)| text)
    }

    /// The source list of a font that a script adds. `None` when no source is left.
    pub fn font_source(&mut self, text: &str) -> Option<String> {
        let source = allow::property(Names::FontFace, "src")?;
        let was_early = std::mem::replace(&mut self.is_early, true);
        let cleaned = self.single_value(source, text);
        self.is_early = was_early;
        let (text, urls_kept) = cleaned?;
        (urls_kept > 0 || text.contains("local(")).then_some(text)
    }

    /// A descriptor of a font that a script adds, such as `font-weight`. `None` when it is not listed or no such value.
    pub fn font_descriptor(&mut self, name: &str, text: &str) -> Option<String> {
        let descriptor = allow::property(Names::FontFace, name)?;
        self.single_value(descriptor, text).map(|(text, _)| text)
    }

    fn single_value(&mut self, property: Property, text: &str) -> Option<(String, usize)> {
        let text = without_nul(text);
        let mut out = String::new();
        let mut engine = Engine::new(&text, self.urls, &mut out, self.generated).fetching_early(self.is_early);
        let (end, fault) = engine.value(property, false);
        let urls_kept = engine.urls_kept;
        if fault.is_none() && end == End::Input && !out.ends_with(value::IMPORTANT) {
            return Some((out, urls_kept));
        }
        self.urls.report().removed(fault.unwrap_or("css:syntax"));
        None
    }
}

/// The property's name as we write it, if it is a listed one (then in lower case) or a custom one.
#[must_use]
pub fn property_name(name: &str) -> Option<Cow<'_, str>> {
    if is_custom(name) {
        return Some(Cow::Borrowed(name));
    }
    allow::property(Names::Properties, name).map(|listed| Cow::Borrowed(listed.name))
}

/// Custom names that need no escape; a script that sets one as a property needs no other.
fn is_custom(name: &str) -> bool {
    name.strip_prefix("--")
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_'))
}

/// CSS reads a NUL as U+FFFD.
fn without_nul(text: &str) -> Cow<'_, str> {
    match memchr::memchr(0, text.as_bytes()) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.replace('\0', "\u{fffd}")),
    }
}

#[cfg(test)]
mod tests;
