//! Random histories as a stock recorder writes them, followed by the model of a player. The same are played in a browser.

use serde_json::Value;
use vitrine_histories::{Browsing, CANARY, history};

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

/// The page is looked at anew this often.
const LOOKED_AT_EVERY: usize = 10;

#[test]
fn a_page_without_changing_restrictions_is_what_its_follower_has() {
    let mut has_secrets = false;
    for seed in 0..20 {
        let (mut live, mut browsing) = (Live::new(), Browsing::new(seed));
        let mut follow = |live: &mut Live, events: Vec<Value>| {
            for event in events {
                has_secrets |= event.to_string().contains(CANARY);
                live.try_event(&event).unwrap_or_else(|refusal| panic!("{seed}: {refusal}: {event}"));
            }
        };
        follow(&mut live, browsing.snapshot());
        for at in 1..=STEPS {
            follow(&mut live, browsing.step());
            follow(&mut live, vec![browsing.mark(at as u64)]);
            if at % LOOKED_AT_EVERY > 0 {
                continue;
            }
            assert_eq!(live.player.mark(), Some(at as u64));
            let mut fresh = Live::new();
            follow(&mut fresh, browsing.look());
            super::pretty(&live.player.tree(), &fresh.player.tree());
        }
        live.never_said(CANARY);
    }
    assert!(has_secrets);
}
