//! `tests/bench events`: recorded streams through decode, mirror, restrictions, sanitizer, sealing and encoding, beside
//! parsing and serializing the same events with `serde_json`.

#![expect(clippy::expect_used, reason = "a bench that cannot work ends by it")]

use std::sync::Arc;

use serde_json::Value;
use vitrine_bench::inputs::{self, Input};
use vitrine_bench::policy::{RulesMet, policy};
use vitrine_bench::rounds::{self, Variant};
use vitrine_bench::typed;
use vitrine_core::asset::{AssetKey, Sealer};
use vitrine_core::ids::SessionId;
use vitrine_core::limits::Limits;
use vitrine_core::policy::Policy;
use vitrine_core::report::Report;
use vitrine_core::view::{Applied, View};
use vitrine_core::wire::events;
use vitrine_core::wire::json::Reader;

const OURS: &str = "decode, mirror, restrict, sanitize, seal";
const PEER: &str = "serde_json, typed";
const VALUE: &str = "serde_json, Value";
/// What the peer must reach beside `Value`, or it is no peer.
const PEER_RATIO_MIN: f64 = 1.8;

fn main() {
    let streams = inputs::streams();
    streams.all.iter().for_each(check_peer);
    let (policy, limits) = (Arc::new(policy(1)), Arc::new(Limits::default()));
    let mut met = RulesMet::default();
    streams.all.iter().for_each(|stream| met.note(&sanitize(&policy, &limits, stream).1));
    met.tell(streams.are_real);

    let times = rounds::run(
        &streams.all,
        &mut [
            Variant::new(OURS, |stream| sanitize(&policy, &limits, stream).0),
            Variant::new(PEER, |stream| typed::round_trip(text(stream), |_| {}).expect("checked before")),
            Variant::new(VALUE, |stream| value_round_trip(text(stream), |_| {})),
        ],
    );
    times.print(PEER);
    let peer = times.ratio(PEER, VALUE);
    println!("{PEER} beside {VALUE}: {peer:.2}");
    assert!(!streams.are_real || peer >= PEER_RATIO_MIN, "the peer is too slow to be one");
    times.print_last("events", PEER);
}

fn text(stream: &Input) -> &str {
    std::str::from_utf8(&stream.bytes).expect("a recording is UTF-8")
}

/// A fresh view, and with it an empty cache, for each stream. Returns the bytes that leave.
fn sanitize(policy: &Arc<Policy>, limits: &Arc<Limits>, stream: &Input) -> (usize, Report) {
    let key = AssetKey { id: 1, secret: [7; 32] };
    let session = SessionId::new("bench").expect("the word is a session id");
    let mut view = View::new(Arc::clone(policy), Arc::clone(limits), Sealer::new(&key, session, &policy.base_path), 1);
    let mut bytes = 0;
    let mut at_ms = 0;
    let each = |event| {
        at_ms += 1;
        view.begin_frame();
        let left = match view.apply(Result::expect(event, "a recording decodes"), at_ms) {
            Ok(Applied::Events(events)) => events,
            Ok(Applied::Keyframe) => view.keyframe(at_ms),
            Err(refusal) => panic_on(&stream.name, &refusal),
        };
        bytes += left.iter().map(|event| event.get().len()).sum::<usize>();
    };
    events(&mut Reader::new(text(stream)), limits, each).expect("a recording is JSON");
    (bytes, view.report().clone())
}

#[expect(clippy::panic, reason = "a bench that cannot work ends by it")]
fn panic_on(name: &str, refusal: &dyn std::error::Error) -> ! {
    panic!("{name}: {refusal}")
}

fn value_round_trip(json: &str, mut each: impl FnMut(&[u8])) -> usize {
    let mut reader = serde_json::Deserializer::from_str(json);
    reader.disable_recursion_limit();
    let events: Vec<Value> = serde::Deserialize::deserialize(&mut reader).expect("a recording is JSON");
    let mut out = Vec::new();
    let mut bytes = 0;
    for event in &events {
        out.clear();
        serde_json::to_writer(&mut out, event).expect("a value can be written");
        bytes += out.len();
        each(&out);
    }
    bytes
}

/// The peer must lose nothing of a stream, or it does less than it says.
fn check_peer(stream: &Input) {
    let read = |json: &[u8]| {
        let mut reader = serde_json::Deserializer::from_slice(json);
        reader.disable_recursion_limit();
        <Value as serde::Deserialize>::deserialize(&mut reader).expect("JSON")
    };
    let mut written = Vec::new();
    typed::round_trip(text(stream), |event| written.push(read(event))).expect("the peer reads the recording");
    let whole = read(&stream.bytes);
    assert_eq!(whole.as_array(), Some(&written), "{}: the peer changed an event", stream.name);
}
