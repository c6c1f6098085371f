//! Sheets that scripts change by rule, and constructed sheets that documents and shadow roots adopt.

use std::collections::{BTreeMap, BTreeSet};

use super::documents::SheetKey;
use super::sheet_edits::{Edits, SheetWork};
use super::sheets::RuleList;
use super::write::simple;
use super::{SafeEvent, View};
use crate::ids::NodeId;
use crate::mirror::Slot;
use crate::report::Report;
use crate::sanitize::css::Generated;
use crate::sanitize::{JsonOut, css, generated, is_inline_sheet, shape, takes_shadow_root};
use crate::wire::event::{Adopted, Declaration, SheetRule};

impl View {
    /// Rules come and go in the player's order: inserted, deleted, then all replaced.
    pub(super) fn sheet_rule(&mut self, change: &SheetRule<'_>, at_ms: u64) -> Vec<SafeEvent> {
        let Some(mut sheet) = self.open_sheet(change.id, change.style_id) else { return Vec::new() };
        for (text, path) in &change.adds {
            // As `insertRule` takes it.
            self.insert_rule(&mut sheet, text, path.as_deref().unwrap_or(&[0]));
        }
        for path in &change.removes {
            self.delete_rule(&mut sheet, path);
        }
        // A browser replaces constructed sheets only.
        let replace = change.replace.as_ref().filter(|_| matches!(sheet.key, SheetKey::Constructed(_)));
        let replaced = replace.map(|text| self.replace_rules(&mut sheet, text));
        self.close_sheet(sheet, replaced, at_ms)
    }

    /// A property of a rule, set or removed.
    pub(super) fn declaration(&mut self, change: &Declaration<'_>, at_ms: u64) -> Vec<SafeEvent> {
        let Some(mut sheet) = self.open_sheet(change.id, change.style_id) else { return Vec::new() };
        self.change_declaration(&mut sheet, change);
        self.close_sheet(sheet, None, at_ms)
    }

    fn open_sheet(&mut self, id: Option<i64>, style_id: Option<i64>) -> Option<SheetWork> {
        let Some((key, place)) = self.sheet_of(id, style_id) else {
            self.report.removed("event:unknown-node");
            return None;
        };
        let rules = self.take_sheet(key, place)?;
        Some(SheetWork { key, place, rules, edits: Edits::default() })
    }

    /// Keeps the sheet, and tells agents what changed in it.
    fn close_sheet(&mut self, sheet: SheetWork, replaced: Option<String>, at_ms: u64) -> Vec<SafeEvent> {
        let SheetWork { key, rules, edits, .. } = sheet;
        self.documents.put_rules(key, rules);
        if !self.agents_have(key) {
            return Vec::new();
        }
        let edits = edits
            .into_lists()
            .map(|(adds, removes)| rules_event(key, &[("removes", &removes), ("adds", &adds)], None, at_ms));
        let replaced = replaced.map(|text| rules_event(key, &[], Some(&text), at_ms));
        edits.chain(replaced).collect()
    }

    fn replace_rules(&mut self, sheet: &mut SheetWork, text: &str) -> String {
        let generated = sheet.rules.generated;
        // A constructed sheet takes no imports, and does not count them.
        let rules = self.clean_rules(text, sheet.place, generated).into_iter();
        sheet.rules =
            RuleList::new(rules.filter(|rule| !rule.as_ref().is_some_and(|rule| rule.starts_with("@import"))));
        sheet.rules.generated = generated;
        if sheet.rules.bytes() > self.documents.sheet_room_bytes(&self.limits) {
            self.report.removed("limit:sheet_bytes");
            sheet.rules = RuleList::default();
            sheet.rules.generated = generated;
        }
        sheet.rules.text()
    }

    /// A rule that there is room for. One that there is none for keeps its place, as a dropped one does.
    pub(super) fn within_room(&mut self, rules: &RuleList, rule: Option<String>) -> Option<String> {
        let room_bytes = self.documents.sheet_room_bytes(&self.limits);
        let fits = rule.as_ref().is_none_or(|rule| rules.bytes() + rule.len() <= room_bytes);
        if !fits {
            self.report.removed("limit:sheet_bytes");
        }
        rule.filter(|_| fits)
    }

    /// Which sheet a change speaks of, and where it stands. A sheet that agents fetch has rules that are not known here.
    fn sheet_of(&self, id: Option<i64>, style_id: Option<i64>) -> Option<(SheetKey, Slot)> {
        if let Some(slot) = id.and_then(|id| self.known(id)) {
            let node = self.mirror.get(slot).filter(|node| is_inline_sheet(node))?;
            return Some((SheetKey::Element(node.id), slot));
        }
        let id = style_id.filter(|id| self.documents.constructed.contains_key(id))?;
        let home = self.documents.homes.get(&id).and_then(|home| self.mirror.find(*home));
        Some((SheetKey::Constructed(id), home.unwrap_or(self.mirror.root())))
    }

