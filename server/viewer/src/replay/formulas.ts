// How formulas show. A recording does not say that they are MathML, so the player builds elements of these names that mean
// nothing to a browser. These rules lay out what is met most; `:where` leaves the page's own rules the last word.

/** One rule a line: what it is for stands in its selector. */
export const FORMULA_RULES = [
  ":where(math) { display: inline-block; font-family: math, serif; line-height: 1.2; white-space: nowrap }",
  ':where(math[display="block"]) { display: block; text-align: center; margin: 1em 0 }',
  ":where(math mi) { font-style: italic }",
  ':where(math mi[mathvariant="normal"]) { font-style: normal }',
  ":where(math mo) { margin: 0 0.2em }",
  ':where(math mo[stretchy="false"], math mo[fence], math mo[separator]) { margin: 0 }',
  ":where(math mfrac) { display: inline-flex; flex-direction: column; align-items: stretch; vertical-align: middle; text-align: center }",
  ":where(math mfrac > *) { padding: 0 0.2em }",
  ":where(math mfrac > :nth-child(2)) { border-top: 1px solid }",
  ":where(math msup > :nth-child(2), math msubsup > :nth-child(3)) { vertical-align: super; font-size: 0.7em }",
  ":where(math msub > :nth-child(2), math msubsup > :nth-child(2)) { vertical-align: sub; font-size: 0.7em }",
  ":where(math munder, math mover, math munderover) { display: inline-flex; flex-direction: column; align-items: center; vertical-align: middle }",
  ":where(math mover > :nth-child(2), math munderover > :nth-child(3)) { order: -1 }",
  ":where(math munder > :nth-child(2), math mover > :nth-child(2), math munderover > :not(:first-child)) { font-size: 0.7em }",
  ":where(math msqrt, math mroot) { display: inline-block; border-top: 1px solid }",
  ':where(math msqrt, math mroot)::before { content: "√" }',
  ":where(math mroot) { display: inline-flex; align-items: flex-end }",
  ":where(math mroot > :nth-child(2)) { order: -1; align-self: flex-start; font-size: 0.6em }",
  ":where(math mtable) { display: inline-table; vertical-align: middle }",
  ":where(math mtr) { display: table-row }",
  ":where(math mtd) { display: table-cell; padding: 0.2em 0.4em; text-align: center }",
  ":where(math mphantom) { visibility: hidden }",
  ":where(math semantics > :not(:first-child), math annotation) { display: none }",
];
