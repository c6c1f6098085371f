import assert from "node:assert/strict";
import { test } from "node:test";
import { codeUntil, createSession, Refusal } from "../src/create.js";
import { openPage } from "./support/page.js";

const NOW = Date.parse("2026-11-22T12:00:00Z");

const CODE_TIMES: [name: string, expiresAt: string | number, until: number | null][] = [
  ["a time as text", "2026-11-22T12:10:00Z", NOW + 600_000],
  ["a time as a number", NOW + 600_000, NOW + 600_000],
  ["already over: this clock is wrong", "2026-11-22T11:00:00Z", null],
  ["days ahead: this clock is wrong", "2026-11-25T12:00:00Z", null],
  ["no time at all", "soon", null],
];

for (const [name, expiresAt, until] of CODE_TIMES) {
  test(`code lifetime: ${name}`, () => assert.equal(codeUntil(expiresAt, NOW), until));
}

function answer(status: number, body: unknown): [string, RequestInit][] {
  openPage("https://shop.example/basket?x=1");
  const calls: [string, RequestInit][] = [];
  const fetch = async (...call: [string, RequestInit]) => {
    calls.push(call);
    return new Response(JSON.stringify(body), { status });
  };
  Object.assign(globalThis, { fetch });
  return calls;
}

test("a session is asked for without cookies, and its socket is taken as an address of the server", async () => {
  const created = { session: "s1", joinCode: "123456789", token: "t1", expiresAt: "soon", socket: "/base/socket" };
  const calls = answer(201, created);
  const saved = await createSession("https://support.example/base/", "shop", null);
  assert.equal(saved.socket, "wss://support.example/base/socket");
  assert.equal(saved.tab.length, 32);
  const [[url, options] = ["", {}]] = calls;
  assert.equal(url, "https://support.example/base/api/v1/sessions");
  assert.equal(options.credentials, "omit");
  assert.deepEqual(JSON.parse(String(options.body)), {
    site: "shop",
    page: { url: "https://shop.example/basket?x=1", title: "" },
  });
});

test("a contact token goes with the wish for a session", async () => {
  const calls = answer(201, { session: "s1", joinCode: "", token: "t1", expiresAt: "soon", socket: "/socket" });
  await createSession("https://support.example/", "shop", "a.b.c");
  assert.equal(JSON.parse(String(calls[0]?.[1].body)).contactToken, "a.b.c");
});

test("a refusal carries the problem's name, or the status", async () => {
  const refusedWith = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;
  answer(403, { type: "https://support.example/problems/origin-not-allowed" });
  await assert.rejects(createSession("https://support.example/", "shop", "a.b.c"), refusedWith("origin-not-allowed"));
  answer(502, null);
  await assert.rejects(createSession("https://support.example/", "shop", "a.b.c"), refusedWith("http-502"));
});
