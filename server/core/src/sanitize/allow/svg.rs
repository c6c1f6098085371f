//! SVG elements and attributes. Names are as SVG writes them; tables hold them in lower case too, as some recorders do.

use super::AttributeUse::{Image, Layout, Link, Name, Paint, Reference, Style as Declarations};
use super::ElementFate::{Gone, Keep, Style};
use super::{AttributeRow, ElementRow};

pub(super) const ELEMENTS: &[ElementRow] = &[
    (Keep, "svg g defs symbol switch view", "Structure."),
    (Keep, "circle ellipse line path polygon polyline rect", "Shapes."),
    (Keep, "text textPath tspan title desc", "Text."),
    (
        Keep,
        "clipPath linearGradient marker mask pattern radialGradient stop",
        "Paint, used by reference within the page.",
    ),
    (Keep, "use", "A copy of another part; a reference that leaves the page is sealed."),
    (Keep, "image", "A picture; its address is sealed."),
    (Keep, "a", "A group here: it leads nowhere."),
    (Keep, "foreignObject", "HTML within a drawing, judged as HTML."),
    (
        Keep,
        "filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting \
        feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge \
        feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence",
        "Filters compute with pixels only.",
    ),
    (Keep, "feImage", "A filter's picture; its address is sealed."),
    (Style, "style", "A style sheet, judged by token as in HTML."),
    (Gone, "script handler listener", "Code."),
    (
        Gone,
        "animate animateColor animateMotion animateTransform set discard",
        "An animation gives an attribute a new value after all checks; a recorder sends what changed.",
    ),
    (Gone, "metadata", "Never shown."),
];

pub(super) const ATTRIBUTES: &[AttributeRow] = &[
    (Image, "image feImage", "href xlink:href", "A picture."),
    (Link, "a", "href xlink:href", "An agent follows no link by herself, so none says where it leads."),
    (
        Reference,
        "use linearGradient radialGradient pattern filter textPath",
        "href xlink:href",
        "A part of the page, or of a drawing that the proxy cleans.",
    ),
    (Layout, "*", "lang xml:lang xml:space space role focusable version", "Language."),
    (Name, "*", "class id", "Names that style sheets and references use."),
    (
        Layout,
        "*",
        "x y z x1 y1 x2 y2 cx cy r rx ry fx fy fr d points width height viewBox preserveAspectRatio pathLength",
        "Shapes and sizes.",
    ),
    (
        Layout,
        "*",
        "transform transform-origin gradientTransform gradientUnits patternTransform patternUnits \
        patternContentUnits spreadMethod offset clipPathUnits maskUnits maskContentUnits markerUnits markerWidth \
        markerHeight refX refY orient",
        "How paint and markers lie.",
    ),
    (
        Layout,
        "*",
        "opacity fill-opacity fill-rule stop-color stop-opacity stroke-width stroke-linecap stroke-linejoin \
        stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity clip-rule mask-type visibility display \
        overflow color color-interpolation color-interpolation-filters color-rendering shape-rendering text-rendering \
        image-rendering pointer-events paint-order vector-effect enable-background flood-color flood-opacity \
        lighting-color",
        "Presentation that holds no address.",
    ),
    (
        Layout,
        "*",
        "text-anchor text-decoration dominant-baseline alignment-baseline baseline-shift font-size \
        font-style font-weight font-variant font-stretch letter-spacing word-spacing writing-mode direction unicode-bidi \
        dx dy rotate textLength lengthAdjust startOffset method spacing side",
        "How text lies.",
    ),
    (
        Layout,
        "*",
        "filterUnits primitiveUnits in in2 result mode operator k1 k2 k3 k4 type values tableValues slope \
        intercept amplitude exponent stdDeviation edgeMode kernelMatrix order divisor bias targetX targetY preserveAlpha \
        surfaceScale diffuseConstant specularConstant specularExponent azimuth elevation limitingConeAngle pointsAtX \
        pointsAtY pointsAtZ scale xChannelSelector yChannelSelector baseFrequency numOctaves seed stitchTiles radius",
        "Numbers of filters.",
    ),
    (Layout, "*", "requiredFeatures systemLanguage", "What a `switch` chooses by."),
    (
        Paint,
        "*",
        "font-family fill stroke filter clip-path mask marker marker-start marker-mid marker-end cursor",
        "May hold `url()` or quotes, so they are judged as CSS.",
    ),
    (Declarations, "*", "style", "Declarations, judged as CSS."),
];
