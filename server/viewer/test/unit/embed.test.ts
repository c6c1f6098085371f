// The door between this page and the page around it, and the token that comes through it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Door, type Heard } from "../../src/embed/door.ts";
import { type FromPage, readFromPage, type ToPage } from "../../src/embed/messages.ts";
import { type Around, matches, pageAround, type Traces } from "../../src/embed/origins.ts";
import { reportOf } from "../../src/embed/report.ts";
import { lifetime_ms, PageToken } from "../../src/embed/token.ts";
import { INITIAL, type SessionState } from "../../src/state/session.ts";

const CRM = "https://crm.example";
const LISTED = [CRM, "https://*.desk.example", "http://localhost:9000"];
const TOKEN = "aaa.bbb.ccc";

const GOOD: [unknown, FromPage][] = [
  [
    { vitrine: 1, type: "token", token: TOKEN },
    { type: "token", token: TOKEN },
  ],
  [
    { vitrine: 1, type: "join", joinCode: "123 456-789" },
    { type: "join", joinCode: "123 456-789" },
  ],
  [
    { vitrine: 1, type: "open", session: "aB3_-x" },
    { type: "open", session: "aB3_-x" },
  ],
  [{ vitrine: 1, type: "leave" }, { type: "leave" }],
];

const BAD: [name: string, data: unknown][] = [
  ["nothing", undefined],
  ["null", null],
  ["text", "leave"],
  ["text that reads as a message", '{"vitrine":1,"type":"leave"}'],
  ["a number", 1],
  ["a list", [{ vitrine: 1, type: "leave" }]],
  ["a map", new Map<string, unknown>([["vitrine", 1]])],
  ["no version", { type: "leave" }],
  ["another version", { vitrine: 2, type: "leave" }],
  ["a version as text", { vitrine: "1", type: "leave" }],
  ["no type", { vitrine: 1 }],
  ["an unknown type", { vitrine: 1, type: "control" }],
  ["a type of the other direction", { vitrine: 1, type: "ready" }],
  ["a type that every object has", { vitrine: 1, type: "constructor" }],
  ["a type that is no text", { vitrine: 1, type: ["leave"] }],
  ["a field too much", { vitrine: 1, type: "leave", why: "" }],
  ["a field of another type", { vitrine: 1, type: "open", token: TOKEN }],
  ["a field missing", { vitrine: 1, type: "token" }],
  ["a token that is no text", { vitrine: 1, type: "token", token: { toString: () => TOKEN } }],
  ["a token with a line break", { vitrine: 1, type: "token", token: `${TOKEN}\n` }],
  ["a token of two parts", { vitrine: 1, type: "token", token: "aaa.bbb" }],
  ["a token too long", { vitrine: 1, type: "token", token: `${"a".repeat(4096)}.b.c` }],
  ["a code as a number", { vitrine: 1, type: "join", joinCode: 123456789 }],
  ["a code with letters", { vitrine: 1, type: "join", joinCode: "12345678a" }],
  ["a code too long", { vitrine: 1, type: "join", joinCode: "1".repeat(41) }],
  ["a session that is a path", { vitrine: 1, type: "open", session: "../agent/logout" }],
  ["no session", { vitrine: 1, type: "open", session: "" }],
  ["a prototype as a field", JSON.parse('{"vitrine":1,"type":"leave","__proto__":{"type":"token"}}')],
  ["everything in the prototype", Object.create({ vitrine: 1, type: "leave" })],
  ["a constructor as a field", JSON.parse('{"vitrine":1,"type":"leave","constructor":{"prototype":{"x":1}}}')],
];

for (const [data, message] of GOOD)
  test(`read: ${message.type}`, () => assert.deepEqual(readFromPage(structuredClone(data)), message));
for (const [name, data] of BAD) test(`not read: ${name}`, () => assert.equal(readFromPage(data), null));

test("nothing that was sent changed an object that was not", () => assert.equal(({} as { x?: number }).x, undefined));

const MATCHES: [pattern: string, origin: string, is: boolean][] = [
  [CRM, CRM, true],
  [CRM, "http://crm.example", false],
  [CRM, "https://crm.example:8443", false],
  [CRM, "https://crm.example.evil.example", false],
  [CRM, "null", false],
  ["https://*.desk.example", "https://a.desk.example", true],
  ["https://*.desk.example", "https://a-1.desk.example", true],
  ["https://*.desk.example", "https://desk.example", false],
  ["https://*.desk.example", "https://.desk.example", false],
  ["https://*.desk.example", "https://a.b.desk.example", false],
  ["https://*.desk.example", "https://evil.example/.desk.example", false],
  ["https://*.desk.example", "https://desk.example.desk.example.evil.example", false],
  ["https://*.desk.example", "http://a.desk.example", false],
  ["https://*.desk.example", "https://a.desk.example:444", false],
  ["https://*.desk.example:444", "https://a.desk.example:444", true],
  ["https://*.a.example", "https://.a.example", false],
];

