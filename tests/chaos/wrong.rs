//! Relays that are wrong on purpose: what the journeys check finds each of them.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};
use vitrine_histories::Browsing;
use vitrine_tests::server::{config, parse};

use crate::picture::Picture;
use crate::truth::{self, Witness};
use vitrine_tests::stage::{COMMON, KEYS};

const SESSION: &str = "session";
const STEPS: u64 = 40;
/// After so many steps another node goes on with a new epoch.
const MOVES_AT: u64 = 20;

/// All that a right relay tells one agent, and the page at the end.
fn right() -> (Vec<Value>, Value) {
    let config = parse(&config(SocketAddr::from(([127, 0, 0, 1], 1)), &format!("{COMMON}{KEYS}")));
    let (mut witness, mut browsing) = (Witness::new(&config, SESSION), Browsing::new(5));
    let (mut epoch, mut seq) = (1, 1);
    let mut frames = vec![frame("keyframe", epoch, seq, &witness.sees(&browsing.snapshot()))];
    for at in 1..=STEPS {
        if at == MOVES_AT {
            (epoch, seq) = (epoch + 1, seq + 65_536);
            frames.push(frame("keyframe", epoch, seq, &witness.keyframe()));
        }
        let mut happened = browsing.step();
        happened.retain(|event| event["type"] == 3);
        happened.push(browsing.mark(at));
        let told = witness.sees(&happened);
        frames.push(frame("events", epoch, seq + 1, &told));
        seq += told.len();
    }
    (frames, truth::tree(&config, SESSION, &browsing.look()))
}

fn frame(kind: &str, epoch: u64, seq: usize, events: &[Value]) -> Value {
    json!({ "t": kind, "epoch": epoch, "seq": seq, "events": events })
}

/// Whether an agent who gets this finds nothing wrong and has the customer's page at the end.
fn is_right(frames: &[Value], truth: &Value) -> bool {
    let followed = || {
        let mut picture = Picture::default();
        frames.iter().try_for_each(|frame| picture.take(frame)).map(|()| picture.tree())
    };
    catch_unwind(AssertUnwindSafe(followed)).is_ok_and(|tree| tree.as_ref() == Ok(truth))
}

/// The frame by which the second epoch begins.
fn move_of(frames: &[Value]) -> usize {
    frames.iter().rposition(|frame| frame["t"] == "keyframe").expect("two keyframes")
}

#[test]
fn every_wrong_relay_is_found() {
    type Wrong = fn(&mut Vec<Value>);
    let (frames, truth) = right();
    assert!(is_right(&frames, &truth));
    let wrongs: [(&str, Wrong); 8] = [
        ("a frame is lost", |frames| drop(frames.remove(7))),
        ("a frame comes twice", |frames| frames.insert(8, frames[7].clone())),
        ("two frames are swapped", |frames| frames.swap(7, 8)),
        ("a frame of the old epoch comes late", |frames| frames.insert(move_of(frames) + 1, frames[3].clone())),
        ("a new epoch begins without a keyframe", |frames| drop(frames.remove(move_of(frames)))),
        ("a new epoch gives numbers again", |frames| {
            let at = move_of(frames);
            frames[at]["seq"] = frames[3]["seq"].clone();
        }),
        ("a new epoch begins with an old page", |frames| {
            let at = move_of(frames);
            frames[at]["events"] = frames[0]["events"].clone();
            frames.truncate(at + 1);
        }),
        ("the last event is lost", |frames| {
            let events = frames.last_mut().and_then(|frame| frame["events"].as_array_mut());
            events.expect("events").pop();
        }),
    ];
    for (what, wrong) in wrongs {
        let mut told = frames.clone();
        wrong(&mut told);
        assert!(!is_right(&told, &truth), "{what}");
    }
}
