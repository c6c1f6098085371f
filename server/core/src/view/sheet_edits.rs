//! Single rules and declarations that scripts change, and how agents are told.
//!
//! A script names a rule by its numbers in the page's sheet. Agents are told by the numbers in theirs. Where no player can
//! change the very part (a step of an animation, what is nested in a style rule, a declaration whose shorthands only a
//! browser knows), the innermost rule that it can change is given anew: so who followed has the same text as who comes
//! late.

use super::View;
use super::documents::SheetKey;
use super::sheets::RuleList;
use crate::mirror::Slot;
use crate::sanitize::{JsonOut, css};
use crate::wire::event::Declaration;

/// One sheet while scripts change its rules.
pub(super) struct SheetWork {
    pub(super) key: SheetKey,
    /// Where the sheet stands.
    pub(super) place: Slot,
    pub(super) rules: RuleList,
    pub(super) edits: Edits,
}

/// Changes of one sheet as agents make them. A player inserts before it deletes, so there may be several events.
#[derive(Default)]
pub(super) struct Edits(Vec<Edit>);

#[derive(Default)]
struct Edit {
    adds: JsonOut,
    removes: JsonOut,
    has_removes: bool,
}

impl Edits {
    /// Each event's lists of inserted and deleted rules, as JSON.
    pub(super) fn into_lists(self) -> impl Iterator<Item = (String, String)> {
        self.0.into_iter().map(|edit| (edit.adds.finish(), edit.removes.finish()))
    }

    fn insert(&mut self, rule: &str, path: &[u32]) {
        if self.0.last().is_none_or(|edit| edit.has_removes) {
            self.0.push(Edit::default());
        }
        let Some(Edit { adds: out, .. }) = self.0.last_mut() else { return };
        out.comma();
        out.raw("{\"rule\":");
        out.string(rule);
        out.raw(",");
        write_index(path, out);
        out.raw("}");
    }

    fn delete(&mut self, path: &[u32]) {
        if self.0.is_empty() {
            self.0.push(Edit::default());
        }
        let Some(Edit { removes: out, has_removes, .. }) = self.0.last_mut() else { return };
        *has_removes = true;
        out.comma();
        out.raw("{");
        write_index(path, out);
        out.raw("}");
    }

    /// A rule in the place of another.
    fn replace(&mut self, rule: &str, path: &[u32]) {
        self.insert(rule, path);
        if let Some((last, above)) = path.split_last() {
            self.delete(&[above, &[*last + 1]].concat());
        }
    }
}

/// A player takes a list only for a rule inside another.
fn write_index(path: &[u32], out: &mut JsonOut) {
    out.raw("\"index\":");
    if let [index] = path {
        out.integer(*index);
        return;
    }
    out.raw("[");
    for index in path {
        out.comma();
        out.integer(*index);
    }
    out.raw("]");
}

impl View {
    /// As `insertRule`, of a sheet (`path` of one number) or of a rule in it.
    pub(super) fn insert_rule(&mut self, sheet: &mut SheetWork, text: &str, path: &[u32]) {
        let [top, inner @ ..] = path else { return };
        if !inner.is_empty() {
            self.insert_nested(sheet, text, *top, inner);
            return;
        }
        if sheet.rules.len() >= self.limits.rules_per_sheet {
            self.report.removed("limit:rules_per_sheet");
            return;
        }
        if !self.works(sheet.rules.len() / 8 + text.len()) {
            return;
        }
        let rule = self.clean_rule(text, sheet.place, sheet.rules.generated);
        let rule = self.within_room(&sheet.rules, rule);
        if rule.as_deref().is_some_and(|rule| !sheet.takes(rule, *top as usize)) {
            self.report.removed("css:@import");
            return;
        }
        let text = rule.clone();
        if let (Some(number), Some(text)) = (sheet.rules.insert(*top as usize, rule), text) {
            sheet.edits.insert(&text, &[number]);
        }
    }

    fn insert_nested(&mut self, sheet: &mut SheetWork, text: &str, top: u32, inner: &[u32]) {
        let Some((whole, number)) = self.rule_of(sheet, top, text.len()) else { return };
        let Some(gap) = css::gap_at(&whole, inner) else {
            self.report.removed("event:nested-rule");
            return;
        };
        let rule = self.clean_part(text, sheet);
        let mut changed = whole.clone();
        changed.replace_range(gap.range.clone(), &rule);
        if !self.put_rule(sheet, top, &changed) {
            return;
        }
        if gap.through_groups == inner.len() {
            sheet.edits.insert(&rule, &[&[number], inner].concat());
        } else {
            replace_within(sheet, &changed, number, inner, gap.through_groups);
        }
    }

    /// As `deleteRule`, of a sheet (`path` of one number) or of a rule in it.
    pub(super) fn delete_rule(&mut self, sheet: &mut SheetWork, path: &[u32]) {
        let [top, inner @ ..] = path else { return };
        if inner.is_empty() {
            let removed = if self.works(sheet.rules.len() / 8) { sheet.rules.remove(*top as usize) } else { None };
            if let Some(number) = removed {
                sheet.edits.delete(&[number]);
            }
            return;
        }
        let Some((whole, number)) = self.rule_of(sheet, *top, 0) else { return };
        let Some(place) = css::rule_at(&whole, inner) else {
            self.report.removed("event:nested-rule");
            return;
        };
        let mut changed = whole;
        changed.replace_range(place.range.clone(), "");
        if !self.put_rule(sheet, *top, &changed) {
            return;
        }
        if place.through_groups == inner.len() {
            sheet.edits.delete(&[&[number], inner].concat());
        } else {
            replace_within(sheet, &changed, number, inner, place.through_groups);
        }
    }

