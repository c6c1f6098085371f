// A connection that is lost and made again: what the agent notices of it, and how soon it is whole.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ID, keyframe, textBecomes } from "../fake/recording.mjs";
import { becomes, desk, launch, sees, watch } from "./harness.mjs";

/** `blip_ms` and `catch_up_after_ms` of src/limits.ts: what is over so soon is told to nobody. */
const BLIP_MS = 1_000;
const CATCH_UP_MS = 400;
/** A timer of the browser's may come so much before its time. */
const EARLY_MS = 2;
/** A socket that says nothing is left by then, also by a machine that is busy with other things. */
const LEFT_WITHIN_MS = 20_000;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

function journey(name, run) {
  test(name, { timeout: 60_000 }, async () => {
    const at = await desk(browser);
    try {
      await at.page.addInitScript(noteLosses);
      await watch(at);
      await run(at);
      assert.deepEqual(at.problems, []);
    } finally {
      await at.close();
    }
  });
}

// How soon it is back is the machine's affair. That nobody is told before the moment is over is the page's.
journey(
  "a connection that is back in a moment goes unnoticed, and so does the server that it comes back to",
  async (at) => {
    const { fake, page } = at;
    await isCalm(page);
    await page.evaluate(noteEverything);
    fake.emit([textBecomes(ID.stock, "12 bags left")]);
    await sees(page, "12 bags left");

    for (const [code, words] of [
      [undefined, "10 bags left"],
      [4503, "9 bags left"],
    ]) {
      await back(fake, () => {
        fake.drop(code);
        fake.emit([textBecomes(ID.stock, words)]);
      });
      await sees(page, words);
      await isCalm(page);
      assert.deepEqual(fake.hellos.at(-1).resume, { epoch: 1, seq: fake.log.length - 1 });
    }

    // Another server, another epoch: the whole page, built behind the one that stays.
    await back(fake, () => {
      fake.drop();
      fake.epoch += 1;
      fake.startOver(keyframe({ heading: "From another server" }));
    });
    await sees(page, "From another server");
    assert.deepEqual(await noticedTooSoon(page), [], "nothing was said in the first moment, and no moment was empty");
    assert.equal(await page.locator("iframe").count(), 1);
  },
);

journey("a server that stands still is left, and the next one carries on", async (at) => {
  const { fake, page } = at;
  const took_ms = await back(fake, () => fake.freeze());
  assert.ok(took_ms < LEFT_WITHIN_MS, `${took_ms} ms`);
  fake.emit([textBecomes(ID.stock, "8 bags left")]);
  await sees(page, "8 bags left");
  await becomes(page, "Live");
});

journey("while the picture waits it stays, nothing can be done, and then it goes on", async (at) => {
  const { fake, page } = at;
  const end = page.getByRole("button", { name: "End session for everyone" });
  await end.waitFor();
  const people = [{ name: "ann", role: "agent" }];
  fake.send({ t: "participants", participants: people, state: "stalled" });
  await page.getByRole("heading", { name: "The picture waits" }).waitFor();
  assert.equal(await end.count(), 0);
  await sees(page, "Morning roast");
  fake.send({ t: "participants", participants: people, state: "live" });
  await becomes(page, "Live");
  await end.waitFor();
});

journey("a server that says when to come again is not asked before, and a loss that lasts is told", async (at) => {
  const { fake, page } = at;
  await page.evaluate(noteEverything);
  Object.assign(fake, { fail: { ticket: 503 }, retryAfter: 2 });
  const refused = fake.tickets_ms.length;
  fake.drop(4503);
  await page.getByRole("heading", { name: "The server is restarting" }).waitFor();
  fake.fail = {};
  await becomes(page, "Live");
  const asked_ms = fake.tickets_ms.slice(refused);
  const waited_ms = asked_ms.slice(1).map((at_ms, last) => at_ms - asked_ms[last]);
  assert.ok(waited_ms.length > 0 && waited_ms.every((ms) => ms > 2_000 - EARLY_MS), `${waited_ms} ms`);
  assert.deepEqual(await noticedTooSoon(page), []);
  const said = await page.evaluate(() => window.noticed.map(({ what }) => what));
  assert.ok(
    said.some((words) => words.includes("The server is restarting")),
    said.join(", "),
  );
});

/** Waits until a listener, too, has heard nothing else. */
async function isCalm(page) {
  await becomes(page, "Live");
  await page.waitForFunction(() => document.querySelector(".live > output").textContent.startsWith("Live"));
}

/** How long until the page says hello again. */
async function back(fake, lose) {
  const hellos = fake.hellos.length;
  const begun = performance.now();
  lose();
  while (fake.hellos.length === hellos) await new Promise((resolve) => setTimeout(resolve, 5));
  return Math.round(performance.now() - begun);
}

/** Runs in the page before all else: knows when the last socket was lost that had been open. */
function noteLosses() {
  window.lost_ms = Number.NaN;
  window.WebSocket = class extends WebSocket {
    constructor(...how) {
      super(...how);
      this.addEventListener("open", () => {
        this.addEventListener("close", () => {
          window.lost_ms = performance.now();
        });
      });
    }
  };
}

/** Runs in the page: notes every word about the connection, and every moment without a picture. */
function noteEverything() {
  window.noticed = [];
  let before = [];
  const note = (what) => window.noticed.push({ what, after_ms: performance.now() - window.lost_ms });
  const text = (selector) => document.querySelector(selector)?.textContent ?? "";
  const look = () => {
    if (!document.querySelector(".layer:not(.layer-next)")) note("empty");
    const chip = document.querySelector(".chip").firstChild.nextSibling.textContent;
    const words = [chip, text(".words"), text(".live > output")];
    for (const [at, word] of words.entries()) if (word !== before[at] && word && !word.startsWith("Live")) note(word);
    before = words;
  };
  new MutationObserver(look).observe(document.querySelector(".live"), {
    childList: true,
    subtree: true,
    characterData: true,
    attributes: true,
  });
}

/** What was noted before the time to tell it, counted from the loss. For a moment without a picture there is no such time. */
async function noticedTooSoon(page) {
  const noticed = await page.evaluate(() => window.noticed);
  const due_ms = (what) => (what.startsWith("Catching up") ? CATCH_UP_MS : BLIP_MS);
  return noticed.filter(({ what, after_ms }) => what === "empty" || !(after_ms >= due_ms(what) - EARLY_MS));
}
