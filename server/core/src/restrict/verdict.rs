//! What the restrictions say of one node.

/// How much an agent sees of a node, from all to nothing. The stricter is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// As it is.
    #[default]
    Clear,
    /// The element stands; its text and values are the filler.
    Mask,
    /// An empty box of its size.
    Block,
    /// Nothing at all: the node does not leave.
    Hide,
}

/// What holds for one node, inherited and remembered judgements included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Verdict {
    /// By selector, pattern, page attribute or fixed rule. Never falls while the page instance lives.
    pub level: Level,
    /// Masked by `private-by-default` alone; `unmask` lifts it, and it is not remembered.
    pub private: bool,
    /// An agent may not act on it.
    pub no_control: bool,
}

impl Verdict {
    /// Whether text and values leave as the filler.
    #[must_use]
    pub fn masks(self) -> bool {
        self.level >= Level::Mask || self.private
    }

    /// Whether pointer, focus, scroll and selection on the node are kept from agents.
    #[must_use]
    pub fn silences(self) -> bool {
        self.level >= Level::Mask
    }

    /// Whether an agent could act on it, as far as restrictions go.
    #[must_use]
    pub fn controllable(self) -> bool {
        !self.no_control && !self.masks()
    }
}
