//! One node of the mirror as an agent may see it.

use std::borrow::Cow;

use html5ever::{LocalName, local_name};

use super::allow::{self, AttributeUse, ElementFate};
use super::css::{Css, Generated};
use super::refused::Addresses;
use super::shape::{Shape, shape};
use super::special;
use super::url::{UrlSealer, is_urlish, mentions_url};
use crate::asset::{EarlyFetches, Sealer};
use crate::limits::Limits;
use crate::mirror::{Attribute, Kind, Mirror, Node, Slot, Value};
use crate::policy::Policy;
use crate::report::Report;
use crate::restrict::{FILLER, Level, PageRules, Verdict, mask_text};
use crate::view::Documents;

/// Nodes between two masked texts over which they still count as adjacent. A bound on work: each change looks so far.
pub(crate) const FILLER_WITHIN_NODES: usize = 32;
/// An attribute that may leave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SafeAttribute<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: SafeValue<'a>,
}

/// The value of an attribute that may leave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SafeValue<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    Bool(bool),
}

impl SafeAttribute<'_> {
    pub(crate) fn into_owned(self) -> SafeAttribute<'static> {
        SafeAttribute {
            name: Cow::Owned(self.name.into_owned()),
            value: match self.value {
                SafeValue::Text(text) => SafeValue::Text(Cow::Owned(text.into_owned())),
                SafeValue::Number(number) => SafeValue::Number(number),
                SafeValue::Bool(value) => SafeValue::Bool(value),
            },
        }
    }
}

/// Renders the nodes of one mirror.
pub(crate) struct Render<'a> {
    pub(crate) mirror: &'a Mirror,
    pub(crate) policy: &'a Policy,
    pub(crate) rules: &'a PageRules,
    pub(crate) limits: &'a Limits,
    pub(crate) sealer: &'a Sealer,
    pub(crate) documents: &'a Documents,
    /// `None` where assets are not kept.
    pub(crate) early: Option<&'a EarlyFetches>,
    pub(crate) report: &'a mut Report,
}

impl<'a> Render<'a> {
    /// What the node becomes, its ancestors being there.
    pub(crate) fn shape(&self, slot: Slot) -> Shape {
        shape(self.mirror, slot)
    }

