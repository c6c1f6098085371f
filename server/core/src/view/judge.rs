//! Judging: what the restrictions say of the nodes that an event touched.

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use html5ever::local_name;

use super::View;
use super::change::{AttributeTouch, Change};
use super::runs::{DIGITS_MIN, Figure};
use crate::mirror::{Kind, Node, Slot, Value};
use crate::restrict::{Level, Own, Scope, Verdict, Walk};
use crate::sanitize::{is_style_text, is_words};

impl View {
    /// Judges what the event made or may have changed the judgement of.
    pub(super) fn judge_change(&mut self, change: &mut Change) {
        let mut tops: Vec<Slot> = change.created.clone();
        self.edits.are_repeated = self.holds_a_field();
        let children = self.rules.reach().scope_of_children();
        for parent in change.restructured.clone() {
            self.push_scope(children, parent, &mut tops);
        }
        self.push_later(&change.reordered, &mut tops);
        for touch in std::mem::take(&mut change.attributes) {
            self.meet_attribute(&touch, &mut tops);
        }
        let text = self.rules.reach().scope_of_text();
        for slot in change.retexted.clone() {
            self.meet_news(slot);
            tops.push(slot);
            if let Some(parent) = self.mirror.parent(slot) {
                self.push_scope(text, parent, &mut tops);
            }
        }
        self.judge_tops(tops, change);
        self.judge_figures(change, false);
        self.edits.are_repeated = false;
    }

    /// An attribute was set or removed.
    fn meet_attribute(&mut self, touch: &AttributeTouch, tops: &mut Vec<Slot>) {
        let Some(node) = self.mirror.get(touch.slot) else { return };
        let new = node.attribute(&touch.name);
        let scope = if touch.was_withheld || matches!(new, Some(Value::Withheld(_))) {
            self.rules.reach().scope_of_attribute(&touch.name)
        } else {
            let new = new.map(Value::as_text);
            self.rules.reach().scope_of_change(&touch.name, touch.old.as_deref(), new.as_deref())
        };
        let is_value = touch.name == local_name!("value") && is_typed_into(node);
        let is_words = node.element().is_some_and(|(name, namespace)| is_words(name, namespace, &touch.name));
        self.push_scope(scope, touch.slot, tops);
        if is_value {
            tops.push(touch.slot);
        }
        if is_words {
            self.meet_news(touch.slot);
        }
        if self.mirror.get(touch.slot).is_some_and(|node| node.verdict.masks()) {
            self.redact(touch.slot);
        } else {
            self.redact_matches(touch.slot);
        }
    }

    /// A text or value is told anew: it is no longer held, and past the bound of what can be remembered it is masked.
    fn meet_news(&mut self, slot: Slot) {
        let is_full = self.sticky.is_full();
        if let Some(node) = self.mirror.get_mut(slot) {
            node.verdict.held = false;
            node.verdict.private |= is_full;
        }
    }

    fn push_scope(&self, scope: Scope, slot: Slot, tops: &mut Vec<Slot>) {
        match scope {
            Scope::None => {}
            Scope::Subtree => tops.push(slot),
            Scope::Siblings => tops.push(self.mirror.parent(slot).unwrap_or(slot)),
            Scope::Document => tops.push(self.mirror.root()),
        }
    }

    /// Elements behind what came or went. One that is met twice ends the way: all behind it were met, too.
    fn push_later(&self, starts: &[Slot], tops: &mut Vec<Slot>) {
        let mut met: HashSet<Slot, FixedState> = HashSet::default();
        for start in starts {
            let mut at = Some(*start);
            while let Some(here) = at.filter(|here| met.insert(*here)) {
                if self.mirror.get(here).is_some_and(|node| node.element().is_some()) {
                    tops.push(here);
                }
                at = self.mirror.next_sibling(here);
            }
        }
    }

    /// Judges each subtree once, however many of the given tops stand in it.
    fn judge_tops(&mut self, mut tops: Vec<Slot>, change: &mut Change) {
        tops.sort_unstable();
        tops.dedup();
        let is_top = |slot: Slot| tops.binary_search(&slot).is_ok();
        let is_few = tops.len() <= FEW_TOPS;
        // Of many most stand right beneath another. What stands beneath such a one stands beneath that other, too.
        let is_beneath = |top: Slot| {
            if is_few { self.mirror.ancestors(top).any(is_top) } else { self.mirror.parent(top).is_some_and(is_top) }
        };
        let mut tops: Vec<Slot> = tops.iter().copied().filter(|top| !is_beneath(*top)).collect();
        if !is_few {
            let mut covered: HashMap<Slot, bool, FixedState> = tops.iter().map(|top| (*top, true)).collect();
            tops.retain(|top| !self.is_covered(self.mirror.parent(*top), &mut covered));
        }
        let mut walk = Walk::default();
        for top in tops {
            self.judge_walk(top, &mut walk, change);
        }
    }

