//! Style sheets that are changed by rule: sanitized rules under the page's own numbers.

use crate::sanitize::css::Generated;

/// The rules of one sheet. A rule that was dropped keeps its place, so that the page's rule numbers stay right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RuleList {
    rules: Vec<Option<Box<str>>>,
    bytes: usize,
    /// What was left of generated text, for the sake of masked parts.
    pub(super) generated: Generated,
}

impl RuleList {
    pub(super) fn new(rules: impl IntoIterator<Item = Option<String>>) -> Self {
        let rules: Vec<_> = rules.into_iter().map(|rule| rule.map(String::into_boxed_str)).collect();
        let bytes = rules.iter().map(|rule| weight(rule.as_deref())).sum();
        Self { rules, bytes, generated: Generated::Shown }
    }

    /// What it weighs, places of dropped rules included.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// All rules by the page's numbers; `None` for those that are gone.
    pub(super) fn rules(&self) -> impl Iterator<Item = Option<&str>> {
        self.rules.iter().map(Option::as_deref)
    }

    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    /// The sheet's text for agents.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for rule in self.kept() {
            text.push_str(rule);
            text.push('\n');
        }
        text
    }

    /// The rules that agents have, in order.
    pub(super) fn kept(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter_map(Option::as_deref)
    }

    /// Puts a rule before the page's `index`; gives its number for agents, if they get it.
    pub(super) fn insert(&mut self, index: usize, rule: Option<String>) -> Option<u32> {
        let index = index.min(self.rules.len());
        let is_kept = rule.is_some();
        self.bytes += weight(rule.as_deref());
        self.rules.insert(index, rule.map(String::into_boxed_str));
        is_kept.then(|| self.number(index))
    }

    /// Deletes the page's rule `index`; gives its number for agents, if they had it.
    pub(super) fn remove(&mut self, index: usize) -> Option<u32> {
        if index >= self.rules.len() {
            return None;
        }
        let number = self.number(index);
        let rule = self.rules.remove(index);
        self.bytes -= weight(rule.as_deref());
        rule.map(|_| number)
    }

    /// The page's rule `index` and its number for agents, if they have it.
    pub(super) fn get(&self, index: usize) -> Option<(&str, u32)> {
        let rule = self.rules.get(index)?.as_deref()?;
        Some((rule, self.number(index)))
    }

    /// Puts another text in the place of a rule that agents have.
    pub(super) fn set(&mut self, index: usize, text: &str) {
        if let Some(Some(rule)) = self.rules.get_mut(index) {
            self.bytes = self.bytes - rule.len() + text.len();
            *rule = text.into();
        }
    }

    /// How many rules before `index` agents have.
    fn number(&self, index: usize) -> u32 {
        u32::try_from(self.rules.iter().take(index).flatten().count()).unwrap_or(u32::MAX)
    }
}

fn weight(rule: Option<&str>) -> usize {
    size_of::<Option<Box<str>>>() + rule.map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_sheet_as_sent() {
        let mut list = RuleList::new([Some("a{}".into()), None, Some("b{}".into())]);
        assert_eq!(list.insert(3, Some("c{}".into())), Some(2));
        assert_eq!(list.insert(1, None), None);
        assert_eq!(list.insert(2, Some("d{}".into())), Some(1));
        assert_eq!(list.kept().collect::<Vec<_>>(), ["a{}", "d{}", "b{}", "c{}"]);
        assert_eq!(list.remove(1), None);
        assert_eq!(list.remove(0), Some(0));
        assert_eq!(list.remove(99), None);
        assert_eq!(list.text(), "d{}\nb{}\nc{}\n");
    }
}
