//! CSS, in every place where it can stand, written anew from its tokens.

use std::borrow::Cow;

use crate::sanitize::url::UrlSealer;

/// One top-level rule of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeRule {
    /// The rule as it may leave the server; `None` when it is gone.
    pub text: Option<String>,
}

/// Cleans CSS; URLs go through the [`UrlSealer`] that it was made with.
#[derive(Debug)]
pub struct Css<'u, 'a> {
    urls: &'u mut UrlSealer<'a>,
    blank_content: bool,
}

impl<'u, 'a> Css<'u, 'a> {
    /// A cleaner whose URLs go through `urls`.
    pub fn new(urls: &'u mut UrlSealer<'a>) -> Self {
        Self { urls, blank_content: false }
    }

    /// Leaves generated content empty: for sheets of masked parts.
    #[must_use]
    pub fn blanking_content(mut self, blank: bool) -> Self {
        self.blank_content = blank;
        self
    }

    /// A whole style sheet, written at the end of `out`.
    pub fn stylesheet(&mut self, _text: &str, _out: &mut String) {}

    /// Every top-level rule of a sheet in order, gone ones included, so that rule indexes can be translated.
    pub fn rules(&mut self, _text: &str) -> Vec<SafeRule> {
        Vec::new()
    }

    /// One rule, as `insertRule` takes it. `None` when it is gone, or when `text` is not exactly one rule.
    pub fn rule(&mut self, _text: &str) -> Option<String> {
        None
    }

    /// A `style` attribute, written at the end of `out`.
    pub fn declarations(&mut self, _text: &str, _out: &mut String) {}

    /// The value of one property, as `setProperty` takes it: without `!important`.
    pub fn value(&mut self, _property: &str, _value: &str) -> Option<String> {
        None
    }

    /// The source list of a font that a script adds.
    pub fn font_source(&mut self, _text: &str) -> Option<String> {
        None
    }
}

/// The property's name as we write it, if it is a listed or a custom property.
#[must_use]
pub fn property_name(_name: &str) -> Option<Cow<'_, str>> {
    None
}
