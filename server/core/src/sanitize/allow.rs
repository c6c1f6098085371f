//! The allow-lists: what an agent's browser may be given. Data only.
//!
//! A row added here is a change of policy; each group says why it is harmless. What is in no row does not pass.

use std::sync::LazyLock;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use html5ever::LocalName;

use crate::mirror::Namespace;

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ElementFate {
    /// It stands, with its children.
    Keep,
    /// It stands, without children: its text is held in an attribute.
    KeepEmpty,
    /// It stands under another name.
    As(&'static str),
    /// An empty box stands in its place.
    Box,
    /// It does not leave, nor anything beneath it.
    Gone,
    /// A style sheet: judged by `sanitize::style`.
    Style,
}

/// HTML elements that only carry text and layout.
const HTML_PLAIN: &str = "a abbr acronym address area article aside b bdi bdo big blockquote body br button caption center \
    cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font \
    footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html i ins kbd label legend li main map mark marquee menu meter \
    nav nobr ol optgroup option output p pre progress q rb rp rt rtc ruby s samp search section select slot small span \
    strike strong sub summary sup table tbody td tfoot th thead time title tr tt u ul var wbr";

/// HTML elements that show a picture, play media or take input; their URLs are sealed, their types listed.
const HTML_RICH: &str = "audio canvas iframe img input picture source video";

/// MathML. The recorder does not mark its namespace, so it arrives as HTML elements of these names and shows as text.
const MATHML: &str = "maction math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts \
    mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics annotation";

/// SVG shapes, text, paint and filters. No script, no animation, no handler.
const SVG_PLAIN: &str = "a circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite \
    feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG \
    feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight \
    feTile feTurbulence filter foreignObject g image line linearGradient marker mask path pattern polygon polyline \
    radialGradient rect stop svg switch symbol text textPath title tspan use view";

/// HTML elements with a fate of their own.
const HTML_SPECIAL: &[(&str, ElementFate)] = &[
    // Text in an attribute: the recorder gives `value`, and a child would be a second copy of it.
    ("textarea", ElementFate::KeepEmpty),
    // Style sheets, judged by token.
    ("style", ElementFate::Style),
    ("link", ElementFate::Style),
    // Code.
    ("script", ElementFate::Gone),
    // Shown only where scripts are off, and the agent's frame is such a place: not what the customer sees.
    ("noscript", ElementFate::Gone),
    ("noembed", ElementFate::Gone),
    ("noframes", ElementFate::Gone),
    // Inert in the customer's page.
    ("template", ElementFate::Gone),
    // No use for sight: document settings, refresh, base address, captions, plug-in parameters.
    ("base", ElementFate::Gone),
    ("meta", ElementFate::Gone),
    ("track", ElementFate::Gone),
    ("param", ElementFate::Gone),
    ("bgsound", ElementFate::Gone),
    ("keygen", ElementFate::Gone),
    ("basefont", ElementFate::Gone),
    // Plug-ins and foreign pages: a box shows where they stand.
    ("object", ElementFate::Box),
    ("embed", ElementFate::Box),
    ("applet", ElementFate::Box),
    ("portal", ElementFate::Box),
    ("fencedframe", ElementFate::Box),
    ("frame", ElementFate::Box),
    ("frameset", ElementFate::As("div")),
    // Parsed in ways of their own; their text is kept.
    ("plaintext", ElementFate::As("pre")),
    ("xmp", ElementFate::As("pre")),
    ("listing", ElementFate::As("pre")),
    ("image", ElementFate::As("img")),
    ("isindex", ElementFate::As("span")),
    ("annotation-xml", ElementFate::As("span")),
];

/// SVG elements with a fate of their own. Animation can give an attribute a new URL after all checks.
const SVG_SPECIAL: &[(&str, ElementFate)] = &[
    ("style", ElementFate::Style),
    ("script", ElementFate::Gone),
    ("animate", ElementFate::Gone),
    ("animateColor", ElementFate::Gone),
    ("animateMotion", ElementFate::Gone),
    ("animateTransform", ElementFate::Gone),
    ("set", ElementFate::Gone),
    ("discard", ElementFate::Gone),
    ("handler", ElementFate::Gone),
    ("listener", ElementFate::Gone),
    ("metadata", ElementFate::Gone),
];

type Table<V> = HashMap<LocalName, V, FixedState>;

fn table<V: Copy>(plain: &[(&str, V)], rows: &[(&str, V)]) -> Table<V> {
    let mut found = HashMap::with_hasher(FixedState::default());
    for (names, fate) in plain {
        found.extend(names.split_ascii_whitespace().map(|name| (LocalName::from(name), *fate)));
    }
    found.extend(rows.iter().map(|(name, fate)| (LocalName::from(*name), *fate)));
    found
}

static HTML: LazyLock<Table<ElementFate>> = LazyLock::new(|| {
    table(&[(HTML_PLAIN, ElementFate::Keep), (HTML_RICH, ElementFate::Keep), (MATHML, ElementFate::Keep)], HTML_SPECIAL)
});

/// SVG's names are kept as written; a recorder that lower-cased them is put right by the player.
static SVG: LazyLock<Table<ElementFate>> = LazyLock::new(|| {
    let mut found = table(&[(SVG_PLAIN, ElementFate::Keep)], SVG_SPECIAL);
    let lower: Vec<_> = found.iter().map(|(name, fate)| (LocalName::from(name.to_ascii_lowercase()), *fate)).collect();
    for (name, fate) in lower {
        found.entry(name).or_insert(fate);
    }
    found
});

/// What becomes of an element of this name. Unknown names become a `span` (in SVG a `g`), custom elements stay.
pub(crate) fn element(name: &LocalName, namespace: Namespace) -> ElementFate {
    match namespace {
        Namespace::Html => match HTML.get(name) {
            Some(fate) => *fate,
            None if is_custom_name(name) => ElementFate::Keep,
            None => ElementFate::As("span"),
        },
        Namespace::Svg => SVG.get(name).copied().unwrap_or(ElementFate::As("g")),
        Namespace::MathMl => {
            if HTML.get(name).is_some() && MATHML.split_ascii_whitespace().any(|known| known == &**name) {
                ElementFate::Keep
            } else {
                ElementFate::As("mrow")
            }
        }
    }
}

/// The report's word for an element that never leaves; `None` for all others.
pub(crate) fn gone_reason(name: &LocalName, namespace: Namespace) -> Option<String> {
    (element(name, namespace) == ElementFate::Gone).then(|| format!("element:{name}"))
}

/// A custom element's name, in the part of the grammar that needs no table of letters.
pub(crate) fn is_custom_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.contains('-')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
        && !matches!(
            name,
            "font-face" | "font-face-src" | "font-face-uri" | "font-face-format" | "font-face-name" | "missing-glyph"
        )
}

