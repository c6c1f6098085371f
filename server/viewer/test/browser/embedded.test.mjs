// The page in a frame of another: who is at it, what the page around asks for and is told, and how it looks in a narrow
// panel. With VITRINE_SHOTS set to a folder, a picture of each state is left there.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join as path } from "node:path";
import { after, before, test } from "node:test";
import { CODE, SESSION } from "../fake/server.mjs";
import { desk, launch } from "./harness.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.VITRINE_SHOTS;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Tokens that last five minutes, numbered. */
let minted = 0;
const mint = () => `e30.${Buffer.from(JSON.stringify({ iat: 0, exp: 300, jti: minted++ })).toString("base64url")}.c2ln`;

/** A page that frames the agent's, and gives the tokens that `give` makes of a reason. */
async function around(t, { width = 320, give = () => mint(), context = {}, listed = true } = {}) {
  const at = await desk(browser, { speed: 0, context: { viewport: { width, height: 640 }, ...context } });
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html");
    const style = "html,body,iframe{margin:0;border:0;width:100%;height:100%}body{overflow:hidden}";
    response.end(`<!doctype html><title>Desk</title><style>${style}</style><iframe src="${at.fake.url}"></iframe>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  at.fake.ancestors = listed ? [origin] : ["https://crm.example"];
  const said = [];
  await at.page.exposeFunction("heard", (message, from) => {
    assert.equal(from, at.fake.origin);
    said.push(message);
    if (message.type !== "token-wanted") return null;
    const token = give(message.reason);
    if (token) at.fake.tokens.add(token);
    return token;
  });
  await at.page.addInitScript((viewer) => {
    if (window !== top) return;
    window.tell = (message) => frames[0].postMessage({ vitrine: 1, ...message }, viewer);
    addEventListener("message", async ({ data, origin: from }) => {
      const token = await window.heard(data, from);
      if (token) window.tell({ type: "token", token });
    });
  }, at.fake.origin);
  t.after(async () => {
    await at.close();
    server.close();
  });
  // Where the frame waits in vain, nobody else has to wait with it.
  if (!give("start")) await at.page.clock.install();
  await at.page.goto(origin);
  const frame = at.page.frameLocator("iframe");
  const tell = (message) => at.page.evaluate((sent) => window.tell(sent), message);
  const hears = async (wanted) => {
    while (!said.some((message) => same(message, wanted))) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  if (listed) await hears({ type: "token-wanted" });
  return { ...at, frame, said, tell, hears };
}

/** The page around says nothing, for as long as this one waits. */
async function staysNameless(at) {
  await at.page.clock.fastForward(10_000);
  await heading(at, "You are not signed in here");
}

const same = (message, wanted) => Object.entries(wanted).every(([name, value]) => message[name] === value);
const heading = ({ frame }, name) => frame.getByRole("heading", { name }).waitFor();
const becomes = ({ frame }, label) => frame.locator(".chip", { hasText: label }).waitFor();

function journey(name, run, options) {
  test(name, { timeout: 30_000 }, async (t) => {
    const at = await around(t, options);
    await run(at);
    assert.deepEqual(at.problems, []);
  });
}

journey("the page around signs in, opens a session by its code, and is told how it goes", async (at) => {
  const { fake, said, tell, hears } = at;
  await heading(at, "Join a customer");
  assert.deepEqual(said, [
    { vitrine: 1, type: "ready" },
    { vitrine: 1, type: "token-wanted", reason: "start" },
  ]);
  assert.equal(await at.frame.getByRole("button", { name: "Sign out" }).count(), 0);
  assert.equal(await at.page.evaluate(() => document.activeElement.localName), "body", "the focus stays where it was");
  await tell({ type: "join", joinCode: CODE });
  await becomes(at, "Live");
  await hears({ type: "state", session: SESSION, state: "watching", verified: true });
  assert.ok(!JSON.stringify(said).includes("Jane"), "no attribute is told");
  assert.equal(
    await at.page.evaluate(() => history.length),
    2,
    "no place of ours is in the history of the page around",
  );

  fake.drop();
  await hears({ type: "token-wanted", reason: "reconnect" });
  await hears({ type: "state", state: "joined", verified: true });
  await becomes(at, "Live");
  await tell({ type: "leave" });
  await hears({ type: "closed", session: SESSION });
  await heading(at, "Join a customer");
  const routes = fake.requests.filter((route) => route.endsWith("agent/login") || route.includes("optional"));
  assert.deepEqual(routes, []);
});

journey(
  "a wrong code is told to both, and one that came before the token is not lost",
  async (at) => {
    await staysNameless(at);
    await at.hears({ type: "error", error: "token-missing" });
    await at.tell({ type: "join", joinCode: "000000000" });
    const token = mint();
    at.fake.tokens.add(token);
    await at.tell({ type: "token", token });
    await at.frame.getByText("No session has this code.").waitFor();
    await at.hears({ type: "error", error: "wrong-code" });
  },
  { give: () => null },
);

journey(
  "who is signed out by the server is replaced or waited for",
  async (at) => {
    await at.tell({ type: "open", session: SESSION });
    await becomes(at, "Live");
    at.fake.drop(4401);
    await heading(at, "You are signed out");
    await at.hears({ type: "token-wanted", reason: "refused" });
    await at.hears({ type: "closed", session: SESSION });
    const token = mint();
    at.fake.tokens.add(token);
    await at.tell({ type: "token", token });
    await heading(at, "Join a customer");
  },
  { give: (reason) => (reason === "start" ? mint() : null) },
);

test("a page that is not listed gets nothing, and nothing is asked of the server", { timeout: 30_000 }, async (t) => {
  const at = await around(t, { listed: false });
  await at.page.waitForFunction(() => document.readyState === "complete");
  assert.deepEqual(at.said, []);
  assert.ok(!at.fake.requests.some((route) => route.includes("/api/")));
  assert.ok(
    at.problems.some((problem) => problem.includes("frame-ancestors")),
    "the browser says why",
  );
});

/** One after the other, as a session goes. */
const VIEWS = {
  lobby: (at) => heading(at, "Join a customer"),
  live: async (at) => {
    await at.tell({ type: "open", session: SESSION });
    await becomes(at, "Live");
  },
  details: (at) => at.frame.getByRole("button", { name: "Details" }).click(),
  ended: async (at) => {
    await at.frame.getByRole("button", { name: "Details" }).click();
    at.fake.finish();
    await heading(at, "This session has ended");
  },
};

const PANELS = [
  { width: 320, name: "light", dress: {} },
  { width: 320, name: "forced", dress: { colorScheme: "dark", forcedColors: "active" } },
  { width: 900, name: "dark", dress: { colorScheme: "dark" } },
];

for (const { width, name, dress } of PANELS)
  test(`the looks in a frame, ${width} px, ${name}`, { timeout: 30_000 }, async (t) => {
    const at = await around(t, { width, context: { reducedMotion: "reduce", ...dress } });
    for (const [view, show] of Object.entries(VIEWS)) {
      await show(at);
      await looksRight(at, `${view}-${width}-${name}`);
    }
  });

test("the looks of a frame that nobody signs in", { timeout: 30_000 }, async (t) => {
  const at = await around(t, { give: () => null });
  await staysNameless(at);
  await looksRight(at, "nameless-320-light");
});

async function looksRight({ page, fake }, name) {
  if (shots) await page.screenshot({ path: path(shots, `embedded-${name}.png`) });
  const inside = page.frames().find((frame) => frame.url().startsWith(fake.url));
  await inside.evaluate(axe);
  const { violations } = await inside.evaluate(() => window.axe.run(document, { iframes: false }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(found, [], name);
  const wide = () =>
    [document.documentElement, ...document.querySelectorAll(".words-veil, .details, .join")]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ className }) => className);
  assert.deepEqual(await inside.evaluate(wide), [], `${name}: nothing sticks out sideways`);
}
