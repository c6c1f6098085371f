//! Numbers that stand in several texts or fields, and numbers that are being typed.
//!
//! A pattern is looked for across the texts of one block and across the short fields of one form. In what is being
//! edited, what may become a match is *held*: the mirror keeps the filler until the text is told anew.

use std::ops::Range;

use html5ever::{LocalName, local_name};

use super::View;
use super::change::Change;
use crate::mirror::{Kind, Mirror, Node, Slot, Value};
use crate::restrict::{
    FILLER, Level, PIECES_PART, Signs, digit, find_all, is_separator, mask_text, may_become, text_after, text_before,
};

/// Letters and digits on either side of a text that a match can reach into.
const REACH_CHARACTERS: usize = 64;
/// Of a longer text so much of its beginning and end is read together with its neighbours.
const REACH_BYTES: usize = 512;
/// Texts on either side.
const REACH_TEXTS: usize = 32;
/// So many numbers, each one more than the last, are no card's.
const COUNT_MIN: usize = 6;
/// Digits of texts near each other below which no pattern reaches over them.
pub(super) const DIGITS_MIN: usize = 8;

/// A text or a field's value that has digits or an @ in it, or a text whose filler may stand for a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure {
    pub(super) slot: Slot,
    pub(super) digits: usize,
    pub(super) is_field: bool,
}

/// One text, or one field's value, of those that are read as one.
struct Piece {
    slot: Slot,
    /// Where it stands in the whole; `None` where a filler stands for it.
    place: Option<Range<usize>>,
}

/// Texts or values that are read as one.
#[derive(Default)]
struct Run {
    whole: String,
    pieces: Vec<Piece>,
}

impl Run {
    fn push(&mut self, slot: Slot, words: Option<&str>) {
        if !self.whole.is_empty() {
            self.whole.push(PIECES_PART);
        }
        let start = self.whole.len();
        // A filler parts what stands on its sides: what it stands for is not known.
        self.whole.push_str(words.unwrap_or(FILLER));
        self.pieces.push(Piece { slot, place: words.map(|_| start..self.whole.len()) });
    }

    fn words(&self, at: usize) -> Option<&str> {
        self.whole.get(self.pieces.get(at)?.place.clone()?)
    }

    /// The pieces that have letters, digits or an @ within the range.
    fn pieces_in(&self, range: &Range<usize>) -> impl Iterator<Item = usize> {
        (0..self.pieces.len()).filter(move |at| {
            let Some(place) = self.pieces.get(*at).and_then(|piece| piece.place.clone()) else { return false };
            let shared = place.start.max(range.start)..place.end.min(range.end);
            self.whole.get(shared).is_some_and(|part| part.chars().any(|char| char.is_alphanumeric() || char == '@'))
        })
    }

    /// Each piece's match that reaches over more than one piece.
    fn matches(&self, view: &View) -> Vec<(usize, &'static str)> {
        let mut found = Vec::new();
        for (pattern, range) in find_all(&self.whole, view.rules.patterns()) {
            let pieces: Vec<usize> = self.pieces_in(&range).collect();
            if pieces.len() > 1 && !self.whole.get(range).is_some_and(counts_up) {
                found.extend(pieces.into_iter().map(|at| (at, pattern.rule_text())));
            }
        }
        found
    }

    /// Pieces whose words touch a filler: a token with a digit in it, and nothing but separators between.
    fn beside_fillers(&self) -> Vec<usize> {
        let mut held = Vec::new();
        if self.pieces.iter().all(|piece| piece.place.is_some()) {
            return held;
        }
        for backwards in [false, true] {
            let mut beside = false;
            for step in 0..self.pieces.len() {
                let at = if backwards { self.pieces.len() - 1 - step } else { step };
                beside = match self.words(at) {
                    None => true,
                    Some(words) if words.chars().all(is_separator) => beside,
                    Some(words) if beside && touches(words, backwards) => {
                        held.push(at);
                        true
                    }
                    Some(_) => held.contains(&at),
                };
            }
        }
        held
    }
}

