//! What the restrictions say of one node.

use super::rules::RuleRef;

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

/// What the rules say of one element by itself, before inheritance and memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Own {
    /// The strictest level of all rules that match it.
    pub level: Level,
    /// A `no-control` rule matches it.
    pub no_control: bool,
    /// An `unmask` rule matches it.
    pub unmask: bool,
    /// The rule that gave `level`, for the report; `None` where it is [`Level::Clear`].
    pub rule: Option<RuleRef>,
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
    /// Its text or value may be the beginning of a number that a pattern names: the filler stands for it until it is
    /// told anew. Of this node alone, and not remembered.
    pub held: bool,
}

impl Verdict {
    /// What holds for an element that stands beneath `parent`; a frame's document stands beneath its frame.
    ///
    /// The stricter level wins, `no-control` and privacy are inherited, and `unmask` lifts nothing but privacy.
    /// What is remembered of the node is the caller's to add, by the greater level.
    #[must_use]
    #[inline]
    pub fn beneath(parent: Self, own: Own) -> Self {
        Self {
            level: parent.level.max(own.level),
            private: parent.private && !own.unmask,
            no_control: parent.no_control || own.no_control,
            held: false,
        }
    }

    /// Whether text and values leave as the filler.
    #[must_use]
    #[inline]
    pub fn masks(self) -> bool {
        self.level >= Level::Mask || self.private
    }

    /// Whether its text or value leaves as the filler, the rest of it possibly as it is.
    #[must_use]
    #[inline]
    pub fn masks_text(self) -> bool {
        self.masks() || self.held
    }

    /// Whether pointer, focus, scroll and selection on the node are kept from agents.
    #[must_use]
    #[inline]
    pub fn silences(self) -> bool {
        self.level >= Level::Mask
    }

    /// Whether an agent could act on it, as far as restrictions go.
    #[must_use]
    pub fn controllable(self) -> bool {
        !self.no_control && !self.masks_text()
    }
}
