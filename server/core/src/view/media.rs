//! Media that play, and pictures of canvases.

use html5ever::{LocalName, local_name};

use super::build::PICTURE;
use super::write::simple;
use super::{SafeEvent, View};
use crate::ids::NodeId;
use crate::mirror::{Node, Slot, Value};
use crate::sanitize::{JsonOut, canvas_data_url};
use crate::trust::Safe;
use crate::wire::event::MediaChange;

const PLAY: u8 = 0;
const PAUSE: u8 = 1;

/// A change with numbers that a player can be given.
fn bounded(change: &MediaChange) -> MediaChange {
    MediaChange {
        current_time: change.current_time.map(|seconds| seconds.clamp(0.0, 1e7)),
        volume: change.volume.map(|volume| volume.clamp(0.0, 1.0)),
        rate: change.rate.map(|rate| rate.clamp(0.0625, 16.0)),
        ..*change
    }
}

fn is_media(node: &Node) -> bool {
    node.is_html(&local_name!("audio")) || node.is_html(&local_name!("video"))
}

impl View {
    pub(super) fn media(&mut self, change: &MediaChange, at_ms: u64) -> Vec<SafeEvent> {
        let Some(slot) = self.shown(change.id) else { return Vec::new() };
        let Some(node) = self.mirror.get(slot).filter(|node| is_media(node) && !node.verdict.masks()) else {
            self.report.removed("event:not-media");
            return Vec::new();
        };
        let (id, change) = (node.id, bounded(change));
        self.keep_media(slot, id, &change, at_ms);
        vec![media_event(id, &change, at_ms)]
    }

    /// Keeps the state as the recorder's own attributes, which a player takes it from.
    fn keep_media(&mut self, slot: Slot, id: NodeId, change: &MediaChange, at_ms: u64) {
        let state = match change.kind {
            PLAY => Some("played"),
            PAUSE => Some("paused"),
            _ => None,
        };
        let values = [
            ("rr_mediaState", state.map(|state| Value::Text(state.into()))),
            ("rr_mediaCurrentTime", change.current_time.map(Value::Number)),
            ("rr_mediaVolume", change.volume.map(Value::Number)),
            ("rr_mediaPlaybackRate", change.rate.map(Value::Number)),
            ("rr_mediaMuted", change.muted.map(Value::Bool)),
            ("rr_mediaLoop", change.is_loop.map(Value::Bool)),
        ];
        for (name, value) in values.into_iter().filter(|(_, value)| value.is_some()) {
            if self.mirror.set_attribute(slot, &LocalName::from(name), value).is_err() {
                self.report.removed("limit:mirror_bytes");
            }
        }
        match change.kind {
            PAUSE => {
                self.documents.playing.remove(&id);
            }
            PLAY => {
                self.documents.playing.insert(id, at_ms);
            }
            _ => {
                if let Some(since_ms) = self.documents.playing.get_mut(&id).filter(|_| change.current_time.is_some()) {
                    *since_ms = at_ms;
                }
            }
        }
    }

    /// For one who has only the snapshot: how far that which plays has come since.
    pub(super) fn media_events(&self, at_ms: u64) -> impl Iterator<Item = SafeEvent> {
        self.documents.playing.iter().filter_map(move |(id, since_ms)| {
            let node = self.mirror.get(self.mirror.find(*id)?)?;
            let number = |name| match node.attribute(name) {
                Some(Value::Number(number)) => Some(*number),
                _ => None,
            };
            let is_shown = node.sent && is_media(node) && !node.verdict.masks();
            let (begun_s, rate) = (number("rr_mediaCurrentTime")?, number("rr_mediaPlaybackRate"));
            let played_s = at_ms.saturating_sub(*since_ms) as f64 / 1000.0 * rate.unwrap_or(1.0);
            let now = MediaChange {
                kind: PLAY,
                id: i64::from(id.get()),
                current_time: Some(begun_s + played_s),
                volume: None,
                muted: None,
                is_loop: None,
                rate,
            };
            is_shown.then(|| media_event(*id, &bounded(&now), at_ms))
        })
    }

    pub(super) fn canvas(&mut self, id: i64, base64: &str, at_ms: u64) -> Vec<SafeEvent> {
        let Some(slot) = self.shown(id) else { return Vec::new() };
        let is_canvas = |node: &&Node| node.is_html(&local_name!("canvas")) && !node.verdict.masks();
        let Some(node) = self.mirror.get(slot).filter(is_canvas) else {
            self.report.removed("event:not-canvas");
            return Vec::new();
        };
        let id = node.id.get();
        let picture = match canvas_data_url(base64, &self.limits) {
            Ok(picture) => picture,
            Err(reason) => {
                self.report.removed(reason);
                return Vec::new();
            }
        };
        let value = Some(Value::Text(picture.as_str().into()));
        if self.mirror.set_attribute(slot, &LocalName::from(PICTURE), value).is_err() {
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

fn media_event(id: NodeId, change: &MediaChange, at_ms: u64) -> SafeEvent {
    simple(7, at_ms, |out| {
        out.key("type");
        out.integer(change.kind);
        out.key("id");
        out.integer(id.get());
        let numbers = [("currentTime", change.current_time), ("volume", change.volume), ("playbackRate", change.rate)];
        for (key, number) in numbers {
            if let Some(number) = number {
                out.key(key);
                out.number(number);
            }
        }
        for (key, value) in [("muted", change.muted), ("loop", change.is_loop)] {
            if let Some(value) = value {
                out.key(key);
                out.boolean(value);
            }
        }
    })
}