/// Whether a text is numbers that count up: the days of a month, the pages of a list.
fn counts_up(text: &str) -> bool {
    let numbers = text.split(is_separator).filter(|word| !word.is_empty()).map(|word| word.parse::<u32>().ok());
    let mut numbers = numbers.collect::<Option<Vec<_>>>().unwrap_or_default().into_iter();
    let Some(first) = numbers.next() else { return false };
    numbers.len() + 1 >= COUNT_MIN && (first + 1..).zip(numbers).all(|(wanted, number)| wanted == number)
}

/// Whether the first (or last) word of a text has a digit in it.
fn touches(words: &str, from_end: bool) -> bool {
    let of = |char: &char| char.is_alphanumeric();
    if from_end {
        words.chars().rev().skip_while(|char| is_separator(*char)).take_while(of).any(|char| digit(char).is_some())
    } else {
        words.chars().skip_while(|char| is_separator(*char)).take_while(of).any(|char| digit(char).is_some())
    }
}

impl View {
    /// Looks for what the patterns name across the texts and fields that were just judged and their neighbours.
    pub(super) fn judge_figures(&mut self, change: &mut Change, is_whole_page: bool) {
        for slot in std::mem::take(&mut change.gaps) {
            self.note_gap(slot, change);
        }
        let figures = std::mem::take(&mut change.figures);
        let mut near = Near::default();
        for (at, figure) in figures.iter().enumerate() {
            let is_lonely = is_whole_page && near.digits(&figures, at) < DIGITS_MIN && !self.edits.is_any();
            if !is_lonely || figure.digits == 0 {
                self.judge_figure(*figure, is_whole_page, change);
            }
        }
    }

    /// What stands beside something that went, and may now stand beside something else.
    fn note_gap(&self, slot: Slot, change: &mut Change) {
        let Some(node) = self.mirror.get(slot).filter(|node| self.mirror.find(node.id) == Some(slot)) else { return };
        let Some(text) = node.text().filter(|_| !node.verdict.masks_text()) else { return };
        let signs = Signs::count(text);
        if signs.is_any() {
            change.figures.push(Figure { slot, digits: signs.digits, is_field: false });
        }
    }

    fn judge_figure(&mut self, figure: Figure, is_whole_page: bool, change: &mut Change) {
        let slot = figure.slot;
        if self.mirror.get(slot).is_none_or(|node| node.verdict.masks()) {
            return;
        }
        let echo = (self.edits.are_repeated && !figure.is_field).then_some(slot);
        if !is_whole_page
            && !figure.is_field
            && let Some(host) = self.editing_host(slot)
        {
            self.meet_typing(host);
        }
        let is_edited = echo.is_some() || self.is_edited(slot);
        // What was found stands beside the rest as a filler, which may belong to it.
        for _ in 0..=1 {
            let runs = if figure.is_field {
                vec![self.run_of_fields(slot)]
            } else if is_edited
                || self.mirror.get(slot).and_then(Node::text).is_none_or(|text| text.len() <= REACH_BYTES)
            {
                vec![self.run_of_texts(slot, true, true)]
            } else {
                vec![self.run_of_texts(slot, true, false), self.run_of_texts(slot, false, true)]
            };
            let found = runs.iter().filter(|run| self.judge_run(run, echo, change)).count();
            if found == 0 {
                break;
            }
        }
    }

    /// Something was typed into a field or an editable part.
    pub(super) fn meet_typing(&mut self, slot: Slot) {
        if let Some(id) = self.mirror.get(slot).map(|node| node.id) {
            self.edits.typed(id);
        }
    }

