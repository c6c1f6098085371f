import assert from "node:assert/strict";
import { test } from "node:test";
import { readMessage, WireError } from "../../src/net/wire.ts";

const event = { type: 3, timestamp: 5, data: {} };

const READ: [string, unknown, unknown][] = [
  ["a kind from a newer server is skipped", { t: "weather", sun: true }, null],
  ["events", { t: "events", epoch: 1, seq: 4, events: [event] }, { t: "events", epoch: 1, seq: 4, events: [event] }],
  ["pong", { t: "pong", sent: 1, server: 2, more: 3 }, { t: "pong", sent: 1, server: 2 }],
  ["an unknown mode sees only", { t: "mode", mode: "fly" }, { t: "mode", mode: "view" }],
  [
    "a mode with the customer's state",
    { t: "mode", mode: "view", state: "paused" },
    { t: "mode", mode: "view", state: "paused" },
  ],
  [
    "a picture that waits",
    { t: "participants", participants: [], state: "stalled" },
    { t: "participants", participants: [], state: "stalled" },
  ],
  ["a state that is none is not taken", { t: "mode", mode: "view", state: 7 }, { t: "mode", mode: "view" }],
  [
    "participants by name or with a role",
    { t: "participants", participants: ["ann", { name: "ben", role: "supervisor" }] },
    {
      t: "participants",
      participants: [
        { name: "ann", role: "agent" },
        { name: "ben", role: "supervisor" },
      ],
    },
  ],
  [
    "a welcome without a known customer",
    { t: "welcome", session: "s", mode: "view", privileges: ["session.end"], epoch: 1 },
    {
      t: "welcome",
      session: "s",
      mode: "view",
      privileges: ["session.end"],
      customer: { verified: false, attributes: {} },
    },
  ],
  [
    "a customer is verified only by the word true",
    { t: "welcome", session: "s", customer: { verified: "yes", attributes: { age: 7 } }, mode: "view" },
    {
      t: "welcome",
      session: "s",
      mode: "view",
      privileges: [],
      customer: { verified: false, attributes: { age: "7" } },
    },
  ],
  [
    "what is known of the customer now, each part by itself",
    {
      t: "customer",
      customer: { verified: true, by: "Tidewell", attributes: { gold: true }, claimed: { name: "The Queen" }, more: 1 },
    },
    {
      t: "customer",
      customer: { verified: true, by: "Tidewell", attributes: { gold: "true" }, claimed: { name: "The Queen" } },
    },
  ],
  ["ended without a reason", { t: "ended" }, { t: "ended", reason: "" }],
  [
    "a report counts what it names",
    { t: "report", masked: 2, removed: "many" },
    { t: "report", masked: 2, blocked: 0, removed: 0, refused: 0, rules: [] },
  ],
];

for (const [what, sent, read] of READ) {
  test(`reads: ${what}`, () => assert.deepEqual(readMessage(sent), read));
}

const REFUSED: [string, unknown][] = [
  ["no object", "hello"],
  ["nothing", null],
  ["a list", []],
  ["events without a number", { t: "events", epoch: 1, events: [] }],
  ["a number that is none", { t: "keyframe", epoch: 1, seq: Number.NaN, events: [] }],
  ["events that are no list", { t: "events", epoch: 1, seq: 1, events: {} }],
  ["an event without a time", { t: "events", epoch: 1, seq: 1, events: [{ type: 3 }] }],
  ["a packed event", { t: "events", epoch: 1, seq: 1, events: ["packed"] }],
  ["a welcome without a session", { t: "welcome" }],
];

for (const [what, sent] of REFUSED) {
  test(`refuses: ${what}`, () => assert.throws(() => readMessage(sent), WireError));
}
