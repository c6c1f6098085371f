import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Outbox } from "../src/frames.js";
import { GZIP_FROM_BYTES } from "../src/limits.js";
import { FakeSocket } from "./support/sockets.js";

const LARGE = JSON.stringify({ t: "events", text: "x".repeat(GZIP_FROM_BYTES) });

function open(): { socket: FakeSocket; outbox: Outbox } {
  FakeSocket.install();
  const socket = new FakeSocket("wss://host", []);
  socket.readyState = FakeSocket.OPEN;
  return { socket, outbox: new Outbox(socket as unknown as WebSocket) };
}

async function frames(socket: FakeSocket, count: number): Promise<(string | ArrayBuffer)[]> {
  while (socket.sent.length < count) await new Promise((resolve) => setImmediate(resolve));
  return socket.sent;
}

test("a small frame goes at once as text", () => {
  const { socket, outbox } = open();
  outbox.send('{"t":"end"}');
  assert.deepEqual(socket.sent, ['{"t":"end"}']);
});

test("a large frame goes as gzip, and what follows waits for it", async () => {
  const { socket, outbox } = open();
  outbox.send(LARGE);
  outbox.send('{"t":"end"}');
  const [first, second] = await frames(socket, 2);
  assert(first instanceof ArrayBuffer && first.byteLength < LARGE.length);
  assert.equal(gunzipSync(first).toString(), LARGE);
  assert.equal(second, '{"t":"end"}');
});

test("when the page goes, what waits for compression goes as text, once", async () => {
  const { socket, outbox } = open();
  outbox.send(LARGE);
  outbox.send('{"t":"end"}');
  outbox.flushNow();
  assert.deepEqual(socket.sent, [LARGE, '{"t":"end"}']);
  outbox.send('{"t":"pause"}');
  assert.deepEqual(await frames(socket, 3), [LARGE, '{"t":"end"}', '{"t":"pause"}']);
});

test("a closed socket is not written to", () => {
  const { socket, outbox } = open();
  socket.readyState = 3;
  outbox.send('{"t":"end"}');
  assert.deepEqual(socket.sent, []);
});
