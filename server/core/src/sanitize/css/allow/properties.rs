//! The CSS properties that pass, by what they do. A row here is the whole policy: an unknown property is dropped.
//!
//! None of them runs anything, and every URL in their values is sealed or gone whatever the property. Left out on purpose:
//! `behavior` and `-moz-binding` (they ran code), `-webkit-user-modify` (makes the picture editable), `app-region`
//! and `window-drag` (move the agent's window), `interactivity` and `interest-*` (act on the agent's pointer),
//! `view-transition-*` (lives outside the page's own tree), and `-ms-*`, `-o-*`, `-khtml-*`, which no browser reads.

/// Names that stand apart by white space, and why; the order means nothing.
pub(super) const PROPERTIES: &[(&str, &str)] = &[
    (
        "-webkit-align-content -webkit-align-items -webkit-align-self -webkit-animation -webkit-animation-delay \
         -webkit-animation-direction -webkit-animation-duration -webkit-animation-fill-mode \
         -webkit-animation-iteration-count -webkit-animation-name -webkit-animation-play-state \
         -webkit-animation-timing-function -webkit-appearance -webkit-backdrop-filter -webkit-backface-visibility \
         -webkit-background-attachment -webkit-background-clip -webkit-background-composite \
         -webkit-background-origin -webkit-background-size -webkit-border-after -webkit-border-after-color \
         -webkit-border-after-style -webkit-border-after-width -webkit-border-before -webkit-border-before-color \
         -webkit-border-before-style -webkit-border-before-width -webkit-border-bottom-left-radius \
         -webkit-border-bottom-right-radius -webkit-border-end -webkit-border-end-color -webkit-border-end-style \
         -webkit-border-end-width -webkit-border-fit -webkit-border-horizontal-spacing -webkit-border-image \
         -webkit-border-radius -webkit-border-start -webkit-border-start-color -webkit-border-start-style \
         -webkit-border-start-width -webkit-border-top-left-radius -webkit-border-top-right-radius \
         -webkit-border-vertical-spacing -webkit-box-align -webkit-box-decoration-break -webkit-box-direction \
         -webkit-box-flex -webkit-box-flex-group -webkit-box-lines -webkit-box-ordinal-group -webkit-box-orient \
         -webkit-box-pack -webkit-box-reflect -webkit-box-shadow -webkit-box-sizing -webkit-clip-path \
         -webkit-column-axis -webkit-column-break-after -webkit-column-break-before -webkit-column-break-inside \
         -webkit-column-count -webkit-column-fill -webkit-column-gap -webkit-column-rule \
         -webkit-column-rule-color -webkit-column-rule-style -webkit-column-rule-width -webkit-column-span \
         -webkit-column-width -webkit-columns -webkit-filter -webkit-flex -webkit-flex-basis \
         -webkit-flex-direction -webkit-flex-flow -webkit-flex-grow -webkit-flex-shrink -webkit-flex-wrap \
         -webkit-font-feature-settings -webkit-font-kerning -webkit-font-smoothing -webkit-font-variant-ligatures \
         -webkit-hyphenate-character -webkit-hyphenate-limit-after -webkit-hyphenate-limit-before \
         -webkit-hyphenate-limit-lines -webkit-hyphens -webkit-image-rendering -webkit-initial-letter \
         -webkit-justify-content -webkit-line-box-contain -webkit-line-break -webkit-line-clamp -webkit-line-grid \
         -webkit-line-snap -webkit-locale -webkit-logical-height -webkit-logical-width -webkit-margin-after \
         -webkit-margin-before -webkit-margin-bottom-collapse -webkit-margin-collapse -webkit-margin-end \
         -webkit-margin-start -webkit-margin-top-collapse -webkit-marquee -webkit-mask -webkit-mask-attachment \
         -webkit-mask-box-image -webkit-mask-box-image-outset -webkit-mask-box-image-repeat \
         -webkit-mask-box-image-slice -webkit-mask-box-image-source -webkit-mask-box-image-width \
         -webkit-mask-clip -webkit-mask-composite -webkit-mask-image -webkit-mask-origin -webkit-mask-position \
         -webkit-mask-position-x -webkit-mask-position-y -webkit-mask-repeat -webkit-mask-repeat-x \
         -webkit-mask-repeat-y -webkit-mask-size -webkit-mask-source-type -webkit-max-logical-height \
         -webkit-max-logical-width -webkit-min-logical-height -webkit-min-logical-width -webkit-nbsp-mode \
         -webkit-object-fit -webkit-opacity -webkit-order -webkit-overflow-scrolling -webkit-padding-after \
         -webkit-padding-before -webkit-padding-end -webkit-padding-start -webkit-perspective \
         -webkit-perspective-origin -webkit-perspective-origin-x -webkit-perspective-origin-y \
         -webkit-print-color-adjust -webkit-rtl-ordering -webkit-ruby-position -webkit-shape-image-threshold \
         -webkit-shape-margin -webkit-shape-outside -webkit-tap-highlight-color -webkit-text-combine \
         -webkit-text-decoration -webkit-text-decoration-color -webkit-text-decoration-line \
         -webkit-text-decoration-skip -webkit-text-decoration-style -webkit-text-emphasis \
         -webkit-text-emphasis-color -webkit-text-emphasis-position -webkit-text-emphasis-style \
         -webkit-text-fill-color -webkit-text-orientation -webkit-text-security -webkit-text-size-adjust \
         -webkit-text-stroke -webkit-text-stroke-color -webkit-text-stroke-width -webkit-text-underline-position \
         -webkit-text-zoom -webkit-touch-callout -webkit-transform -webkit-transform-origin \
         -webkit-transform-origin-x -webkit-transform-origin-y -webkit-transform-origin-z -webkit-transform-style \
         -webkit-transition -webkit-transition-delay -webkit-transition-duration -webkit-transition-property \
         -webkit-transition-timing-function -webkit-user-drag -webkit-user-select -webkit-writing-mode",
        "Prefixed names that Chromium and Safari still read.",
    ),
    (
        "-moz-animation -moz-animation-delay -moz-animation-direction -moz-animation-duration \
         -moz-animation-fill-mode -moz-animation-iteration-count -moz-animation-name -moz-animation-play-state \
         -moz-animation-timing-function -moz-appearance -moz-backface-visibility -moz-background-clip \
         -moz-background-origin -moz-background-size -moz-border-end -moz-border-end-color -moz-border-end-style \
         -moz-border-end-width -moz-border-image -moz-border-radius -moz-border-radius-bottomleft \
         -moz-border-radius-bottomright -moz-border-radius-topleft -moz-border-radius-topright -moz-border-start \
         -moz-border-start-color -moz-border-start-style -moz-border-start-width -moz-box-align \
         -moz-box-direction -moz-box-flex -moz-box-ordinal-group -moz-box-orient -moz-box-pack -moz-box-shadow \
         -moz-box-sizing -moz-column-count -moz-column-fill -moz-column-gap -moz-column-rule \
         -moz-column-rule-color -moz-column-rule-style -moz-column-rule-width -moz-column-span -moz-column-width \
         -moz-columns -moz-float-edge -moz-font-feature-settings -moz-font-language-override \
         -moz-force-broken-image-icon -moz-hyphens -moz-margin-end -moz-margin-start -moz-opacity -moz-orient \
         -moz-osx-font-smoothing -moz-outline -moz-outline-radius -moz-padding-end -moz-padding-start \
         -moz-perspective -moz-perspective-origin -moz-tab-size -moz-text-align-last -moz-text-decoration-color \
         -moz-text-decoration-line -moz-text-decoration-style -moz-text-size-adjust -moz-transform \
         -moz-transform-origin -moz-transform-style -moz-transition -moz-transition-delay \
         -moz-transition-duration -moz-transition-property -moz-transition-timing-function -moz-user-focus \
         -moz-user-input -moz-user-select",
        "Prefixed names that Firefox reads or once read; others ignore them.",
    ),
    (
        "animation animation-composition animation-delay animation-direction animation-duration \
         animation-fill-mode animation-iteration-count animation-name animation-play-state animation-range \
         animation-range-end animation-range-start animation-timeline animation-timing-function offset \
         offset-anchor offset-distance offset-path offset-position offset-rotate scroll-timeline \
         scroll-timeline-axis scroll-timeline-name timeline-scope transition transition-behavior transition-delay \
         transition-duration transition-property transition-timing-function view-timeline view-timeline-axis \
         view-timeline-inset view-timeline-name",
        "Movement over time and by scrolling. Nothing is fetched, and the page behind the picture never runs.",
    ),
    (
        "font font-family font-feature-settings font-kerning font-language-override font-optical-sizing \
         font-palette font-size font-size-adjust font-smooth font-stretch font-style font-synthesis \
         font-synthesis-position font-synthesis-small-caps font-synthesis-style font-synthesis-weight \
         font-variant font-variant-alternates font-variant-caps font-variant-east-asian font-variant-emoji \
         font-variant-ligatures font-variant-numeric font-variant-position font-variation-settings font-weight \
         font-width",
        "How letters are chosen and shaped; the fonts themselves come by `@font-face`.",
    ),
    (
        "alignment-baseline baseline-shift baseline-source direction dominant-baseline \
         glyph-orientation-horizontal glyph-orientation-vertical hanging-punctuation hyphenate-character \
         hyphenate-limit-chars hyphenate-limit-lines hyphenate-limit-zone hyphens ime-mode initial-letter \
         initial-letter-align letter-spacing line-break line-clamp line-height math-depth math-shift math-style \
         orphans overflow-wrap quotes ruby-align ruby-merge ruby-overhang ruby-position speak tab-size text-align \
         text-align-last text-anchor text-autospace text-box text-box-edge text-box-trim text-combine-upright \
         text-decoration text-decoration-color text-decoration-line text-decoration-skip text-decoration-skip-box \
         text-decoration-skip-ink text-decoration-style text-decoration-thickness text-emphasis \
         text-emphasis-color text-emphasis-position text-emphasis-style text-fit text-indent text-justify \
         text-orientation text-overflow text-rendering text-shadow text-size-adjust text-spacing \
         text-spacing-trim text-transform text-underline-mode text-underline-offset text-underline-position \
         text-wrap text-wrap-mode text-wrap-style unicode-bidi user-select vertical-align white-space \
         white-space-collapse white-space-trim widows word-break word-spacing word-wrap writing-mode",
        "How lines of text are set.",
    ),
    (
        "accent-color background background-attachment background-blend-mode background-clip background-color \
         background-image background-origin background-position background-position-x background-position-y \
         background-repeat background-repeat-x background-repeat-y background-size border border-block \
         border-block-color border-block-end border-block-end-color border-block-end-style border-block-end-width \
         border-block-start border-block-start-color border-block-start-style border-block-start-width \
         border-block-style border-block-width border-bottom border-bottom-color border-bottom-left-radius \
         border-bottom-right-radius border-bottom-style border-bottom-width border-collapse border-color \
         border-end-end-radius border-end-start-radius border-image border-image-outset border-image-repeat \
         border-image-slice border-image-source border-image-width border-inline border-inline-color \
         border-inline-end border-inline-end-color border-inline-end-style border-inline-end-width \
         border-inline-start border-inline-start-color border-inline-start-style border-inline-start-width \
         border-inline-style border-inline-width border-left border-left-color border-left-style \
         border-left-width border-radius border-right border-right-color border-right-style border-right-width \
         border-spacing border-start-end-radius border-start-start-radius border-style border-top \
         border-top-color border-top-left-radius border-top-right-radius border-top-style border-top-width \
         border-width box-decoration-break box-shadow caret-animation caret-color caret-shape color color-adjust \
         color-interpolation color-interpolation-filters color-rendering color-scheme corner-block-end-shape \
         corner-block-start-shape corner-bottom-left-shape corner-bottom-right-shape corner-bottom-shape \
         corner-end-end-shape corner-end-start-shape corner-inline-end-shape corner-inline-start-shape \
         corner-left-shape corner-right-shape corner-shape corner-start-end-shape corner-start-start-shape \
         corner-top-left-shape corner-top-right-shape corner-top-shape dynamic-range-limit forced-color-adjust \
         image-orientation image-rendering image-resolution isolation mix-blend-mode object-fit object-position \
         object-view-box opacity outline outline-color outline-offset outline-style outline-width \
         print-color-adjust",
        "Backgrounds, borders, shadows and colours; pictures in them go through the sealer.",
    ),
    (
        "backdrop-filter buffered-rendering clip clip-path clip-rule cx cy d fill fill-opacity fill-rule filter \
         flood-color flood-opacity lighting-color marker marker-end marker-mid marker-start mask mask-border \
         mask-border-mode mask-border-outset mask-border-repeat mask-border-slice mask-border-source \
         mask-border-width mask-clip mask-composite mask-image mask-mode mask-origin mask-position \
         mask-position-x mask-position-y mask-repeat mask-size mask-type paint-order r rx ry \
         shape-image-threshold shape-margin shape-outside shape-rendering stop-color stop-opacity stroke \
         stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity \
         stroke-width vector-effect x y",
        "Masks, filters, clipping and SVG painting; references to `url(#id)` stay on the page.",
    ),
    (
        "align-content align-items align-self anchor-name anchor-scope box-align box-direction box-flex \
         box-orient box-pack box-sizing caption-side clear column-count column-fill column-gap column-height \
         column-rule column-rule-break column-rule-color column-rule-style column-rule-width column-span \
         column-width column-wrap columns contain contain-intrinsic-block-size contain-intrinsic-height \
         contain-intrinsic-inline-size contain-intrinsic-size contain-intrinsic-width container container-name \
         container-type empty-cells flex flex-basis flex-direction flex-flow flex-grow flex-shrink flex-wrap \
         float gap grid grid-area grid-auto-columns grid-auto-flow grid-auto-rows grid-column grid-column-end \
         grid-column-gap grid-column-start grid-gap grid-row grid-row-end grid-row-gap grid-row-start \
         grid-template grid-template-areas grid-template-columns grid-template-rows inset-area justify-content \
         justify-items justify-self order place-content place-items place-self position-anchor position-area \
         position-try position-try-fallbacks position-try-options position-try-order position-visibility \
         reading-flow reading-order row-gap row-rule row-rule-break row-rule-color row-rule-style row-rule-width \
         rule rule-break rule-color rule-overlap rule-style rule-width table-layout",
        "Flex, grid, columns, anchors and tables.",
    ),
    (
        "interpolate-size overflow overflow-anchor overflow-block overflow-clip-margin overflow-clip-margin-block \
         overflow-clip-margin-inline overflow-inline overflow-x overflow-y overscroll-behavior \
         overscroll-behavior-block overscroll-behavior-inline overscroll-behavior-x overscroll-behavior-y resize \
         scroll-axis-lock scroll-behavior scroll-initial-target scroll-margin scroll-margin-block \
         scroll-margin-block-end scroll-margin-block-start scroll-margin-bottom scroll-margin-inline \
         scroll-margin-inline-end scroll-margin-inline-start scroll-margin-left scroll-margin-right \
         scroll-margin-top scroll-marker-group scroll-padding scroll-padding-block scroll-padding-block-end \
         scroll-padding-block-start scroll-padding-bottom scroll-padding-inline scroll-padding-inline-end \
         scroll-padding-inline-start scroll-padding-left scroll-padding-right scroll-padding-top \
         scroll-snap-align scroll-snap-stop scroll-snap-type scroll-target-group scrollbar-color scrollbar-gutter \
         scrollbar-width touch-action",
        "Where and how a box scrolls.",
    ),
    (
        "all appearance aspect-ratio backface-visibility block-size bottom break-after break-before break-inside \
         content content-visibility counter-increment counter-reset counter-set cursor display field-sizing \
         height inline-size inset inset-block inset-block-end inset-block-start inset-inline inset-inline-end \
         inset-inline-start left list-style list-style-image list-style-position list-style-type margin \
         margin-block margin-block-end margin-block-start margin-bottom margin-inline margin-inline-end \
         margin-inline-start margin-left margin-right margin-top margin-trim max-block-size max-height \
         max-inline-size max-width min-block-size min-height min-inline-size min-width overlay padding \
         padding-block padding-block-end padding-block-start padding-bottom padding-inline padding-inline-end \
         padding-inline-start padding-left padding-right padding-top page page-break-after page-break-before \
         page-break-inside page-margin-safety page-orientation perspective perspective-origin pointer-events \
         position right rotate scale size top transform transform-box transform-origin transform-style translate \
         visibility width will-change z-index zoom",
        "Size and place of a box, what it shows, how it is transformed and printed.",
    ),
];
