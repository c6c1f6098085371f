//! Overwriting what the mirror holds of masked nodes, so that it is nowhere once the event is done.

use std::borrow::Cow;

use html5ever::{LocalName, local_name};

use super::View;
use super::documents::SheetKey;
use super::judge::is_typed_into;
use super::sheets::RuleList;
use crate::mirror::{Kind, Node, Slot, Value};
use crate::restrict::{mask_text, may_become};
use crate::sanitize::css::{GONE_RULE, Generated, SPLIT_MARK};
use crate::sanitize::{
    KeptUnderMask, generated, is_sheet, is_style_text, kept_of_match, kept_under_mask, sheet_source,
};

impl View {
    /// Overwrites the words of a masked node.
    pub(super) fn redact(&mut self, slot: Slot) {
        let Some(node) = self.mirror.get(slot) else { return };
        let generated = generated(node.verdict);
        match &node.kind {
            Kind::Text(_) if is_style_text(&self.mirror, slot) => {
                // The looks of a page that is private by default are not its text; what they generate never leaves.
                if let Some(style) = self.mirror.parent(slot).filter(|_| generated == Generated::Nothing) {
                    self.redact_sheet(style, generated);
                }
            }
            Kind::Text(text) => {
                let filler = mask_text(text);
                if &**text != filler {
                    self.overwrite_text(slot, filler);
                }
            }
            Kind::Element { .. } => {
                if is_sheet(node) {
                    self.redact_sheet(slot, generated);
                }
                self.redact_attributes(slot);
            }
            Kind::Document(_) | Kind::Doctype(_) | Kind::Comment => {}
        }
    }