    /// Whether the node or one above it is judged anyway. What is found out is kept, so that tops which share their
    /// ancestors look at each of these once.
    fn is_covered(&self, slot: Option<Slot>, covered: &mut HashMap<Slot, bool, FixedState>) -> bool {
        let mut path = Vec::new();
        let mut at = slot;
        let mut found = false;
        while let Some(here) = at {
            if let Some(known) = covered.get(&here) {
                found = *known;
                break;
            }
            path.push(here);
            at = self.mirror.parent(here);
        }
        covered.extend(path.into_iter().map(|here| (here, found)));
        found
    }

    /// Judges the whole page, parents first.
    pub(super) fn judge_page(&mut self) {
        let mut change = Change::of_whole_page();
        self.judge_walk(self.mirror.root(), &mut Walk::default(), &mut change);
        self.judge_figures(&mut change, true);
    }

    fn judge_walk(&mut self, top: Slot, walk: &mut Walk, change: &mut Change) {
        let mut at = self.mirror.get(top).map(|_| top);
        while let Some(slot) = at {
            self.judge_in(slot, walk, change);
            at = self.mirror.following_within(slot, top);
        }
    }

    fn judge_in(&mut self, slot: Slot, walk: &mut Walk, change: &mut Change) {
        let above = match self.mirror.parent(slot).and_then(|parent| self.mirror.get(parent)) {
            Some(parent) => parent.verdict,
            None => self.rules.root_verdict(),
        };
        let own = self.rules.judge_in(&self.mirror, slot, walk);
        let Some(node) = self.mirror.get(slot) else { return };
        let (id, old) = (node.id, node.verdict);
        let known = self.sticky.get(id);
        let mut verdict = Verdict::beneath(above, own);
        verdict.level = verdict.level.max(known).max(old.level);
        verdict.private |= self.sticky.is_full() && (!node.sent || old.private);
        verdict.held = old.held;
        // What is masked anyway is not looked into: nothing may depend on it.
        let pattern = if verdict.masks() { None } else { self.match_of(slot, change) };
        if pattern.is_some() {
            verdict.level = Level::Mask;
        }
        if verdict.level > above.level || verdict.held {
            self.note_filler(slot, change);
        }
        if verdict != old {
            self.touch(slot, change);
            if let Some(node) = self.mirror.get_mut(slot) {
                node.verdict = verdict;
            }
        }
        if verdict.level > old.level {
            self.sticky.keep(id, verdict.level, &self.limits);
            // What stands in something stricter, or was counted before, adds nothing.
            if pattern.is_some() || own.level == verdict.level && own.level > known {
                self.count(own, pattern);
            }
        }
        if own.no_control && !old.no_control && self.sticky.is_first_told(id) {
            let rule = self.rules.no_control_rule(&self.mirror, slot).unwrap_or_default().to_owned();
            self.report.uncontrolled(&rule);
        }
        if verdict.masks() {
            self.redact(slot);
        } else {
            self.redact_matches(slot);
        }
    }

    /// The pattern that a text or a field's value matches. What may be part of a longer match is noted.
    fn match_of(&self, slot: Slot, change: &mut Change) -> Option<&'static str> {
        let node = self.mirror.get(slot)?;
        let text = match &node.kind {
            Kind::Element { .. } if is_typed_into(node) => node.attribute_text("value")?,
            Kind::Text(text) if !is_style_text(&self.mirror, slot) => text,
            _ => return None,
        };
        let (pattern, signs) = self.rules.text_and_signs(text);
        if pattern.is_none() && signs.is_any() {
            change.figures.push(Figure { slot, digits: signs.digits, is_field: node.text().is_none() });
        }
        pattern
    }

    /// Notes a text whose filler may stand for a number: what is beside it may belong to it, however short.
    fn note_filler(&self, slot: Slot, change: &mut Change) {
        if self.mirror.get(slot).is_some_and(|node| node.text().is_some()) {
            change.figures.push(Figure { slot, digits: DIGITS_MIN, is_field: false });
        }
    }

    /// Counts a node by what masks, blocks or hides it.
    fn count(&mut self, own: Own, pattern: Option<&'static str>) {
        if let Some(pattern) = pattern {
            self.report.masked(pattern);
            return;
        }
        let Some(rule) = own.rule else { return };
        let word = self.rules.rule_text(rule).to_owned();
        match own.level {
            Level::Clear => {}
            Level::Mask => self.report.masked(&word),
            Level::Block => self.report.blocked(&word),
            Level::Hide => self.report.hidden(&word),
        }
    }
}

/// Of so many tops, all ancestors are looked at rather than noted.
const FEW_TOPS: usize = 16;

/// Fields whose value is judged as text.
pub(super) fn is_typed_into(node: &Node) -> bool {
    node.is_html(&local_name!("input")) || node.is_html(&local_name!("textarea"))
}
