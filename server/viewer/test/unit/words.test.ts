import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionEntry } from "../../src/net/api.ts";
import { readCanvasPicture } from "../../src/replay/canvas.ts";
import { RebuildBudget } from "../../src/replay/watchdog.ts";
import { INITIAL, type SessionState } from "../../src/state/session.ts";
import { describe, qualityOf } from "../../src/state/status.ts";
import { digitsOf } from "../../src/ui/code.tsx";
import { readRoute, sessionHref } from "../../src/ui/route.ts";
import { inOrder, matches } from "../../src/ui/sessions.ts";
import { hostOf, sinceWords, waitWords } from "../../src/ui/words.ts";
import { scaleFor, stepZoom } from "../../src/ui/zoom.tsx";

const OPEN: Partial<SessionState> = { link: { phase: "open" } };

const STATES: [string, Partial<SessionState>, string][] = [
  ["before the first socket", {}, "connecting"],
  ["connected, no page yet", OPEN, "waiting"],
  ["a picture", { ...OPEN, shown: true, customerState: "live" }, "live"],
  ["paused", { ...OPEN, shown: true, customerState: "paused" }, "paused"],
  ["a new page is coming", { ...OPEN, shown: true, customerState: "waiting" }, "catching-up"],
  ["full", { link: { phase: "stopped", cause: "full" } }, "full"],
  ["elsewhere", { ...OPEN, shown: true, customerState: "away" }, "away"],
  ["a newer picture is coming", { ...OPEN, shown: true, catchingUp: true }, "catching-up"],
  ["lost", { link: { phase: "retrying", retry: "plain" }, shown: true }, "reconnecting"],
  ["lost while paused", { link: { phase: "retrying", retry: "plain" }, customerState: "paused" }, "reconnecting"],
  ["drained", { link: { phase: "retrying", retry: "draining" } }, "draining"],
  ["too fast", { link: { phase: "retrying", retry: "flood" } }, "busy"],
  ["not allowed", { link: { phase: "stopped", cause: "denied" } }, "denied"],
  ["ended", { link: { phase: "stopped", cause: "ended" } }, "ended"],
  ["idle", { link: { phase: "stopped", cause: "idle" } }, "idle"],
  ["not sealed", { link: { phase: "stopped", cause: "left" }, failure: "unsafe" }, "unsafe"],
];

for (const [what, change, name] of STATES) {
  test(`status: ${what}`, () => {
    const status = describe({ ...INITIAL, ...change });
    assert.equal(status.name, name);
    assert.ok(status.label && status.title, "every state has words");
    assert.ok(status.place === "none" || status.detail, "and says what to do");
    assert.doesNotMatch(`${status.title} ${status.detail}`, /[!]|DOM|token|WebSocket|co-browse/i);
  });
}

test("an end says why, also for a reason not known here", () => {
  const ended = (endReason: string) =>
    describe({ ...INITIAL, link: { phase: "stopped", cause: "ended" }, endReason }).detail;
  assert.equal(ended("customer"), "The customer stopped sharing.");
  assert.equal(ended("comet"), ended(""));
});

test("the connection's quality", () => {
  const at = (rtt_ms: number, lag_ms: number) => qualityOf({ ...INITIAL, ...OPEN, rtt_ms, lag_ms });
  assert.deepEqual([at(30, 50), at(900, 50), at(30, 3_000), qualityOf(INITIAL)], ["good", "slow", "slow", "lost"]);
});

test("a picture is rebuilt a bounded number of times a minute", () => {
  let now = 0;
  const budget = new RebuildBudget(2, () => now);
  assert.deepEqual([budget.take(), budget.take(), budget.take()], [true, true, false]);
  now = 60_000;
  assert.deepEqual([budget.take(), budget.take(), budget.take()], [true, true, false]);
});

const GIF = "R0lGODlhAQABAAAAACw=";
const PICTURES: [string, unknown, boolean][] = [
  ["a picture", { tag: "vitrine.canvas", payload: { id: 7, image: `data:image/png;base64,${GIF}` } }, true],
  ["another tag", { tag: "other", payload: { id: 7, image: `data:image/png;base64,${GIF}` } }, false],
  ["an address", { tag: "vitrine.canvas", payload: { id: 7, image: "https://a.example/x.png" } }, false],
  [
    "a drawing that could hold more",
    { tag: "vitrine.canvas", payload: { id: 7, image: `data:image/svg+xml;base64,${GIF}` } },
    false,
  ],
  ["no payload", { tag: "vitrine.canvas" }, false],
  ["nothing", undefined, false],
];

for (const [what, data, taken] of PICTURES) {
  test(`canvas: ${what}`, () => assert.equal(readCanvasPicture(data) !== null, taken));
}

test("the code takes digits in any dress", () => {
  assert.equal(digitsOf(" 123-456 789 0", 9), "123456789");
  assert.equal(digitsOf("12a", 9), "12");
});

test("places in the address", () => {
  assert.deepEqual(readRoute(sessionHref("a b/c")), { place: "session", session: "a b/c" });
  for (const hash of ["", "#/", "#/session/", "#/session/a/b", "#/session/%E0%A4"])
    assert.deepEqual(readRoute(hash), { place: "lobby" });
});

test("sizes", () => {
  assert.equal(scaleFor("fit", { width: 1000, height: 500 }, { width: 500, height: 500 }), 0.5);
  assert.equal(scaleFor("fit", { width: 400, height: 300 }, { width: 900, height: 900 }), 1, "never larger than it is");
  assert.equal(scaleFor("fit", { width: 0, height: 0 }, { width: 900, height: 900 }), 1);
  assert.equal(scaleFor(1.5, { width: 400, height: 300 }, { width: 90, height: 90 }), 1.5);
  assert.deepEqual([stepZoom(0.42, 1), stepZoom(0.42, -1), stepZoom(2, 1), stepZoom(0.25, -1)], [0.5, 0.33, 2, 0.25]);
});

test("times", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");
  const since = (text: string) => sinceWords(text, now);
  assert.deepEqual([since("2026-01-01T11:59:40Z"), since("2026-01-01T11:13:00Z")], ["just now", "47 min"]);
  assert.deepEqual(
    [since("2026-01-01T10:00:00Z"), since("2026-01-01T09:30:00Z"), since("?")],
    ["2 h", "2 h 30 min", ""],
  );
  assert.deepEqual(
    [waitWords(0), waitWords(1_000), waitWords(30_000), waitWords(200_000)],
    ["a moment", "1 second", "30 seconds", "4 minutes"],
  );
  assert.deepEqual([hostOf("https://shop.example/a"), hostOf("hidden")], ["shop.example", "hidden"]);
});

test("the list: waiting first, then mine, then the newest; search by every word", () => {
  const entry = (session: string, state: string, joined: boolean, startedAt: number): SessionEntry => ({
    session,
    site: "shop",
    state,
    startedAt,
    joined,
    agents: [],
    customer: { verified: true, attributes: { name: "Jane Doe" } },
  });
  const list = [
    entry("old", "live", false, 1),
    entry("new", "live", false, 9),
    entry("mine", "live", true, 2),
    entry("wait", "waiting", false, 3),
  ];
  assert.deepEqual(
    inOrder(list).map(({ session }) => session),
    ["wait", "mine", "new", "old"],
  );
  const [first] = list;
  assert.ok(first && matches(first, "DOE shop") && matches(first, "") && !matches(first, "doe bank"));
});
