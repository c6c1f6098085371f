//! The names of the contract, written down apart from the core's tables.

/// Elements that never leave.
pub(super) const BANNED_ELEMENTS: &[&str] = &[
    "script",
    "object",
    "embed",
    "applet",
    "base",
    "portal",
    "fencedframe",
    "noscript",
    "template",
    "noembed",
    "noframes",
    "frameset",
    "plaintext",
    "xmp",
    "meta",
    "param",
    "track",
    "bgsound",
    "basefont",
    "keygen",
    "isindex",
    "handler",
    "listener",
    "discard",
    "foreignscript",
    "import",
    "webview",
    "controlledframe",
];

/// HTML elements that may stand.
pub(super) const HTML_ELEMENTS: &str = "a abbr acronym address area article aside audio b bdi bdo big blockquote body br \
    button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset \
    figcaption figure font footer form frame h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label \
    legend li link listing main map mark marquee menu menuitem meter nav nobr ol optgroup option output p picture pre \
    progress q rb rp rt rtc ruby s samp search section select selectedcontent slot small source span strike strong style \
    sub summary sup table tbody td textarea tfoot th thead time title tr tt u ul var video wbr";

/// SVG elements that may stand, in lower case: a recorder may have lowered them.
pub(super) const SVG_ELEMENTS: &str = "a animate animatecolor animatemotion animatetransform circle clippath defs desc \
    ellipse feblend fecolormatrix fecomponenttransfer fecomposite feconvolvematrix fediffuselighting fedisplacementmap \
    fedistantlight fedropshadow feflood fefunca fefuncb fefuncg fefuncr fegaussianblur feimage femerge femergenode \
    femorphology feoffset fepointlight fespecularlighting fespotlight fetile feturbulence filter foreignobject g hatch \
    hatchpath image line lineargradient marker mask mpath path pattern polygon polyline radialgradient rect set stop style \
    svg switch symbol text textpath title tref tspan use view";

/// MathML elements that may stand; in events they arrive as HTML elements of these names.
pub(super) const MATHML_ELEMENTS: &str = "annotation maction math menclose merror mfenced mfrac mi mmultiscripts mn mo \
    mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder \
    munderover none semantics";

/// Names with a hyphen that are not custom elements' and must not be defined as such.
pub(super) const RESERVED_HYPHENATED: &[&str] = &[
    "annotation-xml",
    "color-profile",
    "font-face",
    "font-face-src",
    "font-face-uri",
    "font-face-format",
    "font-face-name",
    "missing-glyph",
];

/// Attributes that never leave, by local name.
pub(super) const BANNED_ATTRIBUTES: &[&str] =
    &["srcdoc", "formaction", "action", "ping", "nonce", "manifest", "attributionsrc", "http-equiv"];

/// Attributes whose whole value is one URL, by local name.
pub(super) const URL_ATTRIBUTES: &[&str] = &[
    "href",
    "src",
    "poster",
    "background",
    "data",
    "cite",
    "longdesc",
    "usemap",
    "lowsrc",
    "dynsrc",
    "classid",
    "codebase",
    "archive",
    "profile",
    "icon",
    "itemtype",
    "itemid",
    "rr_dataurl",
    "rr_src",
    "base",
    "definitionurl",
    "altimg",
    "actuate",
    "arcrole",
    "pluginspage",
    "rrweb-original-src",
    "previewsrc",
];

/// Attributes that hold several URLs with descriptors.
pub(super) const SRCSET_ATTRIBUTES: &[&str] = &["srcset", "imagesrcset", "rrweb-original-srcset"];

/// Attributes that a person reads, or that name something: a URL in them is never fetched.
pub(super) const TEXT_ATTRIBUTES: &[&str] = &[
    "title",
    "alt",
    "placeholder",
    "value",
    "label",
    "summary",
    "abbr",
    "class",
    "id",
    "name",
    "for",
    "headers",
    "standby",
    "prompt",
    "xmlns",
    "xlink",
    "_csstext",
    "style",
    "pattern",
];

/// Elements that change another one's attribute over time.
pub(super) const ANIMATIONS: &[&str] = &["animate", "animatecolor", "animatemotion", "animatetransform", "set"];

/// `data:` types that may stand.
pub(super) const DATA_TYPES: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/jpg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "image/x-icon",
    "image/vnd.microsoft.icon",
    "image/apng",
    "font/woff",
    "font/woff2",
    "font/ttf",
    "font/otf",
    "font/sfnt",
    "font/collection",
    "application/font-woff",
    "application/font-woff2",
    "application/x-font-woff",
    "application/x-font-woff2",
    "application/x-font-ttf",
    "application/x-font-otf",
    "application/font-sfnt",
    "application/x-font-truetype",
    "application/x-font-opentype",
    "application/vnd.ms-opentype",
];

/// At-rules that load nothing by themselves, and `import`, whose URL is judged.
pub(super) const AT_RULES: &[&str] = &[
    "media",
    "supports",
    "font-face",
    "keyframes",
    "-webkit-keyframes",
    "-moz-keyframes",
    "-o-keyframes",
    "-ms-keyframes",
    "layer",
    "container",
    "import",
    "charset",
    "counter-style",
    "property",
    "font-feature-values",
    "stylistic",
    "styleset",
    "character-variant",
    "swash",
    "ornaments",
    "annotation",
    "historical-forms",
    "font-palette-values",
    "page",
    "scope",
    "starting-style",
    "view-transition",
    "position-try",
    "viewport",
    "-ms-viewport",
    "top-left-corner",
    "top-left",
    "top-center",
    "top-right",
    "top-right-corner",
    "bottom-left-corner",
    "bottom-left",
    "bottom-center",
    "bottom-right",
    "bottom-right-corner",
    "left-top",
    "left-middle",
    "left-bottom",
    "right-top",
    "right-middle",
    "right-bottom",
];

/// Whether a list of words in one string holds the word.
pub(super) fn holds(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|known| known == word)
}

/// Attributes of drawings that are read as CSS and may name an address.
pub(super) const PAINT_ATTRIBUTES: &[&str] =
    &["clip-path", "cursor", "fill", "filter", "marker", "marker-end", "marker-mid", "marker-start", "mask", "stroke"];
