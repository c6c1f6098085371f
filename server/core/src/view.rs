//! The live view of one page: mirror, restrictions and sanitizer as one step for each event.
//!
//! An event is applied to the mirror, what it touched is judged, what is masked is overwritten, and only then is the
//! difference to what agents have written out. The events that leave are made from that difference, not from the event
//! that came: a node that becomes hidden leaves as a remove, one that becomes visible as an add.

/// A renderer of a view. With the view's own report it needs the other fields borrowed one by one, as no function can.
macro_rules! renderer {
    ($view:expr) => {
        renderer!($view, &mut $view.report)
    };
    ($view:expr, $report:expr) => {
        $crate::sanitize::Render {
            mirror: &$view.mirror,
            policy: &$view.policy,
            rules: &$view.rules,
            limits: &$view.limits,
            sealer: &$view.sealer,
            documents: &$view.documents,
            early: $view.policy.keeps_assets.then_some(&$view.early),
            report: $report,
        }
    };
}

mod address;
mod apply;
mod build;
mod change;
mod control;
mod custom;
mod documents;
mod edits;
mod emit;
mod fields;
mod fonts;
mod html_out;
mod incremental;
mod judge;
mod keyframe;
mod media;
mod names;
mod page;
mod preview;
mod redact;
mod runs;
mod selection;
mod sheet_edits;
mod sheet_events;
mod sheets;
mod sizes;
mod sticky;
mod svg_out;
mod write;

pub use control::ControlRefusal;
pub use documents::Documents;
pub use preview::{PreviewError, preview_events, preview_html};
pub(crate) use sticky::Masks;
pub use svg_out::clean_svg;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::asset::{EarlyFetch, EarlyFetches, Sealer};
use crate::ids::NodeId;
use crate::limits::Limits;
use crate::mirror::{Mirror, MirrorError};
use crate::policy::Policy;
use crate::report::Report;
use crate::restrict::PageRules;
use crate::trust::Safe;
use crate::wire::EventRefusal;
use edits::Edits;
use page::Page;
use sticky::Sticky;

/// Why an event was refused. The mirror is as it was before it; nothing more is applied until a full snapshot comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It could not be read.
    #[error(transparent)]
    Event(#[from] EventRefusal),
    /// It would break the tree or a limit of it.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
}

/// One rrweb event that may leave, as JSON text.
pub type SafeEvent = Safe<String>;

/// What an event came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied {
    /// These events, possibly none, carry agents from the last state to this one.
    Events(Vec<SafeEvent>),
    /// The page is new: agents need [`View::keyframe`].
    Keyframe,
}

/// The live view of one page.
#[derive(Debug)]
pub struct View {
    policy: Arc<Policy>,
    limits: Arc<Limits>,
    sealer: Sealer,
    seed: u64,
    mirror: Mirror,
    rules: PageRules,
    documents: Documents,
    sticky: Sticky,
    edits: Edits,
    page: Page,
    report: Report,
    early: EarlyFetches,
    is_live: bool,
    /// What the events of the present frame have cost so far; see `Limits::work_bytes`.
    spent_bytes: usize,
    /// Frame documents that agents got since the last keyframe for all. A stock player never builds one of these again.
    attached: BTreeSet<NodeId>,
    /// An event attached one of them again, or took one away: agents need a keyframe instead.
    needs_keyframe: bool,
    /// The living page's address changed, and its rules with it; the customer's page is to be told.
    has_other_rules: bool,
    /// The present page's attributes and URLs stand in the report: a second rendering does not count them again.
    is_counted: bool,
}

impl View {
    /// A view of nothing yet. `seed` keeps the page from choosing ids that collide; `sealer` makes its asset paths.
    #[must_use]
    pub fn new(policy: Arc<Policy>, limits: Arc<Limits>, sealer: Sealer, seed: u64) -> Self {
        let rules = policy.rules.for_page(None);
        Self {
            mirror: Mirror::new(&limits, seed),
            documents: Documents::new(seed),
            sticky: Sticky::new(seed),
            edits: Edits::default(),
            page: Page::default(),
            report: Report::default(),
            early: EarlyFetches::new(limits.early_urls),
            is_live: false,
            spent_bytes: 0,
            attached: BTreeSet::new(),
            needs_keyframe: false,
            has_other_rules: false,
            is_counted: false,
            policy,
            limits,
            sealer,
            seed,
            rules,
        }
    }

    /// Whether there is a page to show, and it is whole.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.is_live
    }

    /// Nodes of the present page.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.mirror.len()
    }

    /// What was removed, masked and blocked so far.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Assets that are to be fetched now, because a browser that fetched them when a rule matches would tell by it what
    /// stands on the page. Each is told once.
    #[must_use]
    pub fn take_early(&mut self) -> Vec<EarlyFetch> {
        self.early.take_new()
    }

    /// What is remembered of nodes, to be kept elsewhere too.
    pub(crate) fn sticky_mut(&mut self) -> &mut Sticky {
        &mut self.sticky
    }

    /// Takes up what another node remembered of the session's pages.
    pub(crate) fn take_up(&mut self, masks: Masks) {
        self.sticky.take_up(masks, &self.limits);
    }

    /// The tree, for a fuzz target to look over.
    #[cfg(fuzzing)]
    #[must_use]
    pub fn mirror(&self) -> &Mirror {
        &self.mirror
    }

    /// The rules that hold on the present page.
    #[must_use]
    pub fn rules(&self) -> &PageRules {
        &self.rules
    }

    /// The page's address as agents may know it, and its title as they see it.
    #[must_use]
    pub fn page(&self) -> (String, String) {
        (self.shown_url(), self.shown_title())
    }

    /// The page's address as agents may know it: no more than the origin where a pattern names something in it.
    fn shown_url(&self) -> String {
        let shown = self.page.shown_url(self.policy.page_url);
        let read = shown.replace("%20", " ").replace("%40", "@").replace('+', " ");
        match (&self.page.url, self.rules.text_is_masked(&read)) {
            (Some(url), Some(_)) => format!("{}/", url.origin().ascii_serialization()),
            _ => shown,
        }
    }

    /// Takes the page's address from the caller where the recorder does not tell it.
    pub(crate) fn set_page_url(&mut self, url: url::Url) {
        self.rules = self.policy.rules.for_page(Some(&url));
        self.page.url = Some(url);
    }

    /// The next events came together, and share one [`Limits::work_bytes`].
    pub fn begin_frame(&mut self) {
        self.spent_bytes = 0;
    }

    /// Another document was loaded: what was remembered of the old one's nodes is put aside, what is known of this
    /// instance is taken up again. Events are refused until its snapshot comes.
    pub fn begin_instance(&mut self, instance: &str) {
        if self.sticky.enter(instance, &self.limits) {
            self.edits = Edits::default();
        }
        self.is_live = false;
    }
}

#[cfg(test)]
mod tests;
