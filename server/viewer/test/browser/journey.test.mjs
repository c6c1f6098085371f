// An agent's way through the page, and what a session does to it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { canvasPicture, cursorAt, ID, interaction, keyframe, restyle, textBecomes } from "../fake/recording.mjs";
import { CODE } from "../fake/server.mjs";
import { becomes, canvasSize, desk, join, launch, paints, picture, sees, signIn, watch } from "./harness.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Runs a test at a desk of its own, and holds the page to having complained about nothing. */
function journey(name, run, options) {
  test(name, { timeout: 60_000 }, async () => {
    const at = await desk(browser, options);
    try {
      await run(at);
      assert.deepEqual(at.problems, []);
      assert.deepEqual(at.foreign, []);
    } finally {
      await at.close();
    }
  });
}

journey("a wrong password is told, without saying which part was wrong", async ({ fake, page }) => {
  await page.goto(fake.url);
  await page.getByLabel("Name").fill("ann");
  await page.getByLabel("Password").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("Name or password is wrong.").waitFor();
  fake.fail = { login: 429 };
  await page.keyboard.press("Enter");
  await page.getByText("Too many tries. Please wait 30 seconds.").waitFor();
});

journey("a wrong code is told; a pasted one, with spaces, opens the session", async (at) => {
  await signIn(at);
  const code = at.page.getByLabel("Session code");
  await code.pressSequentially("000000000");
  await at.page.getByText("No session has this code.").waitFor();
  await code.fill(` ${CODE.slice(0, 3)} ${CODE.slice(3, 6)}-${CODE.slice(6)}`);
  await becomes(at.page, "Live");
  await sees(at.page, "Morning roast");
  assert.equal(await at.page.locator(".address-url").textContent(), "https://roastery.example/morning");
  assert.equal(await at.page.locator(".address a").count(), 0, "the address is text");
});

journey("the page is live, inert, and sealed", async (at) => {
  const { fake, page } = at;
  await watch(at);
  fake.emit([textBecomes(ID.stock, "11 bags left"), cursorAt(300, 200), interaction(5, ID.field)]);
  await sees(page, "11 bags left");
  assert.equal(await page.locator("iframe").getAttribute("sandbox"), "allow-same-origin");
  assert.equal(await page.locator("iframe").getAttribute("title"), "Customer's page");
  assert.equal(await page.locator(".layers").evaluate((layers) => layers.inert), true);
  assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), "IFRAME", "focus stays with the agent");
  await page.locator(".replayer-mouse[data-name='Jane Doe']").waitFor();
  assert.equal(await page.title(), "Live · roastery.example · Vitrine");
});

journey("a canvas shows the pictures that the server sent, in its own size", async (at) => {
  const { fake, page } = at;
  await watch(at);
  assert.deepEqual(await canvasSize(page), [42, 22], "with its border, before any picture");
  fake.emit([canvasPicture(await picture(page, "red", 40))]);
  await paints(page, [255, 0, 0]);
  fake.emit([restyle(ID.canvas, "opacity: 1"), textBecomes(ID.stock, "styled anew")]);
  await sees(page, "styled anew");
  await paints(page, [255, 0, 0]);
  fake.emit([canvasPicture(await picture(page, "lime", 400))]);
  await paints(page, [0, 255, 0]);
  assert.deepEqual(await canvasSize(page), [42, 22]);
  fake.startOver(keyframe({ canvas: await picture(page, "blue", 40) }));
  await paints(page, [0, 0, 255]);
});

journey("after a loss it says so, resumes, and misses nothing", async (at) => {
  const { fake, page } = at;
  await watch(at);
  fake.fail = { ticket: 500 };
  fake.drop();
  await becomes(page, "Reconnecting");
  fake.emit([textBecomes(ID.stock, "10 bags left")]);
  fake.fail = {};
  await becomes(page, "Live");
  await sees(page, "10 bags left");
  assert.deepEqual(fake.hellos.at(-1).resume, { epoch: 1, seq: 1 });
});