/// What an attribute's value is, and so how it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeUse {
    /// A word, number or truth value that lays out: stays under a mask.
    Layout,
    /// As `Layout`, but it tells of the content: gone under a mask.
    Content,
    /// Text that a person reads: the filler under a mask.
    Text,
    /// Free data of the page: dropped where it could be read as a URL; gone under a mask.
    Data,
    /// Declarations.
    Style,
    /// Paint or another value that may hold `url()`.
    Paint,
    /// A picture.
    Image,
    /// Pictures by size.
    ImageSet,
    /// Sound or video.
    Media,
    /// A place to go: an agent never follows it, so it becomes `#`.
    Link,
    /// A reference inside the document.
    Reference,
}

/// Attributes of any HTML element.
const GLOBAL: &[(&str, AttributeUse)] = &[
    ("class id dir lang hidden role slot part exportparts inert align valign", AttributeUse::Layout),
    ("title", AttributeUse::Text),
    ("style", AttributeUse::Style),
];

/// Attributes by HTML element.
const BY_ELEMENT: &[(&str, &str, AttributeUse)] = &[
    ("a area", "href", AttributeUse::Link),
    ("a area", "shape coords", AttributeUse::Layout),
    ("a area", "name", AttributeUse::Content),
    ("area img input", "alt", AttributeUse::Text),
    ("img source", "src", AttributeUse::Image),
    ("img source", "srcset", AttributeUse::ImageSet),
    ("img source", "sizes", AttributeUse::Layout),
    ("source", "media type width height", AttributeUse::Layout),
    ("img input", "usemap", AttributeUse::Reference),
    ("map", "name", AttributeUse::Layout),
    ("input", "src", AttributeUse::Image),
    ("audio video", "src", AttributeUse::Media),
    ("video", "poster", AttributeUse::Image),
    ("audio video", "controls loop muted playsinline", AttributeUse::Layout),
    ("body table thead tbody tfoot tr td th", "background", AttributeUse::Image),
    ("body table thead tbody tfoot tr td th col colgroup marquee", "bgcolor", AttributeUse::Layout),
    ("body", "text link vlink alink", AttributeUse::Layout),
    ("body", "topmargin leftmargin rightmargin bottommargin marginwidth marginheight", AttributeUse::Layout),
    ("img iframe video canvas table td th col colgroup hr pre input marquee", "width height", AttributeUse::Layout),
    ("img iframe marquee", "hspace vspace border frameborder", AttributeUse::Layout),
    ("table", "border cellpadding cellspacing rules frame", AttributeUse::Layout),
    ("table", "summary", AttributeUse::Text),
    ("td th", "colspan rowspan nowrap scope headers char charoff", AttributeUse::Layout),
    ("td th", "abbr", AttributeUse::Text),
    ("col colgroup", "span", AttributeUse::Layout),
    ("font basefont", "color face size", AttributeUse::Layout),
    ("hr", "color noshade size", AttributeUse::Layout),
    ("br", "clear", AttributeUse::Layout),
    ("ol", "reversed type compact", AttributeUse::Layout),
    ("ol", "start", AttributeUse::Content),
    ("ul dl dir menu", "type compact", AttributeUse::Layout),
    ("li", "type", AttributeUse::Layout),
    ("li data meter progress", "value", AttributeUse::Content),
    ("meter progress", "min max low high optimum", AttributeUse::Content),
    ("input", "type size disabled readonly required multiple step", AttributeUse::Layout),
    ("input", "min max maxlength", AttributeUse::Content),
    ("input select textarea button fieldset form", "name", AttributeUse::Content),
    ("input textarea", "value placeholder", AttributeUse::Text),
    ("input", "checked", AttributeUse::Content),
    ("button", "type disabled", AttributeUse::Layout),
    ("button option", "value", AttributeUse::Data),
    ("select", "multiple size disabled required", AttributeUse::Layout),
    ("optgroup option fieldset", "disabled", AttributeUse::Layout),
    ("option", "selected", AttributeUse::Content),
    ("optgroup option", "label", AttributeUse::Text),
    ("textarea", "rows cols wrap disabled readonly required", AttributeUse::Layout),
    ("label output", "for", AttributeUse::Layout),
    ("details dialog", "open", AttributeUse::Layout),
    ("time del ins", "datetime", AttributeUse::Content),
    ("marquee", "behavior direction loop scrollamount scrolldelay", AttributeUse::Layout),
    ("style link", "media", AttributeUse::Layout),
];

