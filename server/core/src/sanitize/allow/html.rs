//! HTML elements.

use super::ElementFate::{As, Box, Gone, Keep, KeepEmpty, Style};
use super::ElementRow;

pub(super) const ELEMENTS: &[ElementRow] = &[
    (Keep, "html head body title", "The frame of a document; the title is shown above it."),
    (
        Keep,
        "address article aside footer header hgroup main nav search section h1 h2 h3 h4 h5 h6",
        "Sections: layout only.",
    ),
    (
        Keep,
        "blockquote center dd details dialog dir div dl dt figcaption figure hr li menu ol p pre summary ul",
        "Blocks: layout only.",
    ),
    (
        Keep,
        "a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd mark nobr q s samp small span strike \
        strong sub sup time tt u var wbr",
        "Runs of text. A link leads nowhere: its address is no longer there.",
    ),
    (Keep, "ruby rb rp rt rtc", "Reading aids beside text."),
    (Keep, "caption col colgroup table tbody td tfoot th thead tr", "Tables: layout only."),
    (
        Keep,
        "button datalist fieldset form input label legend meter optgroup option output progress select \
        selectedcontent",
        "Fields. Nothing can be sent: addresses, methods and targets of forms are in no row.",
    ),
    (Keep, "area img map picture", "Pictures; their addresses are sealed."),
    (Keep, "audio source video", "Media; their addresses are sealed, and the player is told when to play."),
    (Keep, "canvas", "Its picture comes as checked data; no drawing command passes."),
    (Keep, "iframe", "Only as the place of a document that comes as nodes: what it could load is in no row."),
    (Keep, "marquee", "Moves text, nothing else."),
    (Keep, "slot", "Where a shadow tree shows the children of its host."),
    (KeepEmpty, "textarea", "Its text is held as a value; a child would be a second copy that no rule sees."),
    (Style, "style link", "Style sheets, judged by token. A link that is no style sheet goes."),
    (As("pre"), "listing plaintext xmp", "A parser would take all that follows as their text; it stands as such here."),
    (As("img"), "image", "What a parser makes of it."),
    (As("span"), "isindex", "A field of the nineties; only its text is left."),
    (As("body"), "frameset", "The body of a page of frames, which stand in it as boxes."),
    (Box, "object embed applet", "Plug-ins run code of their own."),
    (Box, "frame portal fencedframe", "They load another page."),
    (Gone, "script", "Code."),
    (
        Gone,
        "noscript noembed noframes",
        "Shown only where scripts, plug-ins or frames are off: not what the customer sees.",
    ),
    (Gone, "template", "Inert until a script copies it; what is copied comes as nodes."),
    (Gone, "base", "Would give every address another meaning."),
    (Gone, "meta", "Refresh, policies and encodings are for the browser that loaded the page. Some hold secrets."),
    (Gone, "track", "Captions are fetched as text of another kind."),
    (Gone, "param bgsound keygen basefont", "Parts of plug-ins, and elements that no browser knows any more."),
];
