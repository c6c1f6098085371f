import assert from "node:assert/strict";
import { test } from "node:test";
import { AssetSender } from "../src/assets.js";
import { ASSETS_MAX } from "../src/limits.js";
import { openPage } from "./support/page.js";

const DOOR = { base: "https://vitrine.example/v/", token: "s.secret" };
const UPLOAD = "https://vitrine.example/v/api/v1/customer/assets/7";
const PAGE = "https://shop.example";

interface Sent {
  url: string;
  options: RequestInit;
}

/** A page whose `fetch` finds these; what it was asked is written down. */
function setUp(found: Record<string, Response | Error>, status = 204) {
  openPage(`${PAGE}/account`);
  const asked: Sent[] = [];
  globalThis.fetch = async (input, options = {}) => {
    const url = String(input);
    asked.push({ url, options });
    if (url.startsWith(DOOR.base)) return new Response(null, { status });
    const answer = found[`${options.credentials} ${url}`] ?? found[url];
    if (!answer || answer instanceof Error) throw answer ?? new TypeError("not found");
    return answer;
  };
  let count = 0;
  const sender = new AssetSender(() => {
    count += 1;
  });
  const ask = async (url: string, kind = "image", bytes_max = 100): Promise<Sent> => {
    await sender.answer({ request: 7, url, kind, bytes_max }, DOOR);
    const last = asked.at(-1);
    assert.equal(last?.url, UPLOAD);
    assert.equal(last.options.credentials, "omit");
    assert.equal((last.options.headers as Record<string, string>).authorization, "Bearer s.secret");
    return last;
  };
  return { ask, asked, sent: () => count };
}

const typed = (type: string, body = "bytes", status = 200): Response =>
  new Response(body, { status, headers: { "content-type": type } });

test("sends what the page's own credentials get, once", async () => {
  const { ask, asked, sent } = setUp({ [`${PAGE}/a.png`]: typed("image/png") });
  const { options } = await ask(`${PAGE}/a.png`);
  assert.equal(await (options.body as Blob).text(), "bytes");
  assert.equal((options.headers as Record<string, string>)["content-type"], "image/png");
  assert.deepEqual(
    asked.map(({ url, options: { credentials } }) => [url, credentials]),
    [
      [`${PAGE}/a.png`, "include"],
      [UPLOAD, "omit"],
    ],
  );
  assert.equal(sent(), 1);
});

test("asks another origin without credentials where it takes none", async () => {
  const url = "https://cdn.example/a.woff2";
  const { ask, sent } = setUp({ [`include ${url}`]: new TypeError("cors"), [`omit ${url}`]: typed("font/woff2") });
  await ask(url, "font");
  assert.equal(sent(), 1);
});

const BLOB = `blob:${PAGE}/1`;
const REFUSED: [what: string, url: string, kind: string, answer: Response | Error][] = [
  ["a login page", `${PAGE}/a.png`, "image", typed("text/html")],
  ["a picture for a style sheet", `${PAGE}/a.png`, "style", typed("image/png")],
  ["a page for a font", `${PAGE}/a.png`, "font", typed("text/html")],
  ["a refusal", `${PAGE}/a.png`, "image", typed("image/png", "bytes", 403)],
  ["too much", `${PAGE}/a.png`, "image", typed("image/png", "x".repeat(101))],
  ["nothing", `${PAGE}/a.png`, "image", typed("image/png", "")],
  ["no answer", `${PAGE}/a.png`, "image", new TypeError("offline")],
  ["a kind of nobody", `${PAGE}/a.png`, "page", typed("image/png")],
];

for (const [what, url, kind, answer] of REFUSED) {
  test(`says that there is nothing instead of ${what}`, async () => {
    const { ask, sent } = setUp({ [url]: answer });
    assert.equal((await ask(url, kind)).options.body, null);
    assert.equal(sent(), 0);
  });
}

for (const url of [
  "file:///etc/passwd",
  "javascript:1",
  "data:image/png,1",
  "https://a:b@shop.example/",
  "blob:https://evil.example/1",
  "x",
]) {
  test(`never fetches ${url}`, async () => {
    const { ask, asked } = setUp({ [url]: typed("image/png") });
    assert.equal((await ask(url)).options.body, null);
    assert.equal(asked.length, 1);
  });
}

test("reads what the page made itself", async () => {
  const { ask, sent } = setUp({ [BLOB]: typed("image/png") });
  assert.equal((await ask(BLOB)).options.body instanceof Blob, true);
  assert.equal(sent(), 1);
});

test("counts only what the server took, and stops at its own bound", async () => {
  const refusing = setUp({ [`${PAGE}/a.png`]: typed("image/png") }, 404);
  await refusing.ask(`${PAGE}/a.png`);
  assert.equal(refusing.sent(), 0);
  const { ask, asked } = setUp({});
  for (let at = 0; at < ASSETS_MAX; at += 1) await ask(`${PAGE}/a.png`);
  const before = asked.length;
  await ask(`${PAGE}/a.png`);
  assert.equal(asked.length, before + 1);
});
