import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { EventChannel } from "../src/channel.js";
import { BATCH_MS } from "../src/limits.js";
import type { PageEvent } from "../src/wire.js";

interface Sent {
  seq: number;
  events: { data: string }[];
}

const LIMITS = { window_bytes: 1_000, frame_bytes: 2_000, events_per_frame: 3 };

function setUp() {
  mock.timers.enable({ apis: ["setTimeout"] });
  const sent: Sent[] = [];
  const told = { snapshots: 0, tooLarge: 0 };
  const channel = new EventChannel({
    send: (json) => sent.push(JSON.parse(json)),
    snapshot: () => {
      told.snapshots += 1;
    },
    tooLarge: () => {
      told.tooLarge += 1;
    },
  });
  const event = (data: string, type = 3) => channel.push({ type, data, timestamp: 1 } as PageEvent);
  const wait = () => mock.timers.tick(BATCH_MS);
  return { channel, sent, told, event, wait };
}

function channelTest(name: string, body: (tools: ReturnType<typeof setUp>) => void): void {
  test(name, () => {
    try {
      body(setUp());
    } finally {
      mock.timers.reset();
    }
  });
}

const texts = (frames: Sent[]) => frames.flatMap(({ events }) => events.map(({ data }) => data)).join("");
const numbers = (frames: Sent[]) => frames.map(({ seq }) => seq);

channelTest("events of one moment share a frame, and frames are numbered from 1", ({ channel, sent, event, wait }) => {
  channel.resume(0, LIMITS, false);
  event("a");
  event("b");
  wait();
  event("c");
  wait();
  assert.deepEqual(numbers(sent), [1, 2]);
  assert.equal(texts(sent), "abc");
});

channelTest("a frame holds no more events than allowed", ({ channel, sent, event, wait }) => {
  channel.resume(0, LIMITS, false);
  for (const text of "abcdefg") event(text);
  wait();
  assert.deepEqual(numbers(sent), [1, 2, 3]);
  assert.equal(texts(sent), "abcdefg");
});

channelTest("nothing is sent before the server is there", ({ channel, sent, event, wait }) => {
  event("a");
  wait();
  assert.equal(sent.length, 0);
  assert.equal(channel.resume(0, LIMITS, false), true);
  assert.equal(texts(sent), "a");
});

channelTest("after a reconnection only what was not applied is sent again", ({ channel, sent, event, wait }) => {
  channel.resume(0, LIMITS, false);
  for (const text of "abc") {
    event(text);
    wait();
  }
  channel.ack(1);
  channel.offline();
  event("d");
  wait();
  sent.length = 0;
  assert.equal(channel.resume(2, LIMITS, false), true);
  assert.deepEqual(numbers(sent), [3, 4]);
  assert.equal(texts(sent), "cd");
});

channelTest(
  "a server that lost frames gets a snapshot, with no gap in the numbers",
  ({ channel, sent, event, wait }) => {
    channel.resume(0, LIMITS, false);
    for (const text of "abc") {
      event(text);
      wait();
    }
    channel.ack(3);
    channel.offline();
    sent.length = 0;
    assert.equal(channel.resume(1, LIMITS, false), false);
    event("S", 2);
    wait();
    assert.deepEqual(numbers(sent), [2]);
  },
);

channelTest(
  "another server, which has nothing, gets a snapshot of all that was typed meanwhile, numbered from 1",
  ({ channel, sent, event, wait }) => {
    channel.resume(0, LIMITS, false);
    for (const text of "abc") {
      event(text);
      wait();
    }
    channel.ack(2);
    channel.offline();
    event("d");
    wait();
    sent.length = 0;
    assert.equal(channel.resume(0, LIMITS, false), false);
    assert.equal(channel.appliedSeq, 0);
    event("S", 2);
    event("e");
    wait();
    assert.deepEqual(numbers(sent), [1]);
    assert.equal(texts(sent), "Se");
  },
);

channelTest("a fresh start forgets what was on its way", ({ channel, sent, event, wait }) => {
  channel.resume(0, LIMITS, false);
  event("a");
  wait();
  channel.offline();
  sent.length = 0;
  assert.equal(channel.resume(0, LIMITS, true), false);
  assert.equal(sent.length, 0);
});

channelTest(
  "with the window full, events are dropped and one snapshot follows when it opens",
  ({ channel, sent, told, event, wait }) => {
    channel.resume(0, LIMITS, false);
    event("x".repeat(700));
    wait();
    event("y".repeat(700));
    wait();
    event("z");
    wait();
    assert.deepEqual(numbers(sent), [1]);
    assert.equal(told.snapshots, 0);
    channel.ack(1);
    assert.equal(told.snapshots, 1);
    event("after");
    wait();
    assert.deepEqual(numbers(sent), [1, 2]);
    assert.equal(texts(sent.slice(1)), "after");
  },
);

channelTest("a snapshot larger than the window does not fill it", ({ channel, sent, told, event, wait }) => {
  channel.resume(0, LIMITS, false);
  event("S".repeat(1_500), 2);
  wait();
  event("a");
  wait();
  assert.deepEqual(numbers(sent), [1, 2]);
  assert.equal(told.snapshots, 0);
});

channelTest("too much while offline means a snapshot on return", ({ channel, sent, event, wait }) => {
  channel.resume(0, LIMITS, false);
  channel.offline();
  event("x".repeat(1_100));
  wait();
  event("a");
  wait();
  assert.equal(channel.resume(0, LIMITS, false), false);
  assert.equal(sent.length, 0);
});

channelTest(
  "a page over the frame limit is told, a change over it becomes a snapshot",
  ({ channel, sent, told, event, wait }) => {
    channel.resume(0, { ...LIMITS, window_bytes: 10_000 }, false);
    event("S".repeat(3_000), 2);
    wait();
    assert.deepEqual([told.tooLarge, told.snapshots, sent.length], [1, 0, 0]);
    channel.startOver();
    event("x".repeat(3_000));
    wait();
    mock.timers.tick(1);
    assert.deepEqual([told.tooLarge, told.snapshots, sent.length], [1, 2, 0]);
  },
);

channelTest(
  "while held nothing is taken, and acknowledgements start nothing",
  ({ channel, sent, told, event, wait }) => {
    channel.resume(0, LIMITS, false);
    event("a");
    wait();
    channel.hold();
    event("b");
    wait();
    channel.ack(1);
    assert.deepEqual([texts(sent), told.snapshots], ["a", 0]);
    channel.startOver();
    assert.equal(told.snapshots, 1);
  },
);

channelTest("a window that opens while held starts nothing", ({ channel, told, event, wait }) => {
  channel.resume(0, LIMITS, false);
  for (const text of ["x".repeat(700), "y".repeat(700)]) {
    event(text);
    wait();
  }
  channel.hold();
  channel.ack(1);
  assert.equal(told.snapshots, 0);
});

channelTest("an acknowledgement of what was never sent changes nothing", ({ channel, event, wait }) => {
  channel.resume(0, LIMITS, false);
  event("a");
  wait();
  channel.ack(7);
  assert.equal(channel.appliedSeq, 0);
});
