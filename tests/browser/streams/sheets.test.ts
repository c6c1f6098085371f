// Style sheets that scripts change rule by rule, at any depth: a stock player that followed has in Chromium the very rules
// that one has who comes late.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launch } from "../support/browser.ts";
import { Demo } from "../support/demo.ts";
import { RawAgent, RawCustomer } from "../support/protocol.ts";
import { StockPlayer } from "../support/stock.ts";
import { EVENT, type ReplayEvent } from "../support/wire.ts";

const STYLE = 10;
const SHEET = 7;
const RULES = [
  "a { color: red; top: 0 }",
  "a { color: red; &:hover { top: 0 } left: 0; b & { top: 1px } }",
  "@media print { b { top: 0 } c { left: 0; color: blue } }",
  '@supports (display: grid) { @media screen { d { top: 0 } } e { content: "}" } }',
  "@media print { @foo { x { y: z } } f:hover { color: red } }",
  "@layer l { @container (width > 1px) { g { top: 0 } } }",
  "@keyframes k { from { top: 0 } to { top: 1px } }",
  "@media screen { a:not(:hover) { top: 0 } }",
  "@foo { a { color: red } }",
];
const SETS = [
  { property: "color", value: "green" },
  { property: "background", value: "blue", priority: "important" },
  { property: "background-color", value: "none of these" },
  { property: "--x", value: "1px solid" },
  { property: "color", value: null },
];

let demo: Demo;
let browser: Browser;
before(async () => {
  demo = await Demo.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`sheets changed by script are the same for all, history ${seed}`, { timeout: 60_000 }, async () => {
    const customer = await RawCustomer.begins(demo);
    const agent = await RawAgent.signsIn(demo);
    await agent.joins(customer.code);
    await customer.opens("sheets");
    customer.sends(page());
    await customer.applied();
    const early = await agent.watches(customer.session);
    await early.settled();
    for (const data of history(seed)) customer.sends([{ type: EVENT.incremental, data, timestamp: 2000 }]);
    await customer.applied();
    await early.settled();
    const second = await agent.watches(customer.session);
    const late = await second.keyframe();
    const player = await StockPlayer.open(browser);
    try {
      await player.plays("live", early.frames);
      await player.plays("late", [late]);
      const [live, wanted] = [await player.state("live"), await player.state("late")];
      assert.ok(JSON.stringify(wanted).includes("--x"), "declarations came through");
      assert.deepEqual(live, wanted);
      assert.deepEqual([...player.exceptions, ...(await player.problems("live"))], []);
    } finally {
      await player.close();
      early.leaves();
      second.leaves();
      customer.leaves();
    }
  });
}

function page(): ReplayEvent[] {
  const element = (id: number, tagName: string, childNodes: unknown[], attributes = {}) => {
    return { type: 2, id, tagName, attributes, childNodes };
  };
  const style = element(STYLE, "style", [], { _cssText: RULES.slice(0, 4).join("\n") });
  const body = element(4, "body", [{ type: 3, id: 5, textContent: "page" }]);
  const node = { type: 0, id: 1, childNodes: [element(2, "html", [element(3, "head", [style]), body])] };
  const adopted = {
    source: 15,
    id: 1,
    styleIds: [SHEET],
    styles: [{ styleId: SHEET, rules: [{ rule: RULES[2], index: 0 }] }],
  };
  return [
    { type: EVENT.meta, data: { href: demo.shop, width: 800, height: 600 }, timestamp: 1000 },
    { type: EVENT.fullSnapshot, data: { node, initialOffset: { left: 0, top: 0 } }, timestamp: 1001 },
    { type: EVENT.incremental, data: adopted, timestamp: 1002 },
  ] as unknown as ReplayEvent[];
}

/** What scripts did, in the recorder's form; the same for the same seed. */
function history(seed: number): Record<string, unknown>[] {
  let state = seed;
  const below = (count: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const path = () => [below(4), below(3), below(2)].slice(0, 1 + below(3));
  const steps = Array.from({ length: 60 }, () => {
    const sheet = below(2) ? { id: STYLE } : { styleId: SHEET };
    const at = path();
    switch (below(5)) {
      case 0:
      case 1:
        return { source: 8, ...sheet, adds: [{ rule: pick(RULES), index: at.length > 1 ? at : at[0] }] };
      case 2:
        return { source: 8, ...sheet, removes: [{ index: at.length > 1 ? at : at[0] }] };
      case 3:
        return { source: 13, ...sheet, index: at, remove: { property: "color" } };
      default:
        return { source: 13, ...sheet, index: at, set: pick(SETS) };
    }
  });
  const last = { source: 8, id: STYLE, adds: [{ rule: RULES[0], index: 0 }] };
  return [...steps, last, { source: 13, id: STYLE, index: [0], set: { property: "--x", value: "2px" } }];
}
