// A connection that is lost and made again: what the agent notices of it, and how soon it is whole.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ID, keyframe, textBecomes } from "../fake/recording.mjs";
import { becomes, desk, launch, sees, watch } from "./harness.mjs";

/** From a loss to the next `hello`; what a machine adds that also does other things is in it. */
const SOON_MS = 1_000;
/** A socket that says nothing is noticed by then. */
const SILENCE_MS = 7_500;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

function journey(name, run) {
  test(name, { timeout: 60_000 }, async () => {
    const at = await desk(browser);
    try {
      await watch(at);
      await run(at);
      assert.deepEqual(at.problems, []);
    } finally {
      await at.close();
    }
  });
}

journey(
  "a connection that is back in a moment goes unnoticed, and so does the server that it comes back to",
  async (at) => {
    const { fake, page } = at;
    await page.waitForFunction(() => document.querySelector(".live > output").textContent.startsWith("Live"));
    await page.evaluate(noteEverything);
    fake.emit([textBecomes(ID.stock, "12 bags left")]);
    await sees(page, "12 bags left");

    for (const [code, words] of [
      [undefined, "10 bags left"],
      [4503, "9 bags left"],
    ]) {
      const took_ms = await back(fake, () => {
        fake.drop(code);
        fake.emit([textBecomes(ID.stock, words)]);
      });
      assert.ok(took_ms < SOON_MS, `${took_ms} ms after ${code}`);
      await sees(page, words);
      assert.deepEqual(fake.hellos.at(-1).resume, { epoch: 1, seq: fake.log.length - 1 });
    }

    // Another server, another epoch: the whole page, built behind the one that stays.
    await back(fake, () => {
      fake.drop();
      fake.epoch += 1;
      fake.startOver(keyframe({ heading: "From another server" }));
    });
    await sees(page, "From another server");
    assert.deepEqual(await page.evaluate(() => window.noticed), [], "nothing was said, and no moment was empty");
    assert.equal(await page.locator("iframe").count(), 1);
  },
);

journey("a server that stands still is left, and the next one carries on", async (at) => {
  const { fake, page } = at;
  const begun = performance.now();
  await back(fake, () => fake.freeze());
  assert.ok(performance.now() - begun < SILENCE_MS + SOON_MS, `${performance.now() - begun} ms`);
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

journey("a server that says when to come again is not asked before", async (at) => {
  const { fake, page } = at;
  const asked = () => fake.requests.filter((line) => line.endsWith("/ticket")).length;
  Object.assign(fake, { fail: { ticket: 503 }, retryAfter: 2 });
  fake.drop(4503);
  await page.getByRole("heading", { name: "The server is restarting" }).waitFor();
  assert.equal(asked(), 2);
  fake.fail = {};
  await becomes(page, "Live");
  assert.equal(asked(), 3);
});

/** How long until the page says hello again. */
async function back(fake, lose) {
  const hellos = fake.hellos.length;
  const begun = performance.now();
  lose();
  while (fake.hellos.length === hellos) await new Promise((resolve) => setTimeout(resolve, 5));
  return Math.round(performance.now() - begun);
}

/** Runs in the page: notes every word about the connection, and every moment without a picture. */
function noteEverything() {
  window.noticed = [];
  const words = () => document.querySelector(".chip").firstChild.nextSibling.textContent;
  const look = () => {
    if (!document.querySelector(".layer:not(.layer-next)")) window.noticed.push("empty");
    if (document.querySelector(".words")) window.noticed.push(document.querySelector(".words").textContent);
    if (words() !== "Live") window.noticed.push(words());
    const said = document.querySelector(".live > output").textContent;
    if (!said.startsWith("Live")) window.noticed.push(said);
  };
  new MutationObserver(look).observe(document.querySelector(".live"), {
    childList: true,
    subtree: true,
    characterData: true,
    attributes: true,
  });
}
