//! Single declarations of rules, set or removed by script.

use super::documents::SheetKey;
use super::sheet_events::{sheet_event, write_delete, write_insert};
use super::sheets::RuleList;
use super::{SafeEvent, View};
use crate::mirror::Slot;
use crate::sanitize::{JsonOut, StyleChange, css, split_rule, with_properties};
use crate::wire::event::Declaration;

impl View {
    /// The rule is made anew as a whole: those who come later read it from the sheet, and all shall read the same.
    pub(super) fn declaration(&mut self, change: &Declaration<'_>, at_ms: u64) -> Vec<SafeEvent> {
        let Some((key, place)) = self.sheet_of(change.id, change.style_id) else {
            self.report.removed("event:unknown-node");
            return Vec::new();
        };
        let [index] = change.index.as_slice() else {
            self.report.removed("event:nested-rule");
            return Vec::new();
        };
        let Some(mut rules) = self.take_sheet(key, place) else { return Vec::new() };
        let replaced = self.redeclare(&mut rules, *index as usize, change, place);
        self.documents.put_rules(key, rules);
        match replaced {
            Some((rule, number)) if self.agents_have(key) => vec![replace_event(key, &rule, number, at_ms)],
            _ => Vec::new(),
        }
    }

    /// Changes a rule of the list; gives its new text and its number for agents, if it is another now.
    fn redeclare(
        &mut self,
        rules: &mut RuleList,
        index: usize,
        change: &Declaration<'_>,
        place: Slot,
    ) -> Option<(String, usize)> {
        // A rule that did not pass has no declarations that could; and only those of style rules are changed by name.
        let old = rules.rule(index).filter(|rule| !rule.starts_with('@'))?;
        let (selector, body) = split_rule(old)?;
        self.spent_bytes = self.spent_bytes.saturating_add(old.len());
        let changes = self.safe_declarations(change, place, rules.is_blank);
        if changes.is_empty() {
            return None;
        }
        let new = format!("{selector}{{{}}}", with_properties(body, &changes));
        let old_bytes = old.len();
        let fits = rules.bytes() - old_bytes + new.len() <= self.documents.sheet_room_bytes(&self.limits);
        if !fits {
            self.report.removed("limit:sheet_bytes");
            return None;
        }
        rules.remove(index);
        let number = rules.insert(index, Some(new.clone()))?;
        Some((new, number))
    }

    /// What is set, with its value as it may leave, and what is removed.
    fn safe_declarations(&mut self, change: &Declaration<'_>, place: Slot, blanks: bool) -> Vec<StyleChange<'static>> {
        let mut report = std::mem::take(&mut self.report);
        let mut changes: Vec<StyleChange<'static>> = Vec::new();
        if let Some((name, value, important)) = &change.set {
            let mut render = self.render(&mut report);
            let mut urls = render.urls(place).refusing(blanks);
            let mut css = css::Css::new(&mut urls).blanking_content(blanks);
            let name = css::property_name(name).map(|name| name.into_owned());
            let value = value.as_deref().unwrap_or_default();
            match (name, value.is_empty()) {
                (Some(name), true) => changes.push((name.into(), None, false)),
                (Some(name), false) => {
                    if let Some(value) = css.value(&name, value) {
                        changes.push((name.into(), Some(value.into()), *important));
                    }
                }
                (None, _) => {}
            }
        }
        if let Some(name) = change.remove.as_deref().and_then(css::property_name) {
            changes.push((name.into_owned().into(), None, false));
        }
        self.report = report;
        changes
    }
}

/// In the player's order: inserted before the old one, which is then deleted.
fn replace_event(key: SheetKey, rule: &str, number: usize, at_ms: u64) -> SafeEvent {
    let (mut adds, mut removes) = (JsonOut::default(), JsonOut::default());
    write_insert(&mut adds, rule, number);
    write_delete(&mut removes, number + 1);
    sheet_event(key, &adds.finish(), &removes.finish(), None, at_ms)
}
