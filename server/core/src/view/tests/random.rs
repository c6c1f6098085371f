//! Random histories as a stock recorder writes them, followed by the model of a player. The same are played in a browser.

use vitrine_histories::history;

use super::Live;

const STEPS: usize = 60;

fn play(seed: u64) {
    let mut live = Live::new();
    for event in history(seed, STEPS).into_iter().flatten() {
        live.try_event(&event).unwrap_or_else(|refusal| panic!("history {seed}: {refusal}: {event}"));
        live.view.mirror.assert_invariants();
        live.check_player();
    }
}

#[test]
fn players_follow_what_a_stock_recorder_writes() {
    (0..60).for_each(play);
}
