// Formulas keep their shape: they come as elements that a browser does not know.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { element, keyframe, text } from "../fake/recording.mjs";
import { desk, launch, sees, watch } from "./harness.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

let last = 100;
const sign = (name, ...inside) => {
  last += 1;
  const id = last;
  return element(
    id,
    name,
    {},
    inside.map((each) => (typeof each === "string" ? text(++last, each) : each)),
  );
};

const fraction = sign("mfrac", sign("mi", "a"), sign("mn", "2"));
const power = sign("msup", sign("mi", "x"), sign("mn", "3"));
const sum = sign("munderover", sign("mo", "∑"), sign("mi", "i"), sign("mi", "n"));
const root = sign("msqrt", sign("mi", "y"));
const source = sign("annotation", "\\frac a2 + x^3");
const formula = sign("math", sign("semantics", sign("mrow", fraction, sign("mo", "+"), power, sum, root), source));

/** Where the middle of each element is, in the order of the list. */
const middles = (page, selectors) =>
  page.evaluate((list) => {
    const { contentDocument } = document.querySelector(".layer:not(.layer-next) iframe");
    return list.map((selector) => {
      const { left, top, width, height } = contentDocument.querySelector(selector).getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2, height };
    });
  }, selectors);

test("fractions, powers and sums are laid out, and a formula's source does not show", { timeout: 60_000 }, async () => {
  const at = await desk(browser, { events: keyframe({ extra: [formula] }) });
  try {
    await watch(at);
    await sees(at.page, "∑");
    const places =
      "mfrac > mi, mfrac > mn, msup > mi, msup > mn, munderover > :nth-child(2), munderover > :nth-child(3)";
    const [over, under, base, raised, from, to] = await middles(at.page, places.split(", "));
    assert.ok(over.y + over.height <= under.y + 1, "a fraction's parts stand one over the other");
    assert.ok(raised.y < base.y, "a power stands above");
    assert.ok(to.y < from.y, "a sum begins below and ends above");
    const [hidden] = await middles(at.page, ["annotation"]);
    assert.equal(hidden.height, 0);
    assert.deepEqual(at.problems, []);
  } finally {
    await at.close();
  }
});
