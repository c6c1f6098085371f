//! The page as HTML text: the same renderings as in events, written for a parser instead of a player.

use html5ever::{LocalName, local_name};

use super::View;
use crate::html::HtmlWriter;
use crate::mirror::{DocumentMode, Kind, Namespace, Node, Slot, Value};
use crate::report::Report;
use crate::sanitize::{Render, SafeAttribute, SafeValue, Shape};

impl View {
    /// HTML text gives a `textarea` its value as children; events give it as an attribute, which is what is judged.
    pub(super) fn take_textarea_values(mirror: &mut crate::mirror::Mirror) {
        let fields: Vec<Slot> = mirror
            .descendants(mirror.root())
            .filter(|slot| mirror.get(*slot).is_some_and(|node| node.is_html(&local_name!("textarea"))))
            .collect();
        for field in fields {
            let text: String =
                mirror.children(field).filter_map(|child| mirror.get(child).and_then(Node::text)).collect();
            for child in mirror.children(field).collect::<Vec<_>>() {
                mirror.detach(child);
                mirror.free(child);
            }
            // The text has just been given back, so there is room for it.
            let _ = mirror.set_attribute(field, &LocalName::from("value"), Some(Value::Text(text.into())));
        }
    }

    /// The whole page as agents may see it.
    pub(super) fn write_html(&mut self) -> String {
        let mut report = std::mem::take(&mut self.report);
        let html = self.html_text(&mut report);
        self.report = report;
        html
    }

    fn html_text(&self, report: &mut Report) -> String {
        let mut writer = HtmlWriter::new();
        let mut render = self.render(report);
        let root = self.mirror.root();
        let mut attributes = Vec::new();
        // For each node around the present one whether it is open in the text.
        let mut around: Vec<bool> = Vec::new();
        let mut at = Some(root);
        while let Some(slot) = at {
            let is_sent = self.mirror.get(slot).is_some_and(|node| node.sent);
            let is_open = is_sent && open(&mut render, slot, &mut attributes, &mut writer);
            if let Some(child) = self.mirror.first_child(slot).filter(|_| is_sent) {
                around.push(is_open);
                at = Some(child);
                continue;
            }
            if is_open {
                writer.close();
            }
            at = self.next_after(slot, &mut around, &mut writer);
        }
        writer.finish()
    }

    /// The next node after one that is done; closes its parents on the way.
    fn next_after(&self, slot: Slot, around: &mut Vec<bool>, writer: &mut HtmlWriter) -> Option<Slot> {
        let mut here = slot;
        loop {
            if let Some(next) = self.mirror.next_sibling(here) {
                return Some(next);
            }
            here = self.mirror.parent(here)?;
            if around.pop()? {
                writer.close();
            }
        }
    }
}

/// Writes a node up to its children. Whether it is to be closed behind them.
fn open<'a>(
    render: &mut Render<'a>,
    slot: Slot,
    attributes: &mut Vec<SafeAttribute<'a>>,
    writer: &mut HtmlWriter,
) -> bool {
    let shape = render.shape(slot);
    match &shape {
        Shape::Document(_) if slot != render.mirror.root() => writer.open_frame_document(),
        // Without one a document is in quirks mode, which lets tables stand where they else would not.
        Shape::Doctype if !is_quirks(render) => writer.doctype("html", "", ""),
        Shape::Text => writer.text(render.text(slot)),
        Shape::Element { name, namespace, .. } => {
            render.attributes(slot, &shape, attributes);
            element(name, *namespace, attributes, writer);
        }
        Shape::Gone | Shape::Document(_) | Shape::Doctype => return false,
    }
    !matches!(shape, Shape::Doctype | Shape::Text)
}

fn is_quirks(render: &Render<'_>) -> bool {
    let root = render.mirror.get(render.mirror.root());
    root.is_some_and(|node| node.kind == Kind::Document(DocumentMode::Quirks))
}

/// A start tag; what an attribute holds of the content in events is content here.
fn element(name: &str, namespace: Namespace, attributes: &[SafeAttribute<'_>], writer: &mut HtmlWriter) {
    writer.open(name, namespace);
    let mut content = None;
    for attribute in attributes {
        let value = match &attribute.value {
            SafeValue::Text(text) => text.clone(),
            SafeValue::Number(number) => number.to_string().into(),
            SafeValue::Bool(_) => "".into(),
        };
        match &*attribute.name {
            "_cssText" => content = Some(value),
            "value" if name == "textarea" => content = Some(value),
            recorded if recorded.starts_with("rr_") => {}
            _ => writer.attribute(&attribute.name, &value),
        }
    }
    writer.open_end();
    match content {
        Some(css) if name == "style" => writer.raw_css(&css),
        Some(text) => writer.text(&text),
        None => {}
    }
}