    fn redact_attributes(&mut self, slot: Slot) {
        let Some(node) = self.mirror.get(slot) else { return };
        let mut changes: Vec<(LocalName, Option<Value>)> = Vec::new();
        for attribute in node.attributes() {
            let kept = kept_under_mask(node, attribute);
            let text = attribute.value.as_text();
            let is_done = matches!(attribute.value, Value::Withheld(_)) || matches!(kept, KeptUnderMask::AsIs);
            if is_done || self.rules.is_keyword(&attribute.name, &text) {
                continue;
            }
            let shown: Option<Cow<'_, str>> = match kept {
                KeptUnderMask::Text(text) => Some(text.into()),
                KeptUnderMask::Style => Some(self.masked_style(slot, &text).into()),
                KeptUnderMask::AsIs | KeptUnderMask::Nothing => None,
            };
            let value = self.kept_of(&attribute.name, &text, shown.as_deref());
            if value.as_ref() != Some(&attribute.value) {
                changes.push((attribute.name.clone(), value));
            }
        }
        for (name, value) in changes {
            // The filler may be longer than what it stands for; where the mirror's last bytes are taken, nothing stands.
            if self.mirror.set_attribute(slot, &name, value).is_err() {
                let _ = self.mirror.set_attribute(slot, &name, None);
            }
        }
    }

    /// What the mirror keeps in the place of a text that goes: what agents see there, and what rules need to know of it.
    fn kept_of(&self, name: &str, text: &str, shown: Option<&str>) -> Option<Value> {
        match self.rules.withhold(name, text, shown) {
            Some(withheld) => Some(Value::Withheld(Box::new(withheld))),
            None => shown.map(|shown| Value::Text(shown.into())),
        }
    }

    /// Overwrites attributes that hold what a pattern names, of an element that nothing masks. While a number is held in
    /// a field, what may become one is overwritten too: pages repeat in attributes what is typed.
    pub(super) fn redact_matches(&mut self, slot: Slot) {
        let Some(node) = self.mirror.get(slot) else { return };
        let Some((element, namespace)) = node.element() else { return };
        let is_field = is_typed_into(node);
        let mut found: Vec<(LocalName, Option<&'static str>, Option<Value>)> = Vec::new();
        for attribute in node.attributes() {
            let Value::Text(text) = &attribute.value else { continue };
            if text.len() < MATCH_BYTES_MIN || is_no_text(&attribute.name) {
                continue;
            }
            let rule = self.rules.text_is_masked(text);
            let is_held = || self.edits.are_repeated && !may_become(text, self.rules.patterns()).is_empty();
            if rule.is_none() && !is_held() {
                continue;
            }
            let is_value = is_field && attribute.name == local_name!("value");
            if let Some(filler) = kept_of_match(element, namespace, &attribute.name).filter(|_| !is_value) {
                found.push((attribute.name.clone(), rule, self.kept_of(&attribute.name, text, filler)));
            }
        }
        for (name, rule, value) in found {
            if let Some(rule) = rule {
                self.report.masked(rule);
            }
            if self.mirror.set_attribute(slot, &name, value).is_err() {
                let _ = self.mirror.set_attribute(slot, &name, None);
            }
        }
    }

    /// Rules of a sheet that may show text of masked parts are kept in their cleaned form, under the page's own numbers.
    /// So is its text where nothing of it may stay: it is read anew when the page adds to it.
    fn redact_sheet(&mut self, style: Slot, generated: Generated) {
        let Some(id) = self.mirror.get(style).map(|node| node.id) else { return };
        let known = match self.documents.sheet(id) {
            Some(known) if known.generated >= generated => return,
            Some(known) => Some(known.rules().map(|rule| rule.map(str::to_owned)).collect::<Vec<_>>()),
            None => None,
        };
        let written = if generated == Generated::Nothing { self.redact_sheet_texts(style) } else { Vec::new() };
        let rules: Vec<Option<String>> = match known {
            Some(known) => known.into_iter().map(|rule| self.clean_rule(&rule?, style, generated)).collect(),
            None => written,
        };
        if rules.is_empty() {
            return;
        }
        let mut rules = RuleList::new(rules);
        // What there is no room for is not shown: the text has to go in any case.
        if rules.bytes() > self.documents.sheet_room_bytes(&self.limits) {
            rules = RuleList::default();
        }
        rules.generated = generated;
        self.documents.put_rules(SheetKey::Element(id), rules);
    }

    /// Cleans the texts of a sheet, each by itself if no rule runs over two of them, and gives the rules.
    fn redact_sheet_texts(&mut self, style: Slot) -> Vec<Option<String>> {
        let name = LocalName::from("_cssText");
        let whole = sheet_source(&self.mirror, style).into_owned();
        let rules = self.clean_rules(&whole, style, Generated::Nothing);
        let written = self.mirror.get(style).and_then(|node| node.attribute_text(&name)).map(str::to_owned);
        let texts: Vec<Slot> = self.mirror.children(style).filter(|slot| is_style_text(&self.mirror, *slot)).collect();
        let own = |slot: &Slot| self.mirror.get(*slot).and_then(Node::text).unwrap_or_default().to_owned();
        let mut sources: Vec<String> =
            written.iter().flat_map(|text| text.split(SPLIT_MARK)).map(str::to_owned).collect();
        let in_attribute = sources.len();
        sources.extend(texts.iter().map(own));
        let mut parts: Vec<Vec<Option<String>>> =
            sources.iter().map(|source| self.clean_rules(source, style, Generated::Nothing)).collect();
        if parts.concat() != rules {
            parts.iter_mut().for_each(Vec::clear);
            if let Some(first) = parts.first_mut() {
                first.clone_from(&rules);
            }
        }
        let mut parts: Vec<String> = parts.iter().map(|rules| sheet_text(rules)).collect();
        let own = parts.split_off(in_attribute);
        if written.is_some()
            && self.mirror.set_attribute(style, &name, Some(Value::Text(parts.join(SPLIT_MARK).into()))).is_err()
        {
            let _ = self.mirror.set_attribute(style, &name, Some(Value::Text("".into())));
        }
        for (text, part) in texts.into_iter().zip(own) {
            self.overwrite_text(text, &part);
        }
        rules
    }

    /// The filler may be longer than the text; where the mirror's last bytes are taken, nothing stands there instead.
    pub(super) fn overwrite_text(&mut self, slot: Slot, filler: &str) {
        if self.mirror.set_text(slot, filler.into()).is_err() {
            let _ = self.mirror.set_text(slot, "".into());
        }
    }
}

/// Rules as a sheet's text. One that is gone leaves its place.
fn sheet_text(rules: &[Option<String>]) -> String {
    rules.iter().map(|rule| rule.as_deref().unwrap_or(GONE_RULE)).collect()
}

/// The shortest text that a pattern matches, `a@b.cd`.
const MATCH_BYTES_MIN: usize = 6;

/// Attributes that hold addresses, names, styles and drawings. They are long and many, and told without a look.
fn is_no_text(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("class")
            | local_name!("id")
            | local_name!("style")
            | local_name!("href")
            | local_name!("xlink:href")
            | local_name!("src")
            | local_name!("srcset")
            | local_name!("d")
            | local_name!("points")
    ) || &**name == "_cssText"
}
