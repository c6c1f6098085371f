//! Fonts that a page adds by script.

use super::write::simple;
use super::{SafeEvent, View};
use crate::sanitize::{css, is_urlish};
use crate::wire::event::FontDescriptor;

/// Longer names are no names.
const FAMILY_BYTES_MAX: usize = 200;

/// A font whose addresses are sealed.
#[derive(Debug)]
pub(super) struct Font {
    family: String,
    source: String,
    /// By their names for `FontFace`.
    descriptors: Vec<(&'static str, String)>,
}

impl Font {
    /// What it weighs.
    pub(super) fn bytes(&self) -> usize {
        let descriptors = self.descriptors.iter().map(|(_, value)| value.len() + size_of::<(&str, String)>());
        self.family.len() + self.source.len() + descriptors.sum::<usize>()
    }

    /// The event that adds it.
    pub(super) fn event(&self, at_ms: u64) -> SafeEvent {
        simple(10, at_ms, |out| {
            out.key("family");
            out.string(&self.family);
            out.key("fontSource");
            out.string(&self.source);
            out.key("buffer");
            out.boolean(false);
            if !self.descriptors.is_empty() {
                out.key("descriptors");
                out.raw("{");
                for (name, value) in &self.descriptors {
                    out.key(name);
                    out.string(value);
                }
                out.raw("}");
            }
        })
    }
}

impl View {
    pub(super) fn font(
        &mut self,
        family: &str,
        source: &str,
        descriptors: &[FontDescriptor<'_>],
        at_ms: u64,
    ) -> Vec<SafeEvent> {
        let is_name = family.len() <= FAMILY_BYTES_MAX && !is_urlish(family) && !family.chars().any(char::is_control);
        let source = if is_name { self.font_source(source, descriptors) } else { None };
        let Some((source, descriptors)) = source else {
            self.report.removed("event:font");
            return Vec::new();
        };
        let font = Font { family: family.to_owned(), source, descriptors };
        let event = font.event(at_ms);
        if !self.documents.add_font(font, &self.limits) {
            self.report.removed("limit:fonts");
            return Vec::new();
        }
        vec![event]
    }

    /// The sources that are left, and the descriptors that are listed.
    fn font_source(
        &mut self,
        source: &str,
        descriptors: &[FontDescriptor<'_>],
    ) -> Option<(String, Vec<(&'static str, String)>)> {
        let root = self.mirror.root();
        let mut render = renderer!(self);
        let mut urls = render.urls(root);
        let mut css = css::Css::new(&mut urls);
        let source = css.font_source(source)?;
        let kept = descriptors.iter().filter_map(|descriptor| {
            Some((descriptor.name, css.font_descriptor(descriptor.property, &descriptor.value)?))
        });
        Some((source, kept.collect()))
    }
}
