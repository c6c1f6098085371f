//! Attributes of HTML elements, and ARIA.
//!
//! Not in any row, so they never pass: everything that begins with `on`; `srcdoc`, `action`, `formaction`, `ping`,
//! `nonce`, `manifest`, `http-equiv`, `attributionsrc`; targets and invokers (`target`, `popovertarget`, `command`);
//! settings of a request (`crossorigin`, `integrity`, `referrerpolicy`, `loading`); `autofocus`, `autoplay`, `tabindex`,
//! `accesskey`, `contenteditable`, which would take the agent's keyboard; and `pattern`, with which a style sheet can read
//! a value.

use super::AttributeRow;
use super::AttributeUse::{Content, Data, Image, ImageSet, Layout, Link, Media, Name, Reference, Style, Text};

pub(super) const ATTRIBUTES: &[AttributeRow] = &[
    (Name, "*", "class id slot part exportparts", "Names that style sheets and shadow trees use."),
    (Layout, "*", "dir lang", "The way text runs."),
    (Layout, "*", "hidden inert popover", "What is not shown or not active."),
    (Layout, "*", "align valign", "Old layout."),
    (Layout, "*", "role", "What an element is to a screen reader."),
    (Text, "*", "title", "Shown and read aloud."),
    (Style, "*", "style", "Declarations, judged as CSS."),
    (Link, "a area", "href", "An agent follows no link by herself, so none says where it leads."),
    (Content, "a area", "name", "The target of a fragment."),
    (Layout, "a area", "shape coords", "Parts of a picture."),
    (Name, "map", "name", "What `usemap` looks up."),
    (Reference, "img input", "usemap", "A fragment of the page."),
    (Image, "img input", "src", "A picture."),
    (ImageSet, "img source", "srcset", "Pictures by size."),
    (Layout, "img source", "sizes", "Which of them."),
    (Layout, "source", "media type width height", "Which of them."),
    (Text, "area img input", "alt", "Stands for a picture."),
    (Media, "audio video source", "src", "Sound or video. A `source` of a picture has none."),
    (Image, "video", "poster", "A picture before the video."),
    (Layout, "audio video", "controls loop muted playsinline", "How it plays."),
    (Image, "body table thead tbody tfoot tr td th", "background", "A picture behind."),
    (Layout, "body table thead tbody tfoot tr td th col colgroup marquee", "bgcolor", "Old paint."),
    (
        Layout,
        "body",
        "text link vlink alink topmargin leftmargin rightmargin bottommargin marginwidth marginheight",
        "Old paint and layout.",
    ),
    (Layout, "font", "color face size", "Old paint."),
    (Layout, "hr", "color noshade size", "Old paint."),
    (Layout, "br", "clear", "Old layout."),
    (Layout, "img iframe video canvas table tr td th col colgroup hr pre input marquee", "width height", "Sizes."),
    (Layout, "img iframe marquee", "hspace vspace border frameborder", "Old layout."),
    (Layout, "marquee", "behavior direction loop scrollamount scrolldelay", "How text moves."),
    (Layout, "table", "border cellpadding cellspacing rules frame", "Tables."),
    (Layout, "td th", "colspan rowspan nowrap scope char charoff", "Tables."),
    (Name, "td th", "headers", "Tables."),
    (Layout, "col colgroup", "span", "Tables."),
    (Text, "table", "summary", "Read aloud."),
    (Text, "td th", "abbr", "Read aloud."),
    (Layout, "ol ul dl dir menu li", "type compact", "How a list is marked."),
    (Layout, "ol", "reversed", "How a list is marked."),
    (Content, "ol", "start", "A number that is shown."),
    (Content, "li data meter progress", "value", "A number that is shown."),
    (Content, "meter progress", "min max low high optimum", "What the number is measured by."),
    (Layout, "input", "type size disabled readonly required multiple step", "How a field stands."),
    (Content, "input", "min max maxlength checked", "They tell of the value."),
    (Text, "input textarea", "value placeholder", "What stands in a field."),
    (Layout, "textarea", "rows cols wrap disabled readonly required", "How a field stands."),
    (Layout, "select", "multiple size disabled required", "How a list stands."),
    (Layout, "optgroup option fieldset", "disabled", "How a list stands."),
    (Content, "option", "selected", "It tells of the value."),
    (Text, "optgroup option", "label", "What stands in a list."),
    (Layout, "button", "type disabled", "How a button stands; none sends anything."),
    (Data, "button option", "value", "What a form would send."),
    (Content, "input select textarea button fieldset form", "name", "Style sheets use it; it may tell of the content."),
    (Name, "label output", "for", "Which field it belongs to."),
    (Layout, "details dialog", "open", "Whether it is open."),
    (Content, "time del ins", "datetime", "A date for programs."),
    (Layout, "style link", "media", "When a sheet holds."),
];

/// ARIA that is read aloud as it stands: text. Names without `aria-`.
pub(super) const ARIA_TEXT: &str = "label description placeholder roledescription brailleroledescription braillelabel \
    valuetext colindextext rowindextext";

/// ARIA that is state, structure or a number: as telling as content.
pub(super) const ARIA_STATE: &str = "activedescendant atomic autocomplete busy checked colcount colindex colspan controls \
    current describedby details disabled dropeffect errormessage expanded flowto grabbed haspopup hidden invalid \
    keyshortcuts labelledby level live modal multiline multiselectable orientation owns posinset pressed readonly \
    relevant required rowcount rowindex rowspan selected setsize sort valuemax valuemin valuenow";

/// `type` of an `input` as an agent sees it: those that look or behave otherwise than text. `password` and `hidden` are
/// not among them, and what is not named is a text field.
pub(super) const INPUT_TYPES: [&str; 18] = [
    "button",
    "checkbox",
    "color",
    "date",
    "datetime-local",
    "email",
    "file",
    "image",
    "month",
    "number",
    "radio",
    "range",
    "reset",
    "search",
    "submit",
    "tel",
    "time",
    "week",
];
