//! Media that play, and pictures of canvases.

use html5ever::{LocalName, local_name};

use super::write::simple;
use super::{SafeEvent, View};
use crate::mirror::Value;
use crate::sanitize::{JsonOut, canvas_data_url};
use crate::trust::Safe;
use crate::wire::event::Event;

impl View {
    pub(super) fn media(&mut self, event: &Event<'_>, at_ms: u64) -> Vec<SafeEvent> {
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

    pub(super) fn canvas(&mut self, id: i64, base64: &str, at_ms: u64) -> Vec<SafeEvent> {
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
}
