//! Events into a view: the tree stays sound, players never part from it, and nothing banned or secret leaves.
#![no_main]

use std::fmt::{Display, Formatter};
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use vitrine_core::limits::Limits;
use vitrine_core::view::{Applied, View};
use vitrine_core::wire::events;
use vitrine_core::wire::json::Reader;
use vitrine_core_fuzz::bytes::Bytes;
use vitrine_core_fuzz::judge::{Player, require_safe_events, require_sound};
use vitrine_core_fuzz::page;
use vitrine_core_fuzz::world::{SECRET, sealer, shared_limits, shared_policy};

/// More of one history finds nothing that two shorter ones do not.
const EVENTS_MAX: usize = 24;

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes::new(data);
    let mut run = Run::new(bytes.once_in(4));
    for _ in 0..EVENTS_MAX {
        if bytes.is_empty() {
            break;
        }
        if !run.view.is_live() || bytes.once_in(24) {
            if bytes.once_in(3) {
                run.view.begin_instance(["one", "two"][bytes.below(2) as usize]);
            }
            for event in page::load(&mut bytes) {
                run.event(&event);
            }
        } else {
            let event = page::event(&mut bytes, run.view.mirror());
            run.event(&event);
        }
    }
    require_safe_events(&run.sent);
    assert!(!format!("{:?}", run.view).contains(SECRET), "the view keeps a secret");
});

struct Run {
    view: View,
    limits: Arc<Limits>,
    player: Player,
    sent: Vec<String>,
    /// All that came, for the person who reads a finding.
    came: Vec<String>,
    at_ms: u64,
    /// What an agent who comes now gets.
    late: Vec<String>,
}

impl Run {
    fn new(private_by_default: bool) -> Self {
        let limits = shared_limits();
        let view = View::new(shared_policy(private_by_default), limits.clone(), sealer(), 42);
        Self { view, limits, player: Player::default(), sent: Vec::new(), came: Vec::new(), at_ms: 0, late: Vec::new() }
    }

    fn event(&mut self, event: &Value) {
        let text = format!("[{event}]");
        self.at_ms += 10;
        self.view.begin_frame();
        let mut outcome = Ok(Applied::Events(Vec::new()));
        let read = events(&mut Reader::new(&text), &self.limits, |event| match event {
            Ok(event) => outcome = self.view.apply(event, self.at_ms).map_err(|refusal| refusal.to_string()),
            Err(refusal) => {
                self.view.refuse();
                outcome = Err(refusal.to_string());
            }
        });
        assert_eq!(read, Ok(()), "{text}");
        self.came.push(event.to_string());
        require_sound(self.view.mirror(), &self.limits, &Story { came: &self.came, outcome: &outcome });
        let events: Vec<String> = match &outcome {
            Ok(Applied::Events(events)) => events.iter().map(|event| event.get().clone()).collect(),
            Ok(Applied::Keyframe) => {
                self.view.keyframe(self.at_ms).into_iter().map(|event| event.into_inner()).collect()
            }
            Err(_) => Vec::new(),
        };
        let late = self.keyframe();
        let story = Story { came: &self.came, outcome: &outcome };
        if outcome.is_err() {
            assert!(!self.view.is_live(), "nothing goes on after a refusal");
            assert_eq!(late, self.late, "refused, and yet changed: {story}");
        }
        // What neither followed nor came anew is as it was when it was compared.
        if events.is_empty() && late == self.late {
            return;
        }
        self.late = late;
        for event in events {
            self.player.apply(&event);
            self.sent.push(event);
        }
        require_same(&self.player, &self.late, &story);
    }

    fn keyframe(&mut self) -> Vec<String> {
        self.view.keyframe(0).into_iter().map(|event| event.into_inner()).collect()
    }
}

/// What came, and what the last of it came to. Written only where it is told.
struct Story<'a> {
    came: &'a [String],
    outcome: &'a Result<Applied, String>,
}

impl Display for Story<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}]: {:?}", self.came.join(",\n"), self.outcome)
    }
}

/// The player that followed has what a late one gets.
fn require_same(player: &Player, late: &[String], after: &Story<'_>) {
    let mut fresh = Player::default();
    for event in late {
        fresh.apply(event);
    }
    assert!(player.has_sheets_of(&fresh), "after {after}\nsheets: {player:?}\nkeyframe: {fresh:?}");
    let (mut followed, mut fresh) = (player.tree(), fresh.tree());
    forget_definitions(&mut followed);
    forget_definitions(&mut fresh);
    assert!(followed == fresh, "after {after}\nplayer: {followed:#}\nkeyframe: {fresh:#}");
}

/// A name that was defined once stays so in a player that followed. A stock recorder says it of every element of that
/// name, so players differ only where one lied, and then in what `:defined` matches.
fn forget_definitions(node: &mut Value) {
    if let Some(node) = node.as_object_mut() {
        node.remove("isCustom");
    }
    for child in node["childNodes"].as_array_mut().into_iter().flatten() {
        forget_definitions(child);
    }
}
