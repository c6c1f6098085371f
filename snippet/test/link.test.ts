import assert from "node:assert/strict";
import { mock, test } from "node:test";
import {
  BACKOFF_TOO_FAST_MS,
  CONNECT_FIRST_MS,
  CONNECT_MAX_MS,
  GIVE_UP_MS,
  SILENCE_MS,
  SOON_MS,
  STABLE_BEFORE_MOVING_MS,
  STABLE_MS,
  WATCH_EVERY_MS,
} from "../src/limits.js";
import { Link } from "../src/link.js";
import type { Hello } from "../src/wire.js";
import { openPage } from "./support/page.js";
import { FakeSocket } from "./support/sockets.js";

const HELLO: Hello = { t: "hello", page: { url: "", title: "", tab: "t", instance: "i" }, snippet: "1", features: [] };
const WELCOME = { t: "welcome", session: "s", mode: "view", epoch: 1, applied: 0 };

function setUp() {
  openPage("https://shop.example/");
  FakeSocket.install();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 });
  mock.method(Math, "random", () => 1);
  const heard: string[] = [];
  const link = new Link("wss://host/socket", "secret", {
    hello: () => HELLO,
    received: (message) => heard.push(message.t),
    lost: () => heard.push("lost"),
    over: (reason) => heard.push(`over:${reason}`),
  });
  const up = () => {
    FakeSocket.last.opens();
    FakeSocket.last.says(WELCOME);
  };
  /** A connection that holds for a while, with a server that says so. */
  const holds = (passed_ms: number) => {
    up();
    for (let passed = 0; passed < passed_ms; passed += 1_000) {
      mock.timers.tick(1_000);
      FakeSocket.last.says({ t: "ack", applied: 0, stored: 0 });
    }
  };
  /** How long until the next try. */
  const waited = (longest_ms: number) => {
    const made = FakeSocket.made.length;
    let waited_ms = 0;
    for (; FakeSocket.made.length === made && waited_ms < longest_ms; waited_ms += 50) mock.timers.tick(50);
    return waited_ms;
  };
  link.open();
  return { link, heard, up, holds, waited };
}

function linkTest(name: string, body: (tools: ReturnType<typeof setUp>) => void): void {
  test(name, () => {
    try {
      body(setUp());
    } finally {
      mock.timers.reset();
      mock.restoreAll();
    }
  });
}

linkTest("the credential goes as a subprotocol, and hello is the first frame", ({ heard, up }) => {
  up();
  assert.deepEqual(FakeSocket.last.protocols, ["vitrine.v1", "bearer.secret"]);
  assert.equal(FakeSocket.last.url, "wss://host/socket");
  assert.deepEqual(JSON.parse(String(FakeSocket.last.sent[0])), HELLO);
  assert.deepEqual(heard, ["welcome"]);
});

linkTest("nothing else is sent or heard before welcome", ({ link, heard }) => {
  FakeSocket.last.opens();
  link.send({ t: "pause" });
  FakeSocket.last.says({ t: "snapshot" });
  assert.equal(FakeSocket.last.sent.length, 1);
  assert.deepEqual(heard, []);
});

linkTest("6 s of silence is a lost connection, and the next one is tried at once", ({ heard, holds, waited }) => {
  holds(STABLE_MS);
  const first = FakeSocket.last;
  assert.equal(heard.includes("lost"), false);
  for (let passed = 0; passed <= SILENCE_MS; passed += WATCH_EVERY_MS) mock.timers.tick(WATCH_EVERY_MS);
  assert.equal(heard.at(-1), "lost");
  assert.equal(first.readyState, 3);
  assert.equal(waited(1_000), SOON_MS);
});

linkTest(
  "a server that takes the connection and says nothing is not waited for long, and longer each time",
  ({ waited }) => {
    const patience: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      const socket = FakeSocket.last;
      let passed = 0;
      for (; socket.readyState !== 3; passed += WATCH_EVERY_MS) mock.timers.tick(WATCH_EVERY_MS);
      patience.push(passed - WATCH_EVERY_MS);
      waited(20_000);
    }
    assert.deepEqual(patience, [CONNECT_FIRST_MS, 2 * CONNECT_FIRST_MS, CONNECT_MAX_MS, CONNECT_MAX_MS]);
  },
);

