use std::path::Path;

use crate::figures::{FILE, Figures, read};
use crate::load::{Service, count};
use crate::plan::{CELL, SMALL, costs, table};
use crate::queue::Queue;
use crate::storm::{Death, play};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn figures() -> Figures {
    read(FILE).unwrap().0
}

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_default()
}

#[test]
fn every_figure_is_measured_by_a_command_or_said_to_be_a_budget() {
    let (_, table) = read(FILE).unwrap();
    for (name, figure) in table {
        assert!(figure.value > 0.0 && !figure.unit.is_empty() && !figure.what.is_empty(), "{name}");
        let program = figure.by.trim_start_matches("node ");
        assert!(program == "budget" || !file(program).is_empty(), "{name}: {program}");
    }
}

#[test]
fn constants_of_pages_are_those_of_the_snippet() {
    let (limits, figures) = (file("snippet/src/limits.ts"), figures());
    for (name, value) in [("SOON_MS", figures.soon_ms), ("SILENCE_MS", figures.silence_ms)] {
        let found = limits.split(&format!("export const {name} = ")).nth(1).unwrap().split(';').next().unwrap();
        assert!((found.replace('_', "").parse::<f64>().unwrap() - value).abs() < 0.5, "{name}");
    }
}

#[test]
fn the_manual_has_the_tables_of_the_models() {
    let (manual, (figures, all)) = (file("docs/OPERATE.md"), read(FILE).unwrap());
    for made in [costs(&all), table(&CELL, &figures), table(&SMALL, &figures)] {
        assert!(manual.contains(&made), "docs/OPERATE.md lacks this; cargo run -p vitrine-plan prints it:\n{made}");
    }
}

/// What the plan promises.
#[test]
fn both_services_have_room_and_are_whole_again_in_time() {
    let figures = figures();
    for service in [CELL, SMALL] {
        let used = service.used(&figures);
        assert!(used.iter().all(|used| used.part <= 0.6), "{used:?}");
        // One node fewer carries it too.
        let fewer = Service { nodes: service.nodes - 1, ..service };
        assert!(fewer.part(&figures, "nodes' CPU") <= 0.75);
        for seed in 0..3 {
            for (death, at_most) in
                [(Death::NodesProcess, 2.0), (Death::NodesMachine, 10.0), (Death::Master, 10.0), (Death::Redis, 10.0)]
            {
                let of = play(&service, &figures, death, seed);
                assert!(of.last <= at_most, "{death:?} with seed {seed}: {of:?}");
            }
        }
    }
}

#[test]
fn the_same_seed_plays_the_same() {
    let figures = figures();
    let [one, two, other] = [1, 1, 2].map(|seed| play(&SMALL, &figures, Death::NodesProcess, seed));
    assert_eq!(one, two);
    assert_ne!(one, other);
}

/// The models can say no: too little of anything shows.
#[test]
fn a_service_that_is_too_small_is_found_out() {
    let figures = figures();
    let part = |service: Service, what: &str| service.part(&figures, what);
    assert!(part(Service { cores: 1, nodes: 4, ..CELL }, "nodes' CPU") > 1.0);
    assert!(part(Service { shards: 4, ..CELL }, "Redis' CPU") > 1.0);
    assert!(part(Service { shard_bytes: 1e8, shards: 4, ..CELL }, "Redis' memory") > 1.0);
    let crowded = Service { sessions: SMALL.sessions * 4.0, ..SMALL };
    let (usual, slow) = (play(&SMALL, &figures, Death::Redis, 1), play(&crowded, &figures, Death::Redis, 1));
    assert!(slow.last > 2.0 * usual.last, "{usual:?} {slow:?}");
}

#[test]
fn jobs_wait_for_cores_and_no_longer() {
    let mut two = Queue::new(2, 0.5);
    let done: Vec<f64> = (0..3).map(|_| two.serve(1.0, 1.0)).collect();
    assert!(done.iter().zip([3.0, 3.0, 5.0]).all(|(a, b)| (a - b).abs() < 1e-9), "{done:?}");
    two.hold_until(10.0);
    assert!((two.serve(6.0, 0.5) - 11.0).abs() < 1e-9);
    assert!((count(0) - 1.0).abs() < 1e-9);
}