journey("a missing event brings a whole new picture", async (at) => {
  const { fake, page } = at;
  await watch(at);
  fake.lose(textBecomes(ID.stock, "9 bags left"));
  fake.emit([textBecomes(8, "Evening roast")]);
  await sees(page, "9 bags left");
  await sees(page, "Evening roast");
  assert.equal(fake.hellos.at(-1).resume, undefined);
});

journey("a new page takes the old one's place without an empty moment, and nothing piles up", async (at) => {
  const { fake, page } = at;
  await watch(at);
  await page.evaluate(() => {
    window.emptyMoments = 0;
    const look = () => {
      if (!document.querySelector(".layer:not(.layer-next)")) window.emptyMoments += 1;
    };
    new MutationObserver(look).observe(document.querySelector(".layers"), {
      childList: true,
      subtree: true,
      attributes: true,
    });
  });
  for (let count = 1; count <= 5; count += 1) {
    fake.startOver(keyframe({ heading: `Page ${count}`, width: 1000 + count }));
    await sees(page, `Page ${count}`);
  }
  await page.waitForFunction(() => document.querySelectorAll("iframe").length === 1);
  assert.equal(await page.evaluate(() => window.emptyMoments), 0);
  assert.equal(await page.locator("iframe").getAttribute("width"), "1005");
  assert.equal(fake.hellos.length, 1);
});

