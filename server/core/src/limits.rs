//! Every bound of the core, in one table, with its unit in its name.

/// What one session may cost. A value here is the only place where a bound is written down.
///
/// Reaching a bound is never silent: the input is refused with an error that names the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// One frame from a customer, after decompression.
    pub frame_bytes: usize,
    /// One frame from an agent.
    pub agent_frame_bytes: usize,
    /// Events in one `events` frame.
    pub events_per_frame: usize,
    /// Nodes alive in one mirror, frame documents included.
    pub nodes: usize,
    /// Levels of the page's tree, the document being level 1. Chromium's own parser stops at 512.
    pub depth: usize,
    /// Attributes of one element.
    pub attributes_per_element: usize,
    /// One attribute's value or one text node.
    pub text_bytes: usize,
    /// All text and attribute values of one mirror together.
    pub mirror_bytes: usize,
    /// One URL. Longer ones are dropped.
    pub url_bytes: usize,
    /// An element or attribute name.
    pub name_bytes: usize,
    /// Rules of one style sheet that is changed by rule.
    pub rules_per_sheet: usize,
    /// All sheets that are changed by rule, constructed sheets and fonts of one page together.
    pub sheet_bytes: usize,
    /// Text and attributes that the events of one frame make the server look at again. It keeps small events on large nodes
    /// from costing more than large events do.
    pub work_bytes: usize,
    /// Constructed style sheets of one page.
    pub adopted_sheets: usize,
    /// Assets of one session that are fetched before anybody asks for them.
    pub early_urls: usize,
    /// Fonts that a page adds by script.
    pub fonts: usize,
    /// A canvas picture, decoded.
    pub canvas_bytes: usize,
    /// Width times height of a canvas picture: what unpacking it costs an agent's browser.
    pub canvas_pixels: u64,
    /// Width and height of a viewport, in CSS pixels.
    pub viewport_px: u32,
    /// Positions of one pointer batch.
    pub pointer_positions: usize,
    /// Pictures whose size one event tells.
    pub sizes_per_event: usize,
    /// Page instances whose masks are remembered in one session.
    pub instances: usize,
    /// Node ids remembered as masked in one session. Beyond it all new text is masked.
    pub sticky_ids: usize,
    /// Unapplied bytes that a customer may have under way.
    pub window_bytes: usize,
    /// HTML input of `sanitize --format html` and of the policy preview.
    pub html_bytes: usize,
    /// Looks at open elements that parsing HTML input may cost. Some input makes each end tag look at all of them.
    pub html_steps: u64,
    /// Attributes of one customer that agents see.
    pub attributes: usize,
    /// One of them, if it is text.
    pub attribute_bytes: usize,
    /// A page's message that tells them.
    pub attributes_bytes: usize,
    /// Agents in one session.
    pub agents: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_bytes: 16 << 20,
            agent_frame_bytes: 64 << 10,
            events_per_frame: 10_000,
            nodes: 200_000,
            depth: 512,
            attributes_per_element: 256,
            text_bytes: 4 << 20,
            mirror_bytes: 64 << 20,
            url_bytes: 8 << 10,
            name_bytes: 128,
            rules_per_sheet: 20_000,
            sheet_bytes: 32 << 20,
            work_bytes: 128 << 20,
            adopted_sheets: 1_000,
            early_urls: 512,
            fonts: 256,
            canvas_bytes: 2 << 20,
            canvas_pixels: 16 << 20,
            viewport_px: 16_384,
            pointer_positions: 1_000,
            sizes_per_event: 1_000,
            instances: 32,
            sticky_ids: 400_000,
            window_bytes: 4 << 20,
            html_bytes: 16 << 20,
            html_steps: 1 << 29,
            attributes: 32,
            attribute_bytes: 1 << 10,
            attributes_bytes: 32 << 10,
            agents: 5,
        }
    }
}
