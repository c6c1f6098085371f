//! A page's events on their way, by the rules of the snippet: numbered, kept until applied, and given up for a snapshot
//! when the server cannot keep up.

use std::collections::VecDeque;

use serde_json::Value;

/// See the module. Pure: what is to be sent is given back.
#[derive(Debug, Default)]
pub(crate) struct Channel {
    seq: u64,
    pub(crate) applied: u64,
    waiting: Vec<String>,
    sent: VecDeque<Frame>,
    window_bytes: usize,
    is_live: bool,
    /// Events were dropped; none is taken until the snapshot.
    has_gap: bool,
}

#[derive(Debug)]
struct Frame {
    seq: u64,
    json: String,
    /// Nothing of a frame with a full snapshot, which may be larger than any window.
    bytes: usize,
}

/// The window before the server said its own.
const WINDOW_BYTES: usize = 1 << 20;

impl Channel {
    pub(crate) fn new() -> Self {
        Self { window_bytes: WINDOW_BYTES, ..Self::default() }
    }

    /// Something happened on the page.
    pub(crate) fn push(&mut self, events: &[Value], now_ms: u64) {
        if self.has_gap {
            return;
        }
        for event in events {
            let mut event = event.clone();
            event["timestamp"] = now_ms.into();
            self.waiting.push(event.to_string());
        }
        let bytes: usize = self.waiting.iter().map(String::len).sum();
        if self.on_the_way() + bytes > self.window_bytes && !holds_snapshot(events) {
            self.waiting.clear();
            self.has_gap = true;
        }
    }

    /// The frame to send now, if there is one.
    pub(crate) fn flush(&mut self) -> Option<String> {
        if !self.is_live || self.waiting.is_empty() {
            return None;
        }
        self.seq += 1;
        let is_whole = self.waiting.iter().any(|event| event.contains("\"initialOffset\""));
        let json = format!("{{\"t\":\"events\",\"seq\":{},\"events\":[{}]}}", self.seq, self.waiting.join(","));
        self.waiting.clear();
        let bytes = if is_whole { 0 } else { json.len() };
        self.sent.push_back(Frame { seq: self.seq, json: json.clone(), bytes });
        Some(json)
    }

    /// The server is there, and has applied this. What it has not is to be sent again; `None`: it needs a snapshot.
    pub(crate) fn resume(&mut self, applied: u64, window_bytes: Option<u64>) -> Option<Vec<String>> {
        if let Some(bytes) = window_bytes.and_then(|bytes| usize::try_from(bytes).ok()) {
            self.window_bytes = bytes;
        }
        self.is_live = true;
        let first = self.sent.front().map_or(self.seq + 1, |frame| frame.seq);
        let is_unbroken = applied <= self.seq && applied + 1 >= first && applied > 0;
        if !is_unbroken || self.has_gap {
            self.waiting.clear();
            self.sent.clear();
            (self.seq, self.applied, self.has_gap) = (applied, applied, false);
            return None;
        }
        self.ack(applied);
        Some(self.sent.iter().map(|frame| frame.json.clone()).collect())
    }

    /// Whether a snapshot is due: the window is open again after a gap.
    pub(crate) fn ack(&mut self, applied: u64) -> bool {
        if applied < self.applied || applied > self.seq {
            return false;
        }
        self.applied = applied;
        self.sent.retain(|frame| frame.seq > applied);
        self.has_gap && self.is_live && self.on_the_way() <= self.window_bytes / 2
    }

    /// What waits is about to be told by a full snapshot.
    pub(crate) fn start_over(&mut self) {
        self.waiting.clear();
        self.has_gap = false;
    }

    /// The socket is lost; events are kept until the window is full.
    pub(crate) fn offline(&mut self) {
        self.is_live = false;
    }

    /// Whether the server has applied all.
    pub(crate) fn is_done(&self) -> bool {
        self.is_live && !self.has_gap && self.waiting.is_empty() && self.applied == self.seq
    }

    fn on_the_way(&self) -> usize {
        self.sent.iter().map(|frame| frame.bytes).sum()
    }
}

fn holds_snapshot(events: &[Value]) -> bool {
    events.iter().any(|event| event["type"] == 2)
}
