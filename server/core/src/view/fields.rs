//! Fields that the customer fills in.

use html5ever::{LocalName, local_name};

use super::change::{AttributeTouch, Change};
use super::write::simple;
use super::{SafeEvent, View};
use crate::mirror::{Node, Slot, Value};
use crate::report::Report;
use crate::restrict::{FILLER, Level, mask_text};
use crate::sanitize::{SafeValue, is_urlish};

impl View {
    pub(super) fn input(&mut self, id: i64, text: &str, is_checked: bool, at_ms: u64) -> Vec<SafeEvent> {
        let Some(slot) = self.known(id).filter(|slot| is_field(self.mirror.get(*slot))) else {
            self.report.removed("event:unknown-node");
            return Vec::new();
        };
        let mut change = Change::default();
        let before = self.safe_input(slot);
        let was_sent = self.mirror.get(slot).is_some_and(|node| node.sent);
        self.meet_typing(slot);
        self.touch(slot, &mut change);
        self.keep_input(slot, text, is_checked, &mut change);
        change.inputs.push(slot);
        let mut events = self.conclude(&mut change, at_ms);
        let is_sent = self.mirror.get(slot).is_some_and(|node| node.sent);
        let after = self.safe_input(slot);
        if was_sent && is_sent && before != after {
            events.extend(self.input_event(slot, at_ms));
        }
        events
    }

    /// A field's value and state for a player that has the field.
    pub(super) fn input_event(&self, slot: Slot, at_ms: u64) -> Option<SafeEvent> {
        let (text, is_checked) = self.safe_input(slot)?;
        let id = self.mirror.get(slot)?.id;
        Some(simple(5, at_ms, |out| {
            out.key("text");
            out.string(&text);
            out.key("isChecked");
            out.boolean(is_checked);
            out.key("id");
            out.integer(id.get());
        }))
    }

    /// Chooses the option of this value: of several the first, as a browser does; where there is none, all stays as it is.
    fn keep_choice(&mut self, list: Slot, text: &str, change: &mut Change) {
        // Of an option's value that a pattern names, only the filler is kept.
        let text = if self.rules.text_is_masked(text).is_some() { FILLER } else { text };
        let is_option = |slot: &Slot| self.mirror.get(*slot).is_some_and(|node| node.is_html(&local_name!("option")));
        let options: Vec<Slot> = self.mirror.descendants(list).filter(is_option).collect();
        let is_chosen = |option: &&Slot| match self.mirror.get(**option).and_then(|node| node.attribute_text("value")) {
            Some(value) => value == text,
            None => self.own_text(**option).trim() == text,
        };
        let Some(chosen) = options.iter().find(is_chosen).copied() else {
            // The values of a masked list are not known here.
            if self.mirror.get(list).is_some_and(|node| !node.verdict.masks()) {
                self.report.removed("event:unknown-node");
            }
            return;
        };
        for option in options {
            self.keep_state(option, "selected", option == chosen, change);
        }
    }

    /// Keeps a field's value where a keyframe looks for it.
    fn keep_input(&mut self, slot: Slot, text: &str, is_checked: bool, change: &mut Change) {
        match self.mirror.get(slot).map(field_kind) {
            Some(FieldKind::Toggle) => self.keep_state(slot, "checked", is_checked, change),
            Some(FieldKind::Select) => {
                self.keep_choice(slot, text, change);
            }
            // A field without a value shows what one with an empty value does, and players give it none.
            Some(FieldKind::Text) if text.is_empty() && self.has_no_value(slot) => {}
            Some(FieldKind::Text) => {
                let value = Value::Text(text.into());
                if !self.keep_attribute(slot, "value", Some(value), change) {
                    self.report.removed("limit:mirror_bytes");
                }
            }
            None => {}
        }
    }

    fn keep_state(&mut self, slot: Slot, name: &str, holds: bool, change: &mut Change) {
        let held_so_far = self.mirror.get(slot).map(|node| node.attribute_text(name).is_some());
        if held_so_far == Some(!holds) {
            self.keep_attribute(slot, name, holds.then_some(Value::Bool(true)), change);
        }
    }

    /// Sets an attribute of which agents are told by an event of its own, if at all. What rules read of it is judged.
    fn keep_attribute(&mut self, slot: Slot, name: &str, value: Option<Value>, change: &mut Change) -> bool {
        let name = LocalName::from(name);
        let Ok(old) = self.mirror.set_attribute(slot, &name, value) else { return false };
        change.attributes.push(AttributeTouch::new(slot, name, old.as_ref()));
        true
    }

    fn has_no_value(&self, slot: Slot) -> bool {
        self.mirror.get(slot).is_some_and(|node| node.attribute("value").is_none())
    }

    fn own_text(&self, slot: Slot) -> String {
        self.mirror.children(slot).filter_map(|child| self.mirror.get(child).and_then(Node::text)).collect()
    }

    /// A field's value and state as agents may know them; `None` where they may not.
    fn safe_input(&self, slot: Slot) -> Option<(String, bool)> {
        // Of a blocked field agents have a box.
        let node = self.mirror.get(slot).filter(|node| node.verdict.level < Level::Block)?;
        let masks = node.verdict.masks();
        let value = node.attribute_text("value").unwrap_or_default();
        match field_kind(node) {
            FieldKind::Toggle if masks => None,
            FieldKind::Toggle => {
                // A bare checkbox has the value "on", as its recorder and its browser say.
                let value = if value.is_empty() || is_urlish(value) { "on" } else { value };
                Some((value.to_owned(), node.attribute("checked").is_some()))
            }
            FieldKind::Select if masks => None,
            FieldKind::Select => {
                let chosen = self
                    .mirror
                    .descendants(slot)
                    .find(|option| self.mirror.get(*option).is_some_and(|node| node.attribute("selected").is_some()))?;
                self.mirror.get(chosen).filter(|node| node.sent && !node.verdict.masks())?;
                Some((self.safe_option(chosen), false))
            }
            FieldKind::Text if masks => Some((mask_text(value).to_owned(), false)),
            FieldKind::Text => Some((value.to_owned(), false)),
        }
    }

    /// What an agent's browser takes an option by: its value, or its text where the value did not leave.
    fn safe_option(&self, option: Slot) -> String {
        let mut scratch = Report::default();
        let mut render = self.render(&mut scratch);
        let shape = render.shape(option);
        let mut attributes = Vec::new();
        render.attributes(option, &shape, &mut attributes);
        let value = attributes.into_iter().find_map(|attribute| match attribute.value {
            SafeValue::Text(text) if attribute.name == "value" => Some(text.into_owned()),
            _ => None,
        });
        value.unwrap_or_else(|| {
            let words: String = self.mirror.children(option).map(|child| render.text(child)).collect();
            words.trim().to_owned()
        })
    }
}

enum FieldKind {
    Text,
    Toggle,
    Select,
}

fn is_field(node: Option<&Node>) -> bool {
    let fields = [local_name!("input"), local_name!("textarea"), local_name!("select")];
    node.is_some_and(|node| fields.iter().any(|name| node.is_html(name)))
}

fn field_kind(node: &Node) -> FieldKind {
    let Some((name, _)) = node.element() else { return FieldKind::Text };
    let kind = node.attribute_text("type").unwrap_or_default().trim();
    match &**name {
        "select" => FieldKind::Select,
        "input" if kind.eq_ignore_ascii_case("checkbox") || kind.eq_ignore_ascii_case("radio") => FieldKind::Toggle,
        _ => FieldKind::Text,
    }
}
