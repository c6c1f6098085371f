//! Events that leave the tree as it is: pointer, scroll, input, media, sheets, fonts, selection, canvas.

use html5ever::{LocalName, local_name};

use super::change::Change;
use super::keyframe::font_event;
use super::page::{coordinate, viewport};
use super::write::simple;
use super::{SafeEvent, View};
use crate::mirror::{Kind, Node, Slot, Value};
use crate::report::Report;
use crate::restrict::mask_text;
use crate::sanitize::{JsonOut, Render, SafeValue, canvas_data_url, css, is_urlish};
use crate::trust::Safe;
use crate::wire::event::{Event, Position, Range};

impl View {
    /// Applies an event that cannot break the tree. What names an unknown or silenced node is dropped by itself.
    pub(super) fn incremental(&mut self, event: Event<'_>, at_ms: u64) -> Vec<SafeEvent> {
        match event {
            Event::Pointer { source, positions } => self.pointer(source, &positions, at_ms),
            Event::Interaction { kind, id, at, pointer } => self.interaction(kind, id, at, pointer, at_ms),
            Event::Scroll { id, x, y } => self.scroll(id, x, y, at_ms),
            Event::Resize { width, height } => {
                self.page.width = viewport(width, self.limits.viewport_px);
                self.page.height = viewport(height, self.limits.viewport_px);
                vec![simple(4, at_ms, |out| {
                    out.key("width");
                    out.number(self.page.width);
                    out.key("height");
                    out.number(self.page.height);
                })]
            }
            Event::Input { id, text, is_checked } => self.input(id, &text, is_checked, at_ms),
            event @ Event::Media { .. } => self.media(&event, at_ms),
            Event::SheetRule(change) => self.sheet_rule(&change, at_ms),
            Event::Declaration(_) => {
                self.report.removed("event:style-declaration");
                Vec::new()
            }
            Event::CanvasPicture { id, base64 } => self.canvas(id, &base64, at_ms),
            Event::Font { family, source, is_buffer } => self.font(&family, &source, is_buffer, at_ms),
            Event::Selection { ranges } => self.selection(&ranges, at_ms),
            Event::Adopted(adopted) => self.adopt(&adopted, at_ms),
            Event::PageState { .. }
            | Event::Meta { .. }
            | Event::Snapshot { .. }
            | Event::Mutation(_)
            | Event::Unknown(_) => Vec::new(),
        }
    }

    /// A node that agents have and may see pointed at.
    fn shown(&mut self, id: i64) -> Option<Slot> {
        let slot = self.known(id);
        if slot.is_none() {
            self.report.removed("event:unknown-node");
        }
        slot.filter(|slot| self.mirror.get(*slot).is_some_and(|node| node.sent && !node.verdict.silences()))
    }

    fn pointer(&mut self, source: u8, positions: &[Position], at_ms: u64) -> Vec<SafeEvent> {
        let mut list = JsonOut::default();
        for position in positions {
            let Some(slot) = self.shown(position.id) else { continue };
            let Some(id) = self.mirror.get(slot).map(|node| node.id.get()) else { continue };
            let (x, y) = (coordinate(position.x), coordinate(position.y));
            self.page.pointer = Some((x, y, id));
            list.comma();
            list.raw("{");
            list.key("x");
            list.number(x);
            list.key("y");
            list.number(y);
            list.key("id");
            list.integer(id);
            list.key("timeOffset");
            list.number(position.offset_ms.clamp(-1000.0, 0.0));
            list.raw("}");
        }
        let list = list.finish();
        if list.is_empty() {
            return Vec::new();
        }
        vec![simple(source, at_ms, |out| {
            out.key("positions");
            out.raw("[");
            out.raw(&list);
            out.raw("]");
        })]
    }

    fn interaction(
        &mut self,
        kind: u8,
        id: i64,
        at: Option<(f64, f64)>,
        pointer: Option<u8>,
        at_ms: u64,
    ) -> Vec<SafeEvent> {
        let Some(id) = self.shown(id).and_then(|slot| self.mirror.get(slot)).map(|node| node.id.get()) else {
            return Vec::new();
        };
        vec![simple(2, at_ms, |out| {
            out.key("type");
            out.integer(kind);
            out.key("id");
            out.integer(id);
            if let Some((x, y)) = at {
                out.key("x");
                out.number(coordinate(x));
                out.key("y");
                out.number(coordinate(y));
            }
            if let Some(pointer) = pointer {
                out.key("pointerType");
                out.integer(pointer);
            }
        })]
    }