for (const [pattern, origin, is] of MATCHES)
  test(`${origin} is ${is ? "" : "not "}${pattern}`, () => assert.equal(matches(pattern, origin), is));

const AROUND: [name: string, traces: Traces, around: Around][] = [
  ["the browser says it", { ancestorOrigins: [CRM], referrer: "" }, { is: "listed", origin: CRM }],
  [
    "the browser's word goes before the referrer",
    { ancestorOrigins: ["https://evil.example"], referrer: `${CRM}/` },
    { is: "foreign" },
  ],
  [
    "only the page right around this one counts",
    { ancestorOrigins: ["https://x.example", CRM], referrer: "" },
    { is: "foreign" },
  ],
  ["an opaque page", { ancestorOrigins: ["null"], referrer: "" }, { is: "foreign" }],
  [
    "the referrer says it",
    { referrer: "https://a.desk.example/case/7" },
    { is: "listed", origin: "https://a.desk.example" },
  ],
  ["a referrer that is not listed may be anybody's", { referrer: "https://evil.example/" }, { is: "unknown" }],
  ["no trace", { referrer: "" }, { is: "unknown" }],
];

for (const [name, traces, around] of AROUND)
  test(`the page around: ${name}`, () => assert.deepEqual(pageAround(traces, LISTED), around));

/** A door, what it heard and what it said, to whom. */
function door(around: Around) {
  const heard: FromPage[] = [];
  const said: [message: unknown, origin: string][] = [];
  const parent = { postMessage: (message: unknown, origin: string) => void said.push([message, origin]) };
  const opened = new Door(parent, around, LISTED, (message) => heard.push(message));
  const from = (origin: string, source: unknown = parent, data: unknown = { vitrine: 1, type: "leave" }): Heard => ({
    data,
    origin,
    source,
  });
  return { opened, heard, said, parent, from };
}

const KNOWN: Around = { is: "listed", origin: CRM };
const UNKNOWN: Around = { is: "unknown" };

const HEARD: [name: string, around: Around, origin: string, source: "parent" | "other", is: boolean][] = [
  ["the page around", KNOWN, CRM, "parent", true],
  ["a foreign origin", KNOWN, "https://evil.example", "parent", false],
  ["another listed origin than the one around", KNOWN, "https://a.desk.example", "parent", false],
  ["the null origin", KNOWN, "null", "parent", false],
  ["no origin", KNOWN, "", "parent", false],
  ["a window that is not the parent", KNOWN, CRM, "other", false],
  ["a listed origin, where none is known", UNKNOWN, "https://a.desk.example", "parent", true],
  ["a foreign origin, where none is known", UNKNOWN, "https://evil.example", "parent", false],
  ["the null origin, where none is known", UNKNOWN, "null", "parent", false],
  ["a window that is not the parent, where none is known", UNKNOWN, CRM, "other", false],
];

for (const [name, around, origin, source, is] of HEARD)
  test(`${is ? "heard" : "not heard"}: ${name}`, () => {
    const { opened, heard, parent, from } = door(around);
    opened.take(from(origin, source === "parent" ? parent : {}));
    assert.equal(heard.length, is ? 1 : 0);
  });

const READY: ToPage = { type: "ready" };
const STATE: ToPage = { type: "state", session: "s", state: "joined", verified: false };

test("what is said goes to the exact origin of the page around", () => {
  const { opened, said } = door(KNOWN);
  opened.say(STATE);
  assert.deepEqual(said, [[{ vitrine: 1, ...STATE }, CRM]]);
});

test("to a page that is not known goes only what tells nothing, to each exact listed origin", () => {
  const { opened, said } = door(UNKNOWN);
  opened.say(READY);
  opened.say(STATE);
  opened.say({ type: "closed", session: "s" });
  assert.deepEqual(
    said.map(([message, origin]) => [(message as ToPage).type, origin]),
    [
      ["ready", CRM],
      ["ready", "http://localhost:9000"],
    ],
  );
});

test("the first who is heard is the page around, from then on", () => {
  const { opened, heard, said, parent, from } = door(UNKNOWN);
  opened.take(from(CRM, parent, { vitrine: 2, type: "leave" }));
  opened.take(from("https://a.desk.example"));
  opened.take(from(CRM));
  opened.say(STATE);
  assert.equal(heard.length, 1);
  assert.deepEqual(
    said.map(([, origin]) => origin),
    ["https://a.desk.example"],
  );
});

