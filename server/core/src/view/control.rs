//! Which nodes an agent may act on, as far as restrictions go.

use html5ever::local_name;

use super::View;
use crate::ids::NodeId;
use crate::mirror::{Node, Slot};
use crate::restrict::{FixedRule, Level};

/// Why an agent may not act on a node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlRefusal {
    /// Agents have no such node: it is unknown or hidden, or stands in what is hidden or blocked.
    #[error("there is no such element")]
    Unknown,
    /// A rule forbids it: the operator's selector, or a name such as `fixed:password`. Page text is not in it.
    #[error("not allowed by {0}")]
    Restricted(String),
}

/// The rule's words where a text or value is held, is private, or is masked by what was once so.
const HELD: &str = "pattern:held";
const PRIVATE: &str = "private-by-default";
const REMEMBERED: &str = "remembered";

impl View {
    /// Whether an agent may act on a node: nothing masks, blocks or hides it, no `no-control` rule holds for it or above
    /// it, and it is no frame (what stands in a frame of the page's own origin is judged by itself).
    ///
    /// # Errors
    /// [`ControlRefusal`]: the agent gets the words, the audit the rule.
    pub fn may_control(&self, id: NodeId) -> Result<(), ControlRefusal> {
        let known = self.mirror.find(id).and_then(|slot| Some((slot, self.mirror.get(slot)?)));
        let Some((slot, node)) = known.filter(|(_, node)| node.sent) else { return Err(ControlRefusal::Unknown) };
        if is_frame(node) {
            return Err(ControlRefusal::Restricted(FixedRule::Frame.text().to_owned()));
        }
        if node.verdict.controllable() {
            return Ok(());
        }
        let rule = std::iter::once(slot).chain(self.mirror.ancestors(slot)).find_map(|at| self.forbidding_rule(at));
        let by_itself = || {
            let verdict = node.verdict;
            match () {
                () if verdict.held => HELD,
                () if verdict.private && verdict.level < Level::Mask => PRIVATE,
                () => REMEMBERED,
            }
        };
        Err(ControlRefusal::Restricted(rule.unwrap_or_else(|| by_itself().to_owned())))
    }

    /// The rule by which the element itself is masked, blocked, hidden or not to be acted on.
    fn forbidding_rule(&self, slot: Slot) -> Option<String> {
        let own = self.rules.judge(&self.mirror, slot);
        let rule = own.rule.map(|rule| self.rules.rule_text(rule));
        rule.or_else(|| self.rules.no_control_rule(&self.mirror, slot)).map(str::to_owned)
    }
}

fn is_frame(node: &Node) -> bool {
    let frames = [local_name!("iframe"), local_name!("frame"), local_name!("object"), local_name!("embed")];
    frames.iter().any(|name| node.is_html(name))
}
