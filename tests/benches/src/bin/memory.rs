//! What a view keeps of a page: bytes allocated for each mirrored node, after each recording is through.
//!
//! A program of its own: its allocator counts, which would cost the others time.

#![expect(clippy::expect_used, reason = "a bench that cannot work ends by it")]

use std::sync::Arc;

use vitrine_bench::inputs::{self, Input};
use vitrine_bench::policy::policy;
use vitrine_core::asset::{AssetKey, Sealer};
use vitrine_core::ids::SessionId;
use vitrine_core::limits::Limits;
use vitrine_core::policy::Policy;
use vitrine_core::view::{Applied, View};
use vitrine_core::wire::events;
use vitrine_core::wire::json::Reader;

fn main() {
    let streams = inputs::streams();
    let (policy, limits) = (Arc::new(policy(1)), Arc::new(Limits::default()));
    // What all sessions share, such as the allow-lists, is made by the first one.
    streams.all.iter().take(1).for_each(|stream| drop(play(&policy, &limits, stream)));
    let mut rows: Vec<(&str, u64, usize)> = Vec::new();
    for stream in &streams.all {
        let mut view = None;
        let counts = allocation_counter::measure(|| view = Some(play(&policy, &limits, stream)));
        let nodes = view.as_ref().map_or(0, View::nodes);
        rows.push((&stream.name, u64::try_from(counts.bytes_current).unwrap_or(0), nodes));
    }
    let (bytes, nodes) = rows.iter().fold((0, 0), |(bytes, nodes), row| (bytes + row.1, nodes + row.2));
    rows.sort_by(|a, b| (b.1 * a.2.max(1) as u64).cmp(&(a.1 * b.2.max(1) as u64)));
    println!(
        "memory: {} bytes a mirrored node ({nodes} nodes; wanted: at most 130); most:",
        bytes / nodes.max(1) as u64
    );
    for (name, bytes, nodes) in rows.iter().take(5) {
        println!("  {name:<40} {:>6} bytes a node, {nodes} nodes", bytes / (*nodes).max(1) as u64);
    }
}

fn play(policy: &Arc<Policy>, limits: &Arc<Limits>, stream: &Input) -> View {
    let key = AssetKey { id: 1, secret: [7; 32] };
    let session = SessionId::new("bench").expect("the word is a session id");
    let mut view = View::new(Arc::clone(policy), Arc::clone(limits), Sealer::new(&key, session, &policy.base_path), 1);
    let text = std::str::from_utf8(&stream.bytes).expect("a recording is UTF-8");
    let each = |event| {
        view.begin_frame();
        match view.apply(Result::expect(event, "a recording decodes"), 1) {
            Ok(Applied::Keyframe) => drop(view.keyframe(1)),
            Ok(Applied::Events(_)) => {}
            Err(_) => view.refuse(),
        }
    };
    events(&mut Reader::new(text), limits, each).expect("a recording is JSON");
    view
}
