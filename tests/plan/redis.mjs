// node tests/plan/redis.mjs: what a session on Redis costs Redis, by operation, with the server's own scripts and by the CPU
// time of Redis' main thread. The plan of docs/OPERATE.md goes by these.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import net from "node:net";
import { gzipSync } from "node:zlib";

const SESSIONS = 100;
const ROUNDS = 40;
/** Commands on their way at once, as those of a busy node. */
const AT_ONCE = 16;
const PAGE_BYTES = 100 << 10;
/** A log is cut when it has grown by 512 KiB; this is what it has at any time. */
const HALF_A_LOG_BYTES = 256 << 10;
const NODE = "7";
const LEASE = "6000";

const scripts = new URL("../../server/app/src/store/sessions/scripts/", import.meta.url);
const text = (name) => readFileSync(new URL(`${name}.lua`, scripts), "utf8");

/** A connection: commands out, answers in their order. */
class Link {
  constructor(port) {
    this.socket = net.connect(port, "127.0.0.1");
    this.waiting = [];
    this.left = Buffer.alloc(0);
    this.socket.on("data", (bytes) => this.take(bytes));
  }

  send(...words) {
    const parts = words.flatMap((word) => {
      const bytes = Buffer.isBuffer(word) ? word : Buffer.from(String(word));
      return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n")];
    });
    this.socket.write(Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]));
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  take(bytes) {
    this.left = Buffer.concat([this.left, bytes]);
    for (let found = read(this.left, 0); found; found = read(this.left, 0)) {
      this.left = this.left.subarray(found.end);
      const { resolve, reject } = this.waiting.shift();
      found.value instanceof Error ? reject(found.value) : resolve(found.value);
    }
  }
}

/** One answer, or nothing while it is not whole. */
function read(bytes, at) {
  const line = bytes.indexOf("\r\n", at);
  if (line < 0) return undefined;
  const [kind, rest, end] = [bytes[at], bytes.toString("latin1", at + 1, line), line + 2];
  if (kind === 0x2b) return { value: rest, end };
  if (kind === 0x2d) return { value: new Error(rest), end };
  if (kind === 0x3a) return { value: Number(rest), end };
  const length = Number(rest);
  if (length < 0) return { value: undefined, end };
  if (kind === 0x24) {
    if (bytes.length < end + length + 2) return undefined;
    return { value: bytes.toString("latin1", end, end + length), end: end + length + 2 };
  }
  const value = [];
  let next = end;
  for (let n = 0; n < length; n++) {
    const item = read(bytes, next);
    if (!item) return undefined;
    value.push(item.value);
    next = item.end;
  }
  return { value, end: next };
}

const port = 20_000 + (process.pid % 20_000);
const redis = spawn("redis-server", ["--port", port, "--bind", "127.0.0.1", "--save", "", "--logfile", "/dev/null"], {
  stdio: "ignore",
});
process.on("exit", () => redis.kill());
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
const link = await connected();
const hashes = {};
for (const name of ["create", "claim", "append", "read", "renew", "seats"]) {
  hashes[name] = await link.send("SCRIPT", "LOAD", text("session") + text(name));
}
await measure();
process.exit(0);