    fn scroll(&mut self, id: i64, x: f64, y: f64, at_ms: u64) -> Vec<SafeEvent> {
        let Some(slot) = self.shown(id) else { return Vec::new() };
        let (x, y) = (coordinate(x), coordinate(y));
        let Some(node) = self.mirror.get(slot) else { return Vec::new() };
        let id = node.id;
        if slot == self.mirror.root() {
            self.page.offset = (x, y);
        } else if node.is_document() {
            self.documents.scrolls.insert(id, (x, y));
        } else {
            for (name, value) in [("rr_scrollLeft", x), ("rr_scrollTop", y)] {
                let _ = self.mirror.set_attribute(slot, &LocalName::from(name), Some(Value::Number(value)));
            }
        }
        vec![simple(3, at_ms, |out| {
            out.key("id");
            out.integer(id.get());
            out.key("x");
            out.number(x);
            out.key("y");
            out.number(y);
        })]
    }

    fn input(&mut self, id: i64, text: &str, is_checked: bool, at_ms: u64) -> Vec<SafeEvent> {
        let Some(slot) = self.known(id).filter(|slot| is_field(self.mirror.get(*slot))) else {
            self.report.removed("event:unknown-node");
            return Vec::new();
        };
        let mut change = Change::default();
        let before = self.safe_input(slot);
        self.touch(slot, &mut change);
        self.keep_input(slot, text, is_checked);
        self.judge_node(slot, &mut change);
        change.inputs.push(slot);
        let was_sent = self.mirror.get(slot).is_some_and(|node| node.sent);
        let mut events = self.emit(&mut change, at_ms);
        let after = self.safe_input(slot);
        let is_sent = self.mirror.get(slot).is_some_and(|node| node.sent);
        if let (true, true, Some((text, is_checked))) = (was_sent, is_sent && before != after, after) {
            let id = self.mirror.get(slot).map_or(0, |node| node.id.get());
            events.push(simple(5, at_ms, |out| {
                out.key("text");
                out.string(&text);
                out.key("isChecked");
                out.boolean(is_checked);
                out.key("id");
                out.integer(id);
            }));
        }
        events
    }

    /// Keeps a field's value where a keyframe looks for it.
    fn keep_input(&mut self, slot: Slot, text: &str, is_checked: bool) {
        let kind = self.mirror.get(slot).map(field_kind);
        match kind {
            Some(FieldKind::Toggle) => {
                let value = is_checked.then_some(Value::Bool(true));
                let _ = self.mirror.set_attribute(slot, &LocalName::from("checked"), value);
            }
            Some(FieldKind::Select) => {
                let options: Vec<Slot> = self.mirror.descendants(slot).collect();
                for option in options {
                    let Some(node) = self.mirror.get(option) else { continue };
                    if node.element().is_none_or(|(name, _)| &**name != "option") {
                        continue;
                    }
                    let is_chosen = match node.attribute_text("value") {
                        Some(value) => value == text,
                        None => self.own_text(option).trim() == text,
                    };
                    let value = is_chosen.then_some(Value::Bool(true));
                    let _ = self.mirror.set_attribute(option, &LocalName::from("selected"), value);
                }
            }
            Some(FieldKind::Text) => {
                let value = Some(Value::Text(text.into()));
                if self.mirror.set_attribute(slot, &LocalName::from("value"), value).is_err() {
                    self.report.removed("limit:mirror_bytes");
                }
            }
            None => {}
        }
    }

    fn own_text(&self, slot: Slot) -> String {
        self.mirror.children(slot).filter_map(|child| self.mirror.get(child).and_then(Node::text)).collect()
    }

