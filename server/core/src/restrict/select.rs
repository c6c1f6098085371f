//! The mirror as the `selectors` crate sees it.
//!
//! A page's rules reach into open shadow trees: a shadow tree's top elements have the host as their parent, and only
//! each other as siblings. A frame's document is a tree of its own.

use html5ever::LocalName;
use selectors::attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint};
use selectors::bloom::BloomFilter;
use selectors::context::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches,
};
use selectors::matching::ElementSelectorFlags;
use selectors::parser::Selector;
use selectors::{Element, OpaqueElement};

use super::state::State;
use super::syntax::{Name, NoPseudoElement, Rules, Word};
use crate::mirror::{DocumentMode, Kind, Mirror, Namespace, Node, Slot, Value};

/// One element of the mirror.
#[derive(Clone, Copy)]
pub(super) struct MirrorElement<'a> {
    mirror: &'a Mirror,
    slot: Slot,
    node: &'a Node,
    /// Reached from a shadow host downwards, as `:has()` searches: the host's own children and those of its shadow root
    /// are then one list, so that the search misses neither.
    joined: bool,
}

impl<'a> MirrorElement<'a> {
    /// The element at `slot`; `None` for a node of another kind.
    pub(super) fn new(mirror: &'a Mirror, slot: Slot) -> Option<Self> {
        let node = mirror.get(slot)?;
        node.element()?;
        Some(Self { mirror, slot, node, joined: false })
    }

    /// Whether the selector matches, with what `caches` know of other elements.
    pub(super) fn matches(self, selector: &Selector<Rules>, caches: &mut SelectorCaches) -> bool {
        let mut context = MatchingContext::new(
            MatchingMode::Normal,
            None,
            caches,
            self.quirks_mode(),
            NeedsSelectorFlags::No,
            MatchingForInvalidation::No,
        );
        selectors::matching::matches_selector(selector, 0, None, self, &mut context)
    }

    fn quirks_mode(self) -> QuirksMode {
        let document = self.mirror.document(self.slot).and_then(|slot| self.mirror.get(slot));
        match document.map(|node| &node.kind) {
            Some(Kind::Document(DocumentMode::Quirks)) => QuirksMode::Quirks,
            _ => QuirksMode::NoQuirks,
        }
    }

    fn name(self) -> Option<(&'a LocalName, Namespace)> {
        self.node.element()
    }

    /// The first element from `at` on that is, unless joined, in the same tree.
    fn sibling(self, mut at: Option<Slot>, step: impl Fn(&Mirror, Slot) -> Option<Slot>) -> Option<Self> {
        while let Some(slot) = at {
            if let Some(found) = Self::new(self.mirror, slot)
                && (self.joined || found.node.in_shadow_root == self.node.in_shadow_root)
            {
                return Some(Self { joined: self.joined, ..found });
            }
            at = step(self.mirror, slot);
        }
        None
    }

    fn values(self, name: &'a Name) -> impl Iterator<Item = &'a Value> {
        let exact = matches!(self.name(), Some((_, Namespace::Html)));
        self.node
            .attributes()
            .iter()
            .filter(move |attribute| {
                attribute.name == name.0 || (!exact && attribute.name.eq_ignore_ascii_case(&name.0))
            })
            .map(|attribute| &attribute.value)
            .filter(|value| !matches!(value, Value::Bool(false)))
    }
}

impl std::fmt::Debug for MirrorElement<'_> {
    /// Only the place; page text is in no message.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.slot.fmt(out)
    }
}

