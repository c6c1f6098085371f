import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report } from "../../src/net/wire.ts";
import { groupsOf, headlinesOf } from "../../src/state/protection.ts";
import { GROUPS, REASONS } from "../../src/state/reasons.ts";
import known from "../reasons.json";

test("every reason of the server has words, and there are words for no other", () => {
  assert.deepEqual([...REASONS.keys()].sort(), known);
});

test("the words are plain", () => {
  const all = [...REASONS.values()].map(({ words }) => words);
  for (const { one, many, note } of Object.values(GROUPS)) all.push(one, many, note);
  for (const words of all) assert.doesNotMatch(words, /[!:_@]|DOM|token|WebSocket|co-browse|attribute|CSS|URL/i);
});

const report = (rules: [string, string, number][], counts: Partial<Report> = {}): Report => {
  const sum = (kind: string) => rules.reduce((total, [of, , count]) => total + (of === kind ? count : 0), 0);
  return {
    masked: sum("masked"),
    blocked: sum("blocked"),
    removed: sum("removed"),
    refused: 0,
    rules: rules.map(([kind, rule, count]) => ({ kind, rule, count })),
    ...counts,
  };
};

const HEADLINES: [string, Report, string][] = [
  ["nothing", report([]), ""],
  [
    "one and many, in a fixed order",
    report([
      ["removed", "url:not-allowed", 1],
      ["removed", "element:script", 2],
      ["masked", "#balance", 3],
    ]),
    "3 parts masked · 2 scripts removed · 1 file not allowed",
  ],
  [
    "reasons of one kind together",
    report([
      ["removed", "css:syntax", 1],
      ["removed", "css:bad-token", 2],
    ]),
    "3 styles left out",
  ],
  ["a reason of a newer server", report([["removed", "weather:rain", 4]]), "4 other things left out"],
  ["counts without rules", report([], { masked: 1, removed: 2 }), "1 part masked · 2 other things left out"],
];

for (const [what, given, headlines] of HEADLINES) {
  test(`protection: ${what}`, () => assert.equal(headlinesOf(given).replaceAll("\u00a0", " "), headlines));
}

const ROWS: [string, [string, string, number][], unknown][] = [
  [
    "the operator's rule is named as it was written, the largest first",
    [
      ["masked", "fixed:password", 1],
      ["masked", "#balance", 2],
    ],
    [
      { words: "", rule: "#balance", count: 2 },
      { words: "Password fields", rule: "", count: 1 },
    ],
  ],
  [
    "the same words once",
    [
      ["removed", "css:syntax", 1],
      ["removed", "css:bad-token", 2],
    ],
    [{ words: "Styles that cannot be read", rule: "", count: 3 }],
  ],
  [
    "no raw reason, also of a newer server",
    [
      ["blocked", "fixed:hologram", 1],
      ["blocked", "inherited", 1],
    ],
    [{ words: "Kept back to be on the safe side", rule: "", count: 2 }],
  ],
];

for (const [what, rules, rows] of ROWS) {
  test(`protection, opened: ${what}`, () => assert.deepEqual(groupsOf(report(rules))[0]?.rows, rows));
}
