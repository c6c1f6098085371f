// What servers of other releases say is read, and what is new in it does no harm.
import assert from "node:assert/strict";
import { test } from "node:test";
import messages from "../../../../tests/skew/messages.json";
import { readMessage, type ServerMessage } from "../../src/net/wire.ts";
import { INITIAL } from "../../src/state/session.ts";
import { describe } from "../../src/state/status.ts";

const all = messages as unknown as Record<"first" | "later", { toAgent: unknown[] }>;
const read = (release: "first" | "later"): ServerMessage[] =>
  all[release].toAgent.map(readMessage).filter((message) => message !== null);

test("every message of the first release is read, but for the answer to what this page does not ask", () => {
  const kinds = read("first").map(({ t }) => t);
  const skipped = all.first.toAgent.length - kinds.length;
  assert.deepEqual([kinds.length, skipped], [9, 1]);
});

test("what a later release says more is passed over, and the rest means the same", () => {
  const [first, later] = [read("first"), read("later")];
  const states = (list: ServerMessage[]) => list.map((message) => ("state" in message ? message.state : undefined));
  assert.deepEqual(states(later).filter(Boolean), states(first).filter(Boolean));
  const welcome = later.find(({ t }) => t === "welcome");
  assert.deepEqual(welcome, {
    t: "welcome",
    session: "YaAuyLWCAU8d4KNhhVdMAy",
    customer: { verified: false, attributes: {} },
    privileges: ["session.list", "session.join", "session.point", "session.sing"],
    mode: "view",
    state: "live",
  });
  const positions = (list: ServerMessage[]) => list.flatMap((one) => ("seq" in one ? [[one.epoch, one.seq]] : []));
  assert.deepEqual(positions(later), positions(first));
  assert.deepEqual(
    later.find(({ t }) => t === "customer"),
    first.find(({ t }) => t === "customer"),
  );
});

test("an ending of a later release is an ending", () => {
  const ended = read("later").at(-1);
  assert.ok(ended?.t === "ended");
  const status = describe({ ...INITIAL, link: { phase: "stopped", cause: "ended" }, endReason: ended.reason });
  assert.equal(status.detail, "It can no longer be opened.");
});