    /// A text node's text.
    pub(crate) fn text(&self, slot: Slot) -> &'a str {
        let Some(node) = self.mirror.get(slot) else { return "" };
        let text = node.text().unwrap_or_default();
        if !node.verdict.masks_text() {
            return text;
        }
        let masked = mask_text(text);
        if masked == FILLER && self.filler_stands_before(slot) { "" } else { masked }
    }

    /// Whether an adjacent masked text before this one carries the filler already.
    fn filler_stands_before(&self, slot: Slot) -> bool {
        let before = std::iter::successors(self.mirror.previous_sibling(slot), |at| self.mirror.previous_sibling(*at));
        for before in before.take(FILLER_WITHIN_NODES) {
            let Some(node) = self.mirror.get(before) else { return false };
            match &node.kind {
                Kind::Comment => {}
                Kind::Text(_) if node.verdict.level == Level::Hide => {}
                Kind::Text(text) if node.verdict.masks_text() => {
                    if mask_text(text) == FILLER {
                        return true;
                    }
                }
                _ => return false,
            }
        }
        false
    }

    /// Puts the attributes that may leave into `out`, which is emptied first.
    pub(crate) fn attributes(&mut self, slot: Slot, shape: &Shape, out: &mut Vec<SafeAttribute<'a>>) {
        out.clear();
        let mirror = self.mirror;
        let Some(node) = mirror.get(slot) else { return };
        let Shape::Element { is_box, .. } = shape else { return };
        let Some((name, namespace)) = node.element() else { return };
        if *is_box {
            special::box_attributes(node, out);
            return;
        }
        let fate = allow::element(name, namespace);
        if fate == ElementFate::Style {
            self.style_attributes(slot, node, out);
            return;
        }
        let shown = if let ElementFate::As(other) = fate { &LocalName::from(other) } else { name };
        let is_input = node.is_html(&local_name!("input"));
        let mut addresses = Addresses::of(node);
        for attribute in node.attributes() {
            if attribute.name.starts_with("rr_") {
                special::recorder_attribute(node, attribute, out);
                continue;
            }
            if Addresses::is_mark(&mut addresses, &attribute.name, &attribute.value.as_text()) {
                continue;
            }
            let Some(used) = allow::attribute(shown, namespace, &attribute.name) else {
                self.report.removed(special::attribute_reason(&attribute.name));
                continue;
            };
            if is_input && attribute.name == local_name!("type") {
                out.push(text(attribute, Cow::Borrowed(special::safe_input_type(node, &attribute.value.as_text()))));
                continue;
            }
            if let Some(value) = self.value(slot, node, attribute, used) {
                if let Some(addresses) = &mut addresses {
                    addresses.note(&attribute.name, &attribute.value.as_text(), &value);
                }
                out.push(SafeAttribute { name: Cow::Borrowed(&*attribute.name), value: SafeValue::Text(value) });
            }
        }
        if let Some(addresses) = addresses {
            addresses.mark(self.documents.size(node.id), out);
        }
    }

    /// One attribute's value; `None`: it does not leave.
    fn value(
        &mut self,
        slot: Slot,
        node: &'a Node,
        attribute: &'a Attribute,
        used: AttributeUse,
    ) -> Option<Cow<'a, str>> {
        match &attribute.value {
            Value::Bool(false) => return None,
            Value::Withheld(withheld) if withheld.shown().is_none() => return None,
            _ => {}
        }
        if let Some(label) = special::own_label(&attribute.name) {
            return Some(Cow::Borrowed(label));
        }
        let value = attribute.value.as_text();
        let masks = node.verdict.masks();
        match used {
            AttributeUse::Layout => self.if_plain(value),
            AttributeUse::Name => self.unless_url(attribute, value),
            AttributeUse::Content | AttributeUse::Data if masks => None,
            AttributeUse::Content | AttributeUse::Data => self.unless_pattern(attribute, value),
            AttributeUse::Text if masks => Some(Cow::Borrowed(mask_text(&value))),
            AttributeUse::Text if &*attribute.name == "value" => self.unless_masked(value),
            AttributeUse::Text => {
                let value = self.unless_urlish(value)?;
                self.unless_masked(value)
            }
            AttributeUse::Link => Some(Cow::Borrowed("#")),
            AttributeUse::Reference => {
                let mut urls = self.urls(slot);
                Some(Cow::Owned(urls.svg_reference(&value)))
            }
            AttributeUse::Image | AttributeUse::ImageSet | AttributeUse::Media if masks => None,
            AttributeUse::Image => Some(Cow::Owned(self.urls(slot).image(&value))),
            AttributeUse::ImageSet => Some(Cow::Owned(self.urls(slot).srcset(&value))),
            AttributeUse::Media => Some(Cow::Owned(self.urls(slot).media(&value))),
            AttributeUse::Style => {
                let mut out = String::with_capacity(value.len());
                let mut urls = self.urls(slot).refusing(masks);
                Css::new(&mut urls)
                    .keeping(if masks { Generated::Nothing } else { Generated::Shown })
                    .declarations(&value, &mut out);
                Some(Cow::Owned(out))
            }
            AttributeUse::Paint => Css::new(&mut self.urls(slot)).value(&attribute.name, &value).map(Cow::Owned),
        }
    }

    /// Text that a person reads may speak of an address; it may not be one.
    fn unless_urlish(&mut self, value: Cow<'a, str>) -> Option<Cow<'a, str>> {
        if is_urlish(&value) {
            self.report.removed("attribute:url");
            return None;
        }
        Some(value)
    }

    /// Words and data of the page hold no address anywhere. Class names are only compared.
    fn unless_url(&mut self, attribute: &Attribute, value: Cow<'a, str>) -> Option<Cow<'a, str>> {
        if attribute.name != local_name!("class") && mentions_url(&value) {
            self.report.removed("attribute:url");
            return None;
        }
        Some(value)
    }

    /// Words and numbers that lay out need no quotes and no brackets but round ones.
    fn if_plain(&mut self, value: Cow<'a, str>) -> Option<Cow<'a, str>> {
        if is_layout(&value) {
            return Some(value);
        }
        self.report.removed("attribute:not-listed");
        None
    }

    fn unless_pattern(&mut self, attribute: &Attribute, value: Cow<'a, str>) -> Option<Cow<'a, str>> {
        let value = self.unless_url(attribute, value)?;
        if let Some(pattern) = self.rules.text_is_masked(&value) {
            self.report.masked(pattern);
            return None;
        }
        Some(value)
    }

    fn unless_masked(&mut self, value: Cow<'a, str>) -> Option<Cow<'a, str>> {
        if let Some(pattern) = self.rules.text_is_masked(&value) {
            self.report.masked(pattern);
            return Some(Cow::Borrowed(FILLER));
        }
        Some(value)
    }

    /// A style sheet: inline ones as text that the player builds a `style` element of, linked ones by a sealed path.
    fn style_attributes(&mut self, slot: Slot, node: &'a Node, out: &mut Vec<SafeAttribute<'a>>) {
        if let Some(media) = node.attribute_text("media").filter(|media| is_layout(media)) {
            out.push(SafeAttribute { name: Cow::Borrowed("media"), value: SafeValue::Text(Cow::Borrowed(media)) });
        }
        match special::style_kind(node) {
            special::StyleKind::Inline => {
                let css = self.sheet(slot, node);
                out.push(SafeAttribute { name: Cow::Borrowed("_cssText"), value: SafeValue::Text(Cow::Owned(css)) });
            }
            special::StyleKind::Linked => {
                let href = node.attribute_text("href").unwrap_or_default();
                let path = self.urls(slot).style(href);
                out.push(SafeAttribute { name: Cow::Borrowed("rel"), value: SafeValue::Text("stylesheet".into()) });
                out.push(SafeAttribute { name: Cow::Borrowed("href"), value: SafeValue::Text(Cow::Owned(path)) });
            }
            special::StyleKind::Other => {}
        }
    }

    /// The text of an inline sheet: its rules where it was changed by rule, else the recorder's text.
    fn sheet(&mut self, slot: Slot, node: &Node) -> String {
        if let Some(rules) = self.documents.sheet(node.id) {
            return rules.text();
        }
        let source = special::sheet_source(self.mirror, slot);
        let mut out = String::with_capacity(source.len());
        let generated = generated(node.verdict);
        let mut urls = self.urls(slot).refusing(generated == Generated::Nothing);
        Css::new(&mut urls).keeping(generated).stylesheet(&source, &mut out);
        out
    }

    /// Judges and seals the URLs of the document that a node stands in.
    pub(crate) fn urls(&mut self, slot: Slot) -> UrlSealer<'_> {
        let base = self.mirror.document(slot).and_then(|document| self.documents.base(document));
        UrlSealer::new(self.policy, self.sealer, self.limits, self.report).with_base(base).noting_early(self.early)
    }
}

/// What a style sheet generates where it stands. Of a page that is private by default the looks stay.
pub(crate) fn generated(verdict: Verdict) -> Generated {
    if verdict.silences() {
        Generated::Nothing
    } else if verdict.masks() {
        Generated::Symbols
    } else {
        Generated::Shown
    }
}

/// Whether a value can only be words, numbers and functions of them.
fn is_layout(value: &str) -> bool {
    // Without a branch for each byte, so that the compiler looks at many together: drawings are long.
    let is_control = |b: u8| (b < b' ') & (b != b'\t') & (b != b'\n') & (b != 0x0c) & (b != b'\r') | (b == 0x7f);
    let is_sign = |b: u8| b"\"'`<>{}[]\\@;".iter().fold(is_control(b), |found, sign| found | (b == *sign));
    !value.bytes().fold(false, |found, b| found | is_sign(b)) && !mentions_url(value)
}

fn text<'a>(attribute: &'a Attribute, value: Cow<'a, str>) -> SafeAttribute<'a> {
    SafeAttribute { name: Cow::Borrowed(&*attribute.name), value: SafeValue::Text(value) }
}
