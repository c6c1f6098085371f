//! What an agent has of a page, and the judge of each frame that changes it.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use vitrine_histories::Player;

use crate::position::Position;

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Picture {
    pub(crate) position: Position,
    player: Arc<Mutex<Player>>,
}

impl Picture {
    /// Takes a `keyframe` or `events`.
    ///
    /// # Errors
    /// It may not come here.
    ///
    /// # Panics
    /// A player cannot follow it.
    pub(crate) fn take(&mut self, frame: &Value) -> Result<(), String> {
        let number = |name: &str| frame[name].as_u64().ok_or_else(|| format!("no {name} in {frame}"));
        let (epoch, seq, events) = (number("epoch")?, number("seq")?, frame["events"].as_array());
        if frame["t"] == "keyframe" {
            self.position.keyframe(epoch, seq)?;
        } else {
            self.position.events(epoch, seq, events.map_or(0, Vec::len) as u64)?;
        }
        let mut player = self.player.lock().unwrap_or_else(PoisonError::into_inner);
        events.into_iter().flatten().for_each(|event| player.apply(event));
        Ok(())
    }

    pub(crate) fn tree(&self) -> Value {
        self.player.lock().unwrap_or_else(PoisonError::into_inner).tree()
    }

    /// The customer's last number on it.
    pub(crate) fn mark(&self) -> Option<u64> {
        self.player.lock().unwrap_or_else(PoisonError::into_inner).mark()
    }
}
