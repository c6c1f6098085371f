import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { BACKOFF_TOO_FAST_MS, CONNECT_MS, GIVE_UP_MS, SILENCE_MS, STABLE_MS, WATCH_EVERY_MS } from "../src/limits.js";
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
  link.open();
  return { link, heard, up };
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

linkTest("6 s of silence is a lost connection", ({ heard, up }) => {
  up();
  const first = FakeSocket.last;
  for (let passed = 0; passed < 3 * SILENCE_MS; passed += 2_000) {
    mock.timers.tick(2_000);
    first.says({ t: "ack", applied: 0, stored: 0 });
  }
  assert.equal(heard.includes("lost"), false);
  mock.timers.tick(SILENCE_MS + WATCH_EVERY_MS);
  assert.equal(heard.at(-1), "lost");
  assert.equal(first.readyState, 3);
  mock.timers.tick(1_000);
  assert.equal(FakeSocket.made.length, 2);
});

linkTest("a socket that never opens is given up and tried again", ({ heard }) => {
  // In steps: the mocked clock shows its last moment to all that happens within one tick.
  for (let passed = 0; passed <= CONNECT_MS; passed += WATCH_EVERY_MS) mock.timers.tick(WATCH_EVERY_MS);
  assert.deepEqual(heard, ["lost"]);
});

linkTest("waits double up to a bound, and start over after a stable connection", ({ up }) => {
  const waits: number[] = [];
  for (let failure = 0; failure < 7; failure += 1) {
    const made = FakeSocket.made.length;
    FakeSocket.last.fails();
    let waited = 0;
    while (FakeSocket.made.length === made) {
      mock.timers.tick(250);
      waited += 250;
    }
    waits.push(waited);
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  up();
  for (let passed = 0; passed <= STABLE_MS; passed += 1_000) {
    mock.timers.tick(1_000);
    FakeSocket.last.says({ t: "ack", applied: 0, stored: 0 });
  }
  const made = FakeSocket.made.length;
  FakeSocket.last.fails();
  mock.timers.tick(500);
  assert.equal(FakeSocket.made.length, made + 1);
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
    mock.timers.tick(15_000);
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