    /// A field's value and state as agents may know them; `None` where they may not.
    fn safe_input(&self, slot: Slot) -> Option<(String, bool)> {
        let node = self.mirror.get(slot)?;
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

    fn media(&mut self, event: &Event<'_>, at_ms: u64) -> Vec<SafeEvent> {
        let Event::Media { kind, id, current_time, volume, muted, is_loop, rate } = event else { return Vec::new() };
        let Some(node) = self.shown(*id).and_then(|slot| self.mirror.get(slot)) else { return Vec::new() };
        if !(node.is_html(&local_name!("audio")) || node.is_html(&local_name!("video"))) || node.verdict.masks() {
            return Vec::new();
        }
        let id = node.id.get();
        vec![simple(7, at_ms, |out| {
            out.key("type");
            out.integer(*kind);
            out.key("id");
            out.integer(id);
            let numbers = [
                ("currentTime", current_time.map(|time| time.clamp(0.0, 1e7))),
                ("volume", volume.map(|volume| volume.clamp(0.0, 1.0))),
                ("playbackRate", rate.map(|rate| rate.clamp(0.0625, 16.0))),
            ];
            for (key, number) in numbers {
                if let Some(number) = number {
                    out.key(key);
                    out.number(number);
                }
            }
            for (key, value) in [("muted", muted), ("loop", is_loop)] {
                if let Some(value) = value {
                    out.key(key);
                    out.boolean(*value);
                }
            }
        })]
    }

    fn canvas(&mut self, id: i64, base64: &str, at_ms: u64) -> Vec<SafeEvent> {
        let Some(slot) = self.shown(id) else { return Vec::new() };
        let Some(node) = self.mirror.get(slot) else { return Vec::new() };
        let id = node.id.get();
        if !node.is_html(&local_name!("canvas")) || node.verdict.masks() {
            return Vec::new();
        }
        let Some(picture) = canvas_data_url(base64, self.limits.canvas_bytes) else {
            self.report.removed("canvas:not-a-picture");
            return Vec::new();
        };
        let name = LocalName::from("rr_dataURL");
        if self.mirror.set_attribute(slot, &name, Some(Value::Text(picture.as_str().into()))).is_err() {
            self.report.removed("limit:mirror_bytes");
            return Vec::new();
        }
        let mut out = JsonOut::with_capacity(picture.len() + 128);
        out.raw("{\"type\":5,\"data\":{\"tag\":\"vitrine.canvas\",\"payload\":{\"id\":");
        out.integer(id);
        out.raw(",\"image\":");
        out.string(&picture);
        out.raw("}},\"timestamp\":");
        out.integer(at_ms);
        out.raw("}");
        vec![Safe::vouch(out.finish())]
    }

    fn font(&mut self, family: &str, source: &str, is_buffer: bool, at_ms: u64) -> Vec<SafeEvent> {
        let is_name = family.len() <= 200 && !is_urlish(family) && !family.chars().any(char::is_control);
        if is_buffer || !is_name {
            self.report.removed("event:font");
            return Vec::new();
        }
        let root = self.mirror.root();
        let mut render = renderer(self);
        let safe = css::Css::new(&mut render.urls(root)).font_source(source);
        let Some(source) = safe else {
            self.report.removed("event:font");
            return Vec::new();
        };
        if !self.documents.add_font(family, &source, &self.limits) {
            self.report.removed("limit:fonts");
            return Vec::new();
        }
        vec![font_event(family, &source, at_ms)]
    }

    fn selection(&mut self, ranges: &[Range], at_ms: u64) -> Vec<SafeEvent> {
        let mut list = JsonOut::default();
        for range in ranges {
            let start = self.selectable(range.start, range.start_offset);
            let end = self.selectable(range.end, range.end_offset);
            let (Some((start, from)), Some((end, to))) = (start, end) else { continue };
            list.comma();
            list.raw("{");
            for (key, number) in
                [("start", u64::from(start)), ("startOffset", from), ("end", u64::from(end)), ("endOffset", to)]
            {
                list.key(key);
                list.integer(number);
            }
            list.raw("}");
        }
        let list = list.finish();
        if list.is_empty() && !ranges.is_empty() {
            return Vec::new();
        }
        vec![simple(14, at_ms, |out| {
            out.key("ranges");
            out.raw("[");
            out.raw(&list);
            out.raw("]");
        })]
    }

    /// One end of a selection, with an offset that the player's node has.
    fn selectable(&mut self, id: i64, offset: i64) -> Option<(u32, u64)> {
        let slot = self.shown(id)?;
        let node = self.mirror.get(slot).filter(|node| !node.verdict.masks())?;
        let most = match &node.kind {
            Kind::Text(text) => text.encode_utf16().count(),
            _ => {
                self.mirror.children(slot).filter(|child| self.mirror.get(*child).is_some_and(|node| node.sent)).count()
            }
        };
        let offset = u64::try_from(offset).ok()?.min(most as u64);
        Some((node.id.get(), offset))
    }
}

/// A renderer that counts into the view's own report.
fn renderer(view: &mut View) -> Render<'_> {
    Render {
        mirror: &view.mirror,
        policy: &view.policy,
        rules: &view.rules,
        limits: &view.limits,
        sealer: &view.sealer,
        documents: &view.documents,
        report: &mut view.report,
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