/// Attributes of SVG elements that only draw.
const SVG_LAYOUT: &str = "class id lang x y x1 y1 x2 y2 cx cy r rx ry fx fy fr d points width height viewBox viewbox \
    preserveAspectRatio preserveaspectratio transform gradientTransform gradienttransform gradientUnits gradientunits \
    patternTransform patterntransform patternUnits patternunits patternContentUnits patterncontentunits spreadMethod \
    spreadmethod offset opacity stop-color stop-opacity fill-opacity fill-rule stroke-width stroke-linecap \
    stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity clip-rule clipPathUnits \
    clippathunits maskUnits maskunits maskContentUnits maskcontentunits markerUnits markerunits markerWidth markerwidth \
    markerHeight markerheight refX refx refY refy orient pathLength pathlength text-anchor text-decoration \
    dominant-baseline alignment-baseline baseline-shift font-family font-size font-style font-weight font-variant \
    font-stretch letter-spacing word-spacing writing-mode direction unicode-bidi dx dy rotate textLength textlength \
    lengthAdjust lengthadjust startOffset startoffset method spacing side visibility display overflow color \
    color-interpolation color-interpolation-filters color-rendering shape-rendering text-rendering image-rendering \
    pointer-events paint-order vector-effect enable-background flood-color flood-opacity lighting-color filterUnits \
    filterunits primitiveUnits primitiveunits in in2 result mode operator k1 k2 k3 k4 type values tableValues tablevalues \
    slope intercept amplitude exponent stdDeviation stddeviation edgeMode edgemode kernelMatrix kernelmatrix order divisor \
    bias targetX targetx targetY targety preserveAlpha preservealpha surfaceScale surfacescale diffuseConstant \
    diffuseconstant specularConstant specularconstant specularExponent specularexponent azimuth elevation z \
    limitingConeAngle limitingconeangle pointsAtX pointsatx pointsAtY pointsaty pointsAtZ pointsatz scale \
    xChannelSelector xchannelselector yChannelSelector ychannelselector baseFrequency basefrequency numOctaves numoctaves \
    seed stitchTiles stitchtiles radius version focusable role xml:space space requiredFeatures systemLanguage";

/// Attributes of SVG elements whose value may hold `url()`.
const SVG_PAINT: &str = "fill stroke filter clip-path mask marker marker-start marker-mid marker-end cursor";

/// MathML's own attributes.
const MATHML_LAYOUT: &str = "display mathvariant mathsize mathcolor mathbackground displaystyle scriptlevel stretchy \
    symmetric largeop movablelimits accent accentunder fence separator lspace rspace minsize maxsize linethickness \
    columnalign rowalign columnspacing rowspacing columnlines rowlines columnspan rowspan open close separators notation";

