//! The last row of `relay`: what a delivery takes from one node to another, with Redis between them, beside one node alone.

use tempfile::TempDir;
use vitrine_load::crowd::{Scene, of_ours};
use vitrine_load::ours::Ours;
use vitrine_load::room::{Driven, Room, drive};
use vitrine_load::{is_quick, median};
use vitrine_tests::redis::{Redis, Shape};

const ROOMS: usize = 50;
/// Events per second in each.
const RATE: f64 = 10.0;
/// Rounds, and seconds of each turn.
const WHOLE: (usize, f64) = (7, 4.0);
const QUICK: (usize, f64) = (1, 0.3);
/// What Redis may add to the median.
const ADDED_MS: f64 = 0.5;

/// A round of both.
struct Round {
    one_ms: f64,
    two_ms: f64,
    one_us: f64,
    customers_us: f64,
    agents_us: f64,
}

/// Prints the row. The nodes share the servers' core; Redis runs on the other one.
pub(crate) async fn run(alone: &Ours, scene: &Scene) {
    let (rounds, seconds) = if is_quick() { QUICK } else { WHOLE };
    let rooms = if is_quick() { 3 } else { ROOMS };
    let (folder, redis) = (TempDir::new().expect("a folder"), Redis::start(Shape::Single).await);
    let [customers, agents] = [(); 2].map(|()| Ours::start_sharing(folder.path(), &redis));
    let one_room = of_ours(alone, alone, scene, rooms).await;
    let two_rooms = of_ours(&customers, &agents, scene, rooms).await;
    for rooms in [&one_room, &two_rooms] {
        drive(rooms, RATE, if is_quick() { seconds } else { 1.0 }).await;
    }
    let mut all = Vec::new();
    for _ in 0..rounds {
        let (one_ms, [one_us, _]) = turn(&one_room, [alone, alone], seconds).await;
        let (two_ms, [customers_us, agents_us]) = turn(&two_rooms, [&customers, &agents], seconds).await;
        all.push(Round { one_ms, two_ms, one_us, customers_us, agents_us });
    }
    let of = |what: fn(&Round) -> f64| median(all.iter().map(what).collect());
    println!(
        "{rooms} x 1 to 1, 1 KB, of two nodes with Redis between: p50 {:.2} ms, of one node {:.2} ms, added {:.2} ms (<= {ADDED_MS})",
        of(|round| round.two_ms),
        of(|round| round.one_ms),
        of(|round| round.two_ms - round.one_ms)
    );
    println!(
        "CPU of a delivery: the customer's node {:.1} us, the agent's {:.1} us, of one node {:.1} us",
        of(|round| round.customers_us),
        of(|round| round.agents_us),
        of(|round| round.one_us)
    );
}

/// The median time of a delivery in ms, and what each server worked for one, in us.
async fn turn(rooms: &[Room], servers: [&Ours; 2], seconds: f64) -> (f64, [f64; 2]) {
    let before = servers.map(|server| server.process.cpu_seconds());
    let Driven { deliveries, late_ms, .. } = drive(rooms, RATE, seconds).await;
    let after = servers.map(|server| server.process.cpu_seconds());
    (median(late_ms), [0, 1].map(|at: usize| (after[at] - before[at]) * 1e6 / deliveries))
}
