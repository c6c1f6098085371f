//! A drawing that stands alone, cleaned by the same renderings as one in a page and written as XML.

use std::sync::Arc;

use super::View;
use super::preview::{PREVIEW_KEY, PreviewError};
use crate::asset::{AllowedDomains, Sealer};
use crate::html::{self, Scripting};
use crate::ids::SessionId;
use crate::limits::Limits;
use crate::mirror::{Namespace, Slot};
use crate::policy::{PageUrl, Policy};
use crate::report::Report;
use crate::restrict::RuleBook;
use crate::sanitize::{Render, SafeAttribute, SafeValue, Shape};

const SVG_NS: &str = "http://www.w3.org/2000/svg";
const XLINK_NS: &str = "http://www.w3.org/1999/xlink";

/// Cleans an SVG file: shapes, text, paint and filters stay; script, handlers, animation, foreign content and every
/// address but fragments and `data:` pictures go. The file is read as a browser reads SVG inside HTML, so what only an
/// XML parser would understand (entities of a document type, prefixed element names) is gone, too.
///
/// # Shapes
/// Returns a whole XML document with one `svg` element.
///
/// # Errors
/// [`PreviewError::NoTree`]: there is no `svg` element. [`PreviewError::OverLimit`]: too long, too deep, too many nodes.
pub fn clean_svg(limits: &Limits, text: &str) -> Result<String, PreviewError> {
    let mirror = html::parse_document(text, Scripting::On, limits, 0)?;
    let mut view = drawing_view(limits)?;
    view.take_mirror(mirror);
    let root = view.mirror.descendants(view.mirror.root()).find(|slot| is_svg(&view, *slot));
    root.map(|root| view.write_svg(root)).ok_or(PreviewError::NoTree)
}

/// A view that lets no address through: a browser loads nothing from within a picture.
fn drawing_view(limits: &Limits) -> Result<View, PreviewError> {
    let session = SessionId::new("drawing").ok_or(PreviewError::NoTree)?;
    let policy = Policy {
        domains: AllowedDomains::default(),
        rules: RuleBook::default(),
        page_url: PageUrl::Hidden,
        allow_data_images: true,
        allow_media: false,
        keeps_assets: true,
        customer_uploads: false,
        base_path: String::new(),
    };
    let sealer = Sealer::new(&PREVIEW_KEY, session, "");
    Ok(View::new(Arc::new(policy), Arc::new(limits.clone()), sealer, 0))
}

fn is_svg(view: &View, slot: Slot) -> bool {
    let element = view.mirror.get(slot).and_then(|node| node.element());
    element.is_some_and(|(name, namespace)| namespace == Namespace::Svg && &**name == "svg")
}

impl View {
    fn write_svg(&self, root: Slot) -> String {
        let (mut scratch, mut out, mut attributes) = (Report::default(), String::new(), Vec::new());
        let mut render = self.render(&mut scratch);
        let mut open: Vec<(Slot, String)> = Vec::new();
        let mut at = Some(root);
        while let Some(slot) = at {
            let entered = write_open(&mut render, slot, slot == root, &mut attributes, &mut out);
            if let Some(name) = entered {
                open.push((slot, name));
                if let Some(child) = self.mirror.first_child(slot) {
                    at = Some(child);
                    continue;
                }
                write_close(&mut open, &mut out);
            }
            at = self.after(slot, root, &mut open, &mut out);
        }
        out
    }

    /// The next node after one that is done; closes its parents on the way, and ends with the root.
    fn after(&self, slot: Slot, root: Slot, open: &mut Vec<(Slot, String)>, out: &mut String) -> Option<Slot> {
        let mut here = slot;
        while here != root {
            if let Some(next) = self.mirror.next_sibling(here) {
                return Some(next);
            }
            here = self.mirror.parent(here)?;
            write_close(open, out);
        }
        None
    }
}

fn write_close(open: &mut Vec<(Slot, String)>, out: &mut String) {
    if let Some((_, name)) = open.pop() {
        out.push_str("</");
        out.push_str(&name);
        out.push('>');
    }
}