type Row = (LocalName, LocalName);

struct Attributes {
    global: Table<AttributeUse>,
    by_element: HashMap<Row, AttributeUse, FixedState>,
    svg: Table<AttributeUse>,
    mathml: Table<AttributeUse>,
}

static ATTRIBUTES: LazyLock<Attributes> = LazyLock::new(|| {
    let mut by_element = HashMap::with_hasher(FixedState::default());
    for (elements, names, used) in BY_ELEMENT {
        for element in elements.split_ascii_whitespace() {
            for name in names.split_ascii_whitespace() {
                by_element.insert((LocalName::from(element), LocalName::from(name)), *used);
            }
        }
    }
    Attributes {
        global: table(GLOBAL, &[]),
        by_element,
        svg: table(
            &[(SVG_LAYOUT, AttributeUse::Layout), (SVG_PAINT, AttributeUse::Paint)],
            &[("style", AttributeUse::Style)],
        ),
        mathml: table(&[(MATHML_LAYOUT, AttributeUse::Layout)], &[]),
    }
});

/// How the attribute of an element is judged; `None`: it does not pass.
pub(crate) fn attribute(element: &LocalName, namespace: Namespace, name: &LocalName) -> Option<AttributeUse> {
    let tables = &*ATTRIBUTES;
    if let Some(used) = by_prefix(name) {
        return Some(used);
    }
    match namespace {
        Namespace::Html => tables
            .global
            .get(name)
            .or_else(|| tables.by_element.get(&(element.clone(), name.clone())))
            .or_else(|| if is_mathml(element) { tables.mathml.get(name) } else { None })
            .copied(),
        Namespace::Svg => match &**name {
            "href" | "xlink:href" => Some(match &**element {
                "image" | "feImage" | "feimage" => AttributeUse::Image,
                "a" => AttributeUse::Link,
                _ => AttributeUse::Reference,
            }),
            _ => tables.svg.get(name).copied(),
        },
        Namespace::MathMl => tables.mathml.get(name).or_else(|| tables.global.get(name)).copied(),
    }
}

fn is_mathml(element: &str) -> bool {
    element.starts_with('m') && MATHML.split_ascii_whitespace().any(|known| known == element)
}

/// `aria-*` and `data-*`. ARIA that is read aloud is text; the rest is state or structure.
fn by_prefix(name: &str) -> Option<AttributeUse> {
    if !name.contains('-') || name.len() > 64 || !name.bytes().all(is_name_byte) {
        return None;
    }
    if let Some(rest) = name.strip_prefix("aria-") {
        return Some(match rest {
            "label" | "description" | "placeholder" | "roledescription" | "valuetext" | "braillelabel" => {
                AttributeUse::Text
            }
            _ => AttributeUse::Data,
        });
    }
    (name.starts_with("data-") && name.len() > 5).then_some(AttributeUse::Data)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
}

/// `type` of an `input` as an agent sees it. A type not named here is a text field.
pub(crate) fn input_type(recorded: &str) -> &'static str {
    const KNOWN: [&str; 18] = [
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
    KNOWN.iter().find(|known| known.eq_ignore_ascii_case(recorded.trim())).copied().unwrap_or("text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fates() {
        use ElementFate::{As, Box, Gone, Keep, Style};
        let rows = [
            ("div", Namespace::Html, Keep),
            ("script", Namespace::Html, Gone),
            ("coffee-rating", Namespace::Html, Keep),
            ("a b<", Namespace::Html, As("span")),
            ("__proto__", Namespace::Html, As("span")),
            ("object", Namespace::Html, Box),
            ("link", Namespace::Html, Style),
            ("lineargradient", Namespace::Svg, Keep),
            ("set", Namespace::Svg, Gone),
            ("nonsense", Namespace::Svg, As("g")),
        ];
        for (name, namespace, fate) in rows {
            assert_eq!(element(&LocalName::from(name), namespace), fate, "{name}");
        }
    }

    #[test]
    fn handlers_and_submission_are_in_no_table() {
        for name in ["onclick", "onerror", "ONLOAD", "srcdoc", "formaction", "action", "ping", "nonce", "manifest"] {
            for element in ["a", "img", "form", "button", "iframe", "input", "svg", "body"] {
                for namespace in [Namespace::Html, Namespace::Svg, Namespace::MathMl] {
                    let found = attribute(&LocalName::from(element), namespace, &LocalName::from(name));
                    assert_eq!(found, None, "{element} {name}");
                }
            }
        }
    }
}