async function connected() {
  for (;;) {
    const link = new Link(port);
    const failed = new Promise((resolve) => link.socket.once("error", () => resolve(true)));
    const up = new Promise((resolve) => link.socket.once("connect", () => resolve(false)));
    if (!(await Promise.race([failed, up]))) return link;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function measure() {
  const sessions = Array.from({ length: SESSIONS }, (_, n) => ({
    id: `bench-session-${String(n).padStart(8, "0")}`,
    n: 0,
    seq: 0,
  }));
  const words =
    "Your order of two pairs is on its way to you and will be there tomorrow before noon; pay the rest then";
  const positions = Array.from({ length: 10 }, (_, n) => ({
    x: 100 + n,
    y: 200 + 7 * n,
    id: 12_345,
    timeOffset: 50 * n - 500,
  }));
  const events = [
    { source: 0, texts: [{ id: 12_345, value: words }], attributes: [], removes: [], adds: [] },
    { source: 1, positions },
  ].map((data) =>
    entry(
      "events",
      JSON.stringify({ t: "events", epoch: 18, seq: 131_072, events: [{ type: 3, timestamp: 1.7e12, data }] }),
    ),
  );
  const page = Buffer.from(pageText());
  const keyframe = entry("keyframe", gzipSync(page, { level: 1 }));
  const eventBytes = events.reduce((sum, event) => sum + event.length, 0) / events.length;
  console.log(`a frame of events ${Math.round(eventBytes)} bytes, a keyframe ${keyframe.length} of ${page.length}`);

  const hour = 3_600_000;
  await all(sessions, ({ id }) =>
    run("create", id, "shop", "t".repeat(43), hour, hour, 60_000, "{}".padEnd(300), "k".repeat(256)),
  );
  await cost("claim_us", sessions, 1, (session) => claim(session));
  const watcher = await connected();
  for (const { id } of sessions) await watcher.send("SSUBSCRIBE", `v:{${id}}:w`).catch(() => undefined);
  watcher.waiting = { shift: () => ({ resolve() {}, reject() {} }), push() {} };
  await cost("keyframe_us", sessions, 3, (session) => append(session, keyframe, true));
  for (let grown = 0; grown < HALF_A_LOG_BYTES; grown += 2 * eventBytes) {
    for (const event of events) await all(sessions, (session) => append(session, event, false));
  }
  await cost("append_us", sessions, ROUNDS, (session, round) => append(session, events[round % 2], false));
  await cost("read_us", sessions, ROUNDS, ({ id, epoch, last }) => run("read", id, `${epoch}-${last - 1}`, 256));
  await cost("renew_us", sessions, ROUNDS, ({ id, term }) => run("renew", id, NODE, term, LEASE));
  await cost("seats_us", sessions, ROUNDS, ({ id }) => run("seats", id, "keep", 60_000, 0, 1_000, "local:ann"));
}

/** As the server writes an entry: a line that says what it is, then the bytes. */
function entry(kind, bytes) {
  const head = { v: 1, k: kind, epoch: 18, first: 131_072, seq: 131_072 };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(bytes)]);
}

/** A page of so many bytes, as varied as pages are: of the project's own texts. */
function pageText() {
  const manual = readFileSync(new URL("../../docs/PROTOCOL.md", import.meta.url), "utf8");
  const node = (line, id) => ({
    type: 2,
    tagName: "p",
    attributes: { class: `line-${id % 7}` },
    id,
    childNodes: [{ type: 3, textContent: line, id: id + 1 }],
  });
  const nodes = manual.split("\n").map((line, n) => node(line, 2 * n));
  return JSON.stringify(nodes).padEnd(PAGE_BYTES, " ").slice(0, PAGE_BYTES);
}

function run(name, id, ...words) {
  const keys = ["s", "lease", "log", "in", "sticky", "seats", "here", "up", "w", "i", "u"].map(
    (part) => `v:{${id}}:${part}`,
  );
  return link.send("EVALSHA", hashes[name], keys.length, ...keys, ...words).then((answer) => {
    if (answer[0] !== "ok") throw new Error(`${name}: ${answer}`);
    return answer;
  });
}

async function claim(session) {
  await run("claim", session.id, NODE, 0, LEASE, 16, 65_536, 1 << 20);
  const [epoch, seq] = await link.send("HMGET", `v:{${session.id}}:s`, "epoch", "seq");
  Object.assign(session, { epoch: Number(epoch), term: Number(epoch), seq: Number(seq), n: 0 });
}

async function append(session, bytes, isForAll) {
  const epoch = session.epoch + (isForAll ? 1 : 0);
  const bounds = [8_192, 64 << 20, 1_024, 16 << 20];
  session.n += 1;
  session.seq += 1;
  const place = isForAll ? [1, 1] : [0, 0];
  const answer = await run(
    "append",
    session.id,
    NODE,
    session.epoch,
    epoch,
    session.n,
    session.seq,
    LEASE,
    ...place,
    ...bounds,
    "",
    "",
    "same",
    "",
    bytes,
  );
  session.epoch = epoch;
  session.last = Number(answer[1].split("-")[1]);
}

async function all(sessions, operation, round = 0) {
  const rest = sessions.values();
  const worker = async () => {
    for (const session of rest) await operation(session, round);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function cost(name, sessions, rounds, operation) {
  const before = await cpu();
  for (let round = 0; round < rounds; round++) await all(sessions, operation, round);
  console.log(`${name} ${((((await cpu()) - before) * 1e6) / (rounds * sessions.length)).toFixed(1)}`);
}

async function cpu() {
  return (await info("cpu", "used_cpu_user_main_thread")) + (await info("cpu", "used_cpu_sys_main_thread"));
}

async function info(section, name) {
  const lines = await link.send("INFO", section);
  return Number(lines.split(`${name}:`)[1].split("\r\n")[0]);
}