/// Writes a start tag and gives its name if the element's children follow; or writes a text.
fn write_open<'a>(
    render: &mut Render<'a>,
    slot: Slot,
    is_root: bool,
    attributes: &mut Vec<SafeAttribute<'a>>,
    out: &mut String,
) -> Option<String> {
    let shape = render.shape(slot);
    if shape == Shape::Text {
        escape(render.text(slot), out);
        return None;
    }
    let Shape::Element { name, namespace, .. } = &shape else { return None };
    if !is_name(name) || (*namespace != Namespace::Svg && &**name != "style") {
        return None;
    }
    attributes.clear();
    render.attributes(slot, &shape, attributes);
    out.push('<');
    out.push_str(name);
    if is_root {
        out.push_str(&format!(" xmlns=\"{SVG_NS}\" xmlns:xlink=\"{XLINK_NS}\""));
    }
    let mut content = None;
    for attribute in attributes.iter() {
        match (&*attribute.name, &attribute.value) {
            ("_cssText", SafeValue::Text(css)) => content = Some(css.clone()),
            (name, value) if is_attribute(name) => write_attribute(name, value, out),
            _ => {}
        }
    }
    out.push('>');
    if let Some(css) = content {
        escape(&css, out);
        out.push_str("</style>");
        return None;
    }
    Some(name.to_string())
}

fn write_attribute(name: &str, value: &SafeValue<'_>, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    match value {
        SafeValue::Text(text) => escape(text, out),
        SafeValue::Number(number) => out.push_str(&number.to_string()),
        SafeValue::Bool(_) => {}
    }
    out.push('"');
}

/// Names that XML takes without knowing of more namespaces than the two that the root declares.
fn is_attribute(name: &str) -> bool {
    let local = name.strip_prefix("xlink:").or_else(|| name.strip_prefix("xml:")).unwrap_or(name);
    !name.starts_with("xmlns") && !name.starts_with("rr_") && is_name(local)
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Text and attribute values alike; characters that XML cannot hold are left out.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::clean_svg;
    use crate::limits::Limits;

    fn cleaned(text: &str) -> String {
        clean_svg(&Limits::default(), text).expect("a drawing")
    }

    #[test]
    fn a_drawing_stays_a_drawing() {
        let out = cleaned(
            "<?xml version='1.0'?><!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'>\
             <defs><linearGradient id='g'><stop offset='0' stop-color='red'/></linearGradient></defs>\
             <path d='M0 0h8' fill='url(#g)'/><text x='1'>a &lt; b &amp; c</text></svg>",
        );
        assert!(out.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{out}");
        for kept in
            ["viewBox=\"0 0 8 8\"", "<linearGradient id=\"g\">", "d=\"M0 0h8\"", "a &lt; b &amp; c</text></svg>"]
        {
            assert!(out.contains(kept), "{kept} is not in {out}");
        }
    }

    #[test]
    fn nothing_active_stays() {
        let out = cleaned(
            "<svg onload='alert(1)'><script>alert(1)</script><a href='javascript:alert(1)'><rect onclick='x()'/></a>\
             <foreignObject><iframe src='https://evil.example'></iframe><body onload='y()'/></foreignObject>\
             <image href='https://evil.example/p.png'/><use href='https://evil.example/s.svg#a'/>\
             <animate attributeName='href' to='javascript:alert(1)'/><set attributeName='onclick' to='z()'/>\
             <style>@import url(https://evil.example/a.css); rect { fill: url(https://evil.example/b.svg#c) }</style>\
             <rect style='fill:url(//evil.example/d)'/></svg>",
        );
        for gone in
            ["script", "alert", "onload", "onclick", "iframe", "evil", "animate", "javascript", "import", "/asset/"]
        {
            assert!(!out.contains(gone), "{gone} is in {out}");
        }
        assert!(out.starts_with("<svg") && out.ends_with("</svg>"), "{out}");
    }

    #[test]
    fn what_is_no_drawing_is_refused() {
        for text in ["", "<html><p>x</p></html>", "<svg:svg xmlns:svg='http://www.w3.org/2000/svg'/>"] {
            assert!(clean_svg(&Limits::default(), text).is_err(), "{text}");
        }
        let deep = format!("<svg>{}", "<g>".repeat(5_000));
        assert!(clean_svg(&Limits::default(), &deep).is_err());
    }
}