journey("in the background nothing piles up without end; in front again it shows the page as it is now", async (at) => {
  const { fake, page } = at;
  await watch(at);
  await page.evaluate(() => {
    window.paint = window.requestAnimationFrame;
    window.requestAnimationFrame = () => 0;
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
  });
  const flood = Array.from({ length: 3_000 }, (_, count) => textBecomes(ID.stock, `${count} bags left`));
  for (let round = 0; round < 3; round += 1) fake.emit(flood);
  const pings = () => fake.received.filter(({ t }) => t === "ping").length;
  const sent = pings();
  await waitFor(() => pings() >= sent + 2);
  assert.equal(fake.hellos.length, 1, "nothing is asked for while nobody looks");
  await page.evaluate(() => {
    window.requestAnimationFrame = window.paint;
    delete document.hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await sees(page, "2999 bags left");
  assert.deepEqual(
    fake.hellos.map(({ resume }) => resume),
    [undefined, undefined],
  );
});

journey("what was kept from the agent is said in words, and opens to the rule", async (at) => {
  await watch(at);
  const kept = at.page.locator(".kept");
  assert.deepEqual(await kept.locator("summary").allTextContents(), [
    "3 parts masked",
    "1 part blocked",
    "2 scripts removed",
    "1 file not allowed",
    "40 details left out",
    "1 other thing left out",
  ]);
  assert.equal(await kept.getByText("#balance").isVisible(), false);
  await kept.getByText("3 parts masked").click();
  await kept.getByText("#balance").waitFor();
  await kept.getByText("Payment card fields").waitFor();
});

journey("the log says who came and went, which page, and what was lost", async (at) => {
  const { fake, page } = at;
  await watch(at);
  fake.send({ t: "participants", participants: [{ name: "ann", role: "agent" }] });
  fake.startOver(keyframe({ href: "https://roastery.example/evening", heading: "Evening roast" }));
  await sees(page, "Evening roast");
  fake.send({ t: "mode", mode: "view", state: "paused" });
  fake.send({ t: "mode", mode: "view", state: "live" });
  await becomes(page, "Live");
  fake.fail = { ticket: 500 };
  fake.drop();
  await becomes(page, "Reconnecting");
  fake.fail = {};
  await becomes(page, "Live");
  const lines = page.locator(".log li span");
  assert.deepEqual((await lines.allTextContents()).reverse(), [
    "The customer is verified as Jane Doe",
    "You joined",
    "ben was already here",
    "https://roastery.example/morning",
    "ben left",
    "https://roastery.example/evening",
    "The customer paused",
    "The customer went on",
    "Connection lost",
    "Connection back",
    "ben joined",
  ]);
  assert.equal(await page.locator(".log time").count(), 11);
  assert.doesNotMatch(await page.locator(".log").textContent(), /Roastery:/, "no title of a page");
});

journey("a session that has ended leaves a receipt", async (at) => {
  const { fake, page } = at;
  await watch(at);
  fake.startOver(keyframe({ href: "https://roastery.example/evening", heading: "Evening roast" }));
  await sees(page, "Evening roast");
  fake.finish();
  const receipt = page.getByRole("region", { name: "Receipt" });
  await receipt.getByText("Jane Doe, verified").waitFor();
  await receipt.getByText("you, ben").waitFor();
  await receipt.getByText("less than a minute").waitFor();
  await receipt.getByText("3 parts masked · 1 part blocked").waitFor();
  assert.deepEqual(await receipt.locator(".pages li").allTextContents(), [
    "https://roastery.example/morning",
    "https://roastery.example/evening",
  ]);
});

journey("a session that was over before it opened has no receipt", async (at) => {
  at.fake.fail = { ticket: 404 };
  await join(at);
  await at.page.getByRole("heading", { name: "This session has ended" }).waitFor();
  assert.equal(await at.page.getByRole("region", { name: "Receipt" }).count(), 0);
});

journey("leaving goes back to the sessions and closes the connection", async (at) => {
  await watch(at);
  await at.page.getByRole("button", { name: "Leave" }).click();
  await at.page.getByLabel("Session code").waitFor();
  await waitFor(() => at.fake.clients.size === 0);
  await at.page.getByRole("link", { name: /Jane Doe/ }).click();
  await becomes(at.page, "Live");
});

journey("ending is asked about, then ends it for all", async (at) => {
  await watch(at);
  await at.page.getByRole("button", { name: "End session for everyone" }).click();
  await at.page.getByRole("dialog").getByRole("button", { name: "End session" }).click();
  await at.page.getByRole("heading", { name: "This session has ended" }).waitFor();
  assert.equal(await at.page.locator("iframe").count(), 0, "the customer's page is gone");
});

const STATES = [
  [
    "Waiting for the customer",
    {
      before: (fake) => {
        fake.silent = true;
      },
    },
  ],
  ["Paused by the customer", { act: (fake) => fake.send({ t: "mode", mode: "view", state: "paused" }) }],
  ["The customer is away for the moment", { act: (fake) => fake.send({ t: "mode", mode: "view", state: "away" }) }],
  ["The picture waits", { act: (fake) => fake.send({ t: "participants", participants: [], state: "stalled" }) }],
  [
    "The server is restarting",
    {
      act: (fake) => {
        fake.fail = { ticket: 503 };
        fake.drop(4503);
      },
    },
  ],
  ["You cannot open this session", { act: (fake) => fake.drop(4403) }],
  [
    "You cannot open this session",
    {
      before: (fake) => {
        fake.fail = { ticket: 403 };
      },
    },
  ],
  ["This session has ended", { act: (fake) => fake.drop(4404) }],
  ["Closed after a long silence", { act: (fake) => fake.drop(4408) }],
  ["This session is open in another window", { act: (fake) => fake.drop(4409) }],
  ["Too much at once", { act: (fake) => fake.drop(4429) }],
  [
    "Sign in",
    {
      act: (fake) => {
        fake.signedIn = false;
        fake.drop(4401);
      },
    },
  ],
];

for (const [title, { before: prepare, act }] of STATES) {
  journey(`says: ${title} (${act ? "while open" : "from the start"})`, async (at) => {
    prepare?.(at.fake);
    await join(at);
    if (act) {
      await becomes(at.page, "Live");
      act(at.fake);
    }
    await at.page.getByRole("heading", { name: title }).waitFor();
  });
}

journey("after a long silence it can be opened again", async (at) => {
  await watch(at);
  at.fake.drop(4408);
  await at.page.getByRole("button", { name: "Open again" }).click();
  await becomes(at.page, "Live");
});

async function waitFor(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