    /// The rules of a sheet, taken out. `None`: there is no room to keep them by rule.
    fn take_sheet(&mut self, key: SheetKey, place: Slot) -> Option<RuleList> {
        if let Some(rules) = self.documents.take_rules(key) {
            return Some(rules);
        }
        let generated = self.generated_at(place);
        // Paid for once: from here on the sheet is kept by rule.
        let source = crate::sanitize::sheet_source(&self.mirror, place).into_owned();
        let mut rules = RuleList::new(self.clean_rules(&source, place, generated));
        rules.generated = generated;
        if rules.bytes() > self.documents.sheet_room_bytes(&self.limits) {
            self.report.removed("limit:sheet_bytes");
            return None;
        }
        Some(rules)
    }

    fn agents_have(&self, key: SheetKey) -> bool {
        match key {
            SheetKey::Element(id) => {
                self.mirror.find(id).and_then(|slot| self.mirror.get(slot)).is_some_and(|node| node.sent)
            }
            SheetKey::Constructed(id) => self.documents.told.contains(&id),
        }
    }

    fn generated_at(&self, place: Slot) -> Generated {
        self.mirror.get(place).map(|node| generated(node.verdict)).unwrap_or_default()
    }

    /// The rules of a sheet's text, sanitized, under the page's numbers.
    pub(super) fn clean_rules(&mut self, text: &str, place: Slot, generated: Generated) -> Vec<Option<String>> {
        let mut report = std::mem::take(&mut self.report);
        let mut render = self.render(&mut report);
        let mut urls = render.urls(place).refusing(generated == Generated::Nothing);
        let rules = css::Css::new(&mut urls).keeping(generated).rules(text);
        self.report = report;
        rules.into_iter().map(|rule| rule.text).collect()
    }

    /// As [`View::clean_rules`], of exactly one rule.
    pub(super) fn clean_rule(&mut self, text: &str, place: Slot, generated: Generated) -> Option<String> {
        let mut rules = self.clean_rules(text, place, generated);
        let rule = rules.pop()?;
        if rules.is_empty() { rule } else { None }
    }

    /// The declarations of a masked element without what could show text.
    pub(super) fn masked_style(&self, place: Slot, text: &str) -> String {
        let mut scratch = Report::default();
        let mut render = self.render(&mut scratch);
        let mut out = String::with_capacity(text.len());
        let mut urls = render.urls(place).refusing(true);
        css::Css::new(&mut urls).keeping(Generated::Nothing).declarations(text, &mut out);
        out
    }

    /// New constructed sheets, and which of them a document or shadow root adopts from now on.
    pub(super) fn adopt(&mut self, adopted: &Adopted<'_>, at_ms: u64) -> Vec<SafeEvent> {
        let host = NodeId::new(adopted.id).and_then(|id| self.mirror.find(id));
        let place = host.unwrap_or(self.mirror.root());
        let generated = self.generated_at(place);
        for (id, texts) in &adopted.styles {
            self.construct(*id, texts, place, generated);
        }
        let ids = host.and_then(|slot| Some((self.mirror.get(slot)?.id, self.mirror.document(slot)?)));
        let home = ids.and_then(|(host, document)| Some((host, self.mirror.get(document)?.id)));
        let Some((host, home)) = home else {
            self.report.removed("event:unknown-node");
            return Vec::new();
        };
        let ids: Vec<i64> = adopted.style_ids.iter().copied().filter(|id| self.is_at_home(*id, home)).collect();
        if !self.documents.adopt(host, ids, &self.limits) {
            self.report.removed("limit:adopted_sheets");
            return Vec::new();
        }
        self.tell_adopted(host, at_ms).into_iter().collect()
    }