    /// As `setProperty` and `removeProperty`, of a rule's declarations.
    pub(super) fn change_declaration(&mut self, sheet: &mut SheetWork, change: &Declaration<'_>) {
        let set = change.set.as_ref().map(|(name, value, important)| (name, value.as_deref(), *important));
        let remove = change.remove.as_ref().map(|name| (name, None, false));
        for (name, value, important) in set.into_iter().chain(remove) {
            self.set_property(sheet, &change.index, name, value, important);
        }
    }

    fn set_property(&mut self, sheet: &mut SheetWork, path: &[u32], name: &str, value: Option<&str>, important: bool) {
        let [top, inner @ ..] = path else { return };
        let Some(name) = css::property_name(name) else {
            self.report.removed("css:property");
            return;
        };
        let value = value.filter(|value| !value.trim().is_empty());
        let cleaned = value.map(|value| self.clean_value(&name, value, sheet));
        let value = match cleaned {
            Some(None) => return,
            Some(Some(value)) if important => Some(value + "!important"),
            Some(value) => value,
            None => None,
        };
        let Some((whole, number)) = self.rule_of(sheet, *top, value.as_ref().map_or(0, String::len)) else { return };
        let place = css::rule_at(&whole, inner);
        let edited = place.as_ref().and_then(|place| {
            css::with_property(whole.get(place.range.clone())?, &name, value.as_deref()).map(|rule| (place, rule))
        });
        let Some((place, rule)) = edited else {
            self.report.removed("event:style-declaration");
            return;
        };
        let mut changed = whole.clone();
        changed.replace_range(place.range.clone(), &rule);
        if changed != whole && self.put_rule(sheet, *top, &changed) {
            replace_within(sheet, &changed, number, inner, place.through_groups);
        }
    }

    /// A top-level rule that agents have, with its number there; work on it is charged.
    fn rule_of(&mut self, sheet: &SheetWork, top: u32, more_bytes: usize) -> Option<(String, u32)> {
        let found = sheet.rules.get(top as usize).map(|(rule, number)| (rule.to_owned(), number));
        let Some((rule, number)) = found else {
            self.report.removed("event:nested-rule");
            return None;
        };
        self.works(rule.len() + more_bytes + top as usize / 8).then_some((rule, number))
    }

    /// Charges work to the frame. `false`: it has had too much, and this is not done.
    fn works(&mut self, bytes: usize) -> bool {
        self.spent_bytes = self.spent_bytes.saturating_add(bytes);
        let is_within = self.spent_bytes <= self.limits.work_bytes;
        if !is_within {
            self.report.removed("limit:work_bytes");
        }
        is_within
    }

    /// Puts a rule's new text in its place. `false`: there is no room for it, and the old one stays.
    fn put_rule(&mut self, sheet: &mut SheetWork, top: u32, text: &str) -> bool {
        let room_bytes = self.documents.sheet_room_bytes(&self.limits);
        let fits = sheet.rules.bytes() + text.len() <= room_bytes;
        if fits {
            sheet.rules.set(top as usize, text);
        } else {
            self.report.removed("limit:sheet_bytes");
        }
        fits
    }

    /// A rule that goes into another. One that is gone keeps its place.
    fn clean_part(&mut self, text: &str, sheet: &SheetWork) -> String {
        let rule = self.with_cleaner(sheet, |css| css.rule(text));
        rule.filter(|rule| !rule.starts_with("@import")).unwrap_or_else(|| css::GONE_RULE.to_owned())
    }

    fn clean_value(&mut self, name: &str, value: &str, sheet: &SheetWork) -> Option<String> {
        self.with_cleaner(sheet, |css| css.value(name, value))
    }

    /// Cleans a part of a rule. What is around it may read anything.
    fn with_cleaner<T>(&mut self, sheet: &SheetWork, clean: impl FnOnce(&mut css::Css<'_, '_>) -> T) -> T {
        let generated = sheet.rules.generated;
        let mut report = std::mem::take(&mut self.report);
        let mut render = self.render(&mut report);
        let mut urls = render.urls(sheet.place).refusing(generated == css::Generated::Nothing);
        let cleaned = clean(&mut css::Css::new(&mut urls).keeping(generated).fetching_early(true));
        self.report = report;
        cleaned
    }
}

impl SheetWork {
    /// Whether a browser inserts this rule here. It refuses an import behind other rules, other rules before an import,
    /// and any import into a constructed sheet.
    fn takes(&self, rule: &str, index: usize) -> bool {
        let is_import = |rule: &str| rule.starts_with("@import");
        if matches!(self.key, SheetKey::Constructed(_)) {
            return !is_import(rule);
        }
        let stays_ahead = |rule: &str| is_import(rule) || rule.starts_with("@layer") && rule.ends_with(';');
        let mut kept = self.rules.rules().enumerate().filter_map(|(at, rule)| Some((at, rule?)));
        if is_import(rule) {
            kept.take_while(|(at, _)| *at < index).all(|(_, rule)| stays_ahead(rule))
        } else {
            stays_ahead(rule) || !kept.any(|(at, rule)| at >= index && is_import(rule))
        }
    }
}

/// Gives anew the innermost rule on the path that a player can change: `changed` is the whole top-level rule.
fn replace_within(sheet: &mut SheetWork, changed: &str, number: u32, inner: &[u32], through_groups: usize) {
    let inner = inner.get(..through_groups).unwrap_or_default();
    let rule = css::rule_at(changed, inner).and_then(|place| changed.get(place.range));
    if let Some(rule) = rule {
        sheet.edits.replace(rule, &[&[number], inner].concat());
    }
}
