//! What an agent would receive, without a session: by the code of the live path, never a copy of it.

use std::sync::Arc;

use url::Url;

use super::{Applied, View};
use crate::asset::{AssetKey, Sealer};
use crate::html::{self, HtmlError, Scripting};
use crate::ids::SessionId;
use crate::limits::Limits;
use crate::policy::Policy;
use crate::report::Report;
use crate::wire::event::{Event, Stamped};
use crate::wire::json::Reader;
use crate::wire::{Decoded, EventRefusal, events};

/// Why there is no preview. Nothing is written then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// Neither a JSON array of events nor one event a line.
    #[error("the input is not a JSON array of events, nor one event a line")]
    NotEvents,
    /// The parser asked for a tree that cannot be.
    #[error("the document has no tree")]
    NoTree,
    /// The document is over a limit; the word names it.
    #[error("the document is over the limit `{0}`")]
    OverLimit(&'static str),
}

impl From<HtmlError> for PreviewError {
    fn from(error: HtmlError) -> Self {
        match error {
            HtmlError::OverLimit(limit) => Self::OverLimit(limit),
            HtmlError::NoTree(_) => Self::NoTree,
        }
    }
}

/// A throw-away key: the same input gives the same output, and no server opens its tokens.
pub(super) const PREVIEW_KEY: AssetKey = AssetKey { id: 0, secret: [0; 32] };

fn preview_view(policy: &Policy, limits: &Limits) -> View {
    let sealer = match SessionId::new("preview") {
        Some(session) => Sealer::new(&PREVIEW_KEY, session, &policy.base_path),
        None => unreachable!("the word is a session id"),
    };
    View::new(Arc::new(policy.clone()), Arc::new(limits.clone()), sealer, 0)
}

/// Sanitizes recorded events: a JSON array, or one event a line.
///
/// # Shapes
/// Returns a JSON array of events and the report. Single events that are refused are counted in it, and the next goes on.
/// An event of type 0 begins a new page instance.
///
/// # Units
/// Timestamps begin at 0 and keep the input's spacing.
///
/// # Errors
/// [`PreviewError::NotEvents`]: the input is no JSON of that form.
pub fn preview_events(
    policy: &Policy,
    limits: &Limits,
    page_url: Option<&Url>,
    json: &[u8],
) -> Result<(String, Report), PreviewError> {
    let text = std::str::from_utf8(json).map_err(|_| PreviewError::NotEvents)?;
    let mut preview =
        Preview { view: preview_view(policy, limits), out: Vec::new(), first_ms: None, last_ms: 0, instances: 0 };
    if let Some(url) = page_url {
        preview.view.set_page_url(url.clone());
    }
    let limits = Limits { events_per_frame: usize::MAX, ..limits.clone() };
    if text.trim_start().starts_with('[') {
        let mut reader = Reader::new(text);
        events(&mut reader, &limits, |event| preview.event(event)).map_err(|_| PreviewError::NotEvents)?;
        reader.end().map_err(|_| PreviewError::NotEvents)?;
    } else {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let mut reader = Reader::new(line);
            let event = crate::wire::one(&mut reader, &limits).map_err(|_| PreviewError::NotEvents)?;
            reader.end().map_err(|_| PreviewError::NotEvents)?;
            preview.event(event);
        }
    }
    let out = format!("[{}]", preview.out.join(",\n"));
    Ok((out, preview.view.report().clone()))
}

struct Preview {
    view: View,
    out: Vec<String>,
    first_ms: Option<f64>,
    last_ms: u64,
    instances: u32,
}

impl Preview {
    fn event(&mut self, event: Decoded<'_>) {
        let event = match event {
            Ok(event) => event,
            Err(refusal) => {
                self.refused(refusal);
                return;
            }
        };
        let at_ms = self.time(event.get());
        self.view.begin_frame();
        if matches!(event.get().event, Event::PageStart) {
            self.instances += 1;
            self.view.begin_instance(&self.instances.to_string());
        }
        match self.view.apply(event, at_ms) {
            Ok(Applied::Events(events)) => self.out.extend(events.into_iter().map(crate::trust::Safe::into_inner)),
            Ok(Applied::Keyframe) => {
                let keyframe = self.view.keyframe(at_ms);
                self.out.extend(keyframe.into_iter().map(crate::trust::Safe::into_inner));
            }
            Err(_) => {}
        }
    }

    fn refused(&mut self, refusal: EventRefusal) {
        self.view.refuse();
        if let EventRefusal::Limit(limit) = refusal {
            self.view.report.removed(&format!("limit:{limit}"));
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
    fn time(&mut self, event: &Stamped<'_>) -> u64 {
        let first = *self.first_ms.get_or_insert(event.timestamp_ms);
        let since = (event.timestamp_ms - first).clamp(0.0, 1e12) as u64;
        self.last_ms = self.last_ms.max(since);
        self.last_ms
    }
}

/// Sanitizes an HTML document.
///
/// # Errors
/// [`PreviewError::OverLimit`]: too long, too deep or too many nodes. Nothing is given then.
pub fn preview_html(
    policy: &Policy,
    limits: &Limits,
    page_url: Option<&Url>,
    html: &str,
) -> Result<(String, Report), PreviewError> {
    let mut mirror = html::parse_document(html, Scripting::On, limits, 0).map_err(PreviewError::from)?;
    let mut view = preview_view(policy, limits);
    if let Some(url) = page_url {
        view.set_page_url(url.clone());
    }
    View::take_textarea_values(&mut mirror);
    view.take_mirror(mirror);
    let html = view.write_html();
    Ok((html, view.report().clone()))
}
