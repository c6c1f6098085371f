//! The view from outside: recorder's events in, agents' events out, and a model of a player that follows them.

#![expect(clippy::needless_pass_by_value, reason = "a json! literal reads best as an argument")]

mod address;
mod batch;
mod bricks;
mod control;
mod coverage;
mod histories;
mod hostile;
mod invariants;
mod judging;
mod numbers;
mod masking;
mod placeholders;
mod random;
mod refusals;
mod reports;
mod safety;
mod sheet_histories;
mod sheet_player;
mod sheets;
mod typing;

use std::sync::Arc;

use serde_json::{Value, json};
use vitrine_histories::Player;

use super::{Applied, View};
use crate::asset::{AllowedDomains, AssetKey, Sealer};
use crate::ids::SessionId;
use crate::limits::Limits;
use crate::policy::{PageUrl, Policy};
use crate::restrict::{RestrictionInput, RuleBook, RuleSetInput};
use crate::wire::json::Reader;

/// A view with the rules `.m` mask, `.b` block, `.h` hide, and a player that got everything from the beginning.
pub(super) struct Live {
    view: View,
    player: Player,
    /// All that left, in order.
    sent: Vec<String>,
    at_ms: u64,
}

impl Live {
    pub(super) fn new() -> Self {
        Self::with(RestrictionInput {
            patterns: vec!["payment-card".into(), "iban".into()],
            rule_sets: vec![RuleSetInput {
                mask: vec![".m".into()],
                block: vec![".b".into()],
                hide: vec![".h".into()],
                ..RuleSetInput::default()
            }],
            ..RestrictionInput::default()
        })
    }

    pub(super) fn with(restrictions: RestrictionInput) -> Self {
        Self::within(restrictions, Limits::default())
    }

    pub(super) fn within(restrictions: RestrictionInput, limits: Limits) -> Self {
        Self::under(Self::policy(&restrictions), limits)
    }

    /// Under a policy that lists no sound and video.
    pub(super) fn without_media() -> Self {
        let policy = Policy { allow_media: false, ..Self::policy(&RestrictionInput::default()) };
        Self::under(policy, Limits::default())
    }

    fn policy(restrictions: &RestrictionInput) -> Policy {
        Policy {
            domains: AllowedDomains::parse(&["cdn.example".into()], &[443], &["https".into()]).unwrap(),
            rules: RuleBook::parse(restrictions).unwrap(),
            page_url: PageUrl::OriginPath,
            allow_data_images: true,
            allow_media: true,
            keeps_assets: true,
            customer_uploads: false,
            base_path: String::new(),
        }
    }

    fn under(policy: Policy, limits: Limits) -> Self {
        let sealer = Sealer::new(&AssetKey { id: 1, secret: [7; 32] }, SessionId::new("s1").unwrap(), "");
        let view = View::new(Arc::new(policy), Arc::new(limits), sealer, 42);
        Self { view, player: Player::default(), sent: Vec::new(), at_ms: 0 }
    }

    /// A view of a page whose body (id 4) holds these nodes.
    pub(super) fn page(children: Value) -> Self {
        let mut live = Self::new();
        live.load(children);
        live
    }

    pub(super) fn load(&mut self, children: Value) {
        self.event(&json!({"type": 4, "data": {"href": "https://shop.example/a?b=c", "width": 800, "height": 600}, "timestamp": 1}));
        self.event(&json!({"type": 2, "data": {"node": document(children), "initialOffset": {"left": 0, "top": 0}}, "timestamp": 1}));
    }

    /// Applies one recorder's event and lets the player follow. Gives what left.
    pub(super) fn event(&mut self, event: &Value) -> Vec<Value> {
        self.try_event(event).unwrap_or_else(|refusal| panic!("refused: {refusal}"))
    }

    pub(super) fn try_event(&mut self, event: &Value) -> Result<Vec<Value>, String> {
        self.try_text(&event.to_string())
    }

    pub(super) fn try_text(&mut self, text: &str) -> Result<Vec<Value>, String> {
        self.at_ms += 10;
        let limits = Limits::default();
        let decoded = crate::wire::one(&mut Reader::new(text), &limits).map_err(|error| error.to_string())?;
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err(refusal) => {
                self.view.refuse();
                return Err(refusal.to_string());
            }
        };
        let events = match self.view.apply(decoded, self.at_ms).map_err(|refusal| refusal.to_string())? {
            Applied::Events(events) => events,
            Applied::Keyframe => self.view.keyframe(self.at_ms),
        };
        let texts: Vec<String> = events.into_iter().map(crate::trust::Safe::into_inner).collect();
        let values: Vec<Value> = texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        for value in &values {
            self.player.apply(value);
        }
        self.sent.extend(texts);
        Ok(values)
    }

    pub(super) fn mutate(&mut self, data: &Value) -> Vec<Value> {
        self.event(&mutation(data))
    }

    /// The tree that a late agent would get.
    pub(super) fn late(&mut self) -> Value {
        let mut player = Player::default();
        for event in self.view.keyframe(self.at_ms) {
            player.apply(&serde_json::from_str(event.get()).unwrap());
        }
        player.tree()
    }

    /// What a late agent would get, byte for byte.
    pub(super) fn keyframe_text(&mut self) -> String {
        self.view.keyframe(1).into_iter().map(crate::trust::Safe::into_inner).collect()
    }

    /// The player that followed from the beginning has what a late one gets.
    #[track_caller]
    pub(super) fn check_player(&mut self) {
        let late = self.late();
        pretty(&self.player.tree(), &late);
    }

    #[track_caller]
    pub(super) fn never_said(&self, secret: &str) {
        for text in &self.sent {
            assert!(!text.contains(secret), "{secret} left in {text}");
        }
    }
}

#[track_caller]
fn pretty(left: &Value, right: &Value) {
    if left != right {
        panic!("player:\n{left:#}\nkeyframe:\n{right:#}");
    }
}

pub(super) fn mutation(data: &Value) -> Value {
    let mut whole = json!({"source": 0, "removes": [], "adds": [], "texts": [], "attributes": []});
    for (key, value) in data.as_object().unwrap() {
        whole[key] = value.clone();
    }
    json!({"type": 3, "data": whole, "timestamp": 2})
}

/// `<!DOCTYPE html><html><head></head><body>…</body></html>` with ids 1 to 5; body is 4, head is 3.
fn document(children: Value) -> Value {
    json!({"type": 0, "id": 1, "childNodes": [
        {"type": 1, "id": 5, "name": "html", "publicId": "", "systemId": ""},
        {"type": 2, "id": 2, "tagName": "html", "attributes": {}, "childNodes": [
            {"type": 2, "id": 3, "tagName": "head", "attributes": {}, "childNodes": []},
            {"type": 2, "id": 4, "tagName": "body", "attributes": {}, "childNodes": children}
        ]}
    ]})
}

pub(super) fn element(id: u32, tag: &str, attributes: Value, children: Value) -> Value {
    json!({"type": 2, "id": id, "tagName": tag, "attributes": attributes, "childNodes": children})
}

pub(super) fn text(id: u32, text: &str) -> Value {
    json!({"type": 3, "id": id, "textContent": text})
}

pub(super) fn add(parent: u32, next: Option<u32>, node: Value) -> Value {
    json!({"parentId": parent, "nextId": next, "node": node})
}
