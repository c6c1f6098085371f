//! Overwriting what the mirror holds of masked nodes, so that it is nowhere once the event is done.

use html5ever::{LocalName, local_name};

use super::View;
use super::documents::SheetKey;
use super::judge::is_typed_into;
use super::sheets::RuleList;
use crate::mirror::{Kind, Slot, Value};
use crate::restrict::{mask_text, may_become};
use crate::sanitize::{KeptUnderMask, is_sheet, is_style_text, kept_of_match, kept_under_mask, sheet_source};

impl View {
    /// Overwrites the words of a masked node.
    ///
    /// Attributes that the operator's selectors name keep their values: later events are judged by them.
    pub(super) fn redact(&mut self, slot: Slot) {
        let Some(node) = self.mirror.get(slot) else { return };
        let silences = node.verdict.silences();
        match &node.kind {
            Kind::Text(_) if is_style_text(&self.mirror, slot) => {
                if let Some(style) = self.mirror.parent(slot) {
                    self.redact_sheet(style);
                }
            }
            Kind::Text(text) => {
                let filler = mask_text(text);
                if &**text != filler {
                    self.overwrite_text(slot, filler);
                }
            }
            Kind::Element { .. } => {
                if is_sheet(node) && silences {
                    self.redact_sheet(slot);
                }
                self.redact_attributes(slot);
            }
            Kind::Document(_) | Kind::Doctype(_) | Kind::Comment => {}
        }
    }

    fn redact_attributes(&mut self, slot: Slot) {
        let Some(node) = self.mirror.get(slot) else { return };
        let mut changes: Vec<(LocalName, Option<String>)> = Vec::new();
        for attribute in node.attributes() {
            let value = match kept_under_mask(node, attribute) {
                KeptUnderMask::AsIs => continue,
                _ if self.rules.reach().is_named(&attribute.name) => continue,
                KeptUnderMask::Text(text) => Some(text.to_owned()),
                KeptUnderMask::Style => Some(self.masked_style(slot, &attribute.value.as_text())),
                KeptUnderMask::Nothing => None,
            };
            if !matches!((&attribute.value, &value), (Value::Text(old), Some(new)) if **old == **new) {
                changes.push((attribute.name.clone(), value));
            }
        }
        for (name, value) in changes {
            let value = value.map(|value| Value::Text(value.into()));
            // The filler may be longer than what it stands for; where the mirror's last bytes are taken, nothing stands.
            if self.mirror.set_attribute(slot, &name, value).is_err() {
                let _ = self.mirror.set_attribute(slot, &name, None);
            }
        }
    }

    /// Overwrites attributes that hold what a pattern names, of an element that nothing masks. While a number is held in
    /// a field, what may become one is overwritten too: pages repeat in attributes what is typed.
    ///
    /// Attributes that the operator's selectors name keep their values here too; agents do not get these.
    pub(super) fn redact_matches(&mut self, slot: Slot) {
        let Some(node) = self.mirror.get(slot) else { return };
        let Some((element, namespace)) = node.element() else { return };
        let is_field = is_typed_into(node);
        let mut found: Vec<(LocalName, Option<&'static str>, Option<&'static str>)> = Vec::new();
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
            let is_kept = is_value || self.rules.reach().is_named(&attribute.name);
            if let Some(filler) = kept_of_match(element, namespace, &attribute.name).filter(|_| !is_kept) {
                found.push((attribute.name.clone(), rule, filler));
            }
        }
        for (name, rule, filler) in found {
            if let Some(rule) = rule {
                self.report.masked(rule);
            }
            let _ = self.mirror.set_attribute(slot, &name, filler.map(|filler| Value::Text(filler.into())));
        }
    }

    /// A sheet that may show text of masked parts is kept as its cleaned rules, under the page's own numbers.
    fn redact_sheet(&mut self, style: Slot) {
        let Some(id) = self.mirror.get(style).map(|node| node.id) else { return };
        let source = sheet_source(&self.mirror, style);
        let rules = match self.documents.sheet(id) {
            Some(known) if known.is_blank => None,
            Some(known) => {
                let rules: Vec<_> = known.rules().map(|rule| rule.map(str::to_owned)).collect();
                let clean = |rule: Option<String>| rule.and_then(|rule| self.clean_rule(&rule, style, true));
                Some(RuleList::new(rules.into_iter().map(clean)))
            }
            None if source.is_empty() => None,
            None => {
                let source = source.into_owned();
                Some(RuleList::new(self.clean_rules(&source, style, true)))
            }
        };
        if let Some(mut rules) = rules {
            rules.is_blank = true;
            // What there is no room for is not shown: the text has to go in any case.
            if rules.bytes() > self.documents.sheet_room_bytes(&self.limits) {
                rules = RuleList::default();
            }
            self.documents.put_rules(SheetKey::Element(id), rules);
        }
        if self.mirror.get(style).is_some_and(|node| node.attribute("_cssText").is_some()) {
            let _ = self.mirror.set_attribute(style, &LocalName::from("_cssText"), Some(Value::Text("".into())));
        }
        let texts: Vec<Slot> = self.mirror.children(style).collect();
        for text in texts {
            let _ = self.mirror.set_text(text, "".into());
        }
    }

    /// The filler may be longer than the text; where the mirror's last bytes are taken, nothing stands there instead.
    pub(super) fn overwrite_text(&mut self, slot: Slot, filler: &str) {
        if self.mirror.set_text(slot, filler.into()).is_err() {
            let _ = self.mirror.set_text(slot, "".into());
        }
    }
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