linkTest("waits double up to a bound, and there is none after a good connection", ({ holds, waited }) => {
  const waits: number[] = [];
  for (let failure = 0; failure < 7; failure += 1) {
    FakeSocket.last.fails();
    waits.push(waited(20_000));
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  holds(STABLE_MS);
  FakeSocket.last.fails();
  assert.equal(waited(1_000), SOON_MS);
  FakeSocket.last.fails();
  assert.equal(waited(1_000), 500);
});

linkTest("jitter is over the whole wait", ({ waited }) => {
  mock.method(Math, "random", () => 0.1);
  for (const wait of [50, 100, 200, 400]) {
    FakeSocket.last.fails();
    assert.equal(waited(1_000), wait);
  }
});

linkTest("a server that is about to stop sends the page on at once, but not in circles", ({ holds, up, waited }) => {
  holds(STABLE_BEFORE_MOVING_MS);
  FakeSocket.last.fails(4503);
  assert.equal(waited(1_000), SOON_MS);
  up();
  FakeSocket.last.fails(4503);
  assert.equal(waited(1_000), 500);
  up();
  FakeSocket.last.fails(4503);
  assert.equal(waited(2_000), 1_000);
});

for (const [code, reason] of [
  [4401, "not-authenticated"],
  [4403, "not-allowed"],
  [4404, "no-session"],
  [4408, "idle"],
  [4409, "elsewhere"],
  [4410, "ended"],
] as const) {
  linkTest(`close code ${code} is final`, ({ heard, up }) => {
    up();
    FakeSocket.last.fails(code);
    mock.timers.tick(GIVE_UP_MS);
    assert.deepEqual(heard, ["welcome", `over:${reason}`]);
    assert.equal(FakeSocket.made.length, 1);
  });
}

for (const code of [1000, 1001, 1006, 1011, 4503]) {
  linkTest(`close code ${code} means try again`, ({ heard, up }) => {
    up();
    FakeSocket.last.fails(code);
    mock.timers.tick(500);
    assert.deepEqual(heard, ["welcome", "lost"]);
    assert.equal(FakeSocket.made.length, 2);
  });
}

linkTest("close code 4429 means try again, but not at once", ({ up }) => {
  up();
  FakeSocket.last.fails(4429);
  mock.timers.tick(BACKOFF_TOO_FAST_MS - 1);
  assert.equal(FakeSocket.made.length, 1);
  mock.timers.tick(1);
  assert.equal(FakeSocket.made.length, 2);
});

linkTest("frames refused again and again end it", ({ heard, up }) => {
  for (let refusal = 0; refusal < 3; refusal += 1) {
    up();
    FakeSocket.last.fails(4400);
    mock.timers.tick(2_000);
  }
  assert.equal(heard.at(-1), "over:refused");
});

linkTest("without any answer for long enough it gives up", ({ heard }) => {
  for (let tries = 0; tries < 100 && !heard.includes("over:lost"); tries += 1) {
    FakeSocket.last.fails();
    mock.timers.tick(15_000);
  }
  assert.equal(heard.at(-1), "over:lost");
});

linkTest("the way back of the network is not waited for", ({ up }) => {
  up();
  for (let failure = 0; failure < 5; failure += 1) {
    FakeSocket.last.fails();
    if (failure < 4) mock.timers.tick(15_000);
  }
  const made = FakeSocket.made.length;
  dispatchEvent(new (window as unknown as { Event: typeof Event }).Event("online"));
  assert.equal(FakeSocket.made.length, made + 1);
});

linkTest("unreadable messages are passed over", ({ heard, up }) => {
  up();
  FakeSocket.last.onmessage?.({ data: "{" });
  FakeSocket.last.onmessage?.({ data: "null" });
  assert.deepEqual(heard, ["welcome"]);
});

linkTest("a closed link stays closed", ({ link, up }) => {
  up();
  link.close();
  mock.timers.tick(GIVE_UP_MS);
  assert.equal(FakeSocket.made.length, 1);
  assert.equal(FakeSocket.last.closedWith, 1000);
});