    fn construct(&mut self, id: i64, texts: &[std::borrow::Cow<'_, str>], place: Slot, generated: Generated) {
        // A recorder tells the rules once; who has them would not take them again.
        if self.documents.constructed.contains_key(&id) {
            return;
        }
        if self.documents.constructed.len() >= self.limits.adopted_sheets {
            self.report.removed("limit:adopted_sheets");
            return;
        }
        let mut rules = RuleList::default();
        rules.generated = generated;
        for text in texts {
            // A constructed sheet has no imports.
            let rule = self.clean_rule(text, place, generated).filter(|rule| !rule.starts_with("@import"));
            let rule = self.within_room(&rules, rule);
            rules.insert(rules.len(), rule);
        }
        self.documents.put_rules(SheetKey::Constructed(id), rules);
    }

    /// Whether a sheet may be adopted in this document: a browser throws where it is not the one that it was made for.
    fn is_at_home(&mut self, id: i64, document: NodeId) -> bool {
        if !self.documents.constructed.contains_key(&id) {
            return false;
        }
        match self.documents.homes.get(&id) {
            Some(home) if *home == document => true,
            Some(home) if self.mirror.find(*home).is_some() => false,
            _ => {
                self.documents.homes.insert(id, document);
                self.documents.told.remove(&id);
                true
            }
        }
    }

    /// Tells agents what a host adopts, with the rules that they have not.
    pub(super) fn tell_adopted(&mut self, host: NodeId, at_ms: u64) -> Option<SafeEvent> {
        let mut told = std::mem::take(&mut self.documents.told);
        let event = self.adopted_event(host, &[], &mut told, at_ms);
        self.documents.told = told;
        event
    }

    /// For one who has only the snapshot: all sheets that others were told of, adopted now or not, then who adopts what.
    pub(super) fn adopted_events(&self, at_ms: u64) -> Vec<SafeEvent> {
        let mut by_home: BTreeMap<NodeId, Vec<i64>> = BTreeMap::new();
        for (id, home) in self.documents.homes.iter().filter(|(id, _)| self.documents.told.contains(id)) {
            by_home.entry(*home).or_default().push(*id);
        }
        let mut told = BTreeSet::new();
        let homes = by_home.iter().map(|(home, ids)| (*home, ids.as_slice()));
        let others = self.documents.adopted.keys().filter(|host| !by_home.contains_key(host));
        let hosts: Vec<(NodeId, &[i64])> = homes.chain(others.map(|host| (*host, [].as_slice()))).collect();
        hosts.into_iter().filter_map(|(host, also)| self.adopted_event(host, also, &mut told, at_ms)).collect()
    }

    /// A player builds the page of a new snapshot in the same document, which keeps the sheets that it adopted before.
    pub(super) fn nothing_adopted_event(&self, root: Slot, at_ms: u64) -> Option<SafeEvent> {
        let id = self.mirror.get(root).map(|node| node.id)?;
        if !self.page.has_adopted || self.documents.adopted.contains_key(&id) {
            return None;
        }
        Some(simple(15, at_ms, |out| {
            out.key("id");
            out.integer(id.get());
            out.raw(",\"styleIds\":[],\"styles\":[]");
        }))
    }

    /// The sheets that a document or shadow host adopts, with the rules of these and of `also` that are not in `told`.
    fn adopted_event(&self, host: NodeId, also: &[i64], told: &mut BTreeSet<i64>, at_ms: u64) -> Option<SafeEvent> {
        let slot = self.mirror.find(host)?;
        let node = self.mirror.get(slot).filter(|node| node.sent)?;
        let has_shadow_root = node.marks().is_shadow_host && takes_shadow_root(&shape(&self.mirror, slot));
        let ids = self.documents.adopted.get(&host);
        if !node.is_document() && !has_shadow_root || ids.is_none() && also.is_empty() {
            return None;
        }
        let ids = ids.map(Vec::as_slice).unwrap_or_default();
        Some(simple(15, at_ms, |out| {
            out.key("id");
            out.integer(host.get());
            out.key("styleIds");
            out.raw("[");
            for id in ids {
                out.comma();
                out.number(*id as f64);
            }
            out.raw("]");
            out.key("styles");
            out.raw("[");
            for id in ids.iter().chain(also).filter(|id| told.insert(**id)) {
                self.write_constructed(*id, out);
            }
            out.raw("]");
        }))
    }

    fn write_constructed(&self, id: i64, out: &mut JsonOut) {
        out.comma();
        out.raw("{\"styleId\":");
        out.number(id as f64);
        out.raw(",\"rules\":[");
        let rules = self.documents.constructed.get(&id).into_iter().flat_map(RuleList::kept);
        for (index, rule) in rules.enumerate() {
            out.comma();
            out.raw("{\"rule\":");
            out.string(rule);
            out.raw(",\"index\":");
            out.integer(index as u64);
            out.raw("}");
        }
        out.raw("]}");
    }
}

/// Rules of one sheet come and go.
fn rules_event(key: SheetKey, lists: &[(&str, &str)], replaced: Option<&str>, at_ms: u64) -> SafeEvent {
    simple(8, at_ms, |out| {
        match key {
            SheetKey::Constructed(id) => {
                out.key("styleId");
                out.number(id as f64);
            }
            SheetKey::Element(id) => {
                out.key("id");
                out.integer(id.get());
            }
        }
        for (name, list) in lists {
            out.key(name);
            out.raw("[");
            out.raw(list);
            out.raw("]");
        }
        if let Some(text) = replaced {
            out.key("replaceSync");
            out.string(text);
        }
    })
}
