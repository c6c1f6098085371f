import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../src/limits.ts";
import type { Participant } from "../../src/net/wire.ts";
import { type History, NO_HISTORY, written } from "../../src/state/history.ts";
import { INITIAL, type SessionState } from "../../src/state/session.ts";
import { LOG_WORDS } from "../../src/state/wording.ts";
import { lastedWords, spanWords } from "../../src/ui/words.ts";

type Change = Partial<SessionState>;

/** The history after these changes of state, one a second. */
function after(...changes: Change[]): History {
  let [state, history] = [INITIAL, NO_HISTORY];
  changes.forEach((change, second) => {
    const next = { ...state, ...change };
    history = written(history, state, next, second * 1_000);
    state = next;
  });
  return history;
}

const lines = (history: History) => history.entries.map(({ what, text }) => `${what} ${text}`.trim());
const people = (...names: string[]): Change => ({
  participants: names.map((name): Participant => ({ name, role: "agent" })),
});
const page = (url: string): Change => ({ page: { url, title: "Secret title" } });
const OPEN: Change = { link: { phase: "open" } };
const LOST: Change = { link: { phase: "retrying", retry: "plain" } };
const OVER: Change = { link: { phase: "stopped", cause: "ended" } };

const LOGS: [string, Change[], string[]][] = [
  [
    "who is there, comes and goes",
    [OPEN, people("ann", "ben"), people("ann", "cy")],
    ["here ann", "here ben", "joined cy", "left ben"],
  ],
  [
    "one name twice",
    [OPEN, people("ann"), people("ann", "ann"), people("ann")],
    ["here ann", "joined ann", "left ann"],
  ],
  ["a loss", [OPEN, LOST, LOST, OPEN], ["lost", "back"]],
  ["what was before the first connection is not told", [LOST, OPEN], []],
  [
    "pages, by their address alone",
    [OPEN, page("https://a.example/1"), page("https://a.example/1"), page("")],
    ["page https://a.example/1"],
  ],
  [
    "the customer's pauses and absences",
    (["live", "paused", "live", "away", "live"] as const).map((customerState) => ({ ...OPEN, customerState })),
    ["paused", "resumed", "away", "returned"],
  ],
  [
    "a picture that waits, and what it finds when it goes on",
    (["live", "stalled", "live", "stalled", "away"] as const).map((customerState) => ({ ...OPEN, customerState })),
    ["stalled", "flowing", "stalled", "away"],
  ],
  [
    "for whom the website vouches",
    ["Jane", "Jane", "Joan", "", "Joan"].map((name) => ({
      ...OPEN,
      customer: { verified: name !== "", attributes: { name } },
    })),
    ["verified Jane", "verified Joan", "unverified", "verified Joan"],
  ],
  ["the end, once", [OPEN, OVER, OVER], ["over This session has ended"]],
];

for (const [what, changes, expected] of LOGS) {
  test(`log: ${what}`, () => assert.deepEqual(lines(after(...changes)), expected));
}

test("a change that is not worth a word leaves the history as it is", () => {
  const state = { ...INITIAL, ...OPEN };
  const history = after(OPEN);
  assert.equal(written(history, state, { ...state, rtt_ms: 20 }, 9_000), history);
});

test("a receipt knows from when until when, everyone and every page once", () => {
  const history = after(
    LOST,
    OPEN,
    people("ann"),
    page("https://a.example/1"),
    page("https://a.example/2"),
    page("https://a.example/1"),
    people("ann", "ben"),
    people("ann"),
    people("ann", "ben"),
    OVER,
  );
  const { since_ms, until_ms, people: watched, pages } = history;
  assert.deepEqual([since_ms, until_ms], [1_000, 9_000]);
  assert.deepEqual(watched, ["ann", "ben"]);
  assert.deepEqual(pages, ["https://a.example/1", "https://a.example/2"]);
});

test("a session that was never open has nothing to tell", () => assert.equal(after(LOST, OVER), NO_HISTORY));

test("neither the log nor the receipt grows without end", () => {
  const visits = Array.from({ length: 1_000 }, (_, count) => page(`https://a.example/${count}`));
  const { entries, pages } = after(OPEN, ...visits);
  assert.deepEqual([entries.length, pages.length], [LIMITS.log_entries_max, LIMITS.receipt_names_max]);
  assert.equal(entries.at(-1)?.text, "https://a.example/999");
});

test("every line has plain words", () => {
  for (const words of Object.values(LOG_WORDS)) {
    assert.match(words("ann"), /^\w[^!]+$/);
  }
});

test("how long, and from when until when", () => {
  const minute_ms = 60_000;
  assert.deepEqual([10_000, minute_ms, 27 * minute_ms, 60 * minute_ms, 95 * minute_ms].map(lastedWords), [
    "less than a minute",
    "1 minute",
    "27 minutes",
    "1 h",
    "1 h 35 min",
  ]);
  const noon_ms = new Date(2026, 0, 1, 12).getTime();
  const parts = (until_ms: number) => spanWords(noon_ms, until_ms).match(/2026/g)?.length;
  assert.deepEqual([parts(noon_ms + minute_ms), parts(noon_ms + 24 * 60 * minute_ms)], [1, 2], "the day is said once");
});