    /// Masks what a pattern names in a run, and holds what may become it. Whether there was any.
    fn judge_run(&mut self, run: &Run, echo: Option<Slot>, change: &mut Change) -> bool {
        let matches = run.matches(self);
        let mut held = run.beside_fillers();
        let edited = |piece: &Piece| echo == Some(piece.slot) || self.is_edited(piece.slot);
        let is_edited: Vec<bool> = run.pieces.iter().map(edited).collect();
        if is_edited.contains(&true) {
            for range in may_become(&run.whole, self.rules.patterns()) {
                let pieces: Vec<usize> = run.pieces_in(&range).collect();
                if pieces.iter().any(|at| is_edited.get(*at) == Some(&true)) {
                    held.extend(pieces);
                }
            }
        }
        for (at, rule) in &matches {
            if let Some(piece) = run.pieces.get(*at) {
                self.raise(piece.slot, rule, change);
            }
        }
        for at in &held {
            if let Some(piece) = run.pieces.get(*at) {
                self.hold(piece.slot, change);
            }
        }
        !matches.is_empty() || !held.is_empty()
    }

    /// The short fields around one, or the field alone.
    fn run_of_fields(&self, slot: Slot) -> Run {
        let mut run = Run::default();
        for field in crate::restrict::boxes(&self.mirror, slot) {
            let Some(node) = self.mirror.get(field) else { continue };
            let value = node.attribute_text("value").unwrap_or_default();
            run.push(field, (!node.verdict.masks_text()).then_some(value));
        }
        run
    }

    /// A text, and as much before and after it in its block as a match can reach.
    fn run_of_texts(&self, slot: Slot, before: bool, after: bool) -> Run {
        let mut run = Run::default();
        if before {
            for (text, words) in self.texts_beside(slot, text_before, tail).into_iter().rev() {
                run.push(text, words);
            }
        }
        let own = self.mirror.get(slot).and_then(Node::text).unwrap_or_default();
        let own = match (before, after) {
            (true, false) => head(own),
            (false, true) => tail(own),
            _ => own,
        };
        let is_filler = self.mirror.get(slot).is_some_and(|node| node.verdict.masks_text());
        run.push(slot, (!is_filler).then_some(own));
        if after {
            for (text, words) in self.texts_beside(slot, text_after, head) {
                run.push(text, words);
            }
        }
        run
    }

    /// The texts on one side, nearest first, each cut to what can matter; `None` where a filler stands.
    fn texts_beside<'a>(
        &'a self,
        slot: Slot,
        step: impl Fn(&Mirror, Slot) -> Option<Slot>,
        cut: impl Fn(&'a str) -> &'a str,
    ) -> Vec<(Slot, Option<&'a str>)> {
        let mut found = Vec::new();
        let mut characters = 0;
        let texts = std::iter::successors(step(&self.mirror, slot), |at| step(&self.mirror, *at));
        for text in texts.take(REACH_TEXTS) {
            let Some(node) = self.mirror.get(text) else { break };
            if node.verdict.level == Level::Hide {
                continue;
            }
            let words = node.text().unwrap_or_default();
            if words.is_empty() {
                continue;
            }
            if node.verdict.masks_text() && mask_text(words) == FILLER {
                if !self.stands_for_a_number(text, node) {
                    break;
                }
                found.push((text, None));
                continue;
            }
            let words = cut(words);
            found.push((text, Some(words)));
            characters += words.chars().filter(|char| !is_separator(*char)).count();
            if characters >= REACH_CHARACTERS {
                break;
            }
        }
        found
    }

    /// Whether a filler stands for what a pattern named, not for what a rule masks.
    fn stands_for_a_number(&self, text: Slot, node: &Node) -> bool {
        let above = self.mirror.parent(text).and_then(|parent| self.mirror.get(parent));
        node.verdict.held
            || !node.verdict.private && above.is_some_and(|above| above.verdict.level < node.verdict.level)
    }

