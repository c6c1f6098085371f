//! Fonts that a page adds by script.

use super::write::simple;
use super::{SafeEvent, View};
use crate::sanitize::{Render, css, is_urlish};

impl View {
    pub(super) fn font(&mut self, family: &str, source: &str, is_buffer: bool, at_ms: u64) -> Vec<SafeEvent> {
        let is_name = family.len() <= 200 && !is_urlish(family) && !family.chars().any(char::is_control);
        if is_buffer || !is_name {
            self.report.removed("event:font");
            return Vec::new();
        }
        let root = self.mirror.root();
        let mut render = renderer(self);
        let safe = css::Css::new(&mut render.urls(root)).font_source(source);
        let Some(source) = safe else {
            self.report.removed("event:font");
            return Vec::new();
        };
        if !self.documents.add_font(family, &source, &self.limits) {
            self.report.removed("limit:fonts");
            return Vec::new();
        }
        vec![font_event(family, &source, at_ms)]
    }
}

/// A renderer that counts into the view's own report.
fn renderer(view: &mut View) -> Render<'_> {
    Render {
        mirror: &view.mirror,
        policy: &view.policy,
        rules: &view.rules,
        limits: &view.limits,
        sealer: &view.sealer,
        documents: &view.documents,
        early: view.policy.keeps_assets.then_some(&view.early),
        report: &mut view.report,
    }
}

/// The event that adds a font.
pub(super) fn font_event(family: &str, source: &str, at_ms: u64) -> SafeEvent {
    simple(10, at_ms, |out| {
        out.key("family");
        out.string(family);
        out.key("fontSource");
        out.string(source);
        out.key("buffer");
        out.boolean(false);
    })
}