const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

const LIFETIMES: [token: string, ms: number][] = [
  [jwt({ iat: 1_000, exp: 1_300, sub: "jörg ÿ" }), 300_000],
  [jwt({ iat: 1_300, exp: 1_000 }), 0],
  [jwt({ exp: 1_300 }), 0],
  [jwt({ iat: "1000", exp: 1_300 }), 0],
  ["a.b.c", 0],
  ["", 0],
];

for (const [token, ms] of LIFETIMES) test(`a token lasts ${ms} ms`, () => assert.equal(lifetime_ms(token), ms));

/** Who gives tokens, by the reason, or no token at all. */
function holder(answers: (reason: string) => string | null) {
  globalThis.window ??= globalThis as never;
  const clock = { now_ms: 0 };
  const asked: string[] = [];
  const held: PageToken = new PageToken(
    (reason) => {
      asked.push(reason);
      const token = answers(reason);
      if (token) queueMicrotask(() => held.put(token));
    },
    () => asked.push("missing"),
    () => clock.now_ms,
  );
  return { held, asked, clock };
}

const minutes = (sub: string) => jwt({ sub, iat: 0, exp: 300 });

test("a token is asked for once, and again before it runs out", async () => {
  let turn = 0;
  const { held, asked, clock } = holder(() => minutes(String(turn++)));
  assert.deepEqual(await Promise.all([held.current(), held.current()]), [minutes("0"), minutes("0")]);
  clock.now_ms = 269_000;
  assert.equal(await held.current(), minutes("0"));
  clock.now_ms = 271_000;
  assert.equal(await held.current(), minutes("1"));
  assert.deepEqual(asked, ["start", "expiring"]);
});

test("a refused token is replaced once for all who held it", async () => {
  let turn = 0;
  const { held, asked } = holder(() => minutes(String(turn++)));
  const first = await held.current();
  const [one, two] = await Promise.all([held.instead(first), held.instead(first)]);
  assert.deepEqual([one, two, await held.instead(first)], [minutes("1"), minutes("1"), minutes("1")]);
  assert.deepEqual(asked, ["start", "refused"]);
});

test("a reconnection asks for a new token, unless the one held came after the loss", async () => {
  const { held, asked } = holder(minutes);
  await held.current();
  held.gotTicket();
  await held.reconnects();
  await held.reconnects();
  assert.deepEqual(asked, ["start", "reconnect"]);
});

test("a page that gives no token is told so, and one that is still good is used on", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const mute = holder(() => null);
  const wait = mute.held.current();
  context.mock.timers.tick(10_000);
  assert.equal(await wait, "");
  assert.deepEqual(mute.asked, ["start", "missing"]);

  const once = holder((reason) => (reason === "start" ? minutes("0") : null));
  await once.held.current();
  once.held.gotTicket();
  const again = once.held.reconnects();
  context.mock.timers.tick(10_000);
  await again;
  assert.equal(await once.held.current(), minutes("0"));
  assert.deepEqual(once.asked, ["start", "reconnect"]);
});

const verified = { verified: true, attributes: { name: "Jane Doe" } };
const page = { url: "https://shop.example/account", title: "Account" };
const REPORTS: [change: Partial<SessionState>, message: ToPage][] = [
  [{}, { type: "state", session: "s", state: "joined", verified: false }],
  [
    { link: { phase: "open" }, customer: verified },
    { type: "state", session: "s", state: "joined", verified: true },
  ],
  [
    { link: { phase: "open" }, customerState: "live", shown: true, customer: verified, page },
    { type: "state", session: "s", state: "watching", verified: true },
  ],
  [
    { link: { phase: "retrying", retry: "plain" }, shown: true, page },
    { type: "state", session: "s", state: "joined", verified: false },
  ],
  [{ link: { phase: "stopped", cause: "ended" } }, { type: "state", session: "s", state: "ended", verified: false }],
  [{ link: { phase: "stopped", cause: "full" } }, { type: "error", error: "session-full" }],
  [{ link: { phase: "stopped", cause: "denied" } }, { type: "error", error: "not-allowed" }],
  [{ failure: "unsafe" }, { type: "error", error: "cannot-show" }],
];

for (const [change, message] of REPORTS)
  test(`told: ${JSON.stringify(message)}`, () => assert.deepEqual(reportOf("s", { ...INITIAL, ...change }), message));