    /// Whether the customer is typing there: in a field or an editable part that has the focus.
    fn is_edited(&self, slot: Slot) -> bool {
        if self.edits.is_empty() {
            return false;
        }
        let at = match self.mirror.get(slot).map(|node| &node.kind) {
            Some(Kind::Text(_)) => self.editing_host(slot),
            _ => Some(slot),
        };
        at.and_then(|at| self.mirror.get(at)).is_some_and(|node| self.edits.is_edited(node.id))
    }

    /// Whether a number is held in a field: what the page changes by itself may then repeat it.
    pub(super) fn holds_a_field(&self) -> bool {
        self.edits
            .each()
            .any(|id| self.mirror.find(id).and_then(|slot| self.mirror.get(slot)).is_some_and(|node| node.verdict.held))
    }

    /// The outermost editable element that a node stands in.
    pub(super) fn editing_host(&self, slot: Slot) -> Option<Slot> {
        let is_host = |up: &Slot| {
            let Some(node) = self.mirror.get(*up) else { return false };
            let is_named = node.attributes().iter().any(|attribute| attribute.name == local_name!("contenteditable"));
            let value = if is_named { node.attribute_text("contenteditable") } else { None };
            value.is_some_and(|value| !value.trim().eq_ignore_ascii_case("false"))
        };
        self.mirror.ancestors(slot).filter(is_host).last()
    }

    /// Masks a node for good: a pattern names what stands in it and beside it.
    fn raise(&mut self, slot: Slot, rule: &'static str, change: &mut Change) {
        let Some((id, old)) = self.mirror.get(slot).map(|node| (node.id, node.verdict)) else { return };
        if old.level >= Level::Mask {
            return;
        }
        self.touch(slot, change);
        if let Some(node) = self.mirror.get_mut(slot) {
            node.verdict.level = Level::Mask;
        }
        self.sticky.keep(id, Level::Mask, &self.limits);
        self.report.masked(rule);
        self.redact(slot);
    }

    /// Puts the filler in the place of a text or value until it is told anew.
    fn hold(&mut self, slot: Slot, change: &mut Change) {
        if self.mirror.get(slot).is_none_or(|node| node.verdict.masks_text()) {
            return;
        }
        self.touch(slot, change);
        if let Some(node) = self.mirror.get_mut(slot) {
            node.verdict.held = true;
        }
        self.redact_held(slot);
    }

    /// Overwrites what is held, and nothing else of the node.
    pub(super) fn redact_held(&mut self, slot: Slot) {
        let Some(node) = self.mirror.get(slot) else { return };
        if let Some(text) = node.text() {
            let filler = mask_text(text);
            self.overwrite_text(slot, filler);
            return;
        }
        let filler = mask_text(node.attribute_text("value").unwrap_or_default());
        let name = LocalName::from("value");
        if self.mirror.set_attribute(slot, &name, Some(Value::Text(filler.into()))).is_err() {
            let _ = self.mirror.set_attribute(slot, &name, None);
        }
    }
}

/// Digits of the texts within reach of one another, counted while a list of figures is gone through.
#[derive(Default)]
struct Near {
    digits: usize,
    from: usize,
    to: usize,
}

impl Near {
    fn digits(&mut self, figures: &[Figure], at: usize) -> usize {
        let of = |at: usize| figures.get(at).map_or(0, |figure| figure.digits);
        while self.to < figures.len() && self.to <= at + REACH_TEXTS {
            self.digits += of(self.to);
            self.to += 1;
        }
        while self.from + REACH_TEXTS < at {
            self.digits -= of(self.from);
            self.from += 1;
        }
        self.digits
    }
}

/// The beginning of a text, as far as a match can reach into it.
fn head(text: &str) -> &str {
    text.get(..text.floor_char_boundary(REACH_BYTES)).unwrap_or(text)
}

/// The end of a text, as far as a match can reach into it.
fn tail(text: &str) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(REACH_BYTES))..).unwrap_or(text)
}
