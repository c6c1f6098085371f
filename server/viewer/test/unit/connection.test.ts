import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Clock } from "../../src/net/clock.ts";
import { afterClose, afterStatus, patience, retryDelay } from "../../src/net/close.ts";
import { FrameError, FrameReader, unzip } from "../../src/net/frame.ts";
import { Sequence } from "../../src/net/sequence.ts";

/** For bytes to be unpacked, on any machine. */
const SETTLED_WITHIN_MS = 10_000;

const zipped = (text: string): ArrayBuffer => {
  const bytes = gzipSync(text);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
};

const CLOSES: [number, unknown][] = [
  [1000, { retry: "plain" }],
  [1006, { retry: "plain" }],
  [4400, { retry: "fresh" }],
  [4401, { stop: "signed-out" }],
  [4403, { stop: "denied" }],
  [4404, { stop: "ended" }],
  [4408, { stop: "idle" }],
  [4409, { stop: "taken" }],
  [4410, { stop: "ended" }],
  [4429, { retry: "flood" }],
  [4503, { retry: "draining" }],
];

for (const [code, outcome] of CLOSES) {
  test(`close ${code} means ${JSON.stringify(outcome)}`, () => assert.deepEqual(afterClose(code), outcome));
}

const STATUSES: [number, unknown][] = [
  [0, { retry: "plain" }],
  [401, { stop: "signed-out" }],
  [403, { stop: "denied" }],
  [404, { stop: "ended" }],
  [409, { stop: "full" }],
  [429, { retry: "flood" }],
  [500, { retry: "plain" }],
  [503, { retry: "draining" }],
];

for (const [status, outcome] of STATUSES) {
  test(`ticket answer ${status} means ${JSON.stringify(outcome)}`, () =>
    assert.deepEqual(afterStatus(status), outcome));
}

test("after a good connection a retry comes at once, then waits grow to a bound, with jitter over the whole wait", () => {
  const tries = [0, 1, 2, 3, 6, 50];
  const longest = tries.map((count) => retryDelay(count, () => 1));
  assert.deepEqual(longest, [300, 300, 600, 1_200, 8_000, 8_000]);
  assert.deepEqual(
    tries.map((count) => retryDelay(count, () => 0.5)),
    longest.map((wait_ms) => wait_ms / 2),
  );
});

test("a try may take longer each time, up to a bound", () =>
  assert.deepEqual([0, 1, 2, 3, 50].map(patience), [2_500, 2_500, 5_000, 10_000, 10_000]));

test("events are taken once and in order, and a gap is noticed", () => {
  const sequence = new Sequence();
  assert.equal(sequence.position, null);
  assert.equal(sequence.events({ epoch: 1, seq: 1 }, 1), "gap", "nothing before a keyframe");
  sequence.keyframe({ epoch: 1, seq: 10 });
  assert.deepEqual(sequence.events({ epoch: 1, seq: 11 }, 3), { skip: 0 });
  assert.deepEqual(sequence.events({ epoch: 1, seq: 12 }, 4), { skip: 2 }, "two of them were known");
  assert.deepEqual(sequence.events({ epoch: 1, seq: 2 }, 2), { skip: 2 }, "all of them were known");
  assert.deepEqual(sequence.position, { epoch: 1, seq: 15 });
  assert.equal(sequence.events({ epoch: 1, seq: 17 }, 1), "gap");
  assert.equal(sequence.events({ epoch: 2, seq: 16 }, 1), "gap", "a new epoch begins with a keyframe");
  sequence.forget();
  assert.equal(sequence.position, null);
});

test("the clock trusts the quickest answer", () => {
  const clock = new Clock();
  assert.equal(clock.age_ms(0, 0), null);
  clock.pong(1_000, 6_010, 1_020);
  clock.pong(2_000, 7_390, 2_400);
  assert.equal(clock.rtt_ms, 20);
  assert.equal(clock.offset_ms, 5_000);
  assert.equal(clock.age_ms(8_000, 3_100), 100);
  assert.equal(clock.age_ms(9_000, 3_100), 0, "never in the future");
});

test("a compressed frame is not overtaken by the next", async () => {
  const taken: unknown[] = [];
  const reader = new FrameReader((value) => taken.push(value), never);
  reader.push(zipped('{"n":1}'));
  reader.push('{"n":2}');
  reader.push(zipped('{"n":3}'));
  await settled(() => taken.length === 3);
  assert.deepEqual(taken, [{ n: 1 }, { n: 2 }, { n: 3 }]);
});

test("a closed reader hands nothing on", async () => {
  const reader = new FrameReader(never, never);
  reader.push(zipped("{}"));
  reader.close();
  await unzip(zipped("{}"), 10);
});

for (const [what, data] of [
  ["text that is no JSON", "{"],
  ["bytes that are no gzip", new Uint8Array([1, 2, 3]).buffer],
] as const) {
  test(`refused: ${what}`, async () => {
    const errors: unknown[] = [];
    const reader = new FrameReader(never, (error) => errors.push(error));
    reader.push(data);
    await settled(() => errors.length === 1);
  });
}

test("decompressing stops at the bound", async () => {
  await assert.rejects(unzip(zipped("x".repeat(5_000_000)), 1_000_000), FrameError);
  assert.equal((await unzip(zipped("x".repeat(1_000_000)), 1_000_000)).length, 1_000_000);
});

async function settled(condition: () => boolean): Promise<void> {
  const end_ms = performance.now() + SETTLED_WITHIN_MS;
  while (!condition() && performance.now() < end_ms) await new Promise(setImmediate);
  assert.ok(condition());
}

function never(): never {
  assert.fail("nothing was to arrive");
}
