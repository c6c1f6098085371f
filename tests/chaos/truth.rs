//! What an agent must have of a page, made of the page itself by the core, without any server.

use std::sync::Arc;

use serde_json::Value;
use vitrine::config::Config;
use vitrine_core::asset::Sealer;
use vitrine_core::ids::SessionId;
use vitrine_core::view::{Applied, View};
use vitrine_core::wire::events;
use vitrine_core::wire::json::Reader;
use vitrine_histories::Player;

/// One who looks over the customer's shoulder, under the rules of this configuration.
#[derive(Debug)]
pub(crate) struct Witness {
    view: View,
    config: Config,
}

impl Witness {
    pub(crate) fn new(config: &Config, session: &str) -> Self {
        let id = SessionId::new(session).expect("a session");
        let sealer = Sealer::new(&config.asset_keys[0], id, &config.server.base_path);
        let limits = Arc::new(config.limits.core.clone());
        let view = View::new(Arc::clone(&config.policy), limits, sealer, 42);
        Self { view, config: config.clone() }
    }

    /// What agents get of these events.
    pub(crate) fn sees(&mut self, happened: &[Value]) -> Vec<Value> {
        let text = Value::Array(happened.to_vec()).to_string();
        let mut safe = Vec::new();
        let taken = events(&mut Reader::new(&text), &self.config.limits.core, |event| {
            match self.view.apply(event.expect("an event"), 1).expect("a right event") {
                Applied::Events(told) => safe.extend(told),
                Applied::Keyframe => safe.extend(self.view.keyframe(1)),
            }
        });
        taken.expect("events");
        safe.iter().map(|event| serde_json::from_str(event.get()).expect("JSON")).collect()
    }

    /// What one who comes now gets.
    pub(crate) fn keyframe(&mut self) -> Vec<Value> {
        self.view.keyframe(1).iter().map(|event| serde_json::from_str(event.get()).expect("JSON")).collect()
    }
}

/// A page, told as a whole, as an agent must have it.
pub(crate) fn tree(config: &Config, session: &str, page: &[Value]) -> Value {
    let mut player = Player::default();
    Witness::new(config, session).sees(page).iter().for_each(|event| player.apply(event));
    player.tree()
}