impl Element for MirrorElement<'_> {
    type Impl = Rules;

    /// An element seen as one of a joined list has an identity of its own, since caches hold indexes by identity.
    fn opaque(&self) -> OpaqueElement {
        if self.joined { OpaqueElement::new(&self.node.depth) } else { OpaqueElement::new(&self.node.id) }
    }

    fn parent_element(&self) -> Option<Self> {
        Self::new(self.mirror, self.mirror.parent(self.slot)?)
    }

    fn parent_node_is_shadow_root(&self) -> bool {
        false
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.sibling(self.mirror.previous_sibling(self.slot), Mirror::previous_sibling)
    }

    fn next_sibling_element(&self) -> Option<Self> {
        self.sibling(self.mirror.next_sibling(self.slot), Mirror::next_sibling)
    }

    fn first_element_child(&self) -> Option<Self> {
        let slot = self.mirror.children(self.slot).find(|slot| Self::new(self.mirror, *slot).is_some())?;
        Self::new(self.mirror, slot).map(|child| Self { joined: self.node.marks().is_shadow_host, ..child })
    }

    fn is_html_element_in_html_document(&self) -> bool {
        matches!(self.name(), Some((_, Namespace::Html)))
    }

    /// Recorders write SVG names in lower case, HTML input in the standard's; a rule means both.
    fn has_local_name(&self, wanted: &Name) -> bool {
        self.name().is_some_and(|(name, namespace)| {
            *name == wanted.0 || (namespace != Namespace::Html && name.eq_ignore_ascii_case(&wanted.0))
        })
    }

    fn has_namespace(&self, wanted: &html5ever::Namespace) -> bool {
        let own = match self.name() {
            Some((_, Namespace::Html)) => html5ever::ns!(html),
            Some((_, Namespace::Svg)) => html5ever::ns!(svg),
            Some((_, Namespace::MathMl)) => html5ever::ns!(mathml),
            None => return false,
        };
        own == *wanted
    }

    fn is_same_type(&self, other: &Self) -> bool {
        self.name() == other.name()
    }

    fn attr_matches(
        &self,
        namespace: &NamespaceConstraint<&html5ever::Namespace>,
        name: &Name,
        operation: &AttrSelectorOperation<&Word>,
    ) -> bool {
        let in_none = match namespace {
            NamespaceConstraint::Any => true,
            NamespaceConstraint::Specific(wanted) => wanted.is_empty(),
        };
        in_none
            && self.values(name).any(|value| match value {
                Value::Withheld(withheld) => withheld.answers(operation),
                _ => operation.eval_str(&value.as_text()),
            })
    }

    fn match_non_ts_pseudo_class(&self, state: &State, _: &mut MatchingContext<Rules>) -> bool {
        state.holds(self.mirror, self.slot, self.node)
    }

    fn match_pseudo_element(&self, none: &NoPseudoElement, _: &mut MatchingContext<Rules>) -> bool {
        match *none {}
    }

    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}

    fn is_link(&self) -> bool {
        false
    }

    fn is_html_slot_element(&self) -> bool {
        false
    }

    fn has_id(&self, id: &Word, case: CaseSensitivity) -> bool {
        self.node.attribute_text("id").is_some_and(|own| case.eq(own.as_bytes(), id.as_ref().as_bytes()))
    }

    fn has_class(&self, class: &Word, case: CaseSensitivity) -> bool {
        let wanted = class.as_ref().as_bytes();
        let classes = self.node.attribute_text("class").unwrap_or_default();
        classes.split_ascii_whitespace().any(|own| case.eq(own.as_bytes(), wanted))
    }

    fn has_custom_state(&self, _: &Word) -> bool {
        false
    }

    fn imported_part(&self, _: &Word) -> Option<Word> {
        None
    }

    fn is_part(&self, _: &Word) -> bool {
        false
    }

    /// Neither elements nor text of its own; a shadow tree does not count, as in browsers.
    fn is_empty(&self) -> bool {
        self.mirror
            .children(self.slot)
            .filter_map(|child| self.mirror.get(child))
            .filter(|child| !child.in_shadow_root)
            .all(|child| match &child.kind {
                Kind::Element { .. } => false,
                Kind::Text(text) => text.is_empty(),
                Kind::Document(_) | Kind::Doctype(_) | Kind::Comment => true,
            })
    }

    fn is_root(&self) -> bool {
        self.mirror.parent(self.slot).and_then(|parent| self.mirror.get(parent)).is_some_and(Node::is_document)
    }

    /// Filters for `:has()` are not made.
    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }
}
