// Every place and state, wide and narrow, light, dark and in forced colours: axe must find nothing. With VITRINE_SHOTS set to a folder, a
// picture of each is left there.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join as path } from "node:path";
import { after, before, test } from "node:test";
import { cursorAt } from "../fake/recording.mjs";
import { listed } from "../fake/server.mjs";
import { becomes, desk, join, launch, signIn, watch } from "./harness.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.VITRINE_SHOTS;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const heading = (page, name) => page.getByRole("heading", { name }).waitFor();

async function openDetails(page) {
  if (!(await page.locator("#details").isVisible())) await page.getByRole("button", { name: "Details" }).click();
}

const VIEWS = {
  login: async ({ fake, page }) => {
    await page.goto(fake.url);
    await heading(page, "Sign in");
  },
  "login-wrong": async ({ fake, page }) => {
    await page.goto(fake.url);
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("Password").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("Name or password is wrong.").waitFor();
  },
  "login-provider": async ({ fake, page }) => {
    fake.ways = { password: true, provider: "Example Identity of North" };
    await page.goto(`${fake.url}?sign-in=no-role`);
    await page.getByText("You are known there, but have no role here yet.").waitFor();
    assert.equal(new URL(page.url()).search, "", "a reload does not tell it again");
    const link = page.getByRole("link", { name: "Sign in with Example Identity of North" });
    assert.equal(await link.getAttribute("href"), fake.url.replace("/agent/", "/api/v1/agent/oidc/login"));
    await page.waitForFunction(() => document.activeElement.localName === "a");
  },
  "login-provider-alone": async ({ fake, page }) => {
    fake.ways = { password: false, provider: "A".repeat(40) };
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(fake.url);
    await page.getByRole("link", { name: "Sign in with" }).waitFor();
    assert.equal(await page.getByLabel("Password").count(), 0);
  },
  "login-nothing": async ({ fake, page }) => {
    fake.ways = { password: false };
    await page.goto(fake.url);
    await page.getByText("No way to sign in has been set up here yet.").waitFor();
  },
  "lobby-empty": async (at) => {
    at.fake.sessions = [];
    await signIn(at);
    await at.page.getByText("No one is waiting.").waitFor();
  },
  lobby: async (at) => {
    at.fake.sessions.push(listed("c3", "Marek Nowak", "paused", true, 47), listed("d4", "", "live", false, 130));
    await signIn(at);
    await at.page.getByText("Marek Nowak").waitFor();
    await at.page.getByLabel("Session code").pressSequentially("40718");
  },
  "lobby-wrong-code": async (at) => {
    await signIn(at);
    await at.page.getByLabel("Session code").fill("000000000");
    await at.page.getByText("No session has this code.").waitFor();
  },
  live: async (at) => {
    await watch(at);
    at.fake.emit([cursorAt(420, 180)]);
    await at.page.locator(".replayer-mouse[style]").waitFor();
  },
  "live-details": async (at) => {
    await watch(at);
    await openDetails(at.page);
    for (const summary of await at.page.locator(".kept summary").all()) await summary.click();
    at.fake.send({ t: "participants", participants: [{ name: "ann", role: "agent" }] });
    await at.page.getByText("ben left").scrollIntoViewIfNeeded();
  },
  "live-end": async (at) => {
    await watch(at);
    await openDetails(at.page);
    await at.page.getByRole("button", { name: "End session for everyone" }).click();
    await heading(at.page, "End this session?");
  },
  waiting: async (at) => {
    at.fake.silent = true;
    await join(at);
    await heading(at.page, "Waiting for the customer");
  },
  paused: async (at) => {
    await watch(at);
    at.fake.send({ t: "mode", mode: "view", state: "paused" });
    await heading(at.page, "Paused by the customer");
  },
  reconnecting: async (at) => {
    await watch(at);
    at.fake.fail = { ticket: 500 };
    at.fake.drop();
    await heading(at.page, "Reconnecting");
  },
  stalled: async (at) => {
    await watch(at);
    at.fake.send({ t: "participants", participants: [{ name: "ann", role: "agent" }], state: "stalled" });
    await heading(at.page, "The picture waits");
  },
  draining: async (at) => {
    await watch(at);
    at.fake.fail = { ticket: 503 };
    at.fake.drop(4503);
    await heading(at.page, "The server is restarting");
  },
  "catching-up": async (at) => {
    await watch(at);
    at.fake.silent = true;
    at.fake.raw("{");
    await becomes(at.page, "Catching up");
  },
  ended: async (at) => {
    await watch(at);
    at.fake.finish();
    await heading(at.page, "This session has ended");
  },
  denied: async (at) => {
    at.fake.fail = { ticket: 403 };
    await join(at);
    await heading(at.page, "You cannot open this session");
  },
};

const DRESSES = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  forced: { colorScheme: "dark", forcedColors: "active" },
};

// One way into each place and state; there it is looked at in every dress.
for (const width of [1280, 768]) {
  for (const [name, show] of Object.entries(VIEWS)) {
    test(`${name}, ${width} px`, { timeout: 60_000 }, async (looks) => {
      const at = await desk(browser, { context: { viewport: { width, height: 800 }, reducedMotion: "reduce" } });
      try {
        await show(at);
        await at.page.evaluate(axe);
        for (const [dress, media] of Object.entries(DRESSES)) {
          await looks.test(dress, async () => {
            await at.page.emulateMedia(media);
            if (shots) await at.page.screenshot({ path: path(shots, `${name}-${width}-${dress}.png`) });
            assert.deepEqual(await findings(at.page), []);
            assert.ok(await fits(at.page), "nothing sticks out sideways");
          });
        }
      } finally {
        await at.close();
      }
    });
  }
}

async function findings(page) {
  const { violations } = await page.evaluate(() => window.axe.run(document, { iframes: false }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

test("axe does find what is wrong", { timeout: 60_000 }, async () => {
  const at = await desk(browser);
  try {
    await at.page.goto(at.fake.url);
    await heading(at.page, "Sign in");
    await at.page.evaluate(() => document.querySelector("main").append(document.createElement("button")));
    await at.page.evaluate(axe);
    assert.equal((await findings(at.page)).length, 1);
  } finally {
    await at.close();
  }
});
